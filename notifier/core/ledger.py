"""What a provider charged, row by row: added up by day, and laid over what was kept.

Each row of a bill is rounded once: the exact sum of one day, one line of the bill and the same items becomes whole
micro-units, and from there on only whole numbers are added. So a day's projects (and what belongs to none) add up
to the account's day, exactly, and so do all sums of days; the price is at most half a micro-unit for each row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.amounts import EXACT, NoAmount, rounded
from notifier.core.costs import Costs, utc_day
from notifier.core.money import MICRO, MOST_MICRO

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notifier.core.calendar import Day
    from notifier.core.facts import Reading

USUAL_CURRENCY = "USD"


class Row(NamedTuple):
    """An *amount* of one UTC *day* under one *line* of the bill, and the *items* that it counts for.

    Items are called as in readings: ``projects/proj_1``, ``models/gpt-5``.
    """

    day: Day
    amount: Decimal
    line: str = ""
    items: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Spent:
    """What an account spent by UTC day, and each of its items, by ``projects/proj_1``; all in one currency.

    *refunded_on* is the newest day with a negative row, None if there is none.
    """

    costs: Costs
    spends: Mapping[str, Costs] = field(default_factory=dict)
    refunded_on: Day | None = None


def kept_in(reading: Reading) -> Spent:
    """What *reading* says of costs, and its fact `last_refund_on`."""
    refunded = reading.account.get("last_refund_on")
    of_items = next((costs.currency for costs in reading.spends.values()), USUAL_CURRENCY)
    return Spent(
        reading.costs or Costs(of_items, (), ()),
        reading.spends,
        refunded.toordinal() if isinstance(refunded, date) else None,
    )


class Ledger:
    """What one answer says, page by page. *unit* is that of its amounts: `MICRO`, or `CENT` for cents."""

    def __init__(self, unit: int = MICRO) -> None:
        self._unit = unit
        self._days: set[Day] = set()
        self._rows: dict[tuple[Day, str, tuple[str, ...]], Decimal] = {}
        self._currencies: set[str] = set()
        self._refunded_on: Day | None = None

    @property
    def last_day(self) -> Day | None:
        """The newest day that was opened; None before the first."""
        return max(self._days, default=None)

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies of all rows, in order; amounts of more than one cannot be added up."""
        return tuple(sorted(self._currencies))

    @property
    def names_items(self) -> bool:
        """Whether any row says what it counts for."""
        return any(items for _, _, items in self._rows)

    def open(self, day: Day) -> None:
        """*day* is answered, even if no row follows.

        Raises:
            NoAmount: it was already.
        """
        if day in self._days:
            raise NoAmount("a day comes twice")
        self._days.add(day)

    def enter(self, row: Row, currency: str | None = None) -> None:
        """Add *row* to its day; rows of the same line and items add up before they are rounded."""
        key = row.day, row.line, row.items
        self._rows[key] = EXACT.add(self._rows.get(key, Decimal(0)), row.amount)
        if currency is not None:
            self._currencies.add(currency)
        if row.amount < 0:
            self._refunded_on = max(row.day, self._refunded_on or row.day)

    def spent(self, otherwise: str = USUAL_CURRENCY) -> Spent:
        """What all rows come to, in their currency; in *otherwise* where no row names one.

        Raises:
            NoAmount: the sum is beyond belief, or the currencies are several.
        """
        if len(self._currencies) > 1:
            raise NoAmount("amounts in several currencies cannot be added up")
        code = next(iter(self._currencies), otherwise)
        days = dict.fromkeys(self._days, 0)
        items: defaultdict[str, defaultdict[Day, int]] = defaultdict(lambda: defaultdict(int))
        for (day, _, whose), amount in self._rows.items():
            micro = rounded(amount, self._unit)
            days[day] = days.get(day, 0) + micro
            for item in whose:
                items[item][day] += micro
        spends = {
            item: _of_item(code, amounts) for item, amounts in sorted(items.items()) if any(amounts.values())
        }
        return Spent(_series(code, days), spends, self._refunded_on)


def lay_over(kept: Spent, fresh: Spent, first: Day) -> Spent:
    """*fresh* from *first* on, as it was read anew, and *kept* before it: of the account and of each item.

    A day that was read anew is as *fresh* says, also where it names an item no longer, or no refund any more;
    every other day stays.

    Raises:
        NoAmount: the sum is beyond belief, or the two are in different currencies.
    """
    code = fresh.costs.currency
    if (kept.costs.days or kept.spends) and kept.costs.currency != code:
        raise NoAmount("amounts in several currencies cannot be added up")
    nothing = Costs(code, (), ())
    spends = {
        item: merged
        for item in dict.fromkeys(chain(kept.spends, fresh.spends))
        if (merged := _joined(kept.spends.get(item, nothing), fresh.spends.get(item, nothing), first)).days
    }
    refunded_on = fresh.refunded_on
    if refunded_on is None and kept.refunded_on is not None and kept.refunded_on < first:
        refunded_on = kept.refunded_on
    return Spent(_joined(kept.costs, fresh.costs, first), spends, refunded_on)


def _joined(kept: Costs, fresh: Costs, first: Day) -> Costs:
    amounts = {day: amount for day, amount in kept.of_days() if day < first}
    return _series(fresh.currency, amounts | {day: amount for day, amount in fresh.of_days() if day >= first})


def _of_item(code: str, amounts: Mapping[Day, int]) -> Costs:
    """An item's series has only the days on which it cost something: most items rest on most days."""
    return _series(code, {day: amount for day, amount in amounts.items() if amount})


def _series(code: str, amounts: Mapping[Day, int]) -> Costs:
    costs = Costs.by_day(code, amounts)
    if any(abs(total) > MOST_MICRO for total in costs.totals):
        raise NoAmount("the sum of the amounts is beyond belief")
    return costs


# -- what is asked for --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Window:
    """The UTC days from *first* until before *end* that one question is about; *today* is the day of asking."""

    first: Day
    end: Day
    today: Day

    @property
    def is_open(self) -> bool:
        """Whether the window reaches today: its end is then left open, for a day may begin while we ask."""
        return self.end > self.today

    def holds(self, day: Day) -> bool:
        """Whether *day* was asked for, or has begun since."""
        return self.first <= day < self.end + self.is_open

    def after(self, day: Day | None) -> Window | None:
        """What is left of the window once *day* is read; None if nothing is."""
        if day is None or day < self.first:
            return self
        return Window(day + 1, self.end, self.today) if day + 1 < self.end else None


def windows(first: Day, today: Day, most: int) -> Iterator[Window]:
    """The days from *first* through *today*, in windows of at most *most* days."""
    for start in range(first, today + 1, most):
        yield Window(start, min(start + most, today + 1), today)


def first_to_read(kept: Reading | None, today: Day, *, still_open: int, far_back: int) -> Day:
    """The first day that has to be read: all of *far_back* days, or only what may have changed since *kept*.

    The day on which *kept* was read was not over, and *still_open* days before it may be corrected yet.
    """
    if kept is None:
        return today - far_back
    return min(utc_day(kept.at), today) - still_open
