"""What a test run means, as a table of phase and outcome."""

from enum import StrEnum, auto

from phases import Phase, TestRun


class Verdict(StrEnum):
    RED_OK = auto()
    RED_PASSED = auto()
    GREEN_OK = auto()
    GREEN_FAIL = auto()
    BROKEN = auto()


_VERDICTS = {
    (Phase.RED, 0): Verdict.RED_PASSED,
    (Phase.RED, 1): Verdict.RED_OK,
    (Phase.GREEN, 0): Verdict.GREEN_OK,
    (Phase.GREEN, 1): Verdict.GREEN_FAIL,
}


def classify(phase: Phase, run: TestRun) -> Verdict:
    """The verdict for a run; BROKEN where the tests gave no result."""
    if run.failed and "SyntaxError" in run.output:
        return Verdict.BROKEN
    return _VERDICTS.get((phase, run.exit_code), Verdict.BROKEN)
