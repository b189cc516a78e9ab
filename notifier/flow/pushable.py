"""Which facts of an account a program can push, and how their values are read; a refusal says why, to a person."""

from __future__ import annotations

from contextlib import nullcontext, suppress
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from notifier.core.fact import Fact, Kind, Owner, item_fact, split_item_fact
from notifier.core.keys import refuse_key
from notifier.core.language.compile import in_currency
from notifier.core.letters import LETTERS
from notifier.core.money import MICRO, Money, micro
from notifier.core.observed import refuse_observed
from notifier.core.vocabulary import Vocabulary, suggestion
from notifier.core.words import say_list
from notifier.flow.declare import SOURCE as DECLARED
from notifier.flow.subjects import watched_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.fact import Collection
    from notifier.core.facts import Observed
    from notifier.core.rule import Rulebook
    from notifier.flow.subjects import Watched
    from notifier.ports import Tx

    # By kind and currency, what reads a text as the accounts file writes a value; its ValueError says how.
    Written = Callable[[Kind, str], Callable[[str], Observed]]

OWNERS = (Owner.RECORDED, Owner.POLLED)
MOST_DIGITS = 40
MOST_NAMED = 10  # items, where somebody names one that is not there
MOST_NAME = 100  # characters of a name that is compared with others
JSON_FORMS = {
    Kind.DATE: 'a text such as "2026-11-22"',
    Kind.DURATION: 'a text such as "3 weeks"',
    Kind.MONEY: 'a text such as "412.50 USD", or a number',
    Kind.NUMBER: "a number",
    Kind.TEXT: "a text",
    Kind.YESNO: "true or false",
}


class Pushable:
    """The facts of *account* that can be pushed, under the rules now in force."""

    def __init__(self, tx: Tx, account: Account, rulebook: Rulebook, now: Moment) -> None:
        self._tx, self.account, self._rulebook, self.now = tx, account, rulebook, now
        known = {grant.id: rulebook.programs.get(grant.program) for grant in account.grants}
        self._programs = {grant: program for grant, program in known.items() if program is not None}

    @property
    def grants(self) -> list[str]:
        """The grants whose program has its file."""
        return list(self._programs)

    @property
    def several(self) -> bool:
        """Whether it has to be said which grant is meant."""
        return len(self._programs) > 1

    def grant(self, named: object) -> str:
        """The grant that is *named*, else the only one; '' where nobody can know, or there is none.

        Raises:
            ValueError: there is no such grant.
        """
        if named is None:
            return "" if self.several else next(iter(self._programs), "")
        if isinstance(named, str) and named in self._programs:
            return named
        near = suggestion(named, self._programs) if isinstance(named, str) and len(named) <= MOST_NAME else ""
        raise ValueError(f"is no grant of `{self.account.id}`{near or self._there}")

    @property
    def _there(self) -> str:
        return f"; there {'are' if self.several else 'is'} {say_list(self.grants) or 'none'}"

    def fact(self, name: str, grant: str) -> Fact:
        """The fact called *name*, of *grant* or of the account itself; an item's under its whole name.

        Raises:
            ValueError: there is none, or nobody can push it.
        """
        found = {whose: fact for whose, words in self._vocabularies if (fact := called(words, name)) is not None}
        if not found:
            near = suggestion(name, self._names) if len(name) <= MOST_NAME else ""
            raise ValueError(f"there is no such fact{near}")
        fact = found.get(grant) or next(iter(found.values()))
        if why := unpushable(fact):
            raise ValueError(why)
        if fact.grant and not self._programs:
            raise ValueError(f"it is a fact of a grant, and `{self.account.id}` has none whose rules are known")
        if fact.grant and grant and grant not in found:
            raise ValueError(f"grant `{grant}` has no such fact")
        if "/" in name and (grant or not fact.grant):
            self._look_for(name, fact, grant)
        return fact

    def accepted(self, fact: Fact, grant: str) -> Observed:
        """The day on which the grant behind *fact* was accepted, as far as the accounts file says."""
        said = self._declared.get(grant, {}) if fact.grant else {}
        return said.get("accepted_on")

    def came(self, fact: Fact) -> bool:
        """Whether there is a day on which what *fact* says came: ``credits_granted_on``."""
        day = (called(words, f"{fact.name}_on") for _, words in self._vocabularies)
        return any(each is not None and each.owner in OWNERS and each.kind is Kind.DATE for each in day)

    @cached_property
    def _vocabularies(self) -> list[tuple[str, Vocabulary]]:
        """Each grant's words; those of the account where it has no grant."""
        if self._programs:
            return [(grant, program.vocabulary) for grant, program in self._programs.items()]
        own = self._rulebook.programs.get("")
        return [("", own.vocabulary if own is not None else Vocabulary())]

    @cached_property
    def _names(self) -> list[str]:
        """Everything that can be pushed, but for facts of items."""
        facts = {fact.name: fact for _, words in self._vocabularies for fact in words.facts}
        return [name for name, fact in facts.items() if not unpushable(fact)]

    @cached_property
    def _declared(self) -> Mapping[str, Mapping[str, Observed]]:
        reading = self._tx.reading(self.account.id, DECLARED)
        return reading.grants if reading is not None else {}

    @cached_property
    def _watched(self) -> list[Watched]:
        readings = self._tx.readings([self.account.id])[self.account.id]
        return watched_of(self._rulebook, self.account, readings, self.now)

    def _look_for(self, name: str, fact: Fact, grant: str) -> None:
        """Refuse a fact of an item that is not there: nobody would ever see it."""
        listed, item, _ = split_item_fact(name)
        seen = [each for each in self._watched if not fact.grant or each.grant.id == grant]
        items = dict.fromkeys(item for each in seen for item in items_of(each, listed))
        if listed == LETTERS:
            items |= dict.fromkeys(draft for each in seen for draft in each.program.drafts)
        if item not in items:
            there = say_list([f"`{each}`" for each in list(items)[:MOST_NAMED]]) or "none"
            near = suggestion(item, items) or f"; there are {there}"
            raise ValueError(f"`{self.account.id}` has no such item in `{listed}`{near}")


@dataclass(frozen=True, slots=True)
class Saying:
    """What a program says of *grant*; *written* reads a text as the accounts file writes a value of a kind."""

    pushable: Pushable
    grant: str
    written: Written

    def value(self, fact: Fact, value: object) -> Observed:
        """What *value*, as JSON has it, says of *fact*. Of what is polled null says that there is none.

        Raises:
            ValueError: it says nothing of the kind, or what cannot have been observed.
        """
        locale = self.pushable.account.locale
        if value is None and fact.owner is Owner.POLLED:
            return None
        said = self._read(fact.kind, value)
        if isinstance(said, Money) and in_currency(said, locale) is None:
            raise ValueError(f"no rate from {said.currency} to {locale.currency} is stated under `rates:`")
        today, accepted = locale.day_of(self.pushable.now), self.pushable.accepted(fact, self.grant)
        refuse_observed(fact.name, said, today, accepted, came=self.pushable.came(fact))
        return said

    def _read(self, kind: Kind, value: object) -> Observed:
        currency = self.pushable.account.locale.currency
        if isinstance(value, str) and value.strip():
            refuse_key(value)
            with suppress(ValueError) if kind is Kind.NUMBER else nullcontext():
                return self.written(kind, currency)(value)
        if isinstance(value, bool) and kind is Kind.YESNO:
            return value
        if isinstance(value, Decimal) and kind in {Kind.MONEY, Kind.NUMBER}:
            exact = _millionths(value)
            return Money(exact, currency) if kind is Kind.MONEY else exact / MICRO
        raise ValueError(f"has to be {JSON_FORMS[kind]}")


def called(words: Vocabulary, name: str) -> Fact | None:
    """The fact that readings call *name*: one of the grant or account, or ``list/item/fact`` under that name."""
    if "/" not in name:
        place = words.places.get(name)
        return None if place is None else words.facts[place]
    listed, item, of_item = split_item_fact(name)
    if listed not in words.collections:
        return None
    _, collection = words.collections[listed]
    return next((each for each in _facts(collection, item) if each.name == name), None) if of_item else None


def _facts(collection: Collection, item: str) -> Iterator[Fact]:
    for fact in collection.facts:
        yield replace(fact, name=item_fact(collection.name, item, fact.name), grant=collection.grant)


def unpushable(fact: Fact) -> str:
    """Why no program can push *fact*; '' if one can."""
    if not fact.kind.is_told or fact.kind is Kind.TEXTS:
        return f"it is {fact.kind.one}; a push says single values"
    if fact.owner is Owner.DERIVED:
        return "it follows from other facts, so nobody says it"
    if fact.owner is Owner.DECLARED:
        whose = "a term of the program" if fact.default is not None else "said in the accounts file alone"
        return f"it is {whose}, so it cannot be pushed"
    return ""


def items_of(watched: Watched, listed: str) -> list[str]:
    """The items that a record has of the list called *listed*, which every program knows."""
    place, _ = watched.program.vocabulary.collections[listed]
    found = watched.facts.values[place]
    return [item.id for item in found] if isinstance(found, tuple) else []


def _millionths(number: Decimal) -> int:
    """A number of JSON, rounded once.

    Raises:
        ValueError: it has more digits than anybody means.
    """
    _, digits, exponent = number.as_tuple()
    if len(digits) > MOST_DIGITS or not isinstance(exponent, int) or abs(exponent) > MOST_DIGITS:
        raise ValueError("is a number beyond belief")
    return micro(str(number))
