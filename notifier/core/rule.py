"""A rule: a condition, who hears, what is said, which draft comes with it. And the program that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.core.alert import Policy
from notifier.core.language.compile import evaluator

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.core.calendar import Locale
    from notifier.core.facts import Formula
    from notifier.core.language.template import Template
    from notifier.core.language.types import Node
    from notifier.core.letter import Draft
    from notifier.core.verdict import Condition, Judge
    from notifier.core.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Staged:
    """Values that begin at a step: ``[team, pi from 95%]``. Each with the rank from which it holds (0: always)."""

    values: tuple[tuple[int, str], ...] = ()

    def at(self, rank: int) -> tuple[str, ...]:
        """The values in force when the step of *rank* has been crossed, in the order they are written."""
        return tuple(value for begins, value in self.values if begins <= max(rank, 0))

    def last_at(self, rank: int) -> str | None:
        """The value that began last: the one in force where there can be only one."""
        begun = [(begins, value) for begins, value in self.values if begins <= max(rank, 0)]
        return max(begun, key=lambda stage: stage[0])[1] if begun else None


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule of a rules file, checked and ready to be bound to a locale.

    *id* is ``program/rule``; with the account and the grant it is an alert's identity, never the text.
    """

    id: str
    condition: Condition
    title: Template
    say: Template | None = None
    next: Template | None = None
    contact: str | None = None
    link: str | None = None
    tell: Staged = field(default_factory=Staged)
    draft: Staged = field(default_factory=Staged)
    urgent: Staged = field(default_factory=Staged)

    _judges: dict[Locale, Judge] = field(init=False, default_factory=dict, repr=False)
    _measures: dict[Locale, Callable[[Sequence[object]], object]] = field(
        init=False, default_factory=dict, repr=False
    )

    def judge(self, locale: Locale) -> Judge:
        """The condition compiled for *locale*; made once, then remembered."""
        if locale not in self._judges:
            self._judges[locale] = self.condition.bind(locale)
        return self._judges[locale]

    def measure(self, locale: Locale) -> Callable[[Sequence[object]], object]:
        """What computes the date or the quantity that the condition judges, compiled for *locale* once."""
        if locale not in self._measures:
            self._measures[locale] = evaluator(self.condition.asked, locale)
        return self._measures[locale]

    @property
    def policy(self) -> Policy:
        """What the alert state machine needs to know of this rule."""
        return Policy(self.condition.ladder)


@dataclass(frozen=True, slots=True)
class AcceptanceMail:
    """How a program's acceptance mail is told from other mail, and what to take from it.

    *patterns* are regular expressions by what they find, each with one group called ``value``.
    """

    senders: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The terms of a grant, as data: what it adds to the vocabulary, its contacts, links, drafts and rules."""

    id: str
    vocabulary: Vocabulary
    formulas: tuple[tuple[int, Node], ...] = ()
    contacts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    mail: AcceptanceMail | None = None
    _bound: dict[Locale, Bound] = field(init=False, default_factory=dict, repr=False)

    def bound(self, locale: Locale) -> Bound:
        """Everything compiled for *locale*; made once, then remembered."""
        if locale not in self._bound:
            self._bound[locale] = Bound(
                tuple((place, evaluator(node, locale)) for place, node in self.formulas),
                tuple((rule, rule.policy, rule.judge(locale)) for rule in self.rules),
            )
        return self._bound[locale]


@dataclass(frozen=True, slots=True)
class Bound:
    """A program compiled for one locale: how its formulas follow, and each rule with its policy and judge."""

    formulas: tuple[Formula, ...]
    judges: tuple[tuple[Rule, Policy, Judge], ...]


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All programs. *fingerprint* changes whenever a byte of the files that they were read from changes."""

    programs: Mapping[str, Program] = field(default_factory=dict)
    fingerprint: str = ""

    @property
    def rules(self) -> list[Rule]:
        """All rules; a group's own once for every program that they hold for."""
        return [rule for program in self.programs.values() for rule in program.rules]

    @property
    def drafts(self) -> set[str]:
        """The names of all drafts."""
        return {name for program in self.programs.values() for name in program.drafts}

    def rule(self, program: str, rule: str) -> Rule | None:
        """The rule called *rule* of *program*; None if it has been taken out of its file."""
        rules = self.programs[program].rules if program in self.programs else ()
        return next((found for found in rules if found.id == rule), None)
