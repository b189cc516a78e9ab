"""``notifier sent``: a person has sent a letter that the service drafted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifier.commands.common import called, stop, user
from notifier.commands.letters import Meant, Options, meant, record, take_back
from notifier.core.words import plain

if TYPE_CHECKING:
    from notifier.core.facts import Observed

LONGEST_NAME = 100  # characters
SENT = "was sent"


def sent(account: str, letter: str, options: Options) -> None:
    """Record that *letter* was sent, when and by whom; from then on its answer is waited for."""
    chosen = meant(account, letter, options)
    if options.undo:
        if options.on is not None or options.by is not None:
            stop("`--undo` takes back what was recorded last; it goes without `--on` and `--by`")
        take_back(chosen, "sent_on", SENT)
        return
    day = chosen.day(options.on, "sent_on")
    by = _name(options.by)
    written = _as_written(chosen)
    news = record(chosen, {"sent_on": day, "sent_by": by, **written})
    first = "Recorded" if news else "Recorded before"
    to = chosen.value("to") or written.get("to")
    whom = plain(f", to {to}") if to else ""
    click.echo(f"{first}: {chosen.named} {SENT} on {chosen.said_day(day)} by {plain(by)}{whom}.")
    due = chosen.follow_up_on(day)
    if due:
        click.echo(f"Without an answer, the follow-up is offered on {due}. When one comes:")
        click.echo(f"  {called()} answered {chosen.typed}")


def _name(given: str | None) -> str:
    name = " ".join(plain(given if given is not None else user()).split())
    if not name or len(name) > LONGEST_NAME:
        stop(f"--by says who sent it, in at most {LONGEST_NAME} characters")
    return name


def _as_written(chosen: Meant) -> dict[str, Observed]:
    """To whom the letter is and what it is called, where the service has not offered it yet."""
    if chosen.value("subject") is not None:
        return {}
    letter = chosen.written()
    if letter is None or "[" in letter.subject:
        return {}
    return {"to": letter.to or letter.opens, "subject": letter.subject}
