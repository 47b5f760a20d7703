from datetime import date

import pytest

from bookings.ranges import DateRange

FIRST = DateRange(date(2025, 3, 1), date(2025, 3, 10))
SECOND = DateRange(date(2025, 3, 5), date(2025, 3, 20))
THIRD = DateRange(date(2025, 3, 25), date(2025, 3, 28))


def test_overlaps():
    assert FIRST.overlaps(SECOND)
    assert SECOND.overlaps(FIRST)


def test_does_not_overlap():
    assert not FIRST.overlaps(THIRD)
    assert not THIRD.overlaps(FIRST)


def test_gap_days():
    assert FIRST.gap_days(THIRD) == 14
    assert THIRD.gap_days(SECOND) == 4


def test_gap_days_adjacent():
    assert FIRST.gap_days(DateRange(date(2025, 3, 11), date(2025, 3, 12))) == 0


def test_gap_days_raises_for_overlap():
    with pytest.raises(ValueError):
        FIRST.gap_days(SECOND)
