from unittest.mock import Mock

import pytest

from orders.payment import ProviderBusy, RefundRefused
from orders.refunds import Outcome, settle


def test_refund_is_sent_to_provider():
    provider = Mock()
    assert settle("A1", 100, provider) is Outcome.REFUNDED
    provider.refund.assert_called_once_with("A1", 100)


def test_busy_provider():
    provider = Mock()
    provider.refund.side_effect = ProviderBusy("busy")
    assert settle("A1", 100, provider) is Outcome.TRY_LATER


def test_refused_refund_is_not_refunded():
    provider = Mock()
    provider.refund.side_effect = RefundRefused("too old")
    assert settle("A1", 100, provider) is not Outcome.REFUNDED


def test_unexpected_error_is_raised():
    provider = Mock()
    provider.refund.side_effect = RuntimeError("bug")
    with pytest.raises(RuntimeError):
        settle("A1", 100, provider)


def test_nothing_due():
    provider = Mock()
    assert settle("A1", 0, provider) is Outcome.NOTHING_DUE
    assert not provider.refund.called


def test_negative_amount():
    with pytest.raises(ValueError):
        settle("A1", -5, Mock())
