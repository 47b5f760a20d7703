"""A database that is down, silent, locked, cut off, full or not migrated is Unavailable."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from integrations.sql import SqlRunStore, open_store
from integrations.sql.database_url import read
from tests.contracts.run_store.values import (
    NO_LIMITS,
    claimed,
    open_and_claim,
    opened,
    ready,
)
from tests.contracts.run_store.worlds import beside, execute
from worker.domain.errors import Unavailable
from worker.domain.events import WorkStarted

PASSWORD = "canary-password"


def test_ping_writes(database: str, sql: SqlRunStore) -> None:
    sql.ping()
    sql.ping()
    assert len(execute(database, "select at from health")) == 1


def test_ping_notices_that_nobody_can_write(database: str, sql: SqlRunStore) -> None:
    with beside(database) as run:
        if database.startswith("postgresql"):
            run("lock table health in access exclusive mode")
        with pytest.raises(Unavailable, match="cannot be used now"):
            sql.ping()
    sql.ping()


@pytest.mark.integration
def test_a_store_goes_on_after_its_connections_were_cut(postgresql: str) -> None:
    store = open_store(postgresql)
    lease = open_and_claim(store, "1")
    ours = "select count(pg_terminate_backend(pid)) from pg_stat_activity where pid <> "
    execute(postgresql, f"{ours}pg_backend_pid() and application_name = 'storyfleet'")
    store.append(lease, WorkStarted())
    assert not store.heartbeat(lease).signals_waiting
    store.close()


CALLS: dict[str, Callable[[SqlRunStore], object]] = {
    "receive": lambda store: store.receive(ready("1")),
    "claim": lambda store: store.claim_next("worker", NO_LIMITS),
    "inbox": lambda store: store.inbox(),
    "ping": lambda store: store.ping(),
    "migrate": lambda store: store.migrate(),
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_server_that_is_not_there(call: Callable[[SqlRunStore], object]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = _store_at(unused)
        with pytest.raises(Unavailable, match="PostgreSQL database fleet at") as caught:
            call(store)
    assert PASSWORD not in str(caught.value)


def test_ping_of_a_server_that_never_answers() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(Unavailable):
        _store_at(silent).ping()


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_database_that_was_never_migrated(
    sqlite: str, call: Callable[[SqlRunStore], object]
) -> None:
    store = SqlRunStore(sqlite)
    Path(read(sqlite).database or "").parent.mkdir(parents=True)
    if call is CALLS["migrate"]:
        store.migrate()
        assert not store.inbox()
    else:
        with pytest.raises(Unavailable, match="cannot be used now"):
            call(store)
        assert store.receive(ready("1"))
    store.close()


def test_a_database_that_is_full_takes_nothing_and_loses_nothing(sqlite: str) -> None:
    store = open_store(sqlite)
    first = ready("1")
    store.receive(first)
    lease = claimed(store) if store.open_run(store.inbox()[0], opened("1")) else None
    assert lease is not None
    with closing(sqlite3.connect(read(sqlite).database or "")) as locker:
        locker.execute("create trigger full before insert on events begin "
                       "select raise(abort, 'database or disk is full'); end")  # fmt: skip
    with pytest.raises(Unavailable, match="disk is full"):
        store.append(lease, WorkStarted())
    assert list(store.journal(lease.run_id)) == [opened("1")]
    store.close()


def _store_at(server: socket.socket) -> SqlRunStore:
    host, port = server.getsockname()
    return SqlRunStore(f"postgresql://fleet:{PASSWORD}@{host}:{port}/fleet")
