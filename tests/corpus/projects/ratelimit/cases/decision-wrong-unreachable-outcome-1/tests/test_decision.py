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
    ],
)
def test_decide(used, expected):
    assert decide(used, 10) is expected


def test_far_above_the_limit():
    assert decide(1000, 10) in {Decision.REFUSE, Decision.BLOCK}


def test_all_decisions_have_values():
    assert [d.value for d in Decision] == ["allow", "warn", "refuse", "block"]


def test_headers():
    assert headers(3, 10) == {"X-Decision": "allow", "X-Remaining": "7"}
    assert headers(12, 10)["X-Remaining"] == "0"
