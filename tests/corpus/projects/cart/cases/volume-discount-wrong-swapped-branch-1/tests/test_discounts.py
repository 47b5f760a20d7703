import pytest

from discounts import volume_discount_cents


def test_no_discount_below_threshold():
    assert volume_discount_cents(9999) == 0


def test_discount_applies_from_threshold():
    assert volume_discount_cents(10000) > 0


def test_discount_for_large_cart():
    discount = volume_discount_cents(50000)
    assert isinstance(discount, int)
    assert 0 < discount < 50000


def test_negative_subtotal_raises():
    with pytest.raises(ValueError):
        volume_discount_cents(-1)
