import pytest

from classifier import Verdict, classify
from phases import Phase, TestRun


def test_red_phase_failing():
    assert classify(Phase.RED, TestRun(1, "AssertionError")) is Verdict.RED_OK


def test_red_phase_passing():
    assert classify(Phase.RED, TestRun(0)) is Verdict.RED_PASSED


def test_green_phase_passing():
    assert classify(Phase.GREEN, TestRun(0)) is Verdict.GREEN_OK


@pytest.mark.parametrize("phase", list(Phase))
@pytest.mark.parametrize("code", [0, 1, 2, 5])
def test_returns_a_verdict(phase, code):
    assert classify(phase, TestRun(code)) in set(Verdict)


def test_syntax_error_is_broken():
    assert classify(Phase.RED, TestRun(1, "SyntaxError: bad")) is Verdict.BROKEN
