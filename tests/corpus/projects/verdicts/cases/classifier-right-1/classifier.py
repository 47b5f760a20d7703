"""What a test run means in its phase."""

from enum import Enum

from phases import Phase, TestRun


class Verdict(Enum):
    RED_OK = "red ok"
    RED_PASSED = "red passed"
    GREEN_OK = "green ok"
    GREEN_FAIL = "green fail"
    BROKEN = "broken"


def classify(phase: Phase, run: TestRun) -> Verdict:
    if not (run.passed or run.failed):
        return Verdict.BROKEN
    if run.failed and "SyntaxError" in run.output:
        return Verdict.BROKEN
    if phase is Phase.RED:
        return Verdict.RED_OK if run.failed else Verdict.RED_PASSED
    return Verdict.GREEN_FAIL if run.failed else Verdict.GREEN_OK
