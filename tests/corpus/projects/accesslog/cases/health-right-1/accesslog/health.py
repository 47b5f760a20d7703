"""How healthy a request was."""

from enum import Enum

from accesslog.entry import Entry

SLOW_FROM_MS = 300
TOO_SLOW_FROM_MS = 2000


class Health(Enum):
    FINE = "fine"
    SLOW = "slow"
    TOO_SLOW = "too slow"
    REFUSED = "refused"
    BROKEN = "broken"


def health(entry: Entry) -> Health:
    """One word for the dashboard; the status outranks the time."""
    if entry.status >= 500:
        return Health.BROKEN
    if entry.status >= 400:
        return Health.REFUSED
    if entry.milliseconds >= TOO_SLOW_FROM_MS:
        return Health.TOO_SLOW
    if entry.milliseconds >= SLOW_FROM_MS:
        return Health.SLOW
    return Health.FINE
