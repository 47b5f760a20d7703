from collections import Counter

from ratelimit.decision import Decision, decide, headers


def test_every_count_up_to_the_block():
    found = [decide(used, 10) for used in range(1, 103)]
    assert Counter(found) == {
        Decision.ALLOW: 8,
        Decision.WARN: 2,
        Decision.REFUSE: 90,
        Decision.BLOCK: 2,
    }
    assert found == sorted(found, key=lambda decision: decision.value)


def test_a_limit_that_80_percent_does_not_hit():
    assert [decide(used, 3).name for used in (1, 2, 3, 4, 30, 31)] == [
        "ALLOW",
        "ALLOW",
        "WARN",
        "REFUSE",
        "REFUSE",
        "BLOCK",
    ]


def test_headers():
    assert headers(1, 10) == {"X-Decision": "allow", "X-Remaining": "9"}
    assert headers(9, 10) == {"X-Decision": "warn", "X-Remaining": "1"}
    assert headers(10, 10) == {"X-Decision": "warn", "X-Remaining": "0"}
    assert headers(11, 10) == {"X-Decision": "refuse", "X-Remaining": "0"}
    assert headers(101, 10) == {"X-Decision": "block", "X-Remaining": "0"}
