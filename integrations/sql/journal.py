"""What the holder of a lease does: beat, read its signals, append events, give the run back.

Every write is fenced: ``fence = :token and state = 'running'`` and the lease not expired.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, case, exists, insert, or_, select, update

from integrations.sql.clock import database_now
from integrations.sql.schema import addressed, events, inbox, running, runs
from worker.domain.errors import LeaseLost
from worker.domain.events import NO_PROGRESS, RunClosed, RunEvent
from worker.domain.lease import Lease, Pulse, RunId
from worker.domain.signals import InboxItem
from worker.journal import decode_event, decode_signal, encode_event

OPENING_FENCE: Final = 0
"""Nobody holds a run when it is opened; every claim's token is higher."""
LONGEST_NOTE: Final = 2000
ENDED: Final[Mapping[str, Any]] = {"holder": None, "slot": None, "lease_until": None}


def heartbeat(connection: Connection, lease: Lease, term_seconds: float) -> Pulse:
    """Renew, in one statement."""
    statement = update(runs).where(held(lease)).values(lease_until=database_now() + term_seconds)
    row = connection.execute(statement.returning(_news(lease))).one_or_none()
    if row is None:
        raise lost(lease)
    return Pulse(signals_waiting=bool(row[0]))


def signals(connection: Connection, lease: Lease) -> Sequence[InboxItem]:
    """The run's signals, oldest first; none once it was closed under this very lease."""
    closed_by_us = and_(
        runs.c.id == lease.run_id, runs.c.fence == lease.token, runs.c.state == "closed"
    )
    theirs = and_(inbox.c.run_id == runs.c.id, addressed)
    statement = (
        select(inbox.c.id, inbox.c.signal)
        .select_from(runs.outerjoin(inbox, theirs))
        .where(or_(held(lease), closed_by_us))
        .order_by(inbox.c.id)
    )
    rows = connection.execute(statement).all()
    if not rows:
        raise lost(lease)
    return tuple(InboxItem(number, decode_signal(body)) for number, body in rows if body)


def append(
    connection: Connection, lease: Lease, event: RunEvent, consumes: InboxItem | None
) -> None:
    """Add the event. If it is progress, the attempts count from one again.

    Raises ValueError where ``consumes`` does not wait for this run.
    """
    changes: dict[str, Any] = {
        "events": runs.c.events + 1,
        "attempts": runs.c.attempts if isinstance(event, NO_PROGRESS) else 1,
        "updated_at": database_now(),
    }
    if isinstance(event, RunClosed):
        changes |= {"state": "closed", "outcome": event.outcome.value, **ENDED}
    statement = update(runs).where(held(lease)).values(changes).returning(runs.c.events)
    seq = connection.execute(statement).scalar_one_or_none()
    if seq is None:
        raise lost(lease)
    connection.execute(insert(events).values(event_row(lease.run_id, seq, lease.token, event)))
    if consumes is not None:
        _consume(connection, lease, consumes)
    if isinstance(event, RunClosed):
        left = update(inbox).where(inbox.c.run_id == lease.run_id, addressed)
        connection.execute(left.values(state="done"))


def postpone(
    connection: Connection, lease: Lease, delay_seconds: float, note: str, *, failed: bool
) -> None:
    """Queue the run again; waiting without a failure takes this claim off the count."""
    changes = {
        "state": "queued",
        "not_before": database_now() + max(delay_seconds, 0.0),
        "note": plain(note),
        "attempts": runs.c.attempts if failed else runs.c.attempts - 1,
        "updated_at": database_now(),
        **ENDED,
    }
    statement = update(runs).where(held(lease)).values(changes).returning(runs.c.number)
    if connection.execute(statement).one_or_none() is None:
        raise lost(lease)


def park(connection: Connection, lease: Lease, note: str) -> None:
    """Give the run back without a time, or queue it where a signal came first."""
    # The row is locked by a statement of its own: PostgreSQL answers a statement that had to wait
    # for the lock from before the wait, where the signal that it waited for is not to be seen.
    mine = select(runs.c.number).where(held(lease)).with_for_update()
    if connection.execute(mine).one_or_none() is None:
        raise lost(lease)
    changes = {
        "state": case((_news(lease), "queued"), else_="parked"),
        "note": case((_news(lease), ""), else_=plain(note)),
        "not_before": database_now(),
        "attempts": runs.c.attempts - 1,
        "updated_at": database_now(),
        **ENDED,
    }
    connection.execute(update(runs).where(runs.c.id == lease.run_id).values(changes))


def journal(connection: Connection, run_id: RunId) -> Sequence[RunEvent]:
    """Every event in order; empty where there is no such run. Raises JournalUnreadable."""
    statement = select(events.c.body).where(events.c.run_id == run_id).order_by(events.c.seq)
    return tuple(decode_event(body) for body in connection.execute(statement).scalars())


def event_row(run_id: RunId, seq: int, fence: int, event: RunEvent) -> dict[str, Any]:
    """A row of ``events``."""
    return {
        "run_id": run_id,
        "seq": seq,
        "fence": fence,
        "kind": type(event).__name__,
        "body": encode_event(event),
        "at": database_now(),
    }


def held(lease: Lease) -> ColumnElement[bool]:
    """The condition under which ``lease`` may write: newest token, running, not expired."""
    return and_(
        runs.c.id == lease.run_id,
        runs.c.fence == lease.token,
        running,
        runs.c.lease_until > database_now(),
    )


def lost(lease: Lease) -> LeaseLost:
    """The error for a lease that no row stands behind any more."""
    return LeaseLost(f"the lease on run {lease.run_id} is over (token {lease.token})")


def plain(note: str) -> str:
    """A text that every database takes: whole characters, no NUL, not endless."""
    return note.replace("\0", "").encode(errors="replace").decode()[:LONGEST_NOTE]


def _news(lease: Lease) -> ColumnElement[bool]:
    """Whether a signal waits for the run."""
    return exists().where(inbox.c.run_id == lease.run_id, addressed)


def _consume(connection: Connection, lease: Lease, item: InboxItem) -> None:
    waiting = and_(inbox.c.id == item.id, inbox.c.run_id == lease.run_id, addressed)
    statement = update(inbox).where(waiting).values(state="done").returning(inbox.c.id)
    if connection.execute(statement).one_or_none() is None:
        raise ValueError(f"signal {item.id} does not wait for run {lease.run_id}")
