"""``notifier run``: the service, for real or as a demo."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import ExitStack
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import structlog
from rich.console import Console as Terminal
from rich.text import Text

from notifier.channels.console import Console
from notifier.clock import Clock
from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, refuse, stop
from notifier.commands.known import configured
from notifier.commands.misset import misset
from notifier.commands.run.greeting import Hints, announce, greet, say_who_hears, typed
from notifier.commands.run.outside import Outside, Told
from notifier.core.calendar import utc
from notifier.files.accounts import accounts_files
from notifier.files.places import Files, Places, read_files
from notifier.net import Net
from notifier.service import Service, World
from notifier.sources.openai import OpenAI
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

QUIET = ("aiosmtplib", "alembic", "apscheduler", "httpx", "httpcore", "slack_sdk", "watchfiles")


def run(rules: Path | None, accounts: Path | None, state: Path | None, *, demo: bool) -> None:
    """Start the service and stay until Ctrl-C or SIGTERM."""
    _log()
    if demo and (rules or accounts or state):
        stop("the demo brings its own rules, accounts and state: leave the other options out")
    with ExitStack() as stack:
        try:
            _run_demo(stack) if demo else _run(rules, accounts, state, stack)
        except StoreError as error:
            stop(str(error))


def _run(rules: Path | None, accounts: Path | None, state: Path | None, stack: ExitStack) -> None:
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
    outside = Outside(lambda net: {"openai": OpenAI(net)}, settings.secret, settings, settings.hold_above)
    _serve(places, files, clock, outside, stack, hints)


def _run_demo(stack: ExitStack) -> None:
    from notifier.demo.stage import KEYS, provider, write_accounts  # noqa: PLC0415  only the demo needs it

    clock = Clock()
    today = utc(clock.now()).date()
    accounts, days = write_accounts(DEMO_STATE, today)
    simulated = provider(days, lambda: utc(clock.now()).date())
    simulated.start()
    stack.callback(simulated.stop)
    places = Places(SHIPPED_RULES, accounts, DEMO_STATE)
    hints = Hints(
        " --demo",
        "check",
        "Demo: simulated grants, polled from a simulated provider; nothing leaves this machine.\n",
    )
    outside = Outside(lambda net: {"openai": OpenAI(net, simulated.url)}, KEYS.get)
    _serve(places, read_files(places, clock.now()), clock, outside, stack, hints)


def _serve(places: Places, files: Files, clock: Clock, outside: Outside, stack: ExitStack, hints: Hints) -> None:
    terminal = Terminal(highlight=False, soft_wrap=False)
    if files.rule_faults or (files.account_faults and not files.declared):
        refuse([*files.rule_faults, *files.account_faults])
    store = Store.open(places.database, lock=True)
    stack.callback(store.close)
    for fault in files.account_faults:
        structlog.get_logger().error("account left out", action="account_rejected", fault=str(fault))
    greet(terminal, places, files, hints)

    command = partial(typed, hints.options)
    net, console = Net(), Console(terminal, places.record, places.letters, command)
    destinations = outside.destinations(net, console, command)
    if outside.settings is not None:
        say_who_hears(terminal, files, destinations.outlets, outside.settings.told_by)
    world = World(
        *(clock, store, destinations.outlets, outside.sources(net), outside.secret),
        hold_above=outside.hold_above,
        first_round=lambda: announce(terminal, files, hints, store),
    )
    asyncio.run(_until_stopped(Service(places, files, world), destinations, net))
    terminal.print(Text("Stopped.", style="dim"))


async def _until_stopped(service: Service, told: Told, net: Net) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await service.run(stopped)
    finally:
        await told.aclose()
        await net.aclose()


def _log() -> None:
    """Log to standard error, without the chatter of libraries."""
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.ERROR)
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
