"""``notifier run``: the service, for real or as a demo."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.text import Text

from notifier.clock import Clock
from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, stop
from notifier.commands.run.greeting import Hints, announce, greet, say_who_hears
from notifier.commands.run.house import House, Plan, furnish, open_store, plan
from notifier.commands.run.logged import log_to_stderr
from notifier.commands.run.outside import Outside
from notifier.core.calendar import utc
from notifier.files.places import Places, read_files
from notifier.sources.openai.reader import OpenAI
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path


def run(
    rules: Path | None, accounts: Path | None, state: Path | None, *, demo: bool, speed: str | None = None
) -> None:
    """Start the service and stay until Ctrl-C or SIGTERM; with *speed*, play the demo's year."""
    # As the first process of a container, nothing else would end it before its loop runs.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    if speed is not None and not demo:
        stop("--speed plays the demo, the real world keeps its own time: add --demo")
    if demo and (rules or accounts or (state and speed is None)):
        stop("the demo brings its own rules, accounts and state: leave the other options out")
    log_to_stderr(only_errors=speed is not None)
    if speed is not None:
        _play(speed, state)
        return
    with ExitStack() as stack:
        try:
            _serve(_demo(stack) if demo else _listening(plan(rules, accounts, state), stack), stack)
        except StoreError as error:
            stop(str(error))


def _play(speed: str, state: Path | None) -> None:
    from notifier.commands.run.playing import play  # noqa: PLC0415  only the demo needs it

    play(speed, state, utc(Clock().now()).date(), Terminal(highlight=False, soft_wrap=False))


def _listening(given: Plan, stack: ExitStack) -> Plan:
    """*given* with its port open, where one is set: a port that cannot be had ends the start at once."""
    settings = given.outside.settings
    if settings is None or settings.port is None:
        return given
    from notifier.web.server import Site  # noqa: PLC0415  who has no port loads nothing of it

    try:
        site = Site.open(settings.bind, settings.port)
    except OSError as error:
        why = os.strerror(error.errno or 0)  # its own text repeats the address
        stop(f"NOTIFIER_PORT {settings.port} at {settings.bind} cannot be had: {why}")
    stack.callback(site.close)
    return replace(given, outside=replace(given.outside, site=site))


def _demo(stack: ExitStack) -> Plan:
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
    outside = Outside(lambda net: lambda _: OpenAI(net, simulated.url), KEYS.get)
    return Plan(places, read_files(places, clock.now()), clock, outside, hints)


def _serve(given: Plan, stack: ExitStack) -> None:
    terminal = Terminal(highlight=False, soft_wrap=False)
    store = open_store(given, stack)
    files, hints = given.files, given.hints
    greet(terminal, given.places, files, hints)
    house = furnish(given, store, terminal, first_round=lambda: announce(terminal, files, hints, store))
    if given.outside.settings is not None:
        say_who_hears(terminal, files, house.told.outlets, given.outside.settings.told_by)
    asyncio.run(_until_stopped(house))
    terminal.print(Text("Stopped.", style="dim"))


async def _until_stopped(house: House) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    try:
        await house.service.run(stopped)
    finally:
        await house.aclose()
