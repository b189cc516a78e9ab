"""Everything the first release keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("declaration", sa.Text, nullable=False),
        sa.Column("next_moment", sa.BigInteger, nullable=False),
        sa.Column("rules", sa.Text),
        sa.Column("woken", sa.Boolean, nullable=False),
    )
    op.create_index("account_next_moment", "account", ["next_moment"])
    op.create_index("account_rules", "account", ["rules"])
    op.create_table(
        "reading",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_table(
        "history",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("grant", sa.Text, nullable=False),
        sa.Column("fact", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("value", sa.Text),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.create_table(
        "alert",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("grant", sa.Text, primary_key=True),
        sa.Column("rule", sa.Text, primary_key=True),
        sa.Column("open", sa.Boolean, nullable=False),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("anchor", sa.Integer),
        sa.Column("told", sa.Boolean, nullable=False),
        sa.Column("unread_since", sa.BigInteger),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
    )
    op.create_table(
        "delivery",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column("rule", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("grant", sa.Text, nullable=False),
        sa.Column("episode", sa.Integer, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("destination", sa.Text, nullable=False),
        sa.Column("event", sa.BigInteger, nullable=False),
        sa.Column("cause", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("step", sa.Text),
        sa.Column("anchor", sa.Integer),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("due_at", sa.BigInteger, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("boot", sa.Text, nullable=False),
        sa.Column("post", sa.Text),
        sa.Column("receipt", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.UniqueConstraint("account", "grant", "rule", "destination", "episode", "seq", name="delivery_once"),
    )
    _partial_index("delivery_due", "delivery", ["due_at", "id"], "state IN ('due')")
    _partial_index("delivery_claimed", "delivery", ["id"], "state IN ('claimed')")
    _partial_index(
        "delivery_unfinished",
        "delivery",
        ["account", "grant", "rule", "destination", "id"],
        "state IN ('due', 'claimed')",
    )
    op.create_table(
        "failure",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("source", sa.Text, primary_key=True),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "inbox",
        sa.Column("number", NUMBER, primary_key=True),
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("account", sa.Text, nullable=False),
        sa.Column("grant", sa.Text, nullable=False),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("outcome", sa.Text),
        sa.UniqueConstraint("id", name="inbox_once"),
    )
    _partial_index("inbox_pending", "inbox", ["at", "number"], "outcome IS NULL")
    op.create_table(
        "counter",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.BigInteger, nullable=False),
    )


def _partial_index(name: str, table: str, columns: list[str], covers: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(covers), postgresql_where=sa.text(covers))


def downgrade() -> None:
    for table in ("counter", "inbox", "failure", "delivery", "alert", "history", "reading", "account"):
        op.drop_table(table)
