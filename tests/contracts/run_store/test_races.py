"""Two at the same run at the same time: whoever comes second sees what the first has done."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from sqlalchemy import Connection

from integrations.sql import SqlRunStore, inbox, journal
from integrations.sql.database_url import read
from integrations.sql.engines import Engines
from tests.contracts.run_store.values import (
    CLOSED,
    REOPENED,
    claimed,
    open_and_claim,
    opened,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import execute
from worker.domain.errors import LeaseLost
from worker.domain.events import RunOpened, WorkStarted
from worker.domain.lease import Lease, RunId
from worker.ports import RunStore

WAITING = (
    "select pid from pg_stat_activity where datname = current_database() "
    "and application_name = 'storyfleet' and wait_event_type = 'Lock'"
)
DEADLINE_SECONDS = 60


def test_parking_and_news_at_once_lose_no_wake_up(store: RunStore) -> None:
    lease = open_and_claim(store)
    for _ in range(60):
        item = received(store, withdrawn("1"))
        at_once(partial(store.park, lease, "waits"), partial(store.address, item, ref("1").id))
        lease = claimed(store)
        assert list(store.signals(lease)) == [item]
        store.append(lease, WorkStarted(), consumes=item)


def test_parking_sees_the_news_that_it_had_to_wait_for(database: str, sql: SqlRunStore) -> None:
    lease = open_and_claim(sql)
    item = received(sql, withdrawn("1"))
    with ended_when_awaited(database, lambda: sql.park(lease, "waits")) as connection:
        assert inbox.address(connection, item, ref("1").id)
    assert [run.state for run in sql.runs()] == ["queued"]
    assert list(sql.signals(claimed(sql))) == [item]


def test_news_sees_the_parking_that_it_had_to_wait_for(database: str, sql: SqlRunStore) -> None:
    lease = open_and_claim(sql)
    item = received(sql, withdrawn("1"))
    with ended_when_awaited(database, lambda: sql.address(item, ref("1").id)) as connection:
        journal.park(connection, lease, "waits")
    assert [run.state for run in sql.runs()] == ["queued"]
    assert list(sql.signals(claimed(sql))) == [item]


def test_a_release_and_its_victim_at_once(store: RunStore) -> None:
    for key in map(str, range(20)):
        lease = open_and_claim(store, key)
        released, ended = at_once(
            partial(store.release, "worker-1"), partial(store.append, lease, CLOSED)
        )
        if isinstance(ended, LeaseLost):
            assert released == 1
            heir = claimed(store)
            assert heir.token > lease.token
            store.append(heir, CLOSED)
        else:
            assert released == 0
        assert list(store.journal(lease.run_id)) == [opened(key), CLOSED]
    assert store.due() == 0


def test_many_releasing_and_claiming_at_once_share_nothing(store: RunStore) -> None:
    for number in range(4):
        store.open_run(None, opened(str(number), f"acme/{number % 2}"))
    tokens: list[int] = []
    for _ in range(10):
        claims = at_once(*[partial(claimed, store, "dead")] * 4)
        leases = [lease for lease in claims if isinstance(lease, Lease)]
        assert len({lease.run_id for lease in leases}) == 4
        tokens += [lease.token for lease in leases]
        released = at_once(*[partial(store.release, "dead")] * 3)
        assert sum(number for number in released if isinstance(number, int)) == 4
    assert len(set(tokens)) == 40


def test_a_ticket_has_one_open_run_whoever_reopens_what(store: RunStore) -> None:
    ids = [RunId(f"run-{number}") for number in range(3)]
    for run_id in ids:
        store.open_run(None, RunOpened(run_id, ref("1"), "acme/app"))
        store.append(claimed(store), CLOSED)
    for turn in range(10):
        fresh = RunOpened(RunId(f"fresh-{turn}"), ref("1"), "acme/app")
        reopening = [partial(store.reopen, run_id, REOPENED) for run_id in ids]
        answers = at_once(*reopening, partial(store.open_run, None, fresh))
        assert sorted(answers, key=bool) == [False, False, False, True]
        (only,) = store.runs(only_open=True)
        lease = claimed(store)
        assert lease.run_id == only.id
        store.append(lease, CLOSED)


def at_once(*calls: Callable[[], object]) -> list[object]:
    """Everybody starts in the same moment; what each came to, LeaseLost included."""
    start = threading.Barrier(len(calls))

    def one(call: Callable[[], object]) -> object:
        start.wait()
        try:
            return call()
        except LeaseLost as lost:
            return lost

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(one, calls))


@contextmanager
def ended_when_awaited(database: str, call: Callable[[], object]) -> Iterator[Connection]:
    """A transaction that is committed while ``call``, made before its end, waits for it."""
    engines = Engines(read(database))
    with ThreadPoolExecutor(1) as pool:
        with engines.writing() as connection:
            yield connection
            waiting = pool.submit(call)
            _until_it_waits(database, waiting)
        waiting.result(DEADLINE_SECONDS)
    engines.close()


def _until_it_waits(database: str, call: Future[object]) -> None:
    if database.startswith("sqlite"):
        time.sleep(0.05)  # nobody can see who waits for SQLite's lock
        return
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not execute(database, WAITING):
        assert not call.done(), "it did not wait"
        assert time.monotonic() < deadline
