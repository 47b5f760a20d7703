"""Waiting is free: blocked tickets and used-up rate limits hold nothing, and end by themselves."""

import time
from collections.abc import Callable, Iterator
from contextlib import closing

import pytest

from tests.chaos.scenarios.seeing import Onlooker, fine_weather, remove
from tests.chaos.scenarios.staging import AT_ONCE, SCRIPTED, SELDOM_TIDY, Troupe, playing
from tests.chaos.scenarios.stories import CALLS_PER_ROUND, rules, story
from tests.chaos.scenarios.tickets import tell
from tests.e2e.playing import Json
from worker.domain.events import Outcome
from worker.domain.summary import RunSummary

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(300)]

LABEL = ("agent",)
ONE_SLOT = {**SCRIPTED, **SELDOM_TIDY, "MAX_RUNNING": "1"}
PARKED = 100
LIMITED_SECONDS = 20
"""More than any client sleeps on."""
Property = Callable[[str, object], None]


@pytest.fixture(scope="module")
def troupe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Troupe]:
    with playing(tmp_path_factory.mktemp("waiting"), settings=ONE_SLOT) as troupe:
        troupe.models_answer(*rules())
        yield troupe


@pytest.fixture(scope="module")
def seen(troupe: Troupe) -> Iterator[Onlooker]:
    with closing(Onlooker(troupe)) as seen:
        yield seen


@pytest.fixture(autouse=True)
def good_weather(troupe: Troupe) -> Iterator[None]:
    """Nothing goes wrong at the vendors' but what a test wants."""
    yield
    fine_weather(troupe)


def _blocked(troupe: Troupe, title: str, *blockers: Json) -> Json:
    """A labelled ticket that waits for others."""
    ticket = troupe.ticket(title, story(), AT_ONCE)
    for blocker in blockers:
        troupe.stage.act(f"/linear/tickets/{ticket['id']}/block", by=blocker["id"])
    troupe.label(ticket, add=LABEL)
    return ticket


def _close(troupe: Troupe, ticket: Json, how: str) -> None:
    troupe.stage.act(f"/linear/tickets/{ticket['id']}/close", how=how)


def _ends_accepted(troupe: Troupe, seen: Onlooker, ticket: Json) -> None:
    seen.until_state(ticket, "closed")
    (row,) = seen.rows(ticket)
    assert row.outcome is Outcome.ACCEPTED, row
    assert len(seen.pulls(ticket)) == 1


def _holds_nothing(row: RunSummary) -> bool:
    return row.holder is None and row.attempt == 0


def test_a_chain_of_three_goes_on_link_by_link(troupe: Troupe, seen: Onlooker) -> None:
    """Each waits for the one before to be finished by a person, who needs to say nothing else."""
    first = troupe.ticket("First link", story(), AT_ONCE)
    second = _blocked(troupe, "Second link", first)
    third = _blocked(troupe, "Third link", second)
    for ticket, blocker in ((second, first), (third, second)):
        row = seen.until_state(ticket, "parked")
        assert _holds_nothing(row)
        assert blocker["identifier"] in row.note
        (comment,) = troupe.comments(ticket)
        assert "Waiting" in comment
        assert blocker["identifier"] in comment
    _close(troupe, first, "completed")
    _ends_accepted(troupe, seen, second)
    assert seen.newest(third).state == "parked"  # type: ignore[union-attr]  # it was there
    _close(troupe, second, "completed")
    _ends_accepted(troupe, seen, third)
    assert len(troupe.comments(third)) == 3


@pytest.mark.parametrize("how", ["canceled", "duplicate", "removed"])
def test_a_blocker_that_is_given_up_blocks_no_more(
    troupe: Troupe, seen: Onlooker, how: str
) -> None:
    """Cancelled counts as finished, and so does a ticket that was deleted."""
    blocker = troupe.ticket(f"Will be {how}", story(), AT_ONCE)
    ticket = _blocked(troupe, f"Waits for what is {how}", blocker)
    seen.until_state(ticket, "parked")
    if how == "removed":
        remove(troupe, f"/linear/tickets/{blocker['id']}")
    else:
        _close(troupe, blocker, how)
    _ends_accepted(troupe, seen, ticket)


def test_two_blockers_must_both_be_finished(troupe: Troupe, seen: Onlooker) -> None:
    """One of two is not enough."""
    blockers = [troupe.ticket(f"Of two, {n}", story(), AT_ONCE) for n in (1, 2)]
    ticket = _blocked(troupe, "Waits for two", *blockers)
    row = seen.until_state(ticket, "parked")
    assert all(each["identifier"] in row.note for each in blockers)
    _close(troupe, blockers[0], "completed")
    other = troupe.ticket("Afterwards", story(), AT_ONCE, *LABEL)
    _ends_accepted(troupe, seen, other)
    assert seen.newest(ticket).state == "parked"  # type: ignore[union-attr]  # it was there
    _close(troupe, blockers[1], "completed")
    _ends_accepted(troupe, seen, ticket)


def test_a_parked_run_is_cancelled_by_removing_the_label(troupe: Troupe, seen: Onlooker) -> None:
    """At once, with one comment, and nothing of it was worked on."""
    before = len(troupe.stage.get("/requests"))
    blocker = troupe.ticket("Never finished", story(), AT_ONCE)
    ticket = _blocked(troupe, "Taken back while it waits", blocker)
    seen.until_state(ticket, "parked")
    troupe.label(ticket, remove=LABEL)
    seen.until_state(ticket, "closed")
    (row,) = seen.rows(ticket)
    assert row.outcome is Outcome.CANCELLED
    assert sum("Cancelled" in comment for comment in troupe.comments(ticket)) == 1
    assert len(troupe.stage.get("/requests")) == before


def test_a_hundred_parked_runs_use_no_sandbox_no_slot_and_no_process(
    troupe: Troupe, seen: Onlooker, record_property: Property
) -> None:
    """Acceptance 7: with a single slot, a fresh ticket is worked on at once beside them."""
    services = ("worker", "receiver", "reconciler")
    # The worker's child is there once a run has ended in it.
    _ends_accepted(troupe, seen, troupe.ticket("Comes first", story(), AT_ONCE, *LABEL))
    before = {name: _lasting(seen, name) for name in services}
    blocker = troupe.ticket("Blocks a hundred", story(), AT_ONCE)
    other = troupe.ticket("Blocks them too", story(), AT_ONCE)
    tickets = [_blocked(troupe, "First of a hundred", blocker)]
    tickets += [
        _blocked(troupe, f"One of a hundred, {n}", blocker, other) for n in range(1, PARKED)
    ]
    names = {ticket["identifier"] for ticket in tickets}

    def parked() -> bool:
        rows = [row for row in seen.rows() if row.ticket in names]
        return [row.state for row in rows] == ["parked"] * PARKED

    seen.until("all are parked", parked)
    assert all(_holds_nothing(row) for row in seen.rows() if row.ticket in names)
    assert list(troupe.directory.glob("data/scripted-sandboxes/*/open/*")) == []
    assert {name: _lasting(seen, name) for name in services} == before
    began = time.monotonic()
    fresh = troupe.ticket("Fresh", story(), AT_ONCE, *LABEL)
    _ends_accepted(troupe, seen, fresh)
    tell(record_property, fresh_ticket_s=time.monotonic() - began)
    assert parked()
    _close(troupe, blocker, "canceled")
    _ends_accepted(troupe, seen, tickets[0])


def _lasting(seen: Onlooker, name: str) -> int:
    """How many processes a service has, leaving out those that come and go (git, tidying)."""
    counts = []
    for _ in range(20):
        counts.append(len(seen.tree(name)))
        time.sleep(0.1)
    return min(counts)


LIMITED: dict[str, Callable[[Json], Json]] = {
    "the coder's model": lambda ticket: {"stub": "models", "match": ticket["title"]},
    "the judge's model": lambda ticket: {"stub": "models", "match": ticket["title"], "skip": 2},
    "Linear": lambda ticket: {"stub": "linear", "match": ticket["id"]},
    "GitHub, primary": lambda ticket: {**_opening_pull(ticket), "status": 403},
    "GitHub, secondary": lambda ticket: {**_opening_pull(ticket), "status": 429},
}
"""Who limits whose rate: the first request of its kind that is about the ticket."""


def _opening_pull(ticket: Json) -> Json:
    return {"stub": "github", "match": f"agent/{ticket['identifier']}-"}


def test_a_rate_limit_is_waited_for_without_a_slot_and_costs_no_attempt(
    troupe: Troupe, seen: Onlooker, record_property: Property
) -> None:
    """Each run comes back when it was told to, whoever told it; others use its slot meanwhile."""
    calls = len(troupe.stage.get("/requests"))
    tickets = {who: troupe.ticket(f"Limited by {who}", story(), AT_ONCE) for who in LIMITED}
    for who, misdeed in LIMITED.items():
        limit = {"kind": "rate_limit", "seconds": LIMITED_SECONDS, "count": 1}
        troupe.stage.act("/mischief", **limit, **misdeed(tickets[who]))
        troupe.label(tickets[who], add=LABEL)
    waits = _waits(seen, tickets)
    assert all(_holds_nothing(row) for row in waits.values()), waits
    assert all("limit" in row.note for row in waits.values()), waits
    still = [who for who, row in waits.items() if seen.newest(tickets[who]) == row]
    other = troupe.ticket("Meanwhile", story(), AT_ONCE, *LABEL)
    for ticket in (other, *tickets.values()):
        _ends_accepted(troupe, seen, ticket)
        assert len(troupe.comments(ticket)) == 3
    assert still
    for who, row in waits.items():
        again = [event for event in seen.events(tickets[who]) if event.fence > row.fence]
        assert len({event.fence for event in again}) == 1
        waited = again[0].at - row.updated_at
        tell(record_property, **{f"{who}: waited_s": waited})
        assert waited >= LIMITED_SECONDS - 2
    claims = {who: seen.rows(tickets[who])[0].fence for who in still}
    assert seen.rows(other)[0].fence < max(claims.values())
    assert len(troupe.stage.get("/requests")) - calls == (len(tickets) + 1) * CALLS_PER_ROUND


def _waits(seen: Onlooker, tickets: dict[str, Json]) -> dict[str, RunSummary]:
    """Each run as it waited first."""
    waits: dict[str, RunSummary] = {}

    def look() -> bool:
        for who, ticket in tickets.items():
            row = seen.newest(ticket)
            if row and row.state == "queued" and row.note:
                waits.setdefault(who, row)
        return len(waits) == len(tickets)

    seen.until("all of them have waited", look)
    return waits
