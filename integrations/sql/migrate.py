"""Brings a database to the newest schema; harmless in any number of processes at once."""

from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy import Connection, text

from integrations.sql import database_url
from integrations.sql.engines import MIGRATION, Engines
from worker.domain.errors import ConfigurationError

LOCK = 7_305_781_001
"""Any number, but the same in every release: PostgreSQL's advisory lock for migrating."""


def migrate(engines: Engines) -> None:
    """Apply every missing migration in one transaction.

    Raises Unavailable, and ConfigurationError where a newer release has migrated the database.
    """
    database_url.make_room(engines.url)
    with engines.apart(MIGRATION) as connection:
        # SQLite: the transaction itself is the lock.
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as fault:
            name = database_url.display(engines.url)
            text_ = f"{name} was migrated by a newer release; install that one ({fault})."
            raise ConfigurationError(text_) from fault


def configuration(connection: Connection) -> Config:
    """Alembic's settings for migrating through ``connection``."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "integrations.sql:migrations")
    return config
