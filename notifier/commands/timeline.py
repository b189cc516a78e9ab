"""``notifier timeline``: what will be told over each grant's whole life."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from notifier.channels.console import plain
from notifier.commands.common import moment, stop
from notifier.commands.known import read_whole, remembered, where
from notifier.core.audience import said
from notifier.core.calendar import Locale, utc
from notifier.core.vocabulary import Kind, suggestion
from notifier.core.words import say, say_list
from notifier.flow.declare import enrolled
from notifier.flow.judge import look
from notifier.flow.preview import Coming, Life, life

if TYPE_CHECKING:
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.flow.declare import Declaration
    from notifier.service import Files, Places

MOST_NAMED = 10  # accounts, where somebody names one that is not there


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    account: str | None = None
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    now: str | None = None
    demo: bool = False


def timeline(options: Options) -> None:
    """Print the timeline of every grant, or of those of one account."""
    at = moment(options.now)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    files = read_whole(places, at)
    terminal = Terminal(highlight=False)
    known, heard = remembered(places)
    for each in _chosen(files, options.account, places):
        lab = enrolled(each.account, known.get(each.account.id), at)
        for grant in lab.grants:
            program = files.rulebook.programs[grant.program]
            facts = look(program, lab, grant, [each.reading(at), *heard.get(lab.id, [])], at)
            _show(terminal, life(program, lab, grant, facts, at), lab, at)


def _chosen(files: Files, account: str | None, places: Places) -> list[Declaration]:
    """The account that was asked for, or all."""
    chosen = [each for each in files.declared if account in (None, each.account.id)]
    if not chosen:
        known = [each.account.id for each in files.declared]
        near = suggestion(account or "", known) or f"; there are {say_list(known[:MOST_NAMED]) or 'none'}"
        stop(f"there is no account `{account}` in {places.accounts}{near}")
    return chosen


def _show(terminal: Terminal, shown: Life, account: Account, now: Moment) -> None:
    locale = account.locale
    told_at = f"told at {locale.tell_at:%H:%M}, {locale.zone.key}"
    terminal.print(Text.assemble("\n", (plain(shown.about), "bold"), (f"  {told_at}", "dim")))
    if shown.ended_on is not None:
        ended = say(shown.ended_on, Kind.DATE, locale, now)
        owed = f" Still owed: {say_list(list(shown.owed))}." if shown.owed else " Nothing is owed any more."
        terminal.print(Text(f"This grant ended on {ended}.{plain(owed)}"))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("when", "", "what", "to whom", "letter"):
        table.add_column(title, overflow="fold", no_wrap=title in {"when", "", "to whom"})
    for message in shown.coming:
        table.add_row(*_row(message, locale, now), style="dim" if message.at <= now else "")
    terminal.print(table)
    for rule in shown.whenever:
        steps, roles = say_list(list(rule.steps)), say_list(list(rule.roles))
        terminal.print(Text(f"Whenever it happens: {plain(rule.title)} ({steps}), to {roles}."))
    people = [f"{said(role)} is {plain(str(person))}" for role, person in account.people.items()]
    terminal.print(Text("; ".join(people), style="dim"))


def _row(message: Coming, locale: Locale, now: Moment) -> list[Text]:
    at = utc(message.at).astimezone(locale.zone)
    state = "passed" if message.passed else "came" if message.at <= now else ""
    letter = message.message.letter
    urgent = "urgent: " if message.message.urgent else ""
    what = f"{urgent}{message.message.headline} ({message.message.step})"
    words = [f"{at:%a %Y-%m-%d}", state, what, ", ".join(message.roles), letter.name if letter else ""]
    return [Text(plain(word)) for word in words]
