import pytest

from ratelimit.bucket import TokenBucket


def drained(capacity, per_second, now=0.0):
    bucket = TokenBucket(capacity, per_second)
    assert all(bucket.take(now) for _ in range(capacity))
    return bucket


@pytest.mark.parametrize("capacity", [1, 2, 5])
def test_starts_full(capacity):
    assert not drained(capacity, 1).take(0)


@pytest.mark.parametrize(("per_second", "early", "at"), [(1, 0.75, 1), (4, 0.125, 0.25), (0.5, 1.5, 2)])
def test_a_token_comes_when_it_is_whole(per_second, early, at):
    bucket = drained(2, per_second)
    assert not bucket.take(early)
    assert bucket.take(at)
    assert not bucket.take(at)


def test_fractions_are_kept_between_calls():
    bucket = drained(1, 1)
    assert [bucket.take(n / 4) for n in range(1, 9)] == [False, False, False, True] * 2


def test_it_never_holds_more_than_its_capacity():
    bucket = drained(3, 10)
    assert [bucket.take(3600) for _ in range(4)] == [True, True, True, False]


def test_a_clock_that_goes_back_gives_nothing():
    bucket = drained(1, 1, now=100)
    assert not bucket.take(50)
    assert not bucket.take(100.5)
    assert bucket.take(101)
