"""Settles refunds and says what is to be done next."""

import enum

from orders.payment import PaymentError, Provider, ProviderBusy, RefundRefused


class Outcome(enum.Enum):
    REFUNDED = enum.auto()
    TRY_LATER = enum.auto()
    BY_HAND = enum.auto()
    NOTHING_DUE = enum.auto()


_ANSWERS: dict[type[PaymentError], Outcome] = {
    ProviderBusy: Outcome.TRY_LATER,
    RefundRefused: Outcome.BY_HAND,
}


def settle(order_id: str, cents: int, provider: Provider) -> Outcome:
    if cents < 0:
        raise ValueError("the amount is negative")
    if not cents:
        return Outcome.NOTHING_DUE
    try:
        provider.refund(order_id, cents)
    except tuple(_ANSWERS) as error:
        return _ANSWERS[type(error)]
    return Outcome.REFUNDED
