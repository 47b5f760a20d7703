from datetime import date, timedelta

import pytest

from bookings.calendar import business_days, is_weekend, next_business_day
from bookings.ranges import DateRange

START = date(2025, 3, 1)


def naive(span, holidays):
    days = [span.start + timedelta(days=n) for n in range(span.days())]
    return len([day for day in days if day.weekday() < 5 and day not in holidays])


@pytest.mark.parametrize("offset", range(7))
@pytest.mark.parametrize("length", [*range(16), 364, 365, 366])
def test_same_as_the_naive_count(offset, length):
    start = START + timedelta(days=offset)
    span = DateRange(start, start + timedelta(days=length))
    holidays = [date(2025, 3, 5), date(2025, 3, 5), date(2025, 3, 8), date(2024, 3, 5)]
    assert business_days(span) == naive(span, [])
    assert business_days(span, holidays) == naive(span, holidays)


def test_weekend():
    assert [is_weekend(START + timedelta(days=n)) for n in range(4)] == [True, True, False, False]
    assert not is_weekend(date(2025, 3, 7))


def test_next_business_day():
    assert next_business_day(date(2025, 3, 6)) == date(2025, 3, 7)
    assert next_business_day(date(2025, 3, 7)) == date(2025, 3, 10)
    assert next_business_day(date(2025, 3, 9)) == date(2025, 3, 10)


def test_next_business_day_with_holidays():
    closed = [date(2025, 12, 25), date(2025, 12, 26)]
    assert next_business_day(date(2025, 12, 24), closed) == date(2025, 12, 29)
