from datetime import date

import pytest

from coupons import COUPONS, CouponExpired, UnknownCoupon, apply_coupon

TODAY = date(2025, 6, 1)


def test_all_coupons_exist():
    assert set(COUPONS) == {"SAVE10", "FIVER", "SUMMER"}


@pytest.mark.parametrize("code", ["SAVE10", "FIVER", "SUMMER"])
def test_every_coupon_reduces_the_total(code):
    assert apply_coupon(10000, code, TODAY) < 10000


def test_save10_example():
    assert apply_coupon(5000, "SAVE10", TODAY) == 4500


def test_unknown_code():
    with pytest.raises(UnknownCoupon):
        apply_coupon(5000, "WINTER", TODAY)


def test_summer_is_over():
    with pytest.raises(CouponExpired):
        apply_coupon(5000, "SUMMER", date(2026, 1, 1))
