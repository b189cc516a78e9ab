"""How `enroll` ends: what it is about to write, what it has written, what is missing, which commands come next."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

import click

from notifier.commands.common import called
from notifier.commands.enroll.enrolling import End
from notifier.commands.sheet import outermost
from notifier.enroll.accounts.file import read_accounts
from notifier.enroll.accounts.gaps import lines_of_gaps, stated
from notifier.enroll.report import differing, missing

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.commands.enroll.enrolling import Options, Taken
    from notifier.commands.sheet import Sheet
    from notifier.enroll.acceptances.acceptance import Acceptance, Understood
    from notifier.enroll.acceptances.recognition import Ask


def confirmed(sheet: Sheet, taken: Sequence[Taken], *, ask: bool) -> bool:
    """Whether to write: there is something to, and a person who can be asked says yes."""
    written = [each for each in taken if each.is_written]
    for each in written:
        if each.differing:
            will = "changes" if each.end is End.CHANGED else "stays as it is; the mail says otherwise"
            click.echo(f"\nAccount {each.account}, grant {each.grant} {will}:")
            click.echo("\n".join(differing(each.differing, each.answered)))
    if written and ask:
        click.confirm(f"\n{_question(sheet, written)}", default=True, abort=True)
    return bool(written)


def say_end(
    sheet: Sheet,
    text: str,
    ends: Sequence[tuple[Acceptance, Taken]],
    options: Options,
    *,
    is_zone_known: bool,
    ended: str,
) -> None:
    """Say what became of each acceptance, what the file still lacks, what has *ended*, what comes next."""
    click.echo()
    for _, each in ends:
        what = f"account {each.account}, grant {each.grant}"
        click.echo(
            {
                End.ADDED: f"Added to {sheet.path}: {what}.",
                End.CHANGED: f"Changed in {sheet.path}: {what}.",
            }.get(each.end, f"Already in {sheet.path}: {what}; nothing differs.")
        )
    if sheet.raw is None and not is_zone_known:
        click.echo("Times of day are in UTC: nobody has said a time zone. `time_zone:` in it does.")
    gaps = {gap: None for acceptance, each in ends for gap in _missing(sheet, text, acceptance.understood, each)}
    if gaps:
        click.echo("\n" + "\n".join(missing(list(gaps))))
    if ended:
        click.echo(f"\n{ended}")
    if any(each.is_written for _, each in ends):
        say_next(options, ends[0][1].account, complete=not gaps)


def say_next(options: Options, account: str | None, *, complete: bool) -> None:
    """The commands that come next, as they have to be typed: for all accounts, not for one file of a folder."""
    main = outermost(options.accounts) if options.accounts else None
    places = "".join(
        f" --{name} {quote(str(path))}"
        for name, path in (("rules", options.rules), ("accounts", main))
        if path is not None
    )
    which = f" --account {account}" if account else ""
    checked = f"check{' ' + quote(str(options.rules)) if options.rules else ''}"
    accounts = f" --accounts {quote(str(main))}" if main else ""
    steps = [
        *(
            []
            if complete
            else [("Once you have filled in what is missing, look for mistakes.", checked + accounts)]
        ),
        ("See everything that will be told, when and to whom.", f"timeline{which}{places}"),
        ("Watch it.", f"run{places}"),
    ]
    for why, command in steps:
        click.echo(f"\n{why}\n  {called()} {command}")


def _question(sheet: Sheet, written: Sequence[Taken]) -> str:
    added = sum(each.end is End.ADDED for each in written)
    if len(written) == 1:
        return f"Add this grant to {sheet.path}?" if added else f"Change this grant in {sheet.path}?"
    changed = len(written) - added
    parts = ([f"add {added}"] if added else []) + ([f"change {changed}"] if changed else [])
    return f"{' and '.join(parts).capitalize()} grants in {sheet.path}?"


def _missing(sheet: Sheet, text: str, understood: Understood, taken: Taken) -> Iterator[tuple[Ask, str]]:
    """What letters need and nobody has said, with the line where it belongs, if there is one."""
    accounts = {str(each["id"]): each for each in read_accounts(text).accounts}
    known = stated(accounts.get(taken.account, {}), sheet.defaults, understood)
    asks = [ask for ask in (*understood.asks, *understood.signatures) if ask.name not in known]
    lines = lines_of_gaps(text, taken.account, taken.grant, [ask.name for ask in asks])
    yield from ((ask, f"{sheet.path}:{lines[ask.name]}" if ask.name in lines else "") for ask in asks)
