"""``deadline: <date>`` with ``steps``: a date comes nearer, or has passed.

Steps are judged by crossing, not by equality: whenever one looks, the tightest step that has come counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.calendar import (
    FOREVER,
    WORKING_DAYS,
    Day,
    Duration,
    Locale,
    Moment,
    parse_duration,
)
from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Condition, Fields, Finding, Gates, Verdict
from notifier.core.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.language.compile import Body
    from notifier.core.language.types import Node

MOST_TIMES = 60
MOST_OCCURRENCES = 4_000  # daily for ten years
MOST_REMEMBERED = 50_000
_REPEATED = re.compile(r"every\s+(.+?)\s+(before|after)\s*,\s*(\d+)\s+times?")
_ONCE = re.compile(r"(.+?)\s+(before|after)")
SIGN = {"before": -1, "after": 1}
WORKING_DAY_LASTS = 7 / 5  # calendar days, on average: only for sorting steps


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of a deadline's ladder: *duration* before (*sign* -1) or after (1) the date, or on it (0)."""

    text: str
    duration: Duration
    sign: int

    @property
    def distance(self) -> float:
        """Days from the deadline, nominally: what steps are sorted by."""
        length = WORKING_DAY_LASTS if self.duration.unit == WORKING_DAYS else 1
        return self.sign * self.duration.nominal_days * length


def parse_steps(text: str) -> Sequence[Step]:
    """Read ``2 weeks before``, ``on the day``, ``1 day after``, or ``every week after, 4 times`` as its steps.

    Raises:
        ValueError: the text is none of these; the message says what is.
    """
    text = " ".join(text.split())
    if text == "on the day":
        return [Step(text, Duration(0, "days"), 0)]
    if repeated := _REPEATED.fullmatch(text):
        return _repeated(*repeated.groups())
    once = _ONCE.fullmatch(text)
    if once is None:
        known = "2 weeks before, on the day, 3 working days after, or every week after, 4 times"
        raise ValueError(f"{text!r} is not a step such as {known}")
    return [_step(parse_duration(once[1]), once[2])]


def _repeated(each: str, word: str, times: str) -> list[Step]:
    duration = parse_duration(each if each[:1].isdigit() else f"1 {each}")
    if not 1 <= int(times) <= MOST_TIMES:
        raise ValueError(f"a step may repeat 1 to {MOST_TIMES} times, not {times}")
    return [_step(Duration(duration.number * time, duration.unit), word) for time in range(1, int(times) + 1)]


def _step(duration: Duration, word: str) -> Step:
    if duration.number == 0:
        raise ValueError(f"0 {duration.unit} {word} is `on the day`")
    return Step(f"{duration} {word}", duration, SIGN[word])


@dataclass(frozen=True)
class Deadline(Condition):
    """A date and the steps towards and after it. Without `unless` it closes a day after its last step."""

    fields = {
        "deadline": "a date, or `every 3 months after <date>`",
        "steps": "`2 weeks before`, `on the day`, `3 working days after`, `every week after, 4 times`",
    }
    date: Node
    steps: tuple[Step, ...]
    every: Duration | None = None

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> Deadline | None:
        every, date = None, None
        if fields.begins("deadline", "every "):
            every, date = fields.recurring("deadline") or (None, None)
        else:
            date = fields.expression("deadline", Kind.DATE)
        steps = sorted(fields.each("steps", parse_steps), key=lambda step: step.distance)
        texts = [step.text for step in steps]
        for text in sorted({text for text in texts if texts.count(text) > 1}):
            fields.fault("steps", f"`{text}` stands here twice")
        return cls(gates, date, tuple(steps), every) if date and steps else None

    @property
    def ladder(self) -> tuple[str, ...]:
        return tuple(step.text for step in self.steps)

    @property
    def asked(self) -> Node:
        return self.date

    @property
    def resolves(self) -> Node | None:
        """Of a date that comes again and again only the occurrence that was answered is done."""
        return None if self.answered_on is not None else self.gates.unless

    @property
    def periodic(self) -> bool:
        return self.every is not None

    @property
    def answered_on(self) -> Node | None:
        """The date that says which occurrence was answered; None where none does."""
        unless = self.gates.unless
        if self.every is None or unless is None or unless.op != "truth" or unless.args[0].kind is not Kind.DATE:
            return None
        return unless.args[0]

    def named(self, text: str) -> str:
        try:
            return parse_steps(text)[0].text
        except ValueError:
            return super().named(text)

    def as_tight(self, text: str) -> int | None:
        try:
            wanted = parse_steps(text)[0].distance
        except ValueError:
            return None
        return next((rank for rank, step in enumerate(self.steps) if step.distance >= wanted), None)

    def write(self, body: Body, locale: Locale) -> str:
        closes = self.gates.unless is None and self.gates.ending is None
        climb = Climb(locale, self.steps, closes=closes)
        day, verdict = body.write(self.date), body.name()
        if self.every is not None:
            answered = body.write(self.answered_on) if self.answered_on else "None"
            body.line(f"{verdict} = {body.name(Recurrence(climb, self.every))}({day}, {answered}, now)")
            return verdict
        remembered = body.name(climb.remembered.get)
        body.line(f"{verdict} = {remembered}({day})")
        body.line(f"if {verdict} is None or not {verdict}.since <= now < {verdict}.until:")
        body.line(f"    {verdict} = {body.name(climb)}({day}, now)")
        return verdict


class Climb:
    """How far up the ladder a date is. Accounts that share the date share the verdict while it stands."""

    def __init__(self, locale: Locale, steps: tuple[Step, ...], *, closes: bool) -> None:
        self.locale, self.steps, self.closes = locale, steps, closes
        self.remembered: dict[object, Verdict] = {None: CLOSED, UNREAD: UNKNOWN}

    def __call__(self, day: object, now: Moment) -> Verdict:
        """The verdict for the date *day* at *now*."""
        assert isinstance(day, int)
        if len(self.remembered) > MOST_REMEMBERED:
            self.remembered = {None: CLOSED, UNREAD: UNKNOWN}
        moments = self.moments(day)
        closing = self.closing(moments)
        over = now >= closing
        verdict = replace(CLOSED, since=closing) if over else self.climb(day, moments, closing, now)
        self.remembered[day] = verdict
        return verdict

    def climb(self, day: Day, moments: list[Moment], closing: Moment, now: Moment) -> Verdict:
        crossed = max((rung for rung, moment in enumerate(moments) if moment <= now), default=-1)
        until = min((moment for moment in moments[crossed + 1 :]), default=FOREVER)
        step, since = (self.steps[crossed].text, moments[crossed]) if crossed >= 0 else (None, 0)
        # The date has not moved, so whatever was told about it stays told: an open alert keeps its step.
        keep = self.steps[-1].text
        return Verdict(Finding.JUDGED, step, keep, day, since, min(until, closing))

    def moments(self, day: Day) -> list[Moment]:
        """When each step of the date *day* is told, in the ladder's order; `FOREVER` where no such date exists.

        The last step before the date, or on it, has to be known in time: on a closed day it comes on the last
        working day before.
        """
        last_in_time = max((rung for rung, step in enumerate(self.steps) if step.sign <= 0), default=None)
        return [self.moment(day, step, in_time=rung == last_in_time) for rung, step in enumerate(self.steps)]

    def moment(self, day: Day, step: Step, *, in_time: bool) -> Moment:
        calendar = self.locale.calendar
        try:
            told_on = calendar.shift(day, step.duration, step.sign)
            return self.locale.tells(calendar.last_open(told_on) if in_time else told_on)
        except OverflowError:
            return FOREVER

    def closing(self, moments: list[Moment]) -> Moment:
        last = max(moments)
        if not self.closes or last >= FOREVER:
            return FOREVER
        return self.locale.tells(self.locale.day_of(last) + 1)


class Recurrence:
    """A date that comes again and again: of the occurrences that have begun to be told, the newest is judged.

    What people record answers the occurrence that it lies nearest to.
    """

    def __init__(self, climb: Climb, every: Duration) -> None:
        self.climb, self.every = climb, every

    def __call__(self, start: object, answered: object, now: Moment) -> Verdict:
        """The verdict at *now* for what began on the day *start* and was last *answered* on that day."""
        if not isinstance(start, int):
            return CLOSED if start is None else UNKNOWN
        if answered is UNREAD:
            return UNKNOWN
        number = self.present(start, now)
        day, moments = self.occurrence(start, number)
        _, later = self.occurrence(start, number + 1)
        after = min(later)
        closing = min(self.climb.closing(moments), after)
        if isinstance(answered, int) and answered > (self.occurrence(start, number - 1)[0] + day) // 2:
            return replace(DONE, until=after if after > now else FOREVER)
        if now >= closing:
            return replace(CLOSED, until=after)
        return self.climb.climb(day, moments, closing, now)

    def present(self, start: Day, now: Moment) -> int:
        """The number of the newest occurrence whose first step has come; the first while none has."""
        number = 1
        while number < MOST_OCCURRENCES and min(self.occurrence(start, number + 1)[1]) <= now:
            number += 1
        return number

    def occurrence(self, start: Day, number: int) -> tuple[Day, list[Moment]]:
        """The day of one occurrence, and the moments of its steps; `FOREVER` past the end of the calendar."""
        try:
            duration = Duration(self.every.number * number, self.every.unit)
            day = self.climb.locale.calendar.shift(start, duration, 1)
        except OverflowError:
            return start, [FOREVER]
        return day, self.climb.moments(day)
