"""One lane for each destination: none waits for another, and what was told is noted whatever happens then."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import structlog

from notifier.clock import Clock
from notifier.core.alert import Cause, Reason, Transition
from notifier.core.delivery import State
from notifier.core.rule import Rulebook
from notifier.core.subject import Subject
from notifier.flow.deliver import Outlets
from notifier.lanes import Lanes
from notifier.ports import Examined, Post, Undelivered
from notifier.store.errors import StoreError
from notifier.store.store import Store

QUICK, SLOW = "mailto:quick@example.edu", "mailto:slow@example.edu"


@dataclass
class Paper:
    """A channel that may wait before it writes."""

    waits: asyncio.Event | None = None
    fails: list[Undelivered] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    pace: int = 0

    async def deliver(self, post: Post) -> str:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await (self.waits.wait() if self.waits else asyncio.sleep(0))
        self.at_once -= 1
        if self.fails:
            raise self.fails.pop()
        self.told.append(post.message.about)
        return post.id

    async def find(self, post: Post) -> str | None:
        return post.id if post.message.about in self.told else None

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  nothing to look at
        return []

    async def aclose(self) -> None:
        pass


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "notifier.db", lock=True)
    yield opened
    opened.close()


def owe(store: Store, *destinations: str, accounts: int = 1) -> None:
    """Something to tell each destination about so many accounts; their rule is gone, so the words are short."""
    for number in range(accounts):
        for destination in destinations:
            told = Transition(Reason.CLOSED, 100, 1, 1, None, None)
            event = store.write(lambda tx: tx.new_event())
            subject = Subject("p/gone", f"lab-{number}", "1")
            store.write(
                lambda tx, subject=subject, told=told, to=destination, event=event: tx.owe(
                    subject, told, to, Cause.MOMENT, event
                )
            )


def lanes(store: Store, papers: dict[str, Paper]) -> tuple[Lanes, asyncio.Event]:
    free = asyncio.Event()
    return Lanes(store, Clock(), Outlets(papers.get), "boot", free.set), free


def states(store: Store) -> dict[str, list[State]]:
    found: dict[str, list[State]] = {}
    for each in store.read(lambda tx: tx.deliveries()):
        found.setdefault(each.destination, []).append(each.state)
    return found


def refuse_one_note(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the disk be full when the next outcome is noted."""
    whole, refused = store.awrite, iter([True])

    async def full(use_case, *arguments, **more):
        if use_case.__name__ == "settle" and next(refused, False):
            raise StoreError("disk is full")
        return await whole(use_case, *arguments, **more)

    monkeypatch.setattr(store, "awrite", full)


async def until_free(told: Lanes, free: asyncio.Event) -> None:
    async with asyncio.timeout(5):
        while told.busy:
            free.clear()
            await free.wait()


def test_a_slow_destination_holds_up_nobody_else(store):
    async def play() -> None:
        papers = {QUICK: Paper(), SLOW: Paper(asyncio.Event())}
        told, free = lanes(store, papers)
        owe(store, SLOW, QUICK)
        await told.fill(Rulebook(), 200)
        async with asyncio.timeout(5):
            await free.wait()
        assert (papers[QUICK].told, papers[SLOW].told) == (["lab-0"], [])
        assert states(store) == {QUICK: [State.DONE], SLOW: [State.CLAIMED]}

        owe(store, QUICK, accounts=2)  # what comes meanwhile is told at once, to whoever is free
        await told.fill(Rulebook(), 200)
        papers[SLOW].waits.set()
        await until_free(told, free)
        assert papers[QUICK].told == ["lab-0", "lab-1"]
        assert papers[SLOW].told == ["lab-0"]

    asyncio.run(play())


def test_in_one_lane_one_post_goes_after_the_other(store):
    async def play() -> None:
        papers = {QUICK: Paper()}
        told, free = lanes(store, papers)
        owe(store, QUICK, accounts=20)
        await told.fill(Rulebook(), 200)
        await until_free(told, free)

        assert papers[QUICK].most_at_once == 1
        assert papers[QUICK].told == [f"lab-{number}" for number in range(20)]
        assert states(store) == {QUICK: [State.DONE] * 20}

    asyncio.run(play())


def test_a_stop_lets_what_is_being_told_come_to_its_end(store):
    async def play() -> None:
        papers = {SLOW: Paper(asyncio.Event())}
        told, _ = lanes(store, papers)
        owe(store, SLOW)
        await told.fill(Rulebook(), 200)
        asyncio.get_running_loop().call_later(0.05, papers[SLOW].waits.set)
        await told.stop()

        assert states(store) == {SLOW: [State.DONE]}

    asyncio.run(play())


def test_a_stop_does_not_wait_for_ever_and_the_next_start_asks(store, monkeypatch):
    monkeypatch.setattr("notifier.lanes.PATIENCE", 0.05)

    async def play() -> None:
        papers = {SLOW: Paper(asyncio.Event())}
        told, _ = lanes(store, papers)
        owe(store, SLOW)
        await told.fill(Rulebook(), 200)
        await asyncio.sleep(0)
        await told.stop()

        assert states(store) == {SLOW: [State.CLAIMED]}
        assert not told.busy

    asyncio.run(play())


def test_what_a_full_disk_keeps_from_being_noted_is_noted_later_and_not_told_again(store, monkeypatch):
    async def play() -> None:
        papers = {QUICK: Paper()}
        told, free = lanes(store, papers)
        owe(store, QUICK)
        refuse_one_note(store, monkeypatch)
        with structlog.testing.capture_logs() as logged:
            await told.fill(Rulebook(), 200)
            await until_free(told, free)
        assert states(store) == {QUICK: [State.CLAIMED]}
        assert [entry["action"] for entry in logged] == ["told", "settle_failed"]

        await told.fill(Rulebook(), 200)
        assert states(store) == {QUICK: [State.DONE]}
        assert papers[QUICK].told == ["lab-0"]

    asyncio.run(play())


def test_what_a_failed_note_left_untold_has_its_turn_again(store, monkeypatch):
    async def play() -> None:
        papers = {QUICK: Paper()}
        told, free = lanes(store, papers)
        owe(store, QUICK, accounts=3)
        refuse_one_note(store, monkeypatch)
        with structlog.testing.capture_logs():
            await told.fill(Rulebook(), 200)
            await until_free(told, free)
            assert papers[QUICK].told == ["lab-0"]
            await told.fill(Rulebook(), 200)
            await until_free(told, free)

        assert papers[QUICK].told == ["lab-0", "lab-1", "lab-2"]
        assert states(store) == {QUICK: [State.DONE] * 3}

    asyncio.run(play())


def test_a_stop_puts_back_what_was_not_begun(store, monkeypatch):
    monkeypatch.setattr("notifier.lanes.PATIENCE", 0.05)

    async def play() -> None:
        told, _ = lanes(store, {SLOW: Paper(asyncio.Event())})
        owe(store, SLOW, accounts=3)
        await told.fill(Rulebook(), 200)
        await asyncio.sleep(0)
        await told.stop()

        assert states(store) == {SLOW: [State.CLAIMED, State.DUE, State.DUE]}

    asyncio.run(play())


def test_no_more_destinations_are_claimed_than_can_be_told_at_once(store, monkeypatch):
    monkeypatch.setattr("notifier.lanes.LANES_AT_ONCE", 2)

    async def play() -> None:
        gate = asyncio.Event()
        papers = {f"mailto:{number}@example.edu": Paper(gate) for number in range(5)}
        told, free = lanes(store, papers)
        owe(store, *papers)
        await told.fill(Rulebook(), 200)
        claimed = [state for several in states(store).values() for state in several].count(State.CLAIMED)
        assert (claimed, told.room) == (2, 0)
        assert store.read(lambda tx: tx.next_moment(200, None)) > 200

        gate.set()
        while any(not paper.told for paper in papers.values()):
            await until_free(told, free)
            await told.fill(Rulebook(), 200)
        await until_free(told, free)
        assert {state for several in states(store).values() for state in several} == {State.DONE}

    asyncio.run(play())


def test_what_was_told_is_logged_with_where_and_what(store):
    async def play() -> None:
        told, free = lanes(store, {QUICK: Paper()})
        owe(store, QUICK)
        with structlog.testing.capture_logs() as logged:
            await told.fill(Rulebook(), 200)
            await until_free(told, free)

        [entry] = logged
        assert (entry["action"], entry["destination"]) == ("told", QUICK)
        assert entry["title"] == "No longer watched: p/gone · lab-0"

    asyncio.run(play())


def test_what_was_not_told_is_logged_with_why(store):
    async def play() -> None:
        told, free = lanes(store, {QUICK: Paper(fails=[Undelivered("greylisted")])})
        owe(store, QUICK)
        with structlog.testing.capture_logs() as logged:
            await told.fill(Rulebook(), 200)
            await until_free(told, free)

        [entry] = logged
        assert (entry["action"], entry["destination"], entry["why"]) == ("undelivered", QUICK, "greylisted")

    asyncio.run(play())


def test_what_comes_while_a_note_is_refused_is_noted_too(store, monkeypatch):
    async def play() -> None:
        papers = {QUICK: Paper(), SLOW: Paper(asyncio.Event())}
        told, free = lanes(store, papers)
        owe(store, SLOW, QUICK)
        whole, refused = store.awrite, iter([True])

        async def full(use_case, *arguments, **more):
            if use_case.__name__ == "settle" and next(refused, False):
                papers[SLOW].waits.set()
                await asyncio.sleep(0.05)
                assert len(told._unsettled) == 1  # the other lane has told its own meanwhile
                raise StoreError("disk is full")
            return await whole(use_case, *arguments, **more)

        monkeypatch.setattr(store, "awrite", full)
        with structlog.testing.capture_logs():
            await told.fill(Rulebook(), 200)
            await until_free(told, free)
            await told.fill(Rulebook(), 200)

        assert states(store) == {QUICK: [State.DONE], SLOW: [State.DONE]}
        assert (papers[QUICK].told, papers[SLOW].told) == (["lab-0"], ["lab-0"])

    asyncio.run(play())


def test_a_long_row_for_one_destination_keeps_nobody_else_from_a_lane(store, monkeypatch):
    monkeypatch.setattr("notifier.flow.deliver.MOST_AT_ONCE", 2)

    async def play() -> None:
        papers = {SLOW: Paper(asyncio.Event()), QUICK: Paper()}
        told, free = lanes(store, papers)
        owe(store, SLOW, accounts=3)
        owe(store, QUICK)
        await told.fill(Rulebook(), 200)
        assert told.busy == {SLOW, QUICK}

        papers[SLOW].waits.set()
        await until_free(told, free)
        assert states(store) == {SLOW: [State.DONE, State.DONE, State.DUE], QUICK: [State.DONE]}

    asyncio.run(play())


def test_a_stop_while_something_is_noted_puts_back_all_that_was_not_begun(store, monkeypatch):
    monkeypatch.setattr("notifier.lanes.PATIENCE", 0.05)

    async def play() -> None:
        papers = {QUICK: Paper()}
        told, _ = lanes(store, papers)
        owe(store, QUICK, accounts=3)
        whole, locked = store.awrite, iter([True])

        async def slow(use_case, *arguments, **more):
            if use_case.__name__ == "settle" and next(locked, False):
                await asyncio.Event().wait()
            return await whole(use_case, *arguments, **more)

        monkeypatch.setattr(store, "awrite", slow)
        await told.fill(Rulebook(), 200)
        await told.stop()

        assert papers[QUICK].told == ["lab-0"]
        assert states(store) == {QUICK: [State.DONE, State.DUE, State.DUE]}

    asyncio.run(play())
