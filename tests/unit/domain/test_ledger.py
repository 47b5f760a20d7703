"""The ledger: the same thing wrong is one failure over all rounds, and what comes back is told."""

import pytest

from tests.unit import builders as b
from worker.domain.command import Breach
from worker.domain.evidence import Evidence, Finding
from worker.domain.ledger import COMMAND, JUDGE, TESTS, State, key, ledger
from worker.domain.round import Round
from worker.domain.test_results import TestOutcome, TestReport, TestResult
from worker.domain.verdict import CriterionJudgement, Decision, Status, Verdict, by_command

WEAK = Finding("weak tests", "tests/test_a.py:7", "`test_a` asserts nothing.", "test_a")
RAIL = Finding("rails", "src/a.py", "Only `lib/` may be changed.", "directories")


def one(number: int, evidence: Evidence | None, verdict: Verdict | None = None) -> Round:
    return Round(number, b.report(), evidence, verdict)


def gated(
    number: int, *findings: Finding, gates: tuple[str, ...] = ("weak tests", "rails")
) -> Round:
    evidence = b.evidence(findings=findings, gates=gates)
    return one(number, evidence, by_command(b.CRITERIA, evidence))


def with_tests(number: int, **outcomes: TestOutcome) -> Round:
    results = tuple(TestResult(name, outcome) for name, outcome in outcomes.items())
    bad = any(o in {TestOutcome.FAILED, TestOutcome.ERROR} for o in outcomes.values())
    report = TestReport("pytest", results)
    return one(number, b.evidence(exit_code=int(bad), report=report))


def judged(number: int, *statuses: Status, exit_code: int = 0) -> Round:
    criteria = tuple(CriterionJudgement(n, s) for n, s in enumerate(statuses, 1))
    verdict = Verdict(Decision.REVISE, criteria, "more", "openai:judge")
    return one(number, b.evidence(exit_code=exit_code), verdict)


def states(*rounds: Round) -> dict[str, State]:
    return {failure.finding.place: failure.state for failure in ledger(rounds).failures}


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (Finding("g", "a.py:3", "x", "k"), Finding("g", "a.py:90", "y", "k"), True),
        (Finding("g", "a.py:3-9", "x", "k"), Finding("g", "a.py", "x", "k"), True),
        (Finding("g", "a.py:3", "x", "k"), Finding("g", "b.py:3", "x", "k"), False),
        (Finding("g", "a.py:3", "x", "k"), Finding("h", "a.py:3", "x", "k"), False),
        (Finding("g", "a.py:3", "x", "k"), Finding("g", "a.py:3", "x", "l"), False),
    ],
)
def test_gate_path_and_kind_make_a_finding_the_same(
    first: Finding, second: Finding, same: bool
) -> None:
    assert (key(first) == key(second)) is same


def test_a_finding_that_stays_is_one_open_failure() -> None:
    (failure,) = ledger([gated(1, WEAK), gated(2, WEAK)]).failures
    assert (failure.state, failure.first, failure.last) == (State.OPEN, 1, 2)


def test_a_finding_that_goes_is_resolved_and_then_regressed() -> None:
    (gone,) = ledger([gated(1, WEAK), gated(2)]).failures
    assert (gone.state, gone.resolved, gone.regressions) == (State.RESOLVED, 2, 0)
    (back,) = ledger([gated(1, WEAK), gated(2), gated(3, WEAK)]).failures
    assert (back.state, back.regressed, back.regressions) == (State.REGRESSED, 3, 1)
    (twice,) = ledger([gated(1, WEAK), gated(2), gated(3, WEAK), gated(4), gated(5, WEAK)]).failures
    assert (twice.resolved, twice.regressed, twice.regressions) == (4, 5, 2)


def test_a_regressed_failure_can_be_resolved_again() -> None:
    (failure,) = ledger([gated(1, WEAK), gated(2), gated(3, WEAK), gated(4)]).failures
    assert (failure.state, failure.regressions) == (State.RESOLVED, 1)


def test_what_was_not_looked_at_is_not_mended() -> None:
    red = one(2, b.evidence(exit_code=1, gates=("rails",)))
    assert states(gated(1, WEAK, RAIL), red) == {
        WEAK.place: State.OPEN,
        RAIL.place: State.RESOLVED,
        "make test": State.OPEN,
    }


def test_a_round_without_evidence_mends_nothing() -> None:
    assert states(gated(1, WEAK), one(2, None)) == {WEAK.place: State.OPEN}


def test_journals_that_name_no_gates_had_them_all() -> None:
    red = one(2, b.evidence(exit_code=1))
    assert states(gated(1, WEAK), red)[WEAK.place] is State.RESOLVED


def test_each_failing_test_is_a_failure_and_the_command_is_none_beside_them() -> None:
    failing = with_tests(
        1, test_a=TestOutcome.FAILED, test_b=TestOutcome.ERROR, c=TestOutcome.PASSED
    )
    places = [(f.finding.gate, f.finding.place) for f in ledger([failing]).failures]
    assert places == [(TESTS, "test_a"), (TESTS, "test_b")]


def test_a_test_is_mended_when_it_passes_not_when_it_is_gone() -> None:
    first = with_tests(1, test_a=TestOutcome.FAILED, test_b=TestOutcome.FAILED)
    second = with_tests(2, test_a=TestOutcome.PASSED, test_c=TestOutcome.FAILED)
    assert states(first, second) == {
        "test_a": State.RESOLVED,
        "test_b": State.OPEN,
        "test_c": State.OPEN,
    }


def test_a_green_round_mends_everything_but_what_the_judge_says() -> None:
    first = with_tests(1, test_a=TestOutcome.FAILED)
    assert states(first, one(2, b.evidence())) == {"test_a": State.RESOLVED}


def test_a_command_whose_tests_cannot_be_read_is_the_failure_itself() -> None:
    (failure,) = ledger([one(1, b.evidence(exit_code=2))]).failures
    assert (failure.finding.gate, failure.finding.text) == (COMMAND, "it exited 2")
    (failure,) = ledger([one(1, b.evidence(exit_code=0, breach=Breach.TIMEOUT))]).failures
    assert failure.finding.text == "timeout"


def test_a_command_whose_tests_can_be_read_then_is_replaced_by_them() -> None:
    first = one(1, b.evidence(exit_code=2))
    assert states(first, with_tests(2, test_a=TestOutcome.FAILED)) == {
        "make test": State.RESOLVED,
        "test_a": State.OPEN,
    }


def test_tests_that_must_fail_are_no_failures() -> None:
    results = (TestResult("test_a", TestOutcome.FAILED),)
    wanted = b.evidence(exit_code=1, report=TestReport("pytest", results), failure_wanted=True)
    assert ledger([one(1, wanted)]).failures == ()


def test_a_criterion_of_the_judge_is_a_failure_by_its_number() -> None:
    (failure,) = ledger([judged(1, Status.NOT_MET, Status.MET)]).failures
    assert (failure.finding.gate, failure.finding.place) == (JUDGE, "criterion 1")
    assert states(judged(1, Status.NOT_MET), judged(2, Status.MET)) == {
        "criterion 1": State.RESOLVED
    }


def test_what_the_judge_cannot_tell_is_open_on_green_evidence_only() -> None:
    assert states(judged(1, Status.UNKNOWN)) == {"criterion 1": State.OPEN}
    assert "criterion 1" not in states(judged(1, Status.UNKNOWN, exit_code=1))
    after = states(judged(1, Status.NOT_MET), judged(2, Status.UNKNOWN, exit_code=1))
    assert after["criterion 1"] is State.OPEN


def test_the_command_evaluator_has_no_findings_of_its_own() -> None:
    evidence = b.evidence()
    assert ledger([one(1, evidence, by_command(b.CRITERIA, evidence))]).failures == ()


def test_the_regressed_come_first_and_weigh_more() -> None:
    followed = ledger([gated(1, WEAK), gated(2, RAIL), gated(3, RAIL, WEAK)])
    assert [failure.finding for failure in followed.unresolved] == [WEAK, RAIL]
    assert followed.weight == 3 + 1


def test_what_stays_mended_drops_out_of_mind_unless_it_had_come_back() -> None:
    followed = ledger([gated(1, WEAK, RAIL), gated(2, RAIL), gated(3, RAIL)])
    assert [f.finding for f in followed.kept_in_mind(since=2)] == [WEAK]
    assert followed.kept_in_mind(since=3) == ()
    again = ledger([gated(1, WEAK), gated(2), gated(3, WEAK), gated(4), gated(5), gated(6)])
    assert [f.finding for f in again.kept_in_mind(since=6)] == [WEAK]
