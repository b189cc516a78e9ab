"""``notifier doctor``: whether everything that is named can be told and read, and what to do where it cannot.

Exit codes: 0 all is well · 1 something is to be mended · 2 the command cannot be carried out.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import called, stop
from notifier.commands.doctor.block import show
from notifier.commands.doctor.destinations import not_looked_at, of_destinations
from notifier.commands.doctor.files import of_files, of_keys, of_settings, of_state
from notifier.files.accounts import accounts_files
from notifier.files.places import Places, read_files
from notifier.settings import SettingsError, read_settings

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.settings import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    send: bool = False
    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None


def doctor(options: Options) -> None:
    """Look at settings, files, keys, the state folder and each destination; with *send*, greet each of these."""
    settings, wrong = _settings()
    rules, accounts = options.rules or settings.rules, options.accounts or settings.accounts
    places = Places(rules, accounts, options.state or settings.state)
    if not accounts_files(places.accounts):
        stop(f"there is no {places.accounts}: `enroll` makes one from an acceptance mail")
    files = read_files(places, Clock().now())
    blocks = [
        of_settings(settings, wrong, places, files),
        of_files(files),
        *of_keys(settings, files),
        of_state(places.state),
        *(not_looked_at() if wrong else of_destinations(settings, files, send=options.send)),
    ]
    for block in blocks:
        show(block)
    _end(sum(block.to_mend for block in blocks), greeted=options.send or settings.ways.leads_to is None)


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
