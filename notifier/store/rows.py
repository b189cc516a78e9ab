"""Accounts, alerts, deliveries, messages and acts ↔ rows and JSON, at the edge only (readings: `readings`).

Decoding is on the path of every judgement, for 100,000 accounts at a time. So a locale is remembered by its text:
accounts that share one share the instance, as `notifier.core.calendar.Locale` asks.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import time
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from notifier.core.account import MAIN, Account, Grant, Override, Pause, Person, Poll
from notifier.core.alert import Alert, AlertHold, HoldKind, Reason
from notifier.core.calendar import Calendar, Locale
from notifier.core.delivery import Around, Delivery, Doubt, State
from notifier.core.facts import EMPTY
from notifier.core.letter import Letter
from notifier.core.message import Answer, Line, Message, Section, Told
from notifier.core.subject import Subject
from notifier.ports import Act
from notifier.store.encoding import VERSION, dump, load
from notifier.store.readings import tagged, untagged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LOCALES_REMEMBERED = 4_096

_MESSAGE_FIELDS = tuple(field.name for field in fields(Message))
_LETTER_FIELDS = tuple(field.name for field in fields(Letter))
_AROUND_FIELDS = tuple(field.name for field in fields(Around))
_TEXTS_OF_PERSON = {field.name for field in fields(Person)} - {"reach"}
_MORE_OF_POLL = ("every", "url", "name", "settings")
_HOLD_FIELDS = tuple(field.name for field in fields(AlertHold))
# Of an alert, what has no column of its own: with what it is at the beginning.
_FIRST_OF_MORE = "pending_since"
_ALERT_FIELDS = fields(Alert)
_MORE_OF_ALERT = {
    field.name: field.default
    for field in _ALERT_FIELDS[[field.name for field in _ALERT_FIELDS].index(_FIRST_OF_MORE) :]
}
_LINE_FIELDS = tuple(field.name for field in fields(Line))


def encode_account(account: Account) -> str:
    """An account's declaration.

    Raises:
        ValueError: its zone has no name, so that nobody could find it again.
    """
    raw: dict[str, object] = {
        "v": VERSION,
        "id": account.id,
        "locale": _encode_locale(account.locale),
        "people": [{"role": role} | _filled(_fields(who)) for role, who in account.people.items()],
        "grants": [_encode_grant(grant) for grant in account.grants],
        "sources": [_encode_poll(poll) for poll in account.sources],
    }
    rare = {"labels": account.labels, "overrides": [_fields(each) for each in account.overrides]}
    if account.paused:
        rare["paused"] = _fields(account.paused)
    return dump(raw | _filled(rare | {"push": account.push}))


def declared_anew(before: Account | None, after: Account) -> dict[str, Any]:
    """What *after* declares otherwise than *before* did, part by part; everything where it was not declared."""
    said, says = ({} if each is None else _parts(each) for each in (before, after))
    return {name: says.get(name) for name in (*says, *(said.keys() - says)) if said.get(name) != says.get(name)}


def _parts(account: Account) -> dict[str, Any]:
    """A declaration by its parts; those of the locale for themselves."""
    raw: dict[str, Any] = json.loads(encode_account(account))
    locale = json.loads(raw.pop("locale"))
    return {name: value for name, value in (raw | locale).items() if name not in ("v", "id") and value}


def _encode_grant(grant: Grant) -> dict[str, object]:
    raw: dict[str, object] = {"id": grant.id, "program": grant.program, "from": grant.enrolled_on}
    return raw | ({"paused": _fields(grant.paused)} if grant.paused else {})


def _encode_poll(poll: Poll) -> list[object]:
    """Source and key; what else there is only where it is not as usual."""
    more = _filled({name: getattr(poll, name) for name in _MORE_OF_POLL})
    return [poll.source, poll.key, list(poll.parts), more]


def _decode_poll(source: str, key: str, parts: Sequence[str] = (MAIN,), more: Mapping[str, Any] = EMPTY) -> Poll:
    return Poll(source, key, tuple(parts), **{name: more[name] for name in _MORE_OF_POLL if name in more})


def _fields(record: Person | Pause | Override) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _filled(raw: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: nearly every account has none of it."""
    return {name: value for name, value in raw.items() if value}


def decode_account(declaration: str) -> Account:
    """Read what `encode_account` wrote; accounts with equal locales share one instance.

    Raises:
        StoreError: a newer version wrote it.
    """
    raw = load(declaration, "an account")
    return Account(
        raw["id"],
        _decode_locale(raw["locale"]),
        {who["role"]: _decode_person(**who) for who in raw["people"]},
        tuple([_decode_grant(grant) for grant in raw["grants"]]),
        tuple([_decode_poll(*poll) for poll in raw["sources"]]),
        raw.get("labels", {}),
        tuple([Override(**each) for each in raw.get("overrides", ())]),
        Pause(**raw["paused"]) if "paused" in raw else None,
        raw.get("push", ""),
    )


def _decode_person(role: str, reach: tuple[str, ...] = (), **texts: str) -> Person:  # noqa: ARG001  the key's own
    if not texts.keys() <= _TEXTS_OF_PERSON:  # another release knows more of a person
        texts = {name: text for name, text in texts.items() if name in _TEXTS_OF_PERSON}
    return Person(tuple(reach), **texts)


def _decode_grant(raw: dict[str, Any]) -> Grant:
    paused = Pause(**raw["paused"]) if "paused" in raw else None
    return Grant(raw["id"], raw["program"], raw["from"], paused)


@lru_cache(LOCALES_REMEMBERED)
def _encode_locale(locale: Locale) -> str:
    """A text of its own inside the declaration: it is what `_decode_locale` remembers by."""
    if locale.zone.key is None:
        raise ValueError("a time zone without a name cannot be stored")
    closed = sorted(locale.calendar.closed)
    gaps = [later - day for day, later in pairwise((0, *closed))]
    return dump(
        {
            "v": VERSION,
            "zone": locale.zone.key,
            "tell_at": locale.tell_at.isoformat(),
            "closed": gaps,
            "currency": locale.currency,
            "rates": locale.rates,
        }
    )


@lru_cache(LOCALES_REMEMBERED)
def _decode_locale(text: str) -> Locale:
    raw = load(text, "a locale")
    return Locale(
        ZoneInfo(raw["zone"]),
        time.fromisoformat(raw["tell_at"]),
        Calendar(frozenset(accumulate(raw["closed"]))),
        raw["currency"],
        tuple([(currency, rate) for currency, rate in raw["rates"]]),
    )


def alert_row(subject: Subject, alert: Alert) -> dict[str, object]:
    """The columns of `notifier.store.tables.alert`."""
    rule, account, grant, item = subject
    return {
        "rule": rule,
        "account": account,
        "grant": grant,
        "item": item,
        "open": alert.open,
        "opened_at": alert.opened_at,
        "step": alert.step,
        "anchor": alert.anchor,
        "told": alert.told,
        "unread_since": alert.unread_since,
        "episode": alert.episode,
        "seq": alert.seq,
        "more": _encode_more(alert),
    }


def _encode_more(alert: Alert) -> str | None:
    """What few alerts have, without what is as at the beginning."""
    more = {name: value for name, default in _MORE_OF_ALERT.items() if (value := getattr(alert, name)) != default}
    if not more:
        return None
    if alert.hold is not None:
        more["hold"] = _record(alert.hold)
    return dump(more | {"v": VERSION})


def _decode_more(text: str) -> dict[str, Any]:
    raw = load(text, "an alert")
    known = {name: raw[name] for name in _MORE_OF_ALERT if name in raw}
    if "hold" in known:
        hold = {name: raw["hold"][name] for name in _HOLD_FIELDS if name in raw["hold"]}
        known["hold"] = AlertHold(**hold | {"kind": HoldKind(hold["kind"])})
    return known


def alert_from(row: Any) -> tuple[Subject, Alert]:
    """An alert with its identity, from a row in the order of `notifier.store.statements.ALERT_COLUMNS`."""
    subject, columns, more = Subject(*row[:4]), row[4:-1], row[-1]
    return subject, Alert(*columns, **_decode_more(more)) if more else Alert(*columns)


def delivery_row(delivery: Delivery) -> dict[str, object]:
    """The columns of `notifier.store.tables.delivery`, without its number and its cause."""
    told = delivery.told
    return {
        "rule": delivery.rule,
        "account": delivery.account,
        "grant": delivery.grant,
        "item": delivery.item,
        "episode": delivery.episode,
        "seq": delivery.seq,
        "destination": delivery.destination,
        "event": delivery.event,
        "reason": told.reason.value,
        "at": told.at,
        "step": told.step,
        "anchor": told.anchor,
        "state": delivery.state.value,
        "due_at": delivery.due_at,
        "attempts": delivery.attempts,
        "boot": delivery.boot,
        "post": None if delivery.post is None else encode_message(delivery.post),
        "receipt": delivery.receipt,
        "why": delivery.why,
        "around": None if delivery.around is None else encode_around(delivery.around),
        "leader": delivery.leader,
        "tried_at": delivery.tried_at,
        "doubt": delivery.doubt.value,
        "trying_since": delivery.trying_since,
    }


def delivery_from(row: Any) -> Delivery:
    """A delivery from a row in the order of `notifier.store.statements.DELIVERY_COLUMNS`."""
    number, rule, account, grant, item, episode, seq, destination, event = row[:9]
    reason, at, step, anchor = row[9:13]
    state, due_at, attempts, boot, post, receipt, why = row[13:20]
    around, leader, tried_at, doubt, trying_since = row[20:]
    told = Told(Reason(reason), at, step, anchor)
    message = None if post is None else decode_message(post)
    return Delivery(
        *(number, rule, account, grant, item, episode, seq, destination, event, told),
        *(State(state), due_at, attempts, boot, message, receipt, why),
        *(None if around is None else decode_around(around), leader, tried_at, Doubt(doubt)),
        trying_since,
    )


def encode_around(around: Around) -> str:
    """Where a post belongs, as it is frozen with it."""
    raw = _record(around) | {
        "v": VERSION,
        "above": None if around.above is None else encode_message(around.above),
        "others": [[receipt, encode_message(message)] for receipt, message in around.others],
    }
    return dump(raw)


def decode_around(text: str) -> Around:
    """Read what `encode_around` wrote.

    Raises:
        StoreError: a newer version wrote it.
    """
    raw = load(text, "a post's place")
    known = {name: raw[name] for name in _AROUND_FIELDS if name in raw}
    above = raw.get("above")
    known["above"] = None if above is None else decode_message(above)
    known["others"] = tuple([(receipt, decode_message(other)) for receipt, other in raw.get("others", ())])
    return Around(**known)


def encode_message(message: Message) -> str:
    """A post's content as it is frozen at the first claim."""
    raw = {name: getattr(message, name) for name in _MESSAGE_FIELDS}
    raw["answers"] = [[each.when, each.verb, each.rest] for each in message.answers]
    raw["lines"] = [_line_record(each) for each in message.lines]
    raw["sections"] = [
        {"heading": each.heading, "say": each.say, "lines": [_line_record(line) for line in each.lines]}
        for each in message.sections
    ]
    raw["letter"] = _letter_record(message.letter)
    return dump(raw | {"v": VERSION, "reason": message.reason.value})


def _record(record: Line | Letter | Around | AlertHold) -> dict[str, object]:
    return {field.name: getattr(record, field.name) for field in fields(record)}


def _line_record(line: Line) -> dict[str, object]:
    return _record(line) | {"letter": _letter_record(line.letter)}


def _letter_record(letter: Letter | None) -> dict[str, object] | None:
    return None if letter is None else _record(letter)


def decode_message(text: str) -> Message:
    """Read what `encode_message` wrote: the bytes that a channel makes of it do not change.

    Raises:
        StoreError: a newer version wrote it.
    """
    raw = load(text, "a post")
    known = {name: raw[name] for name in _MESSAGE_FIELDS if name in raw}
    known["reason"] = Reason(raw["reason"])
    known["rows"] = tuple(raw.get("rows", ()))
    known["answers"] = tuple(Answer(*answer) for answer in raw.get("answers", ()))
    if record := raw.get("record"):  # as the first release wrote it
        known["answers"] = (Answer("When done", "record", record),)
    known["letter"] = _letter_from(raw.get("letter"))
    known["lines"] = tuple(_line_from(line) for line in raw.get("lines", ()))
    known["sections"] = tuple(
        Section(each["heading"], each["say"], tuple(_line_from(line) for line in each["lines"]))
        for each in raw.get("sections", ())
    )
    return Message(**known)


def _line_from(raw: dict[str, Any]) -> Line:
    known = {name: raw[name] for name in _LINE_FIELDS if name in raw}
    return Line(**known | {"letter": _letter_from(raw.get("letter"))})


def _letter_from(raw: dict[str, Any] | None) -> Letter | None:
    return None if raw is None else Letter(**{name: raw[name] for name in _LETTER_FIELDS if name in raw})


def act_row(act: Act) -> dict[str, object]:
    """The columns of `notifier.store.tables.inbox` that are known when a person acts."""
    return {
        "id": act.id,
        "kind": act.kind,
        "account": act.account,
        "grant": act.grant,
        "said": dump({"v": VERSION, "said": tagged(act.said)}),
        "at": act.at,
        "by": act.by,
    }


def act_from(row: Any) -> Act:
    """An act from a row in the order of `notifier.store.statements.ACT_COLUMNS`."""
    act, kind, account, grant, said, at, by = row
    return Act(act, kind, account, grant, untagged(load(said, "an act")["said"]), at, by)
