from datetime import date

import pytest

from bookings.calendar import business_days, next_business_day
from bookings.ranges import DateRange

WEEK = DateRange(date(2025, 3, 3), date(2025, 3, 9))


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        (WEEK, 5),
        (DateRange(date(2025, 3, 1), date(2025, 3, 31)), 21),
        (DateRange(date(2025, 3, 8), date(2025, 3, 9)), 0),
        (DateRange(date(2025, 3, 7), date(2025, 3, 7)), 1),
        (DateRange(date(2025, 3, 6), date(2025, 3, 11)), 4),
    ],
)
def test_count(span, expected):
    assert business_days(span) == expected


def test_holidays():
    assert business_days(WEEK, [date(2025, 3, 4)]) == 4
    assert business_days(WEEK, [date(2025, 3, 8)]) == 5
    assert business_days(WEEK, [date(2025, 3, 12)]) == 5
    assert business_days(WEEK, [date(2025, 3, 4), date(2025, 3, 4)]) == 4
    assert business_days(WEEK, iter([date(2025, 3, 7)])) == 4


def test_next():
    assert next_business_day(date(2025, 3, 3)) == date(2025, 3, 4)
    assert next_business_day(date(2025, 3, 7)) == date(2025, 3, 10)
    assert next_business_day(date(2025, 3, 8)) == date(2025, 3, 10)
    assert next_business_day(date(2025, 3, 7), [date(2025, 3, 10)]) == date(2025, 3, 11)
