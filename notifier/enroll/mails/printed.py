"""The printed form: a mail as copied or printed from Gmail, or another mail program, in the browser.

    A. Researcher <a.researcher@example.edu>      whose mailbox it is
    OpenAI API Researcher Access Program …        the subject
    1 message
    The OpenAI Team <noreply@mail.smapply.net>    the sender
    To: a.researcher@example.edu
    Mon, Mar 11, 2024 at 1:57 PM                  the reader's local time, no zone

Blank lines may stand anywhere; lines such as `From:`, `Sent:` and `Subject:` are read where they exist, in the
words of any of the known languages.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo
from itertools import takewhile
from typing import Final

from notifier.enroll.mails.dates import find_date, plain
from notifier.enroll.mails.decoding import text_from
from notifier.enroll.mails.forwarded import announces, levels
from notifier.enroll.mails.head import LONGEST_LINE, Head, head_of, label
from notifier.enroll.mails.hypertext import text_seen
from notifier.enroll.mails.languages import LANGUAGES
from notifier.enroll.mails.mail import Mail, UnreadableMail, addresses_in
from notifier.enroll.mails.quoting import without_common_quoting

MOST_TEXT: Final = 2_000_000  # characters; an acceptance has some 5,000
MOST_LINES: Final = 20_000
_HEAD_LINES = 40  # the head stands at the top; a date further down is part of the letter
_NAME_AND_ADDRESS = re.compile(r"[^<>]{0,150}<[^<>@\s]{1,64}@[^<>@\s]{1,150}>")
_LEAD = frozenset(word for language in LANGUAGES for word in language.lead.split())
_COUNTED = frozenset(word for language in LANGUAGES for word in language.messages.split())
_NUMBER = re.compile(r"\d{1,4}")
_LONGEST_COUNT = 24  # characters of `12 件のメッセージ`
_WEB_PAGE = re.compile(r"\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE)


def read_printed(raw: bytes, zone: tzinfo | None) -> tuple[Mail, ...]:
    """Read copied text. Takes any text: without a head, sender, recipient and date are simply not known.

    Raises:
        UnreadableMail: the bytes are no text, or far longer than a letter.
    """
    text = text_from(raw)
    if "\x00" in text:
        raise UnreadableMail("This is no text: it contains NUL bytes. Save the mail as .eml, or copy its text.")
    if _WEB_PAGE.match(text):
        text = text_seen(text)
    return read_text(text, zone)


def read_text(text: str, zone: tzinfo | None) -> tuple[Mail, ...]:
    """Read the text of one mail with its head: the mail, and what it forwards, from the outermost inwards."""
    refuse_endless(text)
    lines = without_common_quoting([line.strip() for line in text.split("\n")])
    end = _end_of_head(lines)
    mails = levels(_head(lines[:end]), lines[end:], zone)
    return mails[1:] if len(mails) > 1 and _is_empty(mails[0]) else mails


def refuse_endless(text: str) -> None:
    """Refuse what is no letter by its length.

    Raises:
        UnreadableMail: more than 2,000,000 characters, or 20,000 lines.
    """
    if len(text) > MOST_TEXT:
        raise UnreadableMail(
            f"The text has {len(text):,} characters; at most {MOST_TEXT:,} are read. "
            "Copy the text of the acceptance alone."
        )
    if text.count("\n") > MOST_LINES:
        raise UnreadableMail(f"The text has more than {MOST_LINES:,} lines; an acceptance has about a hundred.")


def _is_empty(mail: Mail) -> bool:
    return not (mail.sender or mail.recipients or mail.sent_at or mail.body.strip())


def _end_of_head(lines: Sequence[str]) -> int:
    """Return how many lines the head has: up to the date, or the first label, and the labels after it."""
    numbers = takewhile(lambda number: not announces(lines, number), range(min(len(lines), _HEAD_LINES)))
    candidates = [lines[number] for number in numbers]
    dates = [number for number, line in enumerate(candidates) if _date_words(line)]
    labels = [number for number, line in enumerate(candidates) if _tells(line)]
    if not dates and not labels:
        return 0
    end = (dates or labels)[0] + 1
    seen = {found.about for line in candidates[:end] if (found := label(line))}
    while end < len(candidates):
        found = label(candidates[end])
        if candidates[end] and (found is None or (found.about != "other" and found.about in seen)):
            break
        seen |= {found.about} if found else set()
        end += 1
    return end


def _tells(line: str) -> bool:
    """Whether *line* is a line of a head, unlike `A: no` in a letter."""
    found = label(line)
    return found is not None and (found.about != "to" or bool(addresses_in(found.value)))


def _head(lines: Sequence[str]) -> Head:
    head = head_of(found for line in lines if (found := label(line)))
    return replace(
        head,
        sender=head.sender or _bare_sender(lines),
        subject=head.subject or _line_before_count(lines) or _line_before_sender(lines),
        date=next((words for line in lines if (words := _date_words(line))), ""),
    )


def _date_words(line: str) -> str:
    """Return the date of a line that holds nothing but a date, perhaps after its label or the sender."""
    if len(line) > LONGEST_LINE:
        return ""
    found = label(line)
    if found:
        return found.value if found.about == "sent" else ""
    written = find_date(line)
    if written is None or written.at is None:
        return ""
    text = plain(line)
    before, after = text[: written.start].strip(), text[written.end :].strip()
    alone = not before or before.endswith(">") or all(word in _LEAD for word in before.casefold().split())
    return text[written.start : written.end] if alone and (not after or after.startswith("(")) else ""


def _bare_sender(head: Sequence[str]) -> str | None:
    """Return the address of the last line `Name <address>`: the mailbox's owner stands above the sender."""
    matches = [_NAME_AND_ADDRESS.match(line) for line in head if not label(line)]
    lines = [match[0] for match in matches if match]
    return next(iter(addresses_in(lines[-1])), None) if lines else None


def _line_before_count(head: Sequence[str]) -> str:
    """Return what stands above `1 message`."""
    filled = [line for line in head if line]
    counts = [number for number, line in enumerate(filled) if number and _is_count(line)]
    return filled[counts[0] - 1] if counts else ""


def _line_before_sender(head: Sequence[str]) -> str:
    """Return what stands above `From`, where Outlook on the web prints the subject."""
    filled = [line for line in head if line]
    senders = [number for number, line in enumerate(filled) if (found := label(line)) and found.about == "sender"]
    return filled[senders[0] - 1] if senders and senders[0] else ""


def _is_count(line: str) -> bool:
    if len(line) > _LONGEST_COUNT or not _NUMBER.search(line):
        return False
    words = _NUMBER.sub(" ", line).casefold()
    return any(word in _COUNTED for word in words.split())
