"""``notifier status``: how every grant stands now, what needs a person first.

Exit codes: 0 all is told and read · 1 mistakes in files that people edit · 2 the command cannot be carried out ·
3 something waits for a person: what was given up, is held after an edit, or cannot be read.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import partial
from shlex import quote
from typing import TYPE_CHECKING

import click

from notifier.commands.common import called, moment, refuse, stop
from notifier.commands.known import ways, where
from notifier.commands.status.overview import Overview
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_list
from notifier.files.places import read_files
from notifier.flow.itself import ACCOUNT as ITSELF
from notifier.flow.snapshot import Snapshot, take
from notifier.flow.status import Basis, glances, last_good
from notifier.store.errors import StoreError
from notifier.store.running import holder
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from notifier.core.audience import Ways
    from notifier.core.calendar import Moment
    from notifier.core.message import Answer
    from notifier.files.places import Files, Places
    from notifier.flow.finding import OpenAlert

MOST_NAMED = 10  # accounts, where somebody names one that is not there


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    account: tuple[str, ...] = ()
    format: str = "text"
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    now: str | None = None
    demo: bool = False

    def typed(self, answer: Answer) -> str:
        """The command that gives *answer*, as one types it here."""
        given = {"rules": self.rules, "accounts": self.accounts, "state": self.state}
        same = "".join(f" --{name} {quote(str(path))}" for name, path in given.items() if path is not None)
        return f"{called()} {answer.verb}{' --demo' if self.demo else same} {answer.rest}".rstrip()


def status(options: Options) -> None:
    """Show how things stand, as text or as data."""
    now = moment(options.now)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    found = _look_at(places, options.account, now, ways(demo=options.demo))
    if options.format == "json":
        from notifier.commands.status.document import document  # noqa: PLC0415  each form loads only what it needs

        click.echo(document(found, partial(saved, places.letters)))
    else:
        from notifier.commands.status.text import show  # noqa: PLC0415  each form loads only what it needs

        show(found, options.typed, partial(saved, places.letters))
    sys.exit(found.exit_code)


def _look_at(places: Places, chosen: Sequence[str], now: Moment, reached: Ways) -> Overview:
    """Everything, or the accounts *chosen*. The lock is asked before the database is opened."""
    runs, known = holder(places.database), places.database.exists()
    files = read_files(places, now)
    snapshot = _snapshot(places, chosen, now) if known else Snapshot()
    named = [each.account.id for each in files.declared]
    missing = snapshot.accounts.keys() - {*named, ITSELF}
    stale = last_good(snapshot, missing) if files.account_faults else []
    _must_be_known(chosen, [*named, *(each.account.id for each in stale)], files, places)
    declared = [each for each in files.declared if not chosen or each.account.id in chosen]
    basis = Basis(files.rulebook, snapshot, sound=not files.rule_faults, ways=reached)
    shown = glances(basis, declared, now, stale=stale)
    faults = sorted([*files.rule_faults, *files.account_faults])
    return Overview(now, shown, snapshot, faults, runs, known, bool(chosen))


def _snapshot(places: Places, chosen: Sequence[str], now: Moment) -> Snapshot:
    """What the service remembers, read beside it."""
    try:
        store = Store.open(places.database, lock=False)
        try:
            return store.read(take, now, chosen or None)
        finally:
            store.close()
    except StoreError as error:
        stop(str(error))


def _must_be_known(chosen: Iterable[str], known: Sequence[str], files: Files, places: Places) -> None:
    """End if somebody asks for an account that is not there; with the mistakes in files that may be why."""
    missing = [name for name in chosen if name not in known]
    if missing and files.account_faults:
        refuse([*files.rule_faults, *files.account_faults])
    if missing:
        there = f"; there are {say_list(known[:MOST_NAMED]) or 'none'}"
        meant = {each: suggestion(each, known) or there for each in missing}
        stop("\n".join(f"there is no account `{each}` in {places.accounts}{near}" for each, near in meant.items()))


def saved(letters: Path, alert: OpenAlert) -> str:
    """Where the console saved the letter of *alert*, as it names the file; nothing if it is not there."""
    if alert.posted is None:
        return ""
    posted = alert.posted
    parts = (posted.account, posted.grant, posted.rule.rpartition("/")[2], posted.item)
    path = letters / (".".join(re.sub(r"[^\w-]+", "-", part) for part in parts if part) + ".eml")
    return str(path) if path.exists() else ""
