"""Grants that are played: what a forecast says of one at some point of its year, and what came.

A grant has a year. Well less than was granted is used in it, about as much, or well more; its days are played on
until the credits are used up, so that the day on which they are is known.
"""

from dataclasses import dataclass
from itertools import accumulate, islice
from math import inf
from random import Random

from notifier.core.costs import Costs, Spending
from notifier.core.forecast import LONGEST_RUNWAY, forecast
from tests.core.series import YEAR

BEGAN = 739_525  # the first day of every grant
POINTS = {25: 91, 50: 182, 75: 273}  # per cent of the year: days that the forecast has seen
USUAL = 3_000_000  # micro-units for a usual day
USED = {"below": (0.3, 0.7), "near": (0.9, 1.1), "above": (1.3, 2.0)}  # of what was granted, in the year
PLENTY = 100  # times what was granted: so much that no range of what remains ends at nothing


@dataclass(frozen=True, slots=True)
class Grant:
    """What each day of a grant costs, the whole year and until its credits are used up; in micro-units."""

    spent: tuple[int, ...]
    granted: int

    def seen(self, days):
        """The costs as of the reading after so many *days*."""
        return Spending(Costs.by_day("USD", dict(enumerate(self.spent[:days], BEGAN))), BEGAN + days)


def played(family, number, used):
    """The series of *family* with this *number*, and a grant of which so much is *used* in the year."""
    chance = Random(f"{family.__name__} {number} {used}")
    share = chance.uniform(*USED[used])
    days = (round(USUAL * spent) for spent in family(chance))
    year = tuple(islice(days, YEAR))
    granted = max(round(sum(year) / share), 1)
    return Grant((*year, *_until_used_up(days, granted - sum(year))), granted)


def _until_used_up(days, left):
    for spent in islice(days, LONGEST_RUNWAY):
        if left < 0:
            return
        yield spent
        left -= spent


@dataclass(frozen=True, slots=True)
class Said:
    """What is said to be the least, expected and the most; and the truth."""

    least: float
    expected: float
    most: float
    truth: float

    @property
    def held(self):
        """Whether the truth lies within the range."""
        return self.least <= self.truth <= self.most

    @property
    def width(self):
        """How wide the range is; endless where it has no end within ten years."""
        return self.most - self.least if self.least < inf else 0.0

    @property
    def error(self):
        """How far the truth is from what was expected."""
        return abs(self.expected - self.truth) if self.expected != self.truth else 0.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said at one point of a grant: days until it is used up, and shares of what was granted."""

    runs_out: Said
    rest: Said
    spend: Said  # until the end of the year: a range that is never cut off where nothing is left


def asked(grant, days, method=forecast):
    """What *method* says when it has seen so many *days*; None where nothing was spent yet, or nothing is left."""
    so_far, to_come = sum(grant.spent[:days]), sum(grant.spent[days:YEAR])
    left, plenty = grant.granted - so_far, PLENTY * grant.granted
    if not so_far or left <= 0:
        return None
    said = method(grant.seen(days))
    dates = (inf if day is None else day for day in said.runs_out(left))
    rest = (amount / grant.granted for amount in said.unused(left, YEAR - days))
    spend = ((plenty - amount) / grant.granted for amount in reversed(said.unused(plenty, YEAR - days)))
    return Answer(
        Said(*dates, _day_on_which(grant.spent[days:], left)),
        Said(*rest, max(left - to_come, 0) / grant.granted),
        Said(*spend, to_come / grant.granted),
    )


def _day_on_which(spent, left):
    """The day on which *left* no longer suffices; infinite where that is not within ten years."""
    return next((float(day) for day, total in enumerate(accumulate(spent)) if total > left), inf)


def answers(families, used, days, count, method=forecast):
    """What *method* says after so many *days* about *count* grants of each of *families* that are *used* alike."""
    grants = (played(family, number, used) for family in families for number in range(count))
    return [answer for grant in grants if (answer := asked(grant, days, method)) is not None]
