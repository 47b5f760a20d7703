from datetime import date

import pytest

from bookings.ranges import DateRange


def test_both_ends_belong_to_it():
    march = DateRange(date(2025, 3, 1), date(2025, 3, 31))
    assert march.days() == 31
    assert date(2025, 3, 1) in march
    assert date(2025, 3, 31) in march
    assert date(2025, 4, 1) not in march
    assert date(2025, 2, 28) not in march


def test_it_cannot_end_before_it_starts():
    with pytest.raises(ValueError):
        DateRange(date(2025, 3, 2), date(2025, 3, 1))
