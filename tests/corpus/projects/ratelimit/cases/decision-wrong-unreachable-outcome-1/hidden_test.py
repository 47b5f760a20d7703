import pytest

from ratelimit.decision import Decision, decide, headers


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        (1, Decision.ALLOW),
        (8, Decision.ALLOW),
        (9, Decision.WARN),
        (10, Decision.WARN),
        (11, Decision.REFUSE),
        (100, Decision.REFUSE),
        (101, Decision.BLOCK),
    ],
)
def test_decide(used, expected):
    assert decide(used, 10) is expected


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        (1, 10, ("allow", "9")),
        (10, 10, ("warn", "0")),
        (12, 10, ("refuse", "0")),
        (500, 10, ("block", "0")),
        (30, 50, ("allow", "20")),
    ],
)
def test_headers(used, limit, expected):
    assert headers(used, limit) == {"X-Decision": expected[0], "X-Remaining": expected[1]}
