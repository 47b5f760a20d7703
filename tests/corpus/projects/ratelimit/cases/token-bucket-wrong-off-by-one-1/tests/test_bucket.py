from ratelimit.bucket import TokenBucket


def test_burst_is_limited():
    bucket = TokenBucket(capacity=3, per_second=1)
    results = [bucket.take(0) for _ in range(5)]
    assert results == [True, True, False, False, False]


def test_refill():
    bucket = TokenBucket(capacity=3, per_second=1)
    for _ in range(5):
        bucket.take(0)
    assert bucket.take(1.5)


def test_capacity_is_not_exceeded():
    bucket = TokenBucket(capacity=2, per_second=10)
    bucket.take(0)
    assert [bucket.take(100), bucket.take(100)] == [True, False]


def test_time_going_backwards():
    bucket = TokenBucket(capacity=2, per_second=1)
    assert bucket.take(10)
    assert not bucket.take(5)
