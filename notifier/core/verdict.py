"""A rule's answer for one subject, and the question that is put to it.

A `Condition` is typed and frozen; `Condition.bind` compiles it, with the questions that every rule may ask
(`unless`, `when`, `starting`, `ending`), to one function for all accounts of a locale.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast

from notifier.core.calendar import FOREVER, Day, Locale, Moment
from notifier.core.language.compile import Body

if TYPE_CHECKING:
    from notifier.core.calendar import Duration
    from notifier.core.language.types import Node
    from notifier.core.vocabulary import Kind

T = TypeVar("T")
MOST_REMEMBERED = 50_000


class Finding(Enum):
    """What a rule says about its subject."""

    JUDGED = "judged"  # `step` tells how far it is; no step: nothing is found
    DONE = "done"  # `unless` is true: what the rule asks for has happened
    CLOSED = "closed"  # the rule does not apply now: `when` is false, not started, ended, or nothing to judge
    UNKNOWN = "unknown"  # a fact that decides could not be read


class Watch(StrEnum):
    """What a `change` rule watches: a fact, in any direction or one, or a list."""

    CHANGES = "changes"
    RISES = "rises"
    FALLS = "falls"
    ADDED = "added to"
    REMOVED = "removed from"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer for one subject at one moment.

    *step* is the tightest step crossed now, *keep* the tightest that an open alert may keep by hysteresis, both
    as their text. *anchor* is the day judged (None where there is none). *since* is the moment at which *step*
    came; 0 where it cannot be known. The answer stands from *since* until *until* if no fact changes. *mark* is
    what a `change` rule compares: the present value as JSON.
    """

    finding: Finding
    step: str | None = None
    keep: str | None = None
    anchor: Day | None = None
    since: Moment = 0
    until: Moment = FOREVER
    mark: str | None = None


CLEAR = Verdict(Finding.JUDGED)  # nothing is found
DONE = Verdict(Finding.DONE)
CLOSED = Verdict(Finding.CLOSED)
UNKNOWN = Verdict(Finding.UNKNOWN)

Judge = Callable[[Sequence[object], Moment], Verdict]  # facts' values, now → verdict; never raises


@dataclass(frozen=True, slots=True)
class Gates:
    """What every rule may ask besides its condition; None where the rule does not ask."""

    unless: Node | None = None
    when: Node | None = None
    starting: Node | None = None
    ending: Node | None = None
    applies_to: Node | None = None


class Fields(Protocol):
    """A rule's fields as a condition reads them. Every fault is noted with its place; reading goes on."""

    def expression(self, name: str, *kinds: Kind) -> Node | None:
        """The checked expression in field *name*; None if it is absent or faulty."""

    def parsed(self, name: str, text: str, *kinds: Kind) -> Node | None:
        """The expression *text*, which is part of field *name*, checked; None if it is faulty."""

    def begins(self, name: str, word: str) -> bool:
        """Whether the text of field *name* begins with *word*."""

    def recurring(self, name: str) -> tuple[Duration, Node] | None:
        """What the field *name*, ``every … after <date>``, repeats, from which date on; None if it is faulty."""

    def each(self, name: str, convert: Callable[[str], Sequence[T]]) -> list[T]:
        """What *convert* makes of each text in the list *name*; its ValueErrors become faults."""

    def fault(self, name: str, why: str) -> None:
        """Note that field *name* is wrong."""


@dataclass(frozen=True)
class Condition(ABC):
    """One kind of question. A kind is a module in `notifier.core.conditions`, named like the field it reads.

    *fields* are the fields of a rule that the kind reads, each with its form and meaning.
    """

    fields: ClassVar[Mapping[str, str]]
    gates: Gates

    @classmethod
    @abstractmethod
    def read(cls, fields: Fields, gates: Gates) -> Condition | None:
        """The condition that a rule's *fields* ask; None if a fault was noted."""

    @property
    @abstractmethod
    def ladder(self) -> tuple[str, ...]:
        """The texts of all steps, from the widest to the tightest."""

    @property
    @abstractmethod
    def asked(self) -> Node:
        """The expression that is judged: its value is a message's ``{{ value }}`` or ``{{ deadline }}``."""

    @abstractmethod
    def write(self, body: Body, locale: Locale) -> str:
        """Write what judges `asked` alone; the name returned holds a `Verdict`."""

    @property
    def resolves(self) -> Node | None:
        """What resolves the alert whatever the condition says: `unless`, where the condition does not weigh it."""
        return self.gates.unless

    @property
    def periodic(self) -> bool:
        """Whether another anchor of the verdict is another period, which begins anew without a word."""
        return False

    @property
    def watch(self) -> Watch | None:
        """What it watches, if it is not crossed but changes."""
        return None

    def named(self, text: str) -> str:
        """The step that somebody who wrote *text* means, as it stands in `ladder` if it does."""
        return " ".join(text.split())

    def as_tight(self, text: str) -> int | None:
        """The rank of the first step that is at least as tight as *text*, a step that the ladder may not have."""
        step = self.named(text)
        return self.ladder.index(step) if step in self.ladder else None

    def places(self) -> list[int]:
        """The facts that decide, each once, in reading order: what is judged, and what the gates ask."""
        gates = self.gates
        deciding = (self.asked, gates.unless, gates.when, gates.applies_to)
        nodes = [node for node in deciding if node is not None]
        return list(dict.fromkeys(place for node in nodes for place in node.places()))

    def expressions(self) -> list[Node]:
        """Everything that the rule asks: what is judged, and what the gates ask."""
        gates = self.gates
        asked = (self.asked, gates.unless, gates.when, gates.applies_to, gates.starting, gates.ending)
        return [node for node in asked if node is not None]

    def bind(self, locale: Locale) -> Judge:
        """The condition as one function for all accounts of *locale*."""
        body, gates, doubts = Body(locale), self.gates, list[str]()
        done, closed = body.name(DONE), body.name(CLOSED)
        asked = ((gates.applies_to, "False", closed), (self.resolves, "True", done), (gates.when, "False", closed))
        for gate, decided, answer in asked:
            if gate is not None:
                doubts.append(body.write(gate))
                body.line(f"if {doubts[-1]} is {decided}: return {answer}")
        verdict = self.write(body, locale)
        starting, ending = (
            body.held(body.write(gate)) if gate else None for gate in (gates.starting, gates.ending)
        )
        _Window(locale).write(body, verdict, starting, ending)
        doubts += [edge for edge in (starting, ending) if edge is not None]
        if doubts:
            unread = " or ".join(f"{doubt} is UNREAD" for doubt in doubts)
            body.line(f"if {unread}: return {body.name(doubtful)}({verdict})")
        body.line(f"return {verdict}")
        return cast("Judge", body.build("v, now", otherwise=CLOSED))


def doubtful(verdict: Verdict) -> Verdict:
    """*verdict* where an unread fact might forbid it: unknown, unless there is nothing to forbid."""
    nothing = verdict.step is None and verdict.finding is Finding.JUDGED
    return verdict if nothing or verdict.finding is Finding.CLOSED else replace(UNKNOWN, until=verdict.until)


class _Window:
    """The time in which a rule applies: from `starting`'s hour of telling to the end of the day of `ending`.

    An edge that is none or unread does not hold the verdict back here; a beginning that is none never comes.
    """

    def __init__(self, locale: Locale) -> None:
        self.opens = _Remembered(lambda day: _opening(day, locale))
        self.closes = _Remembered(lambda day: locale.ends(day) if isinstance(day, int) else FOREVER)
        self.before = _Remembered(_closed_until)
        self.clipped: dict[tuple[int, Moment], tuple[Verdict, Verdict]] = {}

    def write(self, body: Body, verdict: str, starting: str | None, ending: str | None) -> None:
        """Write what replaces *verdict* by what holds at `now`; *starting* and *ending* name the days."""
        if starting is not None:
            opens = body.name()
            body.line(f"{opens} = {body.name(self.opens)}[{starting}]")
            body.line(f"if now < {opens}: return {body.name(self.before)}[{opens}]")
        if ending is not None:
            closes = body.name()
            body.line(f"{closes} = {body.name(self.closes)}[{ending}]")
            body.line(f"if now >= {closes}: return {body.name(CLOSED)}")
            body.line(f"if {closes} < {verdict}.until: {verdict} = {body.name(self.clip)}({verdict}, {closes})")

    def clip(self, verdict: Verdict, closes: Moment) -> Verdict:
        """*verdict* until *closes*; accounts that share both share the answer."""
        key = id(verdict), closes
        known = self.clipped.get(key)
        if known is None:
            if len(self.clipped) > MOST_REMEMBERED:
                self.clipped.clear()
            # The verdict is kept beside its answer, so that its id stays its own.
            known = self.clipped[key] = verdict, replace(verdict, until=closes)
        return known[1]


def _closed_until(opens: object) -> Verdict:
    assert isinstance(opens, int)
    return replace(CLOSED, until=opens)


def _opening(day: object, locale: Locale) -> Moment:
    """When a rule begins that starts on *day*: never where it is none, and perhaps already where it is unread."""
    if isinstance(day, int):
        return locale.tells(day)
    return FOREVER if day is None else 0


class _Remembered(dict[object, T]):
    """What *work* makes of each key, worked out once."""

    def __init__(self, work: Callable[[object], T]) -> None:
        super().__init__()
        self.work = work

    def __missing__(self, key: object) -> T:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        self[key] = made = self.work(key)
        return made
