"""Ask the evaluator about the round, and let code settle the verdict."""

from dataclasses import replace

from worker.domain.budget import Spend
from worker.domain.errors import JudgeUnavailable
from worker.domain.events import RoundJudged
from worker.domain.question import JudgeAnswer, JudgeQuestion
from worker.domain.round import Round
from worker.domain.run import Run
from worker.domain.verdict import Verdict, by_command, settle, without_judgement
from worker.ports import Clock, Judge
from worker.rendering import prompts

ATTEMPTS = 2
"""An unreadable verdict is asked for once more, then it is not an acceptance."""


def perform(run: Run, judge: Judge, clock: Clock) -> RoundJudged:
    """The verdict on the newest round. No evidence, or no readable answer, is never "accept"."""
    plan, last = run.require_plan(), run.require_round()
    evidence = last.evidence
    if evidence is None:
        reason = last.report.session.failure or "The round changed nothing."
        return RoundJudged(without_judgement(plan.criteria, reason, plan.evaluator))
    if plan.evaluator == "command":
        return RoundJudged(by_command(plan.criteria, evidence))
    began = clock.monotonic()
    model = plan.evaluator_model or ""
    question = JudgeQuestion(
        prompts.judge_instructions(last.phase), prompts.judge_evidence(run), model
    )
    answer = _ask(judge, question)
    if answer.judgement is None:
        verdict = without_judgement(plan.criteria, answer.fault, model)
    else:
        verdict = settle(answer.judgement, plan.criteria, evidence, last.report.diff, model)
    took = Spend(seconds=clock.monotonic() - began)
    return RoundJudged(_with_failure(replace(verdict, spend=answer.spend + took), last))


def _ask(judge: Judge, question: JudgeQuestion) -> JudgeAnswer:
    spend, fault = Spend(), ""
    for _ in range(ATTEMPTS):
        try:
            answer = judge.assess(question)
        except JudgeUnavailable as silence:
            return JudgeAnswer(None, spend, f"The judge did not answer: {silence}")
        spend += answer.spend
        if answer.judgement is not None:
            return replace(answer, spend=spend)
        fault = answer.fault
    return JudgeAnswer(None, spend, f"The judge's answer could not be read, twice: {fault}")


def _with_failure(verdict: Verdict, last: Round) -> Verdict:
    """Say in the feedback that the session itself went wrong, if it did."""
    failure = last.report.session.failure
    if not failure or not verdict.feedback:
        return verdict
    return replace(verdict, feedback=f"{failure}\n\n{verdict.feedback}")
