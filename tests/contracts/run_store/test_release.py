"""Ends of a lease and of a run that somebody else brings about: release, reopen, purge."""

import pytest

from tests.contracts.run_store.values import (
    CLOSED,
    REOPENED,
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
from worker.domain.events import RunOpened, RunReopened, WorkStarted
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.signals import Delivery
from worker.ports import RunStore

EXPIRED = LEASE_SECONDS + 1
RUN = RunId("run-1")


def test_a_dead_holders_runs_are_due_at_once(store: RunStore) -> None:
    for key in ("1", "2", "3"):
        store.open_run(None, opened(key))
    dead = [claimed(store, "host:7"), claimed(store, "host:7")]
    alive = claimed(store, "host:77")
    assert store.due() == 0
    assert store.release("host:7") == 2
    assert store.due() == 2
    for lease in dead:
        with pytest.raises(LeaseLost):
            store.append(lease, WorkStarted())
    store.append(alive, WorkStarted())
    heirs = [claimed(store, "host:8"), claimed(store, "host:8")]
    assert {heir.run_id for heir in heirs} == {lease.run_id for lease in dead}
    assert min(heir.token for heir in heirs) > alive.token


def test_a_released_run_waits_like_one_whose_lease_expired(store: RunStore) -> None:
    open_and_claim(store)
    store.open_run(None, opened("2", "acme/other"))
    store.release("worker-1")
    released = store.runs()[1]
    assert (released.state, released.holder, released.note) == ("queued", None, "its worker died")
    lease = claimed(store)
    assert (lease.run_id, lease.attempt) == (RUN, 2)
    assert store.runs()[1].note == ""


def test_an_expired_lease_can_be_released_too(world: World) -> None:
    open_and_claim(world.store)
    world.later(EXPIRED)
    assert world.store.release("worker-1") == 1
    assert claimed(world.store).attempt == 2


def test_only_running_runs_are_released(store: RunStore) -> None:
    store.append(open_and_claim(store, "closed"), CLOSED)
    store.park(open_and_claim(store, "parked"), "waits")
    store.postpone(open_and_claim(store, "postponed"), 60, "later", failed=True)
    before = store.runs()
    assert store.release("worker-1") == 0
    assert store.release("") == 0
    assert store.runs() == before


def test_a_release_frees_the_place(store: RunStore) -> None:
    limits = ClaimLimits(running=1, running_per_repository=1)
    open_and_claim(store)
    assert store.claim_next("worker-2", limits) is None
    store.release("worker-1")
    assert claimed(store, "worker-2", limits).run_id == RUN


def test_a_closed_run_is_taken_up_again(store: RunStore) -> None:
    lease = open_and_claim(store)
    store.postpone(lease, 0, "no daemon", failed=True)
    old = claimed(store)
    store.append(old, CLOSED)
    assert store.reopen(RUN, REOPENED)
    (queued,) = store.runs(only_open=True)
    assert (queued.state, queued.outcome, queued.attempt, queued.note) == ("queued", None, 0, "")
    assert store.due() == 1
    for write in (lambda: store.append(old, WorkStarted()), lambda: store.signals(old)):
        with pytest.raises(LeaseLost):
            write()
    lease = claimed(store)
    assert (lease.run_id, lease.attempt) == (RUN, 1)
    assert lease.token > old.token
    store.append(lease, WorkStarted())
    store.append(lease, CLOSED)
    assert list(store.journal(RUN)) == [opened("1"), CLOSED, REOPENED, WorkStarted(), CLOSED]


def test_only_a_closed_run_is_reopened(store: RunStore) -> None:
    assert not store.reopen(RunId("nobody"), REOPENED)
    store.open_run(None, opened("1"))
    assert not store.reopen(RUN, REOPENED)
    lease = claimed(store)
    assert not store.reopen(RUN, REOPENED)
    store.park(lease, "waits")
    assert not store.reopen(RUN, REOPENED)
    assert list(store.journal(RUN)) == [opened("1")]


def test_a_run_is_not_reopened_beside_another_of_its_ticket(store: RunStore) -> None:
    store.append(open_and_claim(store), CLOSED)
    store.open_run(None, RunOpened(RunId("run-2"), ref("1"), None))
    assert not store.reopen(RUN, REOPENED)
    assert list(store.journal(RUN)) == [opened("1"), CLOSED]
    assert store.open_run_of(ref("1").id) == "run-2"
    store.append(claimed(store), CLOSED)
    assert store.reopen(RUN, REOPENED)
    assert not store.reopen(RunId("run-2"), REOPENED)


def test_a_reopened_run_belongs_where_its_ticket_belongs_now(store: RunStore) -> None:
    store.open_run(None, opened("1", repository=None))
    store.append(claimed(store), CLOSED)
    assert store.reopen(RUN, RunReopened("acme/app"))
    assert store.runs()[0].repository == "acme/app"
    limits = ClaimLimits(running_per_repository=1)
    claimed(store, limits=limits)
    store.open_run(None, opened("2", "acme/app"))
    assert store.claim_next("worker-2", limits) is None


def test_a_reopened_run_keeps_its_repository(store: RunStore) -> None:
    store.append(open_and_claim(store), CLOSED)
    store.reopen(RUN, RunReopened("acme/other"))
    assert store.runs()[0].repository == "acme/app"


def test_signals_reach_a_reopened_run(store: RunStore) -> None:
    store.append(open_and_claim(store), CLOSED)
    store.reopen(RUN, REOPENED)
    item = received(store, withdrawn("1"))
    assert store.address(item, ref("1").id)
    assert list(store.signals(claimed(store))) == [item]


def test_what_was_dealt_with_long_ago_is_forgotten(world: World) -> None:
    store = world.store
    ignored, admitted = Delivery("linear", "ignored", "ignored_type"), ready("1", "admitted")
    waiting, addressed = ready("2", "waiting"), withdrawn("1")
    store.receive(ignored)
    store.open_run(received(store, admitted), opened("1"))
    item = received(store, addressed)
    store.address(item, ref("1").id)
    store.receive(waiting)
    world.later(100)
    young = Delivery("linear", "young", "ignored_type")
    store.receive(young)
    assert store.purge(101) == 0
    assert store.purge(99) == 2
    assert store.purge(99) == 0
    assert [kept.signal for kept in store.inbox()] == [waiting.signal]
    assert list(store.signals(claimed(store))) == [item]
    assert not any(store.receive(known) for known in (young, waiting, addressed))
    assert all(store.receive(forgotten) for forgotten in (ignored, admitted))


def test_a_consumed_signal_is_forgotten_in_its_time(world: World) -> None:
    store = world.store
    lease = open_and_claim(store)
    item = received(store, withdrawn("1"))
    store.address(item, ref("1").id)
    world.later(100)
    assert store.purge(99) == 0
    assert store.release("worker-1") == 1
    lease = claimed(store)
    store.append(lease, WorkStarted(), consumes=item)
    assert store.purge(99) == 1
