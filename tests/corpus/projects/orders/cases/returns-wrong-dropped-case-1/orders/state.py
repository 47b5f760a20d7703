"""The states of an order, and how it gets from one to the next."""

from enum import Enum


class State(Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


TRANSITIONS = {
    "pay": (State.NEW, State.PAID),
    "ship": (State.PAID, State.SHIPPED),
    "deliver": (State.SHIPPED, State.DELIVERED),
    "cancel": (State.NEW, State.CANCELLED),
    "return": (State.DELIVERED, State.RETURNED),
}


class InvalidTransition(ValueError):
    """This cannot happen to an order in this state."""

    def __init__(self, state: State, event: str) -> None:
        super().__init__(f"cannot {event} an order that is {state.value}")


def advance(state: State, event: str) -> State:
    """The state after an event. Raises InvalidTransition."""
    source, target = TRANSITIONS.get(event, (None, state))
    if state is not source:
        raise InvalidTransition(state, event)
    return target
