"""Connections to the database: one pool per process, set up so that a commit is durable."""

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import URL, Connection, Engine, NullPool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection

from integrations.sql import database_url
from integrations.sql.faults import translated

READING = "storyfleet_reading"
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


class Engines:
    """The connections of whichever process asks.

    A child of a fork gets its own pool. The parent's is kept but never touched there: closing it
    would act on the parent's connections.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self._by_process: dict[int, Engine] = {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent snapshot. Raises Unavailable."""
        with translated(self.url), self._engine().connect() as connection:
            yield connection.execution_options(**{READING: True})

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, durable once the block has ended. Raises Unavailable."""
        with translated(self.url), self._engine().begin() as connection:
            yield connection

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For exactly one statement, durable once the block has ended. Raises Unavailable."""
        with translated(self.url), self._single() as connection:
            yield connection

    @contextmanager
    def apart(self, patience: Patience) -> Iterator[Connection]:
        """A transaction on a connection of its own. Raises Unavailable."""
        engine = open_engine(self.url, patience, poolclass=NullPool)
        with translated(self.url), engine.begin() as connection:
            yield connection

    def close(self) -> None:
        """Close this process's idle connections; the next call opens new ones."""
        engine = self._by_process.pop(os.getpid(), None)
        if engine is not None:
            engine.dispose()

    def _single(self) -> AbstractContextManager[Connection]:
        engine = self._engine()
        if self.url.drivername == database_url.SQLITE:
            return engine.begin()
        # Saves the two round trips of BEGIN and COMMIT.
        return engine.execution_options(isolation_level="AUTOCOMMIT").connect()

    def _engine(self) -> Engine:
        process = os.getpid()
        engine = self._by_process.get(process)
        if engine is None:
            # Two threads at once build two, and one is dropped before it ever connects.
            fresh = open_engine(self.url, WORK, pool_timeout=WORK.lock_seconds)
            engine = self._by_process.setdefault(process, fresh)
        return engine


def open_engine(url: URL, patience: Patience, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    """An engine whose connections are set up for ``url``'s kind of database; connects lazily."""
    if url.drivername == database_url.SQLITE:
        return _sqlite(url, patience, options)
    return _postgresql(url, patience, options)


def _sqlite(url: URL, patience: Patience, options: dict[str, Any]) -> Engine:
    arguments = {"timeout": patience.lock_seconds, "isolation_level": None}
    engine = create_engine(url, connect_args=arguments, hide_parameters=True, **options)

    @event.listens_for(engine, "connect")
    def set_up(connection: DBAPIConnection, _record: object) -> None:
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A writer that starts as a reader cannot wait for its turn: it fails at once.
        reading = connection.get_execution_options().get(READING)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


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
            "set idle_in_transaction_session_timeout = 60000",
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
