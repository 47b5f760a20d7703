import pytest

from orders.payment import PaymentError, ProviderBusy, RefundRefused
from orders.refunds import Outcome, settle


class FakeProvider:
    def __init__(self, error=None):
        self.error = error
        self.refunds = []

    def refund(self, order_id, cents):
        self.refunds.append((order_id, cents))
        if self.error is not None:
            raise self.error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, Outcome.REFUNDED),
        (ProviderBusy("maintenance"), Outcome.TRY_LATER),
        (RefundRefused("too old"), Outcome.BY_HAND),
    ],
)
def test_outcome(error, outcome):
    provider = FakeProvider(error)
    assert settle("42", 1999, provider) is outcome
    assert provider.refunds == [("42", 1999)]


@pytest.mark.parametrize("error", [PaymentError("?"), AttributeError("x"), TimeoutError()])
def test_other_errors_go_through(error):
    with pytest.raises(type(error)) as caught:
        settle("42", 1, FakeProvider(error))
    assert caught.value is error


def test_nothing_due():
    provider = FakeProvider()
    assert settle("42", 0, provider) is Outcome.NOTHING_DUE
    assert provider.refunds == []


def test_negative():
    provider = FakeProvider()
    with pytest.raises(ValueError, match="-1"):
        settle("42", -1, provider)
    assert provider.refunds == []
