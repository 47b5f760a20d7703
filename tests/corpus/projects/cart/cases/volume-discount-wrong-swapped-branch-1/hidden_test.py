import pytest

from discounts import volume_discount_cents


@pytest.mark.parametrize(
    ("subtotal", "discount"),
    [(0, 0), (9999, 0), (10000, 500), (10019, 500), (49999, 2499), (50000, 5000), (80009, 8000)],
)
def test_tiers(subtotal, discount):
    assert volume_discount_cents(subtotal) == discount


def test_negative():
    with pytest.raises(ValueError):
        volume_discount_cents(-1)
