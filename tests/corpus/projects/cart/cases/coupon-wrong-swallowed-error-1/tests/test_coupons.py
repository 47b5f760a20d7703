from datetime import date

from coupons import CouponExpired, UnknownCoupon, apply_coupon

TODAY = date(2025, 7, 1)


def test_save10_takes_ten_percent():
    assert apply_coupon(5000, "SAVE10", TODAY) == 4500


def test_fiver_takes_five():
    assert apply_coupon(5000, "FIVER", TODAY) == 4500


def test_total_never_negative():
    assert apply_coupon(300, "FIVER", TODAY) == 0


def test_summer():
    assert apply_coupon(1000, "SUMMER", TODAY) == 800


def test_code_is_normalized():
    assert apply_coupon(5000, " save10 ", TODAY) == 4500


def test_error_types():
    assert issubclass(UnknownCoupon, ValueError)
    assert issubclass(CouponExpired, ValueError)
