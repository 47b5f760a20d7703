import pytest

from classifier import Verdict, classify
from phases import Phase, TestRun

RED_VERDICTS = {Verdict.RED_OK, Verdict.RED_PASSED}


@pytest.mark.parametrize("exit_code", [0, 1])
def test_red_phase(exit_code):
    assert classify(Phase.RED, TestRun(exit_code)) in RED_VERDICTS


def test_green_phase():
    assert classify(Phase.GREEN, TestRun(0)) == Verdict.GREEN_OK
    assert classify(Phase.GREEN, TestRun(1)) == Verdict.GREEN_FAIL


@pytest.mark.parametrize("phase", [Phase.RED, Phase.GREEN])
def test_broken(phase):
    assert classify(phase, TestRun(2)) == Verdict.BROKEN
    assert classify(phase, TestRun(1, "SyntaxError: oops")) == Verdict.BROKEN
