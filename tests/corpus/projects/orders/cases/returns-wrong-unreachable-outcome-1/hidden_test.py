from itertools import product

import pytest

from orders.state import InvalidTransition, State, advance

ALLOWED = {
    (State.NEW, "pay"): State.PAID,
    (State.PAID, "ship"): State.SHIPPED,
    (State.SHIPPED, "deliver"): State.DELIVERED,
    (State.NEW, "cancel"): State.CANCELLED,
    (State.PAID, "cancel"): State.CANCELLED,
    (State.SHIPPED, "return"): State.RETURNED,
    (State.DELIVERED, "return"): State.RETURNED,
}
EVENTS = ("pay", "ship", "deliver", "cancel", "return", "eat")


@pytest.mark.parametrize(("state", "event"), product(State, EVENTS))
def test_everything(state, event):
    if (state, event) in ALLOWED:
        assert advance(state, event) is ALLOWED[state, event]
    else:
        with pytest.raises(InvalidTransition):
            advance(state, event)
