"""``notifier answered``: the answer to a letter came."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import click

from notifier.commands.common import called, stop
from notifier.commands.letters import meant, record, take_back

if TYPE_CHECKING:
    from notifier.commands.letters import Options

ANSWERED = "was answered"


def answered(account: str, letter: str, options: Options) -> None:
    """Record that the answer to *letter* came: nothing is waited for any more."""
    chosen = meant(account, letter, options)
    if options.undo:
        if options.on is not None:
            stop("`--undo` takes back what was recorded last; it goes without `--on`")
        take_back(chosen, "answered_on", ANSWERED)
        return
    day, sent = chosen.day(options.on, "answered_on"), chosen.value("sent_on")
    if not isinstance(sent, date):
        stop(f"nobody has recorded that {chosen.named} was sent; first: {called()} sent {chosen.typed} --on DATE")
    if day < sent:
        stop(f"{chosen.named} was sent on {chosen.said_day(sent)}, so its answer is not of {chosen.said_day(day)}")
    news = record(chosen, {"answered_on": day})
    click.echo(
        f"{'Recorded' if news else 'Recorded before'}: {chosen.named} {ANSWERED} on {chosen.said_day(day)}."
    )
