"""What is open for a grant now, and who was told of it: judged anew, with what the service remembers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.alert import Alert, AlertHold, Cause, Reason, advance
from notifier.core.audience import audience, besides
from notifier.core.calendar import FOREVER
from notifier.core.delivery import State
from notifier.core.message import Told, asked_of_people, compose, draft_of
from notifier.core.rule import Staged
from notifier.core.subject import Subject
from notifier.core.verdict import Finding
from notifier.core.vocabulary import Kind
from notifier.flow.quiet import WHY as QUIET_HOURS
from notifier.flow.quiet import quiet_there
from notifier.flow.subjects import Question, Watched, questions, record_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.account import Grant
    from notifier.core.calendar import Day, Moment
    from notifier.core.delivery import Delivery
    from notifier.core.letter import Letter
    from notifier.core.message import Message
    from notifier.core.rule import Program, Rule
    from notifier.core.scene import Scene
    from notifier.flow.snapshot import Snapshot

OVER = (Reason.RESOLVED, Reason.CLOSED)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """One grant with everything that is known of it. *terms* is its program without the account's overrides.

    *leads* and *leads_program* as `notifier.flow.subjects.Watched` has them.
    """

    scene: Scene
    grant: Grant
    terms: Program
    snapshot: Snapshot
    leads: bool = True
    leads_program: bool = True

    @property
    def watched(self) -> Watched:
        """The grant with its record."""
        return Watched(self.grant, self.scene.program, self.scene.facts, self.leads, self.leads_program)

    @property
    def today(self) -> Day:
        """The day in the account's zone."""
        return self.scene.account.locale.day_of(self.scene.now)

    @property
    def deliveries(self) -> Sequence[Delivery]:
        """Everything that was ever owed about the grant, and about the account with which it speaks, in order."""
        account, owed = self.scene.account.id, self.snapshot.deliveries
        found = [*owed.get((account, self.grant.id), ())]
        if self.grant.id and (self.leads or self.leads_program):
            found += owed.get((account, ""), ())
        return sorted(found, key=lambda each: each.id)


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
    *posted* is the delivery that carried its letter, if one was composed. *hold* is what a person said of it,
    *owner* the role that it was handed over to.
    """

    question: Question
    step: str
    anchor: Day | None
    since: Moment | None
    tellings: tuple[Telling, ...]
    silent: bool
    urgent: bool
    pressing: bool
    posted: Delivery | None = None
    hold: AlertHold | None = None
    owner: str = ""

    @property
    def rule(self) -> Rule:
        """The rule that found it."""
        return self.question.rule


def judged(case: Case) -> tuple[list[OpenAlert], list[Rule]]:
    """What is open, the most pressing first; and the rules that cannot be judged because a fact is unread."""
    found, unknown = [], []
    for question in questions(case.scene.account, case.watched):
        rule, now = question.rule, case.scene.now
        before = case.snapshot.alerts.get(question.subject)
        verdict = question.judge(question.facts.values, now)
        if verdict.finding is Finding.UNKNOWN:
            unknown.append(rule)
        heard = question.heard_from
        after = advance(question.policy, before, verdict, Cause.MOMENT, now, heard_from=heard)
        if after.alert is not None and after.alert.open:
            since = before.opened_at if before is not None and before.open else verdict.since or None
            news = any(told.reason not in OVER for told in after.transitions)
            found.append(_open(case, question, after.alert, since, news=news))
    return sorted(found, key=_pressure), unknown


def question_of(case: Case, rule: Rule) -> Question:
    """*rule* as it is asked for the case: of the first item of its list; of a made-up one where it is empty."""
    found = next((each for each in questions(case.scene.account, case.watched) if each.rule.id == rule.id), None)
    if found is not None:
        return found
    locale, item = case.scene.account.locale, rule.each.removesuffix("s")
    subject = Subject(rule.id, case.scene.account.id, "" if rule.of_account else case.grant.id, item)
    record = record_of(rule, case.scene.facts, item)
    return Question(subject, rule, rule.policy_in(locale), rule.judge(locale), record, 0)


def _pressure(alert: OpenAlert) -> tuple[bool, bool, int]:
    """What a person looks at first: urgent, pressing, the earliest date."""
    return not alert.urgent, not alert.pressing, alert.anchor or 0


def _open(case: Case, question: Question, alert: Alert, since: Moment | None, *, news: bool) -> OpenAlert:
    rule = question.rule
    rank = rule.policy.rank(alert.step)
    tellings = _tellings(case, question, alert, news=news)
    urgent = bool(rule.urgent.at(rank))
    if rule.condition.asked.kind is Kind.DATE:
        pressing = alert.anchor is not None and alert.anchor < case.today
    else:
        pressing = rule.draft.last_at(rank) is not None
    lost = any(each.how is How.GIVEN_UP for each in tellings)
    return OpenAlert(
        *(question, alert.step or "", alert.anchor, since, tellings),
        silent=not tellings and not alert.told,
        urgent=urgent,
        pressing=pressing or urgent or lost,
        posted=_posted(case, question, rank),
        hold=alert.hold,
        owner=alert.owner,
    )


def _tellings(case: Case, question: Question, alert: Alert, *, news: bool) -> tuple[Telling, ...]:
    """For each destination what became of the newest message; what the service would owe now is due."""
    if news:
        return tuple(_unseen(case, question, alert))
    owed: dict[str, Delivery] = {}
    for each in _owed(case, question):
        if each.episode == alert.episode and each.told.reason not in OVER:
            overtaken = each.state is State.DROPPED and each.destination in owed
            owed |= {} if overtaken else {each.destination: each}
    return tuple(telling(each) for each in owed.values())


def _unseen(case: Case, question: Question, alert: Alert) -> Iterator[Telling]:
    """What the service would owe if it looked now; a pause would hold it, and so would quiet hours."""
    account, rule = case.scene.account, question.rule
    also = besides(rule, question.facts, alert)
    pause = account.pause(case.grant.id, case.today)
    urgent = rule.urgent.at(rule.policy.rank(alert.step))
    now, ways = case.scene.now, case.scene.ways
    for destination in audience(account, rule, rule.policy, alert.step, ways, also).destinations:
        quiet = quiet_there(account, destination, now, ways)
        if urgent or (pause is None and quiet is None):
            yield Telling(How.DUE, destination, now)
        elif pause is not None:
            until = FOREVER if pause.until is None else account.locale.tells(pause.until + 1)
            yield Telling(How.HELD, destination, until, f"paused: {pause.because}")
        elif quiet is not None:
            yield Telling(How.HELD, destination, quiet, QUIET_HOURS)


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


def _owed(case: Case, question: Question) -> list[Delivery]:
    return [each for each in case.deliveries if each.subject == question.subject]


def _posted(case: Case, question: Question, rank: int) -> Delivery | None:
    """What carried the letter in force: the rule's own delivery, or one that told several rules at once."""
    draft = draft_of(question.rule, rank, replace(case.scene, facts=question.facts))
    events = {each.event for each in _owed(case, question)}
    told = (each for each in reversed(case.deliveries) if each.event in events)
    name = draft.name if draft is not None else ""
    return next((each for each in told if name and (letter := frozen(each)) and letter.name == name), None)


def frozen(delivery: Delivery | None) -> Letter | None:
    """The letter as it went out with *delivery*, if one did."""
    return delivery.post.letter if delivery is not None and delivery.post is not None else None


def said(case: Case, alert: OpenAlert) -> Message:
    """What a message about *alert* would say now. Where its letter cannot be filled, it comes without."""
    known = case.snapshot.alerts.get(alert.question.subject)
    rule, scene = alert.rule, replace(case.scene, facts=alert.question.facts, alert=known)
    told = Told(Reason.OPENED, alert.since or scene.now, alert.step, alert.anchor)
    also = besides(rule, scene.facts, known)
    people = audience(scene.account, rule, rule.policy, alert.step, scene.ways, also).people
    try:
        return compose(rule, told, scene, people=people)
    except ValueError:
        return compose(replace(rule, draft=Staged()), told, scene, people=people)


def still_owed(case: Case, alert: OpenAlert) -> bool:
    """Whether a person has something to hand in for *alert*: a letter to send, or a fact to record."""
    rank = alert.rule.policy.rank(alert.step)
    scene = replace(case.scene, facts=alert.question.facts)
    return alert.rule.draft.last_at(rank) is not None or asked_of_people(alert.rule, scene) is not None
