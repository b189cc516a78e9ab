"""What will be told over a grant's whole life if nothing but time changes: the same judging, played in advance."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Advance, Alert, Cause, Reason, advance
from notifier.core.audience import audience
from notifier.core.calendar import FOREVER, Day, Moment
from notifier.core.message import NOT_KNOWN, Message, Scene, Told, compose
from notifier.core.verdict import Finding
from notifier.core.vocabulary import Kind
from notifier.flow.judge import heard_from

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.account import Account, Grant
    from notifier.core.facts import Facts
    from notifier.core.rule import Program, Rule

MOST_HOPS = 1_000  # a rule has far fewer steps; past it something is wrong with the rule, not with time


@dataclass(frozen=True, slots=True)
class Coming:
    """One message on the timeline. *passed*: its moment came before the grant was enrolled, so it is not told."""

    at: Moment
    rule: str
    message: Message
    roles: tuple[str, ...]
    passed: bool


@dataclass(frozen=True, slots=True)
class Whenever:
    """A rule whose moment depends on what happens, not on the calendar."""

    title: str
    steps: tuple[str, ...]
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Life:
    """A grant's timeline. *owed* are the titles of what was due when an ended grant was enrolled."""

    about: str
    ended_on: Day | None
    owed: tuple[str, ...]
    coming: tuple[Coming, ...]
    whenever: tuple[Whenever, ...]


def life(program: Program, account: Account, grant: Grant, facts: Facts, now: Moment) -> Life:
    """Play the rules of *grant* from its acceptance on, with the facts as they are at *now*."""
    start = _start(program, account, facts, now)
    coming: list[Coming] = []
    whenever: list[Whenever] = []
    for rule in program.rules:
        if rule.condition.asked.kind is Kind.DATE:
            coming += _play(rule, Scene(account, program, facts, start), grant)
        else:
            whenever.append(_whenever(rule, Scene(account, program, facts, now)))
    coming.sort(key=lambda message: (message.at, message.rule))
    ended = _ended(program, account, facts, now)
    owed = _owed(program, Scene(account, program, facts, now), grant) if ended is not None else ()
    return Life(account.about(grant.id), ended, owed, tuple(coming), tuple(whenever))


def _start(program: Program, account: Account, facts: Facts, now: Moment) -> Moment:
    accepted = facts.values[program.vocabulary.places["accepted_on"]]
    return account.locale.tells(accepted) if isinstance(accepted, int) else now


def _ended(program: Program, account: Account, facts: Facts, now: Moment) -> Day | None:
    place = program.vocabulary.place("access_ends_on")
    ends = facts.values[place] if place is not None else None
    return ends if isinstance(ends, int) and ends < account.locale.day_of(now) else None


def _play(rule: Rule, scene: Scene, grant: Grant) -> Iterator[Coming]:
    """Hop from moment to moment, from the scene's on, as the service does."""
    enrolled = heard_from(grant, scene.account.locale)
    for now, told in _hops(rule, scene):
        if told.reason in (Reason.CLOSED, Reason.RESOLVED):
            continue
        hears = audience(scene.account, rule, rule.policy, told.step)
        message = compose(rule, told, replace(scene, now=now), people=hears.people)
        yield Coming(now, rule.id, message, hears.roles, passed=now < enrolled)


def _hops(rule: Rule, scene: Scene) -> Iterator[tuple[Moment, Told]]:
    judge = rule.judge(scene.account.locale)
    alert: Alert | None = None
    now = scene.now
    for _ in range(MOST_HOPS):
        step: Advance = advance(rule.policy, alert, judge(scene.facts.values, now), Cause.MOMENT, now)
        alert = step.alert
        for told in step.transitions:
            yield now, Told(told.reason, told.at, told.step, told.anchor)
        if step.until >= FOREVER:
            return
        now = step.until


def _whenever(rule: Rule, scene: Scene) -> Whenever:
    last = rule.condition.ladder[-1]
    hears = audience(scene.account, rule, rule.policy, last)
    told = Told(Reason.OPENED, scene.now, rule.condition.ladder[0], None)
    title = compose(rule, told, scene, people=hears.people).headline
    return Whenever(title.replace(NOT_KNOWN, "…"), rule.condition.ladder, hears.roles)


def _owed(program: Program, scene: Scene, grant: Grant) -> tuple[str, ...]:
    """What the service will name as still owed when it first sees the ended grant."""
    enrolled = heard_from(grant, scene.account.locale)
    titles = []
    for rule, policy, judge in program.bound(scene.account.locale).judges:
        verdict = judge(scene.facts.values, scene.now)
        standing = advance(policy, None, verdict, Cause.FACTS, scene.now, heard_from=enrolled)
        if verdict.finding is Finding.JUDGED and standing.transitions:
            told = Told(Reason.STANDING, scene.now, verdict.step, verdict.anchor)
            titles.append(compose(rule, told, scene, people="").headline)
    return tuple(titles)


def rehearse(program: Program, account: Account, facts: Facts, now: Moment) -> Iterator[tuple[Rule, str]]:
    """Render every rule at every step for one grant, as the service will; yields what fails, and why."""
    scene = Scene(account, program, facts, now)
    for rule in program.rules:
        for step in rule.condition.ladder:
            try:
                compose(rule, Told(Reason.OPENED, now, step, account.locale.day_of(now)), scene, people="")
            except ValueError as error:
                yield rule, str(error)
                break
