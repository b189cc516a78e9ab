"""The closed list of facts: what each is called, its type, who owns it, how long it counts.

A program adds its own terms, formulas and questions to it; nobody can use a name that is not here.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from notifier.core.builtin import BUILT_IN, COLLECTIONS, POLLED_COUNTS_FOR, SERVICE, SERVICE_PROGRAM
from notifier.core.calendar import FOREVER
from notifier.core.fact import TOLD, Collection, Fact, Kind, Owner

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "BUILT_IN",
    "COLLECTIONS",
    "POLLED_COUNTS_FOR",
    "SERVICE",
    "SERVICE_PROGRAM",
    "TOLD",
    "Collection",
    "Fact",
    "Kind",
    "Owner",
    "Vocabulary",
    "suggestion",
]

# Names that a text or an expression may put before a fact's own: they say whose fact is meant, no more.
PREFIXES = ("grant.", "account.")


@dataclass(frozen=True)
class Vocabulary:
    """An ordered, closed set of facts; a fact's place in it is its place in every record.

    *defaults* are the places of the facts that have one, *polled* those of the facts that a provider is asked
    for, each with the seconds for which an answer counts. *collections* are the lists whose items have facts, each
    with its place; *base* is how many places a record has before those of an item.
    """

    facts: tuple[Fact, ...] = BUILT_IN
    places: dict[str, int] = field(init=False, repr=False, compare=False)
    defaults: tuple[tuple[int, object], ...] = field(init=False, repr=False, compare=False)
    polled: tuple[tuple[int, int], ...] = field(init=False, repr=False, compare=False)
    collections: dict[str, tuple[int, Collection]] = field(init=False, repr=False, compare=False)
    _scoped: dict[str, Vocabulary] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        placed = list(enumerate(self.facts))
        defaults = tuple((place, fact.default) for place, fact in placed if fact.default is not None)
        polled = tuple(
            (place, fact.max_age or FOREVER)
            for place, fact in placed
            if fact.owner is Owner.POLLED and fact.kind.is_told and "." not in fact.name
        )
        lists = {fact.items.name: (place, fact.items) for place, fact in placed if fact.items is not None}
        object.__setattr__(self, "places", {fact.name: place for place, fact in placed})
        object.__setattr__(self, "defaults", defaults)
        object.__setattr__(self, "polled", polled)
        object.__setattr__(self, "collections", lists)

    def extended(self, facts: Iterable[Fact]) -> Vocabulary:
        """This vocabulary with *facts* after its own; one of the same name is replaced in its place."""
        by_name = {fact.name: fact for fact in self.facts}
        by_name.update({fact.name: fact for fact in facts})
        return Vocabulary(tuple(by_name.values()))

    def scoped(self, collection: str) -> Vocabulary:
        """This vocabulary with the facts of one item of *collection* after its own; made once. '': itself."""
        if not collection:
            return self
        if collection not in self._scoped:
            _, listed = self.collections[collection]
            own = [replace(fact, name=listed.named(fact.name)) for fact in listed.facts]
            self._scoped[collection] = Vocabulary((*self.facts, *own))
        return self._scoped[collection]

    @property
    def told(self) -> list[tuple[int, Fact]]:
        """The facts that a text can name, each with its place."""
        return [(place, fact) for place, fact in enumerate(self.facts) if fact.kind.is_told]

    def place(self, name: str) -> int | None:
        """Where the fact called *name* stands in a record; None if there is no such fact.

        ``grant.renewed_by`` means ``renewed_by``, and ``account.organization`` means ``organization``; the
        prefix must fit the fact.
        """
        if name in self.places:
            return self.places[name]
        for prefix in PREFIXES:
            if name.startswith(prefix):
                bare = self.places.get(name.removeprefix(prefix))
                fits = bare is not None and self.facts[bare].grant == (prefix == "grant.")
                return bare if fits else None
        return None

    def suggestion(self, name: str) -> str:
        """What somebody who wrote *name* probably meant, as words to append to an error; may be empty."""
        return suggestion(name, [fact.name for _, fact in self.told])


def suggestion(word: str, known: Iterable[str]) -> str:
    """``; did you mean …?`` for the *known* word nearest to *word*, or nothing."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{near[0]}`?" if near else ""
