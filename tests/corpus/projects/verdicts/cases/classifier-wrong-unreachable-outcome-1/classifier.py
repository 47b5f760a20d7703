"""Classify test runs for the orchestrator."""

from enum import Enum

from phases import Phase, TestRun


class Verdict(Enum):
    RED_OK = "RED_OK"
    RED_PASSED = "RED_PASSED"
    GREEN_OK = "GREEN_OK"
    GREEN_FAIL = "GREEN_FAIL"
    BROKEN = "BROKEN"


def classify(phase: Phase, run: TestRun) -> Verdict:
    """Return the verdict for a test run in the given phase."""
    if "SyntaxError" in run.output and run.failed:
        return Verdict.BROKEN
    if phase is Phase.RED and run.failed:
        return Verdict.RED_OK
    if phase is Phase.RED and run.passed:
        return Verdict.RED_PASSED
    if run.passed:
        return Verdict.GREEN_OK
    return Verdict.BROKEN
