"""The states of an order, and how it gets from one to the next."""

from enum import Enum


class State(Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


END_STATES = {State.CANCELLED, State.RETURNED}


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
    if event == "deliver" and state is State.SHIPPED:
        return State.DELIVERED
    if event == "cancel" and state in (State.NEW, State.PAID):
        return State.CANCELLED
    if event == "return" and state in (State.SHIPPED, State.DELIVERED):
        return State.CANCELLED
    raise InvalidTransition(state, event)
