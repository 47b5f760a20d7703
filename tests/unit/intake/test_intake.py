"""Signals become runs exactly once, and what was missed is found."""

from dataclasses import replace

from integrations.memory.bell import MemoryBell
from integrations.memory.run_store import MemoryRunStore
from integrations.memory.tracker import MemoryTracker
from tests.unit.builders import REF, ticket
from worker.bootstrap.fleet import SystemClock
from worker.domain.events import Outcome, RunClosed, RunOpened
from worker.domain.fleet import Fleet, FleetRepository
from worker.domain.lease import ClaimLimits
from worker.domain.signals import Delivery, Signal, TicketReady, TicketWithdrawn
from worker.domain.ticket import TicketId
from worker.intake.admission import admit_all
from worker.intake.reconcile import sweep_store, sweep_tracker

CLOCK = SystemClock()
FLEET = Fleet((FleetRepository("acme/app", teams=("ENG",)),))


def received(store: MemoryRunStore, number: int, signal: Signal) -> None:
    assert store.receive(Delivery("linear", f"d-{number}", "ready", signal))


def test_a_ready_ticket_opens_one_run_for_its_repository() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(REF))
    received(store, 2, TicketReady(REF))
    assert admit_all(store, FLEET, CLOCK) == 1
    assert admit_all(store, FLEET, CLOCK) == 0
    (row,) = store.runs()
    (opened,) = store.journal(row.id)
    assert isinstance(opened, RunOpened)
    assert (opened.ticket, opened.repository) == (REF, "acme/app")
    assert opened.run_id.startswith("eng-1-")


def test_a_ticket_without_a_repository_still_gets_a_run_that_can_say_so() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(replace(REF, team="OPS", project=None)))
    admit_all(store, FLEET, CLOCK)
    assert [row.repository for row in store.runs()] == [None]


def test_a_withdrawn_ticket_is_news_for_its_open_run() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketReady(REF))
    received(store, 2, TicketWithdrawn(REF.id, "label removed"))
    admit_all(store, FLEET, CLOCK)
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    (item,) = store.signals(lease)
    assert item.signal == TicketWithdrawn(REF.id, "label removed")


def test_withdrawing_what_has_no_run_is_dropped() -> None:
    store = MemoryRunStore()
    received(store, 1, TicketWithdrawn(TicketId("other"), "label removed"))
    assert admit_all(store, FLEET, CLOCK) == 0
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
    assert sweep_tracker(store, tracker, FLEET, CLOCK) == 1
    assert sweep_tracker(store, tracker, FLEET, CLOCK) == 0
    lease = store.claim_next("w", ClaimLimits())
    assert lease is not None
    store.append(lease, RunClosed(Outcome.ACCEPTED, "done"))
    assert sweep_tracker(store, tracker, FLEET, CLOCK) == 0
    assert len(store.runs()) == 1
