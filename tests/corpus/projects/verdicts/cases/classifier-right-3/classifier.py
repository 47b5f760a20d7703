"""Verdicts on test runs."""

import enum
import logging

from phases import Phase, TestRun

logger = logging.getLogger(__name__)


class Verdict(enum.Enum):
    RED_OK = 1
    RED_PASSED = 2
    GREEN_OK = 3
    GREEN_FAIL = 4
    BROKEN = 5


def _is_broken(run: TestRun) -> bool:
    if run.failed:
        return "SyntaxError" in run.output
    return not run.passed


def _red(run: TestRun) -> Verdict:
    return Verdict.RED_PASSED if run.passed else Verdict.RED_OK


def _green(run: TestRun) -> Verdict:
    return Verdict.GREEN_OK if run.passed else Verdict.GREEN_FAIL


def classify(phase: Phase, run: TestRun) -> Verdict:
    if _is_broken(run):
        logger.warning("no result, exit code %d", run.exit_code)
        return Verdict.BROKEN
    return _red(run) if phase is Phase.RED else _green(run)
