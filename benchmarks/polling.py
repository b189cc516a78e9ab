"""What it costs to poll many accounts: the real polls, source and database, asking a simulated provider.

    python -m benchmarks.polling [accounts] [--costs-only] [--profile]

The provider is a process of its own, and its time is not counted. CPU is that of this process with all its
threads, *writing* the part of it that the database's writer took. One round after the other, each at a later
simulated time; of a round everything is asked that is due then. A poll is one question to a source for one part,
*news* are polls that changed something that rules may see. Memory and database are as they are after the round.
"""

from __future__ import annotations

import asyncio
import cProfile
import platform
import pstats
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifier.core.account import MAIN, Account, Poll
from notifier.core.calendar import Locale, utc
from notifier.demo.provider import Crowd, Provider
from notifier.demo.simulated import SimulatedClock
from notifier.flow.declare import Declaration, declare
from notifier.net import Net
from notifier.polls import Outer, Polls
from notifier.sources import Sources
from notifier.sources.openai import PARTS
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.demo.provider import Organization
    from notifier.ports import Examined, Heard, Question, Source, Tx

BEGINS = datetime(2026, 11, 27, 8, tzinfo=UTC)
HISTORY = timedelta(days=400)  # which the first reading reads whole
HALF_AN_HOUR, SIX_HOURS, A_DAY = 1800, 6 * 3600, 86_400
CHANGED = 100  # every so-manieth account, in the round where one in a hundred changes
BUDGET = 20  # milliseconds of CPU for an account and a poll


class World:
    """The provider's process: it says its address, and obeys one word a line."""

    def __init__(self, accounts: int) -> None:
        command = [sys.executable, "-m", "benchmarks.polling", "--provider", str(accounts)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.url = self._answer()

    def tell(self, word: str, *more: object) -> str:
        """Say *word*; returns what is answered."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join([word, *map(str, more)]) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def end(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()


def be_the_provider(accounts: int) -> None:
    """Answer until standard input ends: ``day N`` moves the calendar, ``correct``, ``count`` the requests."""
    crowd, today = Crowd(accounts, BEGINS.date() - HISTORY), [BEGINS.date()]
    asked = [0]

    def find(key: str) -> Organization | None:
        asked[0] += 1  # looked up once for each request
        return crowd(key)

    provider = Provider(find, lambda: today[0])
    provider.start()
    print(provider.url, flush=True)
    for line in sys.stdin:
        word, *more = line.split()
        if word == "day":
            today[0] = BEGINS.date() + timedelta(int(more[0]))
        if word == "correct":
            _correct(crowd, accounts, today[0] - timedelta(1), int(more[0]))
        print(asked[0], flush=True)
    provider.stop()


def _correct(crowd: Crowd, accounts: int, day: object, every: int) -> None:
    """Let *day* read otherwise for every so-manieth organization."""
    for number in range(0, accounts, every):
        organization = crowd(f"fake-admin-key-{number}")
        assert organization is not None
        organization.correct(day, "proj_1", "gpt-5, input", Decimal("9.75"))  # type: ignore[arg-type]  # a date


@dataclass(frozen=True, slots=True)
class Round:
    """What one round cost; *polls* is how often a source was asked for a part."""

    polls: int
    cpu: float
    writing: float
    waited: float
    requests: int
    news: int
    memory: int
    database: int


class Counting:
    """The sources, and how often they were asked."""

    parts: Mapping[str, int] = PARTS

    def __init__(self, net: Net) -> None:
        self._sources, self.asked = Sources(net), 0

    def __call__(self, kind: str) -> Source:
        """The source called *kind*."""
        self._source = self._sources(kind)
        return self

    async def read(self, question: Question) -> Heard:
        """What it says, counted."""
        self.asked += 1
        return await self._source.read(question)

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Nobody looks."""
        return await self._source.examine(question)


class Bench:
    """Accounts that are polled, and what is measured while they are."""

    def __init__(self, folder: Path, accounts: int, world: World, parts: tuple[str, ...]) -> None:
        self._folder, self._world = folder, world
        self._store = Store.open(folder / "notifier.db", lock=True)
        self._clock = SimulatedClock(int(BEGINS.timestamp()))
        locale = Locale(ZoneInfo("UTC"))
        self._declared = [
            Declaration(
                Account(f"lab-{number}", locale, sources=(Poll("openai", f"K{number}", parts, url=world.url),)),
                facts={"organization": f"org-{number}"},
            )
            for number in range(accounts)
        ]
        self._store.write(declare, self._declared, self._clock.now())
        self._news = 0

    async def rounds(self, parts: tuple[str, ...]) -> Iterator[tuple[str, Round]]:
        """Play every round; returns what each cost, by its name."""
        net = Net()
        self._sources = Counting(net)
        outer = Outer(self._store, self._clock, self._sources, lambda name: f"fake-admin-key-{name[1:]}")
        polls = Polls(outer, self._tidings)
        polls.follow({each.account.id: each for each in self._declared}, lambda *_: None, lambda _: None)
        found = [("first reading", await self._round(polls))]
        for name, seconds, word, more in _later(parts):
            self._clock.move(self._clock.now() + seconds)
            self._world.tell("day", (utc(self._clock.now()).date() - BEGINS.date()).days)
            if word:
                self._world.tell(word, more)
            found.append((name, await self._round(polls)))
        await net.aclose()
        return iter(found)

    async def _round(self, polls: Polls) -> Round:
        self._news, self._sources.asked, asked = 0, 0, int(self._world.tell("count"))
        writing, cpu, waited = self._store.write(_thread_time), time.process_time(), time.perf_counter()
        await asyncio.gather(*(polls.poll(each.account.id) for each in self._declared))
        spent, wait = time.process_time() - cpu, time.perf_counter() - waited
        return Round(
            self._sources.asked,
            spent,
            self._store.write(_thread_time) - writing,
            wait,
            int(self._world.tell("count")) - asked,
            self._news,
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            sum(path.stat().st_size for path in self._folder.iterdir()),
        )

    def _tidings(self) -> None:
        self._news += 1

    def close(self) -> None:
        """Give the database back."""
        self._store.close()


def _thread_time(_: Tx) -> float:
    return time.thread_time()


def _later(parts: tuple[str, ...]) -> Iterator[tuple[str, int, str, int]]:
    """The rounds after the first: name, seconds since the one before, what the provider is told."""
    yield "half an hour later", HALF_AN_HOUR, "", 0
    yield "half an hour later, nothing changed", HALF_AN_HOUR, "", 0
    yield "half an hour later, 1 % changed", HALF_AN_HOUR, "correct", CHANGED
    if len(parts) > 1:
        yield "six hours later, nothing changed", SIX_HOURS, "", 0
    yield "on the next day", A_DAY, "", 0


def show(name: str, done: Round, accounts: int) -> None:
    """Print one round."""
    print(
        f"{name:<36} {done.cpu / done.polls * 1000:5.1f} ms of CPU a poll ({done.writing / done.polls * 1000:.1f} "
        f"writing); an account: {done.polls / accounts:.0f} polls, {done.requests / accounts:.1f} requests; "
        f"{done.news:,} news; {done.waited:.0f} s; {done.memory / 2**20:.0f} MB; "
        f"database {done.database / 2**20:.0f} MB"
    )


def main() -> None:
    """Measure and print."""
    arguments = [each for each in sys.argv[1:] if not each.startswith("--")]
    accounts = int(arguments[0]) if arguments else 10_000
    if "--provider" in sys.argv:
        be_the_provider(accounts)
        return
    parts = (MAIN,) if "--costs-only" in sys.argv else tuple(PARTS)
    names = ("httpx", "httpcore", "h11", "anyio", "SQLAlchemy")
    print(f"{platform.platform()}, Python {platform.python_version()}")
    print(", ".join(f"{name} {version(name)}" for name in names))
    print(f"{accounts:,} accounts, each read for: {', '.join(part or 'costs' for part in parts)}")
    world, profile = World(accounts), cProfile.Profile()
    with tempfile.TemporaryDirectory() as name:
        bench = Bench(Path(name), accounts, world, parts)
        if "--profile" in sys.argv:
            profile.enable()
        rounds = asyncio.run(bench.rounds(parts))
        profile.disable()
        bench.close()
    world.end()
    for what, done in rounds:
        show(what, done, accounts)
    print(f"the budget is {BUDGET} ms of CPU for an account and a poll")
    if "--profile" in sys.argv:
        pstats.Stats(profile).sort_stats("tottime").print_stats(40)


if __name__ == "__main__":
    main()
