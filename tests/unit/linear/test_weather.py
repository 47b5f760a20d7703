"""Bad weather comes out of every method as what it is."""

from collections.abc import Callable

import pytest

from integrations.linear import LinearTracker
from integrations.stubs import Stubs
from integrations.stubs.mischief import Misdeed
from worker.domain.errors import RateLimited, Unavailable
from worker.domain.ticket import Ticket, TicketId

BAD_WEATHER = (
    Misdeed("error", status=500),
    Misdeed("error", status=502, after=True),
    Misdeed("error", status=503),
    Misdeed("cut"),
    Misdeed("cut", after=True),
)
CALLS: dict[str, Callable[[LinearTracker, Ticket], object]] = {
    "ticket": lambda tracker, ticket: tracker.ticket(ticket.ref.id),
    "ready_tickets": lambda tracker, _: tracker.ready_tickets("agent"),
    "start": lambda tracker, ticket: tracker.start(ticket),
    "comment": lambda tracker, ticket: tracker.comment(ticket.ref.id, "key", "body"),
    "attach": lambda tracker, ticket: tracker.attach(ticket.ref.id, "https://a", "b", "c"),
    "label_ids": lambda tracker, _: tracker.label_ids("agent"),
    "viewer_id": lambda tracker, _: tracker.viewer_id(),
}


@pytest.mark.parametrize("call", CALLS)
def test_bad_weather_is_told_as_what_it_is(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId, call: str
) -> None:
    ticket = tracker.ticket(ticket_id)
    for misdeed in BAD_WEATHER:
        stubs.mischief["linear"].add(misdeed)
        with pytest.raises(Unavailable):
            CALLS[call](tracker, ticket)
        stubs.mischief["linear"].clear()
    stubs.mischief["linear"].add(Misdeed("rate_limit", seconds=500))
    with pytest.raises(RateLimited) as raised:
        CALLS[call](tracker, ticket)
    assert raised.value.retry_after_seconds == pytest.approx(500, abs=60)
    stubs.mischief["linear"].clear()
    CALLS[call](tracker, ticket)
