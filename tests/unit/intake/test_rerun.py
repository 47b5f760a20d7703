"""No webhook and no sweep takes a rerun for its ticket's own run."""

import time

import pytest

from integrations.memory.code_host import MemoryCodeHost
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.tracker import MemoryTracker
from tests.unit.builders import REF, plan, ticket
from worker.domain.events import (
    CancelRequested,
    Outcome,
    RunClosed,
    RunEvent,
    RunOpened,
    StoryExamined,
)
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.pull_request import PullRequestEnd
from worker.domain.run import Run, nth_run_id
from worker.domain.signals import (
    Delivery,
    PullRequestEnded,
    Signal,
    TicketReady,
    TicketWithdrawn,
)
from worker.domain.ticket import Ticket
from worker.intake.admission import admit_all
from worker.intake.reconcile import Swept, sweep_code_host, sweep_tracker
from worker.intake.rerun import counterpart, open_rerun

FLEET = Fleet((FleetRepository("acme/app", teams=("ENG",)), FleetRepository("acme/other")))
FIRST, SECOND = nth_run_id(REF, 0), nth_run_id(REF, 1)
OWN, RERUNS = "agent/ENG-1-square-numbers", f"agent/rerun/{SECOND}"
LATER = time.time() + 3600
DONE = RunClosed(Outcome.GAVE_UP, "out of rounds")


def drive(store: MemoryRunStore, *events: RunEvent) -> None:
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    for event in events:
        store.append(lease, event)


def run_of(store: MemoryRunStore, run_id: RunId) -> Run:
    return Run.from_journal(store.journal(run_id))


def repeated(*events: RunEvent, slug: str | None = "acme/app") -> MemoryRunStore:
    """A store whose ticket's run is closed, after these events, and is repeated now."""
    store = MemoryRunStore()
    store.open_run(None, RunOpened(FIRST, REF, slug))
    drive(store, *(events or (StoryExamined(ticket(), plan()), DONE)))
    assert open_rerun(run_of(store, FIRST), store, FLEET) == SECOND
    return store


def heard(store: MemoryRunStore, *signals: Signal) -> list[Signal]:
    """What the open run is told of these, and of what waits already."""
    for number, signal in enumerate(signals):
        store.receive(Delivery("linear", f"d-{number}", "x", signal))
    admit_all(store, FLEET)
    assert not store.inbox()
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    return [item.signal for item in store.signals(lease)]


@pytest.mark.parametrize(
    ("slug", "again"), [("acme/app", "acme/app"), ("acme/other", "acme/other"), (None, "acme/app")]
)
def test_a_rerun_stays_in_the_runs_repository_if_there_was_one(
    slug: str | None, again: str
) -> None:
    store = repeated(slug=slug)
    assert [(row.id, row.repository, row.state) for row in store.runs(1)] == [
        (SECOND, again, "queued")
    ]


@pytest.mark.parametrize("now", [[], [ticket(labels=())], [ticket(state_type="completed")]])
def test_the_sweep_leaves_it_alone_whatever_the_ticket_says(now: list[Ticket]) -> None:
    store = repeated()
    assert sweep_tracker(store, MemoryTracker(now), FLEET).withdrawn == 0
    assert heard(store) == []


def test_so_do_webhooks_about_the_tickets_state_but_not_the_operator() -> None:
    by_state = TicketWithdrawn(REF.id, "label removed", by_state=True)
    assert heard(repeated(), by_state) == []
    by_person = TicketWithdrawn(REF.id, "cancelled by the operator")
    assert heard(repeated(), by_state, by_person) == [by_person]


def test_a_label_put_on_meanwhile_opens_no_second_run() -> None:
    store = repeated()
    assert heard(store, TicketReady(REF)) == []
    assert len(store.runs()) == 2


def end(branch: str) -> PullRequestEnded:
    url = "https://github.test/pull/7"
    return PullRequestEnded("acme/app", PullRequestEnd(7, url, branch, merged=True, ended_at=LATER))


def test_only_its_own_pull_requests_end_is_news_for_it() -> None:
    assert heard(repeated(), end(OWN)) == []
    assert heard(repeated(), end(RERUNS)) == [end(RERUNS)]
    store, host = repeated(), MemoryCodeHost({"acme/app": "main", "acme/other": "main"})
    own, other = end(RERUNS), end(OWN)
    host.ended["acme/app"] = [other.end, own.end]
    assert sweep_code_host(store, host, FLEET) == 1
    assert heard(store) == [own]


def test_the_end_of_a_reruns_pull_request_is_no_news_for_a_later_run() -> None:
    store = repeated()
    drive(store, DONE)
    store.receive(Delivery("linear", "label", "ready", TicketReady(REF)))
    assert heard(store, end(RERUNS)) == []
    assert heard_of_own(store) == [end(OWN)]


def heard_of_own(store: MemoryRunStore) -> list[Signal]:
    """The run is claimed: what comes now is addressed to it all the same."""
    store.receive(Delivery("linear", "own", "x", end(OWN)))
    admit_all(store, FLEET)
    assert store.release("w") == 1
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    return [item.signal for item in store.signals(lease)]


def test_a_ticket_that_is_wanted_again_gets_its_run_whatever_reruns_came_between() -> None:
    gone = CancelRequested("the label was removed", by_state=True)
    store = repeated(gone, RunClosed(Outcome.CANCELLED, "the label was removed"))
    drive(store, DONE)
    assert sweep_tracker(store, MemoryTracker([ticket()]), FLEET) == Swept(1, opened=1)
    assert run_of(store, nth_run_id(REF, 2)).repeats is None


def test_after_a_rerun_no_run_opens_by_itself() -> None:
    store = repeated()
    drive(store, DONE)
    assert sweep_tracker(store, MemoryTracker([ticket()]), FLEET) == Swept(1)


def test_what_a_run_is_compared_with() -> None:
    store = repeated()
    assert counterpart(run_of(store, FIRST), store) == run_of(store, SECOND)
    assert counterpart(run_of(store, SECOND), store) == run_of(store, FIRST)
    drive(store, DONE)
    open_rerun(run_of(store, FIRST), store, FLEET)
    assert counterpart(run_of(store, FIRST), store) == run_of(store, nth_run_id(REF, 2))
    alone = MemoryRunStore()
    alone.open_run(None, RunOpened(FIRST, REF, "acme/app"))
    assert counterpart(run_of(alone, FIRST), alone) is None
