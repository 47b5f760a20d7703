"""Signals on their way in: remembered once, given to a run or dropped, forgotten in the end."""

import logging
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, select, update

from integrations.sql.clock import database_now
from integrations.sql.schema import inbox, open_states, parked, runs, settled, unadmitted
from integrations.sql.upsert import insert_or_skip
from worker.domain.lease import RunId
from worker.domain.signals import Delivery, InboxItem
from worker.domain.ticket import TicketId
from worker.journal import JournalUnreadable, decode_signal, encode_signal

PURGED_AT_ONCE: Final = 1000
"""Rows per transaction, so that a large purge holds up nobody."""

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


def address(connection: Connection, item: InboxItem, ticket_id: TicketId) -> bool:
    """Give the item to the ticket's open run, and wake it if it is parked; or drop the item."""
    # The lock keeps the run as it is until the signal is attached: ``park`` and ``append`` come
    # before it and are seen here, or after it and see the signal.
    found = select(runs.c.id, runs.c.state).where(runs.c.ticket_id == ticket_id, open_states)
    run_id, state = connection.execute(found.with_for_update()).one_or_none() or (None, None)
    if not settle(connection, item, run_id):
        return False
    if state == "parked":
        woken = {"state": "queued", "not_before": database_now(), "note": ""}
        statement = update(runs).where(runs.c.id == run_id, parked)
        connection.execute(statement.values(updated_at=database_now(), **woken))
    return run_id is not None


def settle(connection: Connection, item: InboxItem, run_id: RunId | None) -> bool:
    """Take the item out of the waiting ones; False where that has happened before."""
    state = "done" if run_id is None else "addressed"
    statement = update(inbox).where(inbox.c.id == item.id, unadmitted)
    taken = statement.values(state=state, run_id=run_id).returning(inbox.c.id)
    return connection.execute(taken).one_or_none() is not None


def purge(connection: Connection, older_than_seconds: float) -> int:
    """Forget some settled deliveries that are old enough, the oldest first; how many.

    Fewer than ``PURGED_AT_ONCE`` where none is left.
    """
    old = inbox.c.received_at < database_now() - older_than_seconds
    some = select(inbox.c.id).where(settled, old).order_by(inbox.c.received_at)
    # Another process that purges takes other rows.
    some = some.limit(PURGED_AT_ONCE).with_for_update(skip_locked=True)
    return connection.execute(delete(inbox).where(inbox.c.id.in_(some))).rowcount


def _readable(rows: Sequence[tuple[int, str]]) -> Sequence[InboxItem]:
    """A signal of a newer release waits for a worker of that release."""
    items = []
    for number, body in rows:
        try:
            items.append(InboxItem(number, decode_signal(body)))
        except JournalUnreadable:
            _log.warning("inbox_item_unreadable item=%d", number)
    return tuple(items)
