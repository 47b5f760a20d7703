"""One store under test, and a way to let its clock run ahead."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import NullPool, text

from integrations.memory.run_store import MemoryRunStore
from integrations.sql import SqlRunStore, open_store
from integrations.sql.connections import WORK, open_engine
from integrations.sql.database_url import read
from integrations.sql.engines import Engines
from worker.ports import RunStore

LEASE_SECONDS = 600.0
"""Far longer than any test: only ``later`` lets a lease expire."""
TIMED = (("runs", "not_before"), ("runs", "lease_until"), ("inbox", "received_at"))


@dataclass(frozen=True, slots=True)
class World:
    store: RunStore
    later: Callable[[float], None]
    """Let so many seconds pass on the store's own clock."""
    close: Callable[[], None]


def memory(lease_seconds: float = LEASE_SECONDS) -> World:
    ahead = [0.0]

    def later(seconds: float) -> None:
        ahead[0] += seconds

    store = MemoryRunStore(lease_seconds, lambda: ahead[0])
    return World(store, later, lambda: None)


def sql(url: str, lease_seconds: float = LEASE_SECONDS, *, migrated: bool = False) -> World:
    store = another(url, lease_seconds) if migrated else open_store(url, lease_seconds)

    def later(seconds: float) -> None:
        # The database's clock cannot be turned, so what is timed is moved into the past.
        with Engines(read(url)).apart(WORK) as connection:
            for table, column in TIMED:
                moved = f"update {table} set {column} = {column} - :by"  # noqa: S608 - our own names
                connection.execute(text(moved), {"by": seconds})

    return World(store, later, store.close)


def execute(url: str, statement: str, **values: object) -> list[tuple[object, ...]]:
    """Run one statement beside the store."""
    with Engines(read(url)).apart(WORK) as connection:
        result = connection.execute(text(statement), values)
        return [tuple(row) for row in result] if result.returns_rows else []


def another(url: str, lease_seconds: float = LEASE_SECONDS) -> SqlRunStore:
    """A second store on the same database, as another process has it."""
    return SqlRunStore(url, lease_seconds)


@contextmanager
def beside(database: str) -> Iterator[Callable[..., object]]:
    """A transaction that is open beside the store's, and rolled back."""
    engine = open_engine(read(database), WORK, poolclass=NullPool)
    with engine.connect() as connection, connection.begin() as transaction:
        yield lambda statement, **values: connection.execute(text(statement), values)
        transaction.rollback()
