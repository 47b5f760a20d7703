"""Runs the migrations on the connection that it is given, inside the caller's transaction."""

from alembic import context

from integrations.sql.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
