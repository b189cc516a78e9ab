"""An explanation as data: one JSON document (``explain --format json``), the same as the text.

version     1; a later release may add names, and changes none
now         the moment of this explanation; moments are ISO 8601 in UTC, days are dates
rule, account, grant, item, title
holds       what holds the message back, the first first: why (`notifier.flow.why.Why`), said, until
next        at, what; or null where nothing comes by itself
asked       field, text, came (yes, no, unknown, value, none), said, parts (the same, without a field)
steps       step, crossed, at (null where no date says when)
timing      what the rule says of time besides, by field: for, per, repeat, escalate
facts       fact, known (value, none, unread), said, source, at, by, formula
verdict     finding, step, anchor, since, until
alert       state, open, step, opened_at, pending_since, unread_since; or null where there never was one
hears       people, destinations
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

from notifier.commands.explain.text import title, value
from notifier.core.calendar import FOREVER
from notifier.core.words import iso

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Moment
    from notifier.flow.asked import Part
    from notifier.flow.explain import Explanation, Input

VERSION = 1
Plain = dict[str, object]


def document(found: Explanation) -> str:
    """The whole explanation as one document."""
    matter, subject = found.matter, found.matter.question.subject
    coming, heard = found.next, matter.heard
    whole: Plain = {
        "version": VERSION,
        "now": iso(matter.scene.now),
        "rule": subject.rule,
        "account": subject.account,
        "grant": subject.grant,
        "item": subject.item,
        "title": title(found),
        "holds": [{"why": str(each.why), "said": each.said, "until": _moment(each.until)} for each in found.holds],
        "next": None if coming is None else {"at": iso(coming.at), "what": coming.what},
        "asked": [{"field": each.field, **_part(each)} for each in found.asked],
        "steps": [{"step": each.text, "crossed": each.crossed, "at": _moment(each.at)} for each in found.rungs],
        "timing": dict(found.timing),
        "facts": [_fact(each, found) for each in found.inputs],
        "verdict": _verdict(found),
        "alert": _alert(found),
        "hears": {"people": heard.people, "destinations": list(heard.destinations)},
    }
    return json.dumps(whole, ensure_ascii=False, indent=2)


def _part(part: Part) -> Plain:
    return {
        "text": part.text,
        "came": str(part.came),
        "said": part.said,
        "parts": [_part(each) for each in part.parts],
    }


def _fact(each: Input, found: Explanation) -> Plain:
    known = each.known
    return {
        "fact": known.fact.name,
        "known": "unread" if known.unread else "none" if known.value is None else "value",
        "said": value(each, found),
        "source": known.source,
        "at": _moment(known.at),
        "by": known.by,
        "formula": each.formula,
    }


def _verdict(found: Explanation) -> Plain:
    verdict = found.verdict
    return {
        "finding": verdict.finding.value,
        "step": verdict.step,
        "anchor": _day(verdict.anchor),
        "since": _moment(verdict.since or None),
        "until": _moment(verdict.until),
    }


def _alert(found: Explanation) -> Plain | None:
    alert = found.alert
    if alert is None:
        return None
    return {
        "state": str(found.state),
        "open": alert.open,
        "step": alert.step,
        "opened_at": _moment(alert.opened_at),
        "pending_since": _moment(alert.pending_since),
        "unread_since": _moment(alert.unread_since),
    }


def _moment(at: Moment | None) -> str | None:
    return None if at is None or at >= FOREVER else iso(at)


def _day(day: Day | None) -> str | None:
    return None if day is None else date.fromordinal(day).isoformat()
