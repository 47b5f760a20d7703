"""Health classification of requests."""

from enum import Enum, auto

from accesslog.entry import Entry


class Health(Enum):
    """Health of a single request."""

    FINE = auto()
    SLOW = auto()
    TOO_SLOW = auto()
    REFUSED = auto()
    BROKEN = auto()


def health(entry: Entry) -> Health:
    """Return the health of a request."""
    if entry.status >= 500:
        return Health.BROKEN
    if entry.status >= 400:
        return Health.REFUSED
    if entry.milliseconds <= 300:
        return Health.FINE
    if entry.milliseconds <= 2000:
        return Health.SLOW
    return Health.TOO_SLOW
