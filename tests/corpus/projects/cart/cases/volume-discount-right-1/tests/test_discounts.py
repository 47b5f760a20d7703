import pytest

from discounts import volume_discount_cents


@pytest.mark.parametrize(
    ("subtotal", "expected"),
    [
        (0, 0),
        (9_999, 0),
        (10_000, 500),
        (10_019, 500),
        (49_999, 2_499),
        (50_000, 5_000),
        (50_009, 5_000),
        (123_456, 12_345),
    ],
)
def test_discount_by_subtotal(subtotal, expected):
    assert volume_discount_cents(subtotal) == expected


def test_negative_subtotal_is_refused():
    with pytest.raises(ValueError, match="-1"):
        volume_discount_cents(-1)
