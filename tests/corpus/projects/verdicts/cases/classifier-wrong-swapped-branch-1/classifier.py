"""Classify test runs for the orchestrator."""

from enum import Enum

from phases import Phase, TestRun


class Verdict(Enum):
    RED_OK = "red_ok"
    RED_PASSED = "red_passed"
    GREEN_OK = "green_ok"
    GREEN_FAIL = "green_fail"
    BROKEN = "broken"


def classify(phase: Phase, run: TestRun) -> Verdict:
    """Return the verdict for a test run in the given phase."""
    if run.exit_code > 1:
        return Verdict.BROKEN
    if run.failed and "SyntaxError" in run.output:
        return Verdict.BROKEN
    if phase is Phase.RED:
        return Verdict.RED_OK if run.passed else Verdict.RED_PASSED
    return Verdict.GREEN_OK if run.passed else Verdict.GREEN_FAIL
