"""The Tracker port over one story: what the fleet has to say goes to the person's terminal."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from worker.domain.errors import TicketUnavailable
from worker.domain.ticket import ReadyTicket, Ticket, TicketId


class LocalTracker:
    """See ``worker.ports.Tracker``. ``say`` is given every comment, and every new text of one."""

    def __init__(self, ticket: Ticket, say: Callable[[str], None]) -> None:
        self._ticket = ticket
        self._say = say
        self.comments: dict[str, str] = {}
        """The newest text by the comment's name."""
        self.attached: dict[str, tuple[str, str]] = {}
        """Title and subtitle by URL."""

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """Raises TicketUnavailable for any but the one story."""
        if ticket_id != self._ticket.ref.id:
            raise TicketUnavailable(f"There is no ticket {ticket_id}, only the one story.")
        return self._ticket

    def ready_tickets(self, label: str) -> Sequence[ReadyTicket]:
        """The one story, if it carries the label."""
        return (ReadyTicket(self._ticket.ref),) if self._ticket.has_label(label) else ()

    def start(self, ticket: Ticket) -> None:
        """Remembered for as long as this object lives."""
        if not ticket.closed:
            self._ticket = replace(self._ticket, state_type="started")

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        """The same text twice is said once."""
        self.ticket(ticket_id)
        if self.comments.get(key) != body:
            self.comments[key] = body
            self._say(body)

    def attach(self, ticket_id: TicketId, url: str, title: str, subtitle: str) -> None:
        """Remembered in ``attached``."""
        self.ticket(ticket_id)
        self.attached[url] = (title, subtitle)
