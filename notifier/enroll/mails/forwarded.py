"""The mails that stand inside the text of another: forwarded, or quoted by a reply.

Three things announce one: a mark (`---------- Forwarded message ---------`, `Begin forwarded message:`), a head
without a mark (Outlook's `From: … Sent: … To: … Subject: …`), and an attribution (`On … X wrote:`).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from notifier.enroll.mails.dates import find_date, plain
from notifier.enroll.mails.head import LONGEST_LINE, Head, day_order, label, read_head
from notifier.enroll.mails.languages import LANGUAGES, NOT_THE_ORIGINAL, words_in
from notifier.enroll.mails.mail import Mail, UnreadableMail, addresses_in
from notifier.enroll.mails.quoting import depth_of, quotation, unquoted, without_common_quoting

MOST_LEVELS: Final = 32  # a mail that was forwarded more often than this was made, not sent
_MARKS: Final = frozenset(word for language in LANGUAGES for word in words_in(language.marks))
_WROTE: Final = tuple(
    (word, tuple(each for each in LANGUAGES if word in words_in(each.wrote)))
    for word in dict.fromkeys(word for language in LANGUAGES for word in words_in(language.wrote))
)
_DASHED = re.compile(r"[-\u2013\u2014_]{2,40}(?P<words>[^-\u2013\u2014_].{2,60}?)[-\u2013\u2014_]{2,40}:?")
_LONGEST_MARK = 150
_LONGEST_HEAD = 16  # lines
_WRAPPED_LINES = 3  # lines over which a mail program breaks an attribution


@dataclass(frozen=True, slots=True)
class _Inner:
    """A mail found in a text: its own lines, its head, and which lines of the text announce it."""

    start: int
    head: Head
    letter: list[str]
    below: list[str]
    """What the writer of the outer mail wrote below it."""


def levels(head: Head, lines: Sequence[str], zone: tzinfo | None) -> tuple[Mail, ...]:
    """Return the mail of *head* and *lines*, and the mails inside it, from the outermost to the innermost.

    Raises:
        UnreadableMail: more than 32 mails stand in each other.
    """
    mails: list[Mail] = []
    rest = without_common_quoting(lines)
    while (inner := _inner(rest)) is not None:
        own = [*rest[: inner.start], *inner.below]
        mails.append(head.mail("\n".join(own), zone))
        if len(mails) >= MOST_LEVELS:
            raise UnreadableMail(
                f"The mail is forwarded more than {MOST_LEVELS} times in itself. Save the original instead."
            )
        head, rest = inner.head, without_common_quoting(inner.letter)
    # A quotation that nothing announces: its words count, its marks do not.
    letter = [unquoted(line, depth_of(line)) for line in rest]
    return (*mails, with_doubt(head.mail("\n".join(letter), zone)))


def with_doubt(mail: Mail) -> Mail:
    """Return *mail*, in which no other was found; without date and recipient if its subject says there is one.

    Then they are those of a forward or a reply whose form is not known, never the original's.
    """
    before, colon, _ = mail.subject.partition(":")
    if not colon or before.strip().rstrip(".").casefold() not in NOT_THE_ORIGINAL:
        return mail
    doubt = f'"{before.strip()}:" in its subject says that it is not the original, whose own date was not found'
    return replace(mail, recipients=(), sent_at=None, sent_words="", zone_assumed=False, date_doubt=doubt)


def announces(lines: Sequence[str], number: int) -> bool:
    """Whether the line *number* is a mark, or the last line of an attribution."""
    bare = unquoted(lines[number], depth_of(lines[number])).strip()
    return _is_mark(bare) or _attribution(lines, number) is not None


def _inner(lines: Sequence[str]) -> _Inner | None:
    for number, line in enumerate(lines):
        depth = depth_of(line)
        bare = unquoted(line, depth).strip()
        if not bare:
            continue
        if _is_mark(bare):
            return _below(lines, number, number + 1, depth)
        if _begins_head(lines, number, depth, bare):
            return _below(lines, number, number, depth)
        if found := _attribution(lines, number):
            head, start = found
            letter, below = quotation(lines[number + 1 :], depth)
            return _Inner(start, head, letter, below)
    return None


def _below(lines: Sequence[str], start: int, begin: int, depth: int) -> _Inner:
    quoted, below = quotation(lines[begin:], depth)
    head, end = read_head(quoted)
    return _Inner(start, head, quoted[end:], below)


def _is_mark(bare: str) -> bool:
    if len(bare) > _LONGEST_MARK:
        return False
    text = plain(bare).strip("* ").replace("\u2019", "'")
    dashed = _DASHED.fullmatch(text)
    if dashed:
        return dashed["words"].strip(" :*").casefold() in _MARKS
    return text.endswith(":") and text.rstrip(": ").casefold() in _MARKS


def _begins_head(lines: Sequence[str], number: int, depth: int, bare: str) -> bool:
    """Whether a head without a mark begins: a sender, a date, and a recipient or a subject."""
    first = label(bare)
    if first is None or first.about not in {"sender", "sent", "subject"}:
        return False
    head, _ = read_head([unquoted(line, depth) for line in lines[number : number + _LONGEST_HEAD]])
    return {"sender", "sent"} <= head.lines and bool(head.lines & {"to", "subject"})


def _attribution(lines: Sequence[str], number: int) -> tuple[Head, int] | None:
    """Return what an attribution that ends in the line *number* says, and in which line it begins."""
    if not lines[number].rstrip().endswith((":", "\uff1a")):
        return None
    depth, text = depth_of(lines[number]), ""
    undated = None
    for start in range(number, max(number - _WRAPPED_LINES, -1), -1):
        bare = unquoted(lines[start], depth).strip()
        if not bare or depth_of(lines[start]) != depth or len(bare) + len(text) > LONGEST_LINE:
            break
        text = plain(f"{bare} {text}").strip()
        head = _attributed(text)
        if head is not None and head.date:
            return head, start
        undated = undated or (None if head is None else (head, start))
    return undated


def _attributed(text: str) -> Head | None:
    """Read `On Mon, Mar 11, 2024 at 1:57 PM X <x@example.org> wrote:`; None unless it says when, or who."""
    folded = text.casefold()
    languages = [languages for word, languages in _WROTE if word in folded]
    if not languages and not text.endswith(">:"):
        return None
    order = day_order(languages)
    written = find_date(text, order)
    senders = addresses_in(text)
    if written is None and not (senders and languages):
        return None
    date = text[written.start : written.end] if written else ""
    return Head(sender=senders[-1] if senders else None, date=date, day_order=order)
