from functools import reduce

import pytest

from orders.state import InvalidTransition, State, advance


def life(*events):
    return reduce(advance, events, State.NEW)


def test_delivered():
    assert life("pay", "ship", "deliver") is State.DELIVERED


def test_cancelled_before_and_after_payment():
    assert life("cancel") is State.CANCELLED
    assert life("pay", "cancel") is State.CANCELLED


def test_returned_at_the_door_and_later():
    assert life("pay", "ship", "return") is State.RETURNED
    assert life("pay", "ship", "deliver", "return") is State.RETURNED


@pytest.mark.parametrize(
    "events",
    [
        ["deliver"],
        ["return"],
        ["pay", "deliver"],
        ["pay", "return"],
        ["pay", "ship", "cancel"],
        ["pay", "ship", "deliver", "cancel"],
        ["pay", "ship", "deliver", "deliver"],
        ["cancel", "cancel"],
        ["cancel", "pay"],
        ["cancel", "return"],
        ["pay", "ship", "return", "return"],
        ["pay", "ship", "return", "deliver"],
    ],
)
def test_impossible(events):
    *possible, last = events
    state = life(*possible)
    with pytest.raises(InvalidTransition):
        advance(state, last)
