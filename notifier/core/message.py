"""What a transition says, for any channel: headline, next action, what is known and how old it is, the letter.

Deciding (`alert`) and saying are different things: nothing here changes what is told, or to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.calendar import FOREVER, Day, Moment
from notifier.core.entry import RECORDED
from notifier.core.facts import UNREAD, Facts, Reading
from notifier.core.language.template import blank
from notifier.core.letter import Letter, write_letter
from notifier.core.verdict import Finding
from notifier.core.vocabulary import Kind, Owner
from notifier.core.words import Blank, say, say_distance, say_list, say_local_time, say_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.account import Account
    from notifier.core.language.template import Template
    from notifier.core.rule import Program, Rule
    from notifier.core.vocabulary import Fact

NOT_KNOWN = "[not known]"
MOST_SUMMARY = 150  # characters of a notification's text
BEFORE_THE_TITLE = {Reason.RESOLVED: "Done: ", Reason.CLOSED: "No longer watched: ", Reason.MOVED: "Date moved: "}
OVER = (Reason.RESOLVED, Reason.CLOSED)
SOURCES = {"declared": "accounts file", "recorded": "recorded by a person"}


@dataclass(frozen=True, slots=True)
class Answer:
    """A command that answers a message: *when* it is meant (``When done``), its *verb*, and what follows that."""

    when: str
    verb: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a post that tells several: which account, what, the date it is about, how it stands now."""

    about: str
    headline: str
    date: str = ""
    state: str = ""
    letter: Letter | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """Channel-neutral content. Texts are plain; whatever escaping a channel needs is the channel's.

    *reason*, *urgent* and *step* are for a channel's looks; what they mean also stands in the words. *answers*
    are the commands that answer the message. *rows* are a list, *lines* a table: one line for each alert of a
    post that tells several, each with its own letter. *topic* is the headline without what changes from day to
    day: a thread keeps it as its name.
    """

    headline: str
    about: str
    reason: Reason
    urgent: bool = False
    step: str = ""
    say: str = ""
    next: str = ""
    contact: str = ""
    link: str = ""
    known: str = ""
    told: str = ""
    answers: tuple[Answer, ...] = ()
    rows: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    letter: Letter | None = None
    topic: str = ""

    @property
    def title(self) -> str:
        """The headline with what it is about: ``Credits have not arrived · lab``."""
        return f"{self.headline} · {self.about}"

    @property
    def summary(self) -> str:
        """One line of at most 150 characters, for a notification: what, about whom, what to do."""
        line = " ".join(f"{self.title}. {self.next or self.say}".split())
        return line if len(line) <= MOST_SUMMARY else line[: MOST_SUMMARY - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Told:
    """What happened to one alert, as it was committed: enough to say it later with the rules then in force."""

    reason: Reason
    at: Moment
    step: str | None
    anchor: Day | None


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that a message about one subject may draw on, as of *now*; *ways* is how people are reached."""

    account: Account
    program: Program
    facts: Facts
    now: Moment
    ways: Ways = CONSOLE_ONLY

    def said(self, place: int) -> str:
        """The fact at *place* in words; a visible blank where it has no value."""
        value = self.facts.values[place]
        if value is None or value is UNREAD:
            return Blank(blank(self.program.vocabulary, place))
        fact = self.program.vocabulary.facts[place]
        return say(value, fact.kind, self.account.locale, self.now)

    def names(self) -> dict[str, object]:
        """What a draft may name: every fact in words, or a blank that counts as no."""
        facts = self.program.vocabulary.facts
        names: dict[str, object] = {fact.name: self.said(place) for place, fact in enumerate(facts)}
        return names | {"account": self.account.id}


def compose(rule: Rule, told: Told, scene: Scene, *, people: str) -> Message:
    """Say what happened to the alert of *rule*: the next action first, every number with its age and source."""
    rank = rule.policy.rank(told.step)
    over = told.reason in OVER
    fill = filler(rule, told, scene)
    draft = None if over else scene.program.drafts.get(rule.draft.last_at(rank) or "")
    return Message(
        headline=BEFORE_THE_TITLE.get(told.reason, "") + fill(rule.title),
        about=scene.account.about(scene.facts.grant),
        reason=told.reason,
        urgent=not over and bool(rule.urgent.at(rank)),
        step=told.step or "",
        say=_ending(rule, told, scene) if over else fill(rule.say),
        next="" if over else fill(rule.next),
        contact="" if over else scene.program.contacts.get(rule.contact or "", ""),
        link="" if over else scene.program.links.get(rule.link or "", ""),
        known=say_known(rule, scene),
        told=_told(rule, told, scene, people),
        answers=() if over else answers(rule, scene),
        letter=write_letter(draft, scene.names()) if draft else None,
        topic=rule.title.fill(partial(_lasting, rule, told, scene)),
    )


def _lasting(rule: Rule, told: Told, scene: Scene, name: int | str) -> str:
    """What a name says in a title that has to hold for weeks: the day itself, not how far it is."""
    if isinstance(name, int):
        return scene.said(name)
    if name != "from_today":
        return special(name, rule, told, scene)
    day = special("deadline", rule, told, scene)
    return day if day == NOT_KNOWN else f"on {day}"


def filler(rule: Rule, told: Told, scene: Scene) -> Callable[[Template | None], str]:
    """A function that fills one of the rule's texts; the special names are worked out when one asks for them."""

    def said(name: int | str) -> str:
        return scene.said(name) if isinstance(name, int) else special(name, rule, told, scene)

    return lambda template: "" if template is None else template.fill(said)


def special(name: str, rule: Rule, told: Told, scene: Scene) -> str:
    """What one of the special names of `notifier.core.language.template.SPECIAL` says."""
    locale, node = scene.account.locale, rule.condition.asked
    if name == "account":
        return scene.account.id
    if name == "step":
        return told.step or ""
    value = rule.measure(locale)(scene.facts.values)
    if node.kind is Kind.DATE and told.anchor is not None:
        value = told.anchor
    if (value is None or value is UNREAD) and told.reason in OVER and told.step:
        return told.step  # nothing is known any more; this is what had been crossed
    if value is None or value is UNREAD:
        return Blank(NOT_KNOWN)
    if name == "from_today" and isinstance(value, int):
        return say_distance(value, locale, scene.now)
    return say(value, node.kind, locale, scene.now, step=told.step or "")


def _ending(rule: Rule, told: Told, scene: Scene) -> str:
    """Why an alert is over, from the facts that ended it."""
    if told.reason is Reason.CLOSED:
        return "The rule does not apply any more; nothing is expected of you."
    gate, values = rule.condition.gates.unless, scene.facts.values
    done = [place for place in (gate.places() if gate else ()) if values[place] is not UNREAD and values[place]]
    known = [f"{_label(scene.program.vocabulary.facts[place].name)} {scene.said(place)}" for place in done]
    return f"Now known: {say_list(known)}." if known else "It is back within its limits."


def _label(name: str) -> str:
    return name.replace("_", " ")


def say_known(rule: Rule, scene: Scene) -> str:
    """The facts that the rule looked at, grouped by where they came from, each group with its age."""
    groups: dict[str, list[str]] = {}
    for place in rule.condition.places():
        fact, value = scene.program.vocabulary.facts[place], scene.facts.values[place]
        label = _label(fact.name)
        if value is None:
            text = "not recorded" if fact.owner is Owner.RECORDED else "none"
        else:
            text = say(value, fact.kind, scene.account.locale, scene.now)
        groups.setdefault(_source(scene, place), []).append(f"{label} {text}")
    parts = [", ".join(texts) + (f" ({source})" if source else "") for source, texts in groups.items()]
    return "; ".join(parts)


def _source(scene: Scene, place: int) -> str:
    reading = scene.facts.reading_of(place)
    fact = scene.program.vocabulary.facts[place]
    if reading is not None:
        return _age(reading, fact, scene)
    if fact.default is not None:
        return "the program's terms"
    return "worked out from the terms" if fact.formula else ""


def _age(reading: Reading, fact: Fact, scene: Scene) -> str:
    """Where the fact came from and when; of what a person recorded, when they did."""
    name = SOURCES.get(reading.source, reading.source)
    if reading.source == RECORDED:
        key = f"{scene.facts.grant}/{fact.name}" if fact.grant else fact.name
        return f"{name}, {say_time(reading.since.get(key, reading.at), scene.now)}"
    lag = ", may lag a day" if reading.costs else ""
    return f"{name}, read {say_time(reading.at, scene.now)}{lag}"


def answers(rule: Rule, scene: Scene, when: str = "When done") -> tuple[Answer, ...]:
    """How a person records that what the rule asks for has happened; none where no fact of theirs ends it.

    What nobody can know for them stands there as a word that is no answer, so that pasting it records nothing.
    """
    fact = asked_of_people(rule, scene)
    if fact is None:
        return ()
    value = {Kind.MONEY: "AMOUNT", Kind.DATE: "today", Kind.YESNO: "true"}.get(fact.kind, '"..."')
    several = f" --grant {scene.facts.grant}" if len(scene.account.grants) > 1 else ""
    return (Answer(when, "record", f"{scene.account.id} {fact.name} {value}{several}"),)


def asked_of_people(rule: Rule, scene: Scene) -> Fact | None:
    """The fact that ends the alert of *rule* and that a person records, if there is one."""
    gate, facts = rule.condition.gates.unless, scene.program.vocabulary.facts
    asked = (facts[place] for place in (gate.places() if gate else ()))
    return next((fact for fact in asked if fact.owner is Owner.RECORDED), None)


def _told(rule: Rule, told: Told, scene: Scene, people: str) -> str:
    """Who hears this, and when the rule speaks again if nothing changes."""
    coming = next_step(rule, scene, told.at)
    if told.reason in OVER or coming is None:
        return f"Told: {people}."
    moment, step = coming
    return f"Told: {people}; again on {say_local_time(moment, scene.account.locale, scene.now)} ({step})."


def next_step(rule: Rule, scene: Scene, now: Moment) -> tuple[Moment, str] | None:
    """When the rule's next step comes after *now* if no fact changes, and which it is; None if none does."""
    judge = rule.judge(scene.account.locale)
    verdict = judge(scene.facts.values, now)
    while verdict.until < FOREVER:
        coming = judge(scene.facts.values, verdict.until)
        if coming.finding is not Finding.JUDGED:
            return None
        if coming.step != verdict.step and coming.step is not None:
            return verdict.until, coming.step
        verdict = coming
    return None
