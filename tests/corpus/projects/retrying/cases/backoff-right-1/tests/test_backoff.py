import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import TemporaryError


@pytest.mark.parametrize(
    ("attempts", "expected"),
    [(1, []), (2, [1]), (3, [1, 2]), (6, [1, 2, 4, 8, 16]), (9, [1, 2, 4, 8, 16, 32, 60, 60])],
)
def test_usual_delays(attempts, expected):
    assert delays(attempts) == expected


def test_first_and_factor():
    assert delays(4, first=0.5, factor=3) == [0.5, 1.5, 4.5]
    assert delays(4, factor=1) == [1, 1, 1]


def test_longest():
    assert delays(4, longest=2) == [1, 2, 2]
    assert delays(2, first=5, longest=2) == [2]


@pytest.mark.parametrize("attempts", [0, -3])
def test_no_attempts(attempts):
    with pytest.raises(ValueError, match=str(attempts)):
        delays(attempts)


@pytest.mark.parametrize(
    ("asked", "planned", "expected"),
    [(None, 3, 3), (5, 3, 5), (2, 3, 3), (3, 3, 3), (0, 3, 3), (0.5, 0, 0.5)],
)
def test_wait_before(asked, planned, expected):
    assert wait_before(TemporaryError("busy", asked), planned) == expected
