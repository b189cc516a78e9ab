"""``notifier enroll FOLDER``: every mail of a folder, with a line about each file."""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from textwrap import wrap
from typing import TYPE_CHECKING

import click

from notifier.commands.common import MISTAKES, moment, stop
from notifier.commands.enroll.asking import ask_zone, is_somebody_there
from notifier.commands.enroll.ended import ended
from notifier.commands.enroll.enrolled import say_next
from notifier.commands.enroll.enrolling import End, Enrolling, given_zone, known_zone
from notifier.commands.enroll.mailbox import accepted, programs_of, read_bytes, recognitions
from notifier.commands.known import named
from notifier.commands.sheet import refuse_mistakes, sheet_with, sheets
from notifier.core.words import say_list
from notifier.enroll.acceptances.acceptance import NotAnAcceptance
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.accounts.ids import as_id, is_id
from notifier.enroll.accounts.refusals import is_a_day_apart
from notifier.enroll.mails.mail import UnreadableMail
from notifier.enroll.printable import printable
from notifier.enroll.report import differing, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from notifier.commands.enroll.enrolling import Options, Taken
    from notifier.commands.enroll.mailbox import Accepted
    from notifier.commands.sheet import Sheet
    from notifier.enroll.acceptances.acceptance import Acceptance
    from notifier.enroll.acceptances.recognition import Recognition

WIDTH = 80  # columns
WIDEST_NAME = 30
SAID = {
    End.ADDED: "added to account {}, grant {}",
    End.CHANGED: "changed in account {}, grant {}",
    End.THERE: "account {}, grant {}: already there, nothing differs",
    End.DIFFERS: "account {}, grant {}: differs, needs --update",
}
COUNTED = {End.ADDED: "added", End.CHANGED: "changed", End.THERE: "already there", End.DIFFERS: "different"}
NO_ACCEPTANCE, AGAIN = "without an acceptance", "the same again"
DONE = frozenset({COUNTED[End.ADDED], COUNTED[End.CHANGED], COUNTED[End.THERE], NO_ACCEPTANCE, AGAIN})
"""What became of files with which nothing more is to be done."""


@dataclass(frozen=True, slots=True)
class _Line:
    """What is said of one acceptance, or of a file that has none; and the word under which it is counted."""

    file: str
    says: str
    counted: str
    below: tuple[str, ...] = ()

    def lines(self, width: int) -> Iterator[str]:
        name = self.file if len(self.file) <= width else f"{self.file[: width - 1]}…"
        head, indent = f"  {name:<{width}}  ", " " * (width + 4)
        yield from wrap(self.says, WIDTH, initial_indent=head, subsequent_indent=indent, break_on_hyphens=False)
        yield from self.below


def enroll_folder(folder: Path, account: str | None, options: Options) -> None:
    """Take every acceptance in the files of *folder* into the accounts file, with a line about each file.

    All grants belong to *account*; without one, to accounts named after the files. On a terminal it asks once
    before it writes. Exit code 1 if a file could not be read, or has an acceptance that does not stand in the
    accounts file as it says.
    """
    if options.of_one:
        stop(f"{options.of_one}; leave it out for a folder")
    if account is not None and not is_id(account):
        stop(f"--id: {account!r} is no id of an account; did you mean `{as_id(account) or 'lab'}`?")
    places = named(options.rules, options.accounts)
    programs = programs_of(places.rules)
    refuse_mistakes(places.accounts, programs, moment(options.now))
    known, there = recognitions(programs), sheets(places.accounts)
    asks = not options.yes and is_somebody_there()
    reading, files = _Reading(there, known, options, asks=asks), _files(folder)
    if asks and any(reading.assumes_zone(file, account) for file in files):
        reading.zone = ask_zone()
    said = [line for file in files for line in reading.file(file, account)]
    texts = reading.texts()
    _say(folder, said, account)
    if reading.dates_assumed:
        click.echo("Dates without a time zone are taken as UTC; --zone says otherwise.")
    if texts:
        _write(texts, ask=asks)
        if over := ended(places.accounts, programs, reading.written, reading.now):
            click.echo(over)
        say_next(options, account, complete=False)
    if not all(line.counted in DONE for line in said):
        sys.exit(MISTAKES)


class _Reading:
    """Files taken one after another into the accounts files that hold their accounts."""

    def __init__(
        self, there: Sequence[Sheet], known: Sequence[Recognition], options: Options, *, asks: bool
    ) -> None:
        self.there, self.known, self.options, self.asks = there, known, options, asks
        self.zone, self.now = given_zone(options.zone), moment(options.now)
        self.dates_assumed = False  # of an acceptance that was taken
        self.enrolling: dict[Path, Enrolling] = {}
        self.written: list[Taken] = []
        self.taken: dict[tuple[object, ...], str] = {}  # who was accepted, by which program, when → by which file

    def file(self, file: Path, account: str | None) -> Iterator[_Line]:
        """Take the acceptances of one file, with a line about each, or about the file."""
        name, account = printable(file.name), account or as_id(file.stem)
        try:
            mails = self._mails(file, account)
        except OSError as error:
            yield _Line(name, f"cannot be read: {error.strerror or error}", "not readable")
        except UnreadableMail as error:
            yield _Line(name, f"cannot be read: {printable(str(error))}", "not readable")
        except NotAnAcceptance:
            yield _Line(name, "no acceptance", NO_ACCEPTANCE)
        else:
            yield from (self._take(name, account, each) for each in mails.found)
            yield from (
                _Line(name, f"cannot be read: {printable(each)}", "not readable") for each in mails.left_out
            )

    def assumes_zone(self, file: Path, account: str | None) -> bool:
        """Whether a date in the file has no zone, and nobody has said where its mails are read."""
        try:
            return self._mails(file, account or as_id(file.stem)).assumes_zone
        except (OSError, UnreadableMail, NotAnAcceptance):
            return False

    def texts(self) -> list[tuple[Sheet, str]]:
        """The accounts files that change, each with its new text; ends if one cannot be changed."""
        try:
            after = [(each.sheet, each.text) for each in self.enrolling.values()]
        except EnrollError as error:
            stop(f"{error} Nothing was written.")
        return [(sheet, text) for sheet, text in after if text != sheet.file.text]

    def _mails(self, file: Path, account: str) -> Accepted:
        """The acceptances in a file, their dates where the account's people read them."""
        zone = self.zone or known_zone(sheet_with(self.there, account), account)
        return accepted(read_bytes(file), zone, self.known)

    def _take(self, name: str, account: str, acceptance: Acceptance) -> _Line:
        place = place_of(acceptance)
        name = f"{name}, {place}" if place else name
        said = acceptance.understood
        key = (said.program, said.value("accepted_address"), said.value("accepted_on"))
        if None not in key and key in self.taken:
            return _Line(name, f"the same acceptance as {self.taken[key]}", AGAIN)
        sheet = sheet_with(self.there, account)
        if sheet.path not in self.enrolling:
            self.enrolling[sheet.path] = Enrolling(sheet, self.zone, self.now, update=self.options.update)
        try:
            taken = self.enrolling[sheet.path].take(said, account)
        except EnrollError as error:
            return _Line(name, f"cannot be enrolled: {printable(str(error))}", "not usable")
        self.dates_assumed |= acceptance.zone_assumed
        self.taken[key] = name
        self.written += [taken] if taken.is_written else []
        below = tuple(differing(taken.differing, indent=" " * 6))
        will = "will be " if taken.is_written and self.asks else ""
        says = SAID[taken.end].format(taken.account, taken.grant)
        if taken.end is End.DIFFERS and is_a_day_apart(taken.differing):
            says = (
                f"looks like grant {taken.grant} of account {taken.account}, accepted a day apart; needs --update"
            )
        return _Line(name, f"{will}{says}", COUNTED[taken.end], below)


def _files(folder: Path) -> list[Path]:
    """The files of a folder by name, without hidden ones; ends if there are none."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
    except OSError as error:
        stop(f"{folder} cannot be read: {error.strerror or error}")
    return files or stop(f"{folder} holds no file; save the mails in it as .eml, .txt or .mbox")


def _say(folder: Path, said: Sequence[_Line], account: str | None) -> None:
    click.echo(f"Mails in {printable(str(folder))}{'' if account else '; accounts are named after the files'}:")
    width = min(WIDEST_NAME, max(len(line.file) for line in said))
    for each in said:
        for line in each.lines(width):
            click.echo(line)
    counts = Counter(each.counted for each in said)
    counted = ", ".join(f"{number} {what}" for what, number in counts.items())
    click.echo("\n" + "\n".join(wrap(f"{counted}.", WIDTH)))


def _write(texts: Sequence[tuple[Sheet, str]], *, ask: bool) -> None:
    names = say_list([str(sheet.path) for sheet, _ in texts])
    if ask:
        click.confirm(f"\nWrite this to {names}?", default=True, abort=True)
    for sheet, text in texts:
        sheet.write(text)
    click.echo(f"\nWritten to {names}.")
    click.echo("What letters need and no mail says stands there as comments, to be filled in.")
