"""What each call of a model has cost, written down as it ends."""

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str = "0002"
branch_labels: None = None
depends_on: None = None


def upgrade() -> None:
    """Create the table, empty: what older releases did not write down is not known."""
    op.create_table(
        "spends",
        sa.Column("run_id", sa.Text, primary_key=True, comment=NO_KEY),
        sa.Column("door", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("micro_usd", sa.BigInteger, nullable=False),
        sa.Column("unpriced_tokens", sa.BigInteger, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("model_calls", sa.Integer, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
    )


NO_KEY = "its row may come later: no foreign key"
