from datetime import date

from bookings.calendar import business_days, next_business_day
from bookings.ranges import DateRange

WEEK = DateRange(date(2025, 3, 3), date(2025, 3, 9))


def test_one_week():
    assert business_days(WEEK) == 5


def test_two_weeks():
    assert business_days(DateRange(date(2025, 3, 3), date(2025, 3, 16))) == 10


def test_holiday_in_week():
    assert business_days(WEEK, [date(2025, 3, 4)]) == 4


def test_holiday_on_weekend():
    assert business_days(WEEK, [date(2025, 3, 8)]) == 5


def test_next_business_day():
    assert next_business_day(date(2025, 3, 7)) == date(2025, 3, 10)
    assert next_business_day(date(2025, 3, 7), [date(2025, 3, 10)]) == date(2025, 3, 11)
