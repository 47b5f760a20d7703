"""Alembic's environment; its versions are applied by ``integrations.sql.migrate``."""
