"""The `.eml` form: a mail as it travelled, headers and all, with the mails that are attached to it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from itertools import takewhile
from typing import Final

from notifier.enroll.mails.dates import sent_by_header
from notifier.enroll.mails.forwarded import MOST_LEVELS, levels, with_doubt
from notifier.enroll.mails.head import Head
from notifier.enroll.mails.mail import LONGEST_HEADER, Mail, UnreadableMail, addresses_in
from notifier.enroll.mails.parts import attached, text_of
from notifier.enroll.mails.printed import refuse_endless

_ON_THE_WAY = frozenset(
    {"message-id", "received", "mime-version", "content-type", "return-path", "delivered-to", "dkim-signature"}
)
_BY_THE_SENDER = frozenset({"from", "date"})  # text copied from a mail program may begin with one of them
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):")
_MOST_HEADERS = 500
# What the parser touches, with its continuation lines. It needs quadratic time for long ones.
_PARSED_HEADER = re.compile(
    rb"^(?:from|to|date|subject|content-[a-z-]{1,40}):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_MOST_PARSED: Final = 20 * LONGEST_HEADER  # of all parts together
_MOST_LINES: Final = 400_000  # 20 MB in lines of 76 characters are 280,000
_MOST_BOUNDARIES: Final = 60  # usual: one to three for each mail that is forwarded as an attachment
_MOST_PARTS: Final = 5_000
_MOST_ATTACHED: Final = 200
# What email's parser is known to raise on mails made to break it, beside its own errors.
_BROKEN = (
    *(MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError),
    OverflowError,
)


class _Endless(UnreadableMail):
    """Made to exhaust its reader: an outer mail does not make it harmless."""


Threads = tuple[tuple[Mail, ...], ...]


def read_eml(raw: bytes, zone: tzinfo | None) -> Threads | None:
    """Read a raw mail and what it forwards; None if *raw* does not begin with mail headers.

    The first tuple holds the mail itself and the mails inside it. What was attached beside that follows, each
    as a mail of its own, so that every mail stands in the result once.

    Raises:
        UnreadableMail: it is a mail, but broken, without text, or built to exhaust its reader.
    """
    return _read(raw, zone, 0)


def _read(raw: bytes, zone: tzinfo | None, depth: int) -> Threads | None:
    # A lone carriage return ends a line for email's parser too; the checks below see what it sees.
    trimmed = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n \t")
    if not _begins_with_headers(trimmed):
        return None
    _refuse_monsters(trimmed)
    try:
        return _threads(message_from_bytes(trimmed, policy=policy.default), zone, depth)
    except UnreadableMail:
        raise
    except _BROKEN as error:
        raise UnreadableMail(
            "The mail's structure is broken. Download it once more, or copy its text from the browser."
        ) from error


def _begins_with_headers(raw: bytes) -> bool:
    lines = raw[:50_000].splitlines()[:_MOST_HEADERS]
    matches = [_HEADER.match(line) for line in takewhile(bytes.strip, lines)]
    names = {match[1].decode().lower() for match in matches if match}
    is_mail = bool(names & _ON_THE_WAY) or names >= _BY_THE_SENDER
    return is_mail and bool(matches) and matches[0] is not None


def _refuse_monsters(raw: bytes) -> None:
    if raw.count(b"\n") > _MOST_LINES:
        raise UnreadableMail(f"The mail has more than {_MOST_LINES:,} lines; an acceptance has about a hundred.")
    if raw.lower().count(b"boundary") > _MOST_BOUNDARIES:
        raise UnreadableMail("The mail is nested too deeply. Copy its text from the browser instead.")
    if raw.count(b"\n--") > _MOST_PARTS:
        raise UnreadableMail("The mail has too many parts. Copy its text from the browser instead.")
    lengths = [len(header[0]) for header in _PARSED_HEADER.finditer(raw)]
    if max(lengths, default=0) > LONGEST_HEADER or sum(lengths) > _MOST_PARSED:
        raise UnreadableMail(
            f"The mail's headers are too long: {LONGEST_HEADER:,} characters each and {_MOST_PARSED:,} "
            "in all are read. Copy its text from the browser instead."
        )


def _threads(message: EmailMessage, zone: tzinfo | None, depth: int) -> Threads:
    if depth >= MOST_LEVELS:
        raise _Endless(f"The mail is forwarded more than {MOST_LEVELS} times in itself. Save the original.")
    inside = list(_attached_threads(message, zone, depth + 1))
    text = text_of(message)
    if not text.strip() and not inside:
        raise UnreadableMail("The mail holds no text: neither a plain nor an HTML part.")
    refuse_endless(text)
    mails = levels(Head(), text.split("\n"), zone)
    own = _with_headers(mails[0], message, zone)
    if len(mails) > 1:
        return ((own, *mails[1:]), *inside)
    return ((own, *inside[0]), *inside[1:]) if inside else ((with_doubt(own),),)


def _attached_threads(message: EmailMessage, zone: tzinfo | None, depth: int) -> Iterator[tuple[Mail, ...]]:
    """Yield what was attached. A broken attachment does not take the mail with it."""
    for number, each in enumerate(attached(message)):
        if number >= _MOST_ATTACHED:
            raise _Endless(f"More than {_MOST_ATTACHED} mails are attached. Save the one that accepts you.")
        try:
            threads = _read(each, zone, depth) if isinstance(each, bytes) else _threads(each, zone, depth)
        except _Endless:
            raise
        except UnreadableMail:
            continue
        yield from threads or ()


def _with_headers(mail: Mail, message: EmailMessage, zone: tzinfo | None) -> Mail:
    sent = sent_by_header(_header(message, "date"), zone)
    senders = addresses_in(_header(message, "from"))
    return replace(
        mail,
        sender=senders[-1] if senders else None,
        recipients=addresses_in(_header(message, "to")),
        subject=_header(message, "subject"),
        sent_at=sent.moment,
        sent_words=sent.words,
        zone_assumed=sent.zone_assumed,
        date_doubt=sent.doubt,
        recipient_words=f"To: {' '.join(_header(message, 'to').split())}",
        day_moved=sent.day_moved,
    )


def _header(message: EmailMessage, name: str) -> str:
    """Return the header *name*; one that is broken counts as missing, as the letter can still be read."""
    try:
        text = str(message.get(name, ""))
    except _BROKEN:
        return ""
    # Undecodable bytes arrive as lone surrogates, which no terminal and no file accepts.
    return text.encode("utf-8", "replace").decode().strip()
