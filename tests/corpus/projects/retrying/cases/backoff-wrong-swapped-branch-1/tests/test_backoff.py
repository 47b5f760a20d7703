import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import TemporaryError


def test_delays():
    assert delays(1) == []
    assert delays(4) == [1.0, 2.0, 4.0]
    assert delays(9) == [1, 2, 4, 8, 16, 32, 60, 60]


def test_delays_with_arguments():
    assert delays(3, 5, 2, 8) == [5, 8]


def test_invalid_attempts():
    with pytest.raises(ValueError):
        delays(0)


def test_wait_before_without_request():
    assert wait_before(TemporaryError("busy"), 4) == 4


def test_wait_before_with_request():
    wait = wait_before(TemporaryError("busy", 4), 4)
    assert wait == 4
    assert wait_before(TemporaryError("busy", 7), 4) > 0
