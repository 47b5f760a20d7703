"""Signed deliveries of the recorded payloads, for the tests beside."""

import hashlib
import hmac
import json
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any

from integrations.linear import LinearWebhook
from worker.domain.errors import Unavailable
from worker.domain.signals import Delivery
from worker.domain.ticket import TicketId, TicketRef

FIXTURES = Path(__file__).parents[2] / "fixtures" / "linear"
SECRET = "lin_wh_secret"
NOW = 1_792_400_400.0
FLEET = "00000002-0000-4000-8000-000000000002"
AGENT = "000000a6-0000-4000-8000-0000000000a6"
TICKET = TicketRef(TicketId("00000042-0000-4000-8000-000000000042"), "SHIP-42", "SHIP", "Labels", 2)
DELIVERY = "234d1a4e-b617-4388-90fe-adc3633d6b72"


class Asking:
    """What Linear would say about the trigger label's ids."""

    def __init__(self, answer: AbstractSet[str] | None = frozenset({AGENT})) -> None:
        self.answer = answer
        self.asked = 0

    def __call__(self) -> AbstractSet[str]:
        self.asked += 1
        if self.answer is None:
            raise Unavailable("Linear does not answer.")
        return self.answer


def webhook_for(
    label: str = "agent", asking: Asking | None = None, now: float = NOW
) -> LinearWebhook:
    return LinearWebhook(SECRET, label, lambda: FLEET, lambda: now, label_ids=asking or Asking())


def payload_of(name: str, **data: Any) -> dict[str, Any]:
    payload: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    if data:
        payload["data"] |= data
    return payload


def read(webhook: LinearWebhook, payload: object, **headers: str) -> Delivery:
    body = payload if isinstance(payload, bytes) else json.dumps(payload).encode()
    given = {
        "linear-signature": hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest(),
        "linear-delivery": DELIVERY,
    }
    return webhook.read(given | {n.replace("_", "-"): v for n, v in headers.items()}, body)
