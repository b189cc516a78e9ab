"""What is kept, table by table. Moments are seconds since 1970 UTC, days are ordinals, as everywhere inside.

JSON is text and never asked by SQL, so that SQLite and PostgreSQL keep the same bytes. `SCHEMA` is the version
of the newest migration; tests/store/test_migrations.py holds these tables against what the migrations make.

Nothing refers to an account by a foreign key: alerts, deliveries, history and what people recorded outlive its
declaration.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ColumnElement,
    FromClause,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    literal_column,
    text,
)

from notifier.core.delivery import State

SCHEMA: Final = "0004"

metadata = MetaData()

# A row number that grows. SQLite counts by itself only where the type is spelled INTEGER.
_NUMBER = BigInteger().with_variant(Integer, "sqlite")

# One row per declared account. *rules* is the fingerprint of the rules that judged it last; NULL: never judged.
# Waking sets *next_moment* to 0 as well, so that one index finds whatever is to be judged. *edited*: it was woken
# because people changed its declaration, or because a source of it answered for the first time.
account = Table(
    "account",
    metadata,
    Column("id", Text, primary_key=True),
    Column("declaration", Text, nullable=False),
    Column("next_moment", BigInteger, nullable=False),
    Column("rules", Text),
    Column("woken", Boolean, nullable=False),
    Column("edited", Boolean, nullable=False, server_default=false()),
    Index("account_next_moment", "next_moment"),
    Index("account_rules", "rules"),
)

# The latest reading of each source. *body* is what was said, without *at*: equal bodies are equal news.
reading = Table(
    "reading",
    metadata,
    Column("account", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
)

# Append-only. *value* is one tagged value; NULL where the source stopped speaking of the fact, and with the source
# `recorded` where a person took the newest observation back. *grant* '' means the account itself, *by* '' that no
# person said it. Whoever replays what people recorded asks `notifier.core.entry`.
history = Table(
    "history",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("account", Text, nullable=False),
    Column("grant", Text, nullable=False),
    Column("fact", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("value", Text),
    Column("source", Text, nullable=False),
    Column("by", Text, nullable=False),
)

_RECORDED: ColumnElement[bool] = literal_column("source = 'recorded'")
Index("history_recorded", history.c.account, history.c.id, sqlite_where=_RECORDED, postgresql_where=_RECORDED)

# Open findings and the memory of closed ones. The account comes first in the key: alerts are read by account.
# *item* is '' where the rule is not judged item by item; *more* is JSON, NULL where nothing of it is set.
alert = Table(
    "alert",
    metadata,
    Column("account", Text, primary_key=True),
    Column("grant", Text, primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("item", Text, primary_key=True),
    Column("open", Boolean, nullable=False),
    Column("opened_at", BigInteger, nullable=False),
    Column("step", Text),
    Column("anchor", Integer),
    Column("told", Boolean, nullable=False),
    Column("unread_since", BigInteger),
    Column("episode", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("more", Text),
)

# The outbox. *reason*, *at*, *step* and *anchor* are what happened; *cause* is what made us look, for the audit.
# *post* and *around* are what was frozen at the first claim; where *leader* is not 0 that delivery's row has them.
delivery = Table(
    "delivery",
    metadata,
    Column("id", _NUMBER, primary_key=True),
    Column("rule", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("grant", Text, nullable=False),
    Column("item", Text, nullable=False),
    Column("episode", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("destination", Text, nullable=False),
    Column("event", BigInteger, nullable=False),
    Column("cause", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("step", Text),
    Column("anchor", Integer),
    Column("state", Text, nullable=False),
    Column("due_at", BigInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("boot", Text, nullable=False),
    Column("post", Text),
    Column("receipt", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("around", Text),
    Column("leader", BigInteger, nullable=False, server_default=text("0")),
    Column("tried_at", BigInteger, nullable=False, server_default=text("0")),
    Column("doubt", Text, nullable=False, server_default=text("''")),
    Column("trying_since", BigInteger, nullable=False, server_default=text("0")),
    UniqueConstraint("account", "grant", "rule", "item", "destination", "episode", "seq", name="delivery_once"),
)


def in_state(*states: State, of: FromClause = delivery) -> ColumnElement[bool]:
    """Whether a delivery is in one of *states*; *of* is the table under another name.

    Spelled out in the SQL, not bound: only then does SQLite see that a partial index covers the question.
    """
    return of.c.state.in_([literal_column(f"'{state}'") for state in states])


def _partial(name: str, *columns: str, covers: ColumnElement[bool]) -> Index:
    return Index(name, *(delivery.c[column] for column in columns), sqlite_where=covers, postgresql_where=covers)


# What is over is most of the outbox and is in none of these.
_partial("delivery_due", "due_at", "id", covers=in_state(State.DUE, State.HELD))
_partial("delivery_held", "event", "id", covers=in_state(State.HELD))
_partial("delivery_claimed", "id", covers=in_state(State.CLAIMED))
_partial(
    "delivery_unfinished",
    *("account", "grant", "rule", "item", "destination", "id"),
    covers=in_state(State.DUE, State.CLAIMED, State.HELD, State.JOINED),
)
_partial("delivery_troubled", "id", covers=in_state(State.DUE, State.CLAIMED, State.GIVEN_UP))
_LED: ColumnElement[bool] = literal_column("leader <> 0")
Index("delivery_led", delivery.c.leader, delivery.c.id, sqlite_where=_LED, postgresql_where=_LED)

# Destinations that are told at a measured pace, or that failed as a whole: nothing goes there before *next_slot*.
# *failing_since* is 0 where it does not fail. Those that never had to wait have no row.
destination = Table(
    "destination",
    metadata,
    Column("name", Text, primary_key=True),
    Column("next_slot", BigInteger, nullable=False),
    Column("failing_since", BigInteger, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("why", Text, nullable=False),
    Index("destination_next_slot", "next_slot", "name"),
)

# Edits that tell much at once: what they would tell has *event* in the outbox and is held there. *stage* is
# `weighing` while it is not known how much it is, then `waiting` for a person, then what became of it, and who
# said so (*by*). *count* is how many messages it was.
hold = Table(
    "hold",
    metadata,
    Column("event", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("why", Text, nullable=False),
    Column("stage", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("by", Text, nullable=False),
)

# Sources that cannot be read now, since when and why. A reading of the source deletes the row.
failure = Table(
    "failure",
    metadata,
    Column("account", Text, primary_key=True),
    Column("source", Text, primary_key=True),
    Column("why", Text, nullable=False),
    Column("since", BigInteger, nullable=False),
)

# What people did. *outcome* is NULL until the act has had its effect.
inbox = Table(
    "inbox",
    metadata,
    Column("number", _NUMBER, primary_key=True),
    Column("id", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("grant", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("by", Text, nullable=False),
    Column("outcome", Text),
    UniqueConstraint("id", name="inbox_once"),
)
Index(
    "inbox_pending",
    inbox.c.at,
    inbox.c.number,
    sqlite_where=inbox.c.outcome.is_(None),
    postgresql_where=inbox.c.outcome.is_(None),
)

# When each recipient's next digest is due; who has none has no row.
digest = Table(
    "digest",
    metadata,
    Column("recipient", Text, primary_key=True),
    Column("next_at", BigInteger, nullable=False),
    Index("digest_next_at", "next_at"),
)

# What happened, append-only: see `notifier.core.journal`. Each account's entries are a chain, numbered from 1.
journal = Table(
    "journal",
    metadata,
    Column("account", Text, primary_key=True),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("at", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("previous", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

# Where each chain of the journal ends: what is written next goes on from there, and what is missing is missed.
journal_end = Table(
    "journal_end",
    metadata,
    Column("account", Text, primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("at", BigInteger, nullable=False),
    Column("hash", Text, nullable=False),
)

# Numbers by name: those that only grow, and `installation`, drawn once, which tells this database from any other.
counter = Table(
    "counter",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)
