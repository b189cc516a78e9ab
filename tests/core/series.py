"""Series of days as groups might spend them: made from fixed seeds, recorded nowhere.

Each family is a function that makes a series from a source of chance: what each day costs, without end, where 1 is
a usual day. What varies between the series of a family, such as the length of a silence, is drawn once for each.
"""

import sys
from itertools import islice, repeat
from math import exp, log

YEAR = 365
WORKDAYS, TERM, HALF_A_YEAR = 5, 15 * 7, 182  # days


def varied(chance, by):
    """A number about 1, never below 0, that varies by about so much."""
    return chance.lognormvariate(-by * by / 2, by)


def constant(chance):
    """A pipeline: the same every day, or nearly."""
    by = chance.choice((0.0, 0.05, 0.2))
    while True:
        yield varied(chance, by)


def weekends(chance):
    """People at work: lively weekdays, little or nothing at weekends."""
    by, weekend, day = chance.uniform(0.2, 0.8), chance.uniform(0, 0.3), chance.randrange(7)
    while True:
        yield varied(chance, by) * (1 if day % 7 < WORKDAYS else weekend)
        day += 1


def bursty(chance, gaps=(4, 25), most=6):
    """Experiments of some days, each of another size, and next to nothing in between."""
    gap, longest = chance.uniform(*gaps), chance.randint(1, most)
    between, by = chance.choice((0.0, 0.0, 0.05)), chance.uniform(0.3, 1)
    while True:
        for _ in range(int(chance.expovariate(1 / gap))):
            yield between * varied(chance, 0.5)
        size = 10 * varied(chance, by)
        for _ in range(chance.randint(1, longest)):
            yield size * varied(chance, 0.4)


def steady(chance):
    """Constant or with weekends."""
    return chance.choice((constant, weekends))(chance)


def ordinary(chance):
    """Constant, with weekends or bursty."""
    return chance.choice((constant, weekends, bursty))(chance)


def runaway(chance):
    """Steady, but for one job of 1 to 4 days, at any time of the year, that costs 10 to 40 usual days each day."""
    at, lasts, size = chance.randrange(20, 350), chance.randint(1, 4), chance.uniform(10, 40)
    for day, spent in enumerate(steady(chance)):
        yield spent + (size if at <= day < at + lasts else 0)


def silence(chance):
    """Steady for months, then nothing for weeks, again and again; one in five never comes back from the second."""
    days, busy, silent = steady(chance), chance.uniform(40, 110), chance.uniform(21, 70)
    lasting = chance.random() < 1 / 5
    for number in range(sys.maxsize):
        yield from islice(days, int(busy * chance.uniform(0.5, 1.5)))
        yield from repeat(0.0, sys.maxsize if lasting and number else int(silent * chance.uniform(0.5, 1.5)))


def late(chance):
    """Nothing for one to five months, then any of the ordinary ones."""
    yield from repeat(0.0, chance.randrange(30, 150))
    yield from ordinary(chance)


def rare(chance):
    """A few large experiments in the whole year."""
    return bursty(chance, (25, 60), 3)


def growth(chance):
    """Doubling every three to twelve months, for two years."""
    return _growing(chance, chance.uniform(90, 365))


def decline(chance):
    """Halving every three to twelve months, for two years."""
    return _growing(chance, -chance.uniform(90, 365))


def _growing(chance, doubles):
    for day, spent in enumerate(ordinary(chance)):
        yield spent * 2 ** (min(day, 2 * YEAR) / doubles)


def change(chance):
    """Two to five times as much, or as little, from one day in the year on."""
    at, by = chance.randrange(40, 330), exp(chance.choice((-1, 1)) * chance.uniform(log(2), log(5)))
    for day, spent in enumerate(ordinary(chance)):
        yield spent * (by if day >= at else 1)


def wander(chance):
    """A pace that strays a little every week."""
    by, pace = chance.uniform(0.1, 0.35), 0.0
    for day, spent in enumerate(ordinary(chance)):
        pace = 0.95 * pace + chance.gauss(0, by) if day % 7 == 0 else pace
        yield spent * exp(pace)


def terms(chance):
    """Fifteen weeks of term, eleven of vacation with little or nothing."""
    begins, vacation = chance.randrange(HALF_A_YEAR), chance.uniform(0, 0.3)
    for day, spent in enumerate(steady(chance), begins):
        yield spent * (1 if day % HALF_A_YEAR < TERM else vacation)


COMMON = (constant, bursty, weekends, runaway, silence, late)  # of these the ranges are to hold four in five
HARDER = (rare, growth, decline, change, wander, terms)  # where the pace itself changes: shown for honesty
