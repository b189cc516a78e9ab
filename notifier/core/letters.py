"""Letters as items of a grant: how long each waits for its answer, and what one that follows it says of it.

An item is called by its draft. A letter and the one that its draft names in ``Follow-up:`` are one question: an
answer to either answers both.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.facts import Item
from notifier.core.letter import FOLLOW_UP_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.core.fact import Collection
    from notifier.core.letter import Draft
    from notifier.core.vocabulary import Vocabulary

LETTERS = "letters"


@dataclass(slots=True)
class _Letter:
    """One letter while it is laid out: its facts by name, and where each came from."""

    id: str
    values: dict[str, object]
    origins: dict[str, int]

    def day(self, fact: str) -> int:
        """The day of *fact*; 0 where it has none."""
        value = self.values[fact]
        return value if isinstance(value, int) else 0

    def take(self, fact: str, other: _Letter, theirs: str) -> None:
        """Let *fact* be what the *other* letter says of *theirs*."""
        self.values[fact], self.origins[fact] = other.values[theirs], other.origins[theirs]


def together(items: Sequence[Item], collection: Collection, drafts: Mapping[str, Draft]) -> tuple[Item, ...]:
    """The letters *items* with what follows from their *drafts*, and from each other."""
    names = [fact.name for fact in collection.facts]
    known = {
        each.id: _Letter(
            each.id, dict(zip(names, each.values, strict=True)), dict(zip(names, each.origins, strict=True))
        )
        for each in items
    }
    for each in known.values():
        draft = drafts.get(each.id)
        each.values["follow_up_after"] = FOLLOW_UP_AFTER if draft is None else draft.follow_up_after
    for first, again in _followed(known, drafts):
        _follow(first, again)
    return tuple(
        Item(each.id, tuple(each.values.values()), bytes(each.origins.values())) for each in known.values()
    )


def _followed(known: Mapping[str, _Letter], drafts: Mapping[str, Draft]) -> Iterator[tuple[_Letter, _Letter]]:
    """Each letter that was sent, with the one that was sent to follow it."""
    for name, first in known.items():
        again = known.get(drafts[name].follow_up) if name in drafts else None
        if again is not None and again is not first and 0 < first.day("sent_on") <= again.day("sent_on"):
            yield first, again


def _follow(first: _Letter, again: _Letter) -> None:
    first.take("followed_up_on", again, "sent_on")
    if not first.day("answered_on") and again.day("answered_on"):
        first.take("answered_on", again, "answered_on")
    elif not again.day("answered_on") and first.day("answered_on") >= again.day("sent_on"):
        again.take("answered_on", first, "answered_on")


def letters_of(vocabulary: Vocabulary, values: Sequence[object]) -> dict[str, Mapping[str, object]]:
    """What the record *values* knows of each letter: its facts by name, as records hold them."""
    if LETTERS not in vocabulary.collections:
        return {}
    place, collection = vocabulary.collections[LETTERS]
    items = values[place]
    names = [fact.name for fact in collection.facts]
    return (
        {each.id: dict(zip(names, each.values, strict=True)) for each in items} if isinstance(items, tuple) else {}
    )
