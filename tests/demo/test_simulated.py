"""Simulated time stands still while work goes on, then moves to what comes first, the same way each time."""

import asyncio

import pytest

from notifier.core.calendar import FOREVER
from notifier.demo.simulated import Simulated, SimulatedClock

BEGINS = 1_800_000_000
A_DAY = 86_400


class World:
    """An engine whose work a test writes down, on a clock that ends the playing after so many moves."""

    def __init__(self, *coming, moves=5):
        self.clock, self.coming, self.left = SimulatedClock(BEGINS), list(coming), moves
        self.happened, self.error = [], None
        self.is_busy = False
        self.over = asyncio.Event()
        self.engine = Simulated(self.work, self.clock, move=self.move, busy=lambda: self.is_busy, failed=self.fail)

    def since(self):
        return self.clock.now() - BEGINS

    def job(self, name):
        async def job():
            self.happened.append((self.since(), name))

        return job

    async def work(self):
        self.happened.append((self.since(), "work"))
        said = self.coming.pop(0) if self.coming else FOREVER
        if isinstance(said, Exception):
            raise said
        return said if said == FOREVER else BEGINS + said

    async def move(self, to):
        if not self.left or to >= FOREVER:
            self.over.set()
            await asyncio.Event().wait()
        self.left -= 1
        self.clock.move(to)

    def fail(self, error):
        self.error = error
        self.over.set()

    async def play(self):
        self.engine.start()
        await asyncio.wait_for(self.over.wait(), 5)
        await self.engine.stop()
        return self.happened


def playing(story):
    """Run *story*, a coroutine function of a test, in a loop of its own."""
    return asyncio.run(story())


def test_the_clock_only_goes_forward_and_its_moves_are_no_jumps():
    clock = SimulatedClock(BEGINS)
    clock.move(BEGINS + A_DAY)
    clock.move(BEGINS + 5)

    assert (clock.now(), clock.jumped()) == (BEGINS + A_DAY, 0)


def test_work_is_done_at_each_moment_that_it_named():
    async def story():
        return await World(60, 3_600).play()

    assert playing(story) == [(0, "work"), (60, "work"), (3_600, "work")]


def test_a_nudge_is_worked_off_before_the_clock_moves():
    async def story():
        world = World(60, 60)
        world.engine.nudge()
        work = world.engine._work

        async def nudging():
            if len(world.happened) == 0:
                world.engine.nudge()
            return await work()

        world.engine._work = nudging
        return await world.play()

    assert playing(story) == [(0, "work"), (0, "work"), (60, "work")]


def test_the_clock_stands_still_while_something_goes_on_beside_the_work():
    async def story():
        world = World(60, 60)
        world.is_busy = True
        world.engine.start()
        for _ in range(5):
            await asyncio.sleep(0)
        before = list(world.happened)
        world.is_busy = False
        world.engine.nudge()  # as the end of what went on does
        await asyncio.wait_for(world.over.wait(), 5)
        await world.engine.stop()
        return before, world.happened

    assert playing(story) == ([(0, "work")], [(0, "work"), (0, "work"), (60, "work")])


def test_jobs_come_in_the_order_of_their_moments_then_of_their_names_and_before_the_work():
    async def story():
        world = World(moves=2)
        world.engine.every("poll", 100, world.job("poll"))
        world.engine.at("b", BEGINS + 200, world.job("b"))
        world.engine.at("a", BEGINS + 200, world.job("a"))
        return await world.play()

    assert playing(story) == [
        (0, "work"),
        (100, "poll"), (100, "work"),
        (200, "a"), (200, "b"), (200, "poll"), (200, "work"),
    ]  # fmt: skip


def test_what_is_no_longer_wanted_does_not_come():
    async def story():
        world = World()
        world.engine.every("poll", 100, world.job("poll"))
        world.engine.no_longer("poll")
        world.engine.no_longer("never there")
        return await world.play()

    assert playing(story) == [(0, "work")]


@pytest.mark.parametrize("seconds", [A_DAY, 1_800, 30])
def test_spread_jobs_begin_within_their_time_at_a_moment_that_follows_from_their_name(seconds):
    async def story():
        first = []
        for name in ("poll a", "poll b", "poll a"):
            world = World(moves=1)
            world.engine.spread(name, seconds, world.job(name))
            first.append((await world.play())[1][0])
        return first

    first = playing(story)
    assert all(0 < each <= seconds for each in first)
    assert first[0] == first[2]


def test_a_moment_that_is_past_is_now():
    async def story():
        world = World()
        world.engine.at("late", BEGINS - 10, world.job("late"))
        return await world.play()

    assert playing(story) == [(0, "work"), (0, "late"), (0, "work")]


def test_work_that_fails_ends_the_playing():
    async def story():
        world = World(ValueError("the disk is full"))
        await world.play()
        return world.error

    assert str(playing(story)) == "the disk is full"


def test_who_works_without_starting_it_asks_whether_somebody_nudged():
    async def story():
        engine = World().engine
        engine.nudge()
        return engine.nudged(), engine.nudged(), engine.rhythm().since

    assert playing(story) == (True, False, BEGINS)
