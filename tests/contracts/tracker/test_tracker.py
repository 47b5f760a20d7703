"""The Tracker contract, over the memory adapter and the real one."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.contracts.tracker.desk import Desk
from worker.domain.errors import TicketUnavailable
from worker.domain.ticket import ReadyTicket, Ticket, TicketId
from worker.ports import Tracker

STORY = "Labels for parcels.\n\n## Acceptance criteria\n\n- «Ünïcode» 🚢 is kept\n"
NOWHERE = TicketId("00000000-0000-4000-8000-000000000000")


def test_a_ticket_is_as_it_was_written(desk: Desk) -> None:
    ticket = desk.tracker().ticket(desk.write("Print labels", STORY, ["Agent", "bug"]))
    assert (ticket.title, ticket.description) == ("Print labels", STORY)
    assert {label.lower() for label in ticket.labels} == {"agent", "bug"}
    assert ticket.has_label("agent")
    assert (ticket.state_type, ticket.requester) == ("unstarted", "Robin Person")
    assert (ticket.ref.team, ticket.ref.project, ticket.ref.priority) == ("SHIP", "Demo", 2)
    assert ticket.ref.identifier.startswith("SHIP-")
    assert ticket.url.startswith("http")


def test_a_ticket_without_a_description(desk: Desk) -> None:
    assert desk.tracker().ticket(desk.write("Only a title")).description == ""


def test_all_of_many_labels_are_there(desk: Desk) -> None:
    labels = [f"label-{number}" for number in range(120)]
    assert sorted(desk.tracker().ticket(desk.write("Many", labels=labels)).labels) == sorted(labels)


def test_ready_are_the_open_tickets_with_the_label(desk: Desk) -> None:
    tracker = desk.tracker()
    wanted = desk.write("Wanted", labels=["agent"])
    closed = desk.write("Closed", labels=["agent"])
    desk.close(closed)
    desk.write("Another label", labels=["bug"])
    desk.write("No label")
    for label in ("agent", "AGENT"):
        assert [ready.ref.id for ready in tracker.ready_tickets(label)] == [wanted]
    assert tracker.ready_tickets("agent")[0] == ReadyTicket(tracker.ticket(wanted).ref)
    assert not tracker.ready_tickets("never used")


def test_ready_tickets_are_all_there_however_many(desk: Desk) -> None:
    written = {desk.write(f"Story {number}", labels=["agent"]) for number in range(120)}
    found = [ready.ref.id for ready in desk.tracker().ready_tickets("agent")]
    assert len(found) == len(written)
    assert set(found) == written


def test_a_ticket_is_blocked_by_the_open_ones(desk: Desk) -> None:
    tracker = desk.tracker()
    id_ = desk.write("Second", labels=["agent"])
    first, other, closed, gone, last = (desk.write(title) for title in "abcde")
    desk.close(closed)
    for blocker in (last, first, other, closed, gone):
        desk.block(id_, by=blocker)
    desk.delete(gone)

    def blocked_by() -> tuple[str, ...]:
        keys = tracker.ticket(id_).blocked_by
        assert tracker.ready_tickets("agent") == [ReadyTicket(tracker.ticket(id_).ref, keys)]
        return keys

    def keys(*ids: TicketId) -> tuple[str, ...]:
        return tuple(sorted(tracker.ticket(each).ref.identifier for each in ids))

    assert blocked_by() == keys(first, other, last)
    desk.finish(other)
    desk.close(first)
    assert blocked_by() == keys(last)
    tracker.start(tracker.ticket(last))
    assert blocked_by() == keys(last), "work that has begun is not done"
    desk.finish(last)
    assert blocked_by() == ()
    assert tracker.ticket(first).blocked_by == ()


def test_all_of_many_blockers_are_there(desk: Desk) -> None:
    tracker, id_ = desk.tracker(), desk.write("Last", labels=["agent"])
    blockers = [desk.write(f"Story {number}") for number in range(120)]
    for blocker in blockers:
        desk.block(id_, by=blocker)
    keys = tuple(sorted(tracker.ticket(blocker).ref.identifier for blocker in blockers))
    assert tracker.ticket(id_).blocked_by == keys
    assert [ready.blocked_by for ready in tracker.ready_tickets("agent")] == [keys]


def test_start_moves_a_ticket_once(desk: Desk) -> None:
    tracker = desk.tracker()
    ticket = tracker.ticket(desk.write("Begin"))
    for _ in range(2):
        tracker.start(ticket)
        assert tracker.ticket(ticket.ref.id).state_type == "started"


def test_start_leaves_a_closed_ticket_closed(desk: Desk) -> None:
    tracker = desk.tracker()
    ticket = tracker.ticket(desk.write("Closed meanwhile"))
    desk.close(ticket.ref.id)
    tracker.start(ticket)
    assert tracker.ticket(ticket.ref.id).closed


def test_a_comment_is_edited_in_place(desk: Desk) -> None:
    tracker, id_ = desk.tracker(), desk.write("Talk")
    tracker.comment(id_, "run:start", "started")
    tracker.comment(id_, "run:progress", "round 1")
    tracker.comment(id_, "run:progress", "round 2")
    tracker.comment(id_, "run:progress", "round 2")
    assert desk.comments(id_) == ["started", "round 2"]


def test_another_process_edits_the_same_comment(desk: Desk) -> None:
    id_ = desk.write("Talk")
    for body in ("one", "two", "three"):
        desk.tracker().comment(id_, "run:progress", body)
    assert desk.comments(id_) == ["three"]


def test_a_key_names_a_comment_of_one_ticket(desk: Desk) -> None:
    tracker, first, second = desk.tracker(), desk.write("First"), desk.write("Second")
    tracker.comment(first, "key", "on the first")
    tracker.comment(second, "key", "on the second")
    assert desk.comments(first) == ["on the first"]
    assert desk.comments(second) == ["on the second"]


def test_writing_a_comment_concurrently_makes_one(desk: Desk) -> None:
    id_ = desk.write("Talk")
    trackers = [desk.tracker() for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: trackers[n % 4].comment(id_, "key", "body"), range(16)))
    assert desk.comments(id_) == ["body"]


def test_a_link_is_there_once(desk: Desk) -> None:
    tracker, id_ = desk.tracker(), desk.write("Link")
    tracker.attach(id_, "https://code.example/1", "Add labels", "draft: gave up")
    tracker.attach(id_, "https://code.example/1", "Add labels", "ready for review")
    tracker.attach(id_, "https://code.example/2", "Another", "")
    assert desk.links(id_) == [
        ("https://code.example/1", "Add labels", "ready for review"),
        ("https://code.example/2", "Another", ""),
    ]


CALLS: dict[str, Callable[[Tracker, Ticket], object]] = {
    "ticket": lambda tracker, ticket: tracker.ticket(ticket.ref.id),
    "start": lambda tracker, ticket: tracker.start(ticket),
    "comment": lambda tracker, ticket: tracker.comment(ticket.ref.id, "key", "body"),
    "attach": lambda tracker, ticket: tracker.attach(ticket.ref.id, "https://a", "b", "c"),
}


@pytest.mark.parametrize("call", CALLS)
def test_a_ticket_that_is_not_there(desk: Desk, call: str) -> None:
    tracker = desk.tracker()
    known = tracker.ticket(desk.write("There"))
    ref = type(known.ref)(NOWHERE, "SHIP-999", "SHIP")
    ghost = Ticket(ref, "", "", "")
    with pytest.raises(TicketUnavailable):
        CALLS[call](tracker, ghost)
