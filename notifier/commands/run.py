"""``notifier run``: the service, for real or as a demo."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING

import structlog
from rich.console import Console as Terminal
from rich.text import Text

from notifier.channels.console import Console
from notifier.clock import Clock
from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, called, refuse, stop
from notifier.core.audience import CONSOLE
from notifier.core.calendar import utc
from notifier.files.accounts import accounts_files
from notifier.net import Net
from notifier.service import Files, Places, Service, World, read_files
from notifier.sources.openai import OpenAI
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notifier.ports import Source

QUIET = ("alembic", "apscheduler", "httpx", "httpcore", "watchfiles")


def run(rules: Path | None, accounts: Path | None, state: Path | None, *, demo: bool) -> None:
    """Start the service and stay until Ctrl-C or SIGTERM."""
    _log()
    if demo and (rules or accounts or state):
        stop("the demo brings its own rules, accounts and state: leave the other options out")
    with ExitStack() as stack:
        try:
            _run_demo(DEMO_STATE, stack) if demo else _run(rules, accounts, state, stack)
        except StoreError as error:
            stop(str(error))


def _run(rules: Path | None, accounts: Path | None, state: Path | None, stack: ExitStack) -> None:
    from notifier.settings import Settings  # noqa: PLC0415  the demo never reads settings

    settings = Settings()
    places = Places(rules or settings.rules, accounts or settings.accounts, state or settings.state)
    if not accounts_files(places.accounts):
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail; try `run --demo` first")
    _serve(places, lambda net: {"openai": OpenAI(net)}, settings.secret, stack, demo=False)


def _run_demo(state: Path, stack: ExitStack) -> None:
    from notifier.demo.stage import KEYS, provider, write_accounts  # noqa: PLC0415  only the demo needs it

    clock = Clock()
    today = utc(clock.now()).date()
    accounts, days = write_accounts(state, today)
    simulated = provider(days, lambda: utc(clock.now()).date())
    simulated.start()
    stack.callback(simulated.stop)
    places = Places(SHIPPED_RULES, accounts, state)
    _serve(places, lambda net: {"openai": OpenAI(net, simulated.url)}, KEYS.get, stack, demo=True)


def _serve(
    places: Places,
    sources: Callable[[Net], dict[str, Source]],
    secret: Callable[[str], str | None],
    stack: ExitStack,
    *,
    demo: bool,
) -> None:
    clock, terminal = Clock(), Terminal(highlight=False, soft_wrap=False)
    files = read_files(places, clock.now())
    if files.rule_faults or (files.account_faults and not files.declared):
        refuse([*files.rule_faults, *files.account_faults])
    store = Store.open(places.database, lock=True)
    stack.callback(store.close)
    for fault in files.account_faults:
        structlog.get_logger().error("account left out", action="account_rejected", fault=str(fault))
    _greet(terminal, places, files, demo=demo)

    console = Console(terminal, places.record, places.letters, f"{called()} record{' --demo' if demo else ''}")
    net = Net()
    world = World(
        clock, store, {CONSOLE: console}, sources(net), secret, lambda: _announce(terminal, files, demo=demo)
    )
    asyncio.run(_until_stopped(Service(places, files, world), net))
    terminal.print(Text("Stopped.", style="dim"))


async def _until_stopped(service: Service, net: Net) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await service.run(stopped)
    finally:
        await net.aclose()


def _greet(terminal: Terminal, places: Places, files: Files, *, demo: bool) -> None:
    accounts, rules = len(files.declared), len(files.rulebook.rules)
    what = (
        "Demo: simulated grants, polled from a simulated provider; nothing leaves this machine.\n" if demo else ""
    )
    watching = (
        f"Watching {accounts} account{'s' if accounts != 1 else ''} by {rules} rules. State in {places.state}/."
    )
    terminal.print(Text(what + watching, style="dim"))


def _announce(terminal: Terminal, files: Files, *, demo: bool) -> None:
    """After the first round: what one may try next, usable as printed."""
    account = files.declared[0].account.id
    option = " --demo" if demo else ""
    commands = [
        (f"timeline{option} --account {account}", "what will be told over the whole grant, when and to whom"),
        (
            f'record{option} {account} credits_granted "1000 USD"',
            "the credits came: watch the alert being resolved",
        ),
        ("check", "every mistake in the rules that you edit"),
    ]
    told = "That is all for now. Ctrl-C ends; what was told is not repeated. In another terminal:"
    lines = [Text(f"\n{told}", style="bold")]
    lines += [Text(f"  {called()} {command:<52} # {why}") for command, why in commands]
    for line in lines:
        terminal.print(line, soft_wrap=True)


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
