"""``notifier record``: what a person sees, into the inbox of the service. It works while the service runs."""

from __future__ import annotations

import getpass
import uuid
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import stop
from notifier.commands.known import read_whole, remembered, where
from notifier.core.language.compile import in_currency
from notifier.core.message import Scene
from notifier.core.money import Money
from notifier.core.vocabulary import Fact, Owner, suggestion
from notifier.core.words import say_list
from notifier.files.facts import read_value
from notifier.files.positions import shown
from notifier.files.table import day
from notifier.flow.act import RECORD
from notifier.flow.judge import look
from notifier.ports import Act
from notifier.store.errors import StoreError
from notifier.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.account import Account, Grant
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed, Reading
    from notifier.service import Files


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    grant: str | None = None
    on: str | None = None
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False


def record(account: str, fact: str, value: str, options: Options) -> None:
    """Put what a person saw into the inbox, checked; the service takes it over at once, or when it next starts."""
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    now = Clock().now()
    files = read_whole(places, now)
    found, grant = _grant(files, account, options.grant)
    known = _known(files, found, grant, remembered(places)[1].get(account, []), now)
    said = _said(known, fact, value, options.on)
    act = Act(uuid.uuid4().hex, RECORD, found.id, grant.id, said, now, _user())
    try:
        store = Store.open(places.database, lock=False)
        store.write(lambda tx: tx.put_act(act))
        store.close()
    except StoreError as error:
        stop(str(error))
    places.wake.touch()
    recorded = ", ".join(f"{name} {observed}" for name, observed in said.items())
    click.echo(f"Recorded for {found.about(grant.id)}: {shown(recorded)}.")


def _grant(files: Files, account: str, grant: str | None) -> tuple[Account, Grant]:
    known = {each.account.id: each.account for each in files.declared}
    if account not in known:
        stop(f"there is no account `{account}`{suggestion(account, known)}")
    grants = {each.id: each for each in known[account].grants}
    there = f"; there are {say_list(list(grants))}"
    if not grants:
        stop(f"`{account}` has no grant in the accounts file")
    if grant is None and len(grants) == 1:
        return known[account], next(iter(grants.values()))
    if grant is None:
        stop(f"say with --grant which grant of `{account}`{there}")
    if grant not in grants:
        stop(f"`{account}` has no grant `{grant}`{suggestion(grant, grants) or there}")
    return known[account], grants[grant]


def _known(files: Files, account: Account, grant: Grant, heard: Sequence[Reading], now: Moment) -> Scene:
    """What is known of the grant before anything is recorded."""
    program = files.rulebook.programs[grant.program]
    declared = next(each for each in files.declared if each.account == account)
    return Scene(account, program, look(program, account, grant, [declared.reading(now), *heard], now), now)


def _said(known: Scene, fact: str, value: str, on: str | None) -> dict[str, Observed]:
    """The fact with its value, and its day where it has one of its own (``credits_granted_on``)."""
    vocabulary, account = known.program.vocabulary, known.account
    recordable = {each.name: each for each in vocabulary.facts if each.owner is Owner.RECORDED}
    if fact not in recordable:
        stop(f"`{fact}` is not a fact that people record{suggestion(fact, recordable) or _there(recordable)}")
    try:
        observed = read_value(recordable[fact].kind, value, account.locale.currency)
    except ValueError as error:
        stop(f"{fact}: {error}")
    if isinstance(observed, Money) and in_currency(observed, account.locale) is None:
        stop(f"{fact}: no rate from {observed.currency} to {account.locale.currency} is stated under `rates:`")
    if f"{fact}_on" not in recordable:
        if on is not None:
            stop(f"{fact}: `--on` is for facts that have a day of their own; this one has none")
        return {fact: observed}
    return {fact: observed} | _day(known, f"{fact}_on", on)


def _day(known: Scene, fact: str, on: str | None) -> dict[str, Observed]:
    """The day that was named; else today, unless one is known already."""
    if on is not None:
        try:
            return {fact: day(on)}
        except ValueError as error:
            stop(f"--on {error}")
    if known.facts.values[known.program.vocabulary.places[fact]] is not None:
        return {}
    return {fact: date.fromordinal(known.account.locale.day_of(known.now))}


def _there(recordable: dict[str, Fact]) -> str:
    return f"; there are {say_list(list(recordable))}"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "somebody at the command line"  # a container's user may have no name
