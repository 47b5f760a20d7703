"""What a RunStore is expected to do, in as few words as it can be said, for the model test."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.contracts.run_store.values import opened
from worker.domain.events import RunClosed, RunEvent, RunOpened
from worker.domain.lease import Lease, RunId
from worker.domain.signals import InboxItem
from worker.domain.ticket import TicketId


@dataclass(slots=True)
class ModelRun:
    """One run as it must be."""

    opened: RunOpened
    journal: list[RunEvent]
    state: str = "queued"
    attempts: int = 0
    not_before: float = 0.0
    lease: Lease | None = None
    lease_until: float = 0.0
    signals: list[InboxItem] = field(default_factory=list)

    @property
    def id(self) -> RunId:
        return self.opened.run_id

    @property
    def ticket_id(self) -> TicketId:
        return self.opened.ticket.id

    def queue(self, not_before: float) -> None:
        self.state, self.lease, self.not_before = "queued", None, not_before


@dataclass(slots=True)
class Model:
    """The whole store."""

    term: float
    now: float = 0.0
    waiting: list[InboxItem] = field(default_factory=list)
    runs: dict[RunId, ModelRun] = field(default_factory=dict)
    fates: dict[int, str] = field(default_factory=dict)
    """Of every signal that was received: waiting, admitted, addressed, consumed, dropped."""

    def open_of(self, ticket_id: TicketId) -> ModelRun | None:
        """The ticket's only open run."""
        found = [r for r in self.runs.values() if r.ticket_id == ticket_id and r.state != "closed"]
        assert len(found) <= 1
        return found[0] if found else None

    def holds(self, lease: Lease) -> bool:
        """Whether the lease may write."""
        run = self.runs[lease.run_id]
        return run.lease == lease and run.lease_until > self.now

    def due(self) -> Sequence[ModelRun]:
        """Runs that could be claimed."""
        return [
            run
            for run in self.runs.values()
            if (run.state == "queued" and run.not_before <= self.now)
            or (run.state == "running" and run.lease_until <= self.now)
        ]

    def received(self, item: InboxItem) -> None:
        self.waiting.append(item)
        self.fates[item.id] = "waiting"

    def admit(self, item: InboxItem, key: str, run_id: RunId) -> bool:
        """``open_run``."""
        fresh = RunOpened(run_id, opened(key).ticket, opened(key).repository)
        if run_id in self.runs and self.runs[run_id].state == "closed":
            return False
        self.waiting.remove(item)
        if self.open_of(fresh.ticket.id):
            self.fates[item.id] = "dropped"
            return False
        self.fates[item.id] = "admitted"
        self.runs[run_id] = ModelRun(fresh, [fresh], not_before=self.now)
        return True

    def address(self, item: InboxItem, ticket_id: TicketId) -> bool:
        self.waiting.remove(item)
        run = self.open_of(ticket_id)
        if run is None:
            self.fates[item.id] = "dropped"
            return False
        self.fates[item.id] = "addressed"
        run.signals.append(item)
        if run.state == "parked":
            run.queue(self.now)
        return True

    def claimed(self, lease: Lease) -> None:
        """The store chose; everything that had expired is queued by that."""
        for run in self.due():
            run.queue(min(run.not_before, self.now))
        run = self.runs[lease.run_id]
        run.attempts += 1
        run.state, run.lease, run.lease_until = "running", lease, self.now + self.term

    def appended(self, lease: Lease, event: RunEvent, consumed: InboxItem | None = None) -> None:
        run = self.runs[lease.run_id]
        run.journal.append(event)
        run.attempts = 1
        if consumed:
            run.signals.remove(consumed)
            self.fates[consumed.id] = "consumed"
        if isinstance(event, RunClosed):
            run.state, run.lease = "closed", None
            self.fates |= {item.id: "dropped" for item in run.signals}
            run.signals.clear()

    def postponed(self, lease: Lease, delay: float, *, failed: bool) -> None:
        run = self.runs[lease.run_id]
        run.attempts -= 0 if failed else 1
        run.queue(self.now + delay)

    def parked(self, lease: Lease) -> None:
        run = self.runs[lease.run_id]
        run.attempts -= 1
        run.queue(self.now)
        if not run.signals:
            run.state = "parked"

    def release(self, holder: str) -> int:
        dead = [run for run in self.runs.values() if run.lease and run.lease.holder == holder]
        for run in dead:
            run.queue(self.now)
        return len(dead)

    def reopen(self, run_id: RunId, event: RunEvent) -> bool:
        run = self.runs[run_id]
        if run.state != "closed" or self.open_of(run.ticket_id):
            return False
        run.journal.append(event)
        run.attempts = 0
        run.queue(self.now)
        return True
