"""The `.eml` form: a mail as it travelled, headers and all."""

import re
from datetime import tzinfo
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, MIMEPart
from itertools import takewhile

from notifier.enroll.dates import moment
from notifier.enroll.decoding import text_from
from notifier.enroll.hypertext import text_seen
from notifier.enroll.record import LONGEST_HEADER, Mail, UnreadableMail, addresses_in

_USUAL = frozenset(
    {"from", "to", "date", "subject", "message-id", "received", "mime-version", "content-type"}
    | {"return-path", "delivered-to", "reply-to", "dkim-signature"}
)
_HEADER = re.compile(rb"([A-Za-z][A-Za-z0-9-]{0,60}):")
_MOST_HEADERS = 500
# What the parser touches, with its continuation lines. It needs quadratic time for long ones.
_PARSED_HEADER = re.compile(
    rb"^(?:from|to|date|subject|content-[a-z-]{1,40}):[^\n]*(?:\n[ \t][^\n]*)*", re.IGNORECASE | re.MULTILINE
)
_MOST_PARSED = 10 * LONGEST_HEADER  # of all parts together
_MOST_LINES = 60_000  # 2 MB in lines of 76 characters are 28,000
_MOST_BOUNDARIES = 20  # usual: one to three
# What email's parser is known to raise on mails made to break it, beside its own errors.
_BROKEN = (MessageError, ValueError, LookupError, TypeError, AttributeError, AssertionError, RecursionError)


def read_eml(raw: bytes, zone: tzinfo | None) -> Mail | None:
    """Read a raw mail; None if *raw* does not begin with mail headers.

    Plain text is preferred to HTML; attachments are not looked at.

    Raises:
        UnreadableMail: it is a mail, but broken, without text, or built to exhaust its reader.
    """
    # A lone carriage return ends a line for email's parser too; the checks below see what it sees.
    trimmed = raw.removeprefix(b"\xef\xbb\xbf").replace(b"\r\n", b"\n").replace(b"\r", b"\n").lstrip(b"\n \t")
    if not _begins_with_headers(trimmed):
        return None
    _refuse_monsters(trimmed)
    try:
        return _mail(message_from_bytes(trimmed, policy=policy.default), zone)
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
    return bool(matches) and matches[0] is not None and len(names & _USUAL) > 1


def _refuse_monsters(raw: bytes) -> None:
    if raw.count(b"\n") > _MOST_LINES:
        raise UnreadableMail(f"The mail has more than {_MOST_LINES:,} lines; an acceptance has about a hundred.")
    if raw.lower().count(b"boundary") > _MOST_BOUNDARIES:
        raise UnreadableMail("The mail is nested too deeply. Copy its text from the browser instead.")
    lengths = [len(header[0]) for header in _PARSED_HEADER.finditer(raw)]
    if max(lengths, default=0) > LONGEST_HEADER or sum(lengths) > _MOST_PARSED:
        raise UnreadableMail(
            f"The mail's headers are too long: {LONGEST_HEADER:,} characters each and {_MOST_PARSED:,} "
            "in all are read. Copy its text from the browser instead."
        )


def _mail(message: EmailMessage, zone: tzinfo | None) -> Mail:
    date = _header(message, "date")
    sent_at, assumed = moment(date, zone)
    senders = addresses_in(_header(message, "from"))
    return Mail(
        sender=senders[-1] if senders else None,
        recipients=addresses_in(_header(message, "to")),
        subject=_header(message, "subject"),
        sent_at=sent_at,
        sent_words=date if sent_at else "",
        zone_assumed=assumed,
        body=_body(message),
    )


def _header(message: EmailMessage, name: str) -> str:
    # Undecodable bytes arrive as lone surrogates, which no terminal and no file accepts.
    return str(message.get(name, "")).encode("utf-8", "replace").decode().strip()


def _body(message: EmailMessage) -> str:
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = _content(plain) if plain is not None else ""
    if not text.strip() and html is not None:
        text = text_seen(_content(html))
    if not text.strip():
        raise UnreadableMail("The mail holds no text: neither a plain nor an HTML part.")
    return text


def _content(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    charset = part.get_param("charset")
    return text_from(payload if isinstance(payload, bytes) else b"", charset if isinstance(charset, str) else None)
