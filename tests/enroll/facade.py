"""One grant put into a text of accounts.yaml, or changed in it: what `Changes` does, in one call."""

from __future__ import annotations

from datetime import date

from notifier.enroll.acceptances.acceptance import Understood
from notifier.enroll.accounts.answers import Answers
from notifier.enroll.accounts.changes import Changes
from notifier.enroll.accounts.entries import wanted
from notifier.enroll.accounts.file import BYTE_ORDER_MARK, EnrollError, read_accounts

NOTHING = Answers()


def add_grant(
    existing: str | None,
    understood: Understood,
    *,
    account: str,
    grant: str | None,
    enrolled_on: date,
    zone_name: str,
    answers: Answers = NOTHING,
) -> str:
    """Return the text of `accounts.yaml` with the grant in it.

    Args:
        existing: The file's text; None if there is no file yet.
        understood: What the acceptance mail says.
        account: Id of the account; it is made if the file has none of that name.
        grant: Id of the grant; None takes the year of acceptance, `2024`, then `2024-2` and so on.
        enrolled_on: Today in the account's zone; steps before it are not told.
        zone_name: Time zone for a new file, such as `Europe/Berlin`. An existing file keeps its own.
        answers: What a person says besides; it wins over the mail.

    Raises:
        AlreadyEnrolled: the account holds this grant.
        AccountsFileError: the existing file is faulty.
        EnrollError: an id that is not allowed or taken, a mail without a date, an answer that the account
            contradicts, or a file into which the grant cannot be put.
    """
    mark, changes = changes_of(existing, zone_name)
    _, differing = changes.add(account, grant, enrolled_on, wanted(understood, answers))
    if differing:
        said = [f"  {each.field}: {each.in_file} in the file, {each.in_mail} in your answer" for each in differing]
        what = f"Account {account} is in the file already, and says otherwise:"
        todo = "Leave these answers out, or choose another id if this is another organization."
        raise EnrollError("\n".join([what, *said, todo]))
    return mark + changes.text()


def update_grant(
    existing: str | None,
    understood: Understood,
    *,
    account: str,
    grant: str | None,
    zone_name: str,
    answers: Answers = NOTHING,
) -> str:
    """Return the text of `accounts.yaml` with the fields changed that the mail and the answers say otherwise.

    Only the letters of these values change; a field that is lacking takes the place of its comment line
    (`# use_case: …`). The day of enrolment and what only the file says stay. *grant* is the id of the grant;
    None takes the one of the same program and day of acceptance.

    Raises:
        AccountsFileError: the existing file is faulty.
        EnrollError: there is no such grant, or a value cannot be changed without changing the rest.
    """
    mark, changes = changes_of(existing, zone_name)
    changes.update(account, grant, wanted(understood, answers))
    return mark + changes.text()


def changes_of(existing: str | None, zone_name: str) -> tuple[str, Changes]:
    """Return the byte order mark of the file, and its changes."""
    mark = BYTE_ORDER_MARK if (existing or "").startswith(BYTE_ORDER_MARK) else ""
    return mark, Changes(read_accounts((existing or "").removeprefix(mark)), zone_name)
