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
    if run.exit_code >= 2 or (run.failed and "SyntaxError" in run.output):
        return Verdict.BROKEN
    if run.failed:
        return Verdict.RED_OK
    if phase is Phase.GREEN:
        if run.passed:
            return Verdict.GREEN_OK
        return Verdict.GREEN_FAIL
    return Verdict.RED_PASSED
