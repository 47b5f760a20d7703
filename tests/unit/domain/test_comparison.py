"""The figures of a run, counted from its journal."""

from tests.unit import builders as b
from worker.domain import events as ev
from worker.domain.comparison import Figures, figures
from worker.domain.evidence import Finding
from worker.domain.test_results import TestOutcome, TestReport, TestResult
from worker.domain.verdict import by_command

WEAK = Finding("weak tests", "tests/test_a.py:7", "asserts nothing", "test_a")
RAIL = Finding("rails", "src/a.py", "only lib", "directories")
NAMED = Finding("named tests", "tests/test_b.py", "not there")


def gated(*findings: Finding, **tests: TestOutcome) -> tuple[ev.RunEvent, ...]:
    results = tuple(TestResult(name, outcome) for name, outcome in tests.items())
    gates = ("weak tests", "rails", "named tests")
    evidence = b.evidence(findings=findings, gates=gates, report=TestReport("pytest", results))
    return (
        ev.AgentReported(b.report()),
        ev.ExecutionFinished(evidence),
        ev.RoundJudged(by_command(b.CRITERIA, evidence)),
    )


def test_findings_are_counted_by_where_they_stand_and_whether_they_came_back() -> None:
    run = b.run(
        *b.started(),
        *gated(WEAK, RAIL),
        *gated(RAIL, NAMED),
        ev.TierRaised(1, "stalled"),
        *gated(WEAK, one=TestOutcome.FAILED, two=TestOutcome.ERROR, three=TestOutcome.PASSED),
        *b.empty_round(),
    )
    told = figures(run)
    assert told == Figures(4, 3, 2, 1, 1, 2, 1, run.spend)


def test_without_a_recognised_runner_nobody_knows_how_many_tests_are_red() -> None:
    assert figures(b.run(*b.started(), *b.revised_round())).tests_red is None
    assert figures(b.run()) == Figures(0, 0, 0, 0, 0, None, 0, b.run().spend)
    passed = gated(one=TestOutcome.PASSED)
    assert figures(b.run(*b.started(), *passed)).tests_red == 0
