from ratelimit.bucket import TokenBucket


def takes(bucket, times):
    return [bucket.take(now) for now in times]


def test_a_burst_then_the_rate():
    bucket = TokenBucket(capacity=3, per_second=2)
    assert takes(bucket, [0, 0, 0, 0]) == [True, True, True, False]
    assert takes(bucket, [0.25, 0.5, 0.75, 1]) == [False, True, False, True]


def test_a_minute_of_calls_every_tenth():
    bucket = TokenBucket(capacity=10, per_second=0.5)
    taken = sum(bucket.take(tick / 8) for tick in range(60 * 8 + 1))
    assert taken == 10 + 30


def test_full_is_full():
    bucket = TokenBucket(capacity=2, per_second=1)
    assert bucket.take(0)
    assert takes(bucket, [500, 500, 500]) == [True, True, False]
    assert bucket.tokens == 0


def test_back_in_time():
    bucket = TokenBucket(capacity=1, per_second=1)
    assert takes(bucket, [7, 3, 7.5, 8]) == [True, False, False, True]


def test_two_buckets_do_not_share():
    one, other = TokenBucket(1, 1), TokenBucket(1, 1)
    assert one.take(0)
    assert other.take(0)
