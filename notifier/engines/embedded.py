"""The embedded engine: one process, one APScheduler, one wake-up at the next moment. Nothing loops to look.

APScheduler's jobs only raise a flag; the work runs in a task of its own, one at a time, so that a wake-up that
comes while work is going on is neither lost nor run beside it.

APScheduler waits for times on the wall clock. Set that back an hour, and it would wait an hour longer, also with
the job that was to notice it: so the look at the clock is a timer of the event loop, which counts seconds that
nobody can set. What it notices it tells APScheduler.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, timedelta
from typing import TYPE_CHECKING
from zlib import crc32

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from notifier.core.calendar import FOREVER, Moment, utc
from notifier.core.health import Rhythm

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from notifier.clock import Clock

CLOCK_EVERY = 30  # seconds between two looks at whether the machine's clock was moved
AFTER_A_FAULT = 60  # seconds until work that raised is tried again, instead of at once and for ever
WAKE = "wake"  # the job at the next moment
log = structlog.get_logger()


class Embedded:
    """Calls *work* at the next moment, which *work* itself returns, and whenever `nudge` is called."""

    def __init__(self, work: Callable[[], Awaitable[Moment]], clock: Clock) -> None:
        self._work, self._clock = work, clock
        # misfire_grace_time=None: a job that is late runs late; APScheduler's default would drop it silently.
        defaults = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=defaults)
        self._due = asyncio.Event()
        self._worker: asyncio.Task[None] | None = None
        self._clock_timer: asyncio.TimerHandle | None = None
        self._since = clock.now()
        self._working_since: Moment = 0
        self._failing_since: Moment = 0

    def start(self) -> None:
        """Begin: the first work is due at once."""
        self._since = self._clock.now()
        self._scheduler.start()
        self._worker = asyncio.create_task(self._run())
        self._time_the_clock()
        self.nudge()

    def nudge(self) -> None:
        """Something happened: work now, or right after the work that is going on."""
        self._working_since = self._working_since or self._clock.now()
        self._due.set()

    def nudged(self) -> bool:
        """Whether somebody nudged since this was last asked: for who works without having started the engine."""
        nudged = self._due.is_set()
        self._due.clear()
        return nudged

    def every(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """Call *job* every so many *seconds*, give or take a tenth, so that jobs drift apart."""
        paced = _Paced(job, self._clock, seconds // 2)
        self._scheduler.add_job(
            paced.run, "interval", seconds=seconds, jitter=seconds // 10, id=name, replace_existing=True
        )

    def spread(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """As `every`, for many jobs that begin together: their first turns lie apart, by their names.

        The first comes between half a round and one and a half rounds from now.
        """
        self.every(name, seconds, job)
        offset = crc32(name.encode(errors="replace")) % seconds
        begins = utc(self._clock.now()) + timedelta(seconds=seconds // 2 + offset)
        self._scheduler.modify_job(name, next_run_time=begins)

    def no_longer(self, name: str) -> None:
        """Stop calling the job called *name*."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)

    def rhythm(self) -> Rhythm:
        """Since when it runs on this clock, and how the work goes. It looks at the clock first."""
        self._look_at_the_clock()
        return Rhythm(self._since, self._working_since, self._failing_since)

    async def stop(self) -> None:
        """End: no new work begins; the work that is going on is cut off at its next wait."""
        if self._clock_timer is not None:
            self._clock_timer.cancel()
        self._scheduler.shutdown(wait=False)
        if self._worker is not None:
            self._worker.cancel()
            await asyncio.gather(self._worker, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            try:
                self._arm(await self._work())
            except Exception as error:  # whatever it is, the next moment must still come
                log.exception("work failed", action="work_failed", error=type(error).__name__)
                self._failing_since = self._failing_since or self._clock.now()
                self._arm(self._clock.now() + AFTER_A_FAULT)
            else:
                self._failing_since = 0
                self._working_since = self._clock.now() if self._due.is_set() else 0

    def _arm(self, moment: Moment) -> None:
        if moment >= FOREVER:
            self.no_longer(WAKE)
            return
        self._scheduler.add_job(self.nudge_later, "date", run_date=utc(moment), id=WAKE, replace_existing=True)

    async def nudge_later(self) -> None:
        """The job at the next moment. If it comes by a jump that nobody has seen yet, that is seen here."""
        self._look_at_the_clock()
        self.nudge()

    # -- the machine's clock ----------------------------------------------------------------------------------

    def _time_the_clock(self) -> None:
        loop = asyncio.get_running_loop()
        self._clock_timer = loop.call_later(CLOCK_EVERY, self._time_the_clock)
        self._look_at_the_clock()

    def _look_at_the_clock(self) -> None:
        """After a jump, or when the machine slept: work at once, which finds the next moment on the new clock.

        The old wake-up is taken back, so that what it was for is not done a second time. What runs in a rhythm
        and was missed runs once; after a clock that was set back it keeps its rhythm, instead of resting until
        the old time comes again.
        """
        moved = self._clock.jumped()
        if not moved:
            return
        log.warning("the machine's clock was moved, or it slept", action="clock_jumped", seconds=moved)
        self._since = self._clock.now()
        self._working_since = min(self._working_since, self._since)
        self._failing_since = min(self._failing_since, self._since)
        self.no_longer(WAKE)
        for job in self._scheduler.get_jobs() if moved < 0 else ():
            job.modify(next_run_time=job.next_run_time + timedelta(seconds=moved))
        self._scheduler.wakeup()
        self.nudge()


class _Paced:
    """A job of a rhythm that does not run twice within *least* seconds.

    After a long sleep APScheduler draws the next moment of a missed job anew; with its jitter that may have passed
    already, and then the job would run again at once.
    """

    def __init__(self, job: Callable[[], Awaitable[None]], clock: Clock, least: int) -> None:
        self._job, self._clock, self._least = job, clock, least
        self._ran: Moment | None = None

    async def run(self) -> None:
        """Run the job, unless it just did; a clock that was set back does not count as just."""
        now = self._clock.now()
        if self._ran is not None and 0 <= now - self._ran < self._least:
            return
        self._ran = now
        await self._job()
