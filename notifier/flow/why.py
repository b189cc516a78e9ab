"""What holds the message of a rule back: everything that could, in the order in which it is asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.alert import HoldKind, Reason
from notifier.core.audience import audience, besides
from notifier.core.calendar import FOREVER
from notifier.core.conditions.change import LISTS
from notifier.core.fact import Kind
from notifier.core.facts import UNREAD
from notifier.core.known import label
from notifier.core.language.printer import written
from notifier.core.verdict import Finding
from notifier.core.words import say_day, say_list, say_local_time
from notifier.flow.asked import Came, Reader, say_span
from notifier.flow.finding import How
from notifier.flow.quiet import WHY as QUIET_HOURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.alert import Advance, Alert
    from notifier.core.audience import Audience
    from notifier.core.calendar import Moment
    from notifier.core.language.types import Node
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene
    from notifier.core.verdict import Verdict
    from notifier.flow.finding import Case, OpenAlert, Telling
    from notifier.flow.subjects import Question


class Why(StrEnum):
    """What may hold a message back."""

    OFF = "off"
    APPLIES_TO = "does not apply here"
    DONE = "done"
    WHEN = "when is no"
    NOT_STARTED = "not started"
    ENDED = "ended"
    NOTHING_TO_JUDGE = "nothing to judge"
    UNREAD = "unread"
    NOTHING_CROSSED = "nothing crossed"
    LASTING = "not long enough"
    PASSED = "before enrolment"
    NO_CHANGE = "no change"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"
    NOBODY = "nobody can be told"
    BACK = "told before"
    HELD = "held after an edit"
    PAUSED = "paused"
    QUIET = "quiet hours"
    FAILING = "destination failing"
    GIVEN_UP = "given up"
    DROPPED = "dropped"
    NOT_RUNNING = "service not running"
    DUE = "due"
    TOLD = "already told"


@dataclass(frozen=True, slots=True)
class Hold:
    """One thing that holds the message back, as a sentence; *until* which moment, where that is known."""

    why: Why
    said: str
    until: Moment | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Matter:
    """One question that was judged: all that decides whether somebody is told.

    *before* is the alert as the service remembers it, *after* what the present look makes of it. *opened* is the
    alert as `notifier.flow.finding.judged` found it, None where it is not open. *runs*: the service is running.
    """

    case: Case
    question: Question
    verdict: Verdict
    before: Alert | None
    after: Advance
    opened: OpenAlert | None
    runs: bool

    @property
    def rule(self) -> Rule:
        """The rule that is asked."""
        return self.question.rule

    @property
    def scene(self) -> Scene:
        """What may be said of the subject."""
        return replace(self.case.scene, facts=self.question.facts, alert=self.before)

    @property
    def reader(self) -> Reader:
        """What reads the rule's expressions on the subject's record."""
        scene = self.scene
        return Reader(self.rule.vocabulary, scene.facts.values, scene.account.locale, scene.now)

    @property
    def heard(self) -> Audience:
        """Who hears what is crossed now; of what is not crossed, who would hear its first step."""
        scene, rule = self.scene, self.rule
        step = self.verdict.step or next(iter(rule.condition.ladder), None)
        alert = self.after.alert
        also = besides(rule, scene.facts, alert)
        return audience(scene.account, rule, rule.policy, step, scene.ways, also)

    def on(self, moment: Moment) -> str:
        """A moment in the account's zone."""
        return say_local_time(moment, self.scene.account.locale, self.scene.now)

    def day(self, moment: Moment) -> str:
        """The day of a moment in the account's zone."""
        locale = self.scene.account.locale
        return say_day(locale.day_of(moment), locale, self.scene.now)


def holds(matter: Matter) -> list[Hold]:
    """Everything that holds the message back, the first first; what is told already is the last."""
    found = [*_by_the_rule(matter)]
    if not found:
        found = [*_by_the_alert(matter), *_by_telling(matter)]
    else:
        found += _besides(matter)
    return list({hold.why: hold for hold in reversed(found)}.values())[::-1]


# -- the rule ----------------------------------------------------------------------------------------------------


def _by_the_rule(matter: Matter) -> Iterator[Hold]:
    """Why the rule finds nothing now: at most one reason."""
    gates, reader = matter.rule.condition.gates, matter.reader
    if matter.rule.off:
        yield _off(matter)
    elif gates.applies_to is not None and reader.value(gates.applies_to) is False:
        yield Hold(Why.APPLIES_TO, f"The rule does not apply here: `{_text(gates.applies_to, matter)}` is no.")
    elif matter.verdict.finding is Finding.DONE:
        yield Hold(Why.DONE, f"What it asks for has happened{_done(matter)}.")
    elif gates.when is not None and reader.value(gates.when) is False:
        yield Hold(Why.WHEN, f"The rule does not apply now: `{_text(gates.when, matter)}` is no.")
    else:
        yield from _by_the_verdict(matter)


def _by_the_verdict(matter: Matter) -> Iterator[Hold]:
    """Why a rule that no gate forbids finds nothing."""
    if matter.verdict.finding is Finding.CLOSED:
        yield _closed(matter)
    elif matter.verdict.finding is Finding.UNKNOWN:
        yield _unread(matter)
    elif matter.question.policy.watch is not None:
        yield _unchanged(matter)
    elif matter.after.alert is None or not matter.after.alert.live:
        yield _nothing_crossed(matter)


def _off(matter: Matter) -> Hold:
    account = matter.scene.account
    name = matter.rule.id
    meant = [each for each in account.in_force(matter.case.today) if each.rule in (name, name.rpartition("/")[2])]
    override = meant[-1]
    until = account.locale.ends(override.until) if override.until is not None else None
    day = f" through {say_day(override.until, account.locale, matter.scene.now)}" if override.until else ""
    return Hold(Why.OFF, f"The rule is off for {account.id}{day}: {override.because}.", until)


def _done(matter: Matter) -> str:
    """By which facts it is done."""
    gate, facts, scene = matter.rule.condition.gates.unless, matter.rule.vocabulary.facts, matter.scene
    places = dict.fromkeys(gate.places() if gate is not None else ())
    known = [place for place in places if scene.facts.values[place] not in (None, UNREAD, False, 0, "")]
    said = [f"{label(facts[place].name)} {scene.said(place)}" for place in known if facts[place].kind.is_told]
    return f": {say_list(said)}" if said else ""


def _closed(matter: Matter) -> Hold:
    """Why a rule does not apply that no gate forbids: it is not its time, or there is nothing to judge."""
    gates, reader, locale = matter.rule.condition.gates, matter.reader, matter.scene.account.locale
    if gates.starting is not None:
        day, text = reader.value(gates.starting), _text(gates.starting, matter)
        if day is None:
            return Hold(Why.NOT_STARTED, f"The rule has not started: there is no day for `{text}` yet.")
        if isinstance(day, int) and matter.scene.now < (opens := locale.tells(day)):
            return Hold(Why.NOT_STARTED, f"The rule starts on {matter.on(opens)} (`{text}`).", opens)
    if gates.ending is not None:
        day = reader.value(gates.ending)
        if isinstance(day, int) and matter.scene.now >= locale.ends(day):
            ended = say_day(day, locale, matter.scene.now)
            return Hold(Why.ENDED, f"The rule ended with {ended} (`{_text(gates.ending, matter)}`).")
    asked = matter.rule.condition.asked
    came, _ = reader.answer(asked)
    if came is Came.NONE:
        return Hold(Why.NOTHING_TO_JUDGE, f"There is nothing to judge: {_missing(asked, matter)}.")
    until = matter.verdict.until if matter.verdict.until < FOREVER else None
    return Hold(Why.ENDED, "The last step is over, and the rule with it.", until)


def _missing(node: Node, matter: Matter) -> str:
    """Which facts are none, so that nothing can be judged."""
    facts, reader = matter.rule.vocabulary.facts, matter.reader
    none = [place for place in dict.fromkeys(node.places()) if reader.values[place] is None]
    names = say_list([label(facts[place].name) for place in none])
    return f"{names} {'is' if len(none) == 1 else 'are'} not known" if none else f"`{_text(node, matter)}` is none"


def _unread(matter: Matter) -> Hold:
    """Which facts cannot be read, so that nobody knows; and which source it is."""
    facts, scene = matter.rule.vocabulary.facts, matter.scene
    places = [place for node in matter.rule.condition.expressions() for place in node.places()]
    unread = [place for place in dict.fromkeys(places) if scene.facts.values[place] is UNREAD]
    names = say_list([label(facts[place].name) for place in unread]) or "something that decides"
    failing = matter.case.snapshot.failing(scene.account)
    why = "; ".join(f"{name} cannot be read since {matter.on(since)}: {said}" for name, since, said in failing)
    told = why or "it was not read yet, or too long ago to count"
    return Hold(Why.UNREAD, f"Nobody can know it now: {names} not readable ({told.rstrip('.')}).")


def _unchanged(matter: Matter) -> Hold:
    """A `change` rule is told at once and is over: between two changes there is nothing to tell."""
    before = matter.before
    if before is not None and before.episode:
        told = matter.day(before.opened_at)
        return Hold(Why.TOLD, f"The last change was told on {told}; nothing has changed since the service looked.")
    lists = matter.question.policy.watch in LISTS
    what = "the list as it was first seen" if lists else "the first known value"
    return Hold(Why.NO_CHANGE, f"Nothing has changed yet: {what} is no change.")


def _nothing_crossed(matter: Matter) -> Hold:
    condition, verdict = matter.rule.condition, matter.verdict
    until = verdict.until if verdict.until < FOREVER else None
    first, text = next(iter(condition.ladder), ""), _text(condition.asked, matter)
    if verdict.anchor is not None and until is not None and condition.asked.kind is Kind.DATE:
        day = say_day(verdict.anchor, matter.scene.account.locale, matter.scene.now)
        return Hold(
            Why.NOTHING_CROSSED, f"It is not time yet: `{first}` of {day} comes on {matter.on(until)}.", until
        )
    _, value = matter.reader.answer(condition.asked)
    if len(condition.ladder) == 1 or condition.asked.kind is Kind.TEXTS:  # nothing of a list is nothing to measure
        return Hold(Why.NOTHING_CROSSED, f"There is nothing to tell: `{text}` is {value}.", until)
    return Hold(Why.NOTHING_CROSSED, f"No step is crossed: `{text}` is {value}; the first step is {first}.", until)


def _text(node: Node, matter: Matter) -> str:
    return written(node, matter.rule.vocabulary)


# -- the alert ---------------------------------------------------------------------------------------------------


def _by_the_alert(matter: Matter) -> Iterator[Hold]:
    """Why an alert that is found is not told now: `for`, or what a person said of it."""
    alert, now = matter.after.alert, matter.scene.now
    assert alert is not None
    lasting = matter.rule.timing.lasting
    if alert.pending_since is not None and lasting is not None:
        until = matter.question.policy.lasted(alert.pending_since)
        since = matter.on(alert.pending_since)
        said = f"It has to last {say_span(lasting)} before anybody is told: it is so since {since}, so until"
        yield Hold(Why.LASTING, f"{said} {matter.on(until)}.", until)
    if any(told.reason is Reason.STANDING for told in matter.after.transitions):
        came = f" on {matter.on(matter.verdict.since)}" if matter.verdict.since else ""
        yield Hold(Why.PASSED, f"It came{came}, before the grant was enrolled: one message names all such things.")
    hold = alert.hold
    if hold is not None and hold.until > now:
        because = f": {hold.because.rstrip('.')}" if hold.because else ""
        if hold.kind is HoldKind.SNOOZED:
            said = f"{hold.by} snoozed it on {matter.on(hold.at)} until {matter.on(hold.until)}{because}."
            yield Hold(Why.SNOOZED, said, hold.until)
        else:
            said = f"{hold.by} acknowledged it on {matter.on(hold.at)}, until {matter.on(hold.until)}{because}."
            yield Hold(Why.ACKNOWLEDGED, said, hold.until)


# -- telling -----------------------------------------------------------------------------------------------------


def _by_telling(matter: Matter) -> Iterator[Hold]:
    """What became of telling an open alert, or what would: what is not told yet first."""
    opened = matter.opened
    if opened is None:
        return
    yield from _nobody(matter)
    if opened.silent:
        step = f" at `{opened.step}`" if opened.step else ""
        yield Hold(Why.BACK, f"It is back{step}, which had been told before: the same is not told again.")
    untold = [each for each in opened.tellings if each.how is not How.TOLD]
    yield from (_untold(each, matter) for each in untold)
    told = [each for each in opened.tellings if each.how is How.TOLD]
    if told or (not opened.tellings and not opened.silent):
        yield Hold(Why.TOLD, _told(told, opened, matter))


def _nobody(matter: Matter) -> Iterator[Hold]:
    """That none of the account's people can be told, so that somebody else is."""
    account, ways = matter.scene.account, matter.scene.ways
    if account.people and any(ways.to(person.reach) is not None for person in account.people.values()):
        return
    who = "can be told by their addresses" if account.people else "is named"
    there = say_list(list(matter.heard.destinations))
    yield Hold(Why.NOBODY, f"Nobody of {account.id} {who}: it goes to {there} instead.")


def _untold(telling: Telling, matter: Matter) -> Hold:
    """One destination that was not told yet, or never will be."""
    there, until = telling.destination, telling.at if telling.at < FOREVER else None
    when = f" until {matter.on(telling.at)}" if until is not None else ""
    if telling.how is How.HELD and telling.why == QUIET_HOURS:
        return Hold(Why.QUIET, f"It is quiet at {there}{when}; what is not urgent waits.", until)
    if telling.how is How.HELD and telling.why:
        return Hold(Why.PAUSED, f"It is {telling.why}; held{when}, and nothing is lost.", until)
    if telling.how is How.HELD:
        edits = say_list([str(hold.event) for hold in matter.case.snapshot.waiting])
        number = f" ({edits})" if edits else ""
        return Hold(Why.HELD, f"An edit would tell much at once{number}: it waits for `release` or `drop`.")
    if telling.how is How.FAILING:
        return Hold(Why.FAILING, f"{there} cannot be told: {telling.why.rstrip('.')}. It is tried again.", until)
    if telling.how is How.GIVEN_UP:
        return Hold(
            Why.GIVEN_UP, f"It was given up for {there}: {telling.why.rstrip('.')}. `retry` tells it again."
        )
    if telling.how is How.DROPPED:
        return Hold(Why.DROPPED, f"It was not told to {there}: {telling.why.rstrip('.')}.")
    return _due(there, matter)


def _due(there: str, matter: Matter) -> Hold:
    parked = next((each for each in matter.case.snapshot.parked if each.name == there), None)
    if parked is not None:
        again = parked.next_slot if parked.next_slot > matter.scene.now else None
        since = matter.on(parked.failing_since)
        return Hold(Why.FAILING, f"{there} cannot be told since {since}: {parked.why.rstrip('.')}.", again)
    if not matter.runs:
        return Hold(Why.NOT_RUNNING, "It is to be told, but the service is not running: `run` starts it.")
    return Hold(Why.DUE, f"It is about to be told to {there}.")


def _told(told: list[Telling], opened: OpenAlert, matter: Matter) -> str:
    if not told:
        return f"It was told before, at `{opened.step}`; a tighter step, or its end, is told again."
    where = say_list([f"on {matter.on(each.at)} to {each.destination}" for each in told])
    return f"It was told {where}, at `{opened.step}`; the same step is not told twice."


def _besides(matter: Matter) -> Iterator[Hold]:
    """What would hold the message back as well, if the rule found anything."""
    scene, rule = matter.scene, matter.rule
    pause = scene.account.pause(matter.case.grant.id, matter.case.today)
    if pause is not None:
        until = None if pause.until is None else scene.account.locale.tells(pause.until + 1)
        day = f" until {matter.on(until)}" if until is not None else ""
        urgent = ", but for what is urgent" if rule.urgent.values else ""
        yield Hold(
            Why.PAUSED,
            f"{scene.account.about(matter.case.grant.id)} is paused{day}{urgent}: {pause.because}.",
            until,
        )
    for each in matter.case.snapshot.parked:
        if each.name in matter.heard.destinations:
            yield _due(each.name, matter)
    yield from _nobody(matter)
