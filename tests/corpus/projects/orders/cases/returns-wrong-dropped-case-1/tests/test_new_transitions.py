import pytest

from orders.state import TRANSITIONS, InvalidTransition, State, advance


@pytest.mark.parametrize("event", TRANSITIONS)
def test_transitions(event):
    source, target = TRANSITIONS[event]
    assert advance(source, event) is target


def test_full_cycle():
    state = State.NEW
    for event in ("pay", "ship", "deliver", "return"):
        state = advance(state, event)
    assert state is State.RETURNED


def test_cancel_new_order():
    assert advance(State.NEW, "cancel") is State.CANCELLED


def test_invalid():
    with pytest.raises(InvalidTransition):
        advance(State.DELIVERED, "pay")
