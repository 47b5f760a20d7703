import pytest

from classifier import Verdict, classify
from phases import Phase, TestRun

FAILED = TestRun(1, "E   assert 3 == 4")
PASSED = TestRun(0, "3 passed")
SYNTAX = TestRun(1, "E   SyntaxError: invalid syntax")


@pytest.mark.parametrize(
    ("phase", "run", "verdict"),
    [
        (Phase.RED, FAILED, Verdict.RED_OK),
        (Phase.RED, PASSED, Verdict.RED_PASSED),
        (Phase.RED, SYNTAX, Verdict.BROKEN),
        (Phase.GREEN, PASSED, Verdict.GREEN_OK),
        (Phase.GREEN, FAILED, Verdict.GREEN_FAIL),
        (Phase.GREEN, SYNTAX, Verdict.BROKEN),
    ],
)
def test_each_phase_and_result(phase, run, verdict):
    assert classify(phase, run) is verdict


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("exit_code", [2, 3, 4, 5])
def test_no_result_is_broken(phase, exit_code):
    assert classify(phase, TestRun(exit_code)) is Verdict.BROKEN


def test_output_of_passing_tests_does_not_matter():
    assert classify(Phase.GREEN, TestRun(0, "SyntaxError is tested here")) is Verdict.GREEN_OK
