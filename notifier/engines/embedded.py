"""The embedded engine: one process, one APScheduler, one wake-up at the next moment. Nothing loops to look.

APScheduler's jobs only raise a flag; the work runs in a task of its own, one at a time, so that a wake-up that
comes while work is going on is neither lost nor run beside it.
"""

from __future__ import annotations

import asyncio
from datetime import UTC
from typing import TYPE_CHECKING

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from notifier.core.calendar import FOREVER, Moment, utc

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from notifier.clock import Clock

CLOCK_EVERY = 30  # seconds between two looks at whether the machine's clock was moved
AFTER_A_FAULT = 60  # seconds until work that raised is tried again, instead of at once and for ever
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

    def start(self) -> None:
        """Begin: the first work is due at once."""
        self._scheduler.add_job(self._look_at_the_clock, "interval", seconds=CLOCK_EVERY, id="clock")
        self._scheduler.start()
        self._worker = asyncio.create_task(self._run())
        self.nudge()

    def nudge(self) -> None:
        """Something happened: work now, or right after the work that is going on."""
        self._due.set()

    def every(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """Call *job* every so many *seconds*, give or take a tenth, so that accounts spread out."""
        self._scheduler.add_job(
            job, "interval", seconds=seconds, jitter=seconds // 10, id=name, replace_existing=True
        )

    def no_longer(self, name: str) -> None:
        """Stop calling the job called *name*."""
        if self._scheduler.get_job(name) is not None:
            self._scheduler.remove_job(name)

    async def stop(self) -> None:
        """End: no new work begins; the work that is going on is cut off at its next wait."""
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
                self._arm(self._clock.now() + AFTER_A_FAULT)

    def _arm(self, moment: Moment) -> None:
        if moment >= FOREVER:
            self.no_longer("wake")
            return
        self._scheduler.add_job(self.nudge_later, "date", run_date=utc(moment), id="wake", replace_existing=True)

    async def nudge_later(self) -> None:
        """The job at the next moment."""
        self.nudge()

    async def _look_at_the_clock(self) -> None:
        if self._clock.jumped():
            log.warning("the machine's clock was moved, or it slept", action="clock_jumped")
            self.nudge()
