"""Discounts for the checkout."""

LARGE = 50_000
MEDIUM = 10_000


def volume_discount_cents(subtotal_cents: int) -> int:
    """Return the volume discount for a subtotal, both in cents."""
    if subtotal_cents < 0:
        raise ValueError("subtotal_cents must not be negative")
    if subtotal_cents < MEDIUM:
        return 0
    rate = 0.05 if subtotal_cents >= LARGE else 0.10
    return int(subtotal_cents * rate)
