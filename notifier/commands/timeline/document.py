"""A timeline as one JSON document, for programs.

The keys are stable; more may be added. Days are ``2026-12-04`` in the account's zone, moments carry their offset::

    version      1
    now          the moment as of which everything is said
    suppositions [{fact, value, from}]          from: the day from which it counts, null for now
    accounts     [{id, zone, people, grants}]   people: [{role, name, reach}]
      grants     [{id, program, ended_on, owed, asked, paused, coming, whenever, exceptions}]
                 owed: what people still have to hand in for an ended grant
        coming   [{at, day, rule, step, anchor, state, reason, title, say, next, to, letter, urgent,
                   held_until, held_because}]
                 state: passed (before the grant was enrolled, so not told), came (its moment is past), coming,
                 done, closed
                 anchor: the date that it is about
                 to: [{role, name, reach}], letter: {name, to, subject, blanks} or null
                 held_until: the day on which it is told after a pause, null if it is not held or without an end
        whenever   [{rule, title, steps, to}]
        exceptions [{rule, off, set, because, until}]   rules that the account has off or sets otherwise
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.calendar import Duration, utc
from notifier.core.money import Money
from notifier.core.words import iso

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.commands.timeline.seen import Asked, Seen, SeenGrant
    from notifier.core.account import Account
    from notifier.core.calendar import Day, Moment
    from notifier.core.facts import Observed
    from notifier.core.letter import Letter
    from notifier.flow.preview import Coming, Excepted

VERSION = 1
Plain = dict[str, object]


def document(seen: Sequence[Seen], asked: Asked) -> str:
    """The timeline of *seen* as JSON, for people to read too."""
    supposed = [one for each in seen for grant in each.grants for one in grant.supposed if one.written]
    said = {
        str(one): {"fact": one.fact.name, "value": _value(one.value), "from": _date(one.on)} for one in supposed
    }
    whole = {
        "version": VERSION,
        "now": iso(asked.now),
        "suppositions": list(said.values()),
        "accounts": [_account(each, asked.now) for each in seen],
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _account(seen: Seen, now: Moment) -> Plain:
    account = seen.account
    return {
        "id": account.id,
        "zone": account.locale.zone.key,
        "people": _people(account, account.people),
        "grants": [_grant(account, each, now) for each in seen.grants],
    }


def _grant(account: Account, seen: SeenGrant, now: Moment) -> Plain:
    life = seen.life
    pause = account.pause(seen.grant.id, account.locale.day_of(now))
    return {
        "id": seen.grant.id,
        "program": seen.grant.program,
        "ended_on": _day(life.ended_on),
        "owed": list(life.owed),
        "asked": list(life.asked),
        "paused": pause and {"because": pause.because, "until": _day(pause.until)},
        "coming": [_coming(account, each, now) for each in seen.coming],
        "whenever": [
            {
                "rule": rule.rule,
                "title": rule.title,
                "steps": list(rule.steps),
                "to": _people(account, rule.roles),
            }
            for rule in life.whenever
        ],
        "exceptions": [_exception(each) for each in life.excepted],
    }


def _coming(account: Account, each: Coming, now: Moment) -> Plain:
    message = each.message
    return {
        "at": utc(each.at).astimezone(account.locale.zone).isoformat(),
        "day": _day(each.day),
        "rule": each.rule,
        "step": message.step,
        "anchor": _day(each.anchor),
        "state": each.state(now),
        "reason": message.reason.value,
        "title": message.headline,
        "say": message.say,
        "next": message.next,
        "to": _people(account, each.roles),
        "letter": _letter(message.letter),
        "urgent": message.urgent,
        "held_until": _day(each.told_on),
        "held_because": each.held.because if each.held else None,
    }


def _letter(letter: Letter | None) -> Plain | None:
    if letter is None:
        return None
    to = letter.to or letter.opens
    return {"name": letter.name, "to": to, "subject": letter.subject, "blanks": letter.blanks}


def _people(account: Account, roles: Iterable[str]) -> list[Plain]:
    found = ((role, account.people[role]) for role in roles)
    return [{"role": role, "name": person.name, "reach": list(person.reach)} for role, person in found]


def _exception(each: Excepted) -> Plain:
    override = each.override
    return {
        "rule": each.rule,
        "off": override.off,
        "set": None if override.off else json.loads(override.fields),
        "because": override.because,
        "until": _day(override.until),
    }


def _value(value: Observed) -> object:
    """A date as ISO 8601, an amount or a duration as its text, all else as JSON has it."""
    if isinstance(value, date):
        return value.isoformat()
    return str(value) if isinstance(value, Money | Duration) else value


def _day(day: Day | None) -> str | None:
    return None if day is None else _date(date.fromordinal(day))


def _date(at: date | None) -> str | None:
    return None if at is None else at.isoformat()
