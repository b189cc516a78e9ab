"""What commands that look at grants share: where the files are, what they say, what the service remembers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from notifier.commands.common import DEMO_STATE, SHIPPED_RULES, refuse, stop
from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.entry import Log
from notifier.files.accounts import accounts_files
from notifier.files.places import Files, Places, read_files
from notifier.flow.record import observations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.facts import Reading
    from notifier.flow.declare import Declaration
    from notifier.ports import Tx
    from notifier.settings import Settings


@dataclass(frozen=True, slots=True)
class Remembered:
    """One account as it is declared, as it was when the service last read it, and all that is said of it.

    *log* has what people recorded, in the order in which they did.
    """

    declaration: Declaration
    before: Account | None
    readings: tuple[Reading, ...]
    log: Log = field(default_factory=Log)


def configured() -> Settings:
    """The settings; ends if one cannot be used, with what looks like a misspelt one: it may be why."""
    from notifier.settings import SettingsError, read_settings, unknown_names  # noqa: PLC0415  not for the demo

    try:
        return read_settings()
    except SettingsError as error:
        readable = error.settings is not None
        misspelt = [line for line in unknown_names(()) if "did you mean" in line] if readable else []
        stop("\n".join([str(error), *misspelt]))


def ways(*, demo: bool) -> Ways:
    """How people are told: as the settings say; on the demo by the console alone."""
    return CONSOLE_ONLY if demo else configured().ways


def named(rules: Path | None, accounts: Path | None, state: Path | None = None) -> Places:
    """The places that options name, else settings; nothing is looked for there."""
    settings = configured()
    return Places(rules or settings.rules, accounts or settings.accounts, state or settings.state)


def where(rules: Path | None, accounts: Path | None, *, demo: bool, state: Path | None = None) -> Places:
    """The demo's places, or those that options and settings name.  Ends if there is no accounts file."""
    demo_places = Places(SHIPPED_RULES, DEMO_STATE / "accounts.yaml", DEMO_STATE)
    places = demo_places if demo else named(rules, accounts, state)
    if not accounts_files(places.accounts):
        hint = "start it once with `run --demo`" if demo else "`enroll` makes one from an acceptance mail"
        stop(f"there is no {places.accounts}: {hint}")
    return places


def remembered(places: Places, declared: Sequence[Declaration], now: Moment) -> list[Remembered]:
    """What is known of each of the *declared* accounts now: by the files, and by the service, if it ever ran."""
    if not places.database.exists():
        return [Remembered(each, None, (each.reading(now),)) for each in declared]
    from notifier.store.errors import StoreError  # noqa: PLC0415  takes longer to import than the rest
    from notifier.store.store import Store  # noqa: PLC0415

    try:
        store = Store.open(places.database, lock=False)
        found = store.read(_remember, declared, now)
        store.close()
    except StoreError as error:
        stop(str(error))
    return found


def _remember(tx: Tx, declared: Sequence[Declaration], now: Moment) -> list[Remembered]:
    accounts = {account.id: account for account in tx.accounts([each.account.id for each in declared])}
    said = [observations(tx, each, now) for each in declared]
    return [
        Remembered(each.declaration, accounts.get(each.declaration.account.id), tuple(each.whole(now)), each.log)
        for each in said
    ]


def read_most(places: Places, now: Moment, needed: Sequence[str]) -> Files:
    """Rules and accounts; ends with every mistake if it concerns the accounts *needed* (none: all of them).

    Mistakes of other accounts are said and left at that: each account stands alone.
    """
    files = read_files(places, now)
    faults = [*files.rule_faults, *files.account_faults]
    sound = {each.account.id for each in files.declared}
    if files.rule_faults or (files.account_faults and (not needed or set(needed) - sound)):
        refuse(faults)
    for fault in faults:
        click.echo(f"Left out: {fault}", err=True)
    return files
