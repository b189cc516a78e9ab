"""A rule: a condition, who hears, what is said, which draft comes with it. And the program that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Policy
from notifier.core.language.compile import evaluator
from notifier.core.timing import NO_TIMING, Timing
from notifier.core.verdict import CLOSED
from notifier.core.vocabulary import SERVICE_PROGRAM, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from notifier.core.account import Account, Override
    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.facts import Formula
    from notifier.core.language.template import Template
    from notifier.core.language.types import Node
    from notifier.core.letter import Draft
    from notifier.core.verdict import Condition, Judge, Verdict


def _built_in() -> Vocabulary:
    return Vocabulary()


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

    *id* is ``program/rule``; with the account, the grant and the item it is an alert's identity, never the text. A
    rule that is *off* never applies: what is open closes, and its memory is kept.

    *each* is the list whose items it is judged for, one alert an item; '' for none. *vocabulary* are the names
    that it may use: the program's, and those of an item. Of *of_account* it is judged once for an account, not for
    each of its grants.
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
    timing: Timing = NO_TIMING
    off: bool = False
    each: str = ""
    vocabulary: Vocabulary = field(default_factory=_built_in)
    of_account: bool = False

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
        """The rule's ladder alone, for ranking steps."""
        return Policy(self.condition.ladder)

    def policy_in(self, locale: Locale) -> Policy:
        """What the alert state machine needs to know of this rule, with its days counted in *locale*."""
        kind = self.condition
        return Policy(kind.ladder, self.timing, locale, kind.periodic, kind.watch)


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
    *checked_on* is when a person last compared the file with what the provider publishes. *family* are all
    programs of the rulebook: the grants of an account may be under several.
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
    family: dict[str, Program] = field(default_factory=dict, repr=False)
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

    def _expressions(self) -> Iterator[Node]:
        yield from (node for _, node in self.formulas)
        for rule in self.rules:
            yield from rule.condition.expressions()

    def bound(self, locale: Locale) -> Bound:
        """Everything compiled for *locale*; made once, then remembered."""
        if locale not in self._bound:
            self._bound[locale] = Bound(
                tuple((place, evaluator(node, locale)) for place, node in self.formulas),
                tuple((rule, rule.policy_in(locale), rule.judge(locale)) for rule in self.rules),
                any(node.asks_when for node in self._expressions()),
            )
        return self._bound[locale]


@dataclass(frozen=True, slots=True)
class Bound:
    """A program compiled for one locale: how its formulas follow, and each rule with its policy and judge.

    *moments*: an expression asks when a fact was observed (`read_on`).
    """

    formulas: tuple[Formula, ...]
    judges: tuple[tuple[Rule, Policy, Judge], ...]
    moments: bool = False


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All programs. *fingerprint* changes whenever a byte of the files that they were read from changes.

    The program called '' has a group's own rules for accounts without a grant.
    """

    programs: Mapping[str, Program] = field(default_factory=dict)
    fingerprint: str = ""

    def __post_init__(self) -> None:
        for program in self.programs.values():
            program.family.update(self.programs)

    def program(self, name: str, account: Account, day: Day) -> Program | None:
        """The program called *name* as it holds for *account* on *day*; None without its file."""
        program = self.programs.get(name)
        return program.under(account.in_force(day)) if program is not None else None

    @property
    def of_grants(self) -> dict[str, Program]:
        """The programs that a grant can be under: without the service's own, and the rules for no grant at all."""
        return {name: program for name, program in self.programs.items() if name not in {"", SERVICE_PROGRAM}}

    @property
    def rules(self) -> list[Rule]:
        """All rules; a group's own once for every program that they hold for."""
        return [rule for program in self.programs.values() if program.id for rule in program.rules]

    @property
    def drafts(self) -> set[str]:
        """The names of all drafts."""
        return {name for program in self.programs.values() for name in program.drafts}

    def owns(self, program: str, rule: str) -> bool:
        """Whether the *rule* stands in the file of *program* itself, not in one of the group's own."""
        return rule.partition("/")[0] == program

    def rule(self, program: str, rule: str) -> Rule | None:
        """The rule called *rule* of *program*; None if it has been taken out of its file."""
        rules = self.programs[program].rules if program in self.programs else ()
        return next((found for found in rules if found.id == rule), None)
