"""What calls of models have cost is written down once, and outlives whoever wrote it."""

from concurrent.futures import ThreadPoolExecutor

from integrations.sql import SqlRunStore
from tests.contracts.run_store.values import open_and_claim
from tests.contracts.run_store.worlds import LEASE_SECONDS, World, another
from worker.domain.access import CallSpend, DoorSpend
from worker.domain.budget import Spend
from worker.domain.lease import RunId
from worker.ports import RunStore

RUN = RunId("run-1")
LARGE = 2**62 - 1
FIRST, SECOND = Spend(10, 5, 2**40, 15, 1.5, 1), Spend(2**40, 1, 3, 0, 0.25, 1)


def test_calls_are_summed_up_door_by_door_in_the_order_of_opening(store: RunStore) -> None:
    for call in (
        CallSpend(LARGE, 1, FIRST),
        CallSpend(5, 1, Spend(1, model_calls=1)),
        CallSpend(LARGE, 2, SECOND),
    ):
        store.note_spend(RUN, call)
    assert list(store.noted_spend(RUN)) == [
        DoorSpend(LARGE, 2, FIRST + SECOND),
        DoorSpend(5, 1, Spend(1, model_calls=1)),
    ]


def test_types_are_those_of_a_spend(store: RunStore) -> None:
    store.note_spend(RUN, CallSpend(5, 1, FIRST))
    store.note_spend(RUN, CallSpend(5, 2, SECOND))
    (door,) = store.noted_spend(RUN)
    whole = (door.door, door.calls, door.spend.input_tokens, door.spend.micro_usd)
    assert {type(figure) for figure in whole} == {int}
    assert type(door.spend.seconds) is float


def test_the_same_call_again_changes_nothing(store: RunStore) -> None:
    for spend in (FIRST, FIRST, SECOND):
        store.note_spend(RUN, CallSpend(5, 1, spend))
    assert list(store.noted_spend(RUN)) == [DoorSpend(5, 1, FIRST)]


def test_of_another_run_there_is_nothing(store: RunStore) -> None:
    store.note_spend(RUN, CallSpend(5, 1, FIRST))
    assert not store.noted_spend(RunId("run-2"))


def test_no_lease_is_needed_and_none_is_touched(world: World) -> None:
    """A worker that lost its lease has spent the money all the same."""
    lease = open_and_claim(world.store)
    world.later(LEASE_SECONDS + 1)
    world.store.note_spend(lease.run_id, CallSpend(5, 1, FIRST))
    assert list(world.store.noted_spend(lease.run_id)) == [DoorSpend(5, 1, FIRST)]
    assert world.store.due() == 1


def test_many_doors_at_once_lose_nothing(store: RunStore) -> None:
    calls = [CallSpend(door, number, FIRST) for door in range(1, 5) for number in range(1, 11)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda call: store.note_spend(RUN, call), calls))
    assert sorted((d.door, d.calls) for d in store.noted_spend(RUN)) == [
        (door, 10) for door in range(1, 5)
    ]


def test_another_process_sees_it_at_once(database: str, sql: SqlRunStore) -> None:
    sql.note_spend(RUN, CallSpend(5, 1, FIRST))
    other = another(database)
    assert list(other.noted_spend(RUN)) == [DoorSpend(5, 1, FIRST)]
    other.close()
