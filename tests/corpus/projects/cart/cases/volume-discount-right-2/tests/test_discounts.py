import pytest

from discounts import volume_discount_cents


class TestVolumeDiscount:
    def test_small_carts_get_none(self):
        assert volume_discount_cents(0) == 0
        assert volume_discount_cents(9999) == 0

    def test_five_per_cent_from_one_hundred(self):
        assert volume_discount_cents(10000) == 500
        assert volume_discount_cents(49999) == 2499

    def test_ten_per_cent_from_five_hundred(self):
        assert volume_discount_cents(50000) == 5000
        assert volume_discount_cents(75559) == 7555

    def test_negative_is_an_error(self):
        with pytest.raises(ValueError):
            volume_discount_cents(-1)
