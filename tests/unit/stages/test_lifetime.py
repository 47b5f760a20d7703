"""What a ticket's earlier runs used is not there any more for the next one."""

from integrations.memory.run_store import MemoryRunStore
from tests.unit.builders import REF, opened, plan, report, ticket
from worker.domain.access import CallSpend
from worker.domain.budget import Budget, Spend
from worker.domain.events import (
    AgentReported,
    Outcome,
    RunClosed,
    RunEvent,
    RunOpened,
    SessionLost,
    StoryExamined,
    WorkStarted,
)
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.run import Run
from worker.domain.transcript import AgentSession
from worker.stages.lifetime import within_lifetime

NOW = Run(RunId("now"), REF, "acme/app")


def after(*runs: list[RunEvent]) -> MemoryRunStore:
    """A store with a ticket's earlier, closed runs."""
    store = MemoryRunStore()
    for number, events in enumerate(runs):
        store.open_run(None, RunOpened(RunId(f"r{number}"), REF, "acme/app"))
        lease = store.claim_next("w", ClaimLimits())
        assert lease is not None
        for event in [*events, RunClosed(Outcome.GAVE_UP, "x")]:
            store.append(lease, event)
    store.open_run(None, RunOpened(NOW.id, REF, "acme/app"))
    return store


def worked(rounds: int, spend: Spend) -> list[RunEvent]:
    """Rounds that together cost as much."""
    first = report(session=AgentSession("", spend=spend))
    others = [report(session=AgentSession(""))] * (rounds - 1)
    reports = [AgentReported(r) for r in [first, *others]]
    return [StoryExamined(ticket(), plan()), WorkStarted(), *reports]


def left(lifetime: Budget, store: MemoryRunStore, own: Budget) -> Budget:
    examined = within_lifetime(NOW, StoryExamined(ticket(), plan(budget=own)), lifetime, store)
    assert examined.plan is not None
    return examined.plan.budget


def test_the_first_run_has_its_own_budget() -> None:
    own = Budget(5, 10.0, 100, 1000)
    assert left(Budget(20, 40.0, 400, 4000), after(), own) == own


def test_later_runs_have_what_is_left() -> None:
    store = after(worked(2, Spend(30, 30, 300, 0, 7.0)), worked(1, Spend(10, 0, 50, 0, 3.0)))
    assert left(Budget(7, 20.0, 200, 700), store, Budget(5, 99.0, 999, 9999)) == Budget(
        4, 10.0, 130, 350
    )


def test_lost_sessions_count_also_where_they_were_found_after_the_end() -> None:
    lost = SessionLost(5, 1, Spend(30, 10, 100, 0, 2.0, 1))
    store = after([*worked(1, Spend(10)), lost])
    first = RunId("r0")
    store.note_spend(first, CallSpend(5, 1, lost.spend))
    store.note_spend(first, CallSpend(5, 2, Spend(7, 0, 50)))
    assert left(Budget(7, 20.0, 200, 700), store, Budget(5, 99.0, 999, 9999)) == Budget(
        5, 18.0, 200 - 10 - 40 - 7, 550
    )


def test_nothing_left_is_nothing_and_not_less() -> None:
    store = after(worked(3, Spend(500, 0, 9000, 0, 99.0)))
    assert left(Budget(2, 20.0, 200, 700), store, Budget(5)) == Budget(0, 0.0, 0, 0)


def test_no_limit_stays_none() -> None:
    none = Budget(20, None, None, None)
    assert left(none, after(), Budget(5, None, None, None)) == Budget(5, None, None, None)
    assert left(none, after(), Budget(5, 1.0, 2, 3)) == Budget(5, 1.0, 2, 3)


def test_questions_are_no_plan() -> None:
    asked = StoryExamined(ticket(), questions=("what?",))
    assert within_lifetime(NOW, asked, Budget(0), after()) == asked


def test_opened_is_the_run_itself() -> None:
    """The run under way is not one of its own earlier runs."""
    store = MemoryRunStore()
    store.open_run(None, opened())
    own = Budget(5)
    examined = StoryExamined(ticket(), plan(budget=own))
    run = Run(opened().run_id, REF, "acme/app")
    lifetime = Budget(5, None, None, None)
    planned = within_lifetime(run, examined, lifetime, store).plan
    assert planned == plan(budget=own, ceiling=lifetime)


def test_the_ladder_cannot_climb_over_what_is_left() -> None:
    store = after(worked(2, Spend(30, 30, 300, 0, 7.0)))
    examined = StoryExamined(ticket(), plan(budget=Budget(5)))
    planned = within_lifetime(NOW, examined, Budget(7, 20.0, 200, 700), store).plan
    assert planned is not None
    assert planned.ceiling == Budget(5, 13.0, 140, 400)
