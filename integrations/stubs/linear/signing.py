"""The bytes of a webhook delivery, signed as Linear signs them."""

from __future__ import annotations

import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping

USER_AGENT = "Linear-Webhook"


def body_of(event: Mapping[str, object]) -> bytes:
    """The exact bytes that are signed and sent."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def signature(body: bytes, secret: str) -> str:
    """Lower-case hex HMAC-SHA256 of the raw body, for the header `Linear-Signature`."""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def headers_of(
    event: Mapping[str, object], body: bytes, secret: str, delivery_id: str | None = None
) -> dict[str, str]:
    """The headers of one delivery; `delivery_id` is the same on every retry of it."""
    return {
        "Content-Type": "application/json; charset=utf-8",
        "User-Agent": USER_AGENT,
        "Linear-Delivery": delivery_id or str(uuid.uuid4()),
        "Linear-Event": str(event["type"]),
        "Linear-Signature": signature(body, secret),
        "Linear-Timestamp": str(event["webhookTimestamp"]),
    }
