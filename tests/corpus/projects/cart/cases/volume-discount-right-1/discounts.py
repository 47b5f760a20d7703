"""Discounts that the checkout takes off a cart. All amounts are in cents."""


def volume_discount_cents(subtotal_cents: int) -> int:
    """The discount for a large cart, in whole cents."""
    if subtotal_cents < 0:
        raise ValueError(f"a subtotal cannot be negative: {subtotal_cents}")
    if subtotal_cents >= 50_000:
        return subtotal_cents * 10 // 100
    if subtotal_cents >= 10_000:
        return subtotal_cents * 5 // 100
    return 0
