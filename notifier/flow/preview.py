"""What will be told over a grant's whole life if nothing but time changes: the same judging, played in advance.

What is supposed changes the facts on its way: the same rules go on with the facts as they would be then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Alert, Cause, Reason, advance
from notifier.core.audience import audience, besides, said
from notifier.core.calendar import FOREVER, Day, Moment
from notifier.core.message import Message, Told, compose
from notifier.core.scene import Scene
from notifier.core.vocabulary import Kind
from notifier.flow.finding import Case, judged, still_owed
from notifier.flow.finding import said as said_of
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import heard_from, items_of, questions, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.account import Account, Grant, Override, Pause
    from notifier.core.alert import Transition
    from notifier.core.facts import Facts
    from notifier.core.rule import Program, Rule

_BLANK = re.compile(r"\[[^\[\]]*\]")  # what is not known yet, and needs no telling where to find it
MOST_HOPS = 1_000  # a rule has far fewer steps; past it something is wrong with the rule, not with time
OVER = (Reason.RESOLVED, Reason.CLOSED)


@dataclass(frozen=True, slots=True)
class Coming:
    """One message on the timeline, on *day* in the account's zone, to the people who hold *roles*.

    *anchor* is the date that it is about. *passed*: its moment came before the grant was enrolled, so it is not
    told. *held*: the pause at whose end it is told.
    """

    at: Moment
    day: Day
    rule: str
    anchor: Day | None
    message: Message
    roles: tuple[str, ...]
    passed: bool = False
    held: Pause | None = None
    item: str = ""

    @property
    def over(self) -> bool:
        """Whether it says that something is done or no longer watched, rather than to be done."""
        return self.message.reason in OVER

    @property
    def told_on(self) -> Day | None:
        """The day on which it is told after the pause that holds it; None if none does, or one without an end."""
        return None if self.held is None or self.held.until is None else self.held.until + 1

    def state(self, now: Moment) -> str:
        """Where it stands at *now*, in a word: passed, came, coming; done or closed where something is over."""
        if self.over:
            return "done" if self.message.reason is Reason.RESOLVED else "closed"
        if self.passed:
            return "passed"
        return "came" if self.at <= now else "coming"


@dataclass(frozen=True, slots=True)
class Whenever:
    """A rule whose moment depends on what happens, not on the calendar."""

    rule: str
    title: str
    steps: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Excepted:
    """A rule that the account has off, or sets otherwise, now."""

    rule: str
    override: Override


@dataclass(frozen=True, slots=True)
class Life:
    """A grant's timeline.

    *owed* are the titles of what people still have to hand in for an ended grant, *asked* of what was open when
    one that goes on was enrolled: the service asks about that in one message.
    """

    about: str
    ended_on: Day | None
    owed: tuple[str, ...]
    coming: tuple[Coming, ...]
    whenever: tuple[Whenever, ...]
    excepted: tuple[Excepted, ...] = ()
    asked: tuple[str, ...] = ()


def life(case: Case, supposed: Sequence[Scene] = (), course: Sequence[Scene] = ()) -> Life:
    """Play the rules of a grant from its acceptance on, with the facts as they are known now.

    Each scene in *supposed* replaces the facts from its own moment on; they are in the order of their moments.
    Where there is a *course*, the rules that dates drive are played by that: the same in the order in which people
    recorded it, from the moment 0 on. What came before somebody recorded what ends it then stays.
    """
    known, grant = case.scene, case.grant
    start = _start(known)
    begin = min([known.now, *(scene.now for scene in supposed)])
    life_long, from_now = _scenes(known, course or supposed, start), _scenes(known, supposed, begin)
    present = _in_force(known, supposed, known.now)
    coming: list[Coming] = []
    whenever: list[Whenever] = []
    for place, rule in enumerate(present.program.rules):
        if not case.watched.asks(rule):
            continue
        by_date = rule.condition.asked.kind is Kind.DATE
        for item in _items(rule, known):
            if by_date:
                coming += _play(place, item, life_long, grant, None)
            else:
                already = _already(place, item, _in_force(known, (), begin))
                coming += _play(place, item, from_now, grant, already)
        if not by_date and not rule.off:
            whenever.append(_whenever(rule, present))
    coming.sort(key=lambda each: (each.at, each.rule))
    ended = _ended(present)
    owed = _owed(replace(case, scene=present)) if ended is not None else ()
    first = replace(known, now=heard_from(grant, known.account.locale))
    asked = _open(replace(case, scene=first)) if ended is None and first.now > start else ()
    about, excepted = known.account.about(grant.id), tuple(_excepted(present))
    held = tuple(_held(each, known, grant) for each in coming)
    return Life(about, ended, owed, held, tuple(whenever), excepted, asked)


def _start(known: Scene) -> Moment:
    accepted = known.facts.values[known.program.vocabulary.places["accepted_on"]]
    return known.account.locale.tells(accepted) if isinstance(accepted, int) else known.now


def _scenes(known: Scene, supposed: Sequence[Scene], begin: Moment) -> list[Scene]:
    """What is in force at *begin*, and at each moment after it at which facts or overrides change."""
    locale = known.account.locale
    ends = [locale.ends(each.until) for each in known.account.overrides if each.until is not None]
    changes = {at for at in (*ends, *(scene.now for scene in supposed)) if at > begin}
    return [_in_force(known, supposed, at) for at in (begin, *sorted(changes))]


def _in_force(known: Scene, supposed: Sequence[Scene], at: Moment) -> Scene:
    """The facts and the rules that are in force at *at*."""
    scene = next((each for each in reversed(supposed) if each.now <= at), known)
    program = known.program.under(known.account.in_force(known.account.locale.day_of(at)))
    return replace(scene, program=program, now=at)


def _items(rule: Rule, scene: Scene) -> tuple[str, ...]:
    """The items that *rule* is asked of; of a rule without a list, the subject itself."""
    if not rule.each:
        return ("",)
    return tuple(item.id for item in items_of(rule, scene.facts) or ())


def _already(place: int, item: str, scene: Scene) -> Alert | None:
    """What a rule that no date drives has found already; nobody knows when, so the timeline does not say it."""
    rule = scene.program.rules[place]
    locale = scene.account.locale
    verdict = rule.judge(locale)(record_of(rule, scene.facts, item).values, scene.now)
    return advance(rule.policy_in(locale), None, verdict, Cause.FACTS, scene.now).alert


def _play(place: int, item: str, scenes: Sequence[Scene], grant: Grant, alert: Alert | None) -> Iterator[Coming]:
    """Hop from moment to moment, as the service does, with the rule at *place* of each scene's program.

    An ending is named where facts or overrides bring it about; where only time passes, it goes without saying.
    """
    for scene, end in zip(scenes, [*(later.now for later in scenes[1:]), FOREVER], strict=True):
        rule, locale = scene.program.rules[place], scene.account.locale
        here = replace(scene, facts=record_of(rule, scene.facts, item))
        judge, policy, at, cause = rule.judge(locale), rule.policy_in(locale), scene.now, Cause.FACTS
        for _ in range(MOST_HOPS):
            step = advance(policy, alert, judge(here.facts.values, at), cause, at)
            alert = step.alert
            for told in step.transitions:
                if told.reason not in OVER or at == scene.now:
                    yield _coming(rule, told, replace(here, alert=alert), grant)
            if step.until >= end:
                break
            at, cause = step.until, Cause.MOMENT


def _coming(rule: Rule, transition: Transition, scene: Scene, grant: Grant) -> Coming:
    account = scene.account
    told = Told(transition.reason, transition.at, transition.step, transition.anchor)
    also = besides(rule, scene.facts, scene.alert, transition.to)
    hears = audience(account, rule, rule.policy, told.step, scene.ways, also)
    message = compose(rule, told, replace(scene, now=told.at), people=hears.people)
    passed = told.at < heard_from(grant, account.locale)
    day, roles = account.locale.day_of(told.at), _roles(account, hears.roles)
    return Coming(told.at, day, rule.id, told.anchor, message, roles, passed, item=scene.facts.item)


def _roles(account: Account, heard: Sequence[str]) -> tuple[str, ...]:
    """The account's own names of the roles that texts call *heard*."""
    own = {said(role): role for role in account.people}
    return tuple(own[role] for role in heard)


def _held(each: Coming, known: Scene, grant: Grant) -> Coming:
    """*each*, with the pause that holds it if it comes inside one; what is urgent is told all the same."""
    if each.at <= known.now or each.message.urgent:
        return each
    return replace(each, held=known.account.pause(grant.id, each.day))


def _ended(present: Scene) -> Day | None:
    place = present.program.vocabulary.place("access_ends_on")
    ends = present.facts.values[place] if place is not None else None
    return ends if isinstance(ends, int) and ends < present.account.locale.day_of(present.now) else None


def _whenever(rule: Rule, scene: Scene) -> Whenever:
    ladder = rule.condition.ladder
    item = next(iter(_items(rule, scene)), "…")
    scene = replace(scene, facts=record_of(rule, scene.facts, item))
    hears = audience(scene.account, rule, rule.policy, ladder[-1], scene.ways, besides(rule, scene.facts, None))
    title = compose(rule, Told(Reason.OPENED, scene.now, ladder[0], None), scene, people=hears.people).headline
    return Whenever(rule.id, _BLANK.sub("…", title), ladder, _roles(scene.account, hears.roles))


def _excepted(scene: Scene) -> Iterator[Excepted]:
    """The rules that an override of the account means now; of several, the last one counts."""
    overrides = scene.account.in_force(scene.account.locale.day_of(scene.now))
    for rule in scene.program.rules:
        meant = [each for each in overrides if each.rule in {rule.id, rule.id.rpartition("/")[2]}]
        if meant:
            yield Excepted(rule.id, meant[-1])


def _owed(case: Case) -> tuple[str, ...]:
    """The titles of what is open now and has people hand something in, whenever the grant was enrolled."""
    case = replace(case, terms=case.scene.program, snapshot=Snapshot())
    alerts, _ = judged(case)
    return tuple(said_of(case, alert).headline for alert in alerts if still_owed(case, alert))


def _open(case: Case) -> tuple[str, ...]:
    """What the service names in one message if it first sees the grant at the scene's moment."""
    scene, titles = case.scene, []
    enrolled = heard_from(case.grant, scene.account.locale)
    for asked in questions(scene.account, case.watched):
        verdict = asked.judge(asked.facts.values, scene.now)
        standing = advance(asked.policy, None, verdict, Cause.FACTS, scene.now, heard_from=enrolled)
        if any(each.reason is Reason.STANDING for each in standing.transitions):
            told = Told(Reason.STANDING, scene.now, verdict.step, verdict.anchor)
            titles.append(compose(asked.rule, told, replace(scene, facts=asked.facts), people="").headline)
    return tuple(titles)


def rehearse(program: Program, account: Account, facts: Facts, now: Moment) -> Iterator[tuple[Rule, str]]:
    """Render every rule at every step for one grant, as the service will; yields what fails, and why."""
    base = Scene(account, program, facts, now)
    for rule in program.rules:
        item = next(iter(_items(rule, base)), rule.each.removesuffix("s"))
        scene = replace(base, facts=record_of(rule, facts, item))
        for step in rule.condition.ladder:
            try:
                compose(rule, Told(Reason.OPENED, now, step, account.locale.day_of(now)), scene, people="")
            except ValueError as error:
                yield rule, str(error)
                break
