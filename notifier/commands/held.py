"""``notifier release`` and ``notifier drop``: what becomes of the messages of an edit that would tell much."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import called, stop, user
from notifier.commands.database import look, put
from notifier.commands.known import where
from notifier.core.words import say_count, say_time
from notifier.flow.act import DROP, RELEASE
from notifier.flow.hold import ACCOUNT, waiting
from notifier.ports import Act

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.core.calendar import Moment
    from notifier.core.hold import Hold

DONE = {RELEASE: "They are told now, or when the service next runs.", DROP: "They are never told."}


@dataclass(frozen=True, slots=True)
class Options:
    """The commands' options."""

    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None
    demo: bool = False


def answer(verb: str, number: int | None, options: Options) -> None:
    """Put ``release`` or ``drop`` of what is held under *number* into the inbox; without a number of all."""
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    now = Clock().now()
    chosen = _chosen(look(places, waiting), number, now)
    put(places, [_act(verb, hold, now) for hold in chosen])
    for hold in chosen:
        click.echo(f"{_said(hold, now)}: {'released' if verb == RELEASE else 'dropped'}.")
    click.echo(DONE[verb])


def _act(verb: str, hold: Hold, now: Moment) -> Act:
    return Act(uuid.uuid4().hex, verb, ACCOUNT, str(hold.event), {}, now, user())


def _chosen(held: list[Hold], number: int | None, now: Moment) -> list[Hold]:
    if not held:
        stop("nothing is held")
    chosen = [hold for hold in held if number in (None, hold.event)]
    if not chosen:
        stop("\n".join([f"nothing is held under {number}; there are:", *(_listed(hold, now) for hold in held)]))
    return chosen


def _said(hold: Hold, now: Moment) -> str:
    return f"{say_count(hold.count, 'message')}, held since {say_time(hold.at, now)}"


def _listed(hold: Hold, now: Moment) -> str:
    return f"  {called()} release {hold.event}   # {_said(hold, now)}: {hold.why}"
