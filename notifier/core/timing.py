"""When a rule speaks besides at its steps: `for`, `repeat` and `escalate`, as they are written and counted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, WORKING_DAYS, Duration, parse_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Locale, Moment, Span

MOST_REMINDERS = 60
_REPEAT = re.compile(r"every\s+([^,]+?)\s*(?:,\s*(\d{1,5})\s+times?)?")


@dataclass(frozen=True, slots=True)
class Repeat:
    """``repeat``: what is open is said again *every* so long, *times* times (None: as long as it is open)."""

    every: Duration
    times: int | None = None

    def come(self, told_at: Moment, reminders: int, now: Moment, locale: Locale) -> tuple[int, Moment]:
        """How many reminders have come by *now* of what was last told at *told_at*, and when the next one does.

        *reminders* of them came before; the answer is never less.
        """
        most = FOREVER if self.times is None else self.times
        coming = FOREVER
        while reminders < most:
            coming = self.nth(told_at, reminders + 1, locale)
            if coming > now:
                break
            reminders, coming = reminders + 1, FOREVER
        return reminders, coming

    def nth(self, told_at: Moment, number: int, locale: Locale) -> Moment:
        """The hour of telling at which reminder *number* comes, counted from the day of *told_at*."""
        return locale.tells_after(told_at, Duration(self.every.number * number, self.every.unit))


@dataclass(frozen=True, slots=True)
class Escalation:
    """``escalate``: what nobody has answered *after* so long is told to the role *to* as well."""

    after: Duration
    to: str


@dataclass(frozen=True, slots=True)
class Timing:
    """What a rule says of time besides its condition.

    *lasting* is ``for``: how long a step must have been crossed before it is told; None: not at all.
    """

    lasting: Span | None = None
    repeat: Repeat | None = None
    escalate: tuple[Escalation, ...] = ()


NO_TIMING = Timing()


def parse_repeat(text: str) -> Repeat:
    """Read ``every week, 4 times``, or ``every 3 working days`` for as long as it is open.

    Raises:
        ValueError: it is written otherwise; the message says how it is.
    """
    found = _REPEAT.fullmatch(" ".join(text.split()))
    if found is None:
        raise ValueError(f"{text!r} is not a repetition such as `every week, 4 times` or `every 3 working days`")
    every = _length(found[1] if found[1][0].isdigit() or found[1].startswith("P") else f"1 {found[1]}")
    if found[2] is None:
        return Repeat(every)
    if not 1 <= int(found[2]) <= MOST_REMINDERS:
        raise ValueError(
            f"it may be repeated 1 to {MOST_REMINDERS} times, not {found[2]}; without a number: always"
        )
    return Repeat(every, int(found[2]))


def parse_escalation(after: str, to: str) -> Escalation:
    """Read one entry of `escalate`: ``{after: 3 working days, to: office}``.

    Raises:
        ValueError: *after* is no length in days; the message says how one is written.
    """
    return Escalation(_length(after), to)


def in_order(escalations: Sequence[Escalation]) -> tuple[Escalation, ...]:
    """Those of one rule, the earliest first: in this order they are told."""
    return tuple(sorted(escalations, key=lambda each: (_days(each.after), each.to)))


def _days(duration: Duration) -> float:
    """How long it is, nominally: a working day lasts seven fifths of a day."""
    return duration.nominal_days * (7 / 5 if duration.unit == WORKING_DAYS else 1)


def _length(text: str) -> Duration:
    duration = parse_duration(text)
    if not duration:
        raise ValueError(f"{text!r} is no time at all")
    return duration
