from datetime import date

import pytest

from bookings.ranges import DateRange


def june(first: int, last: int) -> DateRange:
    return DateRange(date(2025, 6, first), date(2025, 6, last))


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        (june(1, 5), june(6, 9), False),
        (june(1, 5), june(5, 9), True),
        (june(1, 9), june(3, 4), True),
        (june(1, 1), june(1, 1), True),
        (june(1, 1), june(30, 30), False),
    ],
)
def test_overlaps_in_either_order(one, other, shared):
    assert one.overlaps(other) is shared
    assert other.overlaps(one) is shared


@pytest.mark.parametrize(("start", "gap"), [(6, 0), (7, 1), (16, 10)])
def test_gap_in_either_order(start, gap):
    one, other = june(1, 5), june(start, 20)
    assert one.gap_days(other) == gap
    assert other.gap_days(one) == gap


def test_gap_over_the_end_of_a_month():
    may = DateRange(date(2025, 5, 1), date(2025, 5, 30))
    assert may.gap_days(june(2, 3)) == 2


@pytest.mark.parametrize("other", [june(5, 9), june(2, 3), june(1, 5)])
def test_no_gap_where_they_overlap(other):
    with pytest.raises(ValueError, match="overlap"):
        june(1, 5).gap_days(other)
