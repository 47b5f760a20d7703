import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import TemporaryError


@pytest.mark.parametrize("attempts", [1, 2, 5, 10])
def test_length(attempts):
    assert len(delays(attempts)) == attempts - 1


def test_delays_grow_by_the_factor():
    result = delays(5)
    assert all(b == 2 * a for a, b in zip(result, result[1:]))


def test_delays_are_capped():
    assert max(delays(20)) == 60.0


def test_zero_attempts():
    with pytest.raises(ValueError):
        delays(0)


def test_wait_before():
    assert wait_before(TemporaryError("", 9), 2) == 9
    assert wait_before(TemporaryError("", 1), 2) == 2
    assert wait_before(TemporaryError(""), 2) == 2
