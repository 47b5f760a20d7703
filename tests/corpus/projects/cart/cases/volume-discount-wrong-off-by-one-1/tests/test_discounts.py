"""Tests for the volume discount."""

import pytest

from discounts import volume_discount_cents


def test_no_discount_for_small_cart():
    assert volume_discount_cents(5000) == 0


def test_five_percent_for_medium_cart():
    assert volume_discount_cents(20000) == 1000


def test_ten_percent_for_large_cart():
    assert volume_discount_cents(60000) == 6000


def test_fraction_is_dropped():
    assert volume_discount_cents(20019) == 1000


def test_negative_subtotal_raises():
    with pytest.raises(ValueError):
        volume_discount_cents(-100)
