from itertools import product

import pytest

from orders.state import InvalidTransition, State, advance

ALLOWED = {
    ("new", "pay"): "paid",
    ("new", "cancel"): "cancelled",
    ("paid", "ship"): "shipped",
    ("paid", "cancel"): "cancelled",
    ("shipped", "deliver"): "delivered",
    ("shipped", "return"): "returned",
    ("delivered", "return"): "returned",
}
EVENTS = ("pay", "ship", "deliver", "cancel", "return")


@pytest.mark.parametrize(("state", "event"), ALLOWED)
def test_allowed(state, event):
    assert advance(State(state), event) is State(ALLOWED[state, event])


@pytest.mark.parametrize(
    ("state", "event"), [(s, e) for s, e in product(State, EVENTS) if (s.value, e) not in ALLOWED]
)
def test_everything_else_is_not(state, event):
    with pytest.raises(InvalidTransition, match=f"cannot {event} an order that is {state.value}"):
        advance(state, event)


def test_unknown_event():
    with pytest.raises(InvalidTransition):
        advance(State.NEW, "eat")
