"""``notifier run --demo --speed 1day/s``: a grant's year, played on the real service in simulated time."""

from __future__ import annotations

import asyncio
import signal
from contextlib import ExitStack
from datetime import date, timedelta
from pathlib import Path
from shlex import quote
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from rich.text import Text

from notifier.commands.common import SHIPPED_RULES, called, stop
from notifier.commands.run.greeting import Hints
from notifier.commands.run.house import Plan, furnish, open_store
from notifier.commands.run.outside import Outside
from notifier.core.calendar import Duration, parse_span
from notifier.demo.group import KEY_NAME, TEXT, Group
from notifier.demo.play import Play
from notifier.demo.provider import Provider
from notifier.demo.simulated import SimulatedClock
from notifier.demo.tally import summary
from notifier.demo.year import LENGTH, Year
from notifier.files.places import Places, read_files
from notifier.sources.openai.reader import OpenAI
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console as Terminal

    from notifier.core.calendar import Moment
    from notifier.demo.play import Tally
    from notifier.net import Net
    from notifier.ports import Source

BEGINS_AT = 7 * 3600  # seconds after midnight UTC: before the hour of telling
EPOCH = date(1970, 1, 1)
GREETING = (
    "One group, from the acceptance of its grant to two weeks after its access ended: simulated people and a "
    "simulated provider, the real service. Commands stand where real people would find them. Ctrl-C ends it."
)


def simulated_seconds(speed: str) -> int:
    """How many simulated seconds pass in one, by ``1day/s``, ``6h/s``, ``1 week/s``.

    Raises:
        ValueError: *speed* is none; the message says how one is written.
    """
    length, slash, second = speed.rpartition("/")
    try:
        span = parse_span(length)
    except ValueError:
        span = Duration(0, "")
    if not slash or second.strip() not in ("s", "second") or isinstance(span, Duration):
        raise ValueError(f"{speed!r} is no speed such as 1day/s, 6h/s or 1week/s")
    return span


def play(speed: str, state: Path | None, today: date, terminal: Terminal) -> None:
    """Play the year that begins *today*; everything is kept in *state*, if it is given, else nowhere."""
    try:
        seconds = simulated_seconds(speed)
    except ValueError as error:
        stop(f"--speed {error}")
    if state is not None and state.exists() and not (state.is_dir() and not any(state.iterdir())):
        stop(f"{state} is not an empty folder; a play begins anew, in one of its own")
    try:
        _played(seconds, state, today, terminal)
    except StoreError as error:
        stop(str(error))
    except OSError as error:
        stop(f"{state} cannot be used: {error.strerror}")


def _played(seconds: int, state: Path | None, today: date, terminal: Terminal) -> None:
    with ExitStack() as stack:
        folder = state or Path(stack.enter_context(TemporaryDirectory(prefix="notifier-play-")))
        terminal.print(Text(GREETING, style="dim"))
        tally = perform(folder, today, terminal, seconds)
        terminal.print(summary(tally))
        if state is not None:
            files = f"--state {quote(str(state))} --accounts {quote(str(state / 'accounts.yaml'))}"
            terminal.print(Text(f"What the service kept: {called()} log aurora {files}"), soft_wrap=True)


def perform(folder: Path, today: date, terminal: Terminal, speed: int | None = None, days: int = LENGTH) -> Tally:
    """Play in *folder* the year that begins *today*, or *days* of it; without *speed* as quickly as it goes."""
    group = Group(today)
    clock = SimulatedClock((today - EPOCH).days * 86_400 + BEGINS_AT)
    played = Play(Year(group, days), clock, terminal, speed)
    with ExitStack() as stack:
        simulated = Provider(group.known_by, lambda: _day(clock.now()))
        simulated.start()
        stack.callback(simulated.stop)
        plan = _plan(folder, group, clock, played, simulated.url)
        store = open_store(plan, stack)
        house = furnish(plan, store, terminal)

        async def until_over() -> None:
            stopped = asyncio.Event()
            for number in (signal.SIGINT, signal.SIGTERM):
                asyncio.get_running_loop().add_signal_handler(number, stopped.set)
            try:
                await played.perform(house.service, store, stopped)
            finally:
                await house.aclose()

        asyncio.run(until_over())
    return played.tally


def _plan(folder: Path, group: Group, clock: SimulatedClock, played: Play, url: str) -> Plan:
    folder.mkdir(parents=True, exist_ok=True)
    places = Places(SHIPPED_RULES, folder / "accounts.yaml", folder)
    places.accounts.write_text(TEXT.format(accepted=group.accepted), encoding="utf-8")

    def key(name: str) -> str | None:
        return group.key if name == KEY_NAME else None

    def source(net: Net) -> Callable[[str], Source]:
        return lambda _: OpenAI(net, url)

    outside = Outside(source, key, engine=played.engine, hears=played.listen)
    return Plan(places, read_files(places, clock.now()), clock, outside, Hints("", "check"))


def _day(moment: Moment) -> date:
    return EPOCH + timedelta(moment // 86_400)
