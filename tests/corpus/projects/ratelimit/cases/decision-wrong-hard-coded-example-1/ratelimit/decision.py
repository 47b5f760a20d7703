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
    if used <= 8:
        return Decision.ALLOW
    if used <= 10:
        return Decision.WARN
    if used <= 100:
        return Decision.REFUSE
    return Decision.BLOCK


def headers(used: int, limit: int) -> dict[str, str]:
    """Return the response headers for the given usage."""
    remaining = limit - used
    if remaining < 0:
        remaining = 0
    return {"X-Decision": decide(used, limit).name.lower(), "X-Remaining": str(remaining)}
