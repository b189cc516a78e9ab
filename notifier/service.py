"""The wiring: start, work, stop. The only module that knows everybody."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import structlog

from notifier.core.calendar import Locale
from notifier.core.health import BEAT_EVERY
from notifier.core.hold import MOST_AT_ONCE
from notifier.engines.embedded import Embedded
from notifier.files.places import read_files
from notifier.files.watch import edits
from notifier.flow import digest, itself
from notifier.flow.act import act
from notifier.flow.declare import declare
from notifier.flow.hold import begin, weigh
from notifier.flow.itself import Rejected
from notifier.flow.judge import judge
from notifier.lanes import Lanes
from notifier.polls import Outer, Polls
from notifier.pulse import Pulse
from notifier.pushes import Pushes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence

    from notifier.clock import Clock
    from notifier.core.account import Account
    from notifier.core.audience import Ways
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.engines.engine import Engine
    from notifier.files.places import Files, Places
    from notifier.flow.declare import Declaration
    from notifier.flow.deliver import Outlets
    from notifier.ports import Source, Tx
    from notifier.store.store import Store
    from notifier.web.server import Site

PACE = 5  # seconds that `once` waits for a destination that is told at a measured pace
LONGEST_ROUND = 15 * 60  # seconds after which `once` gives up what it does
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class World:
    """What a service is given: the outside world, real or simulated.

    *source* gives a source by its kind, *secret* a secret by its name. *ping* hears every
    five minutes what is wrong with the service, also if nothing is; *site* answers who asks. *engine* makes what
    calls the work, on the clock.
    """

    clock: Clock
    store: Store
    outlets: Outlets
    source: Callable[[str], Source]
    secret: Callable[[str], str | None]
    hold_above: int = MOST_AT_ONCE
    first_round: Callable[[], None] | None = None
    ping: Callable[[Sequence[str]], Awaitable[None]] | None = None
    site: Site | None = None
    engine: Callable[[Callable[[], Awaitable[Moment]], Clock], Engine] = Embedded


class Service:
    """One running notifier."""

    def __init__(self, places: Places, files: Files, world: World) -> None:
        self._places, self._files, self._world = places, files, world
        self._store, self._clock = world.store, world.clock
        self._engine = world.engine(self._work, world.clock)
        self._pulse = Pulse(world.store, world.clock, self._engine.rhythm)
        boot = secrets.token_hex(8)  # names this process in what it claims
        self._lanes = Lanes(world.store, world.clock, world.outlets, boot, self._engine.nudge)
        self._polls = Polls(Outer(world.store, world.clock, world.source, world.secret), self._engine.nudge)
        self._pushes = Pushes(
            world.store, world.clock, world.secret, lambda: self._files.rulebook, self._engine.nudge
        )
        self._background: set[asyncio.Task[None]] = set()
        self._taking_over = 0  # edits whose accounts are still being polled for the first time
        self._read_once = self._announced = False

    @property
    def busy(self) -> bool:
        """Whether something goes on beside the work, a first poll or telling; its end nudges the engine."""
        return bool(self._taking_over or self._lanes.busy)

    async def run(self, stopped: asyncio.Event) -> None:
        """Watch, judge and tell until *stopped* is set."""
        fresh = await self._declare("The service was started")
        await self._polls.remember(fresh, main=False)
        self._engine.start()
        self._be_looked_after()
        self._beside(self._watch())
        self._beside(self._first_polls(fresh))
        try:
            await stopped.wait()
        finally:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)
            await self._engine.stop()
            await self._lanes.stop()

    async def once(self) -> None:
        """Do everything that is due now, and end.

        An account is polled if its last reading is as old as the rhythm of polling. What could not be told is left
        to the next call; only the pace of a destination, about a second, is waited for. Whatever goes wrong with
        the work itself is raised, after the dead-man's switch was told.
        """
        try:
            async with asyncio.timeout(LONGEST_ROUND):
                await self._do_what_is_due()
        except Exception as error:
            await self._ping([f"The work failed: {type(error).__name__}."])
            raise
        finally:
            await self._lanes.stop()
        await self._beat()

    async def _do_what_is_due(self) -> None:
        declared = await self._declare("`notifier once` was called")
        await self._polls.remember(declared, main=True)
        await self._first_polls(declared)
        coming = await self._work()
        # A lane that became free during the work nudged: what is left for it was not counted then.
        while self._engine.nudged() or self._lanes.busy or coming <= self._clock.now() + PACE:
            if self._lanes.busy:
                await self._lanes.one_is_free()
            elif coming <= self._clock.now() + PACE:
                await asyncio.sleep(max(coming - self._clock.now(), 0.1))
            coming = await self._work()

    def _beside(self, work: Coroutine[None, None, None]) -> None:
        """Let *work* go on beside everything else; if it fails, the log says so and the rest goes on."""
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._background.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None:
            log.error("work beside failed", action="background_failed", exc_info=error)

    def _be_looked_after(self) -> None:
        """Show others that the service lives, where anybody wants to know."""
        if self._world.ping is None and self._world.site is None:
            return
        self._engine.every("heartbeat", BEAT_EVERY, self._beat)
        self._beside(self._beat())
        if self._world.site is not None:
            self._beside(self._world.site.serve(self._pulse.ailments, self._pushes))

    async def _beat(self) -> None:
        await self._ping(await self._pulse.beat())

    async def _ping(self, wrong: Sequence[str]) -> None:
        if self._world.ping is not None:
            await self._world.ping(wrong)

    async def _work(self) -> Moment:
        """Everything that is due now; returns the next moment."""
        now, rulebook, all_read = self._clock.now(), self._files.rulebook, self._read_once
        taken_over = not self._taking_over
        await self._store.awrite(_begin, rulebook, now, self._world.outlets.ways)
        while await self._store.awrite(judge, rulebook, now, self._world.outlets.ways):
            pass
        if taken_over:
            await self._store.awrite(weigh, self._world.hold_above, now, self._world.outlets.ways)
        await self._lanes.fill(rulebook, now)
        busy = self._lanes.busy if self._lanes.room else None
        coming = await self._store.aread(lambda tx: tx.next_moment(now, busy))
        if all_read and not self._announced and not self._lanes.busy and self._world.first_round is not None:
            self._announced = True
            self._world.first_round()
        return coming

    async def _first_polls(self, accounts: Iterable[Account]) -> None:
        """Poll *accounts* for the first time: what that tells belongs to the edit that declared them."""
        try:
            await asyncio.gather(*(self._polls.poll(account.id) for account in accounts))
        finally:
            self._taking_over -= 1
        self._read_once = True
        self._engine.nudge()

    # -- edits --------------------------------------------------------------------------------------------

    async def _declare(self, why: str) -> list[Account]:
        """Take over the accounts as they are declared (*why*: what people did), and hold what that would tell.

        A faulty account stays as it was, and is polled on. Returns the accounts to be polled at once; until that
        is done nothing of the edit is told.
        """
        files = self._files
        polled: dict[str, Declaration | None] = {
            each.account.id: each for each in files.declared if each.account.sources
        }
        keep = frozenset[str]()
        if files.account_faults:
            keep = frozenset(await self._store.aread(lambda tx: tx.account_ids()))
            named = {each.account.id for each in files.declared}
            polled |= dict.fromkeys(self._polls.accounts.keys() - named)
        self._taking_over += 1
        now, ways = self._clock.now(), self._world.outlets.ways
        await self._store.awrite(_take_over, why, files, now, keep, ways)
        return self._polls.follow(polled, self._engine.spread, self._engine.no_longer)

    async def _watch(self) -> None:
        """Take over edits of rules and accounts, and look into the inbox when somebody knocks."""
        self._places.wake.touch()
        async for changed in edits(self._places.watched()):
            if not changed or any(self._places.concerns(path) for path in changed):
                await self._reload()
            if not changed or any(path.name == self._places.wake.name for path in changed):
                self._engine.nudge()

    async def _reload(self) -> None:
        """Read the files again. Faulty rules leave the last good ones in force, a faulty account its own."""
        files = read_files(self._places, self._clock.now(), self._files.rulebook)
        for fault in [*files.rule_faults, *files.account_faults]:
            log.error("not taken over", action="edit_rejected", fault=str(fault))
        same_rules = files.rulebook.fingerprint == self._files.rulebook.fingerprint
        if same_rules and (files.declared, files.account_faults, files.service) == (
            self._files.declared,
            self._files.account_faults,
            self._files.service,
        ):
            await self._note_rejected(files)
            return
        if not files.account_faults:
            log.info("files read again", action="edit_accepted", rules_changed=not same_rules)
        self._files = files
        fresh = await self._declare("The accounts files were edited" if same_rules else "The rules were edited")
        self._engine.nudge()
        self._beside(self._first_polls(fresh))

    async def _note_rejected(self, files: Files) -> None:
        """Note which mistakes are in the *files* now, where an edit changes nothing but that."""
        if files.rule_faults != self._files.rule_faults:
            self._files = files
            await self._store.awrite(itself.reject, _rejected(files), self._clock.now())
            self._engine.nudge()


def _begin(tx: Tx, rulebook: Rulebook, now: Moment, ways: Ways) -> None:
    """What comes before anything is judged: what people did, and the digests whose moment has come."""
    act(tx, now, ways)
    digest.due(tx, rulebook, now, ways)


def _take_over(tx: Tx, why: str, files: Files, now: Moment, keep: frozenset[str], ways: Ways) -> None:
    begin(tx, why, now)
    tx.put_rules(files.rulebook.fingerprint, files.rulebook.programs, now)
    declare(tx, [*files.declared, _itself(files)], now, keep=keep)
    itself.reject(tx, _rejected(files), now)
    digest.arm(tx, now, ways)


def _itself(files: Files) -> Declaration:
    """The account of the service, at home where the first account is."""
    locale = next((each.account.locale for each in files.declared), Locale(ZoneInfo("UTC")))
    return itself.declaration(locale, files.service)


def _rejected(files: Files) -> Rejected:
    """What of *files* is not taken over."""
    first = str(files.rule_faults[0]) if files.rule_faults else ""
    return Rejected(first, len(files.account_faults))
