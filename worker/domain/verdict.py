"""What the evaluator concluded about one round, and the rules by which code has the last word."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from worker.domain.budget import Spend
from worker.domain.evidence import Diff, Evidence
from worker.domain.story import Criterion

SHORTEST_QUOTATION = 4
"""Characters, blanks not counted: a shorter quotation proves nothing."""


class Decision(StrEnum):
    """What is to happen with the round."""

    ACCEPT = "accept"
    REVISE = "revise"
    UNCLEAR = "unclear"


class Status(StrEnum):
    """Whether the evidence shows that a criterion is met."""

    MET = "met"
    NOT_MET = "not met"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CriterionJudgement:
    """The judge's opinion on one acceptance criterion."""

    number: int
    status: Status
    quotation: str = ""
    """Copied by the judge from the evidence; checked by code."""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """A judge's raw answer. Nothing acts on it before ``settle`` has."""

    criteria: tuple[CriterionJudgement, ...]
    feedback: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What code made of the evidence and the judgement."""

    decision: Decision
    criteria: tuple[CriterionJudgement, ...]
    feedback: str
    """The next round's instructions; empty where the decision is to accept."""
    evaluator: str
    """``command``, or the judge's model."""
    reasons: tuple[str, ...] = ()
    """Why code decided other than the judge, a sentence each."""
    spend: Spend = Spend()

    @property
    def by_judge(self) -> bool:
        """Whether a model was asked, and not the execution command alone."""
        return self.evaluator != "command"


def settle(
    judgement: Judgement,
    criteria: Sequence[Criterion],
    evidence: Evidence,
    diff: Diff,
    evaluator: str,
) -> Verdict:
    """Turn an opinion into a verdict: evidence first, the opinion second.

    A criterion the judge skipped, or whose quotation is not in the evidence, is unknown; a red
    execution command is never talked away; only all criteria met is an acceptance.
    """
    reasons: list[str] = []
    checked = tuple(_checked(c, judgement, evidence, diff, reasons) for c in criteria)
    reasons += red_sentences(evidence)
    unmet = [c for c in checked if c.status is not Status.MET]
    if evidence.green and not unmet:
        return Verdict(Decision.ACCEPT, checked, "", evaluator, tuple(reasons))
    decided = evidence.green and all(c.status is Status.UNKNOWN for c in unmet)
    decision = Decision.UNCLEAR if decided else Decision.REVISE
    feedback = judgement.feedback.strip() or "\n".join(reasons) or _unmet_sentence(unmet)
    return Verdict(decision, checked, feedback, evaluator, tuple(reasons))


def by_command(criteria: Sequence[Criterion], evidence: Evidence) -> Verdict:
    """The ``command`` evaluator: the exit code alone decides; criteria stay unknown."""
    unjudged = tuple(
        CriterionJudgement(c.number, Status.UNKNOWN, note="not judged: evaluator = command")
        for c in criteria
    )
    if evidence.green:
        return Verdict(Decision.ACCEPT, unjudged, "", "command")
    red = tuple(red_sentences(evidence))
    return Verdict(Decision.REVISE, unjudged, "\n".join(red), "command", red)


def without_judgement(criteria: Sequence[Criterion], reason: str, evaluator: str) -> Verdict:
    """No usable judgement is not an acceptance: every criterion is unknown, for ``reason``."""
    unknown = tuple(CriterionJudgement(c.number, Status.UNKNOWN, note=reason) for c in criteria)
    return Verdict(Decision.UNCLEAR, unknown, reason, evaluator, (reason,))


def red_sentences(evidence: Evidence) -> list[str]:
    """Say how the execution command failed, if it did, and which gates are red."""
    how = f"hit a limit: {evidence.breach}" if evidence.breach else f"exited {evidence.exit_code}"
    fine = evidence.passed or (evidence.failure_wanted and evidence.breach is None)
    failed = [] if fine else [f"The execution command `{evidence.command}` {how}."]
    return failed + [f"{f.place}: {f.text} (gate: {f.gate})" for f in evidence.findings]


def quoted(quotation: str, evidence: Evidence, diff: Diff) -> bool:
    """Whether ``quotation`` stands in the evidence, blanks aside and without the diff's marks."""
    wanted = _squeezed(quotation)
    if len(wanted.replace(" ", "")) < SHORTEST_QUOTATION:
        return False
    plain_diff = "\n".join(line[1:] for line in diff.text.splitlines())
    status = f"exit code {evidence.exit_code}"
    return any(wanted in _squeezed(t) for t in (evidence.output, diff.text, plain_diff, status))


def _checked(
    criterion: Criterion,
    judgement: Judgement,
    evidence: Evidence,
    diff: Diff,
    reasons: list[str],
) -> CriterionJudgement:
    opinions = [o for o in judgement.criteria if o.number == criterion.number]
    number = criterion.number
    if len(opinions) != 1:
        said = "nothing" if not opinions else "more than one thing"
        reasons.append(f"Criterion {number}: the judge said {said} about it, so it is unknown.")
        return CriterionJudgement(number, Status.UNKNOWN, note=f"the judge said {said}")
    opinion = opinions[0]
    if opinion.status is Status.MET and not quoted(opinion.quotation, evidence, diff):
        reasons.append(
            f"Criterion {number}: the judge's quotation is not in the evidence, so it is unknown."
        )
        note = f"quotation not found in the evidence. {opinion.note}".strip()
        return CriterionJudgement(number, Status.UNKNOWN, opinion.quotation, note)
    return opinion


def _unmet_sentence(unmet: Sequence[CriterionJudgement]) -> str:
    listed = ", ".join(f"{c.number} ({c.status})" for c in unmet)
    return f"These acceptance criteria are not shown to be met: {listed}."


def _squeezed(text: str) -> str:
    return " ".join(text.split())
