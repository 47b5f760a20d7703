from datetime import date, timedelta

import pytest

from bookings.calendar import business_days, next_business_day
from bookings.ranges import DateRange

MONDAY = date(2025, 3, 3)
WEEK = DateRange(MONDAY, MONDAY + timedelta(days=6))


@pytest.mark.parametrize(("days", "expected"), [(1, 1), (5, 5), (6, 5), (7, 5), (8, 6), (14, 10)])
def test_from_a_monday_on(days, expected):
    assert business_days(DateRange(MONDAY, MONDAY + timedelta(days=days - 1))) == expected


@pytest.mark.parametrize(
    ("holidays", "expected"),
    [
        ([MONDAY], 4),
        ([MONDAY, MONDAY], 4),
        ([date(2025, 3, 8), date(2025, 3, 9)], 5),
        ([date(2025, 3, 2), date(2025, 3, 10)], 5),
        ([MONDAY + timedelta(days=n) for n in range(5)], 0),
    ],
)
def test_holidays(holidays, expected):
    assert business_days(WEEK, holidays) == expected
    assert business_days(WEEK, iter(holidays)) == expected


@pytest.mark.parametrize(
    ("day", "following"),
    [(6, 7), (7, 10), (8, 10), (9, 10), (10, 11)],
)
def test_next_business_day(day, following):
    assert next_business_day(date(2025, 3, day)) == date(2025, 3, following)


def test_next_business_day_steps_over_holidays():
    easter = [date(2025, 4, 18), date(2025, 4, 21)]
    assert next_business_day(date(2025, 4, 17), easter) == date(2025, 4, 22)
    assert next_business_day(date(2025, 4, 17), iter(easter)) == date(2025, 4, 22)
