"""Signals on their way in: remembered once, then turned into a run or given to one."""

import logging
from collections.abc import Sequence

from sqlalchemy import Connection, exists, insert, select, update

from integrations.sql.clock import database_now
from integrations.sql.journal import OPENING_FENCE, event_row
from integrations.sql.schema import events, inbox, open_states, runs, unadmitted
from integrations.sql.upsert import insert_or_skip
from worker.domain.events import RunOpened
from worker.domain.lease import RunId
from worker.domain.signals import Delivery, InboxItem
from worker.domain.ticket import TicketId, TicketRef
from worker.journal import JournalUnreadable, decode_signal, encode_signal

RANK_OF_NONE = 5
"""After every priority that somebody set."""

_log = logging.getLogger(__name__)


def receive(connection: Connection, delivery: Delivery) -> bool:
    """Remember a delivery, in one statement; False where it is known."""
    signal = delivery.signal
    statement = insert_or_skip(
        connection,
        inbox,
        {
            "source": delivery.source,
            "delivery_id": delivery.id,
            "outcome": delivery.outcome,
            "signal": encode_signal(signal) if signal else None,
            "state": "new" if signal else "done",
            "received_at": database_now(),
        },
    ).returning(inbox.c.id)
    return connection.execute(statement).one_or_none() is not None


def waiting(connection: Connection, limit: int) -> Sequence[InboxItem]:
    """Unadmitted signals, oldest first."""
    statement = select(inbox.c.id, inbox.c.signal).where(unadmitted).order_by(inbox.c.id)
    return _readable(connection.execute(statement.limit(limit)).all())


def open_run(connection: Connection, item: InboxItem | None, opened: RunOpened) -> bool:
    """Open the run and settle the item. An item that another process settled opens nothing."""
    if item is not None and not _settle(connection, item, None):
        return False
    now = database_now()
    statement = insert_or_skip(
        connection,
        runs,
        {
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
        },
    ).returning(runs.c.number)
    if connection.execute(statement).one_or_none() is None:
        return False
    connection.execute(insert(events).values(event_row(opened.run_id, 1, OPENING_FENCE, opened)))
    return True


def address(connection: Connection, item: InboxItem, ticket_id: TicketId) -> bool:
    """Give the item to the ticket's open run, or drop it."""
    # The lock keeps the run open until the signal is attached: one or the other comes first.
    found = select(runs.c.id).where(runs.c.ticket_id == ticket_id, open_states).with_for_update()
    run_id = connection.execute(found).scalar_one_or_none()
    return _settle(connection, item, run_id) and run_id is not None


def open_run_of(connection: Connection, ticket_id: TicketId) -> RunId | None:
    """The ticket's open run."""
    found = select(runs.c.id).where(runs.c.ticket_id == ticket_id, open_states)
    run_id: RunId | None = connection.execute(found).scalar_one_or_none()
    return run_id


def seen(connection: Connection, ticket_id: TicketId) -> bool:
    """Whether the ticket ever had a run."""
    return bool(connection.execute(select(exists().where(runs.c.ticket_id == ticket_id))).scalar())


def rank(ticket: TicketRef) -> int:
    """A tracker's priority (1 urgent to 4 low, 0 none) as a place in the queue."""
    return ticket.priority if 1 <= ticket.priority < RANK_OF_NONE else RANK_OF_NONE


def _settle(connection: Connection, item: InboxItem, run_id: RunId | None) -> bool:
    """Take the item out of the waiting ones; False where that has happened before."""
    state = "done" if run_id is None else "addressed"
    statement = update(inbox).where(inbox.c.id == item.id, unadmitted)
    settled = statement.values(state=state, run_id=run_id).returning(inbox.c.id)
    return connection.execute(settled).one_or_none() is not None


def _readable(rows: Sequence[tuple[int, str]]) -> Sequence[InboxItem]:
    """A signal of a newer release waits for a worker of that release."""
    items = []
    for number, body in rows:
        try:
            items.append(InboxItem(number, decode_signal(body)))
        except JournalUnreadable:
            _log.warning("inbox_item_unreadable item=%d", number)
    return tuple(items)
