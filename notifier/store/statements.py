"""Every statement of the store, built once.

Standard SQL, but for adding a row that may exist: SQLAlchemy has that once for each database, so `_upsert`,
`_once` and `NEW_EVENT` are what PostgreSQL needs anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Table,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert as insert_or

from notifier.core.delivery import Doubt, State
from notifier.core.entry import RECORDED
from notifier.core.hold import Stage
from notifier.core.subject import Subject
from notifier.store.tables import (
    account,
    alert,
    counter,
    delivery,
    destination,
    digest,
    failure,
    history,
    hold,
    in_state,
    inbox,
    journal,
    journal_end,
    reading,
)

if TYPE_CHECKING:
    from sqlalchemy import BindParameter, ColumnElement
    from sqlalchemy.dialects.sqlite import Insert

    Bound = BindParameter[Any]


def _upsert(table: Table, *replaced: str) -> Insert:
    """Add a row; where its key is there already, replace only the columns *replaced*."""
    adding = insert_or(table)
    return adding.on_conflict_do_update(
        index_elements=list(table.primary_key), set_={name: adding.excluded[name] for name in replaced}
    )


def _once(table: Table) -> Insert:
    """Add a row; where it is there already, nothing changes."""
    return insert_or(table).on_conflict_do_nothing()


# A name with an underscore behind it keeps a condition's value apart from the new value of the column.
_IDS: Bound = bindparam("ids", expanding=True)
_ACCOUNT: Bound = bindparam("account_")
_NOW: Bound = bindparam("now")
_RULES: Bound = bindparam("rules_")
_MOST: Bound = bindparam("most")

# -- accounts ----------------------------------------------------------------------------------------------------

ACCOUNTS = select(account.c.id, account.c.declaration).where(account.c.id.in_(_IDS))
# Of those whose declaration has this text in it, only a few are meant: but to look is quicker than to decode.
ACCOUNTS_NAMING = select(account.c.declaration).where(func.instr(account.c.declaration, bindparam("text")) > 0)
ACCOUNT_IDS = select(account.c.id).order_by(account.c.id)
PUT_ACCOUNT = _upsert(account, "declaration")
REMOVE_ACCOUNT = delete(account).where(account.c.id == _ACCOUNT)
REMOVE_FAILURES = delete(failure).where(failure.c.account == _ACCOUNT)

# -- facts -------------------------------------------------------------------------------------------------------

_READINGS = select(reading.c.account, reading.c.source, reading.c.at, reading.c.body).order_by(
    reading.c.account, reading.c.source
)
READINGS = _READINGS.where(reading.c.account.in_(_IDS))
READINGS_OF_ONE = _READINGS.where(reading.c.account == _ACCOUNT)  # a third of the price for a single account
PUT_READING = _upsert(reading, "at", "body")
CONFIRM_READING = (
    update(reading)
    .where(reading.c.account == _ACCOUNT, reading.c.source == bindparam("source_"))
    .values(at=bindparam("at_"))
)
REMOVE_READING = delete(reading).where(reading.c.account == _ACCOUNT, reading.c.source == bindparam("source_"))
READ_AT = select(reading.c.account, reading.c.source, reading.c.at)
READ_AT_OF = READ_AT.where(reading.c.account.in_(_IDS))
ADD_HISTORY = insert(history)
_RECORDED = (
    select(*(history.c[name] for name in ("account", "grant", "fact", "at", "value", "by")))
    # Spelled out, not bound: only then does the database see that a partial index covers the question.
    .where(history.c.source == literal_column(f"'{RECORDED}'"))
    .order_by(history.c.account, history.c.id)
)
RECORDED_OF = _RECORDED.where(history.c.account.in_(_IDS))
RECORDED_OF_ALL = _RECORDED
PUT_FAILURE = _once(failure)
CLEAR_FAILURE = delete(failure).where(failure.c.account == _ACCOUNT, failure.c.source == bindparam("source_"))
FAILURES = select(failure.c.account, failure.c.source, failure.c.since, failure.c.why).order_by(
    failure.c.account, failure.c.source
)
FAILURES_OF = FAILURES.where(failure.c.account.in_(_IDS))

# -- alerts ------------------------------------------------------------------------------------------------------

_SUBJECT = Subject._fields
_ALERT = ("open", "opened_at", "step", "anchor", "told", "unread_since", "episode", "seq", "more")
ALERT_COLUMNS = [alert.c[name] for name in (*_SUBJECT, *_ALERT)]
ALERTS = select(*ALERT_COLUMNS).where(alert.c.account.in_(_IDS))
PUT_ALERT = _upsert(alert, *_ALERT)

# -- when to judge -----------------------------------------------------------------------------------------------

ARM = (
    update(account)
    .where(account.c.id == _ACCOUNT)
    .values(next_moment=bindparam("moment"), rules=_RULES, woken=False, edited=False)
)
WAKE = update(account).where(account.c.id == _ACCOUNT).values(next_moment=0, woken=True)
WAKE_EDITED = update(account).where(account.c.id == _ACCOUNT).values(next_moment=0, woken=True, edited=True)
# Less or greater instead of unequal: both are ranges of an index. Equal is what nearly all are: there the index
# would find everybody, and `coalesce` keeps the database from using it.
DUE_BY_RULES = select(account.c.id).where(or_(account.c.rules < _RULES, account.c.rules > _RULES)).limit(_MOST)
DUE_BY_MOMENT = (
    select(account.c.id, account.c.woken, or_(account.c.edited, account.c.rules.is_(None)))
    .where(account.c.next_moment <= _NOW, func.coalesce(account.c.rules, _RULES) == _RULES)
    .order_by(account.c.next_moment)
    .limit(_MOST)
)
NEXT_JUDGEMENT = select(func.min(account.c.next_moment))

# -- digests -----------------------------------------------------------------------------------------------------

DIGESTS = (
    select(digest.c.recipient, digest.c.next_at)
    .where(digest.c.next_at <= bindparam("until"))
    .order_by(digest.c.recipient)
)
PUT_DIGEST = _upsert(digest, "next_at")
FORGET_DIGEST = delete(digest).where(digest.c.recipient == bindparam("recipient_"))
NEXT_DIGEST = select(func.min(digest.c.next_at))

# -- the outbox --------------------------------------------------------------------------------------------------

_SAID = (*_SUBJECT, "episode", "seq", "destination", "event", "reason", "at", "step", "anchor")
_PROGRESS = ("state", "due_at", "attempts", "boot", "post", "receipt", "why")
_FROZEN = ("around", "leader", "tried_at", "doubt", "trying_since")
DELIVERY_COLUMNS = [delivery.c[name] for name in ("id", *_SAID, *_PROGRESS, *_FROZEN)]
_DELIVERIES = select(*DELIVERY_COLUMNS)
DELIVERIES = _DELIVERIES.order_by(delivery.c.id)
DELIVERY = _DELIVERIES.where(delivery.c.id == bindparam("id"))
# What failed: given up, or tried and still to be told.
TROUBLED = DELIVERIES.where(in_state(State.DUE, State.CLAIMED, State.GIVEN_UP), delivery.c.why != "")
SIBLINGS = DELIVERIES.where(*(delivery.c[name] == bindparam(name) for name in (*_SUBJECT, "episode", "seq")))
# Where an opening of an alert was told, or is to be: not where it was given up, or dropped before it was told.
HEARD = (
    select(delivery.c.destination)
    .distinct()
    .where(
        *(delivery.c[name] == bindparam(name) for name in (*_SUBJECT, "episode")),
        delivery.c.state.not_in([State.GIVEN_UP.value, State.DROPPED.value]),
    )
    .order_by(delivery.c.destination)
)
LED = DELIVERIES.where(literal_column("leader <> 0"), delivery.c.leader == bindparam("leader"))
# In the order of the unique index, from its end: only what the newest episodes told is looked at.
NEWEST = (
    _DELIVERIES.where(
        *(delivery.c[name] == bindparam(name) for name in (*_SUBJECT, "destination")),
        delivery.c.episode < bindparam("before"),
    )
    .order_by(delivery.c.episode.desc(), delivery.c.seq.desc())
    .limit(1)
)
BACKLOG = (
    select(delivery.c.destination, func.count())
    .where(in_state(State.DUE, State.CLAIMED, State.HELD, State.JOINED), delivery.c.destination.in_(_IDS))
    .group_by(delivery.c.destination)
)
OWE = _once(delivery)
PUT_DELIVERY = update(delivery).where(delivery.c.id == bindparam("id_"))

_earlier = delivery.alias("earlier")
_same_way = and_(*(_earlier.c[name] == delivery.c[name] for name in (*_SUBJECT, "destination")))


def _first_in_line(*unless: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether nothing earlier of the same alert and destination is in the way; what is held is only if *unless*.

    The states are said twice, for SQLite to see that the partial index covers the question.
    """
    unfinished = in_state(State.DUE, State.CLAIMED, State.HELD, State.JOINED, of=_earlier)
    in_the_way = or_(_earlier.c.state != State.HELD.value, *unless)
    return ~exists(select(literal(1)).where(_same_way, _earlier.c.id < delivery.c.id, unfinished, in_the_way))


_FIRST_IN_LINE = _first_in_line()
# Nothing goes to a destination that has to wait, or that somebody is telling right now.
_OPEN = and_(
    delivery.c.destination.not_in(select(destination.c.name).where(destination.c.next_slot > _NOW)),
    delivery.c.destination.not_in(bindparam("busy", expanding=True)),
)
_CANDIDATES = select(delivery.c.id, delivery.c.destination)
ORPHANS = (
    _CANDIDATES.where(in_state(State.CLAIMED), delivery.c.boot != bindparam("boot"), _FIRST_IN_LINE, _OPEN)
    .order_by(delivery.c.id)
    .limit(_MOST)
)
DUE = (
    _CANDIDATES.where(
        in_state(State.DUE, State.HELD),
        delivery.c.due_at <= _NOW,
        _first_in_line(_earlier.c.due_at <= _NOW),
        _OPEN,
    )
    .order_by(delivery.c.due_at, delivery.c.id)
    .limit(_MOST)
)
DELIVERIES_CALLED = _DELIVERIES.where(delivery.c.id.in_(_IDS))
_lost = delivery.c.state == State.CLAIMED.value  # by a process that died
CLAIM = (
    update(delivery)
    .where(delivery.c.id.in_(_IDS))
    .values(
        state=State.CLAIMED.value,
        boot=bindparam("boot_"),
        attempts=delivery.c.attempts + 1,
        tried_at=case((delivery.c.tried_at == 0, bindparam("now_")), else_=delivery.c.tried_at),
        trying_since=case((delivery.c.trying_since == 0, bindparam("now_")), else_=delivery.c.trying_since),
        doubt=case((_lost, Doubt.UNKNOWN.value), else_=delivery.c.doubt),
    )
)
# A claimed row of no boot belongs to nobody who lives: whoever takes the lock has made it so.
DISOWN = update(delivery).where(in_state(State.CLAIMED)).values(boot="")
ANY_DISOWNED = select(
    exists(
        select(literal(1))
        .select_from(delivery)
        .where(in_state(State.CLAIMED), delivery.c.boot == "", _FIRST_IN_LINE, _OPEN)
    )
)
NEXT_DELIVERY = (
    select(delivery.c.due_at)
    .where(in_state(State.DUE, State.HELD), _FIRST_IN_LINE, _OPEN)
    .order_by(delivery.c.due_at, delivery.c.id)
    .limit(1)
)
# Where a destination has to wait, what is left there comes no sooner than its slot: that slot, the first moment at
# which anything is due there, and whether a dead process holds something.
_left_there = (
    select(delivery.c.due_at)
    .where(in_state(State.DUE, State.HELD), delivery.c.destination == destination.c.name)
    .order_by(delivery.c.due_at)
    .limit(1)
    .scalar_subquery()
)
_held_there = exists(
    select(literal(1)).where(
        in_state(State.CLAIMED), delivery.c.boot == "", delivery.c.destination == destination.c.name
    )
)
SLOTS = select(destination.c.next_slot, _left_there, _held_there).where(
    destination.c.next_slot > _NOW, destination.c.name.not_in(bindparam("busy", expanding=True))
)
_same_line = and_(*(delivery.c[name] == bindparam(name) for name in (*_SUBJECT, "destination")))
UNTOLD = _DELIVERIES.where(
    delivery.c.account.in_(_IDS),
    in_state(State.DUE, State.CLAIMED, State.HELD, State.JOINED),  # the states that the index covers
    delivery.c.leader == 0,
    delivery.c.attempts == 0,
)
TOLD = _DELIVERIES.where(
    _same_line, delivery.c.episode == bindparam("episode"), delivery.c.state == State.DONE.value
).order_by(delivery.c.seq)
_counting = insert_or(counter).values(name="event", value=1)
NEW_EVENT = _counting.on_conflict_do_update(
    index_elements=[counter.c.name], set_={"value": counter.c.value + 1}
).returning(counter.c.value)

# -- destinations -------------------------------------------------------------------------------------------------

_DESTINATION = ("name", "next_slot", "failing_since", "failures", "why")
DESTINATION_COLUMNS = [destination.c[name] for name in _DESTINATION]
DESTINATIONS = select(*DESTINATION_COLUMNS).order_by(destination.c.name)
DESTINATIONS_CALLED = DESTINATIONS.where(destination.c.name.in_(_IDS))
PUT_DESTINATION = _upsert(destination, "next_slot", "failing_since", "failures", "why")
INSTALLATION = select(counter.c.value).where(counter.c.name == "installation")
BEAT = _upsert(counter, "value")
BEATEN_AT = select(counter.c.value).where(counter.c.name == "heartbeat")

# -- what is held ------------------------------------------------------------------------------------------------

_HOLD = ("event", "at", "why", "stage", "count", "by")
HOLD_COLUMNS = [hold.c[name] for name in _HOLD]
HOLDS = select(*HOLD_COLUMNS).order_by(hold.c.event)
PUT_HOLD = _upsert(hold, "stage", "count", "by")
FORGET_HOLD = delete(hold).where(hold.c.event == bindparam("event_"))
_OPEN_HOLDS = select(hold.c.event).where(hold.c.stage.in_([Stage.WEIGHING.value, Stage.WAITING.value]))
HELD = DELIVERIES.where(in_state(State.HELD), delivery.c.event == bindparam("event"))
LET_GO = (
    update(delivery)
    .where(in_state(State.HELD), delivery.c.event == bindparam("event_"))
    .values(state=State.DUE.value, due_at=delivery.c.at)
)
ROUSE = (
    update(delivery)
    .where(
        in_state(State.HELD),
        delivery.c.account == _ACCOUNT,
        delivery.c.event.not_in(_OPEN_HOLDS),
    )
    .values(due_at=0)
)

# -- the inbox ---------------------------------------------------------------------------------------------------

_ACT = ("id", "kind", "account", "grant", "said", "at", "by")
ACT_COLUMNS = [inbox.c[name] for name in _ACT]
PUT_ACT = _once(inbox)
ACTS = select(*ACT_COLUMNS).where(inbox.c.outcome.is_(None)).order_by(inbox.c.at, inbox.c.number)
CONSUME = (
    update(inbox)
    .where(inbox.c.id == bindparam("act"), inbox.c.outcome.is_(None))
    .values(outcome=bindparam("outcome_"))
)

# -- the journal -------------------------------------------------------------------------------------------------

_NOTED = ("account", "number", "at", "kind", "body", "previous", "hash")
NOTED_COLUMNS = [journal.c[name] for name in _NOTED]
ADD_NOTED = insert(journal)
PUT_END = _upsert(journal_end, "number", "at", "hash")
ENDS = select(journal_end.c.account, journal_end.c.number, journal_end.c.at, journal_end.c.hash)
ENDS_OF = ENDS.where(journal_end.c.account.in_(_IDS))
JOURNAL = select(*NOTED_COLUMNS).where(journal.c.account == _ACCOUNT).order_by(journal.c.number)
JOURNALS = select(journal.c.account).distinct().order_by(journal.c.account)
LAST_OF_A_KIND = (
    select(journal.c.body)
    .where(journal.c.account == _ACCOUNT, journal.c.kind == bindparam("kind_"))
    .order_by(journal.c.number.desc())
    .limit(1)
)
DECLARATION = select(account.c.declaration).where(account.c.id == _ACCOUNT)
STATE_OF = select(delivery.c.state).where(delivery.c.id == bindparam("id_"))
ACT_CALLED = select(*ACT_COLUMNS).where(inbox.c.id == bindparam("act"))
ACT = ACT_CALLED.where(inbox.c.outcome.is_(None))
