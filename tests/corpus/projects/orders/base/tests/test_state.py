import pytest

from orders.state import InvalidTransition, State, advance


def test_the_usual_way():
    assert advance(State.NEW, "pay") is State.PAID
    assert advance(State.PAID, "ship") is State.SHIPPED


@pytest.mark.parametrize(
    ("state", "event"), [(State.NEW, "ship"), (State.PAID, "pay"), (State.SHIPPED, "pay")]
)
def test_what_cannot_be(state, event):
    with pytest.raises(InvalidTransition, match=f"cannot {event} an order that is {state.value}"):
        advance(state, event)
