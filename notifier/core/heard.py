"""What readings said of items, while a record is laid out."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from notifier.core.fact import split_item_fact

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed

Said = dict[str, tuple["Moment", "Observed", int]]  # fact → when, what, by which reading


class ItemsHeard:
    """What was said of items while a record is laid out: which there are, and the newest of each fact."""

    def __init__(self) -> None:
        self.said: defaultdict[str, defaultdict[str, Said]] = defaultdict(lambda: defaultdict(dict))
        self.lists: defaultdict[str, list[tuple[Moment, int, tuple[str, ...]]]] = defaultdict(list)

    def hear(self, name: str, value: Observed, origin: int, at: Moment) -> None:
        """Take in the list *name*, or the fact ``list/item/fact``."""
        if "/" not in name:
            ids = tuple(str(each) for each in value) if isinstance(value, tuple) else ()
            self.lists[name].append((at, origin, ids))
            return
        collection, item, fact = split_item_fact(name)
        known = self.said[collection][item]
        if fact not in known or at >= known[fact][0]:
            known[fact] = at, value, origin
