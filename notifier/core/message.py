"""What a transition says, for any channel: headline, next action, what is known and how old it is, the letter.

Deciding (`alert`) and saying are different things: nothing here changes what is told, or to whom.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

from notifier.core.alert import HoldKind, Reason
from notifier.core.audience import said as role_said
from notifier.core.calendar import FOREVER, Day, Moment
from notifier.core.fact import item_fact
from notifier.core.facts import UNREAD
from notifier.core.hints import HINT, says_they_may_be_there
from notifier.core.known import label, say_known, say_source
from notifier.core.letter import Letter, write_letter
from notifier.core.letters import LETTERS, letters_of
from notifier.core.spenders import is_of_spending, say_spenders
from notifier.core.verdict import Finding
from notifier.core.vocabulary import Kind, Owner
from notifier.core.words import Blank, say, say_day, say_distance, say_list, say_local_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.language.template import Template
    from notifier.core.letter import Draft
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene
    from notifier.core.subject import Subject
    from notifier.core.vocabulary import Fact

NOT_KNOWN = "[not known]"
MOST_SUMMARY = 150  # characters of a notification's text
BEFORE_THE_TITLE = {
    Reason.RESOLVED: "Done: ",
    Reason.CLOSED: "No longer watched: ",
    Reason.MOVED: "Date moved: ",
    Reason.REMINDED: "Still open: ",
    Reason.PASSED_ON: "Passed on: ",
    Reason.LAPSED: "Open again: ",
    Reason.ACKNOWLEDGED: "Acknowledged: ",
    Reason.SNOOZED: "Snoozed: ",
    Reason.HANDED_OVER: "Handed over: ",
    Reason.REOPENED: "Reopened: ",
}
STORIES = {
    Reason.REMINDED: "Open since {opened}.",
    Reason.PASSED_ON: "Nobody has answered since {asked}.",
    Reason.LAPSED: "What {by} said of it holds no longer, and it is still open.",
    Reason.ACKNOWLEDGED: "{by} sees to it until {until}{because}.",
    Reason.SNOOZED: "{by} wants it quiet until {until}{because}.",
    Reason.HANDED_OVER: "{by} handed it over to {to}{because}.",
    Reason.REOPENED: "{by} took back what was said of it{because}.",
}
WHEN_DONE, ANSWER_CAME, IF_THERE = "When done", "When an answer came", "If the credits are there"
HINTED_AT = frozenset({"credits_granted", "credits_granted_on", "credits_left"})  # facts that a hint is about
OVER = (Reason.RESOLVED, Reason.CLOSED)
ACTS = (Reason.ACKNOWLEDGED, Reason.SNOOZED, Reason.HANDED_OVER, Reason.REOPENED)


@dataclass(frozen=True, slots=True)
class Answer:
    """A command that answers a message: *when* it is meant (``When done``), its *verb*, and what follows that."""

    when: str
    verb: str
    rest: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One alert in a post that tells several: which account, what, the date it is about, how it stands now.

    In a digest it is one grant: *share* is how much of its credits is used, for a bar; None without one.
    """

    about: str
    headline: str
    date: str = ""
    state: str = ""
    letter: Letter | None = None
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a digest under a heading: what it says as a whole, and *lines*. What is left out is said there."""

    heading: str
    say: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Message:
    """Channel-neutral content. Texts are plain; whatever escaping a channel needs is the channel's.

    *reason*, *urgent* and *step* are for a channel's looks; what they mean also stands in the words. *answers*
    are the commands that answer the message. *rows* are a list, *lines* a table: one line for each alert of a
    post that tells several, each with its own letter. *sections* are the parts of a digest. *topic* is the
    headline without what changes from day to day: a thread keeps it as its name. *hint* is what hints at the
    credits and proves nothing, *spends* says who spends.
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
    sections: tuple[Section, ...] = ()
    hint: str = ""
    spends: str = ""

    @property
    def title(self) -> str:
        """The headline with what it is about: ``Credits have not arrived · lab``."""
        return f"{self.headline} · {self.about}"

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """What else is worth a line of its own, each with what it is called."""
        said = (("A hint, no proof", self.hint), ("Who spends", self.spends))
        return tuple((called, text) for called, text in said if text)

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


def compose(rule: Rule, told: Told, scene: Scene, *, people: str) -> Message:
    """Say what happened to the alert of *rule*: the next action first, every number with its age and source."""
    rank = rule.policy.rank(told.step)
    over = told.reason in OVER
    fill = filler(rule, told, scene)
    draft = None if over else draft_of(rule, rank, scene)
    letter = _written(draft, scene) if draft is not None else None
    return Message(
        headline=BEFORE_THE_TITLE.get(told.reason, "") + fill(rule.title).rstrip(": "),  # an empty list ends it
        about=scene.account.about("" if rule.of_account else scene.facts.grant),
        reason=told.reason,
        urgent=not over and told.reason not in ACTS and bool(rule.urgent.at(rank)),
        step=told.step or "",
        say=_ending(rule, told, scene) if over else f"{story(told, scene)} {fill(rule.say)}".strip(),
        next="" if over else fill(rule.next),
        contact="" if over else scene.program.contacts.get(rule.contact or "", ""),
        link="" if over else scene.program.links.get(rule.link or "", ""),
        known=say_known(rule, scene, names_of(letter, scene)),
        told=_told(rule, told, scene, people),
        answers=() if over else _all_answers(rule, told, scene, letter),
        letter=letter,
        topic=rule.title.fill(partial(_lasting, rule, told, scene)),
        hint="" if over else hint_for(rule, scene),
        spends=say_spenders(scene) if not over and is_of_spending(rule) else "",
    )


def draft_of(rule: Rule, rank: int, scene: Scene) -> Draft | None:
    """The draft that comes with *rule* when the step of *rank* has been crossed, if one does.

    Of a letter that waits for its answer it is the one that its own draft names in `Follow-up:`, if it names one.
    """
    name, drafts = rule.draft.last_at(rank), scene.program.drafts
    own = drafts.get(scene.facts.item) if rule.each == LETTERS else None
    return drafts.get((own.follow_up if own is not None else "") or name or "") if name else None


def names_of(letter: Letter | None, scene: Scene) -> frozenset[str]:
    """The facts that *letter* was written with."""
    return scene.program.drafts[letter.name].names if letter is not None else frozenset()


def _written(draft: Draft, scene: Scene) -> Letter:
    letter = write_letter(draft, scene.names())
    return replace(letter, account=scene.account.id, grant=scene.facts.grant)


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
    if rule.condition.asked.kind is Kind.TEXTS:
        return "All of it can be read again."
    gate, values = rule.condition.gates.unless, scene.facts.values
    done = [place for place in (gate.places() if gate else ()) if values[place] is not UNREAD and values[place]]
    known = [f"{label(scene.vocabulary.facts[place].name)} {scene.said(place)}" for place in done]
    if known:
        return f"Now known: {say_list(known)}."
    day = rule.measure(scene.account.locale)(values) if rule.condition.asked.kind is Kind.DATE else None
    if isinstance(day, int):
        return f"The date that counts is now {say_day(day, scene.account.locale, scene.now)}."
    return "It is back within its limits."


def story(told: Told, scene: Scene) -> str:
    """What has become of the alert since it was told, before what the rule says; '' where that is all."""
    alert, locale, now = scene.alert, scene.account.locale, scene.now
    if alert is None or told.reason not in STORIES:
        return ""
    return STORIES[told.reason].format(
        opened=say_day(locale.day_of(alert.opened_at), locale, now),
        asked=say_day(locale.day_of(alert.since_asked), locale, now),
        by=alert.acted_by or "somebody",
        until=say_local_time(alert.hold.until, locale, now) if alert.hold is not None else "now",
        to=role_said(alert.owner),
        because=f": {alert.because.rstrip('.')}" if alert.because else "",
    )


def answers(rule: Rule, scene: Scene, when: str = WHEN_DONE) -> tuple[Answer, ...]:
    """How a person records what the rule asks for: that it has happened, or what it is now.

    None where no fact of theirs answers the rule.

    What nobody can know for them stands there as a word that is no answer, so that pasting it records nothing.
    """
    fact = answered_with(rule, scene)
    if fact is None:
        return ()
    if rule.each == LETTERS and fact.name == "letter.answered_on":
        asked = ANSWER_CAME if when == WHEN_DONE else when
        return (Answer(asked, "answered", _letter_named(scene.facts.item, scene)),)
    if rule.each:
        value = {Kind.DATE: "", Kind.YESNO: ""}.get(fact.kind, ' --value "..."')
        return (Answer(when, "done", f"{_named(rule, scene)}{value}"),)
    return (Answer(when, "record", _recorded(scene, fact)),)


def _recorded(scene: Scene, fact: Fact) -> str:
    """What follows ``record`` where a person is to fill in the value of *fact*."""
    value = {Kind.MONEY: "AMOUNT", Kind.DATE: "today", Kind.YESNO: "true"}.get(fact.kind, '"..."')
    several = f" --grant {scene.facts.grant}" if len(scene.account.grants) > 1 else ""
    return f"{scene.account.id} {fact.name} {value}{several}"


def _all_answers(rule: Rule, told: Told, scene: Scene, letter: Letter | None) -> tuple[Answer, ...]:
    """Every command that answers the message. Where the credits may be there, recording them comes first."""
    given = (*answers(rule, scene), *_of_letter(letter, scene), *care(rule, told, scene))
    if not _looks_at_credits(rule, scene) or not says_they_may_be_there(_hint(scene)):
        return given
    rest = _recorded(scene, scene.vocabulary.facts[scene.vocabulary.places["credits_granted"]])
    return Answer(IF_THERE, "record", rest), *(each for each in given if each.rest != rest)


def say_hint(scene: Scene) -> str:
    """What hints at the credits, with its source and age; '' where nothing does."""
    hint = _hint(scene)
    return f"{hint} ({say_source(scene, scene.vocabulary.places[HINT])})" if hint else ""


def hint_for(rule: Rule, scene: Scene) -> str:
    """What hints at the credits, for a rule that looks at them; '' for others."""
    return say_hint(scene) if _looks_at_credits(rule, scene) else ""


def _looks_at_credits(rule: Rule, scene: Scene) -> bool:
    return any(scene.vocabulary.facts[place].name in HINTED_AT for place in rule.condition.places())


def _hint(scene: Scene) -> str:
    place = scene.vocabulary.place(HINT)
    value = None if place is None else scene.facts.values[place]
    return value if isinstance(value, str) else ""


def _of_letter(letter: Letter | None, scene: Scene) -> tuple[Answer, ...]:
    """How a person says that they sent the letter; of one that they have sent, that its answer came."""
    if letter is None:
        return ()
    known = letters_of(scene.program.vocabulary, scene.facts.values).get(letter.name, {})
    waits = known.get("sent_on") is not None and known.get("answered_on") is None
    when, verb = (ANSWER_CAME, "answered") if waits else ("When the letter is sent", "sent")
    return (Answer(when, verb, _letter_named(letter.name, scene)),)


def _letter_named(name: str, scene: Scene) -> str:
    """A letter as commands name it: account, draft, and the grant where there are several."""
    several = f" --grant {scene.facts.grant}" if len(scene.account.grants) > 1 else ""
    return f"{scene.account.id} {quote(name)}{several}"


def care(rule: Rule, told: Told, scene: Scene) -> tuple[Answer, ...]:
    """How a person says that they see to it, or takes that back; not of what is over as soon as it is told."""
    if rule.condition.watch is not None:
        return ()
    if told.reason in (Reason.ACKNOWLEDGED, Reason.SNOOZED) or (scene.alert is not None and scene.alert.hold):
        return (Answer("To take that back", "reopen", _named(rule, scene)),)
    return (Answer("If you see to it", "ack", _named(rule, scene)),)


def _named(rule: Rule, scene: Scene) -> str:
    """An alert as commands name it: account, rule, item, and the grant where there are several."""
    item = f" {quote(scene.facts.item)}" if rule.each else ""
    several = len(scene.account.grants) > 1 and not rule.of_account
    grant = f" --grant {scene.facts.grant}" if several else ""
    return f"{scene.account.id} {rule.id.rpartition('/')[2]}{item}{grant}"


def asked_of_people(rule: Rule, scene: Scene) -> Fact | None:
    """The fact that ends the alert of *rule* and that a person records, if there is one."""
    gate, facts = rule.condition.gates.unless, scene.vocabulary.facts
    asked = (facts[place] for place in (gate.places() if gate else ()))
    return next((fact for fact in asked if fact.owner is Owner.RECORDED), None)


def answered_with(rule: Rule, scene: Scene) -> Fact | None:
    """The fact that a person records to answer *rule*: the one that ends it, or one that is to be read again."""
    facts = scene.vocabulary.facts
    again = (facts[place] for place in rule.condition.asked.read_again())
    return asked_of_people(rule, scene) or next((fact for fact in again if fact.owner is Owner.RECORDED), None)


def recorded_as(rule: Rule, fact: Fact, subject: Subject) -> tuple[str, str]:
    """Under which name people record *fact*, one of *rule*'s names, for *subject*, and of which grant.

    The name of an item's fact is `papers/review-bots/submitted_on`; the grant is empty for what is the account's.
    """
    one, dot, name = fact.name.partition(".")
    if rule.each and dot:
        _, collection = rule.vocabulary.collections[rule.each]
        if one == collection.one:
            return item_fact(rule.each, subject.item, name), subject.grant if collection.grant else ""
    return fact.name, subject.grant if fact.grant else ""


def _told(rule: Rule, told: Told, scene: Scene, people: str) -> str:
    """Who hears this, and when the rule speaks again if nothing changes."""
    coming = None if told.reason in OVER else _coming(rule, told, scene)
    if coming is None:
        return f"Told: {people}."
    moment, what = coming
    return f"Told: {people}; again on {say_local_time(moment, scene.account.locale, scene.now)} ({what})."


def _coming(rule: Rule, told: Told, scene: Scene) -> tuple[Moment, str] | None:
    """When something is said next if nothing changes, and what: a step, a reminder, the end of what holds it."""
    alert, step = scene.alert, next_step(rule, scene, told.at)
    if alert is None or not alert.open:
        return step
    if alert.hold is not None:
        ends = alert.hold.until, "if it is still open"
        return ends if step is None or alert.hold.kind is HoldKind.SNOOZED else min(ends, step)
    _, reminder = rule.policy_in(scene.account.locale).reminded(alert, told.at)
    coming = [each for each in (step, (reminder, "a reminder")) if each is not None and each[0] < FOREVER]
    return min(coming, default=None)


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
