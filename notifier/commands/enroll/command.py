"""``notifier enroll``: from the acceptance mail to a watched grant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from notifier.commands.common import moment, stop
from notifier.commands.enroll.asking import ask_account, ask_day, ask_rest, ask_zone, is_somebody_there, listed
from notifier.commands.enroll.enrolled import confirmed, say_end
from notifier.commands.enroll.enrolling import NOTHING, End, Enrolling, Options, given_zone, known_zone
from notifier.commands.enroll.folder import enroll_folder
from notifier.commands.enroll.mailbox import STANDARD_INPUT, accepted, read_bytes, recognitions
from notifier.commands.known import named
from notifier.commands.sheet import sheet_with, sheets
from notifier.enroll.acceptances.acceptance import Found, NotAnAcceptance
from notifier.enroll.acceptances.recognition import OF_THE_PI
from notifier.enroll.accounts.entries import ACCOUNT_FIELDS
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.accounts.gaps import held_grant
from notifier.enroll.mails.mail import UnreadableMail
from notifier.enroll.printable import printable
from notifier.enroll.report import differing, place_of, report

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from notifier.commands.enroll.enrolling import Taken
    from notifier.commands.enroll.mailbox import Accepted
    from notifier.commands.sheet import Sheet
    from notifier.enroll.acceptances.acceptance import Understood
    from notifier.enroll.acceptances.recognition import Recognition
    from notifier.enroll.accounts.answers import Answers


def enroll(file: Path, account: str | None, options: Options) -> None:
    """Say what the mails in *file* say and from which words, then add their grants to the accounts file.

    On a terminal it asks for what the mails do not say, and before it writes; without one it writes at once.
    """
    try:
        if file.is_dir():
            enroll_folder(file, account, options)
        else:
            _enroll_file(file, account, options)
    except click.Abort:
        stop("\nNothing was written.")


def _enroll_file(file: Path, account: str | None, options: Options) -> None:
    places, zone, now = named(options.rules, options.accounts), given_zone(options.zone), moment(options.now)
    known, raw = recognitions(places.rules), _bytes(file)
    asks = not options.yes and str(file) != STANDARD_INPUT and is_somebody_there()
    mails = _accepted(file, raw, zone, known)
    if options.grant and len(mails.found) > 1:
        stop(f"--grant names one grant, and {file} has {len(mails.found)} acceptances")
    there = sheets(places.accounts)
    account = account or _account(there, ask=asks)
    sheet = sheet_with(there, account)
    if zone is None:
        zone = _zone(sheet, account, mails, ask=asks)
        mails = _accepted(file, raw, zone, known)
    _say(file, mails)
    enrolling = Enrolling(sheet, zone, now, update=options.update)
    conversation = _Conversation(enrolling, known, account, options.grant, asks=asks)
    try:
        taken = [conversation.take(each.understood) for each in mails.found]
        text = enrolling.text
    except EnrollError as error:
        stop(f"{sheet.path}: {error}")
    _stop_where_it_differs(sheet, taken)
    if confirmed(sheet, taken, ask=asks):
        sheet.write(text)
    say_end(sheet, text, list(zip(mails.found, taken, strict=True)), options, is_zone_known=zone is not None)


class _Conversation:
    """What a person is asked, each thing once, while acceptances are taken into the file."""

    def __init__(
        self, enrolling: Enrolling, known: Sequence[Recognition], account: str, grant: str | None, *, asks: bool
    ) -> None:
        self.enrolling, self.account, self.grant, self.asks = enrolling, account, grant, asks
        self.kinds = {each.program: each.kinds for each in known}
        self.asked = set[str]()  # of the account, and which grants

    def take(self, understood: Understood) -> Taken:
        """Take one acceptance, with what a person answers."""
        dated = _dated(understood) if self.asks else understood
        return self.enrolling.take(dated, self.account, self.grant, self.answers(dated))

    def answers(self, understood: Understood) -> Answers:
        day = understood.value("accepted_on")
        key = f"{understood.program} {day}"
        is_new = held_grant(self.enrolling.sheet.account(self.account), understood) is None
        if not self.asks or key in self.asked or not (is_new or self.enrolling.update):
            return NOTHING
        missing = [ask for ask in self.enrolling.missing(understood, self.account) if ask.name not in self.asked]
        self.asked |= {key, *ACCOUNT_FIELDS, *OF_THE_PI}
        return ask_rest(missing, day, self.kinds[understood.program], self.enrolling.currency(self.account))


def _dated(understood: Understood) -> Understood:
    """The acceptance with its day, which cannot be left out."""
    ask = next((ask for ask in understood.asks if ask.name == "accepted_on"), None)
    if ask is None:
        return understood
    found = Found(ask.name, ask_day(ask), "your answer")
    return replace(
        understood,
        found=(*understood.found, found),
        asks=tuple(each for each in understood.asks if each != ask),
    )


def _bytes(file: Path) -> bytes:
    try:
        return read_bytes(file)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror or error}")


def _accepted(file: Path, raw: bytes, zone: ZoneInfo | None, known: Sequence[Recognition]) -> Accepted:
    try:
        return accepted(raw, zone, known)
    except (UnreadableMail, NotAnAcceptance) as error:
        stop(f"{file}: {error}")


def _account(there: Sequence[Sheet], *, ask: bool) -> str:
    """The account that the grants belong to, where no option names it."""
    ids = [name for sheet in there for name in sheet.ids]
    if ask:
        return ask_account(ids)
    if len(ids) != 1:
        choice = f"; there are {listed(ids)}" if ids else ", such as --id lab"
        stop(f"say with --id which account this grant belongs to{choice}")
    return ids[0]


def _zone(sheet: Sheet, account: str, mails: Accepted, *, ask: bool) -> ZoneInfo | None:
    """Where the mails are read, where no option says it: as the accounts file says, else as a person does."""
    known = known_zone(sheet, account)
    if known is None and ask and (sheet.raw is None or mails.assumes_zone):
        return ask_zone()
    return known


def _say(file: Path, mails: Accepted) -> None:
    """Show what each acceptance says, and which mails of the file could not be read."""
    blocks = []
    for each in mails.found:
        place = place_of(each)
        heading = [f"{printable(str(file))}, {place}:", ""] if place else []
        blocks.append("\n".join([*heading, *report(each.understood)]))
    if mails.left_out:
        blocks.append("\n".join(["Not read:", *(f"  {printable(each)}" for each in mails.left_out)]))
    click.echo("\n\n".join(blocks))


def _stop_where_it_differs(sheet: Sheet, taken: Sequence[Taken]) -> None:
    lines = []
    for each in taken:
        if each.end is End.DIFFERS:
            lines.append(f"Account {each.account} holds grant {each.grant} already. What differs:")
            lines += differing(each.differing, each.answered)
    if lines:
        stop("\n".join([*lines, f"Nothing was written. With --update {sheet.path} is changed."]))
