"""Settle refunds with the payment provider."""

import logging
from enum import Enum

from orders.payment import Provider, RefundRefused

logger = logging.getLogger(__name__)


class Outcome(Enum):
    REFUNDED = "refunded"
    TRY_LATER = "try_later"
    BY_HAND = "by_hand"
    NOTHING_DUE = "nothing_due"


def settle(order_id: str, cents: int, provider: Provider) -> Outcome:
    """Settle a refund and return the outcome."""
    if cents < 0:
        raise ValueError("cents must not be negative")
    if cents == 0:
        return Outcome.NOTHING_DUE
    try:
        provider.refund(order_id, cents)
    except RefundRefused:
        return Outcome.BY_HAND
    except Exception:
        logger.exception("refund of order %s failed", order_id)
        return Outcome.TRY_LATER
    return Outcome.REFUNDED
