import pytest

from retrying.backoff import delays, wait_before
from retrying.errors import TemporaryError


def test_one_pause_fewer_than_attempts():
    for attempts in range(1, 20):
        assert len(delays(attempts)) == attempts - 1


def test_each_is_the_double_of_the_one_before_up_to_a_minute():
    pauses = delays(12)
    assert pauses[0] == 1
    for earlier, later in zip(pauses, pauses[1:]):
        assert later == min(2 * earlier, 60)
    assert pauses[-1] == 60


def test_parameters():
    assert delays(5, 2, 10, 300) == [2, 20, 200, 300]
    assert delays(3, 90) == [60, 60]
    assert delays(4, first=0.25) == [0.25, 0.5, 1.0]


def test_very_many_attempts_do_not_overflow():
    assert delays(5000)[-1] == 60


def test_at_least_one_attempt():
    for attempts in (0, -1):
        with pytest.raises(ValueError):
            delays(attempts)


def test_the_server_knows_better_when_it_wants_longer():
    assert wait_before(TemporaryError("", 10), planned=4) == 10
    assert wait_before(TemporaryError("", 1), planned=4) == 4
    assert wait_before(TemporaryError(""), planned=4) == 4
