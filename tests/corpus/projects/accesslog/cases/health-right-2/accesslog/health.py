"""How healthy a request was, by status first and time second."""

from bisect import bisect_right
from enum import StrEnum

from accesslog.entry import Entry


class Health(StrEnum):
    FINE = "fine"
    SLOW = "slow"
    TOO_SLOW = "too_slow"
    REFUSED = "refused"
    BROKEN = "broken"


_LIMITS_MS = (300, 2000)
_BY_TIME = (Health.FINE, Health.SLOW, Health.TOO_SLOW)
_BY_STATUS = {4: Health.REFUSED, 5: Health.BROKEN}


def health(entry: Entry) -> Health:
    by_status = _BY_STATUS.get(min(entry.status // 100, 5))
    return by_status or _BY_TIME[bisect_right(_LIMITS_MS, entry.milliseconds)]
