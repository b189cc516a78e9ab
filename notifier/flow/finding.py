"""What is open for a grant now, and who was told of it: judged anew, with what the service remembers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.alert import Alert, Cause, Reason, advance
from notifier.core.audience import audience
from notifier.core.calendar import FOREVER
from notifier.core.delivery import State
from notifier.core.message import Scene, Told, asked_of_people, compose
from notifier.core.rule import Staged
from notifier.core.verdict import Finding
from notifier.core.vocabulary import Kind
from notifier.flow.judge import heard_from

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.account import Grant
    from notifier.core.calendar import Day, Moment
    from notifier.core.delivery import Delivery
    from notifier.core.letter import Letter
    from notifier.core.message import Message
    from notifier.core.rule import Program, Rule
    from notifier.flow.snapshot import Snapshot

OVER = (Reason.RESOLVED, Reason.CLOSED)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One grant with everything that is known of it. *terms* is its program without the account's overrides."""

    scene: Scene
    grant: Grant
    terms: Program
    snapshot: Snapshot

    @property
    def today(self) -> Day:
        """The day in the account's zone."""
        return self.scene.account.locale.day_of(self.scene.now)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Everything that was ever owed about the grant, in order."""
        return self.snapshot.deliveries.get((self.scene.account.id, self.grant.id), ())


class How(StrEnum):
    """How far the telling of an alert has come at one destination."""

    TOLD = "told"
    DUE = "to be told"
    FAILING = "not told yet"
    HELD = "held"
    DROPPED = "dropped"
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Telling:
    """What became of the newest message about an alert at *destination*. *at*: since when, or when again."""

    how: How
    destination: str
    at: Moment
    why: str = ""
    attempts: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class OpenAlert:
    """A finding that is open now. *since* is None where nobody knows.

    *silent*: it came back at a step that had been told before, so that nobody is told again.
    *posted* is the delivery that carried its letter, if one was composed.
    """

    rule: Rule
    step: str
    anchor: Day | None
    since: Moment | None
    tellings: tuple[Telling, ...]
    silent: bool
    urgent: bool
    pressing: bool
    posted: Delivery | None = None


def judged(case: Case) -> tuple[list[OpenAlert], list[Rule]]:
    """What is open, the most pressing first; and the rules that cannot be judged because a fact is unread."""
    found, unknown = [], []
    heard = heard_from(case.grant, case.scene.account.locale)
    for rule, policy, judge in case.scene.program.bound(case.scene.account.locale).judges:
        before = case.snapshot.alerts.get((rule.id, case.scene.account.id, case.grant.id))
        verdict = judge(case.scene.facts.values, case.scene.now)
        if verdict.finding is Finding.UNKNOWN:
            unknown.append(rule)
        after = advance(policy, before, verdict, Cause.MOMENT, case.scene.now, heard_from=heard)
        if after.alert is not None and after.alert.open:
            since = before.opened_at if before is not None and before.open else verdict.since or None
            news = any(told.reason not in OVER for told in after.transitions)
            found.append(_open(case, rule, after.alert, since, news=news))
    return sorted(found, key=_pressure), unknown


def _pressure(alert: OpenAlert) -> tuple[bool, bool, int]:
    """What a person looks at first: urgent, pressing, the earliest date."""
    return not alert.urgent, not alert.pressing, alert.anchor or 0


def _open(case: Case, rule: Rule, alert: Alert, since: Moment | None, *, news: bool) -> OpenAlert:
    rank = rule.policy.rank(alert.step)
    tellings = _tellings(case, rule, alert, news=news)
    urgent = bool(rule.urgent.at(rank))
    if rule.condition.asked.kind is Kind.DATE:
        pressing = alert.anchor is not None and alert.anchor < case.today
    else:
        pressing = rule.draft.last_at(rank) is not None
    lost = any(each.how is How.GIVEN_UP for each in tellings)
    return OpenAlert(
        *(rule, alert.step or "", alert.anchor, since, tellings),
        silent=not tellings and not alert.told,
        urgent=urgent,
        pressing=pressing or urgent or lost,
        posted=_posted(case, rule, rank),
    )


def _tellings(case: Case, rule: Rule, alert: Alert, *, news: bool) -> tuple[Telling, ...]:
    """For each destination what became of the newest message; what the service would owe now is due."""
    if news:
        return tuple(_unseen(case, rule, alert))
    owed: dict[str, Delivery] = {}
    for each in _owed(case, rule):
        if each.episode == alert.episode and each.told.reason not in OVER:
            overtaken = each.state is State.DROPPED and each.destination in owed
            owed |= {} if overtaken else {each.destination: each}
    return tuple(telling(each) for each in owed.values())


def _unseen(case: Case, rule: Rule, alert: Alert) -> Iterator[Telling]:
    """What the service would owe if it looked now; a pause would hold it."""
    account = case.scene.account
    pause = account.pause(case.grant.id, case.today)
    urgent = rule.urgent.at(rule.policy.rank(alert.step))
    for destination in audience(account, rule, rule.policy, alert.step, case.scene.ways).destinations:
        if pause is None or urgent:
            yield Telling(How.DUE, destination, case.scene.now)
        else:
            until = FOREVER if pause.until is None else account.locale.tells(pause.until + 1)
            yield Telling(How.HELD, destination, until, f"paused: {pause.because}")


def telling(delivery: Delivery) -> Telling:
    """What became of one delivery."""
    how = {
        State.DONE: How.TOLD,
        State.HELD: How.HELD,
        State.DROPPED: How.DROPPED,
        State.GIVEN_UP: How.GIVEN_UP,
    }.get(delivery.state, How.FAILING if delivery.why else How.DUE)
    later = how in {How.HELD, How.FAILING}
    at = delivery.due_at if later else delivery.told.at
    return Telling(how, delivery.destination, at, delivery.why, delivery.attempts)


def _owed(case: Case, rule: Rule) -> list[Delivery]:
    return [each for each in case.deliveries if each.rule == rule.id]


def _posted(case: Case, rule: Rule, rank: int) -> Delivery | None:
    """What carried the letter in force: the rule's own delivery, or one that told several rules at once."""
    name = rule.draft.last_at(rank)
    events = {each.event for each in _owed(case, rule)}
    told = (each for each in reversed(case.deliveries) if each.event in events)
    return next((each for each in told if name and (letter := frozen(each)) and letter.name == name), None)


def frozen(delivery: Delivery | None) -> Letter | None:
    """The letter as it went out with *delivery*, if one did."""
    return delivery.post.letter if delivery is not None and delivery.post is not None else None


def said(case: Case, alert: OpenAlert) -> Message:
    """What a message about *alert* would say now. Where its letter cannot be filled, it comes without."""
    rule, scene = alert.rule, case.scene
    told = Told(Reason.OPENED, alert.since or scene.now, alert.step, alert.anchor)
    people = audience(scene.account, rule, rule.policy, alert.step, scene.ways).people
    try:
        return compose(rule, told, scene, people=people)
    except ValueError:
        return compose(replace(rule, draft=Staged()), told, scene, people=people)


def still_owed(case: Case, alert: OpenAlert) -> bool:
    """Whether a person has something to hand in for *alert*: a letter to send, or a fact to record."""
    rank = alert.rule.policy.rank(alert.step)
    return alert.rule.draft.last_at(rank) is not None or asked_of_people(alert.rule, case.scene) is not None
