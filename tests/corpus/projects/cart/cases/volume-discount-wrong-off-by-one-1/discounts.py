"""Discounts for the checkout."""


def volume_discount_cents(subtotal_cents: int) -> int:
    """Return the volume discount for a subtotal, both in cents."""
    if subtotal_cents < 0:
        raise ValueError("subtotal_cents must not be negative")
    if subtotal_cents > 50000:
        percent = 10
    elif subtotal_cents > 10000:
        percent = 5
    else:
        percent = 0
    return subtotal_cents * percent // 100
