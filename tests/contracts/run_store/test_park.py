"""Parked runs wait for news: they cost nothing meanwhile, and no news is slept through."""

import pytest

from tests.contracts.run_store.values import (
    CLOSED,
    NO_LIMITS,
    claimed,
    open_and_claim,
    opened,
    ready,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import LEASE_SECONDS, World
from worker.domain.errors import LeaseLost
from worker.domain.events import CancelRequested, RunBlocked, WorkStarted
from worker.domain.lease import ClaimLimits
from worker.ports import RunStore

WAITS = "blocked by ENG-7"


def test_a_parked_run_is_never_due(world: World) -> None:
    lease = open_and_claim(world.store)
    world.store.park(lease, WAITS)
    for _ in range(3):
        assert world.store.due() == 0
        assert world.store.claim_next("worker-2", NO_LIMITS) is None
        world.later(10 * LEASE_SECONDS)
    (waiting,) = world.store.runs(only_open=True)
    assert (waiting.state, waiting.note, waiting.holder) == ("parked", WAITS, None)
    assert waiting.fence == lease.token
    assert world.store.open_run_of(ref("1").id) == lease.run_id


def test_a_parked_run_holds_no_place(store: RunStore) -> None:
    limits = ClaimLimits(running=1, running_per_repository=1)
    store.park(open_and_claim(store, "1"), WAITS)
    store.open_run(None, opened("2"))
    assert claimed(store, limits=limits).run_id == "run-2"


def test_parking_ends_the_lease(store: RunStore) -> None:
    lease = open_and_claim(store)
    store.park(lease, WAITS)
    for write in (
        lambda: store.heartbeat(lease),
        lambda: store.append(lease, WorkStarted()),
        lambda: store.park(lease, WAITS),
        lambda: store.signals(lease),
    ):
        with pytest.raises(LeaseLost):
            write()
    assert store.runs()[0].state == "parked"


def test_a_parked_ticket_still_has_its_one_open_run(store: RunStore) -> None:
    store.park(open_and_claim(store, "1"), WAITS)
    again = received(store, ready("1"))
    other = opened("other")
    assert not store.open_run(again, type(other)(other.run_id, ref("1"), None))
    assert not store.inbox()
    assert len(store.runs()) == 1


def test_a_signal_wakes_a_parked_run(store: RunStore) -> None:
    store.park(open_and_claim(store), WAITS)
    item = received(store, withdrawn("1"))
    assert store.address(item, ref("1").id)
    assert store.due() == 1
    (woken,) = store.runs()
    assert (woken.state, woken.note) == ("queued", "")
    lease = claimed(store, "worker-2")
    assert list(store.signals(lease)) == [item]
    store.append(lease, CancelRequested("label removed"), consumes=item)
    store.append(lease, CLOSED)


def test_a_signal_for_another_ticket_wakes_nobody(store: RunStore) -> None:
    store.park(open_and_claim(store), WAITS)
    assert not store.address(received(store, withdrawn("2")), ref("2").id)
    assert store.runs()[0].state == "parked"


def test_a_signal_wakes_only_what_is_parked(store: RunStore) -> None:
    store.postpone(open_and_claim(store), 60, "the provider asked for a minute", failed=False)
    assert store.address(received(store, withdrawn("1")), ref("1").id)
    assert store.claim_next("worker-2", NO_LIMITS) is None
    (waiting,) = store.runs()
    assert waiting.note == "the provider asked for a minute"


def test_a_run_whose_signal_waits_already_is_queued_instead(store: RunStore) -> None:
    lease = open_and_claim(store)
    item = received(store, withdrawn("1"))
    store.address(item, ref("1").id)
    store.park(lease, WAITS)
    (queued,) = store.runs()
    assert (queued.state, queued.note, queued.holder) == ("queued", "", None)
    assert list(store.signals(claimed(store))) == [item]


def test_a_signal_that_was_consumed_does_not_wake_again(store: RunStore) -> None:
    lease = open_and_claim(store)
    item = received(store, withdrawn("1"))
    store.address(item, ref("1").id)
    store.append(lease, RunBlocked(("ENG-7",)), consumes=item)
    store.park(lease, WAITS)
    assert store.runs()[0].state == "parked"


def test_parking_is_no_attempt(store: RunStore) -> None:
    lease = open_and_claim(store)
    store.postpone(lease, 0, "no daemon", failed=True)
    for _ in range(3):
        lease = claimed(store)
        assert lease.attempt == 2
        item = received(store, withdrawn("1"))
        store.park(lease, WAITS)
        store.address(item, ref("1").id)


def test_parked_runs_are_in_nobodys_way(store: RunStore) -> None:
    for number in range(30):
        store.park(open_and_claim(store, str(number)), WAITS)
    store.open_run(None, opened("last"))
    assert store.due() == 1
    limits = ClaimLimits(running=1, running_per_repository=1)
    assert claimed(store, limits=limits).run_id == "run-last"
    assert store.claim_next("worker-2", NO_LIMITS) is None


def test_a_note_of_a_parked_run_may_hold_anything(store: RunStore) -> None:
    store.park(open_and_claim(store), "a NUL \0, half a pair \ud800, the end")
    assert "the end" in store.runs()[0].note
