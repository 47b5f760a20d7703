"""Volume discounts, as agreed with sales. All amounts are in cents."""

TIERS = ((50_000, 10), (10_000, 5))
"""From how many cents on, how many per cent; the highest first."""


def volume_discount_cents(subtotal_cents: int) -> int:
    if subtotal_cents < 0:
        raise ValueError("subtotal is negative")
    percent = next((percent for start, percent in TIERS if subtotal_cents >= start), 0)
    return subtotal_cents * percent // 100
