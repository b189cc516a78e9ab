"""``notifier digest``: what the weekly digest would say now. It only reads, and sends nothing."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import click

from notifier.commands.common import moment, stop
from notifier.commands.database import look
from notifier.commands.known import read_most, ways, where
from notifier.commands.render import FORMS, SOMEBODY, save
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_count, say_time
from notifier.files.positions import shown
from notifier.flow.digest import SUBJECT, preview_digest, recipients
from notifier.ports import Post

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.commands.render import Options
    from notifier.core.calendar import Moment
    from notifier.core.message import Message


def digest(recipient: str | None, options: Options) -> None:
    """Show the digest of *recipient*; without one, list who hears a digest, or show the only one."""
    now = moment(options.now)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    reached = ways(demo=options.demo)
    if not places.database.exists():
        stop("the service has not run here yet: `run` starts it, and a digest says what it knows")
    known = look(places, lambda tx: recipients(tx, now, reached))
    if recipient is None and len(known) != 1:
        _list(known, now)
        return
    chosen = _meant(recipient, known) if recipient is not None else next(iter(known))
    rulebook = read_most(places, now, []).rulebook
    message = look(places, lambda tx: preview_digest(tx, rulebook, chosen, now, reached))
    assert message is not None, "whoever is listed is named"
    _show(message, chosen, options, now)


def _meant(asked: str, known: Iterable[str]) -> str:
    """The recipient that is called so, with or without what kind of address it is; ends if there is none."""
    found = next((each for each in known if asked in (each, each.partition(":")[2])), None)
    if found is None:
        near = suggestion(asked, known) or suggestion(asked, [each.partition(":")[2] for each in known])
        stop(f"nobody who can be told is named by `{asked}`{near or '; `digest` alone lists who is'}")
    return found


def _list(known: dict[str, Moment | None], now: Moment) -> None:
    """Who hears a digest, and when the next one comes."""
    click.echo(f"{say_count(len(known), 'destination')}:")
    for name, at in known.items():
        coming = "no digest: off" if at is None else f"next {say_time(at, now)}"
        click.echo(shown(f"  {name}  {coming}"))


def _show(message: Message, recipient: str, options: Options, now: Moment) -> None:
    key = f"{SUBJECT.rule}|{recipient}|render"
    name = hashlib.sha256(key.encode()).hexdigest()[:32]
    to = recipient if recipient.startswith("mailto:") else SOMEBODY
    rendered = FORMS[options.form](Post(key, message, to, name, name, message.title, since=now), options)
    click.echo(rendered.shown)
    if options.save is not None:
        save(options.save, rendered.content)
    click.echo("Only shown: nothing was sent.", err=True)
