import pytest

from ratelimit.bucket import TokenBucket


@pytest.fixture
def bucket():
    return TokenBucket(capacity=2, per_second=1)


def test_starts_full(bucket):
    assert bucket.take(0)
    assert bucket.take(0)
    assert not bucket.take(0)


def test_refills_over_time(bucket):
    bucket.take(0)
    bucket.take(0)
    assert bucket.take(1)


def test_refills_to_capacity(bucket):
    bucket.take(0)
    bucket.take(100)
    assert bucket.take(100)


def test_backwards_clock(bucket):
    bucket.take(10)
    bucket.take(10)
    assert not bucket.take(9)
