"""What is known of one subject: readings, and the compact record that rules are judged on.

A `Reading` is what one source said at one time. `notifier.core.assemble` lays what all of them said out in the
vocabulary's order, so that a compiled rule finds its facts by index: one tuple per subject, no object per fact.
Where a value came from is kept per reading, not per fact (`Facts.reading_of`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.calendar import Duration, Locale, Moment
from notifier.core.costs import Costs
from notifier.core.money import Money
from notifier.core.unread import UNREAD, Unread

if TYPE_CHECKING:
    from notifier.core.calendar import Day
    from notifier.core.letter import Draft

__all__ = [
    "EMPTY",
    "NOBODY",
    "UNREAD",
    "Costs",
    "Expected",
    "Facts",
    "Formula",
    "Item",
    "Observed",
    "Reading",
    "Unread",
]

Observed = date | Money | Duration | str | bool | int | float | tuple[str, ...] | None
NOBODY = 255  # in `Facts.origins`: no reading speaks of this fact
EMPTY: Mapping[str, Observed] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Reading:
    """What *source* said about one account at *at* (a moment).

    A fact that is left out was not spoken of; a fact that is None is none. *since* names facts that were
    observed earlier than *at* (``grant/fact`` for one of a grant): a line in a file counts from when it changed.

    A fact of an item is named ``projects/thesis-7/owner``; the fact ``projects`` has the ids of all that the
    source knows. *spends* has the costs of items, by ``projects/thesis-7``; *costs* those of the whole account.
    *pushed* names, as *since* does, what a program pushed of that which people record.
    """

    source: str
    at: Moment
    account: Mapping[str, Observed] = field(default_factory=dict)
    grants: Mapping[str, Mapping[str, Observed]] = field(default_factory=dict)
    costs: Costs | None = None
    since: Mapping[str, Moment] = field(default_factory=dict)
    spends: Mapping[str, Costs] = field(default_factory=dict)
    pushed: frozenset[str] = frozenset()


class Item(NamedTuple):
    """One item of a list in a record: its facts' *values* in the list's order, and where they came from."""

    id: str
    values: tuple[object, ...]
    origins: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The record of one subject as of one moment: what rules are judged on.

    *values* are in the vocabulary's order: dates as days, amounts as micro-units of the account's currency,
    None for none, `UNREAD` for unread. They hold until *fresh_until*; then they must be assembled again. The
    record of an *item* of the list *scope* has the item's values after the others.
    """

    account: str
    grant: str
    values: tuple[object, ...]
    origins: bytes
    readings: tuple[Reading, ...]
    fresh_until: Moment
    scope: str = ""
    item: str = ""

    def reading_of(self, place: int) -> Reading | None:
        """The reading that the fact at *place* came from; None if nobody spoke of it."""
        origin = self.origins[place]
        return None if origin == NOBODY else self.readings[origin]

    def of(self, scope: str, item: Item) -> Facts:
        """The record of one item of the list *scope*."""
        values, origins = self.values + item.values, self.origins + item.origins
        return replace(self, values=values, origins=origins, scope=scope, item=item.id)


Formula = tuple[int, Callable[[Sequence[object]], object]]  # the fact's place, and how it follows from the others


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known about an account before anybody is asked: its locale, and the sources that will be read.

    *unreadable* are the sources that cannot be read now, each with what it said last; *grants* the ids of all its
    grants, which share one pool of credits. *moments*: a rule asks when facts were observed. *drafts* are those of
    the grant's program: they say how long a letter waits for its answer, and which one follows.
    """

    account: str
    locale: Locale
    sources: frozenset[str] = frozenset()
    labels: Mapping[str, str] = field(default_factory=dict)
    unreadable: tuple[tuple[str, str], ...] = ()
    grants: tuple[str, ...] = ()
    moments: bool = False
    drafts: Mapping[str, Draft] = field(default_factory=dict)


# One object for each day that occurs: records share it, and rules find it where the processor still has it.
_DAYS: dict[Day, Day] = {}


def inside(value: object, locale: Locale) -> object:
    """*value* as records hold it: a date as a day, an amount in the account's currency, unread without a rate."""
    if isinstance(value, date):
        day = value.toordinal()
        return _DAYS.setdefault(day, day)
    return locale.exchange(value.micro, value.currency, UNREAD) if isinstance(value, Money) else value
