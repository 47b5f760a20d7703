"""How a run comes into being, comes back, and is found by its ticket."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import Connection, case, exists, insert, select, update
from sqlalchemy.exc import IntegrityError

from integrations.sql.clock import database_now
from integrations.sql.inbox import settle
from integrations.sql.journal import OPENING_FENCE, event_row
from integrations.sql.schema import events, inbox, open_states, runs, unadmitted
from integrations.sql.upsert import insert_or_skip
from worker.domain.events import RunOpened, RunReopened
from worker.domain.lease import RunId
from worker.domain.signals import InboxItem
from worker.domain.ticket import TicketId, TicketRef

RANK_OF_NONE: Final = 5
"""After every priority that somebody set."""


def open_run(connection: Connection, item: InboxItem | None, opened: RunOpened) -> bool:
    """Open the run and settle the item. An item that another process settled opens nothing.

    An item whose run would have the id of a closed one stays: that id is taken since its caller
    looked, and the next look finds a free one.
    """
    if item is not None and not _waits(connection, item):
        return False
    statement = insert_or_skip(connection, runs, _row(opened)).returning(runs.c.number)
    fresh = connection.execute(statement).one_or_none() is not None
    if fresh:
        row = event_row(opened.run_id, 1, OPENING_FENCE, opened)
        connection.execute(insert(events).values(row))
    elif _is_closed(connection, opened.run_id):
        return False
    if item is not None:
        settle(connection, item, None)
    return fresh


def reopen(connection: Connection, run_id: RunId, event: RunReopened) -> bool:
    """Queue a closed run as if it were new; False where ``runs_one_open_per_ticket`` forbids it."""
    unknown = runs.c.repository == ""
    changes = {
        "state": "queued",
        "outcome": None,
        "note": "",
        "repository": case((unknown, event.repository or ""), else_=runs.c.repository),
        "attempts": 0,
        "events": runs.c.events + 1,
        "interrupted": False,
        "not_before": database_now(),
        "updated_at": database_now(),
    }
    closed = update(runs).where(runs.c.id == run_id, ~open_states).values(changes)
    try:
        with connection.begin_nested():
            reopened = connection.execute(closed.returning(runs.c.events, runs.c.fence))
            found = reopened.one_or_none()
    except IntegrityError:
        return False
    if found is None:
        return False
    seq, fence = found
    connection.execute(insert(events).values(event_row(run_id, seq, fence, event)))
    return True


def open_run_of(connection: Connection, ticket_id: TicketId) -> RunId | None:
    """The ticket's open run."""
    found = select(runs.c.id).where(runs.c.ticket_id == ticket_id, open_states)
    run_id: RunId | None = connection.execute(found).scalar_one_or_none()
    return run_id


def runs_of(connection: Connection, ticket_id: TicketId) -> Sequence[RunId]:
    """Every run of the ticket, oldest first."""
    found = select(runs.c.id).where(runs.c.ticket_id == ticket_id).order_by(runs.c.number)
    return tuple(connection.execute(found).scalars())


def rank(ticket: TicketRef) -> int:
    """A tracker's priority (1 urgent to 4 low, 0 none) as a place in the queue."""
    return ticket.priority if 1 <= ticket.priority < RANK_OF_NONE else RANK_OF_NONE


def _row(opened: RunOpened) -> dict[str, Any]:
    now = database_now()
    return {
        "id": opened.run_id,
        "ticket_id": opened.ticket.id,
        "identifier": opened.ticket.identifier,
        "repository": opened.repository or "",
        "rank": rank(opened.ticket),
        "state": "queued",
        "note": "",
        "fence": OPENING_FENCE,
        "attempts": 0,
        "events": 1,
        "interrupted": False,
        "not_before": now,
        "created_at": now,
        "updated_at": now,
    }


def _waits(connection: Connection, item: InboxItem) -> bool:
    """Whether the item is not settled yet; nobody else settles it before this transaction ends."""
    waiting = select(inbox.c.id).where(inbox.c.id == item.id, unadmitted).with_for_update()
    return connection.execute(waiting).one_or_none() is not None


def _is_closed(connection: Connection, run_id: RunId) -> bool:
    closed = exists().where(runs.c.id == run_id, ~open_states)
    return bool(connection.execute(select(closed)).scalar())
