"""``notifier deliveries``: what is owed to whom, and how far it came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click
from rich.console import Console as Terminal
from rich.padding import Padding
from rich.text import Text

from notifier.clock import Clock
from notifier.commands.database import look
from notifier.commands.known import where
from notifier.commands.status.words import say_failing
from notifier.core.calendar import FOREVER
from notifier.core.delivery import State
from notifier.core.words import iso, plain, say_time
from notifier.flow.redeliver import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery

MOST_TOLD = 10  # of what was told; more with --all
WIDEST = 100
STYLES = {State.GIVEN_UP: "bold red", State.DONE: "green", State.DROPPED: "dim", State.HELD: "magenta"}


@dataclass(frozen=True, slots=True)
class Options:
    """The commands' options."""

    destination: str | None = None
    all: bool = False
    format: str = "text"
    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None
    demo: bool = False


def deliveries(options: Options) -> None:
    """Show the outbox: what could not be told, what waits, what was told last."""
    now = Clock().now()
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    found, destinations = look(places, lambda tx: (tx.deliveries(), tx.destinations()))
    asked = options.destination
    shown = [each for each in found if asked in (None, each.destination) and not each.leader]
    if options.format == "json":
        click.echo(json.dumps([_document(each, found) for each in shown], ensure_ascii=False, indent=2))
        return
    terminal = Terminal(highlight=False)
    terminal.width = min(terminal.width, WIDEST)
    for destination in destinations:
        if destination.failing_since and asked in (None, destination.name):
            terminal.print(Text(plain(say_failing(destination, now)), style="bold magenta"))
    _list(terminal, shown, found, now, everything=options.all)


def _list(
    terminal: Terminal, shown: Sequence[Delivery], found: Sequence[Delivery], now: Moment, *, everything: bool
) -> None:
    over = [each for each in shown if each.state in (State.DONE, State.DROPPED)]
    left = [each for each in shown if each.state not in (State.DONE, State.DROPPED)]
    if not shown:
        terminal.print("Nothing was owed to anybody yet.")
    for each in left:
        _entry(terminal, each, found, now)
    recent = over if everything else over[-MOST_TOLD:]
    if shown and not left:
        terminal.print("Everything that was owed is told.")
    for each in recent:
        _entry(terminal, each, found, now)
    if len(recent) < len(over):
        terminal.print(f"and {len(over) - len(recent):,} earlier; `deliveries --all` shows them")


def _entry(terminal: Terminal, each: Delivery, found: Sequence[Delivery], now: Moment) -> None:
    """One delivery: its name, what it is about, where it goes, and how far it came."""
    state = Text(f"{name_of(each):>6}  {each.state}", style=STYLES.get(each.state, "yellow"))
    terminal.print(state, Text(plain(f"{title_of(each, found)} → {each.destination}")), soft_wrap=False)
    terminal.print(Padding(Text(plain(_how(each, now)), style="dim"), (0, 0, 0, 8), expand=False))


def title_of(each: Delivery, found: Sequence[Delivery]) -> str:
    """What a delivery is about: as it was composed, else its rule and account."""
    if each.post is not None:
        return each.post.title
    many = sum(other.leader == each.id for other in found)
    about = f"{each.account}, {each.item}" if each.item else each.account
    return f"{each.rule} · {about}" + (f" and {many} more" if many else "")


def _how(each: Delivery, now: Moment) -> str:
    owed = f"{each.told.reason}, owed {say_time(each.told.at, now)}"
    tried = f"; tried {each.attempts} time{'' if each.attempts == 1 else 's'}" if each.attempts else ""
    again = ""
    if each.state is State.HELD and each.due_at < FOREVER:
        again = f"; rests until {say_time(each.due_at, now)}"
    if each.state is State.DUE:
        again = f"; {'again' if each.attempts else 'due'} {say_time(each.due_at, now)}"
    doubt = "; an earlier attempt may have arrived" if each.doubt else ""
    why = f": {each.why}" if each.why else ""
    return f"{owed}{tried}{again}{doubt}{why}"


def _document(each: Delivery, found: Sequence[Delivery]) -> dict[str, object]:
    return {
        "delivery": name_of(each),
        "about": title_of(each, found),
        "rule": each.rule,
        "account": each.account,
        "grant": each.grant,
        "item": each.item or None,
        "destination": each.destination,
        "reason": str(each.told.reason),
        "state": str(each.state),
        "owed": iso(each.told.at),
        "due": iso(each.due_at) if each.state in (State.DUE, State.HELD) and each.due_at < FOREVER else None,
        "attempts": each.attempts,
        "in_doubt": bool(each.doubt),
        "why": each.why,
        "receipt": each.receipt or None,
        "tells_too": [name_of(other) for other in found if other.leader == each.id],
    }
