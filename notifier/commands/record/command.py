"""``notifier record``: what a person sees, into the inbox of the service. It works while the service runs."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from shlex import quote
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import stop
from notifier.commands.known import read_most, where
from notifier.commands.record.meant import Meant, find_account, find_fact, find_grant, recordable_of
from notifier.commands.record.observation import BALANCE, GRANT, checked, doubt
from notifier.commands.record.recorded import Words, disagreement, list_all, nothing_to_undo, resulting
from notifier.core.entry import Entry, Log
from notifier.core.facts import EMPTY
from notifier.flow.record import RECORD, UNDO, Observations, observations
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.files.places import Files, Places
    from notifier.flow.declare import Declaration
    from notifier.ports import Act, Tx


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    grant: str | None = None
    on: str | None = None
    undo: bool = False
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False

    @property
    def typed(self) -> str:
        """Those that say which files are meant, as a person types them."""
        paths = {"rules": self.rules, "accounts": self.accounts, "state": self.state}
        given = "".join(f" --{name} {quote(str(path))}" for name, path in paths.items() if path is not None)
        return " --demo" if self.demo else given


def record(account: str, fact: str | None, value: Sequence[str], options: Options) -> None:
    """Put what a person saw into the inbox, checked; the service takes it over at once, or when it next starts.

    Without a *fact*, list what is recorded and what can be; with ``--undo``, take back what was recorded last.
    """
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    files = read_most(places, now := Clock().now(), [account])
    declaration = find_account(files, account)
    words = Words(declaration.account, now)
    if fact is None:
        _list(files, declaration, words, places, options)
        return
    text = " ".join(value).strip()
    try:
        meant = find_fact(files.rulebook, _known(places, declaration, now), fact, options.grant, words)
        lines = _undo(meant, text, options, places) if options.undo else _record(meant, text, options.on, places)
    except StoreError as error:
        stop(str(error))
    places.wake.touch()
    for line in lines:
        click.echo(line)


def _record(meant: Meant, text: str, on: str | None, places: Places) -> list[str]:
    """Record *text* and the day of it: that is named, else today, unless one is known. Returns what to say."""
    words, locale = meant.words, meant.declaration.account.locale
    accepted = meant.declaration.grants.get(meant.grant, EMPTY).get("accepted_on")
    value, day = checked(meant.fact, text, meant.day, on, locale, words.now, accepted)
    said: dict[str, Observed] = {meant.fact.name: value}
    with closing(Store.open(places.database, lock=False)) as store:
        known = store.read(observations, meant.declaration, words.now)
        if meant.day is not None and (day is not None or not known.value(meant.grant, meant.day)):
            said[meant.day] = day or date.fromordinal(locale.day_of(words.now))
        act = meant.act(RECORD, said)
        store.write(lambda tx: tx.put_act(act))
    entries = [Entry(meant.grant, name, one, act.at, act.by) for name, one in said.items()]
    for entry in entries:
        known.log.add(entry)
    lines = [disagreement(known.of(meant.grant, each.fact), meant.facts[each.fact], words) for each in entries]
    if meant.fact.name in {BALANCE, GRANT}:
        lines.append(doubt(known.value(meant.grant, BALANCE), known.value(meant.grant, GRANT), locale))
    return [f"Recorded for {meant.about}: {meant.said(entries)}.", *filter(None, lines)]


def _undo(meant: Meant, text: str, options: Options, places: Places) -> list[str]:
    """Take back what was recorded last; returns what to say."""
    if text or options.on is not None:
        stop("`--undo` takes back what was recorded last; it goes without a value and without `--on`")
    words, act = meant.words, meant.act(UNDO, {meant.fact.name: None})
    with closing(Store.open(places.database, lock=False)) as store:
        known, taken = store.write(_put_undo, meant, act)
    if not taken:
        stop(nothing_to_undo(known, meant.grant, meant.fact, words))
    lines = [f"Taken back for {meant.about}: {meant.said(taken)}, {words.recorded(taken[0].at, taken[0].by)}."]
    for entry in taken:
        before = known.of(entry.grant, entry.fact)
        known.log.take_back(entry.grant, entry.fact, act.at, act.by)
        lines.append(resulting(before, known.of(entry.grant, entry.fact), meant.facts[entry.fact], words))
    return lines


def _put_undo(tx: Tx, meant: Meant, act: Act) -> tuple[Observations, list[Entry]]:
    """Put *act* into the inbox if it will find anything; what is known before it, and what it takes back.

    In one transaction: what somebody else records meanwhile comes before it or after it, and is not mistaken.
    """
    known = observations(tx, meant.declaration, act.at)
    taken = known.log.said_together(meant.grant, meant.fact.name)
    if taken:
        tx.put_act(act)
    return known, taken


def _known(places: Places, declaration: Declaration, now: Moment) -> Observations:
    """What is known of an account: by its file, and by the service, if it ever ran."""
    if not places.database.exists():
        return Observations(declaration, (), Log())
    with closing(Store.open(places.database, lock=False)) as store:
        return store.read(observations, declaration, now)


def _list(files: Files, declaration: Declaration, words: Words, places: Places, options: Options) -> None:
    """Print what is recorded of the account's grants, or of the one that was named, and what can be."""
    account = declaration.account
    if options.undo or options.on is not None:
        stop(f"say of which fact; `record {account.id}` lists what is recorded")
    grants = account.grants if options.grant is None else (find_grant(account, options.grant),)
    try:
        known = _known(places, declaration, words.now)
    except StoreError as error:
        stop(str(error))
    chosen = {each.id for each in grants}
    by_grant = recordable_of(files.rulebook, known, words.now)
    facts = {grant: of_it for grant, of_it in by_grant.items() if grant in chosen}
    list_all(known, facts, words, options.typed)
