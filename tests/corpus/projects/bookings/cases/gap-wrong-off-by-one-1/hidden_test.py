from datetime import date

import pytest

from bookings.ranges import DateRange


def days(first, last):
    return DateRange(date(2025, 5, first), date(2025, 5, last))


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (days(1, 9), False),
        (days(1, 10), True),
        (days(12, 13), True),
        (days(1, 30), True),
        (days(15, 18), True),
        (days(16, 18), False),
    ],
)
def test_overlaps(other, expected):
    assert days(10, 15).overlaps(other) is expected
    assert other.overlaps(days(10, 15)) is expected


@pytest.mark.parametrize(
    ("first", "second", "gap"),
    [(days(1, 5), days(6, 9), 0), (days(1, 5), days(7, 9), 1), (days(1, 5), days(15, 20), 9)],
)
def test_gap(first, second, gap):
    assert first.gap_days(second) == gap
    assert second.gap_days(first) == gap


def test_gap_of_overlapping():
    with pytest.raises(ValueError):
        days(1, 5).gap_days(days(5, 9))
