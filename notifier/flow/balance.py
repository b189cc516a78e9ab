"""Credits used against time gone: how much of each, and whether the one outruns the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.facts import UNREAD

if TYPE_CHECKING:
    from notifier.core.calendar import Day
    from notifier.core.message import Scene

AHEAD = 0.05  # of the whole: by less than this, spending and time go together
BEGINS = ("credits_granted_on", "accepted_on")
ENDS = "access_ends_on"


@dataclass(frozen=True, slots=True)
class Balance:
    """How a grant's credits and its time stand on *today*. Amounts are micro-units; None: none, or not known.

    *readable* is whether every amount could be read. *begins* is the day on which the credits came, else that of
    the acceptance; *ends* the last day of access.
    """

    granted: int | None
    used: int | None
    left: int | None
    readable: bool
    begins: Day | None
    ends: Day | None
    today: Day

    @property
    def used_share(self) -> float | None:
        """The share of the credits that is used; above 1 where more was spent than granted."""
        if self.used is None or not self.granted:
            return None
        return self.used / self.granted

    @property
    def gone_share(self) -> float | None:
        """The share of the time that is gone, from 0 to 1."""
        if self.begins is None or self.ends is None or self.ends < self.begins:
            return None
        return min(max((self.today - self.begins) / (self.ends + 1 - self.begins), 0.0), 1.0)

    @property
    def days_left(self) -> int | None:
        """Days until the last day of access; negative once it is over."""
        return None if self.ends is None else self.ends - self.today

    @property
    def ahead(self) -> bool:
        """Whether the credits go noticeably faster than the time."""
        used, gone = self.used_share, self.gone_share
        return used is not None and gone is not None and gone < 1 and used > gone + AHEAD

    @property
    def lasts_until(self) -> Day | None:
        """When the credits would end at the pace so far, where that is before the end of access."""
        used = self.used_share
        if not self.ahead or not used or self.begins is None or used >= 1:
            return None
        return self.begins + int((self.today - self.begins) / used)


def balance(scene: Scene) -> Balance:
    """The balance of the grant that *scene* is about."""
    names = ("credits_granted", "credits_used", "credits_left")
    amounts = [_known(scene, name) for name in names]
    granted, used, left = (each if isinstance(each, int) else None for each in amounts)
    days = [day for name in BEGINS if isinstance(day := _known(scene, name), int)]
    ends = _known(scene, ENDS)
    return Balance(
        *(granted, used, left),
        readable=not any(each is UNREAD for each in amounts),
        begins=days[0] if days else None,
        ends=ends if isinstance(ends, int) else None,
        today=scene.account.locale.day_of(scene.now),
    )


def _known(scene: Scene, name: str) -> object:
    """The fact called *name*; None where the program knows no such fact."""
    place = scene.program.vocabulary.place(name)
    return None if place is None else scene.facts.values[place]
