"""A mail as every form of it is read into, and the one error of reading."""

import re
from dataclasses import dataclass
from datetime import datetime

LONGEST_HEADER = 2_000  # characters; an acceptance has one sender and a few recipients

# Deliberately wide: which addresses exist is the mail server's knowledge, not ours.
_WORD = r"[^\s<>@,;:\"()\[\]\\]"
_ADDRESS = re.compile(rf"{_WORD}{{1,64}}@{_WORD}{{1,250}}")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_BRACKETED = re.compile(r"<([^<>]*)>")


class UnreadableMail(ValueError):
    """The bytes are no mail that can be read; the text says why, and what to do instead."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail, whichever way it was saved.

    Everything in it was written by somebody else and is as they claim it, the sender too.
    """

    sender: str | None
    recipients: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    sent_words: str
    """How the mail itself writes the date; empty without one."""
    zone_assumed: bool
    """True if neither the mail nor the caller knew the zone, so that `sent_at` is taken as UTC."""
    body: str
    """The letter itself, without what it forwards or quotes."""
    date_doubt: str = ""
    """Why a date that stands there is not taken, as the middle of a sentence; empty where there is no doubt."""

    recipient_words: str = ""
    """The line that names the recipients, in the words of the mail; empty where there is none."""
    day_moved: bool = False
    """Whether `sent_at`, in the zone that it is expressed in, is another day than the one that is written."""

    @property
    def recipient(self) -> str | None:
        """The first address that the mail was sent to."""
        return self.recipients[0] if self.recipients else None


def addresses_in(header: str) -> tuple[str, ...]:
    """Return the addresses of a `From:` or `To:` line, in order, without repetition.

    A display name may look like an address, so what stands in angle brackets comes first.
    """
    unquoted = _QUOTED.sub(" ", header[:LONGEST_HEADER])
    places = _BRACKETED.findall(unquoted) or [unquoted]
    found = [address.rstrip(".") for place in places for address in _ADDRESS.findall(place)]
    return tuple(dict.fromkeys(address for address in found if address.isprintable()))
