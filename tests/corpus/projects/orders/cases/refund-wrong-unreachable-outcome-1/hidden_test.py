import pytest

from orders.payment import PaymentError, ProviderBusy, RefundRefused
from orders.refunds import Outcome, settle


class Provider:
    def __init__(self, error=None):
        self.error = error
        self.calls = []

    def refund(self, order_id, cents):
        self.calls.append((order_id, cents))
        if self.error:
            raise self.error


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (None, Outcome.REFUNDED),
        (ProviderBusy(), Outcome.TRY_LATER),
        (RefundRefused(), Outcome.BY_HAND),
    ],
)
def test_outcome(error, outcome):
    provider = Provider(error)
    assert settle("A1", 500, provider) is outcome
    assert provider.calls == [("A1", 500)]


@pytest.mark.parametrize("error", [PaymentError(), TypeError(), ConnectionError(), KeyError()])
def test_other_errors(error):
    with pytest.raises(type(error)):
        settle("A1", 500, Provider(error))


def test_nothing_due():
    provider = Provider()
    assert settle("A1", 0, provider) is Outcome.NOTHING_DUE
    assert provider.calls == []
    with pytest.raises(ValueError):
        settle("A1", -1, provider)
    assert provider.calls == []


def test_one_cent():
    assert settle("A1", 1, Provider()) is Outcome.REFUNDED
