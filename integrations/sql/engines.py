"""Connections to the database: one pool per process, and what to do where it was emptied."""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import URL, Connection, Engine, NullPool

from integrations.sql import database_url
from integrations.sql.connections import OPENED, READING, WORK, Patience, open_engine
from integrations.sql.faults import Emptied, translated
from integrations.sql.sqlite_file import OpenedFile


def _leave_it() -> None:
    """An emptied database is somebody else's business."""


class Engines:
    """The connections of whichever process asks.

    A child of a fork gets its own pool. The parent's is kept but never touched there: closing it
    would act on the parent's connections.
    """

    def __init__(self, url: URL, mend: Callable[[], None] = _leave_it) -> None:
        """``mend`` is called where the tables are not there, before that is raised."""
        self.url = url
        self._mend = mend
        self._by_process: dict[int, Engine] = {}

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent snapshot. Raises Unavailable."""
        with self._mended(), self._engine().connect() as connection:
            yield connection.execution_options(**{READING: True})

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction, durable once the block has ended. Raises Unavailable."""
        with self._mended(), self._kept(self._engine().begin()) as connection:
            yield connection

    @contextmanager
    def single(self) -> Iterator[Connection]:
        """For exactly one statement, durable once the block has ended. Raises Unavailable."""
        with self._mended(), self._kept(self._single()) as connection:
            yield connection

    @contextmanager
    def apart(self, patience: Patience) -> Iterator[Connection]:
        """A transaction on a connection of its own. Raises Unavailable."""
        engine = open_engine(self.url, patience, poolclass=NullPool)
        with self._mended(), self._kept(engine.begin()) as connection:
            yield connection

    @contextmanager
    def migrating(self, patience: Patience) -> Iterator[Connection]:
        """A transaction that may make the database and change its tables. Raises Unavailable."""
        engine = open_engine(self.url, patience, migrating=True, poolclass=NullPool)
        with translated(self.url), self._kept(engine.begin()) as connection:
            yield connection

    def close(self) -> None:
        """Close this process's idle connections; the next call opens new ones."""
        engine = self._by_process.pop(os.getpid(), None)
        if engine is not None:
            engine.dispose()

    @contextmanager
    def _mended(self) -> Iterator[None]:
        try:
            with translated(self.url):
                yield
        except Emptied:
            self._mend()
            raise

    @contextmanager
    def _kept(self, transaction: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """Say that nothing is durable where it was committed to a file that is gone."""
        with transaction as connection:
            opened: OpenedFile | None = connection.info.get(OPENED)
            yield connection
        if opened is not None and opened.gone:
            name = database_url.display(self.url)
            raise Emptied(f"{name} was deleted or replaced during this call")

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
