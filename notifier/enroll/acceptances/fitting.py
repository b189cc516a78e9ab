"""How well a mail fits a program: which of its phrases stand in it, and whether its sender is known."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifier.enroll.acceptances.recognition import Recognition
from notifier.enroll.mails.mail import Mail

# One way of writing for what mail programs write in several, and nothing for what nobody sees.
_ALIKE = str.maketrans(
    dict.fromkeys("\u2018\u2019\u02bc", "'")
    | dict.fromkeys("\u201c\u201d", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013", "-")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a mail fits one program."""

    recognition: Recognition
    known_sender: str | None
    present: tuple[str, ...]
    absent: tuple[str, ...]

    @property
    def rank(self) -> tuple[float, bool]:
        """The share of the phrases that are there; of equal ones that with a known sender is higher."""
        return len(self.present) / (len(self.present) + len(self.absent)), self.known_sender is not None

    @property
    def is_acceptance(self) -> bool:
        """Decide, from what the mail says rather than from who claims to have sent it.

        At least half of the phrases are there; or one is there and the sender is known. The sender alone is
        not enough: portals send refusals and receipts from the address that acceptances come from.
        """
        share, sender_is_known = self.rank
        return share >= 1 / 2 or (sender_is_known and bool(self.present))

    def refused(self) -> Iterator[str]:
        """Say what was looked for and not found, as lines."""
        looked_for = " or ".join(self.recognition.senders) or "none known"
        sender = "matches" if self.known_sender else "does not match"
        there, wanted = len(self.present), len(self.present) + len(self.absent)
        yield f"{self.recognition.program}:"
        yield f"  sender ({looked_for}) {sender}"
        yield f"  {there} of {wanted} phrases found; not found:"
        for phrase in self.absent:
            yield f'    "{phrase}"'


def fit(mail: Mail, recognition: Recognition) -> Fit:
    """Return how well *mail* fits the program."""
    text = plain(f"{mail.subject} {mail.body}").casefold()
    sender = (mail.sender or "").lower()
    known = [each.lower() for each in recognition.senders]
    is_known = any(sender == each or (each.startswith("@") and sender.endswith(each)) for each in known)
    is_there = {phrase: plain(phrase).casefold() in text for phrase in recognition.phrases}
    return Fit(
        recognition=recognition,
        known_sender=mail.sender if is_known else None,
        present=tuple(phrase for phrase, there in is_there.items() if there),
        absent=tuple(phrase for phrase, there in is_there.items() if not there),
    )


def plain(text: str) -> str:
    """Return *text* as patterns and phrases expect it: single blanks, one kind of quote and hyphen."""
    return " ".join(text.translate(_ALIKE).split())
