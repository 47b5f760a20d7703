import pytest

from orders.payment import PaymentError, ProviderBusy, RefundRefused
from orders.refunds import Outcome, settle


class Stub:
    def __init__(self, *answers):
        self.answers = list(answers)
        self.asked = []

    def refund(self, order_id, cents):
        self.asked.append((order_id, cents))
        answer = self.answers.pop(0)
        if answer is not None:
            raise answer


def test_a_job_of_several_refunds():
    provider = Stub(None, ProviderBusy(), RefundRefused(), None)
    outcomes = [settle(f"order-{n}", n * 100, provider) for n in range(5)]
    assert outcomes == [
        Outcome.NOTHING_DUE,
        Outcome.REFUNDED,
        Outcome.TRY_LATER,
        Outcome.BY_HAND,
        Outcome.REFUNDED,
    ]
    assert provider.asked == [(f"order-{n}", n * 100) for n in range(1, 5)]


def test_a_negative_amount_never_reaches_the_provider():
    provider = Stub()
    with pytest.raises(ValueError, match="negative"):
        settle("order", -1, provider)
    assert provider.asked == []


def test_faults_of_ours_are_not_hidden():
    for fault in (TypeError("ours"), KeyError("ours"), PaymentError("unknown answer")):
        with pytest.raises(type(fault)):
            settle("order", 100, Stub(fault))


def test_one_cent_is_refunded():
    assert settle("order", 1, Stub(None)) is Outcome.REFUNDED
