from datetime import date

import pytest

from bookings.calendar import business_days, next_business_day
from bookings.ranges import DateRange


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2025, 3, 3), date(2025, 3, 9), 5),
        (date(2025, 3, 3), date(2025, 3, 7), 5),
        (date(2025, 3, 8), date(2025, 3, 9), 0),
        (date(2025, 3, 1), date(2025, 3, 31), 21),
    ],
)
def test_business_days(start, end, expected):
    assert business_days(DateRange(start, end)) == expected


def test_business_days_with_holiday():
    assert business_days(DateRange(date(2025, 3, 3), date(2025, 3, 9)), [date(2025, 3, 5)]) == 4


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2025, 3, 7), date(2025, 3, 10)),
        (date(2025, 3, 8), date(2025, 3, 10)),
        (date(2025, 3, 4), date(2025, 3, 5)),
    ],
)
def test_next_business_day(day, expected):
    assert next_business_day(day) == expected


def test_next_business_day_holiday():
    assert next_business_day(date(2025, 3, 4), [date(2025, 3, 5)]) == date(2025, 3, 6)
