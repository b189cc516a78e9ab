"""How long credits last and what lapses, each as a range that is meant to hold the truth four times in five.

The pace is what a usual week costs: the mean of the closed whole weeks that were read, of which a week counts half
as much as the one six weeks later, and the dearest no more than the second. The days ahead differ from it for two
reasons: the pace itself is uncertain (*doubt*, which stays however many days are asked of), and days scatter about
it (*scatter*, which evens out). Method and measured error are in ``docs/forecast.md``. The figures below were
chosen on made series, other ones than those on which ``benchmarks/forecast.py`` measures.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import accumulate, pairwise
from math import sqrt
from operator import mul
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Day
    from notifier.core.costs import Costs, Spending

WEEK = 7  # days: only whole weeks are compared, so that weekends weigh the same in each
MOST_WEEKS = 26  # what is older says little of the next months
LONGEST_RUNWAY = 3_650  # days; what lasts longer is not running out

_WEIGHTS = tuple(round(1000 * 0.5 ** (age / 6)) for age in range(MOST_WEEKS))  # whole: sums are exact
_TOTALS = tuple(accumulate(_WEIGHTS))
_SQUARES = tuple(accumulate(weight * weight for weight in _WEIGHTS))
_ALIKE = tuple(total * total / square for total, square in zip(_TOTALS, _SQUARES, strict=True))

_FEWEST_TO_SMOOTH = 4  # weeks: among fewer the dearest may well be a usual one
_MOST_SMOOTHED = 4  # a single dear week keeps at least a quarter of itself: it may be how this group works
_SUPPOSED, _SUPPOSED_OFF = 4, 0.5  # a history begins as if four more weeks had been seen, each off by a half
_CHANGES = 2  # the pace is twice as uncertain as weeks that know nothing of each other would make it
# A tenth lies beyond 1.4 deviations on each side: Student's t of ten weeks. In roots, a deviation is half as wide.
_REACH = 1.4 / 2
_FEWEST_BEFORE = 2  # weeks before the last one, to call its pace changed


class Forecast(NamedTuple):
    """What the days ahead are likely to cost, as of the day of a reading.

    *usual_daily* is in micro-units of the costs' currency, or of another one after ``_replace(usual_daily=…)``:
    *doubt* and *scatter*, the variances of the pace and of a single day, are relative to it.
    """

    usual_daily: int
    doubt: float = 0.0
    scatter: float = 0.0

    def runs_out(self, left: int) -> tuple[int | None, int | None, int | None]:
        """In how many days *left* is used up: at the earliest, as expected, at the latest.

        The days count from the day of the reading, itself day 0: on that day the credits no longer suffice. None
        where they last for more than ten years, and where nothing is spent. *left* is in micro-units.
        """
        if left <= 0:
            return 0, 0, 0
        if not self.usual_daily:
            return None, None, None
        earliest, latest = self._when(left / self.usual_daily)
        return _within(earliest), _within(left // self.usual_daily), _within(latest)

    def unused(self, left: int, days: int) -> tuple[int, int, int]:
        """What of *left* remains after so many *days*: at least, as expected, at most.

        All in micro-units, and never below 0. *days* counts from the day of the reading. Where nothing is spent,
        all of it is expected to remain, and nothing is certain: at least 0.
        """
        left, days = max(left, 0), max(days, 0)
        if not days:
            return left, left, left
        if not self.usual_daily:
            return 0, left, left
        least, most = (int(self.usual_daily * spent) for spent in self._spent(days))
        return max(left - most, 0), max(left - self.usual_daily * days, 0), max(left - least, 0)

    def _spent(self, days: int) -> tuple[float, float]:
        """What *days* cost at least and at most, in usual days.

        Roots are compared, not amounts: sums of bursts lie evenly about their middle only in roots, as counts do.
        """
        off = _REACH * sqrt(self.doubt * days + self.scatter)
        return max(sqrt(days) - off, 0.0) ** 2, (sqrt(days) + off) ** 2

    def _when(self, usual_days: float) -> tuple[float, float | None]:
        """When what *usual_days* cost is spent: `_spent` solved for the days; None where perhaps never.

        With r for the root of the days asked for: (root of usual_days - r)² = reach² (doubt r² + scatter); of its
        two answers one is the earliest and one the latest.
        """
        square = _REACH * _REACH
        bend, rest = 1 - square * self.doubt, usual_days - square * self.scatter
        reached = sqrt(usual_days) + sqrt(square * max(self.doubt * rest + self.scatter, 0.0))
        earliest = (rest / reached) ** 2 if rest > 0 else 0.0
        latest = (reached / bend) ** 2 if bend > 0 else None
        return earliest, latest


def forecast(spending: Spending) -> Forecast:
    """What the days ahead are likely to cost: from the closed UTC days that were read, since the first with costs.

    Whole weeks are counted back from the last closed day, at most 26; with less than a week of history the last
    seven days. Where these cost nothing, or less than was refunded, the usual day costs 0.
    """
    began = spending.costs.first_day_with_costs()
    if began is None:
        return Forecast(0)
    weeks = _smoothed(_weeks(spending.costs, began, spending.day))
    total, alike, spent = _TOTALS[len(weeks) - 1], _ALIKE[len(weeks) - 1], _weighed(weeks)
    daily = spent // (total * WEEK)
    if daily <= 0:
        return Forecast(0)
    off = (total * _weighed(list(map(mul, weeks, weeks))) - spent * spent) / (spent * spent)  # whole until divided
    scatter = (alike * off + _SUPPOSED * _SUPPOSED_OFF**2) / (alike - 1 + _SUPPOSED)
    return Forecast(daily, _CHANGES**2 * scatter / alike, WEEK * scatter)


def pace_change(spending: Spending) -> float | None:
    """How many times a usual week the last seven closed days cost: 1.0 as ever, 0.0 where spending stopped.

    The usual week is that of the weeks before them. None with fewer than two such weeks since the first costs, and
    where they cost nothing.
    """
    began, before = spending.costs.first_day_with_costs(), spending.day - WEEK
    if began is None or before - began < _FEWEST_BEFORE * WEEK:
        return None
    weeks = _smoothed(_weeks(spending.costs, began, before))
    usual = _weighed(weeks) / _TOTALS[len(weeks) - 1]
    return max(spending.last(WEEK) / usual, 0.0) if usual > 0 else None


def _weeks(costs: Costs, began: Day, end: Day) -> list[int]:
    """What the whole weeks before the day *end* cost, the newest first: as many as there are since *began*."""
    count = min(max((end - began) // WEEK, 1), MOST_WEEKS)
    places = [bisect_left(costs.days, day) for day in range(end, end - WEEK * count - 1, -WEEK)]
    ends = [costs.totals[place - 1] if place else 0 for place in places]  # as `Costs.before`, in half the time
    return [newer - older for newer, older in pairwise(ends)]


def _smoothed(weeks: list[int]) -> list[int]:
    """The *weeks* of which the dearest costs no more than the second: one runaway job is not the usual pace."""
    if len(weeks) < _FEWEST_TO_SMOOTH:
        return weeks
    *_, second, dearest = sorted(weeks)
    smoothed = weeks.copy()
    smoothed[weeks.index(dearest)] = max(second, dearest // _MOST_SMOOTHED)
    return smoothed


def _weighed(weeks: Sequence[int]) -> int:
    return sum(map(mul, _WEIGHTS, weeks))


def _within(days: float | None) -> int | None:
    """Whole days; None where they are more than anybody plans for."""
    return None if days is None or days >= LONGEST_RUNWAY else int(days)
