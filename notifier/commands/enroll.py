"""``notifier enroll``: from the acceptance mail to a watched grant."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

import click

from notifier.commands.common import SHIPPED_RULES, called, moment, refuse, stop
from notifier.core.calendar import utc
from notifier.core.vocabulary import suggestion
from notifier.enroll.acceptance import NotAnAcceptance, understand
from notifier.enroll.accounts import add_grant
from notifier.enroll.mail import read_mail
from notifier.enroll.recognition import Recognition
from notifier.enroll.record import UnreadableMail
from notifier.enroll.report import report
from notifier.files.rulebook import read_rulebook

if TYPE_CHECKING:
    from notifier.enroll.acceptance import Understood
    from notifier.files.positions import Fault

MOST_BYTES = 2_000_001  # one more than a mail may have, so that a longer one is seen to be
ACCOUNTS = Path("accounts.yaml")


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    grant: str | None = None
    zone: str | None = None
    yes: bool = False
    rules: Path | None = None
    accounts: Path | None = None
    now: str | None = None


def enroll(file: Path, account: str, options: Options) -> None:
    """Say what the mail in *file* says and from which words, then add its grant to the accounts file.

    On a terminal it asks before it writes; without one it writes at once.
    """
    zone = _zone(options.zone)
    understood = _understand(file, options.rules or SHIPPED_RULES, zone)
    for line in report(understood):
        click.echo(line)
    path = options.accounts or ACCOUNTS
    text = _with_grant(path, understood, account, zone, options)
    if not options.yes and sys.stdin is not None and sys.stdin.isatty():
        click.confirm(f"\nAdd this grant to {path}?", default=True, abort=True)
    draft = path.with_suffix(".part")
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)
    click.echo(f"\nAdded to {path}. Fill in what is missing there; then:")
    for command, why in (
        (f"timeline --account {account}", "what will be told, when and to whom"),
        ("run", "watch it"),
    ):
        click.echo(f"  {called()} {command:<32} # {why}")


def _zone(name: str | None) -> ZoneInfo | None:
    if name is None:
        return None
    if name not in available_timezones():
        stop(f"{name!r} is not a time zone such as Europe/Berlin{suggestion(name, available_timezones())}")
    return ZoneInfo(name)


def _understand(file: Path, rules: Path, zone: ZoneInfo | None) -> Understood:
    faults: list[Fault] = []
    rulebook = read_rulebook(rules, rules.name, faults)
    if faults:
        refuse(faults)
    recognitions = [
        Recognition(program.id, program.mail.senders, program.mail.phrases, program.mail.patterns)
        for program in rulebook.programs.values()
        if program.mail is not None
    ]
    try:
        with file.open("rb") as mail:
            return understand(read_mail(mail.read(MOST_BYTES), zone), recognitions)
    except OSError as error:
        stop(f"{file} cannot be read: {error.strerror or error}")
    except (UnreadableMail, NotAnAcceptance) as error:
        stop(f"{file}: {error}")


def _with_grant(path: Path, understood: Understood, account: str, zone: ZoneInfo | None, options: Options) -> str:
    """The accounts file's new text. Nothing is written before everything is known to fit."""
    existing = path.read_text(encoding="utf-8") if path.exists() else None
    name = zone.key if zone else "UTC"
    today = utc(moment(options.now)).astimezone(ZoneInfo(name)).date()
    try:
        return add_grant(
            existing,
            understood,
            account=account,
            grant=options.grant,
            enrolled_on=today,
            zone_name=name,
        )
    except ValueError as error:
        stop(f"{path}: {error}")
