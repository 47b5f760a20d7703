"""The whole decision table of the fleet, as one pure function."""

from worker.director import steps
from worker.domain.budget import Spend
from worker.domain.events import Outcome
from worker.domain.plan import Plan
from worker.domain.run import Round, Run

OVER_ALL_RUNS = (
    "for this ticket: its earlier runs have used up what all of them may use together "
    "(`lifetime` in the fleet file)"
)

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
    if not run.started:
        return steps.StartWork()
    if run.last is None:
        return steps.RunAgent()
    return _within_round(run, run.plan, run.last)


def _within_round(run: Run, plan: Plan, last: Round) -> steps.Step:
    if last.evidence is None and not last.report.diff.empty:
        return steps.RunExecutionCommand()
    if last.verdict is None:
        return steps.JudgeRound()
    if last.accepted:
        return _deliver(run, draft_because=None)
    limit = plan.budget.exhausted_by(len(run.rounds), run.spend)
    if limit is None:
        return steps.RunAgent()
    return _deliver(run, draft_because=f"out of {limit}")


def _deliver(run: Run, draft_because: str | None) -> steps.Step:
    """Publish what there is, then close; each happens once, whatever is repeated."""
    if run.published is None and run.useful:
        return steps.Publish(draft_because)
    if draft_because is None:
        return steps.Close(Outcome.ACCEPTED, "every gate is green and the evaluator accepts")
    rounds = "out of rounds"
    outcome = Outcome.GAVE_UP if draft_because == rounds else Outcome.OVER_BUDGET
    return steps.Close(outcome, draft_because + (LEAK if _leaks(run) else ""))


def _leaks(run: Run) -> bool:
    evidence = run.last.evidence if run.last else None
    return evidence is not None and evidence.leaks
