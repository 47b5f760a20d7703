"""A Tracker in memory: tickets that are put in, and what the fleet did to them."""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from worker.domain.errors import TicketUnavailable
from worker.domain.ticket import CLOSED_STATES, ReadyTicket, Ticket, TicketId


@dataclass(frozen=True, slots=True)
class MemoryAttachment:
    """A link on a ticket."""

    url: str
    title: str
    subtitle: str


class MemoryTracker:
    """Safe to share between threads."""

    def __init__(self, tickets: Iterable[Ticket] = ()) -> None:
        self._lock = threading.RLock()
        self._tickets = {ticket.ref.id: ticket for ticket in tickets}
        self._comments: dict[TicketId, dict[str, str]] = {}
        self._attachments: dict[TicketId, dict[str, MemoryAttachment]] = {}

    def add(self, ticket: Ticket) -> None:
        """Add a ticket, or replace the one with its id.

        Of its ``blocked_by``, keys of tickets that are here and closed are not shown.
        """
        with self._lock:
            self._tickets[ticket.ref.id] = ticket

    def remove(self, ticket_id: TicketId) -> None:
        """Delete a ticket, which blocks nothing any more; harmless where there is none."""
        with self._lock:
            gone = self._tickets.pop(ticket_id, None)
            if gone is None:
                return
            for ticket in list(self._tickets.values()):
                left = tuple(key for key in ticket.blocked_by if key != gone.ref.identifier)
                self.add(replace(ticket, blocked_by=left))

    def comments(self, ticket_id: TicketId) -> dict[str, str]:
        """Key and body of each comment, oldest first."""
        with self._lock:
            return dict(self._comments.get(ticket_id, {}))

    def attachments(self, ticket_id: TicketId) -> list[MemoryAttachment]:
        """Every link, oldest first."""
        with self._lock:
            return list(self._attachments.get(ticket_id, {}).values())

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Raises TicketUnavailable."""
        with self._lock:
            if ticket_id not in self._tickets:
                raise TicketUnavailable(f"There is no ticket {ticket_id}.")
            return self._shown(self._tickets[ticket_id])

    def ready_tickets(self, label: str) -> Sequence[ReadyTicket]:
        """Every open ticket that carries ``label``, blocked or not."""
        with self._lock:
            wanted = [t for t in self._tickets.values() if t.has_label(label) and not t.closed]
            return [ReadyTicket(t.ref, self._shown(t).blocked_by) for t in wanted]

    def start(self, ticket: Ticket) -> None:
        """Raises TicketUnavailable."""
        with self._lock:
            current = self.ticket(ticket.ref.id)
            if current.state_type not in CLOSED_STATES:
                self.add(replace(current, state_type="started"))

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        """Raises TicketUnavailable."""
        with self._lock:
            self.ticket(ticket_id)
            self._comments.setdefault(ticket_id, {})[key] = body

    def attach(self, ticket_id: TicketId, url: str, title: str, subtitle: str) -> None:
        """Raises TicketUnavailable."""
        with self._lock:
            self.ticket(ticket_id)
            attachment = MemoryAttachment(url, title, subtitle)
            self._attachments.setdefault(ticket_id, {})[url] = attachment

    def _shown(self, ticket: Ticket) -> Ticket:
        """The ticket without blockers that are closed."""
        if not ticket.blocked_by:
            return ticket
        closed = {each.ref.identifier for each in self._tickets.values() if each.closed}
        return replace(ticket, blocked_by=tuple(sorted(set(ticket.blocked_by) - closed)))
