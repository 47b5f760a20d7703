"""The lease: what its holder may do, when it ends, and how attempts are counted."""

from collections.abc import Callable

import pytest

from tests.contracts.run_store.values import (
    CLOSED,
    EVENTS,
    NO_LIMITS,
    claimed,
    open_and_claim,
    opened,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import LEASE_SECONDS, World
from worker.domain.budget import Spend
from worker.domain.errors import LeaseLost
from worker.domain.events import CancelRequested, Outcome, RunClosed, SessionLost, WorkStarted
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.signals import InboxItem
from worker.ports import RunStore

Write = Callable[[RunStore, Lease], object]
WRITES: dict[str, Write] = {
    "heartbeat": lambda store, lease: store.heartbeat(lease),
    "append": lambda store, lease: store.append(lease, WorkStarted()),
    "close": lambda store, lease: store.append(lease, CLOSED),
    "postpone": lambda store, lease: store.postpone(lease, 0, "later", failed=True),
    "park": lambda store, lease: store.park(lease, "waits"),
    "signals": lambda store, lease: store.signals(lease),
}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)
EXPIRED = LEASE_SECONDS + 1


def test_events_come_back_as_they_were(store: RunStore) -> None:
    lease = open_and_claim(store)
    for event in EVENTS:
        store.append(lease, event)
    store.append(lease, CLOSED)
    assert list(store.journal(lease.run_id)) == [opened("1"), *EVENTS, CLOSED]


def test_the_journal_of_an_unknown_run_is_empty(store: RunStore) -> None:
    assert not store.journal(RunId("nobody"))


@every_write
def test_a_zombie_is_refused_once_another_took_over(world: World, write: Write) -> None:
    zombie = open_and_claim(world.store)
    world.later(EXPIRED)
    heir = claimed(world.store, "worker-2")
    assert heir.run_id == zombie.run_id
    assert heir.token > zombie.token
    with pytest.raises(LeaseLost):
        write(world.store, zombie)
    world.store.append(heir, WorkStarted())
    assert list(world.store.journal(heir.run_id)) == [opened("1"), WorkStarted()]


@every_write
def test_an_expired_lease_is_refused_although_nobody_took_over(world: World, write: Write) -> None:
    lease = open_and_claim(world.store)
    world.later(EXPIRED)
    with pytest.raises(LeaseLost):
        write(world.store, lease)
    assert world.store.due() == 1


@every_write
def test_a_lease_is_over_once_the_run_was_given_back(store: RunStore, write: Write) -> None:
    lease = open_and_claim(store)
    store.postpone(lease, 0, "a rest", failed=False)
    with pytest.raises(LeaseLost):
        write(store, lease)


@every_write
def test_an_invented_lease_is_refused(store: RunStore, write: Write) -> None:
    lease = open_and_claim(store)
    for forged in (
        Lease(lease.run_id, lease.holder, FencingToken(lease.token + 1)),
        Lease(RunId("nobody"), lease.holder, lease.token),
    ):
        with pytest.raises(LeaseLost):
            write(store, forged)


@pytest.mark.parametrize("name", ["heartbeat", "append", "close", "postpone", "park"])
def test_closing_ends_the_lease(store: RunStore, name: str) -> None:
    lease = open_and_claim(store)
    store.append(lease, CLOSED)
    with pytest.raises(LeaseLost):
        WRITES[name](store, lease)


def test_closing_drops_the_signals_that_are_left(store: RunStore) -> None:
    lease = open_and_claim(store)
    store.address(received(store, withdrawn("1")), ref("1").id)
    store.append(lease, RunClosed(Outcome.GAVE_UP, "out of rounds"))
    assert not store.signals(lease)
    assert store.due() == 0
    assert store.claim_next("worker-2", NO_LIMITS) is None
    (summary,) = store.runs()
    assert (summary.state, summary.outcome, summary.holder) == ("closed", Outcome.GAVE_UP, None)


def test_a_heartbeat_keeps_the_lease_for_another_term(world: World) -> None:
    lease = open_and_claim(world.store)
    for _ in range(5):
        world.later(LEASE_SECONDS * 0.7)
        assert not world.store.heartbeat(lease).signals_waiting
        assert world.store.claim_next("worker-2", NO_LIMITS) is None
    world.store.append(lease, CLOSED)


def test_an_event_does_not_prolong_the_lease(world: World) -> None:
    lease = open_and_claim(world.store)
    world.later(LEASE_SECONDS * 0.7)
    world.store.append(lease, WorkStarted())
    world.later(LEASE_SECONDS * 0.7)
    assert claimed(world.store, "worker-2").run_id == lease.run_id


def test_a_signal_of_nobody_is_not_consumed_and_its_event_not_written(store: RunStore) -> None:
    lease = open_and_claim(store)
    item = received(store, withdrawn("1"))
    for wrong in (item, InboxItem(10_000, item.signal)):
        with pytest.raises(ValueError, match="does not wait"):
            store.append(lease, CancelRequested("no"), consumes=wrong)
    assert list(store.journal(lease.run_id)) == [opened("1")]
    assert list(store.inbox()) == [item]


def test_failures_count_and_waiting_does_not(store: RunStore) -> None:
    lease = open_and_claim(store)
    assert lease.attempt == 1
    for failed, expected in [(True, 2), (True, 3), (False, 3), (False, 3), (True, 4)]:
        store.postpone(lease, 0, "no daemon", failed=failed)
        lease = claimed(store)
        assert lease.attempt == expected


def test_a_dead_worker_counts_as_an_attempt(world: World) -> None:
    assert open_and_claim(world.store).attempt == 1
    for expected in (2, 3):
        world.later(EXPIRED)
        assert claimed(world.store).attempt == expected


def test_progress_starts_the_count_anew(store: RunStore) -> None:
    lease = open_and_claim(store)
    for _ in range(3):
        store.postpone(lease, 0, "no daemon", failed=True)
        lease = claimed(store)
    assert lease.attempt == 4
    store.append(lease, WorkStarted())
    store.postpone(lease, 0, "no daemon", failed=True)
    assert claimed(store).attempt == 2


def test_what_was_lost_is_no_progress(store: RunStore) -> None:
    lease = open_and_claim(store)
    for expected in (2, 3):
        store.append(lease, SessionLost(expected, 1, Spend(1)))
        store.postpone(lease, 0, "no daemon", failed=True)
        lease = claimed(store)
        assert lease.attempt == expected


def test_a_postponed_run_is_due_after_its_delay(world: World) -> None:
    lease = open_and_claim(world.store)
    world.store.postpone(lease, 60, "the provider asked for a minute", failed=False)
    assert world.store.due() == 0
    assert world.store.claim_next("worker-2", NO_LIMITS) is None
    (waiting,) = world.store.runs()
    assert (waiting.state, waiting.note) == ("queued", "the provider asked for a minute")
    world.later(61)
    assert world.store.due() == 1
    again = claimed(world.store, "worker-2")
    assert again.token > lease.token
    assert world.store.runs()[0].note == ""


def test_a_note_may_hold_anything(store: RunStore) -> None:
    lease = open_and_claim(store)
    store.postpone(lease, -5, "a NUL \0, half a pair \ud800, the end", failed=True)
    assert "the end" in store.runs()[0].note
    assert claimed(store).run_id == lease.run_id
