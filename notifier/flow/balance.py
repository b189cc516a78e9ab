"""Credits used against time gone: how much of each, and whether the one outruns the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.facts import UNREAD
from notifier.core.money import Money

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Locale
    from notifier.core.scene import Scene

AHEAD = 0.05  # of the whole: by less than this, spending and time go together
WEEK = 7  # days: a pace that was seen for less says nothing yet
BEGINS, CAME, ENDS = "accepted_on", "credits_granted_on", "access_ends_on"


class RunsOut(NamedTuple):
    """The day on which the credits are used up at the usual pace, and its range; None where that never comes."""

    earliest: Day | None
    expected: Day | None
    latest: Day | None


@dataclass(frozen=True, slots=True)
class Balance:
    """How a grant's credits and its time stand on *today*. Amounts are micro-units; None: none, or not known.

    *readable* is whether every amount could be read. Access lasts from *begins*, the day of the acceptance, to
    *ends*, its last day; *came* is the day on which the credits came. *runs_out* is None where no usual pace is
    known.
    """

    granted: int | None
    used: int | None
    left: int | None
    readable: bool
    begins: Day | None
    ends: Day | None
    today: Day
    came: Day | None = None
    runs_out: RunsOut | None = None

    @property
    def used_share(self) -> float | None:
        """The share of the credits that is used; above 1 where more was spent than granted.

        None where more is left than granted: then one of the two numbers is wrong.
        """
        if self.used is None or not self.granted or self.is_doubtful:
            return None
        return self.used / self.granted

    @property
    def is_doubtful(self) -> bool:
        """Whether more is left than was granted."""
        return self.used is not None and self.used < 0

    @property
    def gone_share(self) -> float | None:
        """The share of the time of access that is gone, from 0 to 1."""
        return self._gone(self.begins)

    def _gone(self, since: Day | None) -> float | None:
        if since is None or self.ends is None or self.ends < since:
            return None
        return min(max((self.today - since) / (self.ends + 1 - since), 0.0), 1.0)

    @property
    def _used_since(self) -> Day | None:
        """The day from which credits could be used: that on which they came, as far as that is known."""
        return self.begins if self.came is None else self.came

    @property
    def days_left(self) -> int | None:
        """Days until the last day of access; negative once it is over."""
        return None if self.ends is None else self.ends - self.today

    @property
    def ahead(self) -> bool:
        """Whether the credits go noticeably faster than the time that they have; for a week: are all used."""
        return self._faster and (self._seen_a_week or self.used_up)

    @property
    def too_early(self) -> bool:
        """Whether the credits go faster than the time, and have not been used for a week: that is no pace yet."""
        return self._faster and not self.ahead

    @property
    def _faster(self) -> bool:
        used, gone = self.used_share, self._gone(self._used_since)
        return used is not None and gone is not None and gone < 1 and used > gone + AHEAD

    @property
    def _seen_a_week(self) -> bool:
        return self._used_since is not None and self.today - self._used_since >= WEEK

    @property
    def lasts_until(self) -> Day | None:
        """When credits that go faster than the time would end, at the usual pace, if that is before access ends.

        None too where no usual pace is known: what is used and the time gone are no pace.
        """
        if self.runs_out is None or not self.ahead or self.used_up or self.outlasts:
            return None
        return self.runs_out.expected

    @property
    def used_up(self) -> bool:
        """Whether all that was granted is used."""
        return (self.used_share or 0) >= 1

    @property
    def outlasts(self) -> bool:
        """Whether the credits, at the usual pace, last longer than access."""
        if self.runs_out is None or self.ends is None:
            return False
        return self.runs_out.expected is None or self.runs_out.expected > self.ends


def balance(scene: Scene) -> Balance:
    """The balance of the grant that *scene* is about."""
    names = ("credits_granted", "credits_used", "credits_left")
    amounts = [_known(scene, name) for name in names]
    granted, used, left = (each if isinstance(each, int) else None for each in amounts)
    begins, came, ends = (
        day if isinstance(day := _known(scene, name), int) else None for name in (BEGINS, CAME, ENDS)
    )
    return Balance(
        *(granted, used, left),
        readable=not any(each is UNREAD for each in amounts),
        begins=begins,
        ends=ends,
        today=scene.account.locale.day_of(scene.now),
        came=came,
        runs_out=_runs_out(scene),
    )


def _runs_out(scene: Scene) -> RunsOut | None:
    """When the credits run out; None where nobody knows what is left or what a usual day costs."""
    if not all(isinstance(_known(scene, name), int) for name in ("usual_daily_spend", "credits_left")):
        return None
    names = ("runs_out_earliest", "runs_out_on", "runs_out_latest")
    return RunsOut(*(day if isinstance(day := _known(scene, name), int) else None for name in names))


def _known(scene: Scene, name: str) -> object:
    """The fact called *name*; None where the program knows no such fact."""
    place = scene.program.vocabulary.place(name)
    return None if place is None else scene.facts.values[place]


def say_credits(known: Balance, locale: Locale) -> str:
    """``83% used, 168.60 USD of 1,000.00 USD left``; what is not known is said to be so."""
    granted = "" if known.granted is None else str(Money(known.granted, locale.currency))
    if known.is_doubtful and known.left is not None:
        return f"{Money(known.left, locale.currency)} left, more than the {granted} granted: check the two numbers"
    share = known.used_share
    if share is None or known.used is None or known.granted is None:
        left = "" if known.left is None else f"; {Money(known.left, locale.currency)} left"
        if not known.readable:
            return f"{granted} granted; how much is used could not be read" if granted else "could not be read"
        return f"{granted} granted; how much is used is not known" if granted else f"not recorded yet{left}"
    over = known.used - known.granted
    if over > 0:
        return f"{share:.0%} used, {Money(over, locale.currency)} more than the {granted} granted"
    return f"{share:.0%} used, {Money(-over, locale.currency)} of {granted} left"
