"""``notifier run``: the service, for real or as a demo."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import structlog
from rich.console import Console as Terminal
from rich.text import Text

from notifier.channels.console import Console
from notifier.clock import Clock
from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, called, refuse, stop
from notifier.commands.known import configured
from notifier.core.audience import CONSOLE
from notifier.core.calendar import utc
from notifier.core.hold import MOST_AT_ONCE
from notifier.core.message import Answer
from notifier.core.words import say_time
from notifier.files.accounts import accounts_files
from notifier.files.places import Files, Places, read_files
from notifier.flow.deliver import Outlets
from notifier.flow.hold import waiting
from notifier.net import Net
from notifier.service import Service, World
from notifier.sources.openai import OpenAI
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notifier.ports import Source

QUIET = ("alembic", "apscheduler", "httpx", "httpcore", "watchfiles")


@dataclass(frozen=True, slots=True)
class Hints:
    """What the offered commands need to speak of the same files: their options; and the greeting."""

    options: str
    check: str
    greeting: str = ""


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
    _serve(places, lambda net: {"openai": OpenAI(net)}, settings.secret, stack, hints, settings.hold_above)


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
    _serve(places, lambda net: {"openai": OpenAI(net, simulated.url)}, KEYS.get, stack, hints)


def _serve(
    places: Places,
    sources: Callable[[Net], dict[str, Source]],
    secret: Callable[[str], str | None],
    stack: ExitStack,
    hints: Hints,
    hold_above: int = MOST_AT_ONCE,
) -> None:
    clock, terminal = Clock(), Terminal(highlight=False, soft_wrap=False)
    files = read_files(places, clock.now())
    if files.rule_faults or (files.account_faults and not files.declared):
        refuse([*files.rule_faults, *files.account_faults])
    store = Store.open(places.database, lock=True)
    stack.callback(store.close)
    for fault in files.account_faults:
        structlog.get_logger().error("account left out", action="account_rejected", fault=str(fault))
    _greet(terminal, places, files, hints)

    console = Console(terminal, places.record, places.letters, partial(_typed, hints.options))
    net = Net()
    world = World(
        *(clock, store, Outlets({CONSOLE: console}.get), sources(net), secret),
        hold_above=hold_above,
        first_round=lambda: _announce(terminal, files, hints, store),
    )
    asyncio.run(_until_stopped(Service(places, files, world), net))
    terminal.print(Text("Stopped.", style="dim"))


def _typed(options: str, answer: Answer) -> str:
    """The command that gives *answer*, as one types it here; *options* say which files are meant."""
    return f"{called()} {answer.verb}{options} {answer.rest}".rstrip()


async def _until_stopped(service: Service, net: Net) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await service.run(stopped)
    finally:
        await net.aclose()


def _greet(terminal: Terminal, places: Places, files: Files, hints: Hints) -> None:
    accounts, rules = len(files.declared), len(files.rulebook.rules)
    watching = (
        f"Watching {accounts} account{'s' if accounts != 1 else ''} by {rules} rules. State in {places.state}/."
    )
    terminal.print(Text(hints.greeting + watching, style="dim"))


def _announce(terminal: Terminal, files: Files, hints: Hints, store: Store) -> None:
    """After the first round: what waits for a person, and what one may try next, usable as printed."""
    for hold in store.read(waiting):
        answers = [_typed(hints.options, Answer("", verb, str(hold.event))) for verb in ("release", "drop")]
        held = f"{hold.count:,} messages are held since {say_time(hold.at, hold.at)}, {utc(hold.at):%d %B}:"
        terminal.print(Text("\n    ".join([f"\n{held}", *answers])), soft_wrap=True)
    told = "That is all for now, and it is not repeated. Ctrl-C ends. In another terminal:"
    commands = [
        ("How every grant stands", f"status{hints.options}"),
        ("Every mistake in the rules that you edit", hints.check),
    ]
    watched = [each.account.id for each in files.declared if each.account.grants]
    if not watched:
        told = "No grant is watched yet; `enroll` adds one from its mail. In another terminal:"
    elif hints.greeting:  # the demo: its first grant waits for credits
        record = f'record{hints.options} {watched[0]} credits_granted "1000 USD"'
        commands.insert(0, ("The credits came: watch the alert being resolved", record))
    if watched:
        ahead = "What will be told, when, to whom, with which letter"
        commands.insert(0, (ahead, f"timeline{hints.options} --account {watched[0]}"))
    terminal.print(Text(f"\n{told}", style="bold"))
    for why, command in commands:
        terminal.print(Text(f"  {why}:\n    {called()} {command}"), soft_wrap=True)


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
