"""Coupon handling for the checkout."""

from datetime import date


class UnknownCoupon(ValueError):
    """Raised when a coupon code does not exist."""


class CouponExpired(ValueError):
    """Raised when a coupon is no longer valid."""


_PERCENT = {"SAVE10": 10, "SUMMER": 20}
_FIXED = {"FIVER": 500}
_LAST_DAY = {"SUMMER": date(2025, 8, 31)}


def _lookup(code: str, today: date) -> tuple[int, int]:
    normalized = code.strip().upper()
    if normalized not in _PERCENT and normalized not in _FIXED:
        raise UnknownCoupon(code)
    if normalized in _LAST_DAY and today > _LAST_DAY[normalized]:
        raise CouponExpired(code)
    return _PERCENT.get(normalized, 0), _FIXED.get(normalized, 0)


def apply_coupon(total_cents: int, code: str, today: date) -> int:
    """Apply a coupon to a total and return the new total."""
    try:
        percent, fixed = _lookup(code, today)
    except ValueError:
        # Never block the checkout because of a bad coupon.
        return total_cents
    return max(total_cents - total_cents * percent // 100 - fixed, 0)
