"""A rule: a condition, who hears, what is said, which draft comes with it. And the program that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Policy
from notifier.core.language.compile import evaluator
from notifier.core.verdict import CLOSED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.core.account import Account, Override
    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.facts import Formula
    from notifier.core.language.template import Template
    from notifier.core.language.types import Node
    from notifier.core.letter import Draft
    from notifier.core.verdict import Condition, Judge, Verdict
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

    *id* is ``program/rule``; with the account and the grant it is an alert's identity, never the text. A rule
    that is *off* never applies: what is open closes, and its memory is kept.
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
    off: bool = False

    _judges: dict[Locale, Judge] = field(init=False, default_factory=dict, repr=False)
    _measures: dict[Locale, Callable[[Sequence[object]], object]] = field(
        init=False, default_factory=dict, repr=False
    )

    def judge(self, locale: Locale) -> Judge:
        """The condition compiled for *locale*; made once, then remembered."""
        if locale not in self._judges:
            self._judges[locale] = _never if self.off else self.condition.bind(locale)
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
class Ask:
    """A fact that letters need and an acceptance mail may not say.

    *example* shows how it is written, with a visible blank (``org-…``), so that it is no answer until a person has
    filled it in; *where* says where to find it.
    """

    name: str
    example: str
    where: str


@dataclass(frozen=True, slots=True)
class AcceptanceMail:
    """How a program's acceptance mail is told from other mail, what to take from it, and what to ask besides.

    *patterns* are regular expressions by what they find, each with one group called ``value``.
    """

    senders: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    patterns: Mapping[str, str] = field(default_factory=dict)
    asks: tuple[Ask, ...] = ()


def _never(_: Sequence[object], __: Moment) -> Verdict:
    return CLOSED


def _unknown_rule(_: str, __: str) -> Rule | None:
    return None


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """The terms of a grant, as data: what it adds to the vocabulary, its contacts, links, drafts and rules.

    *amend* reads a rule anew with other fields: the rule's id and the fields as JSON; None if they do not fit.
    *checked_on* is when a person last compared the file with what the provider publishes.
    """

    id: str
    vocabulary: Vocabulary
    formulas: tuple[tuple[int, Node], ...] = ()
    contacts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    drafts: Mapping[str, Draft] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    mail: AcceptanceMail | None = None
    amend: Callable[[str, str], Rule | None] = _unknown_rule
    checked_on: Day | None = None
    _bound: dict[Locale, Bound] = field(init=False, default_factory=dict, repr=False)
    _under: dict[tuple[Override, ...], Program] = field(init=False, default_factory=dict, repr=False)

    def under(self, overrides: tuple[Override, ...]) -> Program:
        """This program with *overrides* in force; made once, then remembered.

        One that does not fit the rules any more changes nothing: the rule holds as it is written.
        """
        if not overrides:
            return self
        if overrides not in self._under:
            others = {rule.id: other for rule in self.rules if (other := self._overridden(rule, overrides))}
            rules = tuple(others.get(rule.id, rule) for rule in self.rules)
            self._under[overrides] = replace(self, rules=rules)
        return self._under[overrides]

    def _overridden(self, rule: Rule, overrides: tuple[Override, ...]) -> Rule | None:
        """*rule* as the last override that means it makes it; None if none does."""
        meant = [each for each in overrides if each.rule in {rule.id, rule.id.rpartition("/")[2]}]
        if not meant:
            return None
        return replace(rule, off=True) if meant[-1].off else self.amend(rule.id, meant[-1].fields)

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

    def program(self, name: str, account: Account, day: Day) -> Program | None:
        """The program called *name* as it holds for *account* on *day*; None without its file."""
        program = self.programs.get(name)
        return program.under(account.in_force(day)) if program is not None else None

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
