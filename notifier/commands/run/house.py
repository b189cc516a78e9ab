"""What one run works with, from settings and files to a service: the same for `run`, its demo, and `once`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import structlog

from notifier.channels.console import Console
from notifier.clock import Clock
from notifier.commands.common import refuse, stop
from notifier.commands.known import configured
from notifier.commands.misset import misset
from notifier.commands.run.greeting import Hints, typed
from notifier.commands.run.outside import Outside, Told
from notifier.files.accounts import accounts_files
from notifier.files.places import Files, Places, read_files
from notifier.net import Net
from notifier.service import Service, World
from notifier.sources import Sources
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack
    from pathlib import Path

    from rich.console import Console as Terminal


@dataclass(frozen=True, slots=True)
class Plan:
    """Which files, on which clock, with which outside world; and how offered commands speak of the files."""

    places: Places
    files: Files
    clock: Clock
    outside: Outside
    hints: Hints


@dataclass(frozen=True, slots=True)
class House:
    """A service that is ready to run, and what is to be closed after it."""

    service: Service
    store: Store
    told: Told
    net: Net

    async def aclose(self) -> None:
        """Give back every connection."""
        await self.told.aclose()
        await self.net.aclose()


def plan(rules: Path | None, accounts: Path | None, state: Path | None) -> Plan:
    """The real plan: the files that options name, else settings. Ends where these have mistakes."""
    settings = configured()
    places = Places(rules or settings.rules, accounts or settings.accounts, state or settings.state)
    if not accounts_files(places.accounts):
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail; try `run --demo` first")
    given = {"rules": rules, "accounts": accounts, "state": state}
    options = {name: f" --{name} {quote(str(path))}" for name, path in given.items() if path is not None}
    folder = f" {quote(str(rules))}" if rules else ""
    hints = Hints("".join(options.values()), f"check{folder}{options.get('accounts', '')}")
    clock = Clock()
    files = read_files(places, clock.now())
    if wrong := list(misset(settings, files, places)):
        stop("\n".join(wrong))
    outside = Outside(Sources, settings.secret, settings, settings.hold_above)
    return Plan(places, files, clock, outside, hints)


def open_store(plan: Plan, stack: ExitStack) -> Store:
    """The database of *plan*, which nobody else may run on. Ends if no account can be watched.

    Raises:
        StoreError: it cannot be had.
    """
    files = plan.files
    if files.rule_faults or (files.account_faults and not files.declared):
        refuse([*files.rule_faults, *files.account_faults])
    store = Store.open(plan.places.database, lock=True)
    stack.callback(store.close)
    for fault in files.account_faults:
        structlog.get_logger().error("account left out", action="account_rejected", fault=str(fault))
    return store


def furnish(
    plan: Plan, store: Store, terminal: Terminal, *, first_round: Callable[[], None] | None = None
) -> House:
    """The service of *plan*, which tells on *terminal* what has no other destination."""
    command, outside = partial(typed, plan.hints.options), plan.outside
    net, console = Net(), Console(terminal, plan.places.record, plan.places.letters, command)
    told = outside.destinations(net, console, command)
    world = World(
        *(plan.clock, store, told.outlets, outside.source(net), outside.secret),
        hold_above=outside.hold_above,
        first_round=first_round,
        ping=outside.ping(net),
        site=outside.site,
        engine=outside.engine,
    )
    return House(Service(plan.places, plan.files, world), store, told, net)
