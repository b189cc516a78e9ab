"""Time that is only played: a clock that is set, and an engine that goes from one moment to the next.

While work goes on, the clock stands still; so the same start gives the same story, however quick the machine is.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zlib import crc32

from notifier.clock import Clock
from notifier.core.calendar import FOREVER
from notifier.core.health import Rhythm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from notifier.core.calendar import Moment

A_MINUTE = 60


class SimulatedClock(Clock):
    """A clock that moves when it is told to, and only forward. Its moves are no jumps."""

    def __init__(self, begins: Moment) -> None:
        self._at = begins
        super().__init__(self._shows, self._shows)

    def _shows(self) -> float:
        return self._at

    def move(self, to: Moment) -> None:
        """Let it be *to*; a moment that is past already changes nothing."""
        self._at = max(self._at, to)


@dataclass(slots=True)
class _Job:
    """What is called at *due*, and every so many *seconds* after it; with 0 once."""

    due: Moment
    seconds: int
    call: Callable[[], Awaitable[None]]


class Simulated:
    """An engine on a clock that *move* sets.

    When the *work* is done and nothing goes on beside it (*busy*), *move* is called with the next moment at which
    anything is due. What raises ends the playing: *failed* is called with it.
    """

    def __init__(
        self,
        work: Callable[[], Awaitable[Moment]],
        clock: Clock,
        *,
        move: Callable[[Moment], Awaitable[None]],
        busy: Callable[[], bool],
        failed: Callable[[Exception], None],
    ) -> None:
        self._work, self._clock = work, clock
        self._move, self._busy, self._failed = move, busy, failed
        self._jobs: dict[str, _Job] = {}
        self._due = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._since = clock.now()

    def start(self) -> None:
        """Begin: the first work is due at once."""
        self._worker = asyncio.create_task(self._run())
        self.nudge()

    def nudge(self) -> None:
        """Work again before the clock moves."""
        self._due.set()

    def nudged(self) -> bool:
        """Whether somebody nudged since this was last asked."""
        nudged = self._due.is_set()
        self._due.clear()
        return nudged

    def at(self, name: str, moment: Moment, job: Callable[[], Awaitable[None]]) -> None:
        """Call *job* once, at *moment*, before the work of that moment."""
        self._jobs[name] = _Job(moment, 0, job)

    def every(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """Call *job* every so many *seconds*, exactly: chance would tell another story each time."""
        self._jobs[name] = _Job(self._clock.now() + seconds, seconds, job)

    def spread(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """As `every`; the first comes within *seconds*, on a whole minute that follows from the job's *name*."""
        offset = crc32(name.encode(errors="replace")) % seconds // A_MINUTE * A_MINUTE
        self._jobs[name] = _Job(self._clock.now() + (offset or seconds), seconds, job)

    def no_longer(self, name: str) -> None:
        """Stop calling the job called *name*."""
        self._jobs.pop(name, None)

    def rhythm(self) -> Rhythm:
        """It always goes well: what fails ends it."""
        return Rhythm(self._since, 0, 0)

    async def stop(self) -> None:
        """End; the work that is going on is cut off at its next wait."""
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _run(self) -> None:
        try:
            while True:
                await self._due.wait()
                self._due.clear()
                coming = await self._work()
                if not self._due.is_set() and not self._busy():
                    await self._go_on(coming)
        except Exception as error:  # noqa: BLE001  whatever it is, a story that stands still says nothing
            self._failed(error)

    async def _go_on(self, coming: Moment) -> None:
        """Move the clock to what comes first, and call what is due then, in the order of its moments and names."""
        moment = min([coming, *(job.due for job in self._jobs.values())])
        await self._move(min(moment, FOREVER))
        due = sorted((job.due, name) for name, job in self._jobs.items() if job.due <= self._clock.now())
        for _, name in due:
            await self._call(name)
        self.nudge()

    async def _call(self, name: str) -> None:
        job = self._jobs[name]
        if job.seconds:
            job.due += job.seconds
        else:
            del self._jobs[name]
        await job.call()
