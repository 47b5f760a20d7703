"""Refunds through the payment provider."""

import logging
from enum import Enum

from orders.payment import Provider, ProviderBusy, RefundRefused

logger = logging.getLogger(__name__)


class Outcome(Enum):
    REFUNDED = "refunded"
    TRY_LATER = "try later"
    BY_HAND = "by hand"
    NOTHING_DUE = "nothing due"


def settle(order_id: str, cents: int, provider: Provider) -> Outcome:
    """Refund ``cents`` once. Raises ValueError for a negative amount; errors other than the two that
    the provider may answer go through.
    """
    if cents < 0:
        raise ValueError(f"cannot refund {cents} cents")
    if cents == 0:
        return Outcome.NOTHING_DUE
    try:
        provider.refund(order_id, cents)
    except ProviderBusy:
        return Outcome.TRY_LATER
    except RefundRefused as error:
        logger.warning("refund of %s was refused: %s", order_id, error)
        return Outcome.BY_HAND
    return Outcome.REFUNDED
