"""The Tracker on Linear: one ticket is one issue."""

import hashlib
import math
import threading
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from typing import Any, Final

from integrations.linear import documents
from integrations.linear.client import ATTEMPTS, READ_SECONDS, LinearApi
from integrations.linear.failures import EntityNotFound
from integrations.linear.reading import blockers, nodes, nodes_of, ref
from integrations.linear.text import cut_line, cut_markdown
from worker.domain.errors import ConfigurationError, PermanentError, TicketUnavailable, Unavailable
from worker.domain.ticket import CLOSED_STATES, ReadyTicket, Ticket, TicketId

LONGEST_COMMENT: Final = 50_000
"""Characters. Linear publishes no limit; this is far above what the fleet writes."""
LONGEST_LINE: Final = 250
"""Characters of an attachment's title or subtitle."""
_GENERATIONS: Final = 2
_KNOWN_AT_MOST: Final = 10_000


class LinearTracker:
    """Reads tickets and speaks on them. Safe to share between threads; every write is safe to
    repeat, also after a crash between a write and its record.
    """

    def __init__(
        self,
        api_url: str,
        api_key: str,
        *,
        extra_ca_bundle: str | None = None,
        read_seconds: float = READ_SECONDS,
        attempts: int = ATTEMPTS,
        longest_pause_seconds: float = 2.0,
        longest_comment: int = LONGEST_COMMENT,
        write_seconds: float = math.inf,
    ) -> None:
        """``api_url`` is the GraphQL endpoint. Raises ConfigurationError where a value is wrong.

        Where a webhook waits for the answer, ``read_seconds`` and ``attempts`` should be small.
        ``write_seconds``: how long after a call began it may still write; less than a lease.
        """
        self._write_seconds = write_seconds
        self._api = LinearApi(
            api_url,
            api_key,
            extra_ca_bundle=extra_ca_bundle,
            read_seconds=read_seconds,
            attempts=attempts,
            longest_pause_seconds=longest_pause_seconds,
        )
        self._longest_comment = longest_comment
        self._known: set[str] = set()
        self._viewer: dict[str, Any] | None = None
        self._viewer_lock = threading.Lock()

    def close(self) -> None:
        """Give the connections back."""
        self._api.close()

    def viewer_id(self) -> str:
        """The id of the user whose key this is; asked once. For a personal key that is a person."""
        return str(self._asked_viewer()["id"])

    def own_actor(self) -> str | None:
        """Whose webhooks are echoes of the fleet's own doing: the viewer if it is an application.

        A personal key acts as a person, whose own labelling must count, so there it is None.
        """
        viewer = self._asked_viewer()
        return str(viewer["id"]) if viewer["app"] else None

    def label_ids(self, label: str) -> frozenset[str]:
        """The ids of all labels of that name, of the workspace and of its teams."""
        found = nodes(self._api, documents.LABELS_NAMED, "issueLabels", name=label)
        return frozenset(str(node["id"]) for node in found)

    def ticket(self, ticket_id: TicketId) -> Ticket:
        """A ticket that is archived or in the trash shows as canceled: nobody works on it."""
        with _seen(ticket_id):
            issue = self._api.ask(documents.TICKET, id=ticket_id).get("issue")
            if issue is None:
                raise TicketUnavailable(f"Linear has no ticket {ticket_id}.")
            labels = [str(node["name"]) for node in nodes_of(self._api, issue, "labels")]
            blocked_by = blockers(self._api, issue)
        state_type = str(issue["state"]["type"])
        if issue["archivedAt"] and state_type not in CLOSED_STATES:
            state_type = "canceled"
        return Ticket(
            ref=ref(issue),
            title=issue["title"],
            description=issue["description"] or "",
            url=issue["url"],
            state_type=state_type,
            labels=tuple(labels),
            requester=issue["creator"]["name"] if issue["creator"] else None,
            blocked_by=blocked_by,
            updated_at=datetime.fromisoformat(issue["updatedAt"]).timestamp(),
        )

    def ready_tickets(self, label: str) -> Sequence[ReadyTicket]:
        """Every open ticket that carries ``label``, all pages."""
        wanted = {
            "labels": {"some": {"name": {"eqIgnoreCase": label}}},
            "state": {"type": {"nin": sorted(CLOSED_STATES)}},
        }
        found = nodes(self._api, documents.READY_TICKETS, "issues", filter=wanted)
        ready: list[ReadyTicket] = []
        for issue in found:
            # One that was deleted since the page was read is not ready any more.
            with suppress(EntityNotFound):
                ready.append(ReadyTicket(ref(issue), blockers(self._api, issue)))
        return ready

    def start(self, ticket: Ticket) -> None:
        """Move the ticket to the ``started`` state of lowest position, unless it is past that."""
        with _seen(ticket.ref.id), self._api.soon(self._write_seconds):
            issue = self._api.ask(documents.STARTED_STATES, id=ticket.ref.id)["issue"]
            if issue["state"]["type"] in CLOSED_STATES | {"started"}:
                return
            states = issue["team"]["states"]["nodes"]
            if not states:
                return
            first = min(states, key=lambda state: float(state["position"]))
            self._write(documents.MOVE_TICKET, id=ticket.ref.id, stateId=first["id"])

    def comment(self, ticket_id: TicketId, key: str, body: str) -> None:
        """Write or edit the comment named ``key``; a body that is too long is cut, and says so.

        The comment's id follows from ticket and key, so writing it again finds it. Where a person
        deleted it, it is written anew under a second id.
        """
        text = cut_markdown(body, self._longest_comment)
        refusal: PermanentError | None = None
        with _seen(ticket_id), self._api.soon(self._write_seconds):
            for generation in range(_GENERATIONS):
                fault = self._upsert_comment(
                    comment_id(ticket_id, key, generation), ticket_id, text
                )
                if fault is None:
                    return
                refusal = refusal or fault
            if refusal is not None:
                raise refusal

    def attach(self, ticket_id: TicketId, url: str, title: str, subtitle: str) -> None:
        """Link ``url`` to the ticket; Linear keeps one attachment per URL and updates it."""
        with _seen(ticket_id), self._api.soon(self._write_seconds):
            self._write(
                documents.ATTACH,
                issueId=ticket_id,
                url=url,
                title=cut_line(title, LONGEST_LINE),
                subtitle=cut_line(subtitle, LONGEST_LINE),
            )

    def _upsert_comment(self, id_: str, ticket_id: TicketId, body: str) -> PermanentError | None:
        """None when it is written; else why the creation was refused.

        Linear's words for an id that is taken are not documented, so they are not read: what
        cannot be created but can be edited was there.
        """

        def create() -> None:
            self._write(documents.CREATE_COMMENT, id=id_, issueId=ticket_id, body=body)

        def update() -> None:
            self._write(documents.UPDATE_COMMENT, id=id_, body=body)

        known = id_ in self._known
        ways = (("update", update), ("create", create))
        refusals: dict[str, PermanentError] = {}
        for name, way in ways if known else reversed(ways):
            fault = _refusal(way)
            if fault is None:
                self._remember(id_)
                return None
            refusals[name] = fault
        return refusals["create"]

    def _remember(self, id_: str) -> None:
        if len(self._known) >= _KNOWN_AT_MOST:
            self._known.clear()
        self._known.add(id_)

    def _write(self, document: str, **variables: object) -> None:
        for payload in self._api.ask(document, **variables).values():
            if not payload["success"]:
                raise Unavailable("Linear did not apply a change, and gave no reason.")

    def _asked_viewer(self) -> dict[str, Any]:
        with self._viewer_lock:
            if self._viewer is None:
                self._viewer = self._api.ask(documents.VIEWER)["viewer"]
            return self._viewer


def comment_id(ticket_id: TicketId, key: str, generation: int = 0) -> str:
    """The id of the comment named ``key``, in the form of a UUID v4 as Linear wants it."""
    name = "\0".join((ticket_id, key, str(generation)))
    return str(uuid.UUID(bytes=hashlib.sha256(name.encode()).digest()[:16], version=4))


@contextmanager
def _seen(ticket_id: TicketId) -> Iterator[None]:
    """Linear's "not found" on a ticket, in the port's words."""
    try:
        yield
    except EntityNotFound as fault:
        if fault.entity != "Issue":
            raise
        reason = f"Linear has no ticket {ticket_id}, or LINEAR_API_KEY may not see it."
        raise TicketUnavailable(reason) from fault


def _refusal(write: Callable[[], None]) -> PermanentError | None:
    """Why Linear refused, or None; a missing ticket and a wrong key are raised."""
    try:
        write()
    except ConfigurationError:
        raise
    except PermanentError as fault:
        if isinstance(fault, EntityNotFound) and fault.entity == "Issue":
            raise
        return fault
    return None
