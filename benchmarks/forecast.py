"""How often the forecast's ranges hold the truth, how wide they are, and when a change of pace rings.

    python -m benchmarks.forecast [series of each family]

Plays made series (``tests/core/series.py``), each with a grant of a year, of which well less than was granted is
used, about as much, or well more. At 25, 50 and 75 % of the year the forecast sees the days so far; what it says
is compared with the days that follow, played on until the credits are used up. A grant of which nothing was spent
yet is not asked about, nor one whose credits were used up before.

The figures in ``core/forecast.py`` were chosen on such families, but from other seeds than are played here.
"""

from __future__ import annotations

import os
import platform
import sys
from math import inf
from pathlib import Path
from statistics import mean, median
from time import process_time_ns
from typing import TYPE_CHECKING, Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))  # run as a file, from anywhere; series live with the tests

from notifier.core.forecast import Forecast, forecast, pace_change
from tests.core.played import BEGAN, PLENTY, POINTS, USED, USUAL, Grant, answers, played
from tests.core.series import COMMON, HARDER, YEAR, weekends

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from notifier.core.costs import Spending

REACHES, CLEARED = 3.0, 2.7  # a rule that reaches 3 fires, and is over a tenth below
JOBS, JOB_AT, JOB_LASTS = (3, 5, 10, 20, 50), 150, 7  # usual days a day; the day it begins, for how many days
HEAD = "| series | asked | run-out held | range | error | remainder held | range | error | spend held |"


class Told(NamedTuple):
    """What was said of one family, used alike, at one point."""

    family: str
    used: str
    days: int
    answers: list[Any]


# -- ranges -------------------------------------------------------------------------------------------------------


def share(several: Iterable[bool]) -> str:
    """How many of *several* are so, in per cent."""
    return f"{100 * mean(several):.0f}"


def middle(several: Iterable[float]) -> str:
    """The median in per cent."""
    found = median(several)
    return "∞" if found == inf else f"{100 * found:.0f}"


def figures(said: Sequence[Any]) -> tuple[str, ...]:
    """How often the truth was held, how wide the ranges are, how far the truth was from what was expected."""
    dated = [each.runs_out for each in said if 0 < each.runs_out.truth < inf]
    return (
        str(len(said)),
        share(each.runs_out.held for each in said),
        middle(each.width / each.truth for each in dated),
        middle(each.error / each.truth for each in dated),
        share(each.rest.held for each in said),
        middle(each.rest.width for each in said),
        middle(each.rest.error for each in said),
        share(each.spend.held for each in said),
    )


def row(name: str, told: Iterable[Told]) -> str:
    """One line of the table, in each cell the figures at all points."""
    known = list(told)
    said = ([answer for each in known if each.days == days for answer in each.answers] for days in POINTS.values())
    cells = zip(*map(figures, said), strict=True)
    return f"| {name} | {' | '.join(' · '.join(cell) for cell in cells)} |"


def coverage(families: Sequence[Any], count: int) -> None:
    """Print how often the ranges hold: of each family, by how much of the grant is used, and of all."""
    told = [
        Told(family.__name__, used, days, answers([family], used, days, count // len(USED)))
        for family in families
        for used in USED
        for days in POINTS.values()
    ]
    print(f"\n{HEAD}\n{'|---' * HEAD.count(' | ')}|---|")
    for family in families:
        print(row(family.__name__, (each for each in told if each.family == family.__name__)))
    for used in USED:
        print(row(f"these, used {used} what was granted", (each for each in told if each.used == used)))
    print(row("**these together**", told))


def compare(count: int) -> None:
    """Print how far off the expected spend is, and how far it would be with the plain mean of four weeks."""
    for name, method in (("this forecast", forecast), ("the mean of the last 28 days", four_weeks)):
        off = (
            mean(
                each.spend.error
                for used in USED
                for each in answers(COMMON, used, days, count // len(USED), method)
            )
            for days in POINTS.values()
        )
        figures = " · ".join(f"{100 * each:.1f}" for each in off)
        print(f"{name}: spend until the end is off by {figures} % of the grant")


def four_weeks(spending: Spending) -> Forecast:
    """The plain mean of the last 28 days, or of fewer where costs began later."""
    began = spending.costs.first_day_with_costs() or spending.day
    days = min(max(spending.day - began, 7), 28)
    return Forecast(spending.last(days) // days)


# -- changes of pace ----------------------------------------------------------------------------------------------


def rings(grant: Grant) -> list[int]:
    """The days of the first year on which a rule at `REACHES` would fire."""
    found, fires, whole = [], False, grant.seen(YEAR)
    for day in range(1, YEAR + 1):
        change = pace_change(whole._replace(day=BEGAN + day)) or 0.0
        if change >= REACHES and not fires:
            found.append(day)
        fires = change >= (CLEARED if fires else REACHES)
    return found


def noticed(size: int, number: int) -> float:
    """After how many closed days a job that costs *size* usual days a day is told; infinite where it is not."""
    grant = played(weekends, number, "near")
    begins, usual = JOB_AT + number % 7, sum(grant.spent[:JOB_AT]) // JOB_AT
    job = range(begins, begins + JOB_LASTS)
    spent = tuple(amount + (size * usual if day in job else 0) for day, amount in enumerate(grant.spent))
    after = (day - begins for day in rings(Grant(spent, grant.granted)))
    return next((float(days) for days in after if 0 < days <= JOB_LASTS), inf)


def changes(count: int) -> None:
    """Print how often a change of pace rings in a year of each family, and how soon for a runaway job."""
    print(f"\npace_change reaches {REACHES:.0f}, times in a year: ", end="")
    rung = (
        (family, mean(len(rings(played(family, n, "near"))) for n in range(count))) for family in COMMON + HARDER
    )
    print(", ".join(f"{family.__name__} {times:.1f}" for family, times in rung))
    for size in JOBS:
        after = sorted(noticed(size, number) for number in range(count))
        middle, nine_in_ten = after[count // 2], after[count * 9 // 10]
        print(
            f"a job of {size} usual days a day: after {middle:.0f} closed days, {nine_in_ten:.0f} in nine of ten"
        )


# -- speed --------------------------------------------------------------------------------------------------------


def taken(work: Callable[[], object], times: int = 5_000, rounds: int = 7) -> float:
    """Microseconds of CPU time for one time: the best of some rounds, as the machine may be shared."""
    best = inf
    for _ in range(rounds):
        start = process_time_ns()
        for _ in range(times):
            work()
        best = min(best, process_time_ns() - start)
    return best / times / 1000


def speed() -> None:
    """Print what it costs for a year of days."""
    spending = played(weekends, 0, "near").seen(YEAR)
    said, left = forecast(spending), PLENTY * USUAL
    print(f"\nforecast {taken(lambda: forecast(spending)):.0f} µs", end="; ")
    print(f"runs_out and unused {taken(lambda: (said.runs_out(left), said.unused(left, 90))):.0f} µs", end="; ")
    print(f"pace_change {taken(lambda: pace_change(spending)):.0f} µs")


def main(count: int) -> None:
    """Play, measure and print."""
    print(f"{platform.platform()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    print(
        f"{count} series of each family; each cell at 25 · 50 · 75 % of the year, in per cent but for those asked"
    )
    coverage(COMMON, count)
    coverage(HARDER, count)
    print()
    compare(count)
    changes(max(count // 5, 10))
    speed()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
