"""News from outside, independent of who said it: a webhook or a poll."""

from dataclasses import dataclass

from worker.domain.pull_request import PullRequestEnd
from worker.domain.repeated import Repeated
from worker.domain.ticket import TicketId, TicketRef


@dataclass(frozen=True, slots=True)
class TicketReady:
    """The trigger label was put on a ticket (or the ticket was created with it)."""

    ticket: TicketRef
    at: float | None = None
    """When, in seconds since the epoch by the tracker's clock; None where it was not told."""
    repeats: Repeated | None = None
    """Where a rerun is taken up again that a lost database knew: what it repeats."""


@dataclass(frozen=True, slots=True)
class TicketWithdrawn:
    """The label was removed, or the ticket was closed or deleted: stop working on it."""

    ticket_id: TicketId
    reason: str
    by_state: bool = False
    """Whether the ticket's own state says so, which may have changed since: so it is asked."""


@dataclass(frozen=True, slots=True)
class TicketUnblocked:
    """The last open ticket that blocked this one was finished."""

    ticket_id: TicketId


@dataclass(frozen=True, slots=True)
class PullRequestEnded:
    """A person merged or closed one of the fleet's pull requests."""

    repository: str
    """``owner/name``."""
    end: PullRequestEnd


Signal = TicketReady | TicketWithdrawn | TicketUnblocked | PullRequestEnded


@dataclass(frozen=True, slots=True)
class Delivery:
    """One webhook delivery, verified and read."""

    source: str
    """Who sent it: ``linear`` or ``github``."""
    id: str
    """The sender's id for this payload; a retry carries the same one."""
    outcome: str
    """One word for the counter: ``ready``, ``withdrawn``, ``ignored_type``, ``ignored_actor``, …"""
    signal: Signal | None = None
    """None where there is nothing to act on."""


@dataclass(frozen=True, slots=True)
class InboxItem:
    """A signal that is durable but not yet turned into a run or an event."""

    id: int
    signal: Signal
