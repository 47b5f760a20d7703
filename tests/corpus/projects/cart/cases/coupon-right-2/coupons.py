"""Coupons: a function for each code. All amounts are in cents."""

import logging
from collections.abc import Callable
from datetime import date

log = logging.getLogger(__name__)

SUMMER_ENDS = date(2025, 8, 31)


class UnknownCoupon(ValueError):
    pass


class CouponExpired(ValueError):
    pass


def _save10(total: int, today: date) -> int:
    return total - total * 10 // 100


def _fiver(total: int, today: date) -> int:
    return max(total - 500, 0)


def _summer(total: int, today: date) -> int:
    if today > SUMMER_ENDS:
        raise CouponExpired(f"SUMMER ended on {SUMMER_ENDS}")
    return total - total * 20 // 100


_COUPONS: dict[str, Callable[[int, date], int]] = {
    "SAVE10": _save10,
    "FIVER": _fiver,
    "SUMMER": _summer,
}


def apply_coupon(total_cents: int, code: str, today: date) -> int:
    try:
        coupon = _COUPONS[code.strip().upper()]
    except KeyError:
        raise UnknownCoupon(f"no such coupon: {code!r}") from None
    total = coupon(total_cents, today)
    log.info("coupon %s: %d -> %d", code, total_cents, total)
    return total
