"""What the tracker suite needs of a tracker beside the port: a person who uses it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol

from integrations.linear import LinearTracker
from integrations.memory.tracker import MemoryTracker
from integrations.stubs import Stubs
from worker.domain.ticket import Ticket, TicketId, TicketRef
from worker.ports import Tracker

Link = tuple[str, str, str]


class Desk(Protocol):
    def tracker(self) -> Tracker:
        """A tracker that remembers nothing of earlier ones."""
        ...

    def write(self, title: str, description: str = "", labels: Sequence[str] = ()) -> TicketId: ...

    def close(self, ticket_id: TicketId) -> None: ...

    def finish(self, ticket_id: TicketId) -> None: ...

    def delete(self, ticket_id: TicketId) -> None: ...

    def block(self, ticket_id: TicketId, by: TicketId) -> None: ...

    def comments(self, ticket_id: TicketId) -> list[str]: ...

    def links(self, ticket_id: TicketId) -> list[Link]: ...


@dataclass
class MemoryDesk:
    memory: MemoryTracker
    numbers: "count[int]"

    def tracker(self) -> Tracker:
        return self.memory

    def write(self, title: str, description: str = "", labels: Sequence[str] = ()) -> TicketId:
        number = next(self.numbers)
        ref = TicketRef(TicketId(f"id-{number}"), f"SHIP-{number}", "SHIP", "Demo", 2)
        url = f"https://tracker.example/{number}"
        ticket = Ticket(ref, title, description, url, "unstarted", tuple(labels), "Robin Person")
        self.memory.add(ticket)
        return ref.id

    def close(self, ticket_id: TicketId) -> None:
        self.memory.add(replace(self.memory.ticket(ticket_id), state_type="canceled"))

    def finish(self, ticket_id: TicketId) -> None:
        self.memory.add(replace(self.memory.ticket(ticket_id), state_type="completed"))

    def delete(self, ticket_id: TicketId) -> None:
        self.memory.remove(ticket_id)

    def block(self, ticket_id: TicketId, by: TicketId) -> None:
        ticket, key = self.memory.ticket(ticket_id), self.memory.ticket(by).ref.identifier
        self.memory.add(replace(ticket, blocked_by=(*ticket.blocked_by, key)))

    def comments(self, ticket_id: TicketId) -> list[str]:
        return list(self.memory.comments(ticket_id).values())

    def links(self, ticket_id: TicketId) -> list[Link]:
        return [(a.url, a.title, a.subtitle) for a in self.memory.attachments(ticket_id)]


@dataclass
class LinearDesk:
    stubs: Stubs
    connect: Callable[[], LinearTracker]

    def tracker(self) -> Tracker:
        return self.connect()

    def write(self, title: str, description: str = "", labels: Sequence[str] = ()) -> TicketId:
        issue = self.stubs.person.create_ticket(
            title, description, labels=labels, priority=2, project="Demo"
        )
        return TicketId(issue.id)

    def close(self, ticket_id: TicketId) -> None:
        self.stubs.person.close(ticket_id)

    def finish(self, ticket_id: TicketId) -> None:
        self.stubs.person.close(ticket_id, "completed")

    def delete(self, ticket_id: TicketId) -> None:
        self.stubs.person.remove(ticket_id)

    def block(self, ticket_id: TicketId, by: TicketId) -> None:
        self.stubs.person.block(ticket_id, by=by)

    def comments(self, ticket_id: TicketId) -> list[str]:
        return [each.body for each in self.stubs.linear.find_issue(ticket_id).comments]

    def links(self, ticket_id: TicketId) -> list[Link]:
        issue = self.stubs.linear.find_issue(ticket_id)
        return [(each.url, each.title, each.subtitle or "") for each in issue.attachments]
