"""What would tell too much at once is held until a person lets it go; what is paused rests."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TO_BE_TOLD = sa.text("state IN ('due', 'held')")
UNFINISHED = sa.text("state IN ('due', 'claimed', 'held')")


def upgrade() -> None:
    op.add_column("account", sa.Column("edited", sa.Boolean, nullable=False, server_default=sa.false()))
    op.create_table(
        "hold",
        sa.Column("event", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
    )
    op.drop_index("delivery_due", "delivery")
    op.drop_index("delivery_unfinished", "delivery")
    op.create_index(
        "delivery_due", "delivery", ["due_at", "id"], sqlite_where=TO_BE_TOLD, postgresql_where=TO_BE_TOLD
    )
    op.create_index(
        "delivery_unfinished",
        "delivery",
        ["account", "grant", "rule", "destination", "id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    by_people = sa.text("source = 'recorded'")
    op.create_index(
        "history_recorded", "history", ["account", "id"], sqlite_where=by_people, postgresql_where=by_people
    )
    held = sa.text("state IN ('held')")
    op.create_index("delivery_held", "delivery", ["event", "id"], sqlite_where=held, postgresql_where=held)
