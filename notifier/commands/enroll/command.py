"""``notifier enroll``: from the acceptance mail to a watched grant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from notifier.commands.common import moment, stop
from notifier.commands.enroll.asking import ask_account, ask_zone, is_somebody_there, listed
from notifier.commands.enroll.conversation import Conversation, dated_by
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
    from collections.abc import Sequence
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
    _stop_at_several(file, mails, options)
    refuse_mistakes(places.accounts, programs, now)
    there = sheets(places.accounts)
    account = account or _account(there, ask=asks)
    sheet = sheet_with(there, account)
    if zone is None:
        zone = _zone(sheet, account, mails, ask=asks)
        mails = _accepted(file, raw, zone, known)
    mails = dated_by(options.accepted_on, file, mails)
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


def _stop_at_several(file: Path, mails: Accepted, options: Options) -> None:
    several = len(mails.found)
    if several > 1 and (what := options.of_one):
        stop(f"{what}, and {file} has {several} acceptances")


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
