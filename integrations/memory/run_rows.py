"""What the store in memory keeps of a run and of a delivery."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.domain.events import Outcome, RunOpened
from worker.domain.lease import RunId
from worker.domain.signals import InboxItem
from worker.domain.summary import RunSummary
from worker.domain.ticket import TicketId


@dataclass(slots=True)
class RunRow:
    """A run's journal and everything that changes about it otherwise."""

    opened: RunOpened
    number: int
    created_at: float
    updated_at: float
    journal: list[str]
    """Encoded, so that what the database would not give back is missed here too."""
    repository: str | None
    state: str = "queued"
    outcome: Outcome | None = None
    fence: int = 0
    attempts: int = 0
    interrupted: bool = False
    not_before: float = 0.0
    lease_until: float = 0.0
    holder: str | None = None
    note: str = ""
    signals: list[InboxItem] = field(default_factory=list)

    def end(self, state: str, note: str = "") -> None:
        """End the lease."""
        self.state, self.holder, self.note = state, None, note

    def queue(self, now: float) -> None:
        """Make the run due now, if it is not driven."""
        self.end("queued")
        self.not_before = now

    def queued(self, now: float) -> bool:
        """Whether it waits for nothing but a worker."""
        return self.state == "queued" and self.not_before <= now

    def expired(self, now: float) -> bool:
        """Whether its worker has not been heard of for a term."""
        return self.state == "running" and self.lease_until <= now

    @property
    def id(self) -> RunId:
        return self.opened.run_id

    @property
    def ticket_id(self) -> TicketId:
        return self.opened.ticket.id

    @property
    def rank(self) -> int:
        """The priority as a place in the queue."""
        priority = self.opened.ticket.priority
        return priority if priority in {1, 2, 3, 4} else 5

    def place(
        self, busy: Counter[str | None], turns: Mapping[str | None, int]
    ) -> tuple[int, bool, int, int, int]:
        """The order of ``integrations.sql.claim``."""
        repository = self.repository
        return self.rank, not self.interrupted, busy[repository], turns[repository], self.number

    def summary(self) -> RunSummary:
        """The row as people see it."""
        return RunSummary(
            id=self.id,
            ticket=self.opened.ticket.identifier,
            repository=self.repository,
            state=self.state,
            outcome=self.outcome,
            attempt=self.attempts,
            created_at=self.created_at,
            updated_at=self.updated_at,
            holder=self.holder,
            note=self.note,
            ticket_id=self.ticket_id,
            fence=self.fence,
        )


@dataclass(frozen=True, slots=True)
class Received:
    """What is remembered of a delivery."""

    at: float
    """On the store's own clock."""
    item: InboxItem | None
