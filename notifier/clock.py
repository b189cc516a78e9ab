"""The only reader of time. Everything else is told what time it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.calendar import Moment

JUMP = 5.0  # seconds by which wall and monotonic time may drift apart before it counts as a jump


class Clock:
    """The machine's clock, and whether it was moved.

    *wall* and *monotonic* take the place of the machine's own, for tests: seconds since 1970, and seconds that
    nobody can set and that stand still while the machine sleeps.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,  # noqa: TID251  the one place
        monotonic: Callable[[], float] = time.monotonic,  # noqa: TID251  the one place
    ) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._offset = wall() - monotonic()

    def now(self) -> Moment:
        """The present moment: whole seconds since 1970 in UTC, rounded down."""
        return int(self._wall())

    def jumped(self) -> int:
        """The seconds by which wall time was moved since this was last asked, below zero if back; 0 if it was not.

        A machine that slept counts as one whose clock was set forward.
        """
        offset = self._wall() - self._monotonic()
        moved = offset - self._offset
        self._offset = offset
        return round(moved) if abs(moved) > JUMP else 0
