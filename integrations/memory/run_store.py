"""The RunStore port in memory: for local mode, and the double that tests use."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count

from worker.domain.errors import LeaseLost
from worker.domain.events import Outcome, RunClosed, RunEvent, RunOpened
from worker.domain.lease import ClaimLimits, FencingToken, Lease, Pulse, RunId
from worker.domain.signals import Delivery, InboxItem
from worker.domain.ticket import TicketId
from worker.journal import decode_event, encode_event
from worker.ports import RunSummary

DIED = "its worker died"


@dataclass(slots=True)
class _Row:
    opened: RunOpened
    number: int
    created_at: float
    updated_at: float
    journal: list[str]
    """Encoded, so that what the database would not give back is missed here too."""
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
        self.state, self.holder, self.note = state, None, note

    def due(self, now: float) -> bool:
        queued = self.state == "queued" and self.not_before <= now
        return queued or (self.state == "running" and self.lease_until <= now)

    @property
    def rank(self) -> int:
        priority = self.opened.ticket.priority
        return priority if priority in {1, 2, 3, 4} else 5


class MemoryRunStore:
    """Runs, journals and the inbox of one process; gone with it. Safe in threads.

    The same rules as in ``integrations.sql``, which documents them.
    """

    def __init__(
        self, lease_seconds: float = 30.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        """``monotonic`` gives seconds; leases and delays are measured on it."""
        self._term, self._now = lease_seconds, monotonic
        self._lock = threading.RLock()
        self._numbers = count(1)
        self._fence = 0
        self._received: set[tuple[str, str]] = set()
        self._inbox: dict[int, InboxItem] = {}
        self._runs: dict[RunId, _Row] = {}

    def receive(self, delivery: Delivery) -> bool:
        with self._lock:
            key = (delivery.source, delivery.id)
            if key in self._received:
                return False
            self._received.add(key)
            if delivery.signal is not None:
                item = InboxItem(next(self._numbers), delivery.signal)
                self._inbox[item.id] = item
            return True

    def inbox(self, limit: int = 100) -> Sequence[InboxItem]:
        with self._lock:
            return tuple(self._inbox.values())[:limit]

    def open_run(self, item: InboxItem | None, opened: RunOpened) -> bool:
        with self._lock:
            if item is not None and self._inbox.pop(item.id, None) is None:
                return False
            if self._open_row(opened.ticket.id) or opened.run_id in self._runs:
                return False
            now = time.time()
            row = _Row(opened, next(self._numbers), now, now, [encode_event(opened)])
            self._runs[opened.run_id] = row
            return True

    def address(self, item: InboxItem, ticket_id: TicketId) -> bool:
        with self._lock:
            known = self._inbox.pop(item.id, None)
            row = self._open_row(ticket_id)
            if known is None or row is None:
                return False
            row.signals.append(known)
            return True

    def claim_next(self, holder: str, limits: ClaimLimits) -> Lease | None:
        with self._lock:
            self._release_expired()
            due = list(self._due(limits))
            if not due:
                return None
            busy, turns = self._busy(), self._turns()
            row = min(due, key=lambda row: _place(row, busy, turns))
            self._fence += 1
            row.state, row.holder, row.note, row.interrupted = "running", holder, "", False
            row.fence, row.attempts = self._fence, row.attempts + 1
            row.lease_until, row.updated_at = self._now() + self._term, time.time()
            return Lease(row.opened.run_id, holder, FencingToken(row.fence), row.attempts)

    def heartbeat(self, lease: Lease) -> Pulse:
        with self._lock:
            row = self._held(lease)
            row.lease_until = self._now() + self._term
            return Pulse(signals_waiting=bool(row.signals))

    def signals(self, lease: Lease) -> Sequence[InboxItem]:
        with self._lock:
            row = self._runs.get(lease.run_id)
            if row is not None and row.state == "closed" and row.fence == lease.token:
                return ()
            return tuple(self._held(lease).signals)

    def append(self, lease: Lease, event: RunEvent, consumes: InboxItem | None = None) -> None:
        with self._lock:
            row, text = self._held(lease), encode_event(event)
            if consumes is not None:
                if consumes not in row.signals:
                    raise ValueError(f"signal {consumes.id} does not wait for run {lease.run_id}")
                row.signals.remove(consumes)
            row.journal.append(text)
            row.attempts, row.updated_at = 1, time.time()
            if isinstance(event, RunClosed):
                row.end("closed")
                row.outcome = event.outcome
                row.signals.clear()

    def postpone(self, lease: Lease, delay_seconds: float, note: str, *, failed: bool) -> None:
        with self._lock:
            row = self._held(lease)
            row.end("queued", note)
            row.not_before = self._now() + max(delay_seconds, 0.0)
            row.updated_at = time.time()
            row.attempts -= 0 if failed else 1

    def journal(self, run_id: RunId) -> Sequence[RunEvent]:
        with self._lock:
            row = self._runs.get(run_id)
            return tuple(decode_event(text) for text in row.journal) if row else ()

    def runs(self, limit: int = 50, *, only_open: bool = False) -> Sequence[RunSummary]:
        with self._lock:
            rows = [r for r in self._runs.values() if not only_open or r.state != "closed"]
            newest = sorted(rows, key=lambda row: row.number, reverse=True)
            return tuple(_summary(row) for row in newest[:limit])

    def open_run_of(self, ticket_id: TicketId) -> RunId | None:
        with self._lock:
            row = self._open_row(ticket_id)
            return row.opened.run_id if row else None

    def seen(self, ticket_id: TicketId) -> bool:
        with self._lock:
            return any(row.opened.ticket.id == ticket_id for row in self._runs.values())

    def due(self) -> int:
        with self._lock:
            now = self._now()
            expired = [
                r for r in self._runs.values() if r.state == "running" and r.lease_until <= now
            ]
            queued = [r for r in self._runs.values() if r.state == "queued" and r.not_before <= now]
            return len(self._inbox) + len(expired) + len(queued)

    def ping(self) -> None:
        """Memory always answers."""

    def _open_row(self, ticket_id: TicketId) -> _Row | None:
        rows = (r for r in self._runs.values() if r.opened.ticket.id == ticket_id)
        return next((r for r in rows if r.state != "closed"), None)

    def _held(self, lease: Lease) -> _Row:
        row = self._runs.get(lease.run_id)
        held = row is not None and row.state == "running" and row.fence == lease.token
        if row is None or not held or row.lease_until <= self._now():
            raise LeaseLost(f"the lease on run {lease.run_id} is over (token {lease.token})")
        return row

    def _release_expired(self) -> None:
        now = self._now()
        for row in self._runs.values():
            if row.state == "running" and row.lease_until <= now:
                row.end("queued", DIED)
                row.interrupted = True

    def _busy(self) -> Counter[str | None]:
        return Counter(r.opened.repository for r in self._runs.values() if r.state == "running")

    def _turns(self) -> dict[str | None, int]:
        turns: dict[str | None, int] = {}
        for row in self._runs.values():
            repository = row.opened.repository
            turns[repository] = max(turns.get(repository, 0), row.fence)
        return turns

    def _due(self, limits: ClaimLimits) -> Iterator[_Row]:
        busy, now = self._busy(), self._now()
        if limits.running is not None and busy.total() >= limits.running:
            return
        each = limits.running_per_repository
        for row in self._runs.values():
            repository = row.opened.repository
            full = each is not None and repository is not None and busy[repository] >= each
            if row.state == "queued" and row.due(now) and not full:
                yield row


def _place(
    row: _Row, busy: Counter[str | None], turns: dict[str | None, int]
) -> tuple[int, bool, int, int, int]:
    """The order of ``integrations.sql.claim``."""
    repository = row.opened.repository
    return row.rank, not row.interrupted, busy[repository], turns[repository], row.number


def _summary(row: _Row) -> RunSummary:
    return RunSummary(
        id=row.opened.run_id,
        ticket=row.opened.ticket.identifier,
        repository=row.opened.repository,
        state=row.state,
        outcome=row.outcome,
        attempt=row.attempts,
        created_at=row.created_at,
        updated_at=row.updated_at,
        holder=row.holder,
        note=row.note,
    )
