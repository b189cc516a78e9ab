"""A timeline for a terminal: one table for each grant, pleasant in 80 columns, in words rather than colours."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from notifier.core.audience import said
from notifier.core.message import BEFORE_THE_TITLE
from notifier.core.words import plain, say_day, say_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.commands.timeline.seen import Asked, Seen, SeenGrant
    from notifier.core.account import Account, Pause
    from notifier.core.calendar import Moment
    from notifier.core.message import Message
    from notifier.flow.preview import Coming, Excepted

TO_WHOM, GAP = "to whom", 2
MEANINGS = {"came": "its moment is past", "passed": "before the grant was enrolled, so not told"}
MOST_TO_WHOM = 24  # columns: what a group calls its roles must not press the words beside them


def show(seen: Sequence[Seen], asked: Asked) -> None:
    """Print the timeline of every grant of *seen*, what was supposed before all of them."""
    terminal = Terminal(highlight=False)
    supposed = [str(one) for each in seen for grant in each.grants for one in grant.supposed if one.written]
    for line in dict.fromkeys(supposed):
        terminal.print(Text(f"Supposing {plain(line)}", style="bold"))
    for each in seen:
        for grant in each.grants:
            _grant(terminal, each.account, grant, asked.now)
        if not each.grants:
            hint = "has no grant: `enroll` adds one from an acceptance mail."
            terminal.print(Text.assemble("\n", (each.account.id, "bold"), f" {hint}"))
            continue
        people = [f"{said(role)} is {plain(str(person))}" for role, person in each.account.people.items()]
        terminal.print(Text("; ".join(people) or "Nobody is named for this account.", style="dim"))


def _grant(terminal: Terminal, account: Account, seen: SeenGrant, now: Moment) -> None:
    locale = account.locale
    where = f"{seen.grant.program}, told at {locale.tell_at:%H:%M}, {locale.zone.key}"
    terminal.print(Text.assemble("\n", (plain(seen.life.about), "bold"), (f"  {plain(where)}", "dim")))
    for line in _standing(account, seen, now):
        terminal.print(Text(plain(line)))
    if seen.coming:
        terminal.print(_table(terminal, account, seen.coming, now))
        if meant := _meaning(seen.coming, now):
            terminal.print(Text(meant, style="dim"))
    else:
        terminal.print(Text("Nothing is told in this time."))
    for rule in seen.life.whenever:
        steps, roles = say_list(rule.steps), say_list([said(role) for role in rule.roles])
        terminal.print(Text(plain(f"Whenever it happens: {rule.title} ({steps}), to {roles or 'nobody'}.")))
    for excepted in seen.life.excepted:
        terminal.print(Text(plain(_exception(excepted, account, now))))


def _standing(account: Account, seen: SeenGrant, now: Moment) -> Iterator[str]:
    """What is to be known before the table is read: that the grant has ended, or is paused."""
    locale, life = account.locale, seen.life
    if life.ended_on is not None:
        owed = f"Still owed: {say_list(life.owed)}." if life.owed else "Nothing is owed any more."
        yield f"This grant ended on {say_day(life.ended_on, locale, now)}. {owed}"
    if life.asked and seen.grant.enrolled_on is not None:
        enrolled = say_day(seen.grant.enrolled_on, locale, now)
        yield f"Open already when it was enrolled, on {enrolled}; asked in one message: {say_list(life.asked)}."
    pause = account.pause(seen.grant.id, locale.day_of(now))
    if pause is not None:
        yield (
            f"Paused {_through(pause, account, now)}: {pause.because}. Only what is urgent is told meanwhile; "
            "of each rule, the newest reminder is told after it."
        )


def _through(pause: Pause, account: Account, now: Moment) -> str:
    return "without an end" if pause.until is None else f"through {say_day(pause.until, account.locale, now)}"


def _table(terminal: Terminal, account: Account, coming: Sequence[Coming], now: Moment) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, GAP, 0, 0))
    roles = [plain(", ".join(said(role) for role in each.roles)) or "nobody" for each in coming]
    states = ["" if (word := each.state(now)) == "coming" else word for each in coming]
    to_whom = min(MOST_TO_WHOM, max(map(cell_len, (*roles, TO_WHOM))))
    what = terminal.width - len("Mon 2026-10-19") - max(map(len, states)) - to_whom - 4 * GAP
    table.add_column("when", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("what", overflow="fold")
    table.add_column(TO_WHOM, overflow="fold", max_width=to_whom)
    for each, role, state in zip(coming, roles, states, strict=True):
        day = f"{date.fromordinal(each.day):%a %Y-%m-%d}"
        words = Text("\n".join(plain(line) for line in _what(each, account, now, what)))
        table.add_row(day, state, words, Text(role), style="dim" if each.at <= now else "")
    return table


def _meaning(coming: Sequence[Coming], now: Moment) -> str:
    """What the words beside past days mean, of those that are there."""
    states = {each.state(now) for each in coming}
    return "; ".join(f"{word}: {meaning}" for word, meaning in MEANINGS.items() if word in states)


def _what(each: Coming, account: Account, now: Moment, width: int) -> Iterator[str]:
    """The lines of one message, its step below its headline where both have no room in *width* columns."""
    message = each.message
    if each.over:
        yield message.headline.removeprefix(BEFORE_THE_TITLE[message.reason])
        yield message.say
    else:
        yield from _to_do(message, width)
    if each.held is not None:
        on = each.told_on
        until = "while it is paused" if on is None else f"until {say_day(on, account.locale, now)}"
        yield f"held {until}: {each.held.because}"


def _to_do(message: Message, width: int) -> Iterator[str]:
    headline, step = f"{'urgent: ' if message.urgent else ''}{message.headline}", f"({message.step})"
    one_line = f"{headline} {step}"
    yield from [one_line] if cell_len(one_line) <= width else [headline, step]
    if message.letter is not None:
        gaps = {0: "", 1: ", 1 blank"}.get(message.letter.blanks, f", {message.letter.blanks} blanks")
        yield f"letter {message.letter.name}{gaps}"


def _exception(excepted: Excepted, account: Account, now: Moment) -> str:
    override = excepted.override
    until = "" if override.until is None else f" through {say_day(override.until, account.locale, now)}"
    verb = "Off" if override.off else "Set otherwise"
    return f"{verb}{until}: {excepted.rule.rpartition('/')[2]}, because: {override.because}."
