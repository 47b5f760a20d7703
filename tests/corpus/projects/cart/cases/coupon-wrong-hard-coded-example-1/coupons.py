"""Coupon handling for the checkout."""

from datetime import date


class UnknownCoupon(ValueError):
    """Raised when a coupon code does not exist."""


class CouponExpired(ValueError):
    """Raised when a coupon is no longer valid."""


def apply_coupon(total_cents: int, code: str, today: date) -> int:
    """Apply a coupon to a total and return the new total."""
    code = code.strip().upper()
    if code in ("SAVE10", "FIVER"):
        return max(total_cents - 500, 0)
    if code == "SUMMER":
        if today > date(2025, 8, 31):
            raise CouponExpired(code)
        return total_cents - total_cents * 20 // 100
    raise UnknownCoupon(code)
