"""Channels: what was frozen around a post, posts that tell several deliveries, destinations that have to wait."""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UNFINISHED = sa.text("state IN ('due', 'claimed', 'held', 'joined')")
TROUBLED = sa.text("state IN ('due', 'claimed', 'given up')")
LED = sa.text("leader <> 0")


def upgrade() -> None:
    op.add_column("delivery", sa.Column("around", sa.Text))
    op.add_column("delivery", sa.Column("leader", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.add_column("delivery", sa.Column("tried_at", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.add_column("delivery", sa.Column("doubt", sa.Text, nullable=False, server_default=sa.text("''")))
    op.add_column("delivery", sa.Column("trying_since", sa.BigInteger, nullable=False, server_default=sa.text("0")))
    op.drop_index("delivery_unfinished", "delivery")
    op.create_index(
        "delivery_unfinished",
        "delivery",
        ["account", "grant", "rule", "destination", "id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_index(
        "delivery_troubled", "delivery", ["id"], sqlite_where=TROUBLED, postgresql_where=TROUBLED
    )
    op.create_index("delivery_led", "delivery", ["leader", "id"], sqlite_where=LED, postgresql_where=LED)
    op.create_table(
        "destination",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("next_slot", sa.BigInteger, nullable=False),
        sa.Column("failing_since", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
    )
    op.create_index("destination_next_slot", "destination", ["next_slot", "name"])
    # Names this database towards channels: two of them never take the other's messages for their own.
    counter = sa.table("counter", sa.column("name", sa.Text), sa.column("value", sa.BigInteger))
    op.execute(sa.insert(counter).values(name="installation", value=secrets.randbits(62)))
