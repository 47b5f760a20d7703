import pytest

from classifier import Verdict, classify
from phases import Phase, TestRun


@pytest.mark.parametrize(
    ("phase", "run", "verdict"),
    [
        (Phase.RED, TestRun(1, "E assert 1 == 2"), Verdict.RED_OK),
        (Phase.RED, TestRun(0), Verdict.RED_PASSED),
        (Phase.GREEN, TestRun(0), Verdict.GREEN_OK),
        (Phase.GREEN, TestRun(1, "E assert 1 == 2"), Verdict.GREEN_FAIL),
        (Phase.RED, TestRun(2), Verdict.BROKEN),
        (Phase.GREEN, TestRun(5), Verdict.BROKEN),
        (Phase.RED, TestRun(1, "E SyntaxError: invalid"), Verdict.BROKEN),
        (Phase.GREEN, TestRun(1, "E SyntaxError: invalid"), Verdict.BROKEN),
    ],
)
def test_verdict(phase, run, verdict):
    assert classify(phase, run) is verdict
