"""Settle refunds with the payment provider."""

from enum import Enum

from orders.payment import PaymentError, Provider, RefundRefused


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
    except PaymentError:
        return Outcome.TRY_LATER
    except RefundRefused:
        return Outcome.BY_HAND
    return Outcome.REFUNDED
