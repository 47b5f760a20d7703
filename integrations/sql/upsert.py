"""INSERT … ON CONFLICT, which both databases have and SQLAlchemy's core does not."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Column, Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_or_skip(
    connection: Connection, table: Table, values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    """Insert a row, unless a unique constraint says that it is there."""
    return _insert(connection, table).values(values).on_conflict_do_nothing()


def insert_or_update(
    connection: Connection, key: Column[Any], values: Mapping[str, Any]
) -> postgresql.Insert | sqlite.Insert:
    """Insert a row, or update the one with the same ``key``."""
    statement = _insert(connection, key.table).values(values)
    return statement.on_conflict_do_update(index_elements=[key], set_=dict(values))


def _insert(connection: Connection, table: Any) -> postgresql.Insert | sqlite.Insert:  # noqa: ANN401 - a column's table is typed loosely
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)
