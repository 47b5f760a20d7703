"""What a client is told."""

from enum import Enum

WARN_PERCENT = 80
BLOCK_FACTOR = 10


class Decision(Enum):
    ALLOW = "allow"
    WARN = "warn"
    REFUSE = "refuse"
    BLOCK = "block"


def decide(used: int, limit: int) -> Decision:
    """``used`` counts the present call too."""
    if used > limit * BLOCK_FACTOR:
        return Decision.BLOCK
    if used > limit:
        return Decision.REFUSE
    if used * 100 > limit * WARN_PERCENT:
        return Decision.WARN
    return Decision.ALLOW


def headers(used: int, limit: int) -> dict[str, str]:
    return {
        "X-Decision": decide(used, limit).value,
        "X-Remaining": str(max(limit - used, 0)),
    }
