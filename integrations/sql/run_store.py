"""The RunStore port on a SQL database; each method is one transaction."""

from collections.abc import Sequence

from integrations.sql import claim, inbox, journal, listing, opening, spends
from integrations.sql.connections import PROBE
from integrations.sql.database_url import read
from integrations.sql.engines import Engines
from integrations.sql.migrate import mend, migrate
from worker.domain.access import CallSpend, DoorSpend
from worker.domain.events import RunEvent, RunOpened, RunReopened
from worker.domain.lease import ClaimLimits, Lease, Pulse, RunId
from worker.domain.signals import Delivery, InboxItem
from worker.domain.summary import RunSummary
from worker.domain.ticket import TicketId


def open_store(database_url: str, lease_seconds: float = 30.0) -> "SqlRunStore":
    """A store on a migrated database: ``sqlite:///path`` or ``postgresql+psycopg://…``.

    Raises Unavailable, ConfigurationError.
    """
    store = SqlRunStore(database_url, lease_seconds)
    store.migrate()
    return store


class SqlRunStore:
    """Runs, journals and the inbox in SQLite or PostgreSQL. Safe in threads and after a fork.

    A database that was lost and is there again without its tables gets new ones: the call that
    meets it raises Unavailable, the next one works.
    """

    def __init__(self, database_url: str, lease_seconds: float = 30.0) -> None:
        """Does not connect. Raises ConfigurationError for an address that cannot be used."""
        self._engines = Engines(read(database_url), lambda: mend(self._engines))
        self._term = lease_seconds

    def migrate(self) -> None:
        """Bring the database to this release's schema. Raises Unavailable, ConfigurationError."""
        migrate(self._engines)

    def close(self) -> None:
        """Close this process's connections; the next call opens new ones."""
        self._engines.close()

    def receive(self, delivery: Delivery) -> bool:
        with self._engines.single() as connection:
            return inbox.receive(connection, delivery)

    def inbox(self, limit: int = 100) -> Sequence[InboxItem]:
        with self._engines.reading() as connection:
            return inbox.waiting(connection, limit)

    def open_run(self, item: InboxItem | None, opened: RunOpened) -> bool:
        with self._engines.writing() as connection:
            return opening.open_run(connection, item, opened)

    def address(self, item: InboxItem, ticket_id: TicketId) -> bool:
        with self._engines.writing() as connection:
            return inbox.address(connection, item, ticket_id)

    def claim_next(self, holder: str, limits: ClaimLimits) -> Lease | None:
        with self._engines.writing() as connection:
            return claim.claim_next(connection, holder, limits, self._term)

    def heartbeat(self, lease: Lease) -> Pulse:
        with self._engines.single() as connection:
            return journal.heartbeat(connection, lease, self._term)

    def signals(self, lease: Lease) -> Sequence[InboxItem]:
        with self._engines.reading() as connection:
            return journal.signals(connection, lease)

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        with self._engines.writing() as connection:
            journal.append(connection, lease, event, consumes)

    def postpone(self, lease: Lease, delay_seconds: float, note: str, *, failed: bool) -> None:
        with self._engines.single() as connection:
            journal.postpone(connection, lease, delay_seconds, note, failed=failed)

    def park(self, lease: Lease, note: str) -> None:
        with self._engines.writing() as connection:
            journal.park(connection, lease, note)

    def release(self, holder: str) -> int:
        with self._engines.writing() as connection:
            return claim.release(connection, holder)

    def reopen(self, run_id: RunId, event: RunReopened) -> bool:
        with self._engines.writing() as connection:
            return opening.reopen(connection, run_id, event)

    def purge(self, older_than_seconds: float) -> int:
        purged = [inbox.PURGED_AT_ONCE]
        while purged[-1] == inbox.PURGED_AT_ONCE:
            with self._engines.single() as connection:
                purged.append(inbox.purge(connection, older_than_seconds))
        return sum(purged[1:])

    def journal(self, run_id: RunId) -> Sequence[RunEvent]:
        with self._engines.reading() as connection:
            return journal.journal(connection, run_id)

    def note_spend(self, run_id: RunId, call: CallSpend) -> None:
        with self._engines.single() as connection:
            spends.note(connection, run_id, call)

    def noted_spend(self, run_id: RunId) -> Sequence[DoorSpend]:
        with self._engines.reading() as connection:
            return spends.noted(connection, run_id)

    def runs(self, limit: int = 50, *, only_open: bool = False) -> Sequence[RunSummary]:
        with self._engines.reading() as connection:
            return listing.summaries(connection, limit, only_open=only_open)

    def open_run_of(self, ticket_id: TicketId) -> RunId | None:
        with self._engines.reading() as connection:
            return opening.open_run_of(connection, ticket_id)

    def runs_of(self, ticket_id: TicketId) -> Sequence[RunId]:
        with self._engines.reading() as connection:
            return opening.runs_of(connection, ticket_id)

    def due(self) -> int:
        with self._engines.reading() as connection:
            return listing.due(connection)

    def ping(self) -> None:
        # A connection of its own: its patience is short, and a stuck pool cannot hide from it.
        with self._engines.apart(PROBE) as connection:
            listing.touch(connection)
