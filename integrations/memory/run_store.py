"""The RunStore port in memory: for local mode, and the double that tests use."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import count

from integrations.memory.run_rows import Received, RunRow
from integrations.memory.spends import Spends
from worker.domain.access import CallSpend, DoorSpend
from worker.domain.errors import LeaseLost
from worker.domain.events import NO_PROGRESS, RunClosed, RunEvent, RunOpened, RunReopened
from worker.domain.lease import ClaimLimits, FencingToken, Lease, Pulse, RunId
from worker.domain.signals import Delivery, InboxItem
from worker.domain.summary import RunSummary
from worker.domain.ticket import TicketId
from worker.journal import decode_event, encode_event

DIED = "its worker died"


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
        self._received: dict[tuple[str, str], Received] = {}
        self._inbox: dict[int, InboxItem] = {}
        self._runs: dict[RunId, RunRow] = {}
        self._spends = Spends()

    def receive(self, delivery: Delivery) -> bool:
        with self._lock:
            key = (delivery.source, delivery.id)
            if key in self._received:
                return False
            item = None
            if delivery.signal is not None:
                item = InboxItem(next(self._numbers), delivery.signal)
                self._inbox[item.id] = item
            self._received[key] = Received(self._now(), item)
            return True

    def inbox(self, limit: int = 100) -> Sequence[InboxItem]:
        with self._lock:
            return tuple(self._inbox.values())[:limit]

    def open_run(self, item: InboxItem | None, opened: RunOpened) -> bool:
        with self._lock:
            if item is not None and item.id not in self._inbox:
                return False
            same = self._runs.get(opened.run_id)
            if same is not None and same.state == "closed":
                return False
            if item is not None:
                del self._inbox[item.id]
            if self._open_row(opened.ticket.id) or same is not None:
                return False
            now, journal = time.time(), [encode_event(opened)]
            row = RunRow(opened, next(self._numbers), now, now, journal, opened.repository)
            self._runs[opened.run_id] = row
            return True

    def address(self, item: InboxItem, ticket_id: TicketId) -> bool:
        with self._lock:
            known = self._inbox.pop(item.id, None)
            row = self._open_row(ticket_id)
            if known is None or row is None:
                return False
            row.signals.append(known)
            if row.state == "parked":
                row.queue(self._now())
                row.updated_at = time.time()
            return True

    def claim_next(self, holder: str, limits: ClaimLimits) -> Lease | None:
        with self._lock:
            self._interrupt(lambda row: row.expired(self._now()))
            due = list(self._due(limits))
            if not due:
                return None
            busy, turns = self._busy(), self._turns()
            row = min(due, key=lambda row: row.place(busy, turns))
            self._fence += 1
            row.state, row.holder, row.note, row.interrupted = "running", holder, "", False
            row.fence, row.attempts = self._fence, row.attempts + 1
            row.lease_until, row.updated_at = self._now() + self._term, time.time()
            return Lease(row.id, holder, FencingToken(row.fence), row.attempts)

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
            row.updated_at = time.time()
            row.attempts = row.attempts if isinstance(event, NO_PROGRESS) else 1
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

    def park(self, lease: Lease, note: str) -> None:
        with self._lock:
            row = self._held(lease)
            row.attempts -= 1
            row.updated_at = time.time()
            row.end("parked", note)
            if row.signals:
                row.queue(self._now())

    def release(self, holder: str) -> int:
        with self._lock:
            return self._interrupt(lambda row: row.state == "running" and row.holder == holder)

    def reopen(self, run_id: RunId, event: RunReopened) -> bool:
        with self._lock:
            row = self._runs.get(run_id)
            if row is None or row.state != "closed" or self._open_row(row.ticket_id):
                return False
            row.journal.append(encode_event(event))
            row.outcome, row.attempts, row.interrupted = None, 0, False
            row.repository = row.repository or event.repository
            row.queue(self._now())
            row.updated_at = time.time()
            return True

    def purge(self, older_than_seconds: float) -> int:
        with self._lock:
            oldest = self._now() - older_than_seconds
            pending = set(self._inbox)
            pending |= {item.id for row in self._runs.values() for item in row.signals}
            purged = [
                key
                for key, received in self._received.items()
                if received.at < oldest
                and (received.item is None or received.item.id not in pending)
            ]
            for key in purged:
                del self._received[key]
            return len(purged)

    def journal(self, run_id: RunId) -> Sequence[RunEvent]:
        with self._lock:
            row = self._runs.get(run_id)
            return tuple(decode_event(text) for text in row.journal) if row else ()

    def note_spend(self, run_id: RunId, call: CallSpend) -> None:
        with self._lock:
            self._spends.note(run_id, call)

    def noted_spend(self, run_id: RunId) -> Sequence[DoorSpend]:
        with self._lock:
            return self._spends.noted(run_id)

    def runs(self, limit: int = 50, *, only_open: bool = False) -> Sequence[RunSummary]:
        with self._lock:
            rows = [r for r in self._runs.values() if not only_open or r.state != "closed"]
            newest = sorted(rows, key=lambda row: row.number, reverse=True)
            return tuple(row.summary() for row in newest[:limit])

    def open_run_of(self, ticket_id: TicketId) -> RunId | None:
        with self._lock:
            row = self._open_row(ticket_id)
            return row.id if row else None

    def runs_of(self, ticket_id: TicketId) -> Sequence[RunId]:
        with self._lock:
            rows = [row for row in self._runs.values() if row.ticket_id == ticket_id]
            return tuple(row.id for row in sorted(rows, key=lambda row: row.number))

    def due(self) -> int:
        with self._lock:
            now = self._now()
            rows = [row for row in self._runs.values() if row.queued(now) or row.expired(now)]
            return len(self._inbox) + len(rows)

    def ping(self) -> None:
        """Memory always answers."""

    def _open_row(self, ticket_id: TicketId) -> RunRow | None:
        rows = (row for row in self._runs.values() if row.ticket_id == ticket_id)
        return next((row for row in rows if row.state != "closed"), None)

    def _held(self, lease: Lease) -> RunRow:
        row = self._runs.get(lease.run_id)
        held = row is not None and row.state == "running" and row.fence == lease.token
        if row is None or not held or row.expired(self._now()):
            raise LeaseLost(f"the lease on run {lease.run_id} is over (token {lease.token})")
        return row

    def _interrupt(self, which: Callable[[RunRow], bool]) -> int:
        rows = [row for row in self._runs.values() if which(row)]
        for row in rows:
            row.end("queued", DIED)
            row.interrupted = True
        return len(rows)

    def _busy(self) -> Counter[str | None]:
        return Counter(r.repository for r in self._runs.values() if r.state == "running")

    def _turns(self) -> dict[str | None, int]:
        turns: dict[str | None, int] = {}
        for row in self._runs.values():
            turns[row.repository] = max(turns.get(row.repository, 0), row.fence)
        return turns

    def _due(self, limits: ClaimLimits) -> Iterator[RunRow]:
        busy, now = self._busy(), self._now()
        if limits.running is not None and busy.total() >= limits.running:
            return
        each = limits.running_per_repository
        for row in self._runs.values():
            full = each is not None and row.repository and busy[row.repository] >= each
            if row.queued(now) and not full:
                yield row
