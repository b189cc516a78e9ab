"""The accounts file with one more grant in it, or with a grant in it changed.

What stands in the file is never written anew: comments, order, quotes, blank lines and line ends stay byte for
byte around what changes. The result is parsed before it is returned: it has to mean what the file meant, plus
the change.
"""

import re
import unicodedata
from datetime import date
from typing import Final

from notifier.enroll.acceptance import Understood
from notifier.enroll.accounts_file import AccountsFileError, EnrollError, read_accounts
from notifier.enroll.answers import Answers
from notifier.enroll.changes import Changes
from notifier.enroll.entries import wanted
from notifier.enroll.printable import printable
from notifier.enroll.refusals import AlreadyEnrolled

__all__ = [
    "BYTE_ORDER_MARK",
    "AccountsFileError",
    "AlreadyEnrolled",
    "EnrollError",
    "add_grant",
    "as_id",
    "is_id",
    "update_grant",
]

BYTE_ORDER_MARK: Final = "\ufeff"
_ID = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_NOTHING = Answers()


def add_grant(
    existing: str | None,
    understood: Understood,
    *,
    account: str,
    grant: str | None,
    enrolled_on: date,
    zone_name: str,
    answers: Answers = _NOTHING,
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
    _check_id("account", account)
    if grant is not None:
        _check_id("grant", grant)
    mark, changes = _changes(existing, zone_name)
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
    answers: Answers = _NOTHING,
) -> str:
    """Return the text of `accounts.yaml` with the fields changed that the mail and the answers say otherwise.

    Only the letters of these values change; a field that is lacking takes the place of its comment line
    (`# use_case: …`). The day of enrolment and what only the file says stay. *grant* is the id of the grant;
    None takes the one of the same program and day of acceptance.

    Raises:
        AccountsFileError: the existing file is faulty.
        EnrollError: there is no such grant, or a value cannot be changed without changing the rest.
    """
    mark, changes = _changes(existing, zone_name)
    changes.update(account, grant, wanted(understood, answers))
    return mark + changes.text()


def is_id(name: str) -> bool:
    """Whether an account or a grant may be called so."""
    return _ID.fullmatch(name) is not None


def as_id(name: str) -> str:
    """Return a name as an id: `Chemistry, group 3` becomes `chemistry-group-3`. Empty if nothing is left of it."""
    ascii_only = unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()
    return "-".join(re.findall("[a-z0-9]+", ascii_only))[:63].rstrip("-")


def _check_id(kind: str, name: str) -> None:
    if not is_id(name):
        raise EnrollError(
            f"{printable(name)!r} cannot be the id of the {kind}: lower-case letters, digits and hyphens, "
            f"such as {as_id(name) or 'lab'!r}."
        )


def _changes(existing: str | None, zone_name: str) -> tuple[str, Changes]:
    """Return the byte order mark of the file, and its changes."""
    mark = BYTE_ORDER_MARK if (existing or "").startswith(BYTE_ORDER_MARK) else ""
    return mark, Changes(read_accounts((existing or "").removeprefix(mark)), zone_name)
