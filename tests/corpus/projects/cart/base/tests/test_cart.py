import pytest

from cart import Cart, Line


def test_subtotal_adds_quantities():
    cart = Cart()
    cart.add(Line("A", 250, 2))
    cart.add(Line("B", 100))
    assert cart.subtotal_cents() == 600


def test_empty_cart_costs_nothing():
    assert Cart().subtotal_cents() == 0


@pytest.mark.parametrize("quantity", [0, -1])
def test_quantity_must_be_positive(quantity):
    with pytest.raises(ValueError):
        Cart().add(Line("A", 100, quantity))
