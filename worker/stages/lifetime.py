"""Ceilings over a ticket's whole life: what its earlier runs used is not there any more."""

from dataclasses import replace

from worker.domain.budget import Budget, Spend
from worker.domain.events import StoryExamined
from worker.domain.lost_sessions import lost_sessions
from worker.domain.run import Run
from worker.ports import RunStore


def within_lifetime(
    run: Run, examined: StoryExamined, lifetime: Budget, store: RunStore
) -> StoryExamined:
    """Cut the plan's budget to what is left of the ticket's, which may be nothing."""
    if examined.plan is None:
        return examined
    rounds, spend = _used(run, store)
    left = replace(lifetime.left_after(spend), max_rounds=max(0, lifetime.max_rounds - rounds))
    budget = examined.plan.budget.within(left)
    return replace(examined, plan=replace(examined.plan, budget=budget, ceiling=left))


def _used(run: Run, store: RunStore) -> tuple[int, Spend]:
    others = [r for r in store.runs_of(run.ref.id) if r != run.id]
    earlier = [Run.from_journal(journal) for r in others if (journal := store.journal(r))]
    spend = sum((e.spend for e in earlier), Spend())
    late = (lost.spend for e in earlier for lost in lost_sessions(e, store.noted_spend(e.id)))
    return sum(len(e.rounds) for e in earlier), sum(late, spend)
