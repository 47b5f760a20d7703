"""Which run is driven next, decided by one claimer at a time.

Due is a queued run whose delay is over, and a running one whose lease has expired. The order:

1. the ticket's priority: urgent, high, medium, low, none;
2. runs whose worker died, so that they resume as soon as a worker is free;
3. the repository with the fewest running runs, then the one that had its last turn longest ago,
   so that within a priority no repository waits for another's whole queue;
4. age.

Limits count unexpired leases. They hold because claims are serialised (SQLite: one writer;
PostgreSQL: an advisory lock); ``runs_one_per_slot`` catches a claimer that ignores the lock.

A lease's ``attempt`` is the number of claims since the run's last event, this one included, less
those that ended in ``postpone(failed=False)`` or ``park``: a dead worker and a failure count,
waiting does not, and an event starts the count anew.

A token is one above the newest, or the milliseconds since the epoch if those are more. So tokens
grow over the loss of the database too: no fleet claims more often than that. (Seconds would be too
coarse: a burst of claims runs ahead of them, and the first token after the loss would be lower.)
"""

from collections.abc import Collection, Mapping
from itertools import count
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, func, select, text, update

from integrations.sql.clock import database_now
from integrations.sql.journal import ENDED, plain
from integrations.sql.schema import queued, running, runs
from worker.domain.lease import ClaimLimits, FencingToken, Lease, RunId

LOCK = 7_305_781_002
"""Any number, but the same in every release: PostgreSQL's advisory lock for claiming."""
DIED = "its worker died"
INTERRUPTED: Final[Mapping[str, Any]] = {
    "state": "queued",
    "interrupted": True,
    "note": DIED,
    **ENDED,
}
"""A dead worker's run; the claim stays on the count of attempts."""


def claim_next(
    connection: Connection, holder: str, limits: ClaimLimits, term_seconds: float
) -> Lease | None:
    """Take the next due run within the limits, with a token above every earlier one."""
    _one_at_a_time(connection)
    connection.execute(update(runs).where(_expired()).values(INTERRUPTED))
    places = select(runs.c.repository, runs.c.slot).where(running)
    taken = connection.execute(places).all()
    if limits.running is not None and len(taken) >= limits.running:
        return None
    chosen = connection.execute(_next(limits.running_per_repository)).one_or_none()
    if chosen is None:
        return None
    run_id, repository = chosen
    slots = {slot for other, slot in taken if other == repository}
    return _take(connection, run_id, holder, _free(slots), term_seconds)


def release(connection: Connection, holder: str) -> int:
    """Queue what a dead holder drove, before its leases expire; how many runs."""
    # Two at once that take the same rows in different orders would block each other.
    _one_at_a_time(connection)
    theirs = update(runs).where(running, runs.c.holder == plain(holder))
    return connection.execute(theirs.values(INTERRUPTED)).rowcount


def due_runs() -> ColumnElement[bool]:
    """The condition for a run that a worker could claim, limits aside."""
    return (queued & (runs.c.not_before <= database_now())) | _expired()


def _one_at_a_time(connection: Connection) -> None:
    """SQLite: the transaction is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))


def _expired() -> ColumnElement[bool]:
    return running & (runs.c.lease_until <= database_now())


def _next(limit: int | None) -> Select[RunId, str]:
    same = runs.alias("same")
    ours = same.c.repository == runs.c.repository
    now_running = select(func.count()).where(ours, same.c.state == "running").scalar_subquery()
    last_turn = select(func.max(same.c.fence)).where(ours).scalar_subquery()
    order = (runs.c.rank, runs.c.interrupted.desc(), now_running, last_turn, runs.c.number)
    due = select(runs.c.id, runs.c.repository).where(queued, runs.c.not_before <= database_now())
    if limit is not None:
        # Runs without a repository count only globally.
        due = due.where((runs.c.repository == "") | (now_running < limit))
    return due.order_by(*order).limit(1)


def _free(slots: Collection[int]) -> int:
    return next(slot for slot in count() if slot not in slots)


def _take(
    connection: Connection, run_id: RunId, holder: str, slot: int, term_seconds: float
) -> Lease:
    newest, now = connection.execute(select(func.max(runs.c.fence), database_now())).one()
    token = max(newest + 1, int(now * 1000))
    changes = {
        "state": "running",
        "fence": token,
        "attempts": runs.c.attempts + 1,
        "holder": plain(holder),
        "slot": slot,
        "lease_until": database_now() + term_seconds,
        "interrupted": False,
        "note": "",
        "updated_at": database_now(),
    }
    taken = update(runs).where(runs.c.id == run_id, queued).values(changes)
    attempts = connection.execute(taken.returning(runs.c.attempts)).scalar_one()
    return Lease(run_id, holder, FencingToken(token), attempts)
