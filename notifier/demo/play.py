"""A story that is played on the real service: simulated time, people who answer what they are told, and a tally.

The story says what people and the provider do, and when; everything else is the service's own: it polls, judges,
keeps and tells as it does for a group of flesh and blood.
"""

from __future__ import annotations

import asyncio
from asyncio import sleep
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple, Protocol

from rich.text import Text

from notifier.core.calendar import FOREVER, SATURDAY, SECONDS_A_DAY, utc
from notifier.core.message import OVER
from notifier.core.subject import Subject
from notifier.core.words import plain
from notifier.demo.simulated import Simulated, SimulatedClock

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from rich.console import Console as Terminal
    from rich.status import Status

    from notifier.clock import Clock
    from notifier.core.calendar import Moment
    from notifier.ports import Act, CannotAsk, Channel, Examined, Post, Tx
    from notifier.service import Service
    from notifier.store.store import Store

WITH_ITEM = 7  # parts of a post's key where it is about an item


class Done(NamedTuple):
    """What somebody did: as the story *says* it, and the *act* that stands in the inbox after it, if any."""

    says: str
    act: Act | None = None


class Deed(NamedTuple):
    """What is done, *days* after the story began, when clocks in UTC show *at*; from weekends it moves to Monday.

    With *after*, so many days after that rule asked for something for the *nth* time.
    """

    does: Callable[[Moment, Subject], Done]
    days: int
    at: timedelta
    after: str = ""
    nth: int = 1


class Story(Protocol):
    """What is played: from the day on which it *begins* to the end of the day on which it *ends*."""

    begins: date
    ends: date
    deeds: Sequence[Deed]


class Telling(NamedTuple):
    """One message that somebody got: the *day*, which *rule* told it, and its *title*."""

    day: date
    rule: str
    title: str


@dataclass(slots=True)
class Tally:
    """What came of it: every message, and everything that people and the provider did, each with its day."""

    told: list[Telling] = field(default_factory=list)
    done: list[tuple[date, str]] = field(default_factory=list)


class Listening:
    """A channel that the story hears along: *heard* is called with each post before it is told."""

    def __init__(self, channel: Channel, heard: Callable[[Post], None]) -> None:
        self._channel, self._heard = channel, heard
        self.pace = channel.pace

    async def deliver(self, post: Post) -> str:
        """Let the story hear *post*, then tell it."""
        self._heard(post)
        return await self._channel.deliver(post)

    async def find(self, post: Post) -> str | CannotAsk | None:
        """Whether it was told."""
        return await self._channel.find(post)

    async def examine(self, to: str, *, send: bool) -> Sequence[Examined]:
        """Whether it can be told."""
        return await self._channel.examine(to, send=send)

    async def aclose(self) -> None:
        """Give back what is open."""
        await self._channel.aclose()


class Play:
    """One playing of *story* on *terminal*: *speed* simulated seconds in a second; without it, no pauses."""

    def __init__(self, story: Story, clock: SimulatedClock, terminal: Terminal, speed: int | None = None) -> None:
        self._story, self._clock, self._terminal, self._speed = story, clock, terminal, speed
        self._status: Status | None = None
        self._stopped = asyncio.Event()
        self._arrived = 0.0  # when the clock was last moved, on the loop's own
        self._headed: date | None = None
        self._heard: Counter[str] = Counter()
        self._engine: Simulated | None = None
        self._service: Service | None = None
        self._store: Store | None = None
        self._error: Exception | None = None
        self.tally = Tally()

    # -- what the service is given ----------------------------------------------------------------------

    def engine(self, work: Callable[[], Awaitable[Moment]], clock: Clock) -> Simulated:
        """The engine that plays time."""
        self._engine = Simulated(work, clock, move=self._move, busy=self._busy, failed=self._fail)
        return self._engine

    def listen(self, channel: Channel) -> Channel:
        """*channel*, as the story hears it."""
        return Listening(channel, self._hear)

    # -- playing ----------------------------------------------------------------------------------------

    async def perform(self, service: Service, store: Store, stopped: asyncio.Event) -> None:
        """Play until the story is over or *stopped* is set. What fails in the service is raised."""
        self._service, self._store, self._stopped = service, store, stopped
        self._arrived = self._seconds()
        for number, deed in enumerate(self._story.deeds):
            if not deed.after:
                self._plan(f"deed {number:03}", self._story.begins, deed, Subject("", ""))
        with self._terminal.status("") as self._status:
            await service.run(stopped)
        if self._error is not None:
            raise self._error

    def _busy(self) -> bool:
        return self._service is not None and self._service.busy

    def _fail(self, error: Exception) -> None:
        self._error = error
        self._stopped.set()

    async def _move(self, to: Moment) -> None:
        """Let the clock show *to*, once the days until then have passed at the pace of the play."""
        last = int(self._midnight(self._story.ends + timedelta(1)))
        await self._pass_days(min(to, last))
        if to >= last:
            self._stopped.set()
            await asyncio.get_running_loop().create_future()  # the service's stop ends this wait
        self._clock.move(to)
        self._arrived = self._seconds()

    async def _pass_days(self, to: Moment) -> None:
        now = begun = self._clock.now()
        while self._speed is not None and now < to:
            if self._status is not None:
                self._status.update(Text(f"{utc(now):%A, %d %B %Y}", style="dim"))
            now = min(now - now % SECONDS_A_DAY + SECONDS_A_DAY, to)
            await self._sleep_until(self._arrived + (now - begun) / self._speed)

    async def _sleep_until(self, moment: float) -> None:
        wait = moment - self._seconds()
        if wait > 0:
            await sleep(wait)

    def _seconds(self) -> float:
        """The event loop's own seconds, which stand still for nobody."""
        return asyncio.get_running_loop().time()

    def _midnight(self, day: date) -> Moment:
        return (day - date(1970, 1, 1)).days * SECONDS_A_DAY

    # -- what is told, and what is done -----------------------------------------------------------------

    def _hear(self, post: Post) -> None:
        """Note *post*, and plan what is done because of it."""
        subject, today = _subject(post.key), utc(self._clock.now()).date()
        rule = subject.rule.rpartition("/")[2]
        self._head()
        self._heard[rule] += post.message.reason not in OVER
        self.tally.told.append(Telling(today, rule, plain(post.message.title)))
        if post.message.reason in OVER:
            return
        for number, deed in enumerate(self._story.deeds):
            if deed.after == rule and deed.nth == self._heard[rule]:
                self._plan(f"deed {number:03}", today, deed, subject)

    def _plan(self, name: str, since: date, deed: Deed, subject: Subject) -> None:
        assert self._engine is not None
        day = since + timedelta(deed.days)
        day += timedelta((7 - day.weekday()) * (day.weekday() >= SATURDAY))
        moment = self._midnight(day) + int(deed.at.total_seconds())

        async def job() -> None:
            await self._do(deed, subject)

        self._engine.at(name, min(moment, FOREVER), job)

    async def _do(self, deed: Deed, subject: Subject) -> None:
        assert self._store is not None
        now = self._clock.now()
        done = deed.does(now, subject)
        self._head()
        self._terminal.print(Text(f"{utc(now):%H:%M}  {done.says}", style="bold cyan"))
        self.tally.done.append((utc(now).date(), done.says))
        if done.act is not None:
            await self._store.awrite(_put, done.act)

    def _head(self) -> None:
        """Say which day it is, once."""
        today = utc(self._clock.now()).date()
        if today == self._headed:
            return
        quiet = (today - self._headed).days if self._headed is not None else 0
        later = f"  ({quiet} days later)" if quiet > 1 else ""
        self._headed = today
        self._terminal.rule(Text(f"{today:%A, %d %B %Y}{later}", style="bold"), align="left", style="dim")


def _subject(key: str) -> Subject:
    """The alert that the post called *key* is about."""
    rule, account, grant, *rest = (*key.split("|"), "", "", "")[: max(key.count("|") + 1, 3)]
    return Subject(rule, account, grant, rest[0] if key.count("|") + 1 == WITH_ITEM else "")


def _put(tx: Tx, act: Act) -> None:
    tx.put_act(act)
