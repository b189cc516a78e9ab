"""Which program accepted whom, on which terms: what a mail says, and in which words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from notifier.enroll.acceptances.findings import Found, Value, said_by_the_body, shortened
from notifier.enroll.acceptances.fitting import Fit, fit, plain
from notifier.enroll.acceptances.recognition import OF_THE_PI, Ask, Recognition
from notifier.enroll.mails.mail import Mail
from notifier.enroll.printable import printable

__all__ = [
    "MOST_BODY",
    "Acceptance",
    "Found",
    "NotAnAcceptance",
    "Understood",
    "Value",
    "acceptances",
    "understand",
]

MOST_BODY: Final = 200_000  # characters that patterns are run over; an acceptance has some 5,000

_FROM_THE_HEAD = (
    Ask("accepted_on", "YYYY-MM-DD", "the date at the head of the mail"),
    Ask("accepted_address", "…", "the address that the mail was sent to"),
)


class NotAnAcceptance(ValueError):
    """The mail accepts nobody into a known program; the text says what was looked for and not found."""

    def __init__(self, why: str, rank: tuple[float, bool] = (0, False)) -> None:
        super().__init__(why)
        self.rank = rank
        """How near it came, as `Fit.rank`."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What one acceptance mail says, and what it leaves open."""

    program: str
    found: tuple[Found, ...]
    asks: tuple[Ask, ...]
    """What the letters need of account and grant, and the mail does not say."""
    not_found: tuple[str, ...]
    """Facts that the program expects in the mail: its wording has changed."""
    assumptions: tuple[str, ...]
    """Sentences for the person who checks."""
    signatures: tuple[Ask, ...] = ()
    """What letters need of the person who signs them."""
    ours: Mapping[str, str] = field(default_factory=dict)
    """What counts instead of each fact that was not found, where the program's own file says it."""
    checked_on: date | None = None
    """When the program's own file was last compared with what the provider publishes."""
    date_doubt: str = ""
    """Why a date that stands in the mail is not taken, as the middle of a sentence."""

    @property
    def missing(self) -> tuple[str, ...]:
        """The names of what the letters need and the mail does not say."""
        return tuple(ask.name for ask in (*self.asks, *self.signatures))

    def value(self, name: str) -> Value | None:
        """Return what was found under *name*."""
        return next((found.value for found in self.found if found.name == name), None)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An acceptance, and where in its file it stands: which message, and how deep inside a forward (from 1)."""

    understood: Understood
    message: int
    messages: int
    level: int
    levels: int
    zone_assumed: bool
    """Whether its date is taken as UTC because nobody knew the zone."""


def acceptances(messages: Sequence[Sequence[Mail]], recognitions: Sequence[Recognition]) -> list[Acceptance]:
    """Return every acceptance of a file, in order of date; one without a date comes last.

    Of each message, given as the levels of a forward from the outermost to the innermost, the innermost level
    that is an acceptance counts: so a forward's own date never does.

    Raises:
        NotAnAcceptance: there is none; the text is about the mail that comes nearest.
    """
    found, refused = list[Acceptance](), list[NotAnAcceptance]()
    for number, levels in enumerate(messages, start=1):
        for level in range(len(levels), 0, -1):
            mail = levels[level - 1]
            try:
                understood = understand(mail, recognitions)
            except NotAnAcceptance as error:
                refused.append(error)
                continue
            place = number, len(messages), level, len(levels)
            found.append(Acceptance(understood, *place, zone_assumed=mail.zone_assumed))
            break
    if not found:
        raise max(refused, key=lambda error: error.rank, default=NotAnAcceptance("There is no mail in it."))
    return sorted(found, key=lambda each: str(each.understood.value("accepted_on") or "none"))


def understand(mail: Mail, recognitions: Sequence[Recognition]) -> Understood:
    """Return which program the mail accepts into, and every fact in it with its words.

    A mail is an acceptance if at least half of a program's phrases stand in its subject and body, or if one
    does and it comes from a known sender; of several programs the one with most of its phrases counts. What
    the mail does not say is named as missing, never guessed.

    Raises:
        NotAnAcceptance: it is none, or fits two programs equally well.
    """
    best = _best_fit([fit(mail, each) for each in recognitions])
    recognition, body = best.recognition, plain(mail.body)
    read = body[:MOST_BODY]
    found = (_program(best), *_said_by_the_head(mail), *said_by_the_body(read, recognition))
    names = {each.name for each in found}
    asks = tuple(ask for ask in (*_FROM_THE_HEAD, *recognition.asks) if ask.name not in names)
    not_found = tuple(name for name in recognition.patterns if name not in names)
    return Understood(
        program=recognition.program,
        found=found,
        asks=tuple(ask for ask in asks if ask.name not in OF_THE_PI),
        not_found=not_found,
        assumptions=tuple(_assumptions(mail, best, was_cut=read != body)),
        signatures=tuple(ask for ask in asks if ask.name in OF_THE_PI),
        ours={name: recognition.ours[name] for name in not_found if name in recognition.ours},
        checked_on=recognition.checked_on,
        date_doubt=mail.date_doubt if mail.sent_at is None else "",
    )


def _best_fit(fits: list[Fit]) -> Fit:
    ranked = sorted(fits, key=lambda fit: fit.rank, reverse=True)
    accepted = [fit for fit in ranked if fit.is_acceptance]
    if not accepted:
        lines = [line for each in ranked for line in each.refused()]
        why = ["This is no acceptance mail of a known program. What was looked for:", *map(printable, lines)]
        raise NotAnAcceptance("\n".join(why), ranked[0].rank if ranked else (0, False))
    best, *others = accepted
    if others and others[0].rank == best.rank:
        programs = f"{best.recognition.program} and {others[0].recognition.program}"
        raise NotAnAcceptance(f"This mail fits {programs} equally well; make their phrases differ.", best.rank)
    return best


def _program(fit: Fit) -> Found:
    return Found("program", fit.recognition.program, shortened(fit.present[0]))


def _said_by_the_head(mail: Mail) -> Iterator[Found]:
    if mail.sent_at is not None:
        aside = f"in {mail.sent_at.tzinfo}" if mail.day_moved else ""
        yield Found("accepted_on", mail.sent_at.date(), shortened(mail.sent_words), aside=aside)
    if mail.recipient is not None:
        yield Found("accepted_address", mail.recipient, shortened(mail.recipient_words))


def _assumptions(mail: Mail, fit: Fit, *, was_cut: bool) -> Iterator[str]:
    if mail.zone_assumed:
        yield "The mail names no time zone: its date is taken as UTC; --zone says otherwise."
    if mail.sent_at is None and mail.date_doubt:
        yield f"The date of the mail is not taken: {mail.date_doubt}."
    if len(mail.recipients) > 1:
        yield f"The mail went to {len(mail.recipients)} addresses: the first is taken."
    if fit.known_sender is None:
        sender = mail.sender or "not named"
        yield f"The sender ({sender}) is not the known one: the mail was recognized by its phrases."
    if was_cut:
        yield f"Only the first {MOST_BODY:,} characters of the mail were read."
