"""Deliveries and signals: remembered once, settled once, whoever else is at it."""

from concurrent.futures import ThreadPoolExecutor

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
from worker.domain.events import CancelRequested, RunOpened
from worker.domain.lease import RunId
from worker.domain.signals import Delivery, InboxItem
from worker.ports import RunStore


def test_a_delivery_is_received_once(store: RunStore) -> None:
    assert store.receive(ready("1", "same"))
    assert not store.receive(ready("1", "same"))
    assert len(store.inbox()) == 1


def test_delivery_ids_belong_to_their_sender(store: RunStore) -> None:
    assert store.receive(Delivery("linear", "same", "ready", ready("1").signal))
    assert store.receive(Delivery("github", "same", "ready", ready("2").signal))


def test_a_delivery_without_a_signal_is_remembered_and_is_no_work(store: RunStore) -> None:
    ignored = Delivery("linear", "d-1", "ignored_type")
    assert store.receive(ignored)
    assert not store.receive(ignored)
    assert not store.inbox()
    assert store.due() == 0


def test_fifty_copies_at_once_are_one(store: RunStore) -> None:
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: store.receive(ready("1", "same")), range(50)))
    assert answers.count(True) == 1
    assert len(store.inbox()) == 1


def test_the_inbox_is_oldest_first_and_limited(store: RunStore) -> None:
    deliveries = [ready("3"), withdrawn("1"), ready("2")]
    for delivery in deliveries:
        store.receive(delivery)
    assert [item.signal for item in store.inbox()] == [d.signal for d in deliveries]
    assert [item.signal for item in store.inbox(limit=1)] == [deliveries[0].signal]


def test_opening_a_run_settles_the_item(store: RunStore) -> None:
    item = received(store, ready("1"))
    assert store.open_run(item, opened("1"))
    assert not store.inbox()
    assert store.open_run_of(ref("1").id) == "run-1"
    assert list(store.journal(opened("1").run_id)) == [opened("1")]


def test_a_second_ready_ticket_opens_nothing_and_settles_the_item(store: RunStore) -> None:
    store.open_run(None, opened("1"))
    again = received(store, ready("1"))
    other = opened("1-again")
    twin = type(other)(other.run_id, ref("1"), other.repository)
    assert not store.open_run(again, twin)
    assert not store.inbox()
    assert [run.id for run in store.runs()] == ["run-1"]
    assert not store.journal(twin.run_id)


def test_an_item_that_was_settled_opens_nothing_even_after_its_run_closed(store: RunStore) -> None:
    item = received(store, ready("1"))
    assert store.open_run(item, opened("1"))
    store.append(claimed(store), CLOSED)
    late = opened("late")
    assert not store.open_run(item, type(late)(late.run_id, ref("1"), None))
    assert store.open_run_of(ref("1").id) is None


def test_a_ticket_can_have_a_new_run_after_the_last_one_closed(store: RunStore) -> None:
    store.append(open_and_claim(store, "1"), CLOSED)
    again = opened("1-again")
    item = received(store, ready("1"))
    assert store.open_run(item, type(again)(again.run_id, ref("1"), "acme/app"))
    assert store.open_run_of(ref("1").id) == "run-1-again"


def test_a_run_id_is_used_once(store: RunStore) -> None:
    store.open_run(None, opened("1"))
    assert not store.open_run(None, type(opened("1"))(opened("1").run_id, ref("2"), None))
    assert not store.runs_of(ref("2").id)


def test_many_admitting_at_once_open_one_run(store: RunStore) -> None:
    item = received(store, ready("1"))

    def admit(number: int) -> bool:
        return store.open_run(item, type(opened("1"))(opened(f"n{number}").run_id, ref("1"), None))

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(admit, range(12)))
    assert answers.count(True) == 1
    assert len(store.runs()) == 1


def test_a_signal_reaches_the_open_run(store: RunStore) -> None:
    lease = open_and_claim(store, "1")
    item = received(store, withdrawn("1"))
    assert store.address(item, ref("1").id)
    assert not store.inbox()
    assert list(store.signals(lease)) == [item]
    assert store.heartbeat(lease).signals_waiting


def test_a_signal_without_an_open_run_is_dropped(store: RunStore) -> None:
    store.append(open_and_claim(store, "1"), CLOSED)
    assert not store.address(received(store, withdrawn("1")), ref("1").id)
    assert not store.inbox()
    assert store.due() == 0


def test_a_signal_is_addressed_once(store: RunStore) -> None:
    lease = open_and_claim(store, "1")
    item = received(store, withdrawn("1"))
    assert store.address(item, ref("1").id)
    assert not store.address(item, ref("1").id)
    assert not store.address(InboxItem(10_000, item.signal), ref("1").id)
    assert len(store.signals(lease)) == 1


def test_a_consumed_signal_is_gone_with_its_event(store: RunStore) -> None:
    lease = open_and_claim(store, "1")
    first, second = (received(store, withdrawn("1")) for _ in range(2))
    for item in (first, second):
        store.address(item, ref("1").id)
    store.append(lease, CancelRequested("label removed"), consumes=first)
    assert list(store.signals(lease)) == [second]


def test_signals_wait_for_a_queued_run(store: RunStore) -> None:
    store.open_run(None, opened("1"))
    item = received(store, withdrawn("1"))
    assert store.address(item, ref("1").id)
    assert list(store.signals(claimed(store))) == [item]


def test_a_tickets_runs_are_told_oldest_first_with_the_closed_ones(store: RunStore) -> None:
    assert not store.runs_of(ref("1").id)
    for run in ("run-b", "run-a", "run-c"):
        store.open_run(None, RunOpened(RunId(run), ref("1"), "acme/app"))
        assert store.runs_of(ref("1").id)[-1] == run
        store.append(claimed(store), CLOSED)
    store.open_run(None, opened("2"))
    assert list(store.runs_of(ref("1").id)) == ["run-b", "run-a", "run-c"]
    store.reopen(RunId("run-b"), REOPENED)
    assert list(store.runs_of(ref("1").id)) == ["run-b", "run-a", "run-c"]


def test_an_item_whose_run_id_is_taken_by_a_closed_run_stays(store: RunStore) -> None:
    store.append(open_and_claim(store, "1"), CLOSED)
    item = received(store, ready("1"))
    for _ in range(2):
        assert not store.open_run(item, opened("1"))
        assert list(store.inbox()) == [item]
    assert store.due() == 1
    assert store.runs()[0].state == "closed"
    assert list(store.journal(RunId("run-1"))) == [opened("1"), CLOSED]
    assert store.open_run(item, RunOpened(RunId("run-1-again"), ref("1"), "acme/app"))
    assert not store.inbox()
