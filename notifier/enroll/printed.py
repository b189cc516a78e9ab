"""The printed form: a mail as copied or printed from Gmail, or another mail program, in the browser.

    A. Researcher <a.researcher@example.edu>      whose mailbox it is
    OpenAI API Researcher Access Program …        the subject
    1 message
    The OpenAI Team <noreply@mail.smapply.net>    the sender
    To: a.researcher@example.edu
    Mon, Mar 11, 2024 at 1:57 PM                  the reader's local time, no zone

Blank lines may stand anywhere; lines such as `From:`, `Sent:` and `Subject:` are read where they exist.
"""

import re
from datetime import tzinfo

from notifier.enroll.dates import find_moment, moment
from notifier.enroll.decoding import text_from
from notifier.enroll.record import Mail, UnreadableMail, addresses_in

_HEAD_LINES = 40  # the head stands at the top; a date further down is part of the letter
_LONGEST_LINE = 300  # characters of a line that may belong to the head
_LABELLED = re.compile(r"(from|to|cc|date|sent|subject|reply-to|mailed-by|signed-by):\s*(.*)", re.IGNORECASE)
_NAME_AND_ADDRESS = re.compile(r"[^<>]{0,150}<[^<>@\s]{1,64}@[^<>@\s]{1,150}>")
_MESSAGES = re.compile(r"\d+ messages?", re.IGNORECASE)


def read_printed(raw: bytes, zone: tzinfo | None) -> Mail | None:
    """Read copied text. Takes any text: without a head, sender, recipient and date are simply not known.

    Raises:
        UnreadableMail: the bytes are no text.
    """
    text = text_from(raw)
    if "\x00" in text:
        raise UnreadableMail("This is no text: it contains NUL bytes. Save the mail as .eml, or copy its text.")
    lines = [line.strip() for line in text.split("\n")]
    end = _end_of_head(lines)
    return _mail(lines[:end], "\n".join(lines[end:]), zone)


def _end_of_head(lines: list[str]) -> int:
    """Return how many lines the head has: up to the date, or the first label, and the labels after it."""
    candidates = lines[:_HEAD_LINES]
    dates = [number for number, line in enumerate(candidates) if _date_words(line)]
    labels = [number for number, line in enumerate(candidates) if _LABELLED.fullmatch(line)]
    if not dates and not labels:
        return 0
    end = (dates or labels)[0] + 1
    while end < len(candidates) and (not candidates[end] or _LABELLED.fullmatch(candidates[end])):
        end += 1
    return end


def _mail(head: list[str], body: str, zone: tzinfo | None) -> Mail:
    words = next((words for line in head if (words := _date_words(line))), "")
    sent_at, assumed = moment(words, zone)
    senders = addresses_in(_labelled(head, "from")) or _bare_sender(head)
    return Mail(
        sender=senders[-1] if senders else None,
        recipients=addresses_in(_labelled(head, "to")),
        subject=_labelled(head, "subject") or _line_before_count(head),
        sent_at=sent_at,
        sent_words=words if sent_at else "",
        zone_assumed=assumed,
        body=body,
    )


def _date_words(line: str) -> str:
    """Return the date of a line that holds nothing but a date, perhaps after its label or the sender."""
    label = _LABELLED.fullmatch(line[:_LONGEST_LINE])
    if label:
        return label[2] if label[1].lower() in {"date", "sent"} else ""
    match = find_moment(line) if len(line) <= _LONGEST_LINE else None
    if match is None:
        return ""
    before, after = line[: match.start()].strip(), line[match.end() :].strip()
    alone = (not before or before.endswith(">")) and (not after or after.startswith("("))
    return match[0] if alone else ""


def _labelled(head: list[str], name: str) -> str:
    matches = (_LABELLED.fullmatch(line) for line in head)
    return next((match[2] for match in matches if match and match[1].lower() == name), "")


def _bare_sender(head: list[str]) -> tuple[str, ...]:
    """Return the address of the last line `Name <address>`: the mailbox's owner stands above the sender."""
    matches = [_NAME_AND_ADDRESS.match(line) for line in head if not _LABELLED.fullmatch(line)]
    lines = [match[0] for match in matches if match]
    return addresses_in(lines[-1]) if lines else ()


def _line_before_count(head: list[str]) -> str:
    """Return what stands above `1 message`."""
    filled = [line for line in head if line]
    counts = [number for number, line in enumerate(filled) if number and _MESSAGES.fullmatch(line)]
    return filled[counts[0] - 1] if counts else ""
