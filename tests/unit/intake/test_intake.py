"""Signals become runs exactly once, and what was missed is found."""

import time
from dataclasses import replace

import pytest

from integrations.memory.bell import MemoryBell
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
from worker.domain.lease import ClaimLimits
from worker.domain.pull_request import PullRequestEnd
from worker.domain.run import nth_run_id
from worker.domain.signals import (
    Delivery,
    PullRequestEnded,
    Signal,
    TicketReady,
    TicketUnblocked,
    TicketWithdrawn,
)
from worker.domain.ticket import TicketId
from worker.intake.admission import admit_all
from worker.intake.reconcile import Swept, sweep_code_host, sweep_store, sweep_tracker

FLEET = Fleet((FleetRepository("acme/app", teams=("ENG",)),))


def received(store: MemoryRunStore, number: int, signal: Signal) -> None:
    assert store.receive(Delivery("linear", f"d-{number}", "ready", signal))


def test_a_ready_ticket_opens_one_run_for_its_repository() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(REF))
    received(store, 2, TicketReady(REF))
    assert admit_all(store, FLEET) == 1
    assert admit_all(store, FLEET) == 0
    (row,) = store.runs()
    (opened,) = store.journal(row.id)
    assert isinstance(opened, RunOpened)
    assert (opened.ticket, opened.repository) == (REF, "acme/app")
    assert opened.run_id.startswith("eng-1-")


def test_a_ticket_without_a_repository_still_gets_a_run_that_can_say_so() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(replace(REF, team="OPS", project=None)))
    admit_all(store, FLEET)
    assert [row.repository for row in store.runs()] == [None]


def test_a_withdrawn_ticket_is_news_for_its_open_run() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(REF))
    received(store, 2, TicketWithdrawn(REF.id, "label removed"))
    admit_all(store, FLEET)
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    (item,) = store.signals(lease)
    assert item.signal == TicketWithdrawn(REF.id, "label removed")


def test_withdrawing_what_has_no_run_is_dropped() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketWithdrawn(TicketId("other"), "label removed"))
    assert admit_all(store, FLEET) == 0
    assert not store.inbox()
    assert not store.runs()


def test_the_store_sweep_rings_only_for_work() -> None:
    store, bell = MemoryRunStore(), MemoryBell()
    assert not sweep_store(store, bell)
    received(store, 1, TicketReady(REF))
    assert sweep_store(store, bell)
    assert bell.rings == 1


def test_the_tracker_sweep_opens_what_was_missed_and_nothing_twice() -> None:
    store = MemoryRunStore()
    tracker = MemoryTracker([ticket(), ticket(ref=replace(REF, id=TicketId("t-2")), labels=())])
    assert sweep_tracker(store, tracker, FLEET) == Swept(1, opened=1)
    assert sweep_tracker(store, tracker, FLEET) == Swept(1)
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    store.append(lease, RunClosed(Outcome.ACCEPTED, "done"))
    assert sweep_tracker(store, tracker, FLEET) == Swept(1)
    assert len(store.runs()) == 1


def test_each_run_of_a_ticket_has_an_id_that_can_be_worked_out_again() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(REF))
    admit_all(store, FLEET)
    close(store)
    received(store, 2, TicketReady(REF))
    admit_all(store, FLEET)
    assert list(store.runs_of(REF.id)) == [nth_run_id(REF, 0), nth_run_id(REF, 1)]


def close(store: MemoryRunStore) -> None:
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    store.append(lease, RunClosed(Outcome.ACCEPTED, "done"))


def opened_run() -> MemoryRunStore:
    store = MemoryRunStore()
    received(store, 0, TicketReady(REF))
    admit_all(store, FLEET)
    return store


def heard(store: MemoryRunStore) -> list[Signal]:
    """What the open run is told."""
    admit_all(store, FLEET)
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    return [item.signal for item in store.signals(lease)]


def test_a_ticket_that_is_not_wanted_any_more_is_withdrawn() -> None:
    for now, reason in (
        ([ticket(labels=())], "the label `agent` was removed"),
        ([ticket(state_type="completed")], "the ticket is completed"),
        ([], "the ticket is gone"),
    ):
        store, tracker = opened_run(), MemoryTracker(now)
        assert sweep_tracker(store, tracker, FLEET).withdrawn == 1
        assert sweep_tracker(store, tracker, FLEET).withdrawn == 0, "once is enough"
        assert heard(store) == [TicketWithdrawn(REF.id, reason, by_state=True)]


def test_a_wanted_ticket_is_left_alone() -> None:
    store = opened_run()
    assert sweep_tracker(store, MemoryTracker([ticket()]), FLEET) == Swept(1)
    assert heard(store) == []


def parked() -> MemoryRunStore:
    store = opened_run()
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    store.park(lease, "blocked by ENG-7")
    return store


def test_a_parked_run_is_told_when_nothing_blocks_it() -> None:
    store = parked()
    tracker = MemoryTracker([ticket(blocked_by=("ENG-7",))])
    assert sweep_tracker(store, tracker, FLEET).unblocked == 0
    tracker.add(ticket())
    assert sweep_tracker(store, tracker, FLEET).unblocked == 1
    assert sweep_tracker(store, tracker, FLEET).unblocked == 0
    assert heard(store) == [TicketUnblocked(REF.id)]


def test_a_run_that_works_is_not_disturbed_with_what_it_does_not_wait_for() -> None:
    store = opened_run()
    received(store, 1, TicketUnblocked(REF.id))
    assert heard(store) == []


def end(branch: str, ended_at: float, *, merged: bool = True) -> PullRequestEnd:
    return PullRequestEnd(7, "https://github.test/pull/7", branch, merged, ended_at)


def test_a_pull_request_that_ended_is_news_for_the_run_that_works_on_its_branch() -> None:
    later = time.time() + 60
    for branch in ("agent/ENG-1-square-numbers", "agent/eng-1"):
        store, host = opened_run(), MemoryCodeHost({"acme/app": "main"})
        host.ended["acme/app"] = [end(branch, later)]
        assert sweep_code_host(store, host, FLEET) == 1
        assert sweep_code_host(store, host, FLEET) == 0
        assert heard(store) == [PullRequestEnded("acme/app", end(branch, later))]


def test_other_pull_requests_are_no_news() -> None:
    """Another ticket's, one that ended before the run began, another repository's."""
    now = time.time()
    store = opened_run()
    for number, signal in enumerate(
        (
            PullRequestEnded("acme/app", end("agent/ENG-12-x", now + 60)),
            PullRequestEnded("acme/app", end("agent/ENG-1-x", now - 60)),
            PullRequestEnded("acme/other", end("agent/ENG-1-x", now + 60)),
        )
    ):
        received(store, number + 1, signal)
    assert heard(store) == []
    assert not store.inbox()


def test_a_repository_without_open_runs_is_not_asked_about() -> None:
    assert sweep_code_host(MemoryRunStore(), MemoryCodeHost({}), FLEET) == 0


def after_a_run(*events: RunEvent) -> MemoryRunStore:
    """A store whose ticket had one run, of these events."""
    store = opened_run()
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    for event in events:
        store.append(lease, event)
    return store


SEEN_AT_100 = StoryExamined(ticket(updated_at=100.0), plan())
DONE = RunClosed(Outcome.ACCEPTED, "done")


@pytest.mark.parametrize(("at", "runs"), [(99.0, 1), (100.0, 1), (101.0, 2), (None, 2)])
def test_a_label_that_the_last_run_has_seen_opens_no_other_however_late_it_is_told(
    at: float | None, runs: int
) -> None:
    store = after_a_run(SEEN_AT_100, DONE)
    received(store, 1, TicketReady(REF, at))
    assert admit_all(store, FLEET) == runs - 1
    assert not store.inbox()
    assert len(store.runs()) == runs


def cancelled(*, by_state: bool) -> MemoryRunStore:
    gone = CancelRequested("the label was removed", by_state)
    return after_a_run(SEEN_AT_100, gone, RunClosed(Outcome.CANCELLED, "the label was removed"))


def test_a_ticket_that_is_wanted_again_after_it_was_not_gets_another_run() -> None:
    """Also where the webhook that said so came before the first run had ended."""
    tracker = MemoryTracker([ticket()])
    assert sweep_tracker(cancelled(by_state=True), tracker, FLEET) == Swept(1, opened=1)


def test_a_run_that_the_operator_cancelled_is_not_begun_again_by_itself() -> None:
    assert sweep_tracker(cancelled(by_state=False), MemoryTracker([ticket()]), FLEET) == Swept(1)
