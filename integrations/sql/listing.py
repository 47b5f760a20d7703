"""The runs as people and the reconciler see them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, func, select

from integrations.sql.claim import due_runs
from integrations.sql.clock import database_now
from integrations.sql.schema import health, inbox, open_states, runs, unadmitted
from integrations.sql.upsert import insert_or_update
from worker.domain.events import Outcome
from worker.domain.lease import RunId
from worker.domain.summary import RunSummary
from worker.domain.ticket import TicketId


def summaries(connection: Connection, limit: int, *, only_open: bool) -> Sequence[RunSummary]:
    """Newest first."""
    statement = select(runs).order_by(runs.c.number.desc()).limit(limit)
    if only_open:
        statement = statement.where(open_states)
    return tuple(_summary(row) for row in connection.execute(statement))


def due(connection: Connection) -> int:
    """Unadmitted signals and claimable runs, limits aside."""
    signals = select(func.count()).select_from(inbox).where(unadmitted).scalar_subquery()
    claimable = select(func.count()).select_from(runs).where(due_runs()).scalar_subquery()
    return int(connection.execute(select(signals + claimable)).scalar_one())


def touch(connection: Connection) -> None:
    """Write something."""
    row = {"id": 1, "at": database_now()}
    connection.execute(insert_or_update(connection, health.c.id, row))


def _summary(row: Row[*tuple[Any, ...]]) -> RunSummary:
    return RunSummary(
        id=RunId(row.id),
        ticket=row.identifier,
        repository=row.repository or None,
        state=row.state,
        outcome=Outcome(row.outcome) if row.outcome else None,
        attempt=row.attempts,
        created_at=row.created_at,
        updated_at=row.updated_at,
        holder=row.holder,
        note=row.note,
        ticket_id=TicketId(row.ticket_id),
        fence=row.fence,
    )
