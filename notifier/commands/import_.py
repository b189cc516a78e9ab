"""``notifier import``: an office's list of grants, one row each, into the accounts file."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from notifier.commands.common import MISTAKES, called, moment, refuse, stop
from notifier.commands.enroll.asking import is_somebody_there
from notifier.commands.known import named
from notifier.commands.sheet import outermost, read_sheet, refuse_mistakes
from notifier.core.calendar import utc
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.office.applicants import Forms
from notifier.enroll.office.rows import HeaderError, OfficeError, read_office
from notifier.enroll.office.taking import End, Taking, Terms, count
from notifier.files import forms
from notifier.files.accounts import accounts_files
from notifier.files.positions import Fault, Place, shown
from notifier.files.rulebook import read_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from notifier.commands.sheet import Sheet
    from notifier.core.calendar import Moment
    from notifier.core.rule import Program, Rulebook
    from notifier.enroll.office.rows import Row
    from notifier.enroll.office.taking import Outcome

WIDTH = 80  # columns
MANY = 2_000  # rows, from which on a person is told that it takes a while
ROWS_A_SECOND = 250  # on one core; nearly all of it is the reading of YAML
WIDEST_ACCOUNT = 24


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    accounts: Path | None = None
    rules: Path | None = None
    update: bool = False
    yes: bool = False
    now: str | None = None


def import_(file: Path, options: Options) -> None:
    """Say of each row of *file* what becomes of it, then write those that can be used to the accounts file.

    On a terminal it asks before it writes; without one it writes at once. All is written, or nothing.
    """
    places, now = named(options.rules, options.accounts), moment(options.now)
    rulebook, rows = _rulebook(places.rules), _rows(file)
    programs = rulebook.of_grants
    refuse_mistakes(places.accounts, rulebook.programs, now)
    if len(rows) > MANY:
        click.echo(f"{len(rows):,} rows: this takes about {len(rows) // ROWS_A_SECOND} seconds.", err=True)
    sheet, others = _sheets(places.accounts)
    checks = Forms(forms.zone, forms.currency, forms.reach, _variable)
    elsewhere = {name: str(each.path) for each in others for name in each.ids}
    terms = Terms(
        sorted(programs),
        _usual(programs),
        checks,
        lambda zone: _today(zone, now),
        elsewhere,
        sheet.common,
        options.update,
    )
    taking = Taking(sheet.file, rows, terms)
    try:
        text = taking.changes.text()
    except EnrollError as error:
        stop(f"{sheet.path}: {error} Nothing was written.")
    asks, wrote = not options.yes and is_somebody_there(), text != sheet.file.text
    if asks:
        _report(taking.outcomes, "will be ")
    if asks and wrote:
        click.confirm(f"\n{_question(sheet.path, taking.outcomes)}", default=True, abort=True)
    if wrote:
        sheet.write(text)
    if not asks:
        _report(taking.outcomes)
    _end(sheet.path, taking.outcomes, options.accounts, wrote=wrote)


def _rulebook(rules: Path) -> Rulebook:
    faults: list[Fault] = []
    rulebook = read_rulebook(rules, rules.name, faults)
    if faults:
        refuse(faults)
    return rulebook


def _usual(programs: Mapping[str, Program]) -> str | None:
    """The program of a row that names none: the only one, or the only one that tells people by mail."""
    by_mail = [name for name, program in programs.items() if program.mail is not None]
    meant = list(programs) if len(programs) == 1 else by_mail
    return meant[0] if len(meant) == 1 else None


def _rows(file: Path) -> list[Row]:
    try:
        return read_office(file.read_bytes())
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror or error}")
    except OfficeError as error:
        stop(f"{file}: {error}")
    except HeaderError as error:
        refuse([Fault(Place(str(file), row, column), why) for row, column, why in error.faults])


def _sheets(path: Path) -> tuple[Sheet, list[Sheet]]:
    """The accounts file to write, and the others that are read together with it."""
    main = outermost(path)
    beside = [file for file, _ in accounts_files(main) if file.resolve() != path.resolve()]
    others = [read_sheet(file) for file in beside]
    return read_sheet(path, others[0].file.defaults if main in beside else None), others


def _today(zone: str, now: Moment) -> date:
    return utc(now).astimezone(ZoneInfo(zone)).date()


def _variable(text: str) -> str:
    try:
        return forms.secret_name(text)
    except ValueError as error:
        raise ValueError(str(error).removeprefix("`env:` ")) from None


def _report(outcomes: list[Outcome], so_far: str = "") -> None:
    for line in _lines(outcomes, so_far):
        click.echo(line)


def _lines(outcomes: list[Outcome], so_far: str) -> Iterator[str]:
    """Lines of at most 80 columns for each row. *so_far* stands before what is new."""
    number = max((len(str(each.row)) for each in outcomes), default=0)
    account = min(WIDEST_ACCOUNT, max((len(each.account) for each in outcomes), default=0))
    for each in outcomes:
        whose = shown(each.account)
        name = whose if len(whose) <= account else f"{whose[: account - 1]}…"
        head = f"row {each.row:<{number}}  {name:<{account}}  "
        said = f"{so_far if each.says.startswith(('added', 'changed')) else ''}{shown(each.says)}"
        yield from wrap(
            said, WIDTH, initial_indent=head, subsequent_indent=" " * len(head), break_on_hyphens=False
        )


def _question(path: Path, outcomes: list[Outcome]) -> str:
    """What is asked before anything is written."""
    added = [each.account for each in outcomes if each.says.startswith("added")]
    updated = sum(each.end is End.CHANGED for each in outcomes)
    grants = f"Add {_several(len(added), 'grant')} on {_several(len(set(added)), 'account')} to {path}"
    if not added:
        return f"Change {_several(updated, 'grant')} in {path}?"
    return f"{grants}, and change {updated:,}?" if updated else f"{grants}?"


def _several(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' if number != 1 else ''}"


def _end(path: Path, outcomes: list[Outcome], named: Path | None, *, wrote: bool) -> None:
    """Say what became of the list; *named* is the accounts file that the caller named."""
    click.echo(f"\n{count(outcomes)}")
    if wrote:
        click.echo(f"Written to {path}. Then:")
        accounts = f" --accounts {quote(str(outermost(named)))}" if named else ""
        for command, why in (("check", "find mistakes"), ("timeline", "what will be told, when and to whom")):
            click.echo(f"  {called()} {command + accounts:<10} # {why}")
    else:
        click.echo(f"{path} stays as it is.")
    if not all(each.is_taken for each in outcomes):
        sys.exit(MISTAKES)
