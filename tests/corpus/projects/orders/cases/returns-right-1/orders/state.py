"""The states of an order, and how it gets from one to the next."""

from enum import Enum


class State(Enum):
    NEW = "new"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    RETURNED = "returned"


_NEXT = {
    (State.NEW, "pay"): State.PAID,
    (State.NEW, "cancel"): State.CANCELLED,
    (State.PAID, "ship"): State.SHIPPED,
    (State.PAID, "cancel"): State.CANCELLED,
    (State.SHIPPED, "deliver"): State.DELIVERED,
    (State.SHIPPED, "return"): State.RETURNED,
    (State.DELIVERED, "return"): State.RETURNED,
}


class InvalidTransition(ValueError):
    """This cannot happen to an order in this state."""

    def __init__(self, state: State, event: str) -> None:
        super().__init__(f"cannot {event} an order that is {state.value}")


def advance(state: State, event: str) -> State:
    """The state after an event. Raises InvalidTransition."""
    try:
        return _NEXT[state, event]
    except KeyError:
        raise InvalidTransition(state, event) from None
