"""What the payment provider can answer to a refund."""

from typing import Protocol


class PaymentError(Exception):
    """The provider did not do it."""


class RefundRefused(PaymentError):
    """It will never do it: the payment is too old, or was refunded."""


class ProviderBusy(PaymentError):
    """It may do it later."""


class Provider(Protocol):
    def refund(self, order_id: str, cents: int) -> None: ...
