"""Reads the fleet's database from outside, also while the fleet is being hurt."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, NullPool, create_engine, event, select
from sqlalchemy.engine import make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from integrations.sql import schema


@dataclass(frozen=True, slots=True)
class RunRow:
    """A row of ``runs``."""

    id: str
    ticket_id: str
    identifier: str
    repository: str
    state: str
    outcome: str | None
    fence: int
    holder: str | None
    events: int
    note: str

    def held_by(self, pid: int) -> bool:
        """Whether the process with that id drives the run."""
        return self.state == "running" and str(pid) in re.findall(r"\d+", self.holder or "")


@dataclass(frozen=True, slots=True)
class EventRow:
    """A row of ``events``."""

    run_id: str
    seq: int
    fence: int
    kind: str
    body: str
    at: float
    """Seconds since the epoch, by the database's clock."""


@dataclass(frozen=True, slots=True)
class InboxRow:
    """A row of ``inbox`` that is not done with."""

    id: int
    state: str
    signal: str
    run_id: str | None


class Watch:
    """Each look is a connection of its own, so that no dead one is met. Raises NotSeen."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        postgres = parsed.get_backend_name() == "postgresql"
        # A server that was stopped in the middle of a look must not stop the one who looks.
        patience = {"connect_timeout": 3, "options": "-c statement_timeout=5000"}
        arguments = patience if postgres else {"timeout": 5}
        self._engine = create_engine(parsed, poolclass=NullPool, connect_args=arguments)
        if not postgres:
            event.listen(self._engine, "connect", _read_only)

    def runs(self) -> list[RunRow]:
        """All runs, oldest first."""
        table = schema.runs.c
        columns = [table[name] for name in RunRow.__slots__]
        with self._looking() as connection:
            rows = connection.execute(select(*columns).order_by(table.number)).all()
        return [RunRow(*row) for row in rows]

    def events(self) -> list[EventRow]:
        """All journals, each in its order."""
        table = schema.events.c
        columns = (table.run_id, table.seq, table.fence, table.kind, table.body, table.at)
        with self._looking() as connection:
            found = connection.execute(select(*columns).order_by(table.run_id, table.seq)).all()
        return [EventRow(*row) for row in found]

    def inbox(self) -> list[InboxRow]:
        """Signals that wait, for their admission or for their run."""
        table = schema.inbox.c
        columns = (table.id, table.state, table.signal, table.run_id)
        waiting = select(*columns).where(table.state != "done").order_by(table.id)
        with self._looking() as connection:
            return [InboxRow(*row) for row in connection.execute(waiting).all()]

    @contextmanager
    def _looking(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except SQLAlchemyError as fault:
            raise NotSeen(str(fault)) from fault


class NotSeen(Exception):
    """The database does not answer now."""


def _read_only(connection: DBAPIConnection, record: object) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma query_only = on")
    cursor.close()
