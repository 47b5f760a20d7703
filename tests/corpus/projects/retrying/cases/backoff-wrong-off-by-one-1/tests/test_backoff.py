import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import TemporaryError


def test_exponential():
    assert delays(4) == [1.0, 2.0, 4.0, 8.0]


def test_capped():
    assert delays(8)[-1] == 60.0
    assert max(delays(20)) == 60.0


def test_custom_parameters():
    assert delays(3, first=0.5, factor=3.0) == [0.5, 1.5, 4.5]


def test_number_of_delays():
    assert len(delays(5)) == 5


def test_invalid():
    with pytest.raises(ValueError):
        delays(0)


def test_wait_before():
    assert wait_before(TemporaryError("busy", 10), 1) == 10
    assert wait_before(TemporaryError("busy"), 1) == 1
    assert wait_before(TemporaryError("busy", 0.5), 1) == 1
