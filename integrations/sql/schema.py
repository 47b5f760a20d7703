"""The tables as of the newest migration. Times: epoch seconds, on the database's clock.

A change here needs a migration: a test compares the two.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    SmallInteger,
    Table,
    Text,
)

metadata = MetaData()

Identity = BigInteger().with_variant(Integer(), "sqlite")
"""SQLite counts up only a plain INTEGER key."""

runs = Table(
    "runs",
    metadata,
    Column("number", Identity, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("ticket_id", Text, nullable=False),
    Column("identifier", Text, nullable=False),
    Column("repository", Text, nullable=False, comment="empty where none is mapped"),
    Column("rank", SmallInteger, nullable=False, comment="1 urgent to 4 low, 5 none"),
    Column("state", Text, nullable=False),
    Column("outcome", Text),
    Column("note", Text, nullable=False),
    Column("fence", BigInteger, nullable=False, comment="the newest token; 0 before any claim"),
    Column("attempts", Integer, nullable=False, comment="claims since the last progress"),
    Column("events", Integer, nullable=False, comment="length of the journal"),
    Column("interrupted", Boolean, nullable=False, comment="the last lease expired"),
    Column("not_before", Double, nullable=False),
    Column("holder", Text),
    Column("slot", Integer, comment="its place among the repository's running runs"),
    Column("lease_until", Double),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    CheckConstraint("state in ('queued', 'running', 'parked', 'closed')", name="runs_state"),
    CheckConstraint(
        "(state = 'running') = (lease_until is not null) and (state = 'running') = "
        "(slot is not null) and (state = 'running') = (holder is not null)",
        name="runs_lease",
    ),
    CheckConstraint("(state = 'closed') = (outcome is not null)", name="runs_outcome"),
)
open_states = runs.c.state != "closed"
running = runs.c.state == "running"
queued = runs.c.state == "queued"
parked = runs.c.state == "parked"
Index(
    "runs_one_open_per_ticket",
    runs.c.ticket_id,
    unique=True,
    sqlite_where=open_states,
    postgresql_where=open_states,
)
Index(
    "runs_one_per_slot",
    runs.c.repository,
    runs.c.slot,
    unique=True,
    sqlite_where=running,
    postgresql_where=running,
)
Index("runs_queue", runs.c.rank, runs.c.number, sqlite_where=queued, postgresql_where=queued)
Index("runs_ticket", runs.c.ticket_id)
Index("runs_turns", runs.c.repository, runs.c.fence)
Index("runs_fence", runs.c.fence)

events = Table(
    "events",
    metadata,
    Column("run_id", Text, ForeignKey("runs.id"), primary_key=True),
    Column("seq", Integer, primary_key=True, autoincrement=False),
    Column("fence", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False, comment="as worker.journal writes it"),
    Column("at", Double, nullable=False),
)

spends = Table(
    "spends",
    metadata,
    Column("run_id", Text, primary_key=True, comment="its row may come later: no foreign key"),
    Column("door", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("micro_usd", BigInteger, nullable=False),
    Column("unpriced_tokens", BigInteger, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("model_calls", Integer, nullable=False),
    Column("at", Double, nullable=False),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", Identity, primary_key=True),
    Column("source", Text, nullable=False),
    Column("delivery_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("signal", Text, comment="as worker.journal writes it; null where nothing is to do"),
    Column("state", Text, nullable=False, comment="new, addressed (to run_id) or done"),
    Column("run_id", Text, ForeignKey("runs.id")),
    Column("received_at", Double, nullable=False),
    CheckConstraint("state in ('new', 'addressed', 'done')", name="inbox_state"),
    CheckConstraint("state != 'addressed' or run_id is not null", name="inbox_addressed"),
    CheckConstraint("state = 'done' or signal is not null", name="inbox_signal"),
)
Index("inbox_one_per_delivery", inbox.c.source, inbox.c.delivery_id, unique=True)
unadmitted = inbox.c.state == "new"
addressed = inbox.c.state == "addressed"
settled = inbox.c.state == "done"
Index("inbox_new", inbox.c.id, sqlite_where=unadmitted, postgresql_where=unadmitted)
Index("inbox_addressed_to", inbox.c.run_id, sqlite_where=addressed, postgresql_where=addressed)
Index("inbox_settled", inbox.c.received_at, sqlite_where=settled, postgresql_where=settled)

health = Table(
    "health",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("at", Double, nullable=False),
)
