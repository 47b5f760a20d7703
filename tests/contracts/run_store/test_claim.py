"""Which run comes next, and how many at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contracts.run_store.values import (
    CLOSED,
    NO_LIMITS,
    claim_order,
    claimed,
    open_and_claim,
    opened,
    ready,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import LEASE_SECONDS, World
from worker.domain.lease import ClaimLimits, Lease
from worker.ports import RunStore

EXPIRED = LEASE_SECONDS + 1


def test_nothing_is_due_in_an_empty_store(store: RunStore) -> None:
    assert store.claim_next("worker-1", NO_LIMITS) is None
    assert store.due() == 0
    assert not store.runs()


def test_a_claim_says_who_drives_what(store: RunStore) -> None:
    lease = open_and_claim(store)
    assert (lease.run_id, lease.holder, lease.attempt) == ("run-1", "worker-1", 1)
    (summary,) = store.runs()
    assert (summary.state, summary.holder, summary.attempt) == ("running", "worker-1", 1)
    assert (summary.ticket_id, summary.fence) == (ref("1").id, lease.token)
    assert store.claim_next("worker-2", NO_LIMITS) is None


def test_priority_first_and_none_last(store: RunStore) -> None:
    for key, priority in [("none", 0), ("low", 4), ("urgent", 1), ("medium", 3), ("high", 2)]:
        store.open_run(None, opened(key, priority=priority))
    assert claim_order(store) == ["urgent", "high", "medium", "low", "none"]


def test_age_within_a_priority_and_a_repository(store: RunStore) -> None:
    for key in ("b", "a", "c"):
        store.open_run(None, opened(key))
    assert claim_order(store) == ["b", "a", "c"]


def test_repositories_take_turns(store: RunStore) -> None:
    for key in ("a1", "a2", "a3", "b1", "b2", "c1"):
        store.open_run(None, opened(key, repository=f"acme/{key[0]}"))
    assert claim_order(store) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_the_repository_with_the_fewest_running_runs_comes_first(store: RunStore) -> None:
    for key in ("a1", "a2", "b1"):
        store.open_run(None, opened(key, repository=f"acme/{key[0]}"))
    assert claim_order(store, close=False) == ["a1", "b1", "a2"]
    for key in ("b2", "a3"):
        store.open_run(None, opened(key, repository=f"acme/{key[0]}"))
    # b had its last turn before a, but a runs two and b one.
    assert claim_order(store, close=False) == ["b2", "a3"]


def test_priority_outranks_fairness(store: RunStore) -> None:
    for key in ("a1", "a2", "b1"):
        store.open_run(None, opened(key, f"acme/{key[0]}", priority=1 if key[0] == "a" else 2))
    assert claim_order(store, close=False) == ["a1", "a2", "b1"]


def test_a_dead_workers_run_resumes_before_others_of_its_priority(world: World) -> None:
    world.store.open_run(None, opened("a1", repository="acme/a"))
    claimed(world.store)
    for key in ("b1", "a0"):
        world.store.open_run(None, opened(key, f"acme/{key[0]}", priority=1 if key == "a0" else 0))
    world.later(EXPIRED)
    assert claim_order(world.store) == ["a0", "a1", "b1"]


def test_the_global_limit(store: RunStore) -> None:
    limits = ClaimLimits(running=2)
    for key in ("1", "2", "3"):
        store.open_run(None, opened(key, repository=None))
    first = claimed(store, limits=limits)
    claimed(store, limits=limits)
    assert store.claim_next("worker-3", limits) is None
    store.append(first, CLOSED)
    assert claimed(store, limits=limits).run_id == "run-3"


def test_the_limit_of_a_repository_lets_others_pass(store: RunStore) -> None:
    limits = ClaimLimits(running_per_repository=1)
    for key in ("a1", "a2", "b1"):
        store.open_run(None, opened(key, f"acme/{key[0]}", priority=1 if key[0] == "a" else 0))
    first = claimed(store, limits=limits)
    assert first.run_id == "run-a1"
    assert claimed(store, limits=limits).run_id == "run-b1"
    assert store.claim_next("worker-3", limits) is None
    store.postpone(first, 60, "the provider asked for a minute", failed=False)
    assert claimed(store, limits=limits).run_id == "run-a2"


def test_runs_without_a_repository_count_only_globally(store: RunStore) -> None:
    for key in ("1", "2", "3"):
        store.open_run(None, opened(key, repository=None))
    limits = ClaimLimits(running=3, running_per_repository=1)
    assert all(store.claim_next("worker", limits) for _ in range(3))


def test_a_limit_of_zero_pauses(store: RunStore) -> None:
    store.open_run(None, opened("1"))
    assert store.claim_next("worker", ClaimLimits(running=0)) is None
    assert store.claim_next("worker", ClaimLimits(running_per_repository=0)) is None


def test_an_expired_lease_holds_no_place(world: World) -> None:
    limits = ClaimLimits(running=1, running_per_repository=1)
    dead = open_and_claim(world.store)
    world.store.open_run(None, opened("2"))
    assert world.store.claim_next("worker-2", limits) is None
    world.later(EXPIRED)
    assert claimed(world.store, limits=limits).run_id == dead.run_id
    assert world.store.claim_next("worker-2", limits) is None


def test_tokens_only_grow(world: World) -> None:
    tokens = [open_and_claim(world.store, "1").token]
    for _ in range(3):
        world.later(EXPIRED)
        tokens.append(claimed(world.store).token)
    assert tokens == sorted(set(tokens))


def test_due_counts_signals_and_claimable_runs(world: World) -> None:
    store = world.store
    store.receive(ready("1"))
    store.receive(withdrawn("1"))
    assert store.due() == 2
    store.open_run(store.inbox()[0], opened("1"))
    assert store.due() == 2
    store.address(store.inbox()[0], ref("1").id)
    assert store.due() == 1
    claimed(store)
    assert store.due() == 0
    world.later(EXPIRED)
    assert store.due() == 1


def test_runs_are_listed_newest_first(store: RunStore) -> None:
    store.append(open_and_claim(store, "old"), CLOSED)
    store.open_run(None, opened("mid", repository=None, priority=1))
    store.open_run(received(store, ready("new")), opened("new"))
    assert [run.id for run in store.runs()] == ["run-new", "run-mid", "run-old"]
    assert [run.id for run in store.runs(limit=1)] == ["run-new"]
    assert [run.id for run in store.runs(only_open=True)] == ["run-new", "run-mid"]
    mid = store.runs()[1]
    assert (mid.ticket, mid.repository, mid.state, mid.outcome) == ("ENG-mid", None, "queued", None)
    assert (mid.attempt, mid.ticket_id, mid.fence) == (0, ref("mid").id, 0)
    assert mid.updated_at >= mid.created_at > 1_700_000_000


@pytest.mark.parametrize("each", [1, 2])
def test_threads_never_exceed_the_limits_nor_share_a_run(store: RunStore, each: int) -> None:
    limits = ClaimLimits(running=3, running_per_repository=each)
    for number in range(24):
        store.open_run(None, opened(str(number), repository=f"acme/{number % 3}"))

    def work(holder: int) -> list[Lease]:
        mine = []
        while store.runs(1, only_open=True):
            if lease := store.claim_next(f"worker-{holder}", limits):
                mine.append(lease)
                running = [r for r in store.runs(100, only_open=True) if r.state == "running"]
                assert len(running) <= 3
                for repository in {r.repository for r in running}:
                    assert sum(r.repository == repository for r in running) <= each
                store.append(lease, CLOSED)
        return mine

    with ThreadPoolExecutor(8) as pool:
        leases = [lease for mine in pool.map(work, range(8)) for lease in mine]
    assert len({lease.run_id for lease in leases}) == len(leases) == 24
    assert len({lease.token for lease in leases}) == 24
