"""Bytes of a mail into a `Mail`, whichever way it was saved.

One reader per form. A reader returns None for what is not its form, so a new form is one new module
and one line here; the last reader takes any text.
"""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from notifier.enroll.eml import read_eml
from notifier.enroll.printed import read_printed
from notifier.enroll.record import Mail, UnreadableMail

__all__ = ["MOST_BYTES", "Mail", "UnreadableMail", "read_mail"]

MOST_BYTES: Final = 2 * 1024 * 1024

_READERS: tuple[Callable[[bytes, tzinfo | None], Mail | None], ...] = (read_eml, read_printed)


def read_mail(raw: bytes, zone: ZoneInfo | None) -> Mail:
    """Read a mail saved as `.eml`, or its text as copied or printed from the browser.

    Args:
        raw: The file as it is, at most 2 MB.
        zone: Where the reader of the mail is. Copied text does not say in which zone its date is; without
            *zone* UTC is taken, and the mail says that it was assumed. A date that has its own zone is
            expressed in *zone*: its day is then the day on which the reader saw it.

    Raises:
        UnreadableMail: too long, empty, no text, or broken.
    """
    if len(raw) > MOST_BYTES:
        raise UnreadableMail(
            f"The mail has {len(raw):,} bytes; at most {MOST_BYTES:,} are read. Save it without attachments."
        )
    if not raw.strip():
        raise UnreadableMail("The mail is empty.")
    if raw.startswith(b"%PDF"):
        raise UnreadableMail(
            "This is a PDF. Save the mail as .eml (in Gmail: Download message), or copy its text."
        )
    for read in _READERS:
        mail = read(raw, zone)
        if mail is not None:
            return mail
    raise UnreadableMail("This is no form of mail that can be read: save it as .eml, or copy its text.")
