"""Several batches of credits in one pool: which of them the costs came from, and which hold what is left.

Providers keep one balance for an organization. Of the batches that are valid on a day the earliest to expire is
used first; what no batch covers is counted on the one that expires last, so that spending more than was granted
shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Day


@dataclass(frozen=True, slots=True)
class Batch:
    """One batch of credits: *amount* in micro-units, valid from *granted_on* to the end of *expires_on*."""

    grant: str
    id: str
    amount: int
    granted_on: Day
    expires_on: Day | None = None

    @property
    def last_day(self) -> Day:
        """The last day on which it can be used; far away where it never expires."""
        return FOREVER if self.expires_on is None else self.expires_on


def left_in(batches: Sequence[Batch], left: int, day: Day) -> dict[tuple[str, str], int]:
    """What each batch still holds, by grant and id, where all of them together hold *left* on *day*.

    The earliest to expire is used first, so the last to expire keep what is left: they are filled one after the
    other from the back. What is more than all of them, or less than nothing, is the last one's, so that it shows.
    """
    held = {(batch.grant, batch.id): 0 for batch in batches}
    in_order = sorted(batches, key=_last_to_expire)
    valid = [batch for batch in in_order if batch.granted_on <= day <= batch.last_day] or in_order
    for batch in reversed(valid):
        part = min(batch.amount, left)
        held[batch.grant, batch.id] += part
        left -= part
    if left and valid:
        held[valid[-1].grant, valid[-1].id] += left
    return held


def _last_to_expire(batch: Batch) -> tuple[Day, Day, str]:
    return batch.last_day, batch.granted_on, batch.id


class Pool:
    """The batches of an account, and what each day of *spent* (day, micro-units) took from which of them."""

    def __init__(self, batches: Sequence[Batch], spent: Sequence[tuple[Day, int]]) -> None:
        self._batches = sorted(batches, key=_last_to_expire)
        self._left = [batch.amount for batch in self._batches]
        self._drawn: list[list[tuple[Day, int]]] = [[] for _ in self._batches]
        for day, amount in spent:
            self._draw(day, amount)

    def _draw(self, day: Day, amount: int) -> None:
        came = [place for place, batch in enumerate(self._batches) if batch.granted_on <= day]
        for place in (place for place in came if day <= self._batches[place].last_day):
            part = min(max(self._left[place], 0), amount) if amount > 0 else amount
            if part:
                self._take(place, day, part)
                amount -= part
        if amount and came:
            self._take(came[-1], day, amount)

    def _take(self, place: int, day: Day, part: int) -> None:
        self._left[place] -= part
        self._drawn[place].append((day, part))

    def used(self, grant: str, batch: str) -> int:
        """What was used of one batch, in micro-units."""
        return sum(each.amount - left for each, left in self._of(grant) if each.id == batch)

    def spent(self, grant: str, since: Day) -> int:
        """What was drawn on the batches of *grant* on *since* and after it, in micro-units."""
        return sum(
            part
            for batch, drawn in zip(self._batches, self._drawn, strict=True)
            if batch.grant == grant
            for day, part in drawn
            if day >= since
        )

    def _of(self, grant: str) -> list[tuple[Batch, int]]:
        return [
            (batch, left) for batch, left in zip(self._batches, self._left, strict=True) if batch.grant == grant
        ]
