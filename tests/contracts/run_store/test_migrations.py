"""A database of an earlier release becomes one of this release, with everything that it held."""

from pathlib import Path
from typing import Any

from alembic import command

from integrations.sql import open_store
from integrations.sql.connections import MIGRATION
from integrations.sql.database_url import make_room, read
from integrations.sql.engines import Engines
from integrations.sql.migrate import configuration
from tests.contracts.run_store.values import (
    CLOSED,
    REOPENED,
    claimed,
    opened,
    ready,
    received,
    ref,
    withdrawn,
)
from tests.contracts.run_store.worlds import execute
from worker.domain.events import CancelRequested
from worker.domain.lease import RunId
from worker.domain.signals import InboxItem, TicketWithdrawn
from worker.journal import encode_event, encode_signal

RUN = (
    "insert into runs (number, id, ticket_id, identifier, repository, rank, state, outcome, note, "
    "fence, attempts, events, interrupted, not_before, holder, slot, lease_until, created_at, "
    "updated_at) values (:number, :id, :ticket, 'ENG', 'acme/app', 5, :state, :outcome, 'a note', "
    ":number, 1, 1, true, 0, :holder, :slot, :until, 1.5, 2.5)"
)
EVENT = "insert into events values (:id, 1, 0, 'RunOpened', :body, 1.5)"
ITEM = (
    "insert into inbox (id, source, delivery_id, outcome, signal, state, run_id, received_at) "
    "values (:id, 'linear', :delivery, 'ready', :signal, :state, :run, 1.5)"
)
COUNTED_ON = (
    "select setval(pg_get_serial_sequence('runs', 'number'), 100)",
    "select setval(pg_get_serial_sequence('inbox', 'id'), 100)",
)
TABLES = {"runs": "number", "events": "run_id, seq", "inbox": "id", "health": "id"}
NEWS = TicketWithdrawn(ref("2").id, "the label was removed")


def test_what_release_1_stored_survives(database: str) -> None:
    _made_by_release_1(database)
    before = _everything(database)
    store = open_store(database)
    assert _everything(database) == before
    if database.startswith("sqlite"):
        assert not execute(database, "pragma foreign_key_check")
        assert execute(database, "pragma integrity_check") == [("ok",)]
    store.close()


def test_what_release_1_began_goes_on(database: str) -> None:
    _made_by_release_1(database)
    store = open_store(database)
    leases = {lease.run_id: lease for lease in (claimed(store), claimed(store))}
    lease = leases[RunId("run-2")]
    assert list(store.signals(lease)) == [InboxItem(2, NEWS)]
    store.append(lease, CancelRequested("label removed"), consumes=InboxItem(2, NEWS))
    store.park(lease, "waits")
    assert store.address(received(store, withdrawn("2")), ref("2").id)
    assert claimed(store).run_id == "run-2"
    assert store.reopen(RunId("run-3"), REOPENED)
    assert list(store.journal(RunId("run-3"))) == [opened("3"), REOPENED]
    assert not store.receive(ready("1", "known"))
    assert store.purge(3600) == 2
    fresh = received(store, ready("4"))
    assert fresh.id > 3
    assert store.open_run(fresh, opened("4"))
    store.append(claimed(store), CLOSED)
    store.close()


def test_constraints_and_indexes_are_those_of_a_fresh_sqlite_file(tmp_path: Path) -> None:
    fresh, older = (f"sqlite:///{tmp_path}/{name}.db" for name in ("fresh", "older"))
    _made_by_release_1(older)
    for database in (fresh, older):
        open_store(database).close()
    assert _described(older) == _described(fresh)
    (table,) = execute(older, "select sql from sqlite_master where name = 'runs'")
    for name in ("runs_state", "runs_lease", "runs_outcome", "UNIQUE (id)", "'parked'"):
        assert name in str(table[0])
    indexes = execute(older, "select name from sqlite_master where tbl_name = 'runs' and sql > ''")
    assert len(indexes) == 1 + 6


def _described(database: str) -> list[tuple[object, object, list[str]]]:
    """Every table and index; the order of a table's constraints is Alembic's own affair."""
    made = execute(database, "select type, name, sql from sqlite_master order by name")
    return [(kind, name, sorted(str(sql).replace(",", "").split("\n"))) for kind, name, sql in made]


def _made_by_release_1(database: str) -> None:
    make_room(read(database))
    with Engines(read(database)).migrating(MIGRATION) as connection:
        command.upgrade(configuration(connection), "0001")
    _run(database, 1, "queued")
    _run(database, 2, "running", holder="w", slot=0, until=1.0)
    _run(database, 3, "closed", outcome="failed")
    for number, name, state, run in [
        (1, "known", "done", None),
        (2, "addressed", "addressed", "run-2"),
        (3, "waiting", "new", None),
    ]:
        signal = None if state == "done" else encode_signal(NEWS)
        values = {"id": number, "delivery": name, "signal": signal, "state": state, "run": run}
        execute(database, ITEM, **values)
    for statement in COUNTED_ON if database.startswith("postgresql") else ():
        execute(database, statement)


def _run(database: str, number: int, state: str, **changes: Any) -> None:
    run_id, ticket = f"run-{number}", ref(str(number)).id
    nothing = dict.fromkeys(("outcome", "holder", "slot", "until"))
    values = {"number": number, "id": run_id, "ticket": ticket, "state": state}
    execute(database, RUN, **(nothing | values | changes))
    execute(database, EVENT, id=run_id, body=encode_event(opened(str(number))))


def _everything(database: str) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: execute(database, f"select * from {table} order by {order}")  # noqa: S608 - our own
        for table, order in TABLES.items()
    }
