"""A database that is lost and comes back empty: nothing is acknowledged into nowhere, and the fleet
goes on by itself.
"""

import json
import shutil
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from subprocess import PIPE

import pytest
from sqlalchemy import text

from integrations.sql import SqlRunStore, open_store
from integrations.sql.database_url import read
from integrations.sql.engines import Engines
from tests.contracts.run_store.test_processes import running
from tests.contracts.run_store.values import (
    CLOSED,
    NO_LIMITS,
    REOPENED,
    open_and_claim,
    opened,
    ready,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import another, execute
from worker.domain.access import CallSpend
from worker.domain.budget import Spend
from worker.domain.errors import LeaseLost, Unavailable
from worker.domain.events import WorkStarted
from worker.domain.lease import FencingToken, Lease, RunId
from worker.domain.signals import InboxItem, TicketReady

LEASE = Lease(RunId("run-1"), "worker-1", FencingToken(1))
ITEM = InboxItem(1, TicketReady(ref("1")))
DELIVERIES = "select delivery_id from inbox order by id"
Call = Callable[[SqlRunStore], object]
CALLS: dict[str, Call] = {
    "receive": lambda store: store.receive(ready("1")),
    "inbox": lambda store: store.inbox(),
    "open_run": lambda store: store.open_run(None, opened("1")),
    "address": lambda store: store.address(ITEM, ref("1").id),
    "claim_next": lambda store: store.claim_next("worker-1", NO_LIMITS),
    "heartbeat": lambda store: store.heartbeat(LEASE),
    "signals": lambda store: store.signals(LEASE),
    "append": lambda store: store.append(LEASE, WorkStarted()),
    "postpone": lambda store: store.postpone(LEASE, 0, "later", failed=True),
    "park": lambda store: store.park(LEASE, "waits"),
    "release": lambda store: store.release("worker-1"),
    "reopen": lambda store: store.reopen(RunId("run-1"), REOPENED),
    "purge": lambda store: store.purge(0),
    "journal": lambda store: store.journal(RunId("run-1")),
    "note_spend": lambda store: store.note_spend(RunId("run-1"), CallSpend(5, 1, Spend(1))),
    "noted_spend": lambda store: store.noted_spend(RunId("run-1")),
    "runs": lambda store: store.runs(),
    "open_run_of": lambda store: store.open_run_of(ref("1").id),
    "runs_of": lambda store: store.runs_of(ref("1").id),
    "due": lambda store: store.due(),
    "ping": lambda store: store.ping(),
}
every_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


def lose(database: str) -> None:
    """Everything, under open connections; PostgreSQL's schema is there again, and empty."""
    if database.startswith("sqlite"):
        file_of(database).unlink()
        return
    schema = database.rpartition("%3D")[2]
    for statement in (f"drop schema {schema} cascade", f"create schema {schema}"):
        execute(database, statement)


def file_of(database: str) -> Path:
    return Path(read(database).database or "")


def acknowledged(store: SqlRunStore, key: str) -> None:
    """The call that meets the loss says so; the next one works."""
    with pytest.raises(Unavailable):
        store.receive(ready(key, key))
    assert store.receive(ready(key, key))


@every_call
def test_whatever_meets_the_loss_makes_the_tables_anew(
    database: str, sql: SqlRunStore, call: Call
) -> None:
    open_and_claim(sql)
    lose(database)
    with pytest.raises(Unavailable):
        call(sql)
    assert not sql.runs()
    assert not sql.inbox()
    assert sql.receive(ready("1"))
    other = another(database)
    assert len(other.inbox()) == 1
    other.close()


def test_it_can_be_lost_again_and_again(database: str, sql: SqlRunStore) -> None:
    for turn in ("1", "2", "3"):
        for _ in range(12):  # until PostgreSQL's driver has prepared the statements
            sql.receive(ready("many"))
            sql.claim_next("worker", NO_LIMITS)
        lose(database)
        acknowledged(sql, turn)
        sql.open_run(sql.inbox()[0], opened(turn))
        assert sql.claim_next("worker", NO_LIMITS)
        sql.ping()


def test_a_lease_is_over_with_its_database(database: str, sql: SqlRunStore) -> None:
    lease = open_and_claim(sql)
    lose(database)
    acknowledged(sql, "1")
    with pytest.raises(LeaseLost):
        sql.heartbeat(lease)
    heir = open_and_claim(sql)
    assert (heir.run_id, heir.attempt) == (lease.run_id, 1)
    assert heir.token > lease.token
    with pytest.raises(LeaseLost):
        sql.append(lease, WorkStarted())


def test_many_threads_meet_it_at_once_and_say_it_once(
    database: str, sql: SqlRunStore, caplog: pytest.LogCaptureFixture
) -> None:
    def meet(number: int) -> bool:
        try:
            return sql.receive(ready("1", f"first-{number}"))
        except Unavailable:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(lambda n: sql.receive(ready("1", str(n))), range(8)))
        lose(database)
        first = sum(pool.map(meet, range(8)))
        assert all(pool.map(lambda n: sql.receive(ready("1", f"then-{n}")), range(8)))
    assert len(sql.inbox(1000)) == first + 8
    assert caplog.text.count("database_made_anew") == 1


def test_tables_dropped_one_by_one_are_not_made_up_for(database: str, sql: SqlRunStore) -> None:
    execute(database, "drop table events")
    for _ in range(2):
        with pytest.raises(Unavailable, match=r"lost events but not alembic_version.*backup"):
            sql.journal(RunId("run-1"))
    with pytest.raises(Unavailable, match="lost events"):
        open_store(database)
    execute(database, "update alembic_version set version_num = '9999'")
    with pytest.raises(Unavailable, match="newer release"):
        sql.journal(RunId("run-1"))
    for table in ("spends", "inbox", "runs", "health", "alembic_version"):
        execute(database, f"drop table {table}")
    acknowledged(sql, "1")


@pytest.mark.parametrize("rest", ["file", "all files", "directory"])
def test_a_sqlite_file_is_deleted_under_open_connections(sqlite: str, rest: str) -> None:
    store = open_store(sqlite)
    store.receive(ready("lost"))
    file = file_of(sqlite)
    assert file.with_name("fleet.db-wal").stat().st_size > 0
    if rest == "directory":
        shutil.rmtree(file.parent)
    else:
        for path in [file] if rest == "file" else list(file.parent.glob("fleet.db*")):
            path.unlink()
    acknowledged(store, "kept")
    assert [item.signal for item in store.inbox()] == [ready("kept").signal]
    store.close()
    assert execute(sqlite, DELIVERIES) == [("kept",)]
    assert execute(sqlite, "pragma integrity_check") == [("ok",)]


def test_a_sqlite_file_is_replaced_under_open_connections(sqlite: str, tmp_path: Path) -> None:
    store, spare = open_store(sqlite), f"sqlite:///{tmp_path}/spare.db"
    for number in range(200):
        store.receive(ready("old", f"old-{number}"))
    restored = open_store(spare)
    restored.receive(ready("restored", "restored"))
    restored.close()
    file_of(spare).replace(file_of(sqlite))
    assert store.receive(ready("new", "new"))
    assert execute(sqlite, DELIVERIES) == [("restored",), ("new",)]
    store.close()
    assert execute(sqlite, DELIVERIES) == [("restored",), ("new",)]
    assert execute(sqlite, "pragma integrity_check") == [("ok",)]


def test_a_row_committed_to_a_deleted_file_is_not_acknowledged(sqlite: str) -> None:
    store, engines = open_store(sqlite), Engines(read(sqlite))
    for transaction in (engines.writing, engines.single):
        with ExitStack() as stack:
            connection = stack.enter_context(transaction())
            connection.execute(text("update health set at = 1"))
            file_of(sqlite).unlink()
            with pytest.raises(Unavailable, match="during this call"):
                stack.close()
        store.migrate()
    engines.close()
    store.close()


def test_whoever_still_has_the_deleted_file_disturbs_nobody(sqlite: str) -> None:
    open_store(sqlite).close()
    with running("stay", sqlite, str(file_of(sqlite)), stdin=PIPE) as oblivious:
        assert oblivious.stdout
        assert oblivious.stdin
        next(oblivious.stdout)
        file_of(sqlite).unlink()
        assert file_of(sqlite).with_name("fleet.db-wal").stat().st_size > 100_000
        fresh = open_store(sqlite)
        for number in range(30):
            assert fresh.receive(ready("new", str(number)))
            oblivious.stdin.write("more\n")
            oblivious.stdin.flush()
            next(oblivious.stdout)
        assert len(fresh.inbox(1000)) == 30
    fresh.close()
    assert execute(sqlite, DELIVERIES) == [(str(number),) for number in range(30)]
    assert execute(sqlite, "pragma integrity_check") == [("ok",)]


def test_processes_that_go_on_lose_only_what_was_lost(sqlite: str) -> None:
    open_store(sqlite).close()
    with ExitStack() as stack:
        writers = [stack.enter_context(running("go_on", sqlite, f"writer{n}")) for n in range(3)]
        for _ in range(4):
            file_of(sqlite).unlink(missing_ok=True)
            lost_at = time.monotonic()
            told = [list(islice(_told_after(lost_at, w.stdout or ()), 10)) for w in writers]
            kept = {delivery for (delivery,) in execute(sqlite, DELIVERIES)}
            assert {delivery for deliveries in told for delivery in deliveries} <= kept
    assert execute(sqlite, "pragma integrity_check") == [("ok",)]


def _told_after(began: float, lines: Iterable[str]) -> Iterator[str]:
    """Deliveries that a process acknowledged, of calls that it made after that."""
    for fact in map(json.loads, lines):
        if fact["began"] > began:
            assert fact["fresh"]
            yield fact["delivery"]


@pytest.fixture
def droppable(postgresql_server: str) -> Iterator[str]:
    """A PostgreSQL database of its own."""
    if "/postgres" not in postgresql_server:
        pytest.skip("TEST_DATABASE_URL names no server whose databases may be dropped")
    url = postgresql_server.replace("/postgres", "/droppable")
    at_the_server(postgresql_server, "create database droppable")
    yield url
    at_the_server(postgresql_server, "drop database droppable with (force)")


def at_the_server(url: str, statement: str) -> None:
    engines = Engines(read(url))
    with engines.single() as connection:
        connection.execute(text(statement))
    engines.close()


@pytest.mark.integration
def test_a_postgresql_database_is_dropped_and_made_again(
    postgresql_server: str, droppable: str
) -> None:
    store = open_store(droppable)
    lease = open_and_claim(store)
    at_the_server(postgresql_server, "drop database droppable with (force)")
    for call in (CALLS["receive"], CALLS["ping"]):
        with pytest.raises(Unavailable, match="does not exist"):
            call(store)
    at_the_server(postgresql_server, "create database droppable")
    acknowledged(store, "1")
    with pytest.raises(LeaseLost):
        store.append(lease, CLOSED)
    item = received(store, withdrawn("1"))
    assert not store.address(item, ref("1").id)
    store.close()
