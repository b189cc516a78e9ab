"""What a transition says, for any channel: headline, next action, what is known and how old it is, the letter.

Deciding (`alert`) and saying are different things: nothing here changes what is told, or to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.calendar import FOREVER, Day, Moment
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

NOT_KNOWN = "[not known]"
MOST_SUMMARY = 150  # characters of a notification's text
BEFORE_THE_TITLE = {Reason.RESOLVED: "Done: ", Reason.CLOSED: "No longer watched: ", Reason.MOVED: "Date moved: "}
SOURCES = {"declared": "accounts file", "recorded": "recorded by a person"}


@dataclass(frozen=True, slots=True)
class Message:
    """Channel-neutral content. Texts are plain; whatever escaping a channel needs is the channel's.

    *reason*, *urgent* and *step* are for a channel's looks; what they mean also stands in the words. *record* is
    what to say to ``notifier record`` when it is done: account, fact, an example of a value.
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
    record: str = ""
    rows: tuple[str, ...] = ()
    letter: Letter | None = None

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
    """Everything that a message about one subject may draw on, as of *now*."""

    account: Account
    program: Program
    facts: Facts
    now: Moment

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
    over = told.reason in (Reason.RESOLVED, Reason.CLOSED)
    fill = _filler(rule, told, scene)
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
        record="" if over else say_record(rule, scene),
        letter=write_letter(draft, scene.names()) if draft else None,
    )


def _filler(rule: Rule, told: Told, scene: Scene) -> Callable[[Template | None], str]:
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
        return _age(reading, scene.now)
    if fact.default is not None:
        return "the program's terms"
    return "worked out from the terms" if fact.formula else ""


def _age(reading: Reading, now: Moment) -> str:
    name = SOURCES.get(reading.source, reading.source)
    lag = ", may lag a day" if reading.costs else ""
    return f"{name}, read {say_time(reading.at, now)}{lag}"


def say_record(rule: Rule, scene: Scene) -> str:
    """How a person records that what the rule asks for has happened; empty where no fact of theirs ends it."""
    gate = rule.condition.gates.unless
    for place in gate.places() if gate else ():
        fact = scene.program.vocabulary.facts[place]
        if fact.owner is Owner.RECORDED:
            today = date.fromordinal(scene.account.locale.day_of(scene.now)).isoformat()
            value = {Kind.MONEY: '"1000 USD"', Kind.DATE: today, Kind.YESNO: "true"}.get(fact.kind, '"..."')
            several = f" --grant {scene.facts.grant}" if len(scene.account.grants) > 1 else ""
            return f"{scene.account.id} {fact.name} {value}{several}"
    return ""


def _told(rule: Rule, told: Told, scene: Scene, people: str) -> str:
    """Who hears this, and when the rule speaks again if nothing changes."""
    coming = next_step(rule, scene, told.at)
    if told.reason in (Reason.RESOLVED, Reason.CLOSED) or coming is None:
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


def compose_standing(found: list[tuple[Rule, Told]], scene: Scene, *, people: str) -> Message:
    """One message for everything that was already standing when the grant was enrolled; nothing else of the past.

    A grant whose access is over is named as ended, with what is still owed.
    """
    locale, vocabulary = scene.account.locale, scene.program.vocabulary
    ends = vocabulary.place("access_ends_on")
    last = scene.facts.values[ends] if ends is not None else None
    ended = isinstance(last, int) and last < locale.day_of(scene.now)
    rows = tuple(_row(rule, told, scene) for rule, told in found)
    letters = [compose(rule, told, scene, people=people).letter for rule, told in found]
    when = f" on {say(last, Kind.DATE, locale, scene.now)}" if ended else ""
    return Message(
        headline=f"This grant ended{when}" if ended else "Now watched",
        about=scene.account.about(scene.facts.grant),
        reason=Reason.STANDING,
        say="Still owed:" if ended else "Already open when the grant was enrolled:",
        next="Do what is listed, or record that it is done; earlier reminders are not repeated.",
        rows=rows,
        record=next((record for rule, _ in found if (record := say_record(rule, scene))), ""),
        told=f"Told: {people}.",
        letter=next((letter for letter in letters if letter), None),
    )


def _row(rule: Rule, told: Told, scene: Scene) -> str:
    fill = _filler(rule, told, scene)
    when = ""
    if told.anchor is not None:
        when = f" ({special('deadline', rule, told, scene)}, {special('from_today', rule, told, scene)})"
    return f"{fill(rule.title)}{when}. {fill(rule.next)}".strip()
