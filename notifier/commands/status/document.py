"""The status as data: one JSON document (``status --format json``), the same as the text.

    version       1; a later release may add names, and changes none
    now           the moment of this status; moments are ISO 8601 in UTC, days are dates
    service       ran (ever), running, process (null: unknown or none), last_wrote
    summary       accounts, and how many of them are in each state that occurs
    faults        mistakes in files, each `file:line:column: what`
    holds         what edits would tell: number, since, why, messages
    undelivered   about (a title), rule, account, grant, state, destination, why, attempts, at
    inbox         what people did and the service has not taken over: kind, account, grant, at, by
    accounts      those that need a person first:
      account, state, stale (its file has mistakes), detailed (false: only what stands here and the headlines)
      unreadable  source, since, why
      paused      until, because; or null
      overrides   rule, off, set (the fields), until, because
      grants      grant, program, state, headline, and where it is detailed:
        paused        until, because; or null. The grant's own, or its account's
        credits       granted, used, left, used_share, ahead, lasts_until; source and at of what is left; hint
                      (what hints at the credits and proves nothing, or "")
        time          begins, ends, gone_share, days_left
        alerts        rule, title, step, since, anchor, urgent, next, told (how, destination, at, why, attempts),
                      letter (name, blanks, file) or null, owner (the role that it was handed over to, or ""),
                      hold (kind: acknowledged or snoozed; by, at, until, because) or null
        coming        at, title, step, roles, letter, held, held_until (the day on which it is told then, or null)
        spenders      of (project, member, key, model), source, at, and first: name and share of the last 7 days
        letters       name, to, subject, drafted_on, sent_on, sent_by, answered_on, followed_up_on, follow_up_on
        facts         fact, known (value, none, unread), value, source, at, by
        disagreements fact, counts and other: source, value, at (null: not read by the service yet), by

The states are `notifier.flow.headline.State`: needs you, not readable, ends soon, waits, fine, paused, over. An
account's is that of the grant that a person should look at first; one may be `without a grant`.
Amounts are `{"amount": "168.60", "currency": "USD"}`, exact; durations are texts such as `3 weeks`.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, Duration
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import Kind
from notifier.core.words import iso
from notifier.flow.finding import frozen
from notifier.flow.provenance import not_read_yet
from notifier.flow.redeliver import name_of
from notifier.flow.status import details

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.commands.status.overview import Overview
    from notifier.core.account import Override, Pause
    from notifier.core.alert import AlertHold
    from notifier.core.calendar import Day, Moment
    from notifier.core.delivery import Delivery, Destination
    from notifier.core.message import Message
    from notifier.core.spenders import Spenders
    from notifier.flow.finding import OpenAlert, Telling
    from notifier.flow.letters import LetterKnown
    from notifier.flow.preview import Coming
    from notifier.flow.provenance import Known
    from notifier.flow.record import Statement
    from notifier.flow.status import AccountStatus, Details, Glance

VERSION = 1
Plain = dict[str, object]


def document(overview: Overview, saved: Callable[[OpenAlert], str]) -> str:
    """The whole status as one document."""
    full = {account.account.id for account in overview.in_full}
    wrote = overview.snapshot.last_wrote
    found: Plain = {
        "version": VERSION,
        "now": iso(overview.now),
        "service": {
            "ran": overview.known,
            "running": overview.runs is not None,
            "process": overview.runs or None,
            "last_wrote": _moment(wrote),
        },
        "summary": {
            "accounts": len(overview.accounts),
            **{str(state): many for state, many in overview.counts.items()},
        },
        "faults": [str(fault) for fault in overview.faults],
        "holds": [
            {"number": hold.event, "since": iso(hold.at), "why": hold.why, "messages": hold.count}
            for hold in overview.snapshot.waiting
        ],
        "destinations": [_destination(each) for each in overview.snapshot.parked],
        "undelivered": [_undelivered(each) for each in overview.undelivered],
        "inbox": [
            {"kind": act.kind, "account": act.account, "grant": act.grant, "at": iso(act.at), "by": act.by}
            for act in overview.inbox
        ],
        "accounts": [_account(each, saved, detailed=each.account.id in full) for each in overview.accounts],
    }
    return json.dumps(found, ensure_ascii=False, indent=2)


def _destination(each: Destination) -> Plain:
    return {
        "destination": each.name,
        "failing_since": iso(each.failing_since),
        "failures": each.failures,
        "again": iso(each.next_slot),
        "why": each.why,
    }


def _undelivered(each: Delivery) -> Plain:
    return {
        "delivery": name_of(each),
        "about": each.post.title if each.post is not None else each.rule,
        "rule": each.rule,
        "account": each.account,
        "grant": each.grant,
        "state": str(each.state),
        "destination": each.destination,
        "why": each.why,
        "attempts": each.attempts,
        "at": iso(each.told.at),
    }


def _account(each: AccountStatus, saved: Callable[[OpenAlert], str], *, detailed: bool) -> Plain:
    return {
        "account": each.account.id,
        "state": str(each.state),
        "stale": each.stale,
        "detailed": detailed,
        "unreadable": [{"source": name, "since": iso(since), "why": why} for name, since, why in each.failing],
        "paused": _pause(each.account.paused),
        "overrides": [_override(override) for override in each.overrides],
        "grants": [_grant(grant, saved, detailed=detailed) for grant in each.grants],
    }


def _pause(pause: Pause | None) -> Plain | None:
    return None if pause is None else {"until": _day(pause.until), "because": pause.because}


def _override(each: Override) -> Plain:
    fields = {} if each.off else json.loads(each.fields)
    return {"rule": each.rule, "off": each.off, "set": fields, "until": _day(each.until), "because": each.because}


def _grant(grant: Glance, saved: Callable[[OpenAlert], str], *, detailed: bool) -> Plain:
    program = next(each.program for each in grant.account.grants if each.id == grant.grant)
    line: Plain = {"grant": grant.grant, "program": program, "state": str(grant.state), "headline": grant.headline}
    found = details(grant) if detailed else None
    return line if found is None else line | _details(found, grant.account.locale.currency, saved)


def _details(found: Details, currency: str, saved: Callable[[OpenAlert], str]) -> Plain:
    return {
        "paused": _pause(found.pause),
        "credits": _credits(found, currency),
        "time": {
            "begins": _day(found.balance.begins),
            "ends": _day(found.balance.ends),
            "gone_share": found.balance.gone_share,
            "days_left": found.balance.days_left,
        },
        "alerts": [_alert(alert, message, saved) for alert, message in found.alerts],
        "coming": [_coming(each) for each in found.coming],
        "spenders": [_spenders(each) for each in found.spenders],
        "facts": [_fact(each, currency) for each in found.facts],
        "letters": [_letter(each) for each in found.letters],
        "disagreements": [
            {"fact": each.fact.name, "counts": _statement(each.counts), "other": _statement(each.other)}
            for each in found.disagreements
        ],
    }


def _letter(each: LetterKnown) -> Plain:
    texts: Plain = {"name": each.name, "to": each.to, "subject": each.subject, "sent_by": each.sent_by}
    days = ("drafted_on", "sent_on", "answered_on", "followed_up_on", "follow_up_on")
    return texts | {name: _day(getattr(each, name)) for name in days}


def _spenders(each: Spenders) -> Plain:
    first = [{"name": name, "share": share} for name, share in each.first]
    return {"of": each.one, "source": each.reading.source, "at": iso(each.reading.at), "first": first}


def _credits(found: Details, currency: str) -> Plain:
    balance, left = found.balance, found.left
    amounts = {"granted": balance.granted, "used": balance.used, "left": balance.left}
    said: Plain = {
        name: None if micro is None else _value(Money(micro, currency)) for name, micro in amounts.items()
    }
    shares: Plain = {"used_share": balance.used_share, "ahead": balance.ahead}
    known: Plain = {"source": left.source or None if left else None, "at": _moment(left.at) if left else None}
    return said | shares | {"lasts_until": _day(balance.lasts_until)} | known | {"hint": found.hint}


def _alert(alert: OpenAlert, message: Message, saved: Callable[[OpenAlert], str]) -> Plain:
    letter = frozen(alert.posted) or message.letter
    file = saved(alert) or None
    return {
        "rule": alert.rule.id,
        "title": message.headline,
        "step": alert.step,
        "since": _moment(alert.since),
        "anchor": _day(alert.anchor),
        "urgent": alert.urgent,
        "next": message.next,
        "told": [_telling(each) for each in alert.tellings],
        "letter": None if letter is None else {"name": letter.name, "blanks": letter.blanks, "file": file},
        "owner": alert.owner,
        "hold": None if alert.hold is None else _hold(alert.hold),
    }


def _hold(hold: AlertHold) -> Plain:
    said: Plain = {"kind": hold.kind.value, "by": hold.by, "because": hold.because}
    return said | {"at": iso(hold.at), "until": iso(hold.until)}


def _telling(each: Telling) -> Plain:
    return {
        "how": str(each.how),
        "destination": each.destination,
        "at": _moment(each.at),
        "why": each.why,
        "attempts": each.attempts,
    }


def _coming(each: Coming) -> Plain:
    return {
        "at": iso(each.at),
        "title": each.message.headline,
        "step": each.message.step,
        "roles": list(each.roles),
        "letter": each.message.letter.name if each.message.letter is not None else None,
        "held": each.held is not None,
        "held_until": _day(each.told_on),
    }


def _fact(each: Known, currency: str) -> Plain:
    state = "unread" if each.unread else "none" if each.value is None else "value"
    value = each.value if state == "value" else None
    if value is not None and each.fact.kind is Kind.MONEY:
        value = Money(int(str(value)), currency)
    elif each.fact.kind is Kind.DATE and isinstance(value, int):
        value = date.fromordinal(value)
    return {
        "fact": each.fact.name,
        "known": state,
        "value": _value(value),
        "source": each.source or None,
        "at": _moment(each.at),
        "by": each.by or None,
    }


def _statement(said: Statement) -> Plain:
    at = None if not_read_yet(said) else said.at
    return {"source": said.source, "value": _value(said.value), "at": _moment(at), "by": said.by or None}


def _value(value: object) -> object:
    if isinstance(value, Money):
        return {"amount": _amount(value.micro), "currency": value.currency}
    if isinstance(value, Duration):
        return str(value)
    return value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value


def _amount(micro: int) -> str:
    """Exact, with the two decimals that people expect."""
    whole_cents = micro % (MICRO // 100) == 0
    return f"{Decimal(micro) / MICRO:.2f}" if whole_cents else f"{Decimal(micro) / MICRO:f}"


def _moment(at: Moment | None) -> str | None:
    return None if at is None or at >= FOREVER else iso(at)


def _day(day: Day | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
