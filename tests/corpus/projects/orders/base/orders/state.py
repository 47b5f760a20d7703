"""The states of an order, and how it gets from one to the next."""

from enum import Enum


class State(Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"


class InvalidTransition(ValueError):
    """This cannot happen to an order in this state."""

    def __init__(self, state: State, event: str) -> None:
        super().__init__(f"cannot {event} an order that is {state.value}")


def advance(state: State, event: str) -> State:
    """The state after an event. Raises InvalidTransition."""
    if event == "pay" and state is State.NEW:
        return State.PAID
    if event == "ship" and state is State.PAID:
        return State.SHIPPED
    raise InvalidTransition(state, event)
