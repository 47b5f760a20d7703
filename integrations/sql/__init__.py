"""The RunStore on SQL: SQLite for one machine, PostgreSQL for a fleet."""

from integrations.sql.run_store import SqlRunStore, open_store

__all__ = ["SqlRunStore", "open_store"]
