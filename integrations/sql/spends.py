"""What calls of models have cost: rows that are only ever added."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from integrations.sql.clock import database_now
from integrations.sql.schema import spends
from integrations.sql.upsert import insert_or_skip
from worker.domain.access import CallSpend, DoorSpend
from worker.domain.budget import Spend
from worker.domain.lease import RunId

_FIGURES = (
    spends.c.input_tokens,
    spends.c.output_tokens,
    spends.c.micro_usd,
    spends.c.unpriced_tokens,
    spends.c.seconds,
    spends.c.model_calls,
)
"""In the order of ``Spend``."""


def note(connection: Connection, run_id: RunId, call: CallSpend) -> None:
    """Add a call, unless it is there."""
    figures = {column.name: getattr(call.spend, column.name) for column in _FIGURES}
    key = {"run_id": run_id, "door": call.door, "number": call.number}
    row = {**key, **figures, "at": database_now()}
    connection.execute(insert_or_skip(connection, spends, row))


def noted(connection: Connection, run_id: RunId) -> Sequence[DoorSpend]:
    """A run's, oldest door first."""
    sums = [func.sum(column) for column in _FIGURES]
    statement = (
        select(spends.c.door, func.count(), *sums)
        .where(spends.c.run_id == run_id)
        .group_by(spends.c.door)
        .order_by(func.min(spends.c.at), spends.c.door)
    )
    return tuple(
        DoorSpend(door, calls, _spend(*figures))
        for door, calls, *figures in connection.execute(statement)
    )


def _spend(*figures: float) -> Spend:
    """PostgreSQL's sums of whole numbers are decimals."""
    read, written, micro, unpriced, seconds, calls = figures
    return Spend(int(read), int(written), int(micro), int(unpriced), float(seconds), int(calls))
