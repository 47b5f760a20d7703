"""Linear's webhook deliveries: how they are stamped, signed and retried."""

from __future__ import annotations

import time
from collections.abc import Mapping

from integrations.stubs.deliveries import Delivery

from .signing import body_of, headers_of


class LinearDeliveries:
    """See `integrations.stubs.webhooks.Form`."""

    retry_delays_seconds = (60.0, 3600.0, 21600.0)
    """Linear's documented schedule: after 1 minute, 1 hour, 6 hours; then never again."""
    answer_within_seconds = 5.0

    def stamped(self, event: Mapping[str, object]) -> Mapping[str, object]:
        return {**event, "webhookTimestamp": int(time.time() * 1000)}

    def signed(self, delivery: Delivery, secret: str) -> tuple[bytes, dict[str, str]]:
        body = body_of(delivery.event)
        return body, headers_of(delivery.event, body, secret, delivery.id)
