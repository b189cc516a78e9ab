"""``notifier enroll``: from the acceptance mail to a watched grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifier.commands.common import moment, stop
from notifier.commands.enroll.asking import ask_account, ask_zone, is_somebody_there, listed
from notifier.commands.enroll.conversation import Conversation, dated_by, of_two_days
from notifier.commands.enroll.ended import ended
from notifier.commands.enroll.enrolled import confirmed, say_end
from notifier.commands.enroll.enrolling import End, Enrolling, Options, UndatedError, given_zone, known_zone
from notifier.commands.enroll.folder import enroll_folder
from notifier.commands.enroll.mailbox import STANDARD_INPUT, accepted, programs_of, read_bytes, recognitions
from notifier.commands.known import named
from notifier.commands.sheet import refuse_mistakes, sheet_with, sheets
from notifier.enroll.acceptances.acceptance import NotAnAcceptance
from notifier.enroll.accounts.file import EnrollError
from notifier.enroll.accounts.refusals import is_a_day_apart
from notifier.enroll.mails.mail import UnreadableMail
from notifier.enroll.printable import printable
from notifier.enroll.report import differing, place_of, report

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from zoneinfo import ZoneInfo

    from notifier.commands.enroll.enrolling import Taken
    from notifier.commands.enroll.mailbox import Accepted
    from notifier.commands.sheet import Sheet
    from notifier.enroll.acceptances.recognition import Recognition


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
    programs, raw = programs_of(places.rules), _bytes(file)
    known = recognitions(programs)
    asks = not options.yes and str(file) != STANDARD_INPUT and is_somebody_there()
    mails = _accepted(file, raw, zone, known)
    _stop_at_several(file, mails, None if options.accepted_on else options.grant)
    refuse_mistakes(places.accounts, programs, now)
    there = sheets(places.accounts)
    account = account or _account(there, ask=asks)
    sheet = sheet_with(there, account)
    if zone is None:
        zone = _zone(sheet, account, mails, ask=asks)
        mails = _accepted(file, raw, zone, known)
    mails = _picked(file, mails, options, sheet.account(account))
    _say(file, mails)
    enrolling = Enrolling(sheet, zone, now, update=options.update)
    conversation = Conversation(enrolling, known, account, options.grant, asks=asks)
    try:
        taken = [conversation.take(each.understood) for each in mails.found]
        text = enrolling.text
    except UndatedError as error:
        stop(f"{file}: {error}")
    except EnrollError as error:
        stop(f"{sheet.path}: {error}")
    _stop_where_it_differs(sheet, taken)
    if confirmed(sheet, taken, ask=asks):
        sheet.write(text)
    over = ended(places.accounts, programs, taken, now)
    say_end(
        sheet,
        text,
        list(zip(mails.found, taken, strict=True)),
        options,
        is_zone_known=zone is not None,
        ended=over,
    )


def _stop_at_several(file: Path, mails: Accepted, grant: str | None) -> None:
    several = len(mails.found)
    if several > 1 and grant:
        stop(f"--grant names one grant, and {file} has {several} acceptances")


def _picked(file: Path, mails: Accepted, options: Options, held: Mapping[str, object]) -> Accepted:
    """The acceptances that are meant; ends where that is not clear, or they contradict each other."""
    picked = dated_by(options.accepted_on, file, mails)
    _stop_at_several(file, picked, options.grant)
    _stop_at_two_days(file, picked, held)
    return picked


def _stop_at_two_days(file: Path, mails: Accepted, held: Mapping[str, object]) -> None:
    """End where mails of a day apart say two days of what is one grant, unless the account *held* one of each."""
    for program, found in of_two_days(mails, held).items():
        each = [f"  accepted on {day}, {place_of(mail)}" for day, mail in found.items()]
        what = f"{file} has acceptances of different days for what looks like one grant of {program}:"
        choice = f"Take the right one alone: {' or '.join(f'--accepted-on {day}' for day in found)}."
        stop("\n".join([what, *each, f"Nothing was written. {choice}"]))


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
            what = f"Account {each.account} holds grant {each.grant} already."
            if is_a_day_apart(each.differing):
                what = f"This looks like grant {each.grant} of account {each.account}, accepted a day apart."
            lines.append(f"{what} What differs:")
            lines += differing(each.differing, each.answered)
    if lines:
        stop("\n".join([*lines, f"Nothing was written. With --update {sheet.path} is changed."]))
