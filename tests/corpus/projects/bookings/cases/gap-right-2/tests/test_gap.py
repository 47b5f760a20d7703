from datetime import date, timedelta
from itertools import product

import pytest

from bookings.ranges import DateRange

DAY = date(2024, 2, 26)
RANGES = [
    DateRange(DAY + timedelta(days=first), DAY + timedelta(days=first + length))
    for first, length in product(range(8), range(4))
]


def all_days(span):
    return {span.start + timedelta(days=n) for n in range(span.days())}


@pytest.mark.parametrize(("one", "other"), product(RANGES, RANGES))
def test_as_counted_day_by_day(one, other):
    assert one.overlaps(other) == bool(all_days(one) & all_days(other))
    if one.overlaps(other):
        with pytest.raises(ValueError):
            one.gap_days(other)
    else:
        both = all_days(one) | all_days(other)
        span = DateRange(min(both), max(both))
        assert one.gap_days(other) == span.days() - len(both)


def test_example():
    monday = DateRange(date(2025, 3, 3), date(2025, 3, 3))
    friday = DateRange(date(2025, 3, 7), date(2025, 3, 7))
    assert monday.gap_days(friday) == 3
