"""The embedded engine calls the work when it is due, and goes on whatever happens."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from itertools import pairwise

import pytest
import structlog
import time_machine

from notifier.clock import Clock
from notifier.core.calendar import FOREVER, Moment
from notifier.core.health import Rhythm
from notifier.engines import embedded
from notifier.engines.embedded import Embedded


def run(scenario: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        async with asyncio.timeout(10):
            await scenario()

    asyncio.run(bounded())


class Work:
    """Counts its calls, and lets a test wait for the next one."""

    takes = 0.0  # seconds

    def __init__(self, *moments: Moment | Exception) -> None:
        self.moments, self.calls = list(moments), 0
        self.called: asyncio.Queue[int] = asyncio.Queue()

    async def __call__(self) -> Moment:
        self.calls += 1
        self.called.put_nowait(self.calls)
        await asyncio.sleep(self.takes)
        moment = self.moments.pop(0) if self.moments else FOREVER
        if isinstance(moment, Exception):
            raise moment
        return moment


def test_the_first_work_is_due_at_once_and_then_nothing_until_somebody_nudges():
    async def scenario() -> None:
        work = Work()
        engine = Embedded(work, Clock())
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
        clock = Clock()
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

        engine = Embedded(work, Clock())
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
        engine = Embedded(work, Clock())
        engine.start()
        await work.called.get()
        await asyncio.sleep(0.05)
        assert work.calls == 1
        assert engine._scheduler.get_job("wake") is not None
        await engine.stop()

    run(scenario)


def test_with_nothing_to_come_no_wake_up_is_left_over():
    async def scenario() -> None:
        clock = Clock()
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


HOUR = 3600
DAY = 24 * HOUR


@pytest.fixture
def wall(monkeypatch):
    """The wall clock of this process, for APScheduler too: `shift` moves it. Looks at it come quickly."""
    monkeypatch.setattr(embedded, "CLOCK_EVERY", 0.02)
    with time_machine.travel(datetime(2026, 10, 24, 8, 0, tzinfo=UTC)) as moved:
        yield moved


@pytest.mark.parametrize(
    ("seconds", "coming"),
    [(2 * DAY, DAY), (8 * HOUR, HOUR), (-HOUR, DAY)],
    ids=["two days forward", "a laptop that slept for eight hours", "an hour back"],
)
def test_when_the_clock_was_moved_the_work_is_done_at_once_and_once(wall, seconds, coming):
    async def scenario() -> None:
        clock = Clock()
        work = Work(clock.now() + coming)
        work.takes = 0.02
        engine = Embedded(work, clock)
        engine.start()
        await work.called.get()
        await asyncio.sleep(0.1)  # it is armed
        with structlog.testing.capture_logs() as logged:
            wall.shift(seconds)
            assert await work.called.get() == 2
            await asyncio.sleep(0.2)
        assert work.calls == 2
        assert [(entry["action"], entry["seconds"]) for entry in logged] == [("clock_jumped", seconds)]
        await engine.stop()

    run(scenario)


@pytest.mark.parametrize("seconds", [2 * DAY, 8 * HOUR], ids=["set forward", "slept"])
def test_what_runs_in_a_rhythm_and_was_missed_runs_once(wall, seconds):
    async def scenario() -> None:
        polled: asyncio.Queue[Moment] = asyncio.Queue()

        async def poll() -> None:
            polled.put_nowait(clock.now())

        clock = Clock()
        engine = Embedded(Work(), clock)
        engine.start()
        engine.every("poll lab", 1800, poll)
        await asyncio.sleep(0.1)  # it is armed
        wall.shift(seconds)
        await polled.get()
        await asyncio.sleep(0.2)
        assert polled.empty()
        assert coming_in(engine, "poll lab", clock) <= 1980
        await engine.stop()

    run(scenario)


def test_after_a_clock_that_was_set_back_nothing_rests_until_the_old_time_comes_again(wall):
    async def scenario() -> None:
        async def poll() -> None:
            return None

        clock = Clock()
        work = Work(clock.now() + 2, clock.now() + 2 - HOUR)
        engine = Embedded(work, clock)
        engine.start()
        engine.every("poll lab", 1800, poll)
        await work.called.get()
        wall.shift(-HOUR)
        assert await work.called.get() == 2  # the jump was seen
        assert 0 < coming_in(engine, "poll lab", clock) <= 1980
        assert await work.called.get() == 3  # the new moment came, on the new clock
        await engine.stop()

    run(scenario)


def coming_in(engine: Embedded, name: str, clock: Clock) -> float:
    """In how many seconds the job called *name* runs next."""
    return engine._scheduler.get_job(name).next_run_time.timestamp() - clock.now()


def test_the_rhythm_says_since_when_it_works_and_fails_and_a_jump_begins_it_anew(wall):
    async def scenario() -> None:
        clock, go_on = Clock(), asyncio.Event()
        began = clock.now()
        fails = [True, False]

        async def work() -> Moment:
            await go_on.wait()
            go_on.clear()
            if fails.pop(0):
                raise RuntimeError("the disk is full")
            return FOREVER

        engine = Embedded(work, clock)
        engine.start()
        await asyncio.sleep(0.05)
        assert engine.rhythm() == Rhythm(began, working_since=began)
        go_on.set()
        await asyncio.sleep(0.05)
        assert engine.rhythm() == Rhythm(began, working_since=began, failing_since=began)
        wall.shift(-HOUR)
        back = engine.rhythm()
        assert back == Rhythm(began - HOUR, working_since=began - HOUR, failing_since=began - HOUR)
        go_on.set()
        await asyncio.sleep(0.05)
        assert engine.rhythm() == Rhythm(began - HOUR)
        await engine.stop()

    run(scenario)


def test_a_nudge_during_the_work_leaves_work_to_do(wall):
    async def scenario() -> None:
        clock, calls, go_on = Clock(), 0, asyncio.Event()

        async def work() -> Moment:
            nonlocal calls
            calls += 1
            await (go_on.wait() if calls == 2 else asyncio.sleep(0.05))
            return FOREVER

        engine = Embedded(work, clock)
        engine.start()
        await asyncio.sleep(0.02)
        engine.nudge()
        await asyncio.sleep(0.1)
        assert (calls, engine.rhythm().working_since) == (2, clock.now())
        go_on.set()
        await engine.stop()

    run(scenario)


def test_a_job_in_its_own_rhythm_can_be_taken_back():
    async def scenario() -> None:
        async def job() -> None:
            return None

        engine = Embedded(Work(), Clock())
        engine.start()
        engine.every("poll lab", 60, job)
        engine.every("poll lab", 60, job)
        assert engine._scheduler.get_job("poll lab") is not None
        engine.no_longer("poll lab")
        engine.no_longer("poll lab")
        assert engine._scheduler.get_job("poll lab") is None
        await engine.stop()

    run(scenario)


@pytest.mark.parametrize("started", [False, True], ids=["before the start", "after it"])
def test_many_jobs_that_begin_together_come_apart(started):
    async def scenario() -> None:
        async def job() -> None:
            return None

        clock = Clock()
        engine = Embedded(Work(), clock)
        if started:
            engine.start()
        for number in range(200):
            engine.spread(f"poll {number}", 1800, job)
        if not started:
            engine.start()
        first = sorted(coming_in(engine, f"poll {number}", clock) for number in range(200))
        assert 890 < first[0] < 1000
        assert 2600 < first[-1] < 2710
        assert max(later - sooner for sooner, later in pairwise(first)) < 120
        await engine.stop()

    run(scenario)


def test_late_jobs_run_late_instead_of_being_dropped():
    async def scenario() -> None:
        engine = Embedded(Work(), Clock())
        engine.start()
        defaults = engine._scheduler._job_defaults
        assert (defaults["misfire_grace_time"], defaults["coalesce"]) == (None, True)
        await engine.stop()

    run(scenario)


def test_a_clock_says_by_how_much_it_was_moved_and_forgives_a_little():
    now = {"wall": 1_000_000.0, "monotonic": 50.0}
    clock = Clock(lambda: now["wall"], lambda: now["monotonic"])

    def after(wall: float, monotonic: float) -> int:
        now["wall"] += wall
        now["monotonic"] += monotonic
        return clock.jumped()

    assert after(30, 30) == 0
    assert after(34, 30) == 0  # it is being put right, slowly
    assert after(30 + HOUR, 30) == HOUR
    assert after(30, 30) == 0
    assert after(30 - HOUR, 30) == -HOUR
    assert after(8 * HOUR, 2) == 8 * HOUR - 2  # it slept
    assert after(30, 30) == 0
    assert clock.now() == int(now["wall"])


def test_a_job_that_just_ran_does_not_run_again_but_does_when_the_clock_was_set_back(wall):
    async def scenario() -> None:
        ran: list[Moment] = []
        clock = Clock()

        async def poll() -> None:
            ran.append(clock.now())

        paced = embedded._Paced(poll, clock, 900)
        await paced.run()
        await paced.run()
        assert len(ran) == 1
        wall.shift(-HOUR)
        await paced.run()
        assert len(ran) == 2
        wall.shift(900)
        await paced.run()
        assert len(ran) == 3

    run(scenario)
