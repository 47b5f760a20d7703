from unittest.mock import Mock

import pytest

from orders.payment import ProviderBusy, RefundRefused
from orders.refunds import Outcome, settle


@pytest.fixture
def provider():
    return Mock()


def test_refunded(provider):
    assert settle("A1", 100, provider) is Outcome.REFUNDED
    provider.refund.assert_called_once_with("A1", 100)


def test_busy(provider):
    provider.refund.side_effect = ProviderBusy
    assert settle("A1", 100, provider) is Outcome.TRY_LATER


def test_refused(provider):
    provider.refund.side_effect = RefundRefused
    assert settle("A1", 100, provider) is Outcome.BY_HAND


def test_nothing_due(provider):
    assert settle("A1", 0, provider) is Outcome.NOTHING_DUE
    provider.refund.assert_not_called()


def test_negative(provider):
    with pytest.raises(ValueError):
        settle("A1", -1, provider)
