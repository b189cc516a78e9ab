"""The embedded engine calls the work when it is due, and goes on whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from notifier.clock import Clock
from notifier.core.calendar import FOREVER, Moment
from notifier.engines.embedded import Embedded


class Hands(Clock):
    """A clock that somebody may move."""

    moved = False

    def jumped(self) -> bool:
        return self.moved


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await scenario()

    asyncio.run(bounded())


class Work:
    """Counts its calls, and lets a test wait for the next one."""

    def __init__(self, *moments: Moment | Exception) -> None:
        self.moments, self.calls = list(moments), 0
        self.called: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self) -> Moment:
        self.calls += 1
        self.called.put_nowait(self.calls)
        moment = self.moments.pop(0) if self.moments else FOREVER
        if isinstance(moment, Exception):
            raise moment
        return moment


def test_the_first_work_is_due_at_once_and_then_nothing_until_somebody_nudges():
    async def scenario() -> None:
        work = Work()
        engine = Embedded(work, Hands())
        engine.start()
        await work.called.get()
        await asyncio.sleep(0.05)
        assert work.calls == 1
        engine.nudge()
        assert await work.called.get() == 2
        await engine.stop()

    run(scenario)


def test_it_wakes_at_the_next_moment_and_not_before():
    async def scenario() -> None:
        clock = Hands()
        moment = clock.now() + 1
        work = Work(moment)
        engine = Embedded(work, clock)
        engine.start()
        await work.called.get()
        await work.called.get()
        assert clock.now() >= moment
        await engine.stop()

    run(scenario)


def test_a_nudge_while_work_goes_on_is_neither_lost_nor_run_beside_it():
    async def scenario() -> None:
        running, most, calls, go_on = 0, 0, 0, asyncio.Event()

        async def work() -> Moment:
            nonlocal running, most, calls
            running, calls = running + 1, calls + 1
            most = max(most, running)
            await go_on.wait()
            running -= 1
            return FOREVER

        engine = Embedded(work, Hands())
        engine.start()
        await asyncio.sleep(0.05)
        for _ in range(3):
            engine.nudge()
        go_on.set()
        await asyncio.sleep(0.1)
        await engine.stop()

        assert (calls, most) == (2, 1)

    run(scenario)


def test_work_that_fails_is_tried_again_later_instead_of_at_once_and_for_ever():
    async def scenario() -> None:
        work = Work(RuntimeError("the disk is full"))
        engine = Embedded(work, Hands())
        engine.start()
        await work.called.get()
        await asyncio.sleep(0.05)
        assert work.calls == 1
        assert engine._scheduler.get_job("wake") is not None
        await engine.stop()

    run(scenario)


def test_with_nothing_to_come_no_wake_up_is_left_over():
    async def scenario() -> None:
        clock = Hands()
        work = Work(clock.now() + 3600, FOREVER)
        engine = Embedded(work, clock)
        engine.start()
        await work.called.get()
        await asyncio.sleep(0.05)
        assert engine._scheduler.get_job("wake") is not None
        engine.nudge()
        await work.called.get()
        await asyncio.sleep(0.05)
        assert engine._scheduler.get_job("wake") is None
        await engine.stop()

    run(scenario)


def test_when_the_clock_was_moved_it_looks_again():
    async def scenario() -> None:
        work, clock = Work(), Hands()
        engine = Embedded(work, clock)
        engine.start()
        await work.called.get()
        await engine._look_at_the_clock()
        await asyncio.sleep(0.05)
        assert work.calls == 1
        clock.moved = True
        await engine._look_at_the_clock()
        assert await work.called.get() == 2
        await engine.stop()

    run(scenario)


def test_a_job_in_its_own_rhythm_can_be_taken_back():
    async def scenario() -> None:
        async def job() -> None:
            return None

        engine = Embedded(Work(), Hands())
        engine.start()
        engine.every("poll lab", 60, job)
        engine.every("poll lab", 60, job)
        assert engine._scheduler.get_job("poll lab") is not None
        engine.no_longer("poll lab")
        engine.no_longer("poll lab")
        assert engine._scheduler.get_job("poll lab") is None
        await engine.stop()

    run(scenario)


def test_late_jobs_run_late_instead_of_being_dropped():
    async def scenario() -> None:
        engine = Embedded(Work(), Hands())
        engine.start()
        defaults = engine._scheduler._job_defaults
        assert (defaults["misfire_grace_time"], defaults["coalesce"]) == (None, True)
        await engine.stop()

    run(scenario)


def test_a_clock_that_nobody_moved_has_not_jumped():
    clock = Clock()

    assert not clock.jumped()
    clock._offset -= 60
    assert clock.jumped()
    assert not clock.jumped()
