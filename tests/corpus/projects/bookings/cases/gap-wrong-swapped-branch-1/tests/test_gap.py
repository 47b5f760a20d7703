from datetime import date

import pytest

from bookings.ranges import DateRange


def test_overlap_detection():
    january = DateRange(date(2025, 1, 1), date(2025, 1, 31))
    new_year = DateRange(date(2024, 12, 28), date(2025, 1, 1))
    february = DateRange(date(2025, 2, 1), date(2025, 2, 28))
    assert january.overlaps(new_year)
    assert new_year.overlaps(january)
    assert not january.overlaps(february)
    assert not february.overlaps(january)


def test_gap_between_bookings():
    booking = DateRange(date(2025, 1, 10), date(2025, 1, 12))
    earlier = DateRange(date(2025, 1, 1), date(2025, 1, 5))
    assert booking.gap_days(earlier) == 4


def test_no_gap_when_overlapping():
    booking = DateRange(date(2025, 1, 10), date(2025, 1, 12))
    with pytest.raises(ValueError):
        booking.gap_days(DateRange(date(2025, 1, 12), date(2025, 1, 13)))
