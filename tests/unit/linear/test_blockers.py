"""What blocks a ticket in Linear: `blocks` relations that other tickets have to it."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from integrations.linear import LinearTracker
from integrations.stubs import Stubs
from integrations.stubs.mischief import Misdeed
from worker.domain.ticket import TicketId


@pytest.mark.parametrize("gone", ["archived_at", "trashed"])
def test_a_blocker_that_is_archived_or_in_the_trash_blocks_nothing(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId, gone: str
) -> None:
    blocker = stubs.person.create_ticket("First")
    stubs.person.block(ticket_id, by=blocker.id)
    assert tracker.ticket(ticket_id).blocked_by == (blocker.identifier,)
    setattr(blocker, gone, "2026-10-19T09:00:00.000Z" if gone == "archived_at" else True)
    assert tracker.ticket(ticket_id).blocked_by == ()
    assert [ready.blocked_by for ready in tracker.ready_tickets("agent")] == [()]


def test_other_relations_do_not_block(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    issue = stubs.linear.find_issue(ticket_id)
    for kind in ("duplicate", "related", "similar"):
        stubs.linear.relate(kind, stubs.person.create_ticket(kind), issue)
    blocked = stubs.person.create_ticket("Later")
    stubs.person.block(blocked.id, by=ticket_id)
    assert tracker.ticket(ticket_id).blocked_by == ()
    assert tracker.ticket(TicketId(blocked.id)).blocked_by == (issue.identifier,)
    stubs.person.unblock(blocked.id, by=ticket_id)
    assert tracker.ticket(TicketId(blocked.id)).blocked_by == ()


def test_ready_tickets_cost_one_request(stubs: Stubs, tracker: LinearTracker) -> None:
    blocker = stubs.person.create_ticket("First")
    for number in range(20):
        stubs.person.block(stubs.person.create_ticket(f"{number}", labels=["agent"]).id,
                           by=blocker.id)  # fmt: skip
    stubs.mischief["linear"].add(Misdeed("error", skip=1))
    assert len(tracker.ready_tickets("agent")) == 20


def test_a_ticket_deleted_while_the_list_is_read_is_not_ready(
    stubs: Stubs, tracker: LinearTracker, ticket_id: TicketId
) -> None:
    for number in range(11):
        stubs.person.block(ticket_id, by=stubs.person.create_ticket(f"{number}").id)
    stubs.mischief["linear"].add(Misdeed("hold", match="TicketRelations", name="between", count=1))
    with ThreadPoolExecutor(1) as pool:
        reading = pool.submit(tracker.ready_tickets, "agent")
        while not stubs.mischief["linear"].held():
            assert not reading.done()
        stubs.person.remove(ticket_id)
        stubs.mischief["linear"].clear("between")
        assert reading.result() == []
