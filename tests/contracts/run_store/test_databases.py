"""What only a database can do wrong: addresses, schemas, constraints, outages, secrets."""

import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from integrations.memory.run_store import MemoryRunStore
from integrations.sql import SqlRunStore, open_store
from integrations.sql.connections import WORK
from integrations.sql.database_url import read
from integrations.sql.engines import Engines
from integrations.sql.schema import metadata
from tests.contracts.run_store.values import (
    CLOSED,
    NO_LIMITS,
    open_and_claim,
    opened,
    ready,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import beside, execute
from worker.domain.errors import ConfigurationError, LeaseLost, Unavailable
from worker.domain.events import WorkStarted

PASSWORD = "canary-password"
COLUMNS = "number, id, ticket_id, identifier, repository, rank, state, note, fence, attempts, "
COLUMNS += "events, interrupted, not_before, created_at, updated_at, holder, slot, lease_until"
VALUES = ":number, :id, :ticket, 'E', 'acme/app', 5, :state, '', 9, 1, 1, false, 0, 0, 0, "
INSERT = {
    "queued": f"insert into runs ({COLUMNS}) values ({VALUES} null, null, null)",  # noqa: S608
    "running": f"insert into runs ({COLUMNS}) values ({VALUES} 'w', 0, 0)",  # noqa: S608
    "closed": f"insert into runs ({COLUMNS}) values ({VALUES} null, null, null)",  # noqa: S608
}


@pytest.mark.parametrize(
    "url",
    [
        f"mysql://fleet:{PASSWORD}@db/fleet",
        f"postgresql+asyncpg://fleet:{PASSWORD}@db/fleet",
        f"postgresql://fleet:{PASSWORD}@db:port/fleet",
        f"fleet:{PASSWORD}@db",
        "",
    ],
)
def test_an_unusable_address_is_named_without_its_password(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"sqlite:///.*postgresql") as caught:
        SqlRunStore(url)
    assert PASSWORD not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite://host/path",
        "sqlite:///file:fleet.db?mode=memory&uri=true",
    ],
)
def test_a_sqlite_address_names_a_file(url: str) -> None:
    with pytest.raises(ConfigurationError, match="names no file"):
        SqlRunStore(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_every_spelling_of_postgresql_means_psycopg(scheme: str) -> None:
    assert read(f"{scheme}://fleet@db/fleet").drivername == "postgresql+psycopg"


def test_a_directory_that_cannot_be_made_is_a_wrong_setting(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be made"):
        open_store(f"sqlite:///{tmp_path}/file/below/fleet.db")


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "fleet.db").write_text("this is not a database" * 100)
    with pytest.raises(Unavailable, match="not a database"):
        open_store(f"sqlite:///{tmp_path}/fleet.db")


def test_the_migrations_make_the_schema_that_the_code_expects(
    database: str, sql: SqlRunStore
) -> None:
    with Engines(read(database)).apart(WORK) as connection:
        context = MigrationContext.configure(connection)
        assert not compare_metadata(context, metadata)


def test_migrating_twice_changes_nothing(database: str, sql: SqlRunStore) -> None:
    sql.receive(ready("1"))
    again = open_store(database)
    assert len(again.inbox()) == 1
    again.close()


def test_a_database_of_a_newer_release_is_refused(database: str, sql: SqlRunStore) -> None:
    execute(database, "update alembic_version set version_num = '9999'")
    with pytest.raises(ConfigurationError, match="newer release"):
        open_store(database)


def test_a_signal_of_a_newer_release_waits_for_a_worker_of_that_release(
    database: str, sql: SqlRunStore, caplog: pytest.LogCaptureFixture
) -> None:
    newer = received(sql, ready("1"))
    sql.receive(ready("2"))
    execute(database, "update inbox set signal = '{\"v\": 99}' where id = :id", id=newer.id)
    assert [item.signal for item in sql.inbox()] == [ready("2").signal]
    assert sql.due() == 2
    assert "inbox_item_unreadable" in caplog.text


def test_constraints_keep_what_code_could_forget(database: str, sql: SqlRunStore) -> None:
    lease = open_and_claim(sql, "1")
    sql.open_run(None, opened("2"))
    taken = ref("1").id
    for state, run_id, ticket in [
        ("queued", "x", taken),  # a second open run of the ticket
        ("running", "x", "other"),  # a second run in the repository's slot 0
        ("closed", "x", "other"),  # closed without an outcome
        ("queued", lease.run_id, "other"),  # a second run of that name
    ]:
        values = {"number": 99, "id": run_id, "ticket": ticket, "state": state}
        with pytest.raises(IntegrityError), beside(database) as run:
            run(INSERT[state], **values)
    twice = "insert into events select run_id, seq, fence, kind, body, at from events"
    with pytest.raises(IntegrityError), beside(database) as run:
        run(twice)


def test_an_event_carries_the_token_it_was_written_under(database: str, sql: SqlRunStore) -> None:
    lease = open_and_claim(sql, "1")
    sql.append(lease, WorkStarted())
    rows = execute(database, "select seq, fence, kind from events order by seq")
    assert rows == [(1, 0, "RunOpened"), (2, lease.token, "WorkStarted")]


def test_leases_end_by_the_databases_clock_alone(database: str) -> None:
    store = open_store(database, lease_seconds=0.2)
    lease = open_and_claim(store, "1")
    heir = None
    while heir is None:
        heir = store.claim_next("worker-2", NO_LIMITS)
    assert (heir.run_id, heir.attempt) == (lease.run_id, 2)
    with pytest.raises(LeaseLost):
        store.heartbeat(lease)
    store.close()


def test_memory_leases_end_by_themselves_too() -> None:
    store = MemoryRunStore(lease_seconds=0.05)
    open_and_claim(store, "1")
    while (heir := store.claim_next("worker-2", NO_LIMITS)) is None:
        pass
    assert heir.attempt == 2


def test_a_large_purge_takes_many_transactions(database: str, sql: SqlRunStore) -> None:
    execute(
        database,
        "with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 2500)"
        "insert into inbox (source, delivery_id, outcome, state, received_at) "
        "select 'linear', 'd' || n, 'ignored_type', 'done', 0 from numbers",
    )
    assert sql.purge(3600) == 2500
    assert not execute(database, "select id from inbox")


def test_tokens_grow_over_the_loss_of_everything(database: str, sql: SqlRunStore) -> None:
    # More claims than seconds have passed.
    lost = [open_and_claim(sql, str(key)) for key in range(20)]
    for table in ("events", "inbox", "runs"):
        execute(database, f"delete from {table}")  # noqa: S608 - our own names
    assert open_and_claim(sql, "1").token > max(lease.token for lease in lost)


def test_tokens_grow_though_the_clock_stands(database: str, sql: SqlRunStore) -> None:
    first = open_and_claim(sql, "1")
    ahead = first.token + 10**9
    execute(database, "update runs set fence = :ahead", ahead=ahead)
    tokens = [open_and_claim(sql, str(key)).token for key in range(2, 5)]
    assert tokens == [ahead + 1, ahead + 2, ahead + 3]


def test_a_close_and_a_signal_at_once_lose_nothing(database: str, sql: SqlRunStore) -> None:
    for key in map(str, range(20)):
        lease = open_and_claim(sql, key)
        item = received(sql, withdrawn(key))
        closing_run = threading.Thread(target=sql.append, args=(lease, CLOSED))
        closing_run.start()
        sql.address(item, ref(key).id)
        closing_run.join()
    left = execute(database, "select id from inbox where state = 'addressed'")
    assert not left
    assert sql.due() == 0


def test_sqlite_is_set_up_to_survive_a_power_cut(sqlite: str) -> None:
    store = open_store(sqlite)
    engines = Engines(read(sqlite))
    with engines.writing() as connection:
        values = [
            connection.execute(text(f"pragma {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert values == ["wal", 2, 1]
    engines.close()
    store.close()


@pytest.mark.integration
def test_postgresql_commits_durably_even_where_the_server_would_not(postgresql: str) -> None:
    schema = postgresql.rpartition("%3D")[2]
    lax = f"{postgresql}%20-csynchronous_commit%3Doff"
    engines = Engines(read(lax))
    with engines.writing() as connection:
        assert connection.execute(text("show synchronous_commit")).scalar() == "on"
        assert connection.execute(text("show search_path")).scalar() == schema
    engines.close()
