from ratelimit.bucket import TokenBucket


def test_starts_full():
    bucket = TokenBucket(3, 1)
    assert [bucket.take(0) for _ in range(4)] == [True, True, True, False]


def test_exactly_one_token():
    bucket = TokenBucket(1, 0.5)
    assert bucket.take(0)
    assert not bucket.take(1)
    assert bucket.take(2)
    assert not bucket.take(2)


def test_fractions_add_up():
    bucket = TokenBucket(1, 1)
    assert bucket.take(0)
    assert [bucket.take(t) for t in (0.25, 0.5, 0.75, 1.0)] == [False, False, False, True]


def test_never_above_capacity():
    bucket = TokenBucket(2, 1)
    bucket.take(0)
    assert [bucket.take(1000) for _ in range(3)] == [True, True, False]


def test_time_does_not_go_back():
    bucket = TokenBucket(1, 1)
    assert bucket.take(10)
    assert not bucket.take(5)
    assert not bucket.take(10.5)
    assert bucket.take(11)
