"""Coupons of the shop. All amounts are in cents."""

from dataclasses import dataclass
from datetime import date


class UnknownCoupon(ValueError):
    """There is no coupon with this code."""


class CouponExpired(ValueError):
    """The coupon was valid once."""


@dataclass(frozen=True)
class Coupon:
    percent: int = 0
    amount_cents: int = 0
    last_day: date | None = None


COUPONS = {
    "SAVE10": Coupon(percent=10),
    "FIVER": Coupon(amount_cents=500),
    "SUMMER": Coupon(percent=20, last_day=date(2025, 8, 31)),
}


def apply_coupon(total_cents: int, code: str, today: date) -> int:
    """The total after the coupon. Raises UnknownCoupon and CouponExpired."""
    coupon = COUPONS.get(code.strip().upper())
    if coupon is None:
        raise UnknownCoupon(code)
    if coupon.last_day is not None and today > coupon.last_day:
        raise CouponExpired(code)
    discount = total_cents * coupon.percent // 100 + coupon.amount_cents
    return total_cents - discount
