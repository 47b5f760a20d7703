"""Decisions for rate limited clients."""

from enum import Enum


class Decision(Enum):
    """What the client is told to do."""

    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"
    BLOCK = "block"


def decide(used: int, limit: int) -> Decision:
    """Return the decision for the given usage."""
    ratio = used / limit
    if ratio <= 0.8:
        return Decision.ALLOW
    if ratio <= 1:
        return Decision.WARN
    return Decision.REFUSE


def headers(used: int, limit: int) -> dict[str, str]:
    """Return the response headers for the given usage."""
    return {
        "X-Decision": decide(used, limit).value,
        "X-Remaining": str(max(0, limit - used)),
    }
