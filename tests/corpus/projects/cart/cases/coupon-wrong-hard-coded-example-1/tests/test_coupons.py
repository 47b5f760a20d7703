from datetime import date

import pytest

from coupons import CouponExpired, UnknownCoupon, apply_coupon

TODAY = date(2025, 7, 1)


def test_example_from_story():
    assert apply_coupon(5000, "SAVE10", TODAY) == 4500


def test_fiver_not_below_zero():
    assert apply_coupon(300, "FIVER", TODAY) == 0


def test_summer_last_day():
    assert apply_coupon(1000, "SUMMER", date(2025, 8, 31)) == 800


def test_summer_expired():
    with pytest.raises(CouponExpired):
        apply_coupon(1000, "SUMMER", date(2025, 9, 1))


def test_unknown_coupon():
    with pytest.raises(UnknownCoupon):
        apply_coupon(1000, "FOO", TODAY)


def test_lower_case():
    assert apply_coupon(5000, "save10", TODAY) == 4500
