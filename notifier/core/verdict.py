"""A rule's answer for one subject, and the question that is put to it.

A `Condition` is typed and frozen; `Condition.bind` compiles it, with the questions that every rule may ask
(`unless`, `when`, `starting`, `ending`), to one function for all accounts of a locale.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeVar, cast

from notifier.core.calendar import FOREVER, Day, Locale, Moment
from notifier.core.facts import UNREAD
from notifier.core.language.compile import Body

if TYPE_CHECKING:
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


@dataclass(frozen=True, slots=True)
class Verdict:
    """A rule's answer for one subject at one moment.

    *step* is the tightest step crossed now, *keep* the tightest that an open alert may keep by hysteresis, both
    as their text. *anchor* is the day judged (None where there is none). *since* is the moment at which *step*
    came; 0 where it cannot be known. The answer stands from *since* until *until* if no fact changes.
    """

    finding: Finding
    step: str | None = None
    keep: str | None = None
    anchor: Day | None = None
    since: Moment = 0
    until: Moment = FOREVER


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


class Fields(Protocol):
    """A rule's fields as a condition reads them. Every fault is noted with its place; reading goes on."""

    def expression(self, name: str, *kinds: Kind) -> Node | None:
        """The checked expression in field *name*; None if it is absent or faulty."""

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

    def named(self, text: str) -> str:
        """The step that somebody who wrote *text* means, as it stands in `ladder` if it does."""
        return " ".join(text.split())

    def places(self) -> list[int]:
        """The facts that decide, each once, in reading order: what is judged, `unless` and `when`."""
        nodes = [node for node in (self.asked, self.gates.unless, self.gates.when) if node is not None]
        return list(dict.fromkeys(place for node in nodes for place in node.places()))

    def bind(self, locale: Locale) -> Judge:
        """The condition as one function for all accounts of *locale*."""
        body, gates, doubts = Body(locale), self.gates, list[str]()
        done, closed = body.name(DONE), body.name(CLOSED)
        for gate, decided, answer in ((gates.unless, "True", done), (gates.when, "False", closed)):
            if gate is not None:
                doubts.append(body.write(gate))
                body.line(f"if {doubts[-1]} is {decided}: return {answer}")
        verdict = self.write(body, locale)
        if gates.starting or gates.ending:
            starting, ending = (body.write(gate) if gate else "None" for gate in (gates.starting, gates.ending))
            _Window(locale, starts=gates.starting is not None).write(body, verdict, starting, ending)
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

    Accounts that share the days and the verdict share the answer: worked out anew it would cost more than judging.
    """

    def __init__(self, locale: Locale, *, starts: bool) -> None:
        self.locale, self.starts = locale, starts
        self.remembered: dict[tuple[int, object, object], tuple[Moment, Moment, Verdict, Verdict, Verdict]] = {}

    def write(self, body: Body, verdict: str, starting: str, ending: str) -> None:
        """Write what replaces *verdict* by what holds at `now`."""
        known, closed = body.name(), body.name(CLOSED)
        body.line(f"{known} = {body.name(self.remembered.get)}((id({verdict}), {starting}, {ending}))")
        body.line(f"if {known} is None: {known} = {body.name(self.remember)}({verdict}, {starting}, {ending})")
        body.line(f"{verdict} = {known}[2] if now < {known}[0] else {known}[3] if now < {known}[1] else {closed}")

    def remember(
        self, verdict: Verdict, starting: object, ending: object
    ) -> tuple[Moment, Moment, Verdict, Verdict, Verdict]:
        """When it opens and closes, what holds before and within, and *verdict*, so that its id stays its own."""
        if len(self.remembered) > MOST_REMEMBERED:
            self.remembered.clear()
        opens = self.locale.tells(starting) if isinstance(starting, int) else 0
        closes = self.locale.ends(ending) if isinstance(ending, int) else FOREVER
        if opens >= closes or (self.starts and starting is None):
            opens = closes = 0
        within = replace(verdict, until=min(verdict.until, closes))
        if UNREAD in (starting, ending):
            within = doubtful(within)
        known = opens, closes, replace(CLOSED, until=opens), within, verdict
        self.remembered[id(verdict), starting, ending] = known
        return known
