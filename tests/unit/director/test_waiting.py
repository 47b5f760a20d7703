"""A run that cannot go on now holds nothing: no lease, no slot, no sandbox, no attempt."""

from tests.unit.builders import REF, ticket
from tests.unit.director.doubles import World, world
from tests.unit.director.driving import QUICK, address, again, driven, noting, outcome
from worker.director.loop import Driving, drive
from worker.domain.events import Outcome, RunBlocked, RunUnblocked
from worker.domain.lease import ClaimLimits, RunId
from worker.domain.signals import TicketUnblocked, TicketWithdrawn


def blocked() -> World:
    w = world(tickets=[ticket(blocked_by=("ENG-7", "ENG-9"))])
    driven(w)
    return w


def finish_the_blockers(w: World) -> None:
    w.tracker.add(ticket())
    address(w, TicketUnblocked(REF.id), "d-last")


def test_a_blocked_ticket_is_parked_with_nothing_held() -> None:
    w = blocked()
    (row,) = w.store.runs()
    assert (row.state, row.note) == ("parked", "blocked by ENG-7, ENG-9")
    assert row.holder is None
    assert w.store.claim_next("w", ClaimLimits()) is None
    assert w.store.due() == 0
    assert w.sandboxes.opened == []
    assert isinstance(w.seen.events[-1], RunBlocked)


def test_it_says_so_once_and_the_start_takes_its_place() -> None:
    w = blocked()
    (comment,) = w.tracker.comments(REF.id).values()
    assert "ENG-7, ENG-9" in comment
    finish_the_blockers(w)
    again(w)
    assert set(w.tracker.comments(REF.id)) == {"r1:start", "r1:progress", "r1:end"}
    assert not any("ENG-7" in text for text in w.tracker.comments(REF.id).values())


def test_it_starts_by_itself_when_nothing_blocks_it_any_more() -> None:
    w = blocked()
    finish_the_blockers(w)
    run = again(w)
    assert outcome(run) is Outcome.ACCEPTED
    assert RunUnblocked() in w.store.journal(RunId("r1"))


def test_blocked_anew_it_waits_anew() -> None:
    w = blocked()
    address(w, TicketUnblocked(REF.id))
    run = again(w)
    assert run.closed is None
    assert w.store.runs()[0].state == "parked"


def test_a_parked_run_can_be_cancelled() -> None:
    w = blocked()
    address(w, TicketWithdrawn(REF.id, "label removed"))
    assert outcome(again(w)) is Outcome.CANCELLED


def test_waiting_is_never_an_attempt() -> None:
    w = blocked()
    for n in range(2 * QUICK.max_attempts):
        address(w, TicketUnblocked(REF.id), f"d-{n}")
        again(w)
    finish_the_blockers(w)
    assert outcome(again(w)) is Outcome.ACCEPTED


def test_a_worker_that_is_to_stop_hands_its_run_back_after_the_stage() -> None:
    w, store = noting()
    lease = w.open()
    run = drive(lease, w.ports(), w.fleet, Driving(60, 60, 2, draining=lambda: bool(w.agent.tasks)))
    assert len(run.rounds) == 1
    assert run.rounds[0].evidence is None, "the next stage is another worker's"
    assert store.given_back == [(0, "the worker was stopped", False)]
    assert outcome(again(w)) is Outcome.ACCEPTED
    assert len(w.agent.tasks) == 1, "nothing is repeated"
