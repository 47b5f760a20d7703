from datetime import date

import pytest

from coupons import CouponExpired, UnknownCoupon, apply_coupon

JULY = date(2025, 7, 1)


def test_save10():
    assert apply_coupon(5000, "SAVE10", JULY) == 4500
    assert apply_coupon(1995, "SAVE10", JULY) == 1796


def test_fiver():
    assert apply_coupon(700, "FIVER", JULY) == 200


def test_fiver_never_goes_below_zero():
    assert apply_coupon(499, "FIVER", JULY) == 0
    assert apply_coupon(501, "FIVER", JULY) == 1


def test_summer_while_it_lasts():
    assert apply_coupon(1000, "SUMMER", date(2025, 8, 31)) == 800
    assert apply_coupon(1009, "SUMMER", JULY) == 808


def test_summer_afterwards():
    with pytest.raises(CouponExpired, match="2025-08-31"):
        apply_coupon(1000, "SUMMER", date(2025, 9, 1))


def test_case_and_spaces():
    assert apply_coupon(1000, "  fiver ", JULY) == 500


def test_unknown():
    with pytest.raises(UnknownCoupon, match="'XYZ'"):
        apply_coupon(1000, "XYZ", JULY)
