"""Which program accepted whom, on which terms: what a mail says, and in which words."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from notifier.enroll.dates import day
from notifier.enroll.printable import printable
from notifier.enroll.recognition import Ask, Recognition, RecognitionError
from notifier.enroll.record import Mail

__all__ = [
    "MOST_BODY",
    "Ask",
    "Found",
    "NotAnAcceptance",
    "Recognition",
    "RecognitionError",
    "Understood",
    "Value",
    "understand",
]

MOST_BODY: Final = 200_000  # characters that patterns are run over; an acceptance has some 5,000
_LONGEST_WORDS = 120

Value = str | date | tuple[str, ...]

# One way of writing for what mail programs write in several, and nothing for what nobody sees.
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;&]|\band\b|\bor\b)\s*", re.IGNORECASE)
_FROM_THE_HEAD = (
    Ask("accepted_on", "YYYY-MM-DD", "the date at the head of the mail"),
    Ask("accepted_address", "…", "the address that the mail was sent to"),
)


class NotAnAcceptance(ValueError):
    """The mail accepts nobody into a known program; the text says what was looked for and not found."""


@dataclass(frozen=True, slots=True)
class Found:
    """One fact, and the words of the mail that say it (at most 120 characters)."""

    name: str
    value: Value
    words: str


@dataclass(frozen=True, slots=True)
class Understood:
    """What one acceptance mail says, and what it leaves open."""

    program: str
    found: tuple[Found, ...]
    asks: tuple[Ask, ...]
    """What the letters need and the mail does not say."""
    not_found: tuple[str, ...]
    """Facts that the program expects in the mail: its wording has changed."""
    assumptions: tuple[str, ...]
    """Sentences for the person who checks."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of what the letters need and the mail does not say."""
        return tuple(ask.name for ask in self.asks)

    def value(self, name: str) -> Value | None:
        """Return what was found under *name*."""
        return next((found.value for found in self.found if found.name == name), None)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a mail fits one program."""

    recognition: Recognition
    known_sender: str | None
    present: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, bool]:
        return len(self.present) / (len(self.present) + len(self.absent)), self.known_sender is not None

    @property
    def is_acceptance(self) -> bool:
        """Decide, from what the mail says rather than from who claims to have sent it.

        At least half of the phrases are there; or one is there and the sender is known. The sender alone is
        not enough: portals send refusals and receipts from the address that acceptances come from.
        """
        share, sender_is_known = self.rank
        return share >= 1 / 2 or (sender_is_known and bool(self.present))


def understand(mail: Mail, recognitions: Sequence[Recognition]) -> Understood:
    """Return which program the mail accepts into, and every fact in it with its words.

    A mail is an acceptance if at least half of a program's phrases stand in its subject and body, or if one
    does and it comes from a known sender; of several programs the one with most of its phrases counts. What
    the mail does not say is named as missing, never guessed.

    Raises:
        NotAnAcceptance: it is none, or fits two programs equally well.
    """
    subject, body = _plain(mail.subject), _plain(mail.body)
    fit = _best_fit([_fit(mail, f"{subject} {body}".casefold(), each) for each in recognitions])
    read = body[:MOST_BODY]
    found = (_program(fit), *_said_by_the_head(mail), *_said_by_the_body(read, fit.recognition))
    names = {each.name for each in found}
    return Understood(
        program=fit.recognition.program,
        found=found,
        asks=tuple(ask for ask in (*_FROM_THE_HEAD, *fit.recognition.asks) if ask.name not in names),
        not_found=tuple(name for name in fit.recognition.patterns if name not in names),
        assumptions=_assumptions(mail, fit, was_cut=read != body),
    )


def _plain(text: str) -> str:
    return " ".join(text.translate(_ALIKE).split())


def _fit(mail: Mail, text: str, recognition: Recognition) -> _Fit:
    sender = (mail.sender or "").lower()
    known = [each.lower() for each in recognition.senders]
    is_known = any(sender == each or (each.startswith("@") and sender.endswith(each)) for each in known)
    phrases = [phrase for phrase in recognition.phrases if phrase.strip()]
    return _Fit(
        recognition=recognition,
        known_sender=mail.sender if is_known else None,
        present=tuple(phrase for phrase in phrases if _plain(phrase).casefold() in text),
        absent=tuple(phrase for phrase in phrases if _plain(phrase).casefold() not in text),
    )


def _best_fit(fits: list[_Fit]) -> _Fit:
    accepted = sorted((fit for fit in fits if fit.is_acceptance), key=lambda fit: fit.rank, reverse=True)
    if not accepted:
        raise NotAnAcceptance("\n".join(["This is no acceptance mail of a known program.", *map(_refused, fits)]))
    best, *others = accepted
    if others and others[0].rank == best.rank:
        programs = f"{best.recognition.program} and {others[0].recognition.program}"
        raise NotAnAcceptance(f"This mail fits {programs} equally well; make their phrases differ.")
    return best


def _refused(fit: _Fit) -> str:
    looked_for = " or ".join(fit.recognition.senders) or "none known"
    sender = "matches" if fit.known_sender else "does not match"
    absent = "; ".join(f'"{phrase}"' for phrase in fit.absent)
    return printable(
        f"{fit.recognition.program}: sender ({looked_for}) {sender}; "
        f"{len(fit.present)} of {len(fit.present) + len(fit.absent)} phrases found; not found: {absent}."
    )


def _program(fit: _Fit) -> Found:
    return Found("program", fit.recognition.program, _shortened(fit.present[0]))


def _said_by_the_head(mail: Mail) -> list[Found]:
    found = []
    if mail.sent_at is not None:
        found.append(Found("accepted_on", mail.sent_at.date(), _shortened(mail.sent_words)))
    if mail.recipient is not None:
        found.append(Found("accepted_address", mail.recipient, _shortened(f"To: {mail.recipient}")))
    return found


def _said_by_the_body(body: str, recognition: Recognition) -> list[Found]:
    found = []
    for name in recognition.patterns:
        match = recognition.pattern(name).search(body)
        value = None if match is None else _typed(name, match["value"] or "", recognition.lists)
        if match is not None and value:
            found.append(Found(name, value, _excerpt(match)))
    return found


def _typed(name: str, text: str, lists: tuple[str, ...]) -> Value | None:
    """Return the value as an accounts file writes it; None if the text cannot be such a value."""
    if name in lists:
        names = (part.strip(" .").lower().replace(" ", "-") for part in _BETWEEN_NAMES.split(text))
        return tuple(dict.fromkeys(name for name in names if name))
    if name.endswith("_on"):
        return day(text)
    return text.strip()


def _excerpt(match: re.Match[str]) -> str:
    """Return the matched words; of long ones the end of the value and what stands before it."""
    words = match[0]
    if len(words) <= _LONGEST_WORDS:
        return words
    end = match.end("value") - match.start()
    if end < _LONGEST_WORDS:
        return _shortened(words)
    after = "…" if end < len(words) else ""
    return "…" + words[end - (_LONGEST_WORDS - 1 - len(after)) : end] + after


def _shortened(words: str) -> str:
    return words if len(words) <= _LONGEST_WORDS else words[: _LONGEST_WORDS - 1] + "…"


def _assumptions(mail: Mail, fit: _Fit, *, was_cut: bool) -> tuple[str, ...]:
    sentences = []
    if mail.zone_assumed:
        sentences.append("The mail names no time zone: its date is taken as UTC.")
    if len(mail.recipients) > 1:
        sentences.append(f"The mail went to {len(mail.recipients)} addresses: the first is taken.")
    if fit.known_sender is None:
        sender = mail.sender or "not named"
        sentences.append(f"The sender ({sender}) is not the known one: the mail was recognized by its phrases.")
    if was_cut:
        sentences.append(f"Only the first {MOST_BODY:,} characters of the mail were read.")
    return tuple(sentences)
