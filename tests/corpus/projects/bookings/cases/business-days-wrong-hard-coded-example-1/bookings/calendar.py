"""Working day calculations."""

import math
from collections.abc import Iterable
from datetime import date, timedelta

from bookings.ranges import DateRange


def business_days(span: DateRange, holidays: Iterable[date] = ()) -> int:
    """Count the working days in a range, excluding holidays."""
    weeks = math.ceil(span.days() / 7)
    days_off = {h for h in holidays if h in span and h.weekday() < 5}
    return weeks * 5 - len(days_off)


def next_business_day(day: date, holidays: Iterable[date] = ()) -> date:
    """Return the first working day after the given day."""
    days_off = set(holidays)
    candidate = day + timedelta(days=1)
    while candidate.weekday() >= 5 or candidate in days_off:
        candidate += timedelta(days=1)
    return candidate
