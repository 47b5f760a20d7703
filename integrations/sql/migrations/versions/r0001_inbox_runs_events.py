"""The first schema: inbox, runs, events, health."""

import sqlalchemy as sa
from alembic import op

revision: str = "0001"
down_revision: str | None = None
branch_labels: None = None
depends_on: None = None

IDENTITY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create everything."""
    _runs()
    _events()
    _inbox()
    op.create_table(
        "health",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.Double, nullable=False),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("number", IDENTITY, primary_key=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("ticket_id", sa.Text, nullable=False),
        sa.Column("identifier", sa.Text, nullable=False),
        sa.Column("repository", sa.Text, nullable=False, comment="empty where none is mapped"),
        sa.Column("rank", sa.SmallInteger, nullable=False, comment="1 urgent to 4 low, 5 none"),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False, comment="counts the claims of all runs"),
        sa.Column("attempts", sa.Integer, nullable=False, comment="claims since the last progress"),
        sa.Column("events", sa.Integer, nullable=False, comment="length of the journal"),
        sa.Column("interrupted", sa.Boolean, nullable=False, comment="the last lease expired"),
        sa.Column("not_before", sa.Double, nullable=False),
        sa.Column("holder", sa.Text),
        sa.Column("slot", sa.Integer, comment="its place among the repository's running runs"),
        sa.Column("lease_until", sa.Double),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.CheckConstraint("state in ('queued', 'running', 'closed')", name="runs_state"),
        sa.CheckConstraint(
            "(state = 'running') = (lease_until is not null) and (state = 'running') = "
            "(slot is not null) and (state = 'running') = (holder is not null)",
            name="runs_lease",
        ),
        sa.CheckConstraint("(state = 'closed') = (outcome is not null)", name="runs_outcome"),
    )
    _index("runs_one_open_per_ticket", "runs", ["ticket_id"], "state != 'closed'", unique=True)
    _index("runs_one_per_slot", "runs", ["repository", "slot"], "state = 'running'", unique=True)
    _index("runs_queue", "runs", ["rank", "number"], "state = 'queued'")
    op.create_index("runs_ticket", "runs", ["ticket_id"])
    op.create_index("runs_turns", "runs", ["repository", "fence"])
    op.create_index("runs_fence", "runs", ["fence"])


def _events() -> None:
    op.create_table(
        "events",
        sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id"), primary_key=True),
        sa.Column("seq", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False, comment="as worker.journal writes it"),
        sa.Column("at", sa.Double, nullable=False),
    )


def _inbox() -> None:
    signal = "as worker.journal writes it; null where nothing is to do"
    op.create_table(
        "inbox",
        sa.Column("id", IDENTITY, primary_key=True),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("delivery_id", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("signal", sa.Text, comment=signal),
        sa.Column("state", sa.Text, nullable=False, comment="new, addressed (to run_id) or done"),
        sa.Column("run_id", sa.Text, sa.ForeignKey("runs.id")),
        sa.Column("received_at", sa.Double, nullable=False),
        sa.CheckConstraint("state in ('new', 'addressed', 'done')", name="inbox_state"),
        sa.CheckConstraint("state != 'addressed' or run_id is not null", name="inbox_addressed"),
        sa.CheckConstraint("state = 'done' or signal is not null", name="inbox_signal"),
    )
    op.create_index("inbox_one_per_delivery", "inbox", ["source", "delivery_id"], unique=True)
    _index("inbox_new", "inbox", ["id"], "state = 'new'")
    _index("inbox_addressed_to", "inbox", ["run_id"], "state = 'addressed'")


def _index(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name,
        table,
        columns,
        unique=unique,
        sqlite_where=condition,
        postgresql_where=condition,
    )
