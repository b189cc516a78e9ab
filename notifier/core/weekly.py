"""A day and an hour of every week, as people write them: ``Monday 08:00``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING

from notifier.core.quiet import WEEKDAYS, clock_shows, read_time, read_weekday

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from notifier.core.calendar import Moment

OFF = "off"
EXAMPLE = "Monday 08:00"
DAYS = 7


@dataclass(frozen=True, slots=True)
class Weekly:
    """Every week on *day* (from Monday, 0) when clocks show *at*."""

    day: int = 0
    at: time = time(8)

    def __str__(self) -> str:
        """Say it as a person would: ``Monday at 08:00``."""
        return f"{WEEKDAYS[self.day].capitalize()} at {self.at:%H:%M}"

    def next_after(self, moment: Moment, zone: ZoneInfo) -> Moment:
        """The first slot later than *moment*, by clocks in *zone*."""
        local = datetime.fromtimestamp(moment, zone)
        day = local.toordinal() + (self.day - local.weekday()) % DAYS
        slot = clock_shows(day, self.at, zone)
        return slot if slot > moment else clock_shows(day + DAYS, self.at, zone)


@lru_cache(1_024)
def parse_weekly(text: str) -> Weekly | None:
    """Read ``Monday 08:00``; None for ``off``, the default for nothing at all.

    Raises:
        ValueError: the text is no day and hour; the message says how they are written.
    """
    words = text.replace(" at ", " ").split()
    if not words:
        return Weekly()
    if [word.lower() for word in words] == [OFF]:
        return None
    if len(words) == 1:
        raise ValueError(f"{text!r} needs a day and an hour, as in {EXAMPLE}, or {OFF}")
    if len(words) > 2:  # noqa: PLR2004  a day and an hour
        raise ValueError(f"{text!r} is more than a day and an hour, as in {EXAMPLE}")
    return Weekly(read_weekday(words[0], EXAMPLE), read_time(words[1]))
