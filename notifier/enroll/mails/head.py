"""The lines that stand above a letter, `From: …` and `Date: …`, in any of the known languages."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from typing import Final

from notifier.enroll.mails.dates import find_date, plain, sent_as_written
from notifier.enroll.mails.languages import ENGLISH, LANGUAGES, Language, words_in
from notifier.enroll.mails.mail import Mail, addresses_in

LONGEST_LINE: Final = 300  # characters of a line that may belong to a head
_LONGEST_NAME = 30  # characters before the colon
_MOST_BLANK = 3  # empty lines above a head
_WIDEST_LINE = 72  # columns; where the next word would have fitted, no mail program broke the line
_EMPHASIS = "*_| \t"
_NAME_AND_ADDRESS = re.compile(r"(?:[^<>]{0,150}<[^<>@\s]{1,64}@[^<>@\s]{1,150}>|[^<>@\s]{1,64}@[^<>@\s]{1,150})")


@dataclass(frozen=True, slots=True)
class Label:
    """One line of a head: what it is about, what it says, and in which languages it is called so."""

    about: str
    """`sender`, `sent`, `to`, `subject` or `other`."""
    value: str
    languages: tuple[Language, ...]
    line: str
    """The line as it stands there, with what goes on below it."""


@dataclass(frozen=True, slots=True)
class Head:
    """Who wrote to whom, when and about what, as far as the lines say it."""

    sender: str | None = None
    recipients: tuple[str, ...] = ()
    recipient_words: str = ""
    subject: str = ""
    date: str = ""
    """How it is written; empty without one."""
    day_order: str = ""
    lines: frozenset[str] = frozenset()
    """What its lines are about, whether they could be read or not."""

    def mail(self, body: str, zone: tzinfo | None) -> Mail:
        """Return the mail of this head and *body*; a date without a zone is taken in *zone*, without it in UTC."""
        sent = sent_as_written(self.date, zone, self.day_order)
        return Mail(
            sender=self.sender,
            recipients=self.recipients,
            subject=self.subject,
            sent_at=sent.moment,
            sent_words=sent.words,
            zone_assumed=sent.zone_assumed,
            body=body,
            date_doubt=sent.doubt,
            recipient_words=self.recipient_words,
            day_moved=sent.day_moved,
        )


def _labels() -> dict[str, dict[str, tuple[Language, ...]]]:
    labels: dict[str, dict[str, tuple[Language, ...]]] = {}
    for language in LANGUAGES:
        for about in ("sender", "sent", "to", "subject", "other"):
            for word in words_in(getattr(language, about)):
                languages = labels.setdefault(word, {})
                languages[about] = (*languages.get(about, ()), language)
    return labels


_LABELS: Final = _labels()


def label(line: str) -> Label | None:
    """Return what *line* says if it is a line of a head, `From: …`, also in bold or in a table; else None."""
    text = plain(line).strip(_EMPHASIS)
    name, colon, value = text.partition(":")
    if not colon or len(name) > _LONGEST_NAME:
        return _label_without_colon(text)
    found = _LABELS.get(name.strip(_EMPHASIS).casefold())
    if not found:
        return _label_without_colon(text)
    about, languages = next(iter(found.items()))
    return Label(about, value.strip(_EMPHASIS), languages, text)


def _label_without_colon(text: str) -> Label | None:
    """Read `From  The Team <team@example.org>`, as Outlook on the web prints it."""
    name, _, value = text.replace("\t", " ").partition(" ")
    found = _LABELS.get(name.casefold())
    if not found:
        return None
    about, languages = next(iter(found.items()))
    value = value.strip()
    is_one = (
        _NAME_AND_ADDRESS.fullmatch(value) if about in {"sender", "to"} else about == "sent" and _is_date(value)
    )
    return Label(about, value, languages, text) if is_one else None


def _is_date(text: str) -> bool:
    written = find_date(text)
    return written is not None and written.end == len(text)


def read_head(lines: Sequence[str], start: int = 0) -> tuple[Head, int]:
    """Read the head that begins at *start*, and return where the letter begins; without one, an empty head."""
    labels: list[Label] = []
    number, blanks = start, 0
    previous = ""
    while number < len(lines) and blanks <= _MOST_BLANK:
        line = lines[number].strip()
        found = label(line) if line else None
        if found and found.about != "other" and any(found.about == each.about for each in labels):
            break  # the head of another mail
        if found:
            labels.append(found)
        elif line and not (labels and not blanks and _goes_on(labels, previous, line)):
            break
        elif line:
            last = labels.pop()
            more = plain(line).strip()
            labels.append(replace(last, value=f"{last.value} {more}".strip(), line=f"{last.line} {more}"))
        blanks = 0 if line else blanks + 1
        number, previous = number + 1, line
    return head_of(labels), (number if labels else start)


def _goes_on(labels: Sequence[Label], previous: str, line: str) -> bool:
    """Whether *line* is the wrapped end of the last label, or the value below its name."""
    last = labels[-1]
    would_be = len(previous) + 1 + len(line.split(maxsplit=1)[0])
    return len(line) <= LONGEST_LINE and (not last.value or would_be > _WIDEST_LINE)


def head_of(labels: Iterable[Label]) -> Head:
    """Return what *labels* say together."""
    read = list(labels)

    def value(about: str) -> str:
        return next((each.value for each in read if each.about == about), "")

    senders = addresses_in(value("sender"))
    return Head(
        sender=senders[-1] if senders else None,
        recipients=addresses_in(value("to")),
        recipient_words=next((each.line for each in read if each.about == "to"), ""),
        subject=value("subject"),
        date=value("sent"),
        day_order=day_order(each.languages for each in read),
        lines=frozenset(each.about for each in read),
    )


def day_order(words: Iterable[tuple[Language, ...]]) -> str:
    """Return how 11/03/2024 is meant where these words stand; nothing if they may be English, or disagree."""
    foreign = [set(languages) for languages in words if ENGLISH not in languages]
    if not foreign:
        return ""
    shared = set.intersection(*foreign) or set.union(*foreign)
    orders = {language.day_order for language in shared}
    return orders.pop() if len(orders) == 1 else ""
