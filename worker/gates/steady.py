"""The gate ``steady``: a new test ends the same way whenever and in whatever order it is run."""

from collections.abc import Iterator, Sequence

from worker.domain.evidence import Finding
from worker.domain.test_results import TestOutcome, TestReport
from worker.gates.red import NewTest

GATE = "steady"


def findings(tests: Sequence[NewTest], first: TestReport, again: TestReport) -> Iterator[Finding]:
    """Compares two runs of the same commit."""
    outcomes = {result.name: result.outcome for result in again.results}
    for test in tests:
        for result in first.results:
            then = outcomes.get(result.name)
            if test.is_of(result) and then is not None and then is not result.outcome:
                text = (
                    f"`{test.facts.name}` {result.outcome} once and {then} in another order, on the"
                    " same code. Make it independent of order, time and chance."
                )
                yield Finding(GATE, test.place, text, test.facts.name)
                break


def broken(tests: Sequence[NewTest], with_tests: TestReport, base: TestReport) -> Iterator[Finding]:
    """Tests of the base that pass there, and fail beside the new ones."""
    passed = {result.name for result in base.of(TestOutcome.PASSED)}
    bad = (*with_tests.of(TestOutcome.FAILED), *with_tests.of(TestOutcome.ERROR))
    for result in bad:
        if result.name in passed and not any(test.is_of(result) for test in tests):
            text = "This test passes on the base and fails beside the new ones. Leave it alone."
            yield Finding(GATE, result.name, text, "broken")
