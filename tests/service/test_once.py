"""One round of everything that is due: it reads, tells, waits for a pace but for nothing else, and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pytest

from notifier.clock import Clock
from notifier.core.audience import CONSOLE
from notifier.core.calendar import FOREVER
from notifier.files.places import Places, read_files
from notifier.flow.deliver import Outlets
from notifier.flow.health import LeftOver, left_over
from notifier.ports import Undelivered, Unreadable
from notifier.service import Service, World
from notifier.store.errors import StoreError
from notifier.store.store import Store
from tests.service.small import Meter, Paper, write_files


@dataclass
class Round:
    """What one round needs, and what came of it."""

    folder: object
    meter: Meter = field(default_factory=Meter)
    paper: Paper = field(default_factory=Paper)
    pinged: list[Sequence[str]] = field(default_factory=list)

    def play(self, *names: str) -> LeftOver:
        places = write_files(self.folder, *names)
        with closing(Store.open(places.database, lock=True)) as store:
            asyncio.run(self._once(places, store))
            return store.read(left_over)

    async def _once(self, places: Places, store: Store) -> None:
        async def ping(wrong: Sequence[str]) -> None:
            self.pinged.append(tuple(wrong))

        clock = Clock()
        files = read_files(places, clock.now())
        assert files.rule_faults + files.account_faults == []
        outlets = Outlets({CONSOLE: self.paper}.get)
        world = World(clock, store, outlets, {"openai": self.meter}.__getitem__, {"KEY": "sk-x"}.get, ping=ping)
        async with asyncio.timeout(20):
            await Service(places, files, world).once()


def test_a_round_reads_tells_says_that_all_is_well_and_ends(tmp_path):
    done = Round(tmp_path)

    assert done.play("lab") == LeftOver(0, 0, 0)
    assert done.meter.asked == ["lab"]
    assert done.paper.told == ["80% used · lab"]
    assert done.pinged == [()]


def test_the_next_round_neither_reads_nor_tells_again_so_soon(tmp_path):
    Round(tmp_path).play("lab")
    again = Round(tmp_path)
    again.play("lab")

    assert (again.meter.asked, again.paper.told, again.pinged) == ([], [], [()])


def test_a_round_waits_for_the_pace_of_a_destination(tmp_path):
    done = Round(tmp_path, paper=Paper(pace=1))

    assert done.play("lab", "library", "clinic") == LeftOver(0, 0, 0)
    assert len(done.paper.told) == 3


def test_what_cannot_be_read_is_left_over_and_read_by_the_next_round(tmp_path):
    done = Round(tmp_path, Meter(Unreadable("it is down")))

    assert done.play("lab") == LeftOver(1, 0, 0)
    assert done.pinged == [()]
    again = Round(tmp_path)
    assert again.play("lab") == LeftOver(0, 0, 0)
    assert again.meter.asked == ["lab"]


def test_what_cannot_be_told_is_left_over_and_not_waited_for(tmp_path):
    done = Round(tmp_path, paper=Paper(fails=Undelivered("it is down", whole=True)))

    assert done.play("lab") == LeftOver(0, 1, 0)
    assert done.pinged == [()]


def test_work_that_fails_is_raised_after_the_switch_was_told(tmp_path, monkeypatch):
    async def broken(self):
        raise StoreError("the disk is full")

    monkeypatch.setattr(Service, "_work", broken)
    done = Round(tmp_path)

    with pytest.raises(StoreError):
        done.play("lab")
    assert done.pinged == [("The work failed: StoreError.",)]


def test_a_round_that_never_comes_to_its_end_is_ended(tmp_path, monkeypatch):
    async def endless(self):
        return 0

    monkeypatch.setattr(Service, "_work", endless)
    monkeypatch.setattr("notifier.service.LONGEST_ROUND", 0.1)
    done = Round(tmp_path)

    with pytest.raises(TimeoutError):
        done.play("lab")
    assert done.pinged == [("The work failed: TimeoutError.",)]


def test_a_lane_that_became_free_during_the_work_is_worked_for_again(tmp_path, monkeypatch):
    worked = []

    async def work(self):
        worked.append(len(worked))
        if len(worked) < 3:
            self._engine.nudge()  # as a lane does, after the work looked at what is busy
        return FOREVER

    monkeypatch.setattr(Service, "_work", work)
    Round(tmp_path).play("lab")

    assert worked == [0, 1, 2]
