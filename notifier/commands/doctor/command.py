"""``notifier doctor``: whether everything that is named can be told and read, and what to do where it cannot.

Exit codes: 0 all is well · 1 something is to be mended · 2 the command cannot be carried out.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import called, stop
from notifier.commands.doctor.block import show
from notifier.commands.doctor.destinations import not_looked_at, of_destinations
from notifier.commands.doctor.files import of_files, of_keys, of_settings, of_state
from notifier.commands.doctor.keys import of_sources
from notifier.commands.doctor.push import of_push
from notifier.core.vocabulary import suggestion
from notifier.files.accounts import accounts_files
from notifier.files.places import Places, read_files
from notifier.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.files.places import Files
    from notifier.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    send: bool = False
    account: tuple[str, ...] = ()
    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None


def doctor(options: Options) -> None:
    """Look at settings, files, keys, the state folder and each destination; with *send*, greet each of these.

    Where accounts are named, keys and destinations are looked at for these alone.
    """
    settings, wrong = _settings()
    rules, accounts = options.rules or settings.rules, options.accounts or settings.accounts
    places = Places(rules, accounts, options.state or settings.state)
    if not accounts_files(places.accounts):
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail")
    now = Clock().now()
    files = read_files(places, now)
    meant = _of_accounts(files, options.account)
    blocks = [
        of_settings(settings, wrong, places, files),
        of_files(files),
        *of_keys(settings, meant),
        *of_sources(settings, meant, now),
        *of_push(settings, meant),
        of_state(places.state),
        *(not_looked_at() if wrong else of_destinations(settings, files, only=options.account, send=options.send)),
    ]
    for block in blocks:
        show(block)
    _end(sum(block.to_mend for block in blocks), greeted=options.send or settings.ways.leads_to is None)


def _of_accounts(files: Files, named: Sequence[str]) -> Files:
    """*files* with the accounts that are *named* alone, or with all if none is; ends if one does not exist."""
    known = {each.account.id: each for each in files.declared}
    for name in named:
        if name not in known:
            stop(f"there is no account `{name}`{suggestion(name, known)}")
    return replace(files, declared=[known[name] for name in dict.fromkeys(named)]) if named else files


def _settings() -> tuple[Settings, list[str]]:
    """The settings, and what is wrong with them; then those that can be read."""
    try:
        return read_settings(), []
    except SettingsError as error:
        if error.settings is None:
            stop(str(error))
        return error.settings, str(error).splitlines()


def _end(to_mend: int, *, greeted: bool) -> None:
    hint = (
        "" if greeted else f" Nothing was sent; `{called()} doctor --send` sends a greeting to each destination."
    )
    click.echo(f"{f'To mend: {to_mend}.' if to_mend else 'All is well.'}{hint}")
    sys.exit(1 if to_mend else 0)
