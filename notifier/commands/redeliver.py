"""``notifier retry`` and ``drop``: a person says what becomes of deliveries."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import stop, user
from notifier.commands.database import look, put
from notifier.commands.deliveries import title_of
from notifier.commands.known import where
from notifier.core.words import plain
from notifier.flow.act import NEVER_TELL, RETRY
from notifier.flow.hold import ACCOUNT
from notifier.flow.redeliver import OPEN, meant, name_of
from notifier.ports import Act

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.commands.held import Options
    from notifier.core.delivery import Delivery

DONE = {RETRY: "tried again", NEVER_TELL: "dropped"}
EFFECT = {RETRY: "They are tried now, or when the service next runs.", NEVER_TELL: "They are never told."}


def retry(word: str, options: Options) -> None:
    """Tell again what *word* means: one delivery, such as ``D17``, or everything that failed at a destination."""
    _act(RETRY, word, options)


def drop(word: str, options: Options) -> None:
    """Never tell what *word* means."""
    _act(NEVER_TELL, word, options)


def _act(kind: str, word: str, options: Options) -> None:
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    chosen = [each for each in look(places, lambda tx: meant(tx, word)) if each.state in OPEN]
    if not chosen:
        stop(_nothing(word, look(places, lambda tx: tx.troubled())))
    put(places, [Act(uuid.uuid4().hex, kind, ACCOUNT, word, {}, Clock().now(), user())])
    for each in chosen:
        click.echo(f"{_named(each)}: {DONE[kind]}.")
    click.echo(EFFECT[kind])


def _named(each: Delivery) -> str:
    return plain(f"{name_of(each)}, {title_of(each, ())} → {each.destination}")


def _nothing(word: str, troubled: Iterable[Delivery]) -> str:
    """That *word* means nothing that is left to be told, and what there is."""
    left = [f"  {_named(each)}" for each in troubled if not each.leader]
    there = "there are:" if left else "everything that was owed is told, or on its way"
    return "\n".join([f"nothing of {word} is left to be told; {there}", *left])
