"""Working days.

Ranges may be years long (season tickets), so whole weeks are not walked through.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from bookings.ranges import DateRange


def is_weekend(day: date) -> bool:
    return day.isoweekday() in (6, 7)


def business_days(span: DateRange, holidays: Iterable[date] = ()) -> int:
    weeks, rest = divmod(span.days(), 7)
    count = weeks * 5
    for n in range(rest):
        if not is_weekend(span.end - timedelta(days=n)):
            count += 1
    lost = {day for day in holidays if day in span and not is_weekend(day)}
    return count - len(lost)


def next_business_day(day: date, holidays: Iterable[date] = ()) -> date:
    closed = set(holidays)
    while True:
        day += timedelta(days=1)
        if not is_weekend(day) and day not in closed:
            return day
