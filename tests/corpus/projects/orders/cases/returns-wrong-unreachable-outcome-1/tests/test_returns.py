import pytest

from orders.state import END_STATES, InvalidTransition, State, advance


def test_deliver():
    assert advance(State.SHIPPED, "deliver") is State.DELIVERED


@pytest.mark.parametrize("state", [State.NEW, State.PAID])
def test_cancel(state):
    assert advance(state, "cancel") is State.CANCELLED


@pytest.mark.parametrize("state", [State.SHIPPED, State.DELIVERED])
def test_return_ends_the_order(state):
    assert advance(state, "return") in END_STATES


@pytest.mark.parametrize("state", sorted(END_STATES, key=lambda s: s.value))
@pytest.mark.parametrize("event", ["pay", "ship", "deliver", "cancel", "return"])
def test_end_states_are_final(state, event):
    with pytest.raises(InvalidTransition):
        advance(state, event)
