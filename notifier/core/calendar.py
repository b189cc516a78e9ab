"""Durations, working days, and the moments at which a date is told.

Inside the product a *day* is an ``int`` (the proleptic Gregorian ordinal of `datetime.date`) and a *moment* is
an ``int`` (seconds since 1970-01-01 00:00 UTC). Zones matter only here and where text is made.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from notifier.core.money import MICRO

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

T = TypeVar("T")

Day = int
Moment = int

FOREVER: Moment = 253_402_300_799  # 9999-12-31T23:59:59Z: later than anything that can be said
SECONDS_A_DAY = 86_400
SATURDAY = 5
MOST_DAYS_SHIFTED = 40_000  # about a century: what lies further away is a mistake in a file

DAYS, WORKING_DAYS, MONTHS = "days", "working days", "months"
UNITS = {
    "d": (DAYS, 1),
    "day": (DAYS, 1),
    "w": (DAYS, 7),
    "week": (DAYS, 7),
    "month": (MONTHS, 1),
    "y": (MONTHS, 12),
    "year": (MONTHS, 12),
    "working day": (WORKING_DAYS, 1),
}
_WORDS = re.compile(r"(\d{1,5})\s*(working\s+day|day|week|month|year|d|w|y)s?", re.IGNORECASE)
_SHORT = re.compile(r"(\d{1,5})\s*(minute|min|hour|h)s?", re.IGNORECASE)
_SHORT_UNITS = {"minute": 60, "min": 60, "hour": 3_600, "h": 3_600}
_ISO = re.compile(r"P(\d{1,5})([DWMY])")
_ISO_UNITS = {"D": "day", "W": "week", "M": "month", "Y": "year"}


class Duration(NamedTuple):
    """A length of calendar time: a count of days, of working days, or of months (which clamp)."""

    number: int
    unit: str

    @property
    def nominal_days(self) -> int:
        """Its length for comparing with another duration: a month counts 30 days, a working day one."""
        return self.number * 30 if self.unit == MONTHS else self.number

    def __bool__(self) -> bool:
        return self.number != 0

    def __str__(self) -> str:
        """Say it as a person would: ``3 weeks``, ``12 months``, ``5 working days``."""
        count, word = self.number, self.unit.removesuffix("s")
        if self.unit == DAYS and count and count % 7 == 0:
            count, word = count // 7, "week"
        return f"{count} {word}" if count == 1 else f"{count} {word}s"


def parse_duration(text: str) -> Duration:
    """Read ``3 weeks``, ``2w``, ``P3W`` or ``5 working days``.

    Raises:
        ValueError: the text is no duration; the message says how one is written.
    """
    if iso := _ISO.fullmatch(text.strip()):
        count, word = iso[1], _ISO_UNITS[iso[2]]
    elif words := _WORDS.fullmatch(text.strip()):
        count, word = words[1], " ".join(words[2].lower().split())
    else:
        raise ValueError(f"{text!r} is not a duration such as 3 weeks, 2w, P3W, 5 working days, 12 months")
    unit, factor = UNITS[word]
    return Duration(int(count) * factor, unit)


Span = int | Duration  # a length of elapsed time: seconds, or a count of working days


def parse_span(text: str) -> Span:
    """Read how long something has to last: ``30 minutes``, ``6 hours``, ``1 day`` of 24 hours, ``3 working days``.

    Raises:
        ValueError: the text is no such length, or no length at all; the message says how one is written.
    """
    if short := _SHORT.fullmatch(text.strip()):
        span: Span = int(short[1]) * _SHORT_UNITS[short[2].lower()]
    else:
        try:
            duration = parse_duration(text)
        except ValueError:
            known = "30 minutes, 6 hours, 1 day, 3 working days"
            raise ValueError(f"{text!r} is not a length of time such as {known}") from None
        if duration.unit == MONTHS:
            raise ValueError(f"{text!r} has no fixed length; write days or weeks, such as 30 days")
        span = duration if duration.unit == WORKING_DAYS else duration.number * SECONDS_A_DAY
    if not span:
        raise ValueError(f"{text!r} is no time at all; leave it out")
    return span


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are worked. Saturdays and Sundays never are; *closed* adds holidays and closed ranges."""

    closed: frozenset[Day] = frozenset()

    def is_open(self, day: Day) -> bool:
        """Whether people work on *day*."""
        return (day + 6) % 7 < SATURDAY and day not in self.closed

    def last_open(self, day: Day) -> Day:
        """*day* itself if it is worked, else the last worked day before it."""
        return self.shift(day + 1, Duration(1, WORKING_DAYS), -1)

    def shift(self, day: Day, duration: Duration, sign: int) -> Day:
        """The day that lies *duration* after (*sign* 1) or before (*sign* -1) *day*.

        Months clamp to the last day of the month (31 January and one month: 28 or 29 February). Working days
        are counted from the day itself, which does not count.

        Raises:
            OverflowError: the result lies outside the years 1 to 9999, or a century of working days away.
        """
        count, unit = duration
        if unit == DAYS:
            return _within_calendar(day + sign * count)
        if unit == MONTHS:
            return _add_months(day, sign * count)
        return self._count_open(day, count, sign)

    def _count_open(self, day: Day, count: int, sign: int) -> Day:
        for _ in range(MOST_DAYS_SHIFTED):
            if count == 0:
                return day
            day = _within_calendar(day + sign)
            count -= self.is_open(day)
        raise OverflowError("the calendar has too few working days to count that far")


def _within_calendar(day: Day) -> Day:
    if date.min.toordinal() <= day <= date.max.toordinal():
        return day
    raise OverflowError("a date outside the years 1 to 9999")


def _add_months(day: Day, months: int) -> Day:
    start = date.fromordinal(day)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError("a date outside the years 1 to 9999")
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


@dataclass(frozen=True, slots=True)
class Locale:
    """Where an account's dates and amounts are at home: zone, hour of telling, calendar, currency.

    Accounts that share a locale share one instance: conditions are bound to it once and remember by it.
    """

    zone: ZoneInfo
    tell_at: time = time(9)
    calendar: Calendar = field(default_factory=Calendar)
    currency: str = "USD"
    rates: tuple[tuple[str, int], ...] = ()  # currency → micro-units of the account's currency for one unit
    _told_at: dict[Day, Moment] = field(default_factory=dict, compare=False, repr=False)

    def tells(self, day: Day) -> Moment:
        """The moment at which a step of *day* is told: *tell_at* on that day.

        A local time that a spring night skips is taken as much later; one that comes twice in autumn is the
        first of the two (the "compatible" reading of RFC 5545, section 3.3.5).
        """
        moment = self._told_at.get(day)
        if moment is None:
            moment = self._told_at[day] = self._moment(day, self.tell_at)
        return moment

    def ends(self, day: Day) -> Moment:
        """The moment at which *day* is over: midnight after it."""
        return self._moment(day + 1, time(0))

    def day_of(self, moment: Moment) -> Day:
        """The local day on which *moment* falls; the last day of the calendar for `FOREVER`, in every zone."""
        if moment >= FOREVER - SECONDS_A_DAY:
            return date.max.toordinal()
        return datetime.fromtimestamp(moment, self.zone).toordinal()

    def after(self, moment: Moment, span: Span) -> Moment:
        """The moment at which *span* has passed since *moment*; `FOREVER` beyond the calendar.

        Working days end at the same time of the day, on the last of them.
        """
        if isinstance(span, int):
            return min(moment + span, FOREVER)
        try:
            day = self.calendar.shift(self.day_of(moment), span, 1)
        except OverflowError:
            return FOREVER
        return self._moment(day, datetime.fromtimestamp(moment, self.zone).time())

    def tells_after(self, moment: Moment, duration: Duration) -> Moment:
        """The hour of telling on the day that lies *duration* after the one of *moment*; `FOREVER` beyond it."""
        try:
            return self.tells(self.calendar.shift(self.day_of(moment), duration, 1))
        except OverflowError:
            return FOREVER

    def exchange(self, micro: int, currency: str, otherwise: T) -> int | T:
        """An amount of *currency* in the account's own, both in micro-units; *otherwise* without a stated rate."""
        if currency == self.currency:
            return micro
        rate = dict(self.rates).get(currency)
        return otherwise if rate is None else micro * rate // MICRO

    def _moment(self, day: Day, at: time) -> Moment:
        if day >= date.max.toordinal():
            return FOREVER
        return int(datetime.combine(date.fromordinal(day), at, self.zone).timestamp())


def utc(moment: Moment) -> datetime:
    """*moment* as an aware datetime in UTC, for edges and texts."""
    return datetime.fromtimestamp(moment, UTC)
