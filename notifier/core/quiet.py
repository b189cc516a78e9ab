"""Quiet hours: when a recipient does not want to be told what can wait. They only delay, and only till their end.

As people write them: ``20:00-08:00``, ``saturday, sunday``, or both, ``20:00-08:00, weekends``. What stands
between the two hours is quiet every day, and the days that are named are quiet as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.core.vocabulary import suggestion

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.core.calendar import Day, Moment

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEKENDS = ("weekend", "weekends")
EXAMPLE = "20:00-08:00, or 20:00-08:00, saturday, sunday"
MOST_HOPS = 16  # a week of quiet days and quiet nights has fewer
_HOURS = re.compile(r"(\d{1,2}:\d\d)\s*[-\u2013]\s*(\d{1,2}:\d\d)")
_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of every day from *begins* until *over* (past midnight if that is earlier), and whole *days*.

    *begins* and *over* are both None where only days are quiet; *days* count from Monday, 0.
    """

    begins: time | None = None
    over: time | None = None
    days: frozenset[int] = frozenset()

    def ends(self, moment: Moment, zone: ZoneInfo) -> Moment | None:
        """The end of the quiet in which *moment* lies, as clocks in *zone* show it; None if it lies in none."""
        at = moment
        for _ in range(MOST_HOPS):
            after = self._hop(at, zone)
            if after is None:
                break
            at = after
        return at if at > moment else None

    def _hop(self, moment: Moment, zone: ZoneInfo) -> Moment | None:
        """The end of the day or of the hours in which *moment* lies; None if they are not quiet."""
        local = datetime.fromtimestamp(moment, zone)
        today, now = local.toordinal(), local.time()
        if local.weekday() in self.days:
            return clock_shows(today + 1, time(0), zone)
        if self.begins is None or self.over is None or not _between(now, self.begins, self.over):
            return None
        return clock_shows(today + (now >= self.over), self.over, zone, after=moment)


def _between(now: time, begins: time, over: time) -> bool:
    return begins <= now < over if begins < over else (now >= begins or now < over)


def clock_shows(day: Day, at: time, zone: ZoneInfo, after: Moment = 0) -> Moment:
    """The first moment, later than *after*, at which clocks in *zone* show *at* on *day*, or have passed it.

    Where a spring night skips that time, it is the moment of the skip; where an autumn night has it twice, the
    first of the two, or the second if *after* is later than the first.
    """
    wanted = datetime.combine(date.fromordinal(day), at, zone)
    first, second = (int(wanted.replace(fold=fold).timestamp()) for fold in (0, 1))
    if first <= second:  # at the same moment, but for a time that comes twice
        return first if first > after else second
    before, then = second, first  # a time that never comes: the skip lies between the two readings of it
    while then - before > 1:
        middle = (before + then) // 2
        if datetime.fromtimestamp(middle, zone).replace(tzinfo=None) < wanted.replace(tzinfo=None):
            before = middle
        else:
            then = middle
    return then


@lru_cache(1_024)
def parse_quiet(text: str) -> Quiet:
    """Read ``20:00-08:00``, ``saturday, sunday``, or both.

    Raises:
        ValueError: the text is no quiet hours, or they would never end; the message says how they are written.
    """
    begins = ends = None
    days = set[int]()
    for part in filter(None, (each.strip() for each in text.split(","))):
        if hours := _HOURS.fullmatch(part):
            if begins is not None:
                raise ValueError(f"{text!r} has two pairs of hours; write one, such as {EXAMPLE}")
            begins, ends = read_time(hours[1]), read_time(hours[2])
        elif part[0].isdigit():
            raise ValueError(f"{part!r} is no pair of hours such as 20:00-08:00")
        elif part.lower() in WEEKENDS:
            days |= {WEEKDAYS.index("saturday"), WEEKDAYS.index("sunday")}
        else:
            days.add(read_weekday(part, EXAMPLE))
    if begins == ends and (begins is not None or not days):
        raise ValueError(f"{text!r} names no quiet hours, such as {EXAMPLE}")
    if len(days) == len(WEEKDAYS):
        raise ValueError(f"{text!r} would be quiet for ever; leave a day out")
    return Quiet(begins, ends, frozenset(days))


def read_time(text: str) -> time:
    """Read ``08:00``, or ``8:00``.

    Raises:
        ValueError: there is no such time of day.
    """
    if match := _TIME.fullmatch(text):
        return time(int(match[1]), int(match[2]))
    raise ValueError(f"{text!r} is no time of day such as 08:00")


def read_weekday(text: str, example: str) -> int:
    """Read ``Monday`` as 0 and ``Sunday`` as 6.

    Raises:
        ValueError: it is none; the message says what was probably meant, and gives the *example*.
    """
    wanted = text.lower()
    if wanted in WEEKDAYS:
        return WEEKDAYS.index(wanted)
    short = [day for day in WEEKDAYS if day.startswith(wanted.rstrip("."))]
    near = suggestion(short[0] if len(short) == 1 else wanted, WEEKDAYS)
    raise ValueError(f"{text!r} is no day of the week{near or f', as in {example}'}")
