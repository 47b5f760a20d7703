"""Brings a database to the newest schema; harmless in any number of processes at once."""

import logging
from contextlib import AbstractContextManager, nullcontext

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util.exc import CommandError
from sqlalchemy import Connection, inspect, text

from integrations.sql import database_url, sqlite_file
from integrations.sql.connections import MENDING, MIGRATION, Patience
from integrations.sql.engines import Engines
from integrations.sql.schema import metadata
from worker.domain.errors import ConfigurationError, Unavailable

LOCK = 7_305_781_001
"""Any number, but the same in every release: PostgreSQL's advisory lock for migrating."""

_log = logging.getLogger(__name__)


def migrate(engines: Engines, patience: Patience = MIGRATION) -> bool:
    """Apply every missing migration in one transaction; whether there was no schema before.

    Raises Unavailable, and ConfigurationError where a newer release has migrated the database.
    """
    database_url.make_room(engines.url)
    with _alone(engines, patience), engines.migrating(patience) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text(f"select pg_advisory_xact_lock({LOCK})"))
        name = database_url.display(engines.url)
        before = MigrationContext.configure(connection).get_current_revision()
        try:
            command.upgrade(configuration(connection), "head")
        except CommandError as fault:
            text_ = f"{name} was migrated by a newer release; install that one ({fault})."
            raise ConfigurationError(text_) from fault
        _refuse_what_is_left(connection, name)
        return before is None


def mend(engines: Engines) -> None:
    """Make the tables of a database that was lost and has come back without them.

    Raises Unavailable where that cannot be done.
    """
    try:
        made_anew = migrate(engines, MENDING)
    except ConfigurationError as fault:
        # Nobody who merely calls the store may take this for a reason to give its run up.
        raise Unavailable(str(fault)) from fault
    if made_anew:
        _log.warning("database_made_anew database=%s", database_url.display(engines.url))


def configuration(connection: Connection) -> Config:
    """Alembic's settings for migrating through ``connection``."""
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", "integrations.sql:migrations")
    return config


def _alone(engines: Engines, patience: Patience) -> AbstractContextManager[None]:
    """PostgreSQL: see ``LOCK``, which needs a connection."""
    if engines.url.drivername != database_url.SQLITE:
        return nullcontext()
    return sqlite_file.creating(sqlite_file.path_of(engines.url), patience.lock_seconds)


def _refuse_what_is_left(connection: Connection, name: str) -> None:
    """Tables dropped one by one, beside a version that says that they are there."""
    missing = metadata.tables.keys() - set(inspect(connection).get_table_names())
    if missing:
        raise Unavailable(
            f"{name} has lost {', '.join(sorted(missing))} but not alembic_version, so it cannot "
            "be told what else is lost. Restore a backup; or drop every table that is left, "
            "alembic_version too, and the fleet makes an empty database of it."
        )
