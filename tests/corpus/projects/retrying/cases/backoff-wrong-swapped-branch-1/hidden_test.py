import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import PermanentError, TemporaryError


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ((1,), []),
        ((2,), [1]),
        ((4,), [1, 2, 4]),
        ((9,), [1, 2, 4, 8, 16, 32, 60, 60]),
        ((4, 0.5, 3), [0.5, 1.5, 4.5]),
        ((3, 10, 2, 15), [10, 15]),
        ((3, 20, 2, 15), [15, 15]),
    ],
)
def test_delays(arguments, expected):
    assert list(delays(*arguments)) == expected


@pytest.mark.parametrize("attempts", [0, -1])
def test_attempts(attempts):
    with pytest.raises(ValueError):
        delays(attempts)


def test_wait_before():
    assert wait_before(TemporaryError("", 5), 3) == 5
    assert wait_before(TemporaryError("", 2), 3) == 3
    assert wait_before(TemporaryError(""), 3) == 3
    assert wait_before(TemporaryError("", 0), 3) == 3
