"""The closed list of facts: what each is called, its type, who owns it, how long it counts.

A program adds its own terms, formulas and questions to it; nobody can use a name that is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, SECONDS_A_DAY

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(StrEnum):
    """The type of a value, with the word that messages to people use for it."""

    DATE = "date"
    DURATION = "duration"
    MONEY = "amount"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "list of texts"
    YESNO = "yes or no"

    @property
    def one(self) -> str:
        """The word with its article."""
        return f"an {self}" if self is Kind.MONEY else f"a {self}"


class Owner(StrEnum):
    """Who says what a fact's value is."""

    DECLARED = "declared in the accounts file"
    RECORDED = "recorded by a person"
    POLLED = "polled from the provider"
    DERIVED = "derived"


@dataclass(frozen=True, slots=True)
class Fact:
    """One entry of the vocabulary.

    *grant* says whether each grant has its own value (else the account has one for all). *where* is what a
    visible blank tells a person who has to fill it in. *max_age* is in seconds; None means that the value
    stands until its owner says otherwise. *default* is the value where nobody states one, *formula* the text
    of an expression; at most one of the two is set. *ask* is the question that a person's record answers.
    """

    name: str
    kind: Kind
    owner: Owner
    where: str
    grant: bool = True
    max_age: int | None = None
    default: object = None
    formula: str | None = None
    ask: str = ""


def _declared(name: str, kind: Kind, where: str, *, grant: bool = True) -> Fact:
    return Fact(name, kind, Owner.DECLARED, where, grant=grant)


POLLED_COUNTS_FOR = 2 * SECONDS_A_DAY  # costs come in whole UTC days and may lag one

BUILT_IN: tuple[Fact, ...] = (
    _declared("organization", Kind.TEXT, "organization id: Settings, Organization, General", grant=False),
    _declared("account_name", Kind.TEXT, "the account's id", grant=False),
    _declared("pi_name", Kind.TEXT, "name of the principal investigator", grant=False),
    _declared("pi_position", Kind.TEXT, "position of the principal investigator", grant=False),
    _declared("affiliation", Kind.TEXT, "your institution", grant=False),
    Fact("spend_limit", Kind.MONEY, Owner.POLLED, "monthly spend limit: Settings, Organization, Limits",
         grant=False, max_age=POLLED_COUNTS_FOR),
    Fact("last_spend_on", Kind.DATE, Owner.POLLED, "last day with costs", grant=False,
         max_age=POLLED_COUNTS_FOR),
    _declared("grant_id", Kind.TEXT, "the grant's id"),
    _declared("accepted_on", Kind.DATE, "date of the acceptance mail"),
    _declared("accepted_address", Kind.TEXT, "the address that the acceptance was sent to"),
    _declared("enrolled_on", Kind.DATE, "first day on which the service watches the grant"),
    _declared("credits_requested", Kind.MONEY, "amount that you asked for in the application"),
    _declared("use_case", Kind.TEXT, "what you use the API for, in one sentence"),
    _declared("granted_models", Kind.TEXTS, "models named in the acceptance mail"),
    _declared("research_ends_on", Kind.DATE, "end of the research as given in the application"),
    _declared("renewed_by", Kind.TEXT, "id of the grant that renews this one"),
    Fact("credits_granted", Kind.MONEY, Owner.RECORDED, "granted amount: Settings, Billing, Credit grants",
         ask="Did the credits come, and how much?"),
    Fact("credits_granted_on", Kind.DATE, Owner.RECORDED, "day of the grant: Settings, Billing, Credit grants",
         ask="When did the credits come?"),
    Fact("credits_expire_on", Kind.DATE, Owner.RECORDED,
         "day on which the credits expire: Settings, Billing, Credit grants",
         ask="When do the credits expire?"),
    Fact("credits_used", Kind.MONEY, Owner.DERIVED, "credits granted and costs since then"),
    Fact("credits_left", Kind.MONEY, Owner.RECORDED, "balance: Settings, Billing, Credit grants",
         ask="How much is left?"),
    Fact("spent_since_granted", Kind.MONEY, Owner.DERIVED, "costs since the credits were granted"),
)  # fmt: skip

# Names that a text or an expression may put before a fact's own: they say whose fact is meant, no more.
PREFIXES = ("grant.", "account.")


@dataclass(frozen=True)
class Vocabulary:
    """An ordered, closed set of facts; a fact's place in it is its place in every record.

    *defaults* are the places of the facts that have one, *polled* those of the facts that a provider is asked
    for, each with the seconds for which an answer counts.
    """

    facts: tuple[Fact, ...] = BUILT_IN
    places: dict[str, int] = field(init=False, repr=False, compare=False)
    defaults: tuple[tuple[int, object], ...] = field(init=False, repr=False, compare=False)
    polled: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        placed = list(enumerate(self.facts))
        defaults = tuple((place, fact.default) for place, fact in placed if fact.default is not None)
        polled = tuple((place, fact.max_age or FOREVER) for place, fact in placed if fact.owner is Owner.POLLED)
        object.__setattr__(self, "places", {fact.name: place for place, fact in placed})
        object.__setattr__(self, "defaults", defaults)
        object.__setattr__(self, "polled", polled)

    def extended(self, facts: Iterable[Fact]) -> Vocabulary:
        """This vocabulary with *facts* after its own; one of the same name is replaced in its place."""
        by_name = {fact.name: fact for fact in self.facts}
        by_name.update({fact.name: fact for fact in facts})
        return Vocabulary(tuple(by_name.values()))

    def place(self, name: str) -> int | None:
        """Where the fact called *name* stands in a record; None if there is no such fact.

        ``grant.renewed_by`` means ``renewed_by``, and ``account.organization`` means ``organization``; the
        prefix must fit the fact.
        """
        for prefix in PREFIXES:
            if name.startswith(prefix):
                bare = self.places.get(name.removeprefix(prefix))
                fits = bare is not None and self.facts[bare].grant == (prefix == "grant.")
                return bare if fits else None
        return self.places.get(name)

    def suggestion(self, name: str) -> str:
        """What somebody who wrote *name* probably meant, as words to append to an error; may be empty."""
        return suggestion(name, self.places)


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean …?`` for the *known* word nearest to *word*, or nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
