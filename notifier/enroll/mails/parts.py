"""The parts of a raw mail: the one that a person reads, and the mails that are attached."""

from base64 import b64decode
from binascii import Error
from collections.abc import Iterator
from email.message import EmailMessage, Message, MIMEPart
from typing import Final

from notifier.enroll.mails.decoding import text_from
from notifier.enroll.mails.hypertext import text_seen

_STUB: Final = 4  # a plain part that is shorter by this factor only says that there is an HTML part
_MAILS = frozenset({"message/rfc822", "message/global"})


def text_of(message: EmailMessage) -> str:
    """Return the text that a reader of *message* sees, nothing of its attachments; empty without one.

    Plain text is preferred to HTML, unless it only says that there is more.
    """
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    text = _content(plain) if plain is not None else ""
    if html is None:
        return text
    seen = text_seen(_content(html))
    return seen if len(text.strip()) * _STUB < len(seen.strip()) else text


def attached(message: EmailMessage) -> Iterator[EmailMessage | bytes]:
    """Yield the mails attached to *message*, in order: parsed ones, and files that are mails as their bytes."""
    parts: list[Message] = [message]
    while parts:
        part = parts.pop()
        if part is not message and (part.get_content_type() in _MAILS or _is_file_of_mail(part)):
            yield from _mail_in(part)
        elif part.get_content_maintype() == "multipart" and part.is_multipart():
            parts.extend(reversed(list(part.iter_parts()) if isinstance(part, MIMEPart) else []))


def _is_file_of_mail(part: Message) -> bool:
    name = str(part.get_filename() or "").lower()
    return not part.is_multipart() and (name.endswith(".eml") or part.get_content_type() == "application/eml")


def _mail_in(part: Message) -> Iterator[EmailMessage | bytes]:
    payload = part.get_payload()
    inner = payload[0] if isinstance(payload, list) and payload else None
    if inner is None:
        decoded = part.get_payload(decode=True)
        yield decoded if isinstance(decoded, bytes) else b""
    elif isinstance(inner, EmailMessage):
        is_encoded = str(part.get("content-transfer-encoding", "")).strip().lower() == "base64"
        yield _decoded(inner) if is_encoded else inner


def _decoded(inner: Message) -> bytes:
    """Return the bytes of a mail that was attached in base64, which RFC 2046 forbids and some programs do."""
    text = inner.get_payload()
    try:
        return b64decode(text if isinstance(text, str) else "")
    except (Error, ValueError):
        return b""


def _content(part: MIMEPart) -> str:
    payload = part.get_payload(decode=True)
    charset = part.get_param("charset")
    return text_from(payload if isinstance(payload, bytes) else b"", charset if isinstance(charset, str) else None)
