"""What was spent, by UTC day, and the windows that rules look at: providers report whole UTC days.

A window ends at the last closed day that was read, so that nothing moves at midnight: only a new reading changes
it. What is asked since a date, or of the present month, also has the day of the reading, as far as it has gone.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.money import Money

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.core.calendar import Day

EPOCH: Day = date(1970, 1, 1).toordinal()


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
        return Money(self.total() - self.before(day), self.currency)

    def total(self) -> int:
        """Everything, in micro-units."""
        return self.totals[-1] if self.totals else 0

    def before(self, day: Day) -> int:
        """What was spent before *day*, in micro-units."""
        first = bisect_left(self.days, day)
        return self.totals[first - 1] if first else 0

    def through(self, day: Day) -> int:
        """What was spent up to the end of *day*, in micro-units."""
        last = bisect_right(self.days, day)
        return self.totals[last - 1] if last else 0

    def of_days(self) -> list[tuple[Day, int]]:
        """Each day with what was spent on it, in micro-units."""
        before = (0, *self.totals)
        return [(day, total - old) for day, total, old in zip(self.days, self.totals, before, strict=False)]

    def first_day_with_costs(self) -> Day | None:
        """The oldest day on which anything was spent."""
        return next((day for day, total in zip(self.days, self.totals, strict=True) if total), None)

    def last_day_with_costs(self) -> Day | None:
        """The newest day on which anything was spent."""
        return max((day for day, spent in self.of_days() if spent), default=None)


class Spending(NamedTuple):
    """*costs* as of the UTC *day* on which they were read: that day is open, the one before it is closed."""

    costs: Costs
    day: Day

    def last(self, days: int) -> int:
        """What was spent on the last so many closed days, in micro-units of the costs' currency."""
        return self.costs.through(self.day - 1) - self.costs.through(self.day - 1 - days)

    def this_month(self) -> int:
        """What was spent in the month of the reading, as far as it has gone."""
        return self.since(date.fromordinal(self.day).replace(day=1).toordinal())

    def yesterday(self) -> int:
        """What was spent on the last closed day."""
        return self.last(1)

    def since(self, day: Day) -> int:
        """What was spent on *day* and after it, as far as the day of the reading has gone."""
        return self.costs.total() - self.costs.before(day)


def utc_day(moment: int) -> Day:
    """The UTC day on which *moment* falls."""
    return EPOCH + moment // 86_400
