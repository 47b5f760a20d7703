from datetime import date, timedelta

import pytest

from coupons import CouponExpired, UnknownCoupon, apply_coupon

TODAY = date(2025, 6, 15)
LAST_DAY = date(2025, 8, 31)


@pytest.mark.parametrize(
    ("total", "code", "expected"),
    [
        (5000, "SAVE10", 4500),
        (1999, "SAVE10", 1800),
        (5000, "FIVER", 4500),
        (500, "FIVER", 0),
        (499, "FIVER", 0),
        (1000, "SUMMER", 800),
        (0, "SAVE10", 0),
    ],
)
def test_total_after_coupon(total, code, expected):
    assert apply_coupon(total, code, TODAY) == expected


@pytest.mark.parametrize("code", ["save10", "Save10", " SAVE10", "SAVE10\n"])
def test_codes_are_recognised_however_they_are_typed(code):
    assert apply_coupon(1000, code, TODAY) == 900


def test_summer_ends_with_its_last_day():
    assert apply_coupon(1000, "SUMMER", LAST_DAY) == 800
    with pytest.raises(CouponExpired):
        apply_coupon(1000, "SUMMER", LAST_DAY + timedelta(days=1))


@pytest.mark.parametrize("code", ["", "SAVE", "SAVE10X"])
def test_unknown_codes_are_refused(code):
    with pytest.raises(UnknownCoupon):
        apply_coupon(1000, code, TODAY)


def test_both_errors_are_value_errors():
    assert issubclass(UnknownCoupon, ValueError)
    assert issubclass(CouponExpired, ValueError)
