"""Makes an event durable: kept on the remote, in the database, then told to observers."""

from collections.abc import Callable
from dataclasses import dataclass, field

from worker.director import keeping
from worker.domain.errors import FleetError, LeaseLost, Unavailable
from worker.domain.events import NO_PROGRESS, Outcome, RunClosed, RunEvent
from worker.domain.lease import Lease
from worker.domain.redaction import redacted
from worker.domain.run import Run
from worker.domain.signals import InboxItem
from worker.ports import Ports

Missed = Callable[[Run, FleetError], None]
"""Told where something that can be spared did not work."""

PAUSE_SECONDS = 1.0


def told_to_nobody(run: Run, fault: FleetError) -> None:
    """Where nobody wants to know."""
    del run, fault


@dataclass(slots=True)
class Recorder:
    """The journal of one run under one lease."""

    lease: Lease
    ports: Ports
    patience_seconds: float
    """How long a database that cannot be reached is waited for; no longer than a lease."""
    missed: Missed = told_to_nobody
    journal: list[RunEvent] = field(default_factory=list)
    progressed: bool = False
    """Whether an event was recorded under this lease, so that earlier attempts count no more."""

    def read(self) -> Run:
        """The run as the journal in the database tells it."""
        self.journal = list(self.ports.store.journal(self.lease.run_id))
        return Run.from_journal(self.journal)

    def record(self, run: Run, event: RunEvent, consumes: InboxItem | None = None) -> Run:
        """Record what happened; returns the run as it is then. Raises LeaseLost, Unavailable."""
        event = redacted(event, self.ports.redact)
        after = run.apply(event)
        self._keep(after, event)
        self._append(event, consumes)
        self.journal.append(event)
        self.progressed = self.progressed or not isinstance(event, NO_PROGRESS)
        for observer in self.ports.observers:
            observer.saw(after, event)
        return after

    def recall(self, run: Run) -> Run:
        """Take up what the remote kept of a run that the database knows only the opening of."""
        if len(self.journal) > 1:
            return run
        for event in keeping.recall(run, self.ports.repositories):
            self._append(event, None)
            self.journal.append(event)
            run = run.apply(event)
        return run

    def _keep(self, run: Run, event: RunEvent) -> None:
        """First on the remote, so that it never lacks what the database had."""
        try:
            keeping.keep(run, [*self.journal, event], self.ports.repositories)
            # A failed run can be taken up again, and needs its commits for that.
            if isinstance(event, RunClosed) and event.outcome is not Outcome.FAILED:
                keeping.tidy(run, self.ports.repositories)
        except LeaseLost:
            raise
        except FleetError as fault:
            self.missed(run, fault)

    def _append(self, event: RunEvent, consumes: InboxItem | None) -> None:
        """A round that is done is worth some waiting for a database that is away."""
        began = self.ports.clock.monotonic()
        while True:
            try:
                self.ports.store.append(self.lease, event, consumes)
            except Unavailable:
                if self.ports.clock.monotonic() - began >= self.patience_seconds:
                    raise
                self.ports.clock.sleep(PAUSE_SECONDS)
                if not self._arrived():
                    continue
            return

    def _arrived(self) -> bool:
        """Whether the event is in, though the answer was lost."""
        try:
            return len(self.ports.store.journal(self.lease.run_id)) > len(self.journal)
        except Unavailable:
            return False
