"""Polling: what is read of every account, each in its own rhythm, never too much at once.

An account has one job in the engine. When it comes, the parts whose turn it is are asked, one after the other.
Who refuses is asked less and less often, down to every six hours, unless another key was put in; a wait that the
provider names is obeyed. A part that says byte for byte what it said before is noted as read, and nothing else
happens.
"""

from __future__ import annotations

import asyncio
import traceback
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from notifier.core.account import MAIN
from notifier.flow.poll import confirm, last_read, last_reading, miss, take
from notifier.ports import Question, Unreadable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Mapping

    from notifier.clock import Clock
    from notifier.core.account import Account, Poll
    from notifier.core.calendar import Moment
    from notifier.core.facts import Reading
    from notifier.flow.declare import Declaration
    from notifier.ports import Heard, Source
    from notifier.store.store import Store

POLL_EVERY = 30 * 60  # seconds; costs come in whole days, so this is about noticing, not about precision
POLLS_AT_ONCE = 8
EARLY = 4  # a part is asked up to a quarter of a round before it is due: rounds come with jitter
LONGEST_REST = 6 * 3600  # seconds between two questions to who keeps refusing
PATIENCE = 30  # seconds for which a wait that the provider names is waited for at once
LONGEST_ANSWER = 600  # seconds that one part may take
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Outer:
    """What polling needs: the *store*, the *clock*, a *source* by its kind, a *secret* by its name."""

    store: Store
    clock: Clock
    source: Callable[[str], Source]
    secret: Callable[[str], str | None]


@dataclass(slots=True)
class _Turn:
    """When a part is asked next, how often it failed in a row, and what stands for its last answer."""

    due: Moment = 0
    failed: int = 0
    seen: bytes = b""


@dataclass(slots=True)
class _Rest:
    """Until when a whole source of an account is left alone, as long as its key is the one that was refused."""

    until: Moment
    failed: int
    key: bytes


@dataclass(slots=True)
class _Watched:
    """One account that is polled, and what is remembered between two rounds."""

    account: Account
    organization: str
    every: int
    turns: dict[str, _Turn] = field(default_factory=dict)
    rests: dict[str, _Rest] = field(default_factory=dict)

    def due(self, at: Moment, wait: int) -> Moment:
        """From when on a round counts as *wait* seconds after *at*."""
        return at + wait - self.every // EARLY


class Polls:
    """The polls of one process. *news* is called when something that was read has to be judged."""

    def __init__(self, outer: Outer, news: Callable[[], None]) -> None:
        self._outer, self._news = outer, news
        self._watched: dict[str, _Watched] = {}
        self._at_once = asyncio.Semaphore(POLLS_AT_ONCE)

    @property
    def accounts(self) -> dict[str, Account]:
        """The accounts that are polled, by id."""
        return {name: each.account for name, each in self._watched.items()}

    def follow(
        self,
        declared: Mapping[str, Declaration | None],
        every: Callable[[str, int, Callable[[], Awaitable[None]]], None],
        no_longer: Callable[[str], None],
    ) -> list[Account]:
        """Poll exactly the *declared* accounts from now on; returns those that are new or changed.

        An account without its declaration (None) is polled on as it was. *every* and *no_longer* are the engine's.
        """
        for gone in self._watched.keys() - declared.keys():
            no_longer(f"poll {gone}")
            del self._watched[gone]
        fresh = []
        for name, declaration in declared.items():
            if declaration is None or not self._is_new(declaration):
                continue
            account = declaration.account
            rhythm = self._rhythm(account)
            self._watched[name] = _Watched(account, str(declaration.facts.get("organization") or ""), rhythm)
            every(f"poll {name}", rhythm, partial(self.poll, name))
            fresh.append(account)
        return fresh

    def _is_new(self, declaration: Declaration) -> bool:
        known = self._watched.get(declaration.account.id)
        organization = str(declaration.facts.get("organization") or "")
        return known is None or (known.account, known.organization) != (declaration.account, organization)

    def _rhythm(self, account: Account) -> int:
        """Seconds between two rounds of *account*: those of the part that is asked most often."""
        return min(
            (self._every(poll, part) for poll in account.sources for part in poll.parts), default=POLL_EVERY
        )

    def _every(self, poll: Poll, part: str) -> int:
        usual = self._outer.source(poll.source).parts.get(part, POLL_EVERY)
        return max(poll.every, usual if part != MAIN else 0) or usual

    async def remember(self, accounts: Iterable[Account], *, main: bool) -> None:
        """Take over from the store when parts of *accounts* were read, so that they are not read again too soon.

        With *main* the main parts too; else these are asked at once.
        """
        several = list(accounts)
        for (name, reading), at in (await self._outer.store.aread(last_read, several)).items():
            watched = self._watched[name]
            for poll in watched.account.sources:
                for part in poll.parts:
                    if poll.reading(part) == reading and (main or part != MAIN):
                        watched.turns[reading] = _Turn(watched.due(at, self._every(poll, part)))

    async def poll(self, name: str) -> None:
        """Ask every source of the account called *name* for the parts whose turn it is."""
        watched = self._watched.get(name)
        for poll in watched.account.sources if watched is not None else ():
            assert watched is not None
            wait = await self._round(watched, poll)
            if wait:
                await asyncio.sleep(wait)
                await self._round(watched, poll)

    async def _round(self, watched: _Watched, poll: Poll) -> int:
        """Ask *poll* once; returns the seconds after which it wants to be asked again, 0 if it does not."""
        async with self._at_once:
            key = self._key(poll)
            rest = watched.rests.get(poll.reading(MAIN))
            if rest is not None and rest.until > self._outer.clock.now() and rest.key == _print(key):
                return 0
            for part in poll.parts:
                try:
                    await self._ask(watched, poll, part, key)
                except _Stopped as stopped:
                    return stopped.wait
            watched.rests.pop(poll.reading(MAIN), None)
            return 0

    def _key(self, poll: Poll) -> str | None:
        return self._outer.secret(poll.key) if poll.key else ""

    async def _ask(self, watched: _Watched, poll: Poll, part: str, key: str | None) -> None:
        """Ask for *part* if its turn has come.

        Raises:
            _Stopped: the other parts would fare no better, or a short wait was asked for.
        """
        now, reading = self._outer.clock.now(), poll.reading(part)
        turn = watched.turns.setdefault(reading, _Turn())
        if turn.due > now:
            return
        try:
            heard = await self._read(watched, poll, part, key, turn.seen)
        except Unreadable as error:
            turn.failed, turn.seen = turn.failed + 1, b""
            if error.again_in and error.again_in <= PATIENCE and turn.failed == 1:
                raise _Stopped(error.again_in) from None
            await self._miss(watched.account.id, reading, error.why, now)
            self._put_off(watched, poll, part, error, key)
        else:
            turn.due, turn.failed = watched.due(now, self._every(poll, part)), 0
            await self._take(watched.account.id, reading, heard, turn, now)

    async def _read(self, watched: _Watched, poll: Poll, part: str, key: str | None, seen: bytes) -> Heard:
        account = watched.account
        if key is None:
            why = f"the secret {poll.key} is neither in the environment nor in the secrets folder"
            raise Unreadable(why, whole=True)
        before = partial(self._before, account.id, poll.reading(part))
        now = self._outer.clock.now()
        question = Question(account, poll, key, now, part, watched.organization, before, seen)
        try:
            async with asyncio.timeout(LONGEST_ANSWER):
                return await self._outer.source(poll.source).read(question)
        except Unreadable:
            raise
        except TimeoutError:
            raise Unreadable(f"it did not end its answer within {LONGEST_ANSWER // 60} minutes") from None
        except Exception as error:  # noqa: BLE001  its words may hold the key: only its kind and place are said
            raise Unreadable(f"a fault in the source: {type(error).__name__} at {_place(error)}") from None

    async def _before(self, account: str, reading: str) -> Reading | None:
        return await self._outer.store.aread(last_reading, account, reading)

    async def _take(self, account: str, reading: str, heard: Heard, turn: _Turn, now: Moment) -> None:
        """Keep what was *heard*; if nothing is new, only that it was read."""
        news: bool | None = None
        if heard.reading is not None:
            news = await self._outer.store.awrite(take, account, heard.reading)
        else:
            news = await self._outer.store.awrite(confirm, account, reading, now)
        turn.seen = b"" if news is None else heard.seen  # None: its reading is gone, so it has to be read in full
        if news is None:
            turn.due = 0
        if news:
            self._news()

    async def _miss(self, account: str, source: str, why: str, now: Moment) -> None:
        """Note that *source* could not be read; the first time that is news to be judged."""
        log.warning("unreadable", action="poll_failed", account=account, source=source, why=why)
        if await self._outer.store.awrite(miss, account, source, why, now):
            self._news()

    def _put_off(self, watched: _Watched, poll: Poll, part: str, error: Unreadable, key: str | None) -> None:
        """Ask less often who refused, or when they asked to be asked again.

        Raises:
            _Stopped: the other parts would fare no better.
        """
        now, every, main = self._outer.clock.now(), self._every(poll, part), poll.reading(MAIN)
        turn, rest, wait = watched.turns[poll.reading(part)], watched.rests.get(main), error.again_in or 0
        if not error.whole:
            turn.due = max(watched.due(now, _longer(every, turn.failed)), now + wait)
            return
        failed = (rest.failed if rest is not None else 0) + 1
        until = max(watched.due(now, _longer(every, failed)), now + wait)
        watched.rests[main] = _Rest(until, failed, _print(key))
        raise _Stopped(0)


class _Stopped(Exception):
    """No other part is asked in this round; after *wait* seconds, if that is not 0, they are."""

    def __init__(self, wait: int) -> None:
        super().__init__()
        self.wait = wait


def _longer(every: int, failed: int) -> int:
    """The seconds until the next question after so many failures in a row: doubled each time, to six hours."""
    return max(every, min(every << min(failed - 1, 10), LONGEST_REST))


def _print(key: str | None) -> bytes:
    """What tells one key from another, without being one. It stays in memory."""
    return blake2b((key or "").encode(errors="replace"), digest_size=16).digest()


def _place(error: Exception) -> str:
    """Where *error* was raised: module and line, without a path of the machine."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{Path(frame.filename).name}:{frame.lineno}"
