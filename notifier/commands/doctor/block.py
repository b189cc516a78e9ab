"""One thing that `doctor` looked at, and how it is said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from notifier.core.words import plain, say_list
from notifier.files.positions import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.ports import Examined

MOST_NAMED = 3  # accounts, of those that share something
WORDS = {True: "well", False: "to mend", None: "unclear"}


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that was looked at: its *title*, what was found, and what else there is to say *below*."""

    title: str
    found: Sequence[Examined]
    below: tuple[str, ...] = ()

    @property
    def to_mend(self) -> int:
        """How much of it somebody has to do something about."""
        return sum(each.good is False or (each.good is None and bool(each.advice)) for each in self.found)


def some(accounts: Sequence[str]) -> str:
    """The first of *accounts*, and how many more there are."""
    more = len(accounts) - MOST_NAMED
    return say_list([*accounts[:MOST_NAMED], *([f"{more:,} more"] if more > 0 else [])])


def show(block: Block) -> None:
    """Print *block*: what was found, and what to do."""
    click.echo(shown(block.title))
    for each in block.found:
        what = f"{each.what}: " if each.what else ""
        click.echo(f"  {WORDS[each.good]:<8} {shown(f'{what}{each.found}')}")
        if each.advice:
            click.echo(f"  {'':<8} {shown(each.advice)}")
    for line in block.below:
        click.echo(f"  {plain(line)}")
    click.echo()
