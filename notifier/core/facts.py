"""From readings to the compact record that rules are judged on.

A `Reading` is what one source said at one time. `assemble` lets the newest observation of each fact win and
lays the values out in the vocabulary's order, so that a compiled rule finds its facts by index: one tuple per
subject, no object per fact. Where a value came from is kept per reading, not per fact (`Facts.reading_of`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from notifier.core.calendar import FOREVER, Day, Duration, Locale, Moment
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import POLLED_COUNTS_FOR, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

Observed = date | Money | Duration | str | bool | int | float | tuple[str, ...] | None
NOBODY = 255  # in `Facts.origins`: no reading speaks of this fact
EMPTY: Mapping[str, Observed] = MappingProxyType({})


# One object for each day that occurs: records share it, and rules find it where the processor still has it.
_DAYS: dict[Day, Day] = {}


class Unread:
    """The type of `UNREAD`: a fact whose source failed, or whose last value is too old to count."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNREAD"

    def __bool__(self) -> bool:
        raise TypeError("unread is neither yes nor no")


UNREAD: Final = Unread()


@dataclass(frozen=True, slots=True)
class Costs:
    """What was spent, by UTC day; the day of the reading as far as it has gone.

    *totals* has the running sum in micro-units at the end of each day.
    """

    currency: str
    days: tuple[Day, ...]
    totals: tuple[int, ...]

    @classmethod
    def by_day(cls, currency: str, amounts: Mapping[Day, int]) -> Costs:
        """Make the series from micro-units per day, in any order."""
        days, totals, total = sorted(amounts), [], 0
        for day in days:
            total += amounts[day]
            totals.append(total)
        return cls(currency, tuple(days), tuple(totals))

    def since(self, day: Day) -> Money:
        """What was spent on *day* and after it."""
        first = bisect_left(self.days, day)
        before = self.totals[first - 1] if first else 0
        return Money((self.totals[-1] if self.totals else 0) - before, self.currency)

    def last_day_with_costs(self) -> Day | None:
        """The newest day on which anything was spent."""
        before = (0, *self.totals)
        spent = (day for day, total, old in zip(self.days, self.totals, before, strict=False) if total != old)
        return max(spent, default=None)


@dataclass(frozen=True, slots=True)
class Reading:
    """What *source* said about one account at *at* (a moment).

    A fact that is left out was not spoken of; a fact that is None is none. *since* names facts that were
    observed earlier than *at* (``grant/fact`` for one of a grant): a line in a file counts from when it changed.
    """

    source: str
    at: Moment
    account: Mapping[str, Observed] = field(default_factory=dict)
    grants: Mapping[str, Mapping[str, Observed]] = field(default_factory=dict)
    costs: Costs | None = None
    since: Mapping[str, Moment] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """The record of one subject as of one moment: what rules are judged on.

    *values* are in the vocabulary's order: dates as days, amounts as micro-units of the account's currency,
    None for none, `UNREAD` for unread. They hold until *fresh_until*; then `assemble` must be asked again.
    """

    account: str
    grant: str
    values: tuple[object, ...]
    origins: bytes
    readings: tuple[Reading, ...]
    fresh_until: Moment

    def reading_of(self, place: int) -> Reading | None:
        """The reading that the fact at *place* came from; None if nobody spoke of it."""
        origin = self.origins[place]
        return None if origin == NOBODY else self.readings[origin]


Formula = tuple[int, Callable[[Sequence[object]], object]]  # the fact's place, and how it follows from the others


@dataclass(frozen=True, slots=True)
class Expected:
    """What is known about an account before anybody is asked: its locale, and the sources that will be read."""

    account: str
    locale: Locale
    sources: frozenset[str] = frozenset()


def assemble(
    vocabulary: Vocabulary,
    formulas: Iterable[Formula],
    readings: Sequence[Reading],
    expected: Expected,
    grant: str,
    now: Moment,
) -> Facts:
    """Lay out what is known of *grant* at *now*: the newest observation of each fact, then what follows from it.

    A polled fact that no reading speaks of is unread while one of the expected sources never answered, and
    none once all have. An amount in a currency for which no rate is stated is unread.
    """
    draft = _Draft(vocabulary, readings, expected.locale, now)
    for origin, reading in enumerate(readings):
        draft.hear(origin, reading, reading.account, "")
        draft.hear(origin, reading, reading.grants.get(grant, EMPTY), grant + "/")
    draft.fill_in(expected.sources)
    _keep_the_books(draft)
    for place, formula in formulas:
        if draft.values[place] is None:
            draft.values[place] = formula(draft.values)
    return Facts(
        expected.account, grant, tuple(draft.values), bytes(draft.origins), tuple(readings), draft.fresh_until
    )


class _Draft:
    """The record while it is being laid out; only `assemble` holds one."""

    def __init__(self, vocabulary: Vocabulary, readings: Sequence[Reading], locale: Locale, now: Moment) -> None:
        self.vocabulary, self.readings, self.locale, self.now = vocabulary, readings, locale, now
        self.values: list[object] = [None] * len(vocabulary.facts)
        self.origins = bytearray([NOBODY] * len(vocabulary.facts))
        self.observed = [-1] * len(vocabulary.facts)
        self.fresh_until = FOREVER
        self.silent = False  # whether an expected source has never answered

    def hear(self, origin: int, reading: Reading, said: Mapping[str, Observed], prefix: str) -> None:
        places, since = self.vocabulary.places, reading.since
        for name, value in said.items():
            place = places.get(name)
            if place is None:
                continue  # a term of a program that has since been taken out of its file
            at = since.get(prefix + name, reading.at) if since else reading.at
            if at >= self.observed[place]:
                self.values[place] = self.inside(value)
                self.origins[place], self.observed[place] = origin, at

    def inside(self, value: object) -> object:
        if isinstance(value, date):
            day = value.toordinal()
            return _DAYS.setdefault(day, day)
        return self.exchange(value) if isinstance(value, Money) else value

    def exchange(self, money: Money) -> object:
        if money.currency == self.locale.currency:
            return money.micro
        rate = dict(self.locale.rates).get(money.currency)
        return UNREAD if rate is None else money.micro * rate // MICRO

    def fill_in(self, sources: frozenset[str]) -> None:
        """Defaults where nobody spoke; unread where nobody answered, or too long ago."""
        self.silent = bool(sources - {reading.source for reading in self.readings})
        for place, default in self.vocabulary.defaults:
            if self.origins[place] == NOBODY:
                self.values[place] = self.inside(default)
        for place, max_age in self.vocabulary.polled:
            if self.origins[place] == NOBODY:
                self.values[place] = UNREAD if self.silent else None
            elif not self.counts(self.observed[place] + max_age):
                self.values[place] = UNREAD

    def counts(self, until: Moment) -> bool:
        """Whether what counts until *until* still does; if so, the record has to be made anew then."""
        if until > self.now:
            self.fresh_until = min(self.fresh_until, until)
            return True
        return False

    def get(self, name: str) -> object:
        return self.values[self.vocabulary.places[name]]

    def derive(self, name: str, value: object, origin: int) -> None:
        place = self.vocabulary.places[name]
        self.values[place], self.origins[place] = value, origin


def _keep_the_books(draft: _Draft) -> None:
    """Work out what is used and left: a balance read by a person minus costs since, else granted minus costs.

    Costs come in whole days, so those of the day on which the balance was read count in full.
    """
    granted, granted_on = draft.get("credits_granted"), draft.get("credits_granted_on")
    balance: object
    read_on: object
    left_at = draft.vocabulary.places["credits_left"]
    if draft.origins[left_at] != NOBODY:
        balance, read_on = draft.values[left_at], draft.locale.day_of(draft.observed[left_at])
    else:
        balance, read_on = granted, granted_on
    with_costs = ((read.at, origin, read.costs) for origin, read in enumerate(draft.readings) if read.costs)
    newest = max(with_costs, default=None)
    if newest is None and not draft.silent:
        if draft.origins[left_at] != NOBODY:
            draft.derive("credits_used", _minus(granted, balance), draft.origins[left_at])
        return
    at, origin, costs = newest or (-POLLED_COUNTS_FOR, draft.origins[left_at], None)
    if not draft.counts(at + POLLED_COUNTS_FOR):
        costs = None
    draft.derive("spent_since_granted", _spent(draft, costs, granted_on), origin)
    left = _minus(balance, _spent(draft, costs, read_on))
    draft.derive("credits_left", left, origin)
    draft.derive("credits_used", _minus(granted, left), origin)


def _spent(draft: _Draft, costs: Costs | None, since: object) -> object:
    if not isinstance(since, int):
        return since  # none or unread: so is what was spent since then
    return UNREAD if costs is None else draft.exchange(costs.since(since))


def _minus(whole: object, part: object) -> object:
    if whole is None or part is None:
        return None
    return whole - part if isinstance(whole, int) and isinstance(part, int) else UNREAD
