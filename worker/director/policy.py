"""The whole decision table of the fleet, as one pure function."""

from worker.director import steps
from worker.domain.budget import Spend
from worker.domain.events import Outcome
from worker.domain.plan import Plan
from worker.domain.round import Round
from worker.domain.run import Run
from worker.domain.stall import stalled

OVER_ALL_RUNS = (
    "for this ticket: its earlier runs have used up what all of them may use together "
    "(`lifetime` in the fleet file)"
)

IN_LOST_SESSIONS = "it went into sessions that were lost with their worker"

LEAK = "; the change holds what looks like a secret, so that it is shown nowhere"


def next_step(run: Run) -> steps.Step:
    """Say what ``run`` does next. Same run, same answer: no I/O, no clock, no randomness."""
    if run.closed:
        return steps.Wait("the run is closed")
    if run.cancelled is not None and not (run.published and run.accepted):
        return steps.Close(Outcome.CANCELLED, run.cancelled)
    if run.failed is not None:
        return steps.Close(Outcome.FAILED, run.failed)
    if run.questions:
        return steps.Close(Outcome.QUESTIONS, "\n".join(f"- {q}" for q in run.questions))
    if run.blocked_by:
        return steps.Wait(f"blocked by {', '.join(run.blocked_by)}")
    if run.plan is None:
        return steps.ExamineStory()
    if run.last is None and (limit := run.plan.budget.exhausted_by(0, Spend())):
        return steps.Close(Outcome.OVER_BUDGET, f"out of {limit} {OVER_ALL_RUNS}")
    if run.last is None and (limit := _lost_all(run, run.plan)):
        return steps.Close(Outcome.OVER_BUDGET, f"out of {limit}: {IN_LOST_SESSIONS}")
    if not run.started:
        return steps.StartWork()
    if run.last is None:
        return steps.RunAgent()
    return _within_round(run, run.plan, run.last)


def _lost_all(run: Run, plan: Plan) -> str | None:
    """What is used up before there was a round. With a ladder, the next session meets that, and the
    tier above goes on.
    """
    return None if plan.ladder else run.left.exhausted_by(0, Spend())


def _within_round(run: Run, plan: Plan, last: Round) -> steps.Step:
    if last.evidence is None and not last.report.diff.empty:
        return steps.RunExecutionCommand()
    if last.verdict is None:
        return steps.JudgeRound()
    if run.accepted:
        return _deliver(run, draft_because=None)
    limit = plan.ceiling.exhausted_by(len(run.rounds), run.spend) if plan.ceiling else None
    if limit is not None:
        return _deliver(run, draft_because=f"out of {last.report.session.out_of or limit}")
    stuck = _stuck(run, plan)
    if stuck is None:
        return steps.RunAgent()
    if run.tier + 1 < len(plan.tiers):
        return steps.RaiseTier(run.tier + 1, stuck)
    return _deliver(run, draft_because=stuck)


def _stuck(run: Run, plan: Plan) -> str | None:
    """Why the present tier cannot go on, or None where it can."""
    if not run.stretch:
        return None
    out_of = run.stretch[-1].report.session.out_of
    limit = out_of or run.require_tier().budget.exhausted_by(
        len(run.stretch), run.spend_of(run.tier)
    )
    if limit is not None:
        return f"out of {limit}"
    return stalled(run.rounds, run.stretch, plan.stall_rounds)


def _deliver(run: Run, draft_because: str | None) -> steps.Step:
    """Publish what there is, then close; each happens once, whatever is repeated."""
    if run.published is None and run.useful:
        return steps.Publish(draft_because)
    if draft_because is None:
        return steps.Close(Outcome.ACCEPTED, "every gate is green and the evaluator accepts")
    gave_up = draft_because == "out of rounds" or draft_because.startswith("stalled")
    outcome = Outcome.GAVE_UP if gave_up else Outcome.OVER_BUDGET
    return steps.Close(outcome, draft_because + (LEAK if _leaks(run) else ""))


def _leaks(run: Run) -> bool:
    evidence = run.last.evidence if run.last else None
    return evidence is not None and evidence.leaks
