from datetime import date

import pytest

from coupons import CouponExpired, UnknownCoupon, apply_coupon

TODAY = date(2025, 7, 1)


@pytest.mark.parametrize(
    ("total", "code", "expected"),
    [
        (5000, "SAVE10", 4500),
        (1999, "SAVE10", 1800),
        (5000, "FIVER", 4500),
        (300, "FIVER", 0),
        (1000, "SUMMER", 800),
        (1000, " save10 ", 900),
    ],
)
def test_total(total, code, expected):
    assert apply_coupon(total, code, TODAY) == expected


def test_last_day():
    assert apply_coupon(1000, "SUMMER", date(2025, 8, 31)) == 800
    with pytest.raises(CouponExpired):
        apply_coupon(1000, "SUMMER", date(2025, 9, 1))


def test_unknown():
    with pytest.raises(UnknownCoupon):
        apply_coupon(1000, "NOPE", TODAY)
