"""What a fact is: its name, its type, who owns it, how long it counts. And the lists whose items have facts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """The type of a value, with the word that messages to people use for it."""

    DATE = "date"
    DURATION = "duration"
    MONEY = "amount"
    NUMBER = "number"
    TEXT = "text"
    TEXTS = "list of texts"
    YESNO = "yes or no"
    ITEMS = "list of items"
    COSTS = "series of costs"
    LABELS = "set of labels"
    MOMENTS = "row of moments"

    @property
    def one(self) -> str:
        """The word with its article."""
        return f"an {self}" if self is Kind.MONEY else f"a {self}"

    @property
    def is_told(self) -> bool:
        """Whether a text can name a fact of this type, and a person or a file can say its value."""
        return self not in {Kind.ITEMS, Kind.COSTS, Kind.LABELS, Kind.MOMENTS}


TOLD = tuple(kind for kind in Kind if kind.is_told)


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
    *items* is the list behind a fact of kind `Kind.ITEMS`. A *hint* may stand in texts, and decides nothing.
    *none* is what a text says where the fact has no value and nobody has to fill it in.
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
    items: Collection | None = None
    hint: bool = False
    none: str = ""


@dataclass(frozen=True, slots=True)
class Collection:
    """A list of an account or of a grant whose items have facts of their own: its projects, members, batches.

    Expressions call the list by its *name* and an item's facts by ``one.fact``: ``project.owner``. Readings and
    the record of what people observed call the same fact ``projects/thesis-7/owner``.
    """

    name: str
    one: str
    facts: tuple[Fact, ...]
    grant: bool = False

    def named(self, fact: str) -> str:
        """What expressions and texts call an item's *fact*."""
        return f"{self.one}.{fact}"


def item_fact(collection: str, item: str, fact: str) -> str:
    """What readings call the *fact* of an *item*: ``projects/thesis-7/owner``."""
    return f"{collection}/{item}/{fact}"


def split_item_fact(name: str) -> tuple[str, str, str]:
    """What `item_fact` joined: list, item, fact; three empty texts where *name* is no fact of an item."""
    collection, slash, rest = name.partition("/")
    item, last, fact = rest.rpartition("/")
    return (collection, item, fact) if slash and last else ("", "", "")
