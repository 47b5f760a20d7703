"""Working days: Monday to Friday, without holidays."""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, timedelta

from bookings.ranges import DateRange

SATURDAY = 5
ONE_DAY = timedelta(days=1)


def business_days(span: DateRange, holidays: Iterable[date] = ()) -> int:
    """How many working days a range has."""
    free = frozenset(holidays)
    return sum(_is_working_day(day, free) for day in _days(span))


def next_business_day(day: date, holidays: Iterable[date] = ()) -> date:
    """The first working day after ``day``."""
    free = frozenset(holidays)
    day += ONE_DAY
    while not _is_working_day(day, free):
        day += ONE_DAY
    return day


def _days(span: DateRange) -> Iterator[date]:
    return (span.start + timedelta(days=n) for n in range(span.days()))


def _is_working_day(day: date, free: Collection[date]) -> bool:
    return day.weekday() < SATURDAY and day not in free
