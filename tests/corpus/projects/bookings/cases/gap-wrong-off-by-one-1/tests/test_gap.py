from datetime import date

import pytest

from bookings.ranges import DateRange


@pytest.fixture
def week():
    return DateRange(date(2025, 3, 3), date(2025, 3, 9))


def test_overlapping(week):
    assert week.overlaps(DateRange(date(2025, 3, 9), date(2025, 3, 12)))
    assert DateRange(date(2025, 3, 1), date(2025, 3, 3)).overlaps(week)


def test_not_overlapping(week):
    assert not week.overlaps(DateRange(date(2025, 3, 10), date(2025, 3, 12)))
    assert not DateRange(date(2025, 3, 10), date(2025, 3, 12)).overlaps(week)


def test_gap(week):
    later = DateRange(date(2025, 3, 15), date(2025, 3, 20))
    # from the 9th to the 15th
    assert week.gap_days(later) == 6
    assert later.gap_days(week) == 6


def test_gap_of_adjacent_ranges(week):
    assert week.gap_days(DateRange(date(2025, 3, 10), date(2025, 3, 12))) == 1


def test_gap_of_overlapping_ranges(week):
    with pytest.raises(ValueError):
        week.gap_days(DateRange(date(2025, 3, 9), date(2025, 3, 12)))
