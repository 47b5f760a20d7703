"""How one connection is made, so that a commit is durable and no wait is endless."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from integrations.sql import database_url, sqlite_file
from integrations.sql.sqlite_file import OpenedFile

READING = "storyfleet_reading"
OPENED = "storyfleet_opened"
"""Where a SQLite connection keeps its ``OpenedFile``."""
DURABLE = (
    "select set_config('synchronous_commit', 'on', false) "
    "where current_setting('synchronous_commit') = 'off'"
)
"""Stronger and remote settings stay as the server's owner wants them."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one statement may wait."""

    lock_seconds: float
    statement_seconds: float
    """PostgreSQL only; 0 is for ever."""
    connect_seconds: int = 3
    """PostgreSQL only; psycopg's minimum is 2."""


WORK = Patience(lock_seconds=5, statement_seconds=10)
PROBE = Patience(lock_seconds=1, statement_seconds=1, connect_seconds=2)
MIGRATION = Patience(lock_seconds=60, statement_seconds=0)
MENDING = Patience(lock_seconds=2, statement_seconds=10, connect_seconds=2)
"""Somebody's call waits for it."""


def open_engine(
    url: URL,
    patience: Patience,
    *,
    migrating: bool = False,
    **options: Any,  # noqa: ANN401 - SQLAlchemy's own
) -> Engine:
    """An engine whose connections are set up for ``url``'s kind of database; connects lazily.

    Only for a migration is a SQLite file created, and may a table be copied that others refer to.
    """
    if url.drivername == database_url.SQLITE:
        return _sqlite(url, patience, options, migrating=migrating)
    return _postgresql(url, patience, options)


def _sqlite(url: URL, patience: Patience, options: dict[str, Any], *, migrating: bool) -> Engine:
    arguments = {"timeout": patience.lock_seconds, "isolation_level": None}
    address = sqlite_file.address(url, creating=migrating)
    engine = create_engine(address, connect_args=arguments, hide_parameters=True, **options)
    foreign_keys = "OFF" if migrating else "ON"
    settings = ("journal_mode=WAL", "synchronous=FULL", f"foreign_keys={foreign_keys}")

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for setting in settings:
            cursor.execute(f"PRAGMA {setting}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that starts as a reader cannot wait for its turn: it fails at once.
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    # A migration holds the lock that clearing up would wait for.
    _watch(engine, sqlite_file.path_of(url), None if migrating else patience.lock_seconds)
    return engine


def _watch(engine: Engine, path: Path, clear_within_seconds: float | None) -> None:
    """Give no connection out whose file is not at ``path`` any more."""

    @event.listens_for(engine, "do_connect")
    def before(_dialect: object, record: ConnectionPoolEntry, *_: object) -> None:
        # Known before it is opened: if it is replaced in between, that is noticed.
        record.info[OPENED] = OpenedFile(path, sqlite_file.identity(path))

    @event.listens_for(engine, "connect")
    def after(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info[OPENED].note()

    @event.listens_for(engine, "checkout")
    def check(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        opened: OpenedFile = record.info[OPENED]
        if opened.gone:
            if clear_within_seconds is not None:
                opened.clear(clear_within_seconds)
            raise DisconnectionError(f"{path} was deleted or replaced")


def _postgresql(url: URL, patience: Patience, options: dict[str, Any]) -> Engine:
    arguments = {
        "connect_timeout": patience.connect_seconds,
        "application_name": "storyfleet",
        "keepalives_idle": 30,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 10_000,
    }
    engine = create_engine(
        url, connect_args=arguments, hide_parameters=True, pool_pre_ping=True, **options
    )
    set_up = "; ".join(
        (
            f"set statement_timeout = {round(patience.statement_seconds * 1000)}",
            f"set lock_timeout = {round(patience.lock_seconds * 1000)}",
            "set idle_in_transaction_session_timeout = 15000",
            DURABLE,
        )
    )

    @event.listens_for(engine, "connect")
    def limit(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute(set_up)
        cursor.close()
        connection.commit()

    return engine
