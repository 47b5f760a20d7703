import pytest

from ratelimit.decision import Decision, decide, headers


@pytest.mark.parametrize(
    ("used", "limit", "expected"),
    [
        (1, 10, Decision.ALLOW),
        (8, 10, Decision.ALLOW),
        (9, 10, Decision.WARN),
        (10, 10, Decision.WARN),
        (11, 10, Decision.REFUSE),
        (100, 10, Decision.REFUSE),
        (101, 10, Decision.BLOCK),
        (4, 5, Decision.ALLOW),
        (5, 5, Decision.WARN),
        (1, 1, Decision.WARN),
        (81, 101, Decision.WARN),
        (80, 101, Decision.ALLOW),
    ],
)
def test_decision(used, limit, expected):
    assert decide(used, limit) is expected


@pytest.mark.parametrize(
    ("used", "decision", "remaining"),
    [(3, "allow", "7"), (9, "warn", "1"), (10, "warn", "0"), (15, "refuse", "0"), (200, "block", "0")],
)
def test_headers(used, decision, remaining):
    assert headers(used, 10) == {"X-Decision": decision, "X-Remaining": remaining}
