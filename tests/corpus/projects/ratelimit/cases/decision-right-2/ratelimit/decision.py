"""Decisions by the share of the limit that is used."""

from enum import Enum, auto
from fractions import Fraction


class Decision(Enum):
    ALLOW = auto()
    WARN = auto()
    REFUSE = auto()
    BLOCK = auto()


_UP_TO = (
    (Fraction(80, 100), Decision.ALLOW),
    (Fraction(1), Decision.WARN),
    (Fraction(10), Decision.REFUSE),
)


def decide(used: int, limit: int) -> Decision:
    share = Fraction(used, limit)
    for most, decision in _UP_TO:
        if share <= most:
            return decision
    return Decision.BLOCK


def headers(used: int, limit: int) -> dict[str, str]:
    """What goes into the response."""
    left = limit - used if used < limit else 0
    return {"X-Decision": decide(used, limit).name.lower(), "X-Remaining": f"{left}"}
