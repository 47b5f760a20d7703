"""What the fleet reads of webhook payloads: an issue's, and an agent session's stop signal.

They are ``EntityWebhookPayload`` and ``AgentSessionEventWebhookPayload`` of Linear's schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from worker.domain.errors import MalformedDelivery
from worker.domain.ticket import TicketId, TicketRef


def malformed(reason: str) -> MalformedDelivery:
    """The error for a body that is not what Linear documents."""
    return MalformedDelivery(f"Not a delivery as Linear documents it: {reason}.")


@dataclass(frozen=True, slots=True)
class Issue:
    """The issue as it is now, and the old values of what changed."""

    id: TicketId
    data: Mapping[str, Any]
    before: Mapping[str, Any]
    """``updatedFrom``: only the changed fields, with their old values."""

    @classmethod
    def read(cls, payload: Mapping[str, Any]) -> Self:
        """Raises MalformedDelivery for an issue without an id, or fields of the wrong kind."""
        data, before = payload.get("data"), payload.get("updatedFrom")
        if not isinstance(data, dict):
            raise malformed("data is missing")
        if before is not None and not isinstance(before, dict):
            raise malformed("updatedFrom is not an object")
        id_ = data.get("id")
        if not isinstance(id_, str) or not id_:
            raise malformed("the issue has no id")
        return cls(TicketId(id_), data, before or {})

    @property
    def labels(self) -> Mapping[str, str]:
        """Id and name of each label on the issue. Raises MalformedDelivery."""
        labels = self.data.get("labels")
        if not isinstance(labels, list):
            raise malformed("the issue's labels are missing")
        try:
            return {str(label["id"]): str(label["name"]) for label in labels}
        except (KeyError, TypeError) as fault:
            raise malformed("a label has no id or no name") from fault

    @property
    def labels_before(self) -> frozenset[str] | None:
        """Ids of the labels before the change; None where the labels did not change."""
        if "labelIds" not in self.before:
            return None
        ids = self.before["labelIds"] or []
        if not isinstance(ids, list):
            raise malformed("updatedFrom.labelIds is not a list")
        return frozenset(str(id_) for id_ in ids)

    @property
    def state(self) -> tuple[str, str]:
        """Id and type of the issue's state. Raises MalformedDelivery."""
        state = self.data.get("state")
        try:
            return str(state["id"]), str(state["type"])  # type: ignore[index]
        except (KeyError, TypeError) as fault:
            raise malformed("the issue's state is missing") from fault

    @property
    def updated_at(self) -> float | None:
        """When it became so, by Linear's clock; None where that is missing or unreadable."""
        text = _of(self.data, "updatedAt")
        try:
            return datetime.fromisoformat(text).timestamp() if text else None
        except ValueError:
            return None

    def ref(self) -> TicketRef:
        """What a signal tells about the ticket. Raises MalformedDelivery."""
        identifier = self.data.get("identifier")
        if not isinstance(identifier, str) or not identifier:
            raise malformed("the issue has no identifier")
        team = _of(self.data.get("team"), "key") or identifier.rpartition("-")[0]
        priority = self.data.get("priority")
        return TicketRef(
            id=self.id,
            identifier=identifier,
            team=team,
            project=_of(self.data.get("project"), "name"),
            priority=int(priority) if isinstance(priority, int | float) else 0,
        )


def stopped_ticket(action: str, payload: Mapping[str, Any]) -> TicketId | None:
    """The ticket on which somebody told the agent to stop; None for anything else that is said in
    an agent session, and for a session that is about no ticket. Raises MalformedDelivery.
    """
    activity = payload.get("agentActivity")
    if action != "prompted" or _of(activity, "signal") != "stop":
        return None
    session = payload.get("agentSession")
    if not isinstance(session, dict):
        raise malformed("agentSession is missing")
    ticket_id = _of(session, "issueId") or _of(session.get("issue"), "id")
    return TicketId(ticket_id) if ticket_id else None


def _of(record: object, name: str) -> str | None:
    value = record.get(name) if isinstance(record, dict) else None
    return value if isinstance(value, str) else None
