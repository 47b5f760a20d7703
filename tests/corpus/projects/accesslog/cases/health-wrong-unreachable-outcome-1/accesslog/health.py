"""Health classification of requests."""

from enum import Enum

from accesslog.entry import Entry


class Health(Enum):
    """Health of a single request."""

    FINE = "fine"
    SLOW = "slow"
    TOO_SLOW = "too_slow"
    REFUSED = "refused"
    BROKEN = "broken"


def health(entry: Entry) -> Health:
    """Return the health of a request."""
    if entry.status >= 500:
        return Health.BROKEN
    if 400 <= entry.status < 500:
        return Health.REFUSED
    if entry.milliseconds >= 300:
        return Health.SLOW
    if entry.milliseconds >= 2000:
        return Health.TOO_SLOW
    return Health.FINE
