"""Code has the last word: what may be an acceptance, and what never is."""

import pytest

from tests.unit.builders import CRITERIA, DIFF, evidence
from worker.domain.command import Breach
from worker.domain.evidence import Diff, Finding
from worker.domain.verdict import (
    CriterionJudgement,
    Decision,
    Judgement,
    Status,
    Verdict,
    by_command,
    quoted,
    settle,
    without_judgement,
)

GREEN = evidence()
MET_1 = CriterionJudgement(1, Status.MET, "return n * n")
MET_2 = CriterionJudgement(2, Status.MET, "2 passed")


def settled(*criteria: CriterionJudgement, feedback: str = "", **changes: object) -> Verdict:
    return settle(Judgement(criteria, feedback), CRITERIA, evidence(**changes), DIFF, "openai:j")


def test_every_criterion_met_with_real_quotations_is_an_acceptance() -> None:
    verdict = settled(MET_1, MET_2)
    assert verdict.decision is Decision.ACCEPT
    assert verdict.feedback == ""


def test_a_red_execution_command_outranks_an_accepting_judge() -> None:
    verdict = settled(MET_1, MET_2, exit_code=1)
    assert verdict.decision is Decision.REVISE
    assert "exited 1" in verdict.reasons[0]
    assert "exited 1" in verdict.feedback


def test_a_breach_outranks_an_exit_code_of_zero() -> None:
    verdict = settled(MET_1, MET_2, breach=Breach.TIMEOUT)
    assert verdict.decision is Decision.REVISE
    assert "timeout" in verdict.reasons[0]


def test_a_red_gate_outranks_an_accepting_judge_and_a_green_command() -> None:
    found = (Finding("secrets", "a.py:3", "Remove it."),)
    judged = settled(MET_1, MET_2, findings=found)
    assert judged.decision is Decision.REVISE
    assert judged.reasons == ("a.py:3: Remove it. (gate: secrets)",)
    red = evidence(findings=found)
    assert by_command(CRITERIA, red).feedback == "a.py:3: Remove it. (gate: secrets)"


def test_a_quotation_that_is_not_in_the_evidence_makes_its_criterion_unknown() -> None:
    verdict = settled(MET_1, CriterionJudgement(2, Status.MET, "all 99 tests passed", "sure"))
    assert verdict.decision is Decision.UNCLEAR
    assert [c.status for c in verdict.criteria] == [Status.MET, Status.UNKNOWN]
    assert "sure" in verdict.criteria[1].note
    assert "quotation" in verdict.feedback


def test_a_criterion_that_the_judge_skipped_is_unknown() -> None:
    verdict = settled(MET_1)
    assert verdict.criteria[1].status is Status.UNKNOWN
    assert verdict.decision is Decision.UNCLEAR


def test_a_criterion_judged_twice_is_unknown() -> None:
    verdict = settled(MET_1, MET_2, CriterionJudgement(2, Status.NOT_MET))
    assert verdict.criteria[1].status is Status.UNKNOWN
    assert "more than one thing" in verdict.reasons[0]


def test_criteria_that_do_not_exist_count_for_nothing() -> None:
    verdict = settled(MET_1, MET_2, CriterionJudgement(7, Status.NOT_MET))
    assert verdict.decision is Decision.ACCEPT
    assert len(verdict.criteria) == 2


def test_not_met_is_to_be_revised_with_the_judges_feedback() -> None:
    verdict = settled(MET_1, CriterionJudgement(2, Status.NOT_MET), feedback="handle zero")
    assert (verdict.decision, verdict.feedback) == (Decision.REVISE, "handle zero")


def test_what_is_not_met_outranks_what_is_unknown() -> None:
    not_met = CriterionJudgement(1, Status.NOT_MET)
    assert settled(not_met, CriterionJudgement(2, Status.UNKNOWN)).decision is Decision.REVISE
    assert settled(MET_1, CriterionJudgement(2, Status.UNKNOWN)).decision is Decision.UNCLEAR


def test_feedback_is_never_empty_where_something_is_missing() -> None:
    verdict = settled(MET_1, CriterionJudgement(2, Status.NOT_MET))
    assert verdict.feedback == "These acceptance criteria are not shown to be met: 2 (not met)."


@pytest.mark.parametrize(
    ("quotation", "found"),
    [
        ("2 passed", True),
        ("2  passed\n in 0.01s", True),
        ("return n * n", True),
        ("+    return n * n", True),
        ("+++ b/calc.py", True),
        ("exit code 0", True),
        ("exit code 1", False),
        ("3 passed", False),
        ("2 p", False),
        ("0.0", False),
        ("0 . 0", False),
        ("0.01", True),
        ("", False),
        ("a b c", False),
    ],
)
def test_a_quotation_must_stand_in_the_evidence(quotation: str, found: bool) -> None:
    assert quoted(quotation, GREEN, DIFF) is found


def test_a_quotation_may_span_lines_of_the_diff_without_its_marks() -> None:
    diff = Diff("+def f():\n+    return 1\n", ("f.py",), 2, 0)
    assert quoted("def f():\n    return 1", GREEN, diff)


def test_by_command_the_exit_code_alone_decides_and_criteria_stay_unknown() -> None:
    assert by_command(CRITERIA, GREEN).decision is Decision.ACCEPT
    red = by_command(CRITERIA, evidence(exit_code=2))
    assert red.decision is Decision.REVISE
    assert {c.status for c in red.criteria} == {Status.UNKNOWN}
    assert "exited 2" in red.feedback


def test_no_judgement_is_no_acceptance() -> None:
    verdict = without_judgement(CRITERIA, "timed out", "openai:j")
    assert verdict.decision is Decision.UNCLEAR
    assert {c.status for c in verdict.criteria} == {Status.UNKNOWN}
    assert verdict.feedback == "timed out"
