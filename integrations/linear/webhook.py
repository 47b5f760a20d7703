"""Linear's webhooks: verified, read, and told apart by what they mean for the fleet.

A ticket is *wanted* while it carries the trigger label, is open, and is neither archived nor in
the trash. Only a change of that counts:

====================== ============================================================================
outcome                when
====================== ============================================================================
``ready``              it became wanted: created with the label, labelled, reopened, restored
``withdrawn``          it stopped being wanted: label removed, closed (completed, canceled,
                       duplicate), archived, put in the trash; or it was deleted; or somebody
                       told the fleet to stop in an agent session on the ticket
``ignored_edit``       it carries the label, and nothing of the above changed (a label put on a
                       closed ticket counts only when the ticket is reopened)
``ignored_unlabelled`` it does not carry the label, and did not before
``ignored_type``       it is not about a ticket: a comment, a project, what else is said in an
                       agent session, a kind not known yet
``ignored_actor``      the fleet itself did it
``ignored_action``     a ticket, but neither create, update, remove nor restore
====================== ============================================================================

What is raised instead, in the order of the checks: InvalidSignature for a missing or wrong
``Linear-Signature`` (HMAC-SHA256 of the raw body, lower-case hex); MalformedDelivery for a body
that is not a JSON object of the documented shape, or without ``Linear-Delivery``; StaleDelivery
for a ``webhookTimestamp`` (milliseconds) that is missing or outside the window.
"""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Final

from integrations.linear.change import Change, Memory
from integrations.linear.lookup import Lookup
from integrations.linear.payload import Issue, malformed, stopped_ticket
from worker.domain.errors import InvalidSignature, StaleDelivery
from worker.domain.signals import Delivery, TicketReady, TicketWithdrawn

SOURCE: Final = "linear"
_ACTIONS: Final = frozenset({"create", "update", "remove", "restore"})


class LinearWebhook:
    """One Linear webhook. Safe to share between threads."""

    def __init__(
        self,
        secret: str,
        trigger_label: str,
        own_actor: Callable[[], str | None],
        clock: Callable[[], float],
        window_seconds: float = 60.0,
        label_ids: Callable[[], AbstractSet[str]] = frozenset,
    ) -> None:
        """``own_actor`` is the id of the fleet's own user, whose doings are ignored, or None.

        ``clock`` gives seconds since the epoch. ``label_ids`` asks Linear for the ids of the
        trigger label, only when a label was removed whose name no earlier delivery told. Both
        callables are called once in five minutes at most and may fail with a FleetError, which
        counts as not knowing: nothing that the fleet does is an edge anyway.
        """
        self._secret = secret.encode()
        self._own_actor = Lookup(own_actor, None, clock)
        self._clock = clock
        self._window_seconds = window_seconds
        self._memory = Memory(trigger_label, label_ids, clock)

    def read(self, headers: Mapping[str, str], body: bytes) -> Delivery:
        """Verify and read one delivery (header names in lower case).

        Raises InvalidSignature, StaleDelivery, MalformedDelivery.
        """
        self._verify(headers.get("linear-signature", ""), body)
        payload = _parsed(body)
        self._check_age(payload)
        delivery_id = headers.get("linear-delivery", "").strip()
        if not delivery_id:
            raise malformed("the header Linear-Delivery is missing")
        return self._judged(delivery_id, payload)

    def _verify(self, signature: str, body: bytes) -> None:
        expected = hmac.new(self._secret, body, hashlib.sha256).hexdigest()
        # Bytes, since compare_digest refuses text that is not ASCII.
        if not hmac.compare_digest(expected.encode(), signature.encode(errors="replace")):
            raise InvalidSignature(
                "The header Linear-Signature is missing or does not match the body. "
                "Check LINEAR_WEBHOOK_SECRET."
            )

    def _check_age(self, payload: Mapping[str, Any]) -> None:
        sent_ms = payload.get("webhookTimestamp")
        if sent_ms is None:
            raise StaleDelivery("The delivery carries no webhookTimestamp.")
        if isinstance(sent_ms, bool) or not isinstance(sent_ms, int | float):
            raise malformed("webhookTimestamp is not a number")
        age_seconds = self._clock() - sent_ms / 1000
        if not abs(age_seconds) <= self._window_seconds:
            raise StaleDelivery(
                f"The delivery is {age_seconds:.0f} seconds old; "
                f"{self._window_seconds:.0f} are allowed. Check this machine's clock."
            )

    def _judged(self, delivery_id: str, payload: Mapping[str, Any]) -> Delivery:
        action, kind = payload.get("action"), payload.get("type")
        if not isinstance(action, str) or not isinstance(kind, str):
            raise malformed("action or type is missing")
        if kind == "AgentSessionEvent" and (stopped := stopped_ticket(action, payload)):
            signal = TicketWithdrawn(stopped, "stopped in Linear")
            return Delivery(SOURCE, delivery_id, "withdrawn", signal)
        if kind != "Issue":
            return Delivery(SOURCE, delivery_id, "ignored_type")
        if action not in _ACTIONS:
            return Delivery(SOURCE, delivery_id, "ignored_action")
        if self._is_own(payload):
            return Delivery(SOURCE, delivery_id, "ignored_actor")
        return self._of_issue(delivery_id, action, Issue.read(payload))

    def _is_own(self, payload: Mapping[str, Any]) -> bool:
        actor = payload.get("actor")
        acting = actor.get("id") if isinstance(actor, dict) else None
        return acting is not None and acting == self._own_actor()

    def _of_issue(self, delivery_id: str, action: str, issue: Issue) -> Delivery:
        if action == "remove":
            gone = TicketWithdrawn(issue.id, "the ticket was deleted")
            return Delivery(SOURCE, delivery_id, "withdrawn", gone)
        change = Change.read(action, issue, self._memory)
        self._memory.learn(issue)
        if change.wanted_now and not change.wanted_before:
            return Delivery(
                SOURCE, delivery_id, "ready", TicketReady(issue.ref(), issue.updated_at)
            )
        if change.wanted_before and not change.wanted_now:
            withdrawn = TicketWithdrawn(issue.id, change.reason(self._memory.label), by_state=True)
            return Delivery(SOURCE, delivery_id, "withdrawn", withdrawn)
        outcome = "ignored_edit" if change.labelled_now else "ignored_unlabelled"
        return Delivery(SOURCE, delivery_id, outcome)


def _parsed(body: bytes) -> Mapping[str, Any]:
    try:
        payload = json.loads(body)
    except (ValueError, RecursionError) as fault:
        raise malformed("the body is not JSON") from fault
    if not isinstance(payload, dict):
        raise malformed("the body is not a JSON object")
    return payload
