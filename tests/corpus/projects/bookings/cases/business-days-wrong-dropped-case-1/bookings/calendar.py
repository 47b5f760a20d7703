"""Working day calculations."""

from collections.abc import Sequence
from datetime import date, timedelta

from bookings.ranges import DateRange


def business_days(span: DateRange, holidays: Sequence[date] = ()) -> int:
    """Count the working days in a range, excluding holidays."""
    weekdays = 0
    current = span.start
    while current <= span.end:
        if current.weekday() < 5:
            weekdays += 1
        current += timedelta(days=1)
    return weekdays - len(list(holidays))


def next_business_day(day: date, holidays: Sequence[date] = ()) -> date:
    """Return the first working day after the given day."""
    candidate = day + timedelta(days=1)
    while candidate.weekday() >= 5 or candidate in holidays:
        candidate += timedelta(days=1)
    return candidate
