"""Rules that are judged item by item, and what an alert remembers beyond its step; digests; the journal."""

from typing import Any

import sqlalchemy as sa
from alembic import op

Columns = list[sa.Column[Any]]

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TO_BE_TOLD = "state IN ('due', 'held')"
UNFINISHED = "state IN ('due', 'claimed', 'held', 'joined')"
TROUBLED = "state IN ('due', 'claimed', 'given up')"
PARTIAL = {
    "delivery_due": (["due_at", "id"], TO_BE_TOLD),
    "delivery_held": (["event", "id"], "state IN ('held')"),
    "delivery_claimed": (["id"], "state IN ('claimed')"),
    "delivery_unfinished": (["account", "grant", "rule", "item", "destination", "id"], UNFINISHED),
    "delivery_troubled": (["id"], TROUBLED),
    "delivery_led": (["leader", "id"], "leader <> 0"),
}


def upgrade() -> None:
    _alerts()
    _deliveries()
    op.create_table(
        "digest",
        sa.Column("recipient", sa.Text, primary_key=True),
        sa.Column("next_at", sa.BigInteger, nullable=False),
    )
    op.create_index("digest_next_at", "digest", ["next_at"])
    _journal()


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("previous", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )
    op.create_table(
        "journal_end",
        sa.Column("account", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
    )


def _alerts() -> None:
    known: Columns = [
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
    ]
    item = sa.Column("item", sa.Text, primary_key=True)
    _made_anew("alert", known, item, sa.Column("more", sa.Text))


def _deliveries() -> None:
    known: Columns = [
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
        sa.Column("around", sa.Text),
        sa.Column("leader", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("tried_at", sa.BigInteger, nullable=False, server_default=sa.text("0")),
        sa.Column("doubt", sa.Text, nullable=False, server_default=sa.text("''")),
        sa.Column("trying_since", sa.BigInteger, nullable=False, server_default=sa.text("0")),
    ]
    item = sa.Column("item", sa.Text, nullable=False)
    once: sa.Constraint = sa.UniqueConstraint(
        *("account", "grant", "rule", "item", "destination", "episode", "seq"), name="delivery_once"
    )
    for index in PARTIAL:
        op.drop_index(index, "delivery")
    _made_anew("delivery", known, item, once)
    for index, (columns, covers) in PARTIAL.items():
        where = sa.text(covers)
        op.create_index(index, "delivery", columns, sqlite_where=where, postgresql_where=where)


def _made_anew(name: str, known: Columns, *added: sa.Column[Any] | sa.Constraint) -> None:
    """Copy a table into one with another key: SQLite cannot change that of one that is there."""
    names = [column.name for column in known]
    old = sa.table(name, *(sa.column(each) for each in names))
    new = op.create_table(f"{name}_anew", *known, *added)
    rows = sa.select(*(old.c[each] for each in names), sa.literal(""))
    op.execute(sa.insert(new).from_select([*names, "item"], rows))
    op.drop_table(name)
    op.rename_table(f"{name}_anew", name)
