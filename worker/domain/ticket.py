"""A unit of work someone asked for, normalised from whatever tracker it came from."""

from dataclasses import dataclass
from typing import NewType

TicketId = NewType("TicketId", str)

CLOSED_STATES = frozenset({"completed", "canceled", "duplicate"})
"""Linear's ``WorkflowState.type`` values after which nobody works on a ticket any more."""


@dataclass(frozen=True, slots=True)
class TicketRef:
    """What a signal tells about a ticket: enough to queue a run fairly, never enough to work on."""

    id: TicketId
    identifier: str
    """The key people use (``ENG-42``)."""
    team: str
    """The team's key (``ENG``)."""
    project: str | None = None
    priority: int = 0
    """Linear's scale: 1 urgent, 2 high, 3 medium, 4 low, 0 none."""


@dataclass(frozen=True, slots=True)
class ReadyTicket:
    """A ticket that the fleet is asked to work on."""

    ref: TicketRef
    blocked_by: tuple[str, ...] = ()
    """Keys of the open tickets that must be finished first."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the requester wants, as the tracker shows it now."""

    ref: TicketRef
    title: str
    description: str
    url: str
    state_type: str = "unstarted"
    labels: tuple[str, ...] = ()
    requester: str | None = None
    blocked_by: tuple[str, ...] = ()
    """Keys of the open tickets that must be finished first."""
    updated_at: float = 0.0
    """Of the last change that is shown, in seconds since the epoch by the tracker's clock."""

    @property
    def closed(self) -> bool:
        """Whether the tracker says that nobody needs to work on this any more."""
        return self.state_type in CLOSED_STATES

    def has_label(self, label: str) -> bool:
        """Compare as trackers do: without regard to case and surrounding blanks."""
        return label.strip().lower() in {own.strip().lower() for own in self.labels}
