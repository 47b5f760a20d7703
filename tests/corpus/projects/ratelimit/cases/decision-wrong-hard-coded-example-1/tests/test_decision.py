import pytest

from ratelimit.decision import Decision, decide, headers

LIMIT = 10


@pytest.mark.parametrize("used", [1, 5, 8])
def test_allow(used):
    assert decide(used, LIMIT) == Decision.ALLOW


@pytest.mark.parametrize("used", [9, 10])
def test_warn(used):
    assert decide(used, LIMIT) == Decision.WARN


@pytest.mark.parametrize("used", [11, 50, 100])
def test_refuse(used):
    assert decide(used, LIMIT) == Decision.REFUSE


@pytest.mark.parametrize("used", [101, 1000])
def test_block(used):
    assert decide(used, LIMIT) == Decision.BLOCK


def test_headers():
    assert headers(2, LIMIT) == {"X-Decision": "allow", "X-Remaining": "8"}
    assert headers(11, LIMIT) == {"X-Decision": "refuse", "X-Remaining": "0"}
