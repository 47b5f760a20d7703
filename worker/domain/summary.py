"""Runs as they are listed, and what they have left in git."""

from dataclasses import dataclass

from worker.domain.events import Outcome
from worker.domain.lease import RunId
from worker.domain.ticket import TicketId


@dataclass(frozen=True, slots=True)
class RunSummary:
    """A row of ``fleet runs``."""

    id: RunId
    ticket: str
    repository: str | None
    state: str
    """``queued``, ``running``, ``parked``, ``closed``."""
    outcome: Outcome | None
    attempt: int
    created_at: float
    updated_at: float
    holder: str | None = None
    note: str = ""
    """Why it waits, if it does."""
    ticket_id: TicketId = TicketId("")
    fence: int = 0
    """The newest token given out for the run; 0 before its first claim."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Which runs left what; ``Checkout.forget`` removes it."""

    runs: frozenset[RunId] = frozenset()
    """With safety refs on the remote or a directory on this machine."""
    journals: frozenset[RunId] = frozenset()
    """With a journal on the remote."""
