"""The wiring: start, work, stop. The only module that knows everybody."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

import structlog

from notifier.engines.embedded import Embedded
from notifier.files.accounts import read_accounts, years_around
from notifier.files.rulebook import read_rulebook
from notifier.files.watch import edits
from notifier.flow.act import act
from notifier.flow.declare import Declaration, declare
from notifier.flow.deliver import prepare, settle, tell
from notifier.flow.judge import judge
from notifier.flow.poll import miss, take
from notifier.ports import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from notifier.clock import Clock
    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.files.positions import Fault
    from notifier.ports import Channel, Source
    from notifier.store.store import Store

POLL_EVERY = 30 * 60  # seconds; costs come in whole days, so this is about noticing, not about precision
POLLS_AT_ONCE = 8
log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Places:
    """Where the files are that people edit, and the folder that the service writes to."""

    rules: Path
    accounts: Path
    state: Path

    @property
    def database(self) -> Path:
        """The SQLite file."""
        return self.state / "notifier.db"

    @property
    def record(self) -> Path:
        """What the console has told."""
        return self.state / "console.jsonl"

    @property
    def letters(self) -> Path:
        """Letters, as files that a mail program opens."""
        return self.state / "letters"

    @property
    def wake(self) -> Path:
        """The file that a command touches to say that something stands in the inbox."""
        return self.state / "wake"

    def accounts_files(self) -> list[tuple[Path, str]]:
        """The accounts file and those in the folder of the same name, each with what faults call it."""
        more = sorted(self.accounts.with_suffix("").glob("*.yaml"))
        files = ([self.accounts] if self.accounts.exists() else []) + more
        return [
            (path, path.name if path == self.accounts else f"{path.parent.name}/{path.name}") for path in files
        ]


@dataclass(frozen=True, slots=True)
class Files:
    """What the files say now, and what is wrong with them."""

    rulebook: Rulebook
    declared: list[Declaration]
    rule_faults: list[Fault] = field(default_factory=list)
    account_faults: list[Fault] = field(default_factory=list)


def read_files(places: Places, now: Moment) -> Files:
    """Read rules, drafts and accounts; every fault is in the answer."""
    rule_faults: list[Fault] = []
    account_faults: list[Fault] = []
    rulebook = read_rulebook(places.rules, places.rules.name, rule_faults)
    declared = read_accounts(places.accounts_files(), rulebook.programs, years_around(now), account_faults)
    return Files(rulebook, declared, rule_faults, account_faults)


@dataclass(frozen=True, slots=True)
class World:
    """What a service is given: the outside world, real or simulated."""

    clock: Clock
    store: Store
    channels: Mapping[str, Channel]
    sources: Mapping[str, Source]
    secret: Callable[[str], str | None]
    first_round: Callable[[], None] | None = None


class Service:
    """One running notifier."""

    def __init__(self, places: Places, files: Files, world: World) -> None:
        self._places, self._files, self._world = places, files, world
        self._store, self._clock = world.store, world.clock
        self._boot = secrets.token_hex(8)
        self._engine = Embedded(self._work, world.clock)
        self._polled: dict[str, Account] = {}
        self._polls_at_once = asyncio.Semaphore(POLLS_AT_ONCE)
        self._background: set[asyncio.Task[None]] = set()
        self._read_once = self._announced = False

    async def run(self, stopped: asyncio.Event) -> None:
        """Watch, judge and tell until *stopped* is set."""
        await self._declare()
        self._engine.start()
        tasks = [asyncio.create_task(self._watch()), asyncio.create_task(self._first_polls())]
        try:
            await stopped.wait()
        finally:
            for task in (*tasks, *self._background):
                task.cancel()
            await asyncio.gather(*tasks, *self._background, return_exceptions=True)
            await self._engine.stop()

    async def _work(self) -> Moment:
        """Everything that is due now; returns the next moment."""
        now = self._clock.now()
        rulebook = self._files.rulebook
        await self._store.awrite(act, now)
        while await self._store.awrite(judge, rulebook, now):
            pass
        while parcels := await self._store.awrite(prepare, rulebook, now, self._boot):
            outcomes = [await tell(parcel, self._world.channels) for parcel in parcels]
            await self._store.awrite(settle, outcomes, self._clock.now())
        coming = await self._store.aread(lambda tx: tx.next_moment())
        if self._read_once and not self._announced and self._world.first_round is not None:
            self._announced = True
            self._world.first_round()
        return coming

    # -- polling ------------------------------------------------------------------------------------------

    def _schedule(self, accounts: Mapping[str, Account]) -> None:
        """Poll exactly *accounts* from now on, each in its own rhythm."""
        for gone in self._polled.keys() - accounts.keys():
            self._engine.no_longer(f"poll {gone}")
        for name in accounts:
            self._engine.every(f"poll {name}", POLL_EVERY, partial(self._poll_named, name))
        self._polled = dict(accounts)

    async def _first_polls(self) -> None:
        await asyncio.gather(*(self._poll(account) for account in self._polled.values()))
        self._read_once = True
        self._engine.nudge()

    async def _poll_named(self, name: str) -> None:
        await self._poll(self._polled[name])

    async def _poll(self, account: Account) -> None:
        for name, key_name in account.sources:
            async with self._polls_at_once:
                await self._read(account, name, key_name)

    async def _read(self, account: Account, name: str, key_name: str) -> None:
        now = self._clock.now()
        try:
            key = self._world.secret(key_name)
            if key is None:
                raise Unreadable(f"the secret {key_name} is neither in the environment nor in the secrets folder")
            reading = await self._world.sources[name].read(account, key, now)
        except Unreadable as error:
            log.warning("unreadable", action="poll_failed", account=account.id, source=name, why=error.why)
            await self._store.awrite(miss, account.id, name, error.why, now)
            return
        if await self._store.awrite(take, account.id, reading):
            self._engine.nudge()

    # -- edits --------------------------------------------------------------------------------------------

    async def _declare(self) -> None:
        files = self._files
        keep = frozenset[str]()
        if files.account_faults:
            keep = frozenset(await self._store.aread(lambda tx: tx.account_ids()))
        await self._store.awrite(declare, files.declared, self._clock.now(), keep=keep)
        self._schedule({each.account.id: each.account for each in files.declared if each.account.sources})

    async def _watch(self) -> None:
        """Take over edits of rules and accounts, and look into the inbox when somebody knocks."""
        self._places.wake.touch()
        folders = {self._places.rules, self._places.accounts.absolute().parent, self._places.state}
        async for changed in edits(sorted(folders)):
            if self._concerns(changed):
                await self._reload()
            if any(path.name == self._places.wake.name for path in changed):
                self._engine.nudge()

    def _concerns(self, changed: set[Path]) -> bool:
        accounts = self._places.accounts.absolute()
        return any(
            (
                path.suffix in {".yaml", ".txt"}
                and (
                    path.is_relative_to(self._places.rules.absolute())
                    or path.is_relative_to(accounts.with_suffix(""))
                )
            )
            or path == accounts
            for path in changed
        )

    async def _reload(self) -> None:
        """Read the files again. Faulty rules leave the last good ones in force, a faulty account its own."""
        files = read_files(self._places, self._clock.now())
        for fault in [*files.rule_faults, *files.account_faults]:
            log.error("not taken over", action="edit_rejected", fault=str(fault))
        if files.rule_faults:
            return
        same_rules = files.rulebook.fingerprint == self._files.rulebook.fingerprint
        log.info("files read again", action="edit_accepted", rules_changed=not same_rules)
        self._files = files
        await self._declare()
        for account in self._polled.values():
            self._spawn(account)
        self._engine.nudge()

    def _spawn(self, account: Account) -> None:
        task = asyncio.create_task(self._poll(account))
        self._background.add(task)
        task.add_done_callback(self._background.discard)
