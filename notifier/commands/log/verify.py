"""``notifier log --verify``: whether every entry is as it was written, and what to keep to know it later."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from notifier.commands.common import MISTAKES, stop
from notifier.core.journal import holds
from notifier.core.vocabulary import suggestion
from notifier.core.words import plain, say_count, say_list

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.journal import Noted
    from notifier.flow.log import Checked

MOST_NAMED = 10
FEWEST_DIGITS = 8  # of a hash that was kept: fewer may be those of another entry


def known(account: str, ends: Mapping[str, object]) -> None:
    """End if nothing was ever noted of *account*, with what was probably meant."""
    if account not in ends:
        there = f"; there are {say_list(sorted(ends)[:MOST_NAMED])}" if ends else ""
        stop(f"nothing has happened to an account `{account}`{suggestion(account, ends) or there}")


def verified(
    found: Checked, account: str | None, chain: Sequence[Noted], kept: str | None, *, as_data: bool
) -> None:
    """Say what was *found*, and end with 1 if anything does not fit; *chain* is that of *account*."""
    if account is not None:
        known(account, found.ends)
    wrong = [f"{each.account}, entry {each.number:,}: {each.why}" for each in found.misfits]
    if kept is not None and not holds(chain, _digits(kept)):
        wrong.append(f"{account}: no entry has the hash that you kept: what led up to it was written anew")
    if as_data:
        click.echo(_document(found, account, wrong))
    else:
        for line in wrong or _all_is_well(found, account):
            click.echo(plain(line))
    if wrong:
        sys.exit(MISTAKES)


def _digits(kept: str) -> str:
    digits = kept.casefold()
    if len(digits) < FEWEST_DIGITS or set(digits) - set("0123456789abcdef"):
        stop(f"--kept {kept!r} is not a hash as --verify prints it, nor at least its first {FEWEST_DIGITS} digits")
    return digits


def _all_is_well(found: Checked, account: str | None) -> list[str]:
    if account is None:
        return [f"{_entries(found.entries)}, of {say_count(len(found.ends), 'account')}."]
    number, hash_ = found.ends[account]
    return [f"{account}: {_entries(number)}. The hash of the last one, to be kept elsewhere:", hash_]


def _entries(count: int) -> str:
    return f"{count:,} {'entry fits' if count == 1 else 'entries fit'}"


def _document(found: Checked, account: str | None, wrong: Sequence[str]) -> str:
    ends = [
        {"account": name, "number": number, "hash": hash_}
        for name, (number, hash_) in found.ends.items()
        if account in (None, name)
    ]
    return json.dumps({"wrong": wrong, "entries": found.entries, "ends": ends}, ensure_ascii=False, indent=2)
