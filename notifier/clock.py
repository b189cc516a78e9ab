"""The only reader of time. Everything else is told what time it is."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.calendar import Moment

JUMP = 5.0  # seconds by which wall and monotonic time may drift apart before it counts as a jump


class Clock:
    """The machine's clock, and whether it was moved."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()  # noqa: TID251  the one place

    def now(self) -> Moment:
        """The present moment: whole seconds since 1970 in UTC, rounded down."""
        return int(time.time())  # noqa: TID251  the one place

    def jumped(self) -> bool:
        """Whether wall time was set, or the machine slept, since this was last asked."""
        offset = time.time() - time.monotonic()  # noqa: TID251  the one place
        moved = abs(offset - self._offset) > JUMP
        self._offset = offset
        return moved
