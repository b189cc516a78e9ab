"""What `doctor` finds in settings and files, without speaking to anybody."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from notifier.commands.doctor.block import MOST_NAMED, Block, some
from notifier.commands.misset import misset
from notifier.core.words import say_list
from notifier.ports import Examined

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from notifier.files.places import Files, Places
    from notifier.settings import Settings


def of_settings(settings: Settings, wrong: Sequence[str], places: Places, files: Files) -> Block:
    """What is *wrong* with the settings by themselves, and with them and the files."""
    faults = [_fault(line) for line in (*wrong, *misset(settings, files, places))]
    return Block("settings", faults or [Examined("", True, "they can be used")])


def _fault(line: str) -> Examined:
    """A sentence that says what is wrong, and what to do."""
    return Examined("", False, line)


def of_files(files: Files) -> Block:
    """The mistakes in rules and accounts."""
    faults = sorted([*files.rule_faults, *files.account_faults])
    count = len(files.declared)
    well = Examined("", True, f"{count:,} account{'' if count == 1 else 's'} can be used")
    return Block("rules and accounts", [_fault(str(fault)) for fault in faults] or [well])


def of_keys(settings: Settings, files: Files) -> Iterator[Block]:
    """The keys that accounts name; which are there."""
    users: dict[str, list[str]] = {}
    for declaration in files.declared:
        for name in dict.fromkeys(poll.key for poll in declaration.account.sources if poll.key):
            users.setdefault(name, []).append(declaration.account.id)
    if not users:
        return
    where = f"the environment, .env and the folder {settings.secrets}"
    missing = [
        Examined(name, False, f"it is in none of {where}, so {some(accounts)} cannot be read",
                 advice=f"Put the key there under this name, or take what names it out of {some(accounts)}.")
        for name, accounts in users.items() if settings.secret(name) is None
    ]  # fmt: skip
    well = Examined("", True, f"{say_list(list(users)[:MOST_NAMED])}: all of them are set")
    yield Block("keys of accounts", missing or [well])


def of_state(folder: Path) -> Block:
    """Whether the service can write its database, letters and record."""
    there = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    good = there.is_dir() and os.access(there, os.W_OK | os.X_OK)
    if good:
        found = "it can be written" if there == folder else "`run` makes it"
        return Block(f"the state folder {folder}", [Examined("", True, found)])
    advice = "Let the user who starts `run` write there, or name another folder as NOTIFIER_STATE."
    return Block(f"the state folder {folder}", [Examined("", False, "it cannot be written", advice)])
