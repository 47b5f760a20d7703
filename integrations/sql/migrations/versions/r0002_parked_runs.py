"""Parked runs; an index for forgetting old deliveries."""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str = "0001"
branch_labels: None = None
depends_on: None = None

STATES = "state in ('queued', 'running', 'parked', 'closed')"


def upgrade() -> None:
    """Allow the state; older rows stay as they are."""
    # SQLite cannot change a constraint: the table is copied, with everything that it has.
    with op.batch_alter_table("runs") as runs:
        runs.drop_constraint("runs_state", type_="check")
        runs.create_check_constraint("runs_state", STATES)
        runs.alter_column(
            "fence",
            existing_type=sa.BigInteger,
            existing_nullable=False,
            existing_comment="counts the claims of all runs",
            comment="the newest token; 0 before any claim",
        )
    settled = sa.text("state = 'done'")
    op.create_index(
        "inbox_settled",
        "inbox",
        ["received_at"],
        sqlite_where=settled,
        postgresql_where=settled,
    )
