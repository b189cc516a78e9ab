"""The bytes of a file into mails, whichever way they were saved.

Each form has its module: `eml`, `mbox` and `printed`; what a mail forwards is found by `forwarded`.
"""

import codecs
from typing import Final
from zoneinfo import ZoneInfo

from notifier.enroll.mails.eml import Threads, read_eml
from notifier.enroll.mails.mail import Mail, UnreadableMail
from notifier.enroll.mails.mbox import messages_in
from notifier.enroll.mails.printed import read_printed

__all__ = ["MOST_FILE_BYTES", "Mail", "Mails", "UnreadableMail", "read_mail", "read_mails"]

MOST_FILE_BYTES: Final = 20 * 1024 * 1024  # Gmail takes mails of up to 25 MB; an acceptance has some 20 kB
_SAVE = "Save the mail as .eml (in Gmail: Download message), or copy its text."
_OTHER_FILES: Final = (
    (b"%PDF", "a PDF"),
    (b"\xd0\xcf\x11\xe0", "a file of Outlook (.msg)"),
    (b"{\\rtf", "a rich text file (.rtf)"),
    (b"PK\x03\x04", "a packed file (.zip or .docx)"),
    (b"\x1f\x8b", "a packed file (.gz)"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)


class Mails(tuple[tuple[Mail, ...], ...]):  # noqa: SLOT001  a tuple has no room for slots
    """The messages of a file, each with the levels of a forward from the outermost to the innermost."""

    left_out: tuple[str, ...] = ()
    """Of an `.mbox`: which messages could not be read, and why, as sentences."""


def read_mails(raw: bytes, zone: ZoneInfo | None) -> Mails:
    """Read every mail of a file: saved as `.eml` or `.mbox`, or its text as copied or printed from the browser.

    A mail that forwards nothing has one level. Where several mails are attached to one, the first stands with
    the mail that carries it, and each further one by itself.

    Args:
        raw: The file as it is, at most 20 MB.
        zone: Where the reader of the mail is. A date that has its own zone is expressed in *zone*: its day is
            then the day on which the reader saw it. Copied text often does not say in which zone its date is; it
            is taken in *zone*. Without *zone* both are in UTC; of the latter the mail says that it was assumed.

    Raises:
        UnreadableMail: too long, empty, no text, or broken; of an `.mbox`, if no message can be read.
    """
    if len(raw) > MOST_FILE_BYTES:
        raise UnreadableMail(
            f"The file has more than {MOST_FILE_BYTES:,} bytes. Save the mail by itself and without attachments."
        )
    if not raw.strip():
        raise UnreadableMail("The mail is empty.")
    for beginning, name in _OTHER_FILES:
        if raw.startswith(beginning):
            raise UnreadableMail(f"This is {name}. {_SAVE}")
    text = _in_utf8(raw)
    messages = messages_in(text)
    return _of_mbox(messages, zone) if messages else Mails(_read(text, zone))


def read_mail(raw: bytes, zone: ZoneInfo | None) -> Mail:
    """Return the innermost level of the first message in *raw*: the original, where it was forwarded.

    Raises:
        UnreadableMail: as `read_mails`.
    """
    return read_mails(raw, zone)[0][-1]


def _in_utf8(raw: bytes) -> bytes:
    """Return *raw* in UTF-8 if it begins with the mark of UTF-16, without a byte order mark, with LF line ends."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw.removeprefix(codecs.BOM_UTF8).replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _read(raw: bytes, zone: ZoneInfo | None) -> Threads:
    return read_eml(raw, zone) or (read_printed(raw, zone),)


def _of_mbox(messages: list[bytes], zone: ZoneInfo | None) -> Mails:
    read: list[tuple[Mail, ...]] = []
    left_out: list[str] = []
    for number, message in enumerate(messages, 1):
        try:
            read += _read(message, zone)
        except UnreadableMail as error:
            left_out.append(f"Mail {number} of {len(messages)}: {error}")
    if not read:
        raise UnreadableMail(f"None of its {len(messages)} mails can be read. {left_out[0]}")
    mails = Mails(read)
    mails.left_out = tuple(left_out)
    return mails
