"""A calendar file (iCalendar, RFC 5545): one all-day event for each reminder, to be imported by hand.

Importing a newer file again replaces its events: an event's UID follows from what it reminds of, and SEQUENCE
grows with the time at which the file was made. There is no METHOD (that would make it an invitation), no alarm
(each reminder is its own event), and no day is marked as busy.
"""

from __future__ import annotations

import unicodedata
import uuid
from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from icalendar import Calendar, Event, vText

from notifier.core.audience import said
from notifier.core.calendar import utc
from notifier.core.words import say_day

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.letter import Letter
    from notifier.flow.preview import Coming

PRODUCT = "-//notifier//notifier 1//EN"
OURS = uuid.UUID("6f1c1d0e-6b0c-4b57-9d0c-0f6a4f1f2a35")  # a namespace of our own, for UIDs; it never changes
MOST_SUMMARY = 250  # characters; calendars show far fewer
MOST_DESCRIPTION = 4_000  # characters; a letter has at most 150 words
A_REVISION_LASTS = 60  # seconds; counted in minutes, SEQUENCE stays a signed 32-bit number (RFC 5545, 3.3.8)
# RFC 5545, section 3.3.11. icalendar itself takes a `\N` that somebody wrote for a line break.
ESCAPED = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"})
NOT_SHOWN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})  # Unicode's controls, formats, half characters, line ends


@dataclass(frozen=True, slots=True)
class Reminder:
    """One message that is to come, of the grant called *grant* of *account*."""

    account: Account
    grant: str
    coming: Coming

    @property
    def identity(self) -> str:
        """What it reminds of, whatever it is called: account, grant, rule, step and the date that it is about."""
        each = self.coming
        return "\n".join((self.account.id, self.grant, each.rule, each.message.step, str(each.anchor)))


class Words(vText):
    """A text as it was written: what it has of the format's own characters is escaped, once."""

    def to_ical(self) -> bytes:
        """The text as it stands in the file."""
        return self.translate(ESCAPED).encode()


def calendar(reminders: Sequence[Reminder], now: Moment) -> bytes:
    """All *reminders* as one file, made at *now*: its lines end in CRLF and have at most 75 octets."""
    accounts = sorted({each.account.id for each in reminders})
    whole = Calendar()
    whole.add("prodid", PRODUCT)
    whole.add("version", "2.0")
    name = f"Grant reminders: {accounts[0]}" if len(accounts) == 1 else "Grant reminders"
    whole.add("x-wr-calname", Words(_line(name)))
    times: Counter[str] = Counter()
    for each in reminders:
        times[each.identity] += 1
        whole.add_component(_event(each, times[each.identity], now))
    return bytes(whole.to_ical())


def _event(reminder: Reminder, time: int, now: Moment) -> Event:
    """*time* counts the reminders of the same step, which comes again where a fact goes back and forth."""
    each, event = reminder.coming, Event()
    repeated = "" if time == 1 else f"\n{time}"
    event.add("uid", str(uuid.uuid5(OURS, reminder.identity + repeated)))
    event.add("dtstamp", utc(now))
    event.add("last-modified", utc(now))
    event.add("sequence", now // A_REVISION_LASTS)
    event.add("dtstart", date.fromordinal(each.day))
    event.add("dtend", date.fromordinal(each.day + 1))
    event.add("summary", Words(_line(each.message.title)[:MOST_SUMMARY]))
    event.add("description", Words("\n".join(_description(reminder, now))[:MOST_DESCRIPTION]))
    event.add("categories", ["Grant", "Urgent"] if each.message.urgent else ["Grant"])
    event.add("transp", "TRANSPARENT")
    if each.message.link.startswith("https://") and each.message.link.isprintable():
        event.add("url", each.message.link)
    return event


def _description(reminder: Reminder, now: Moment) -> Iterator[str]:
    """What is said, the next action, whom to write to, the link, who is told and when, and the letter."""
    each, message, account = reminder.coming, reminder.coming.message, reminder.account
    yield _line(message.say)
    people = "; ".join(f"{said(role)}: {account.people[role]}" for role in each.roles)
    at = utc(each.at).astimezone(account.locale.zone)
    labelled = [
        ("Next", message.next),
        ("Write to", message.contact),
        ("Link", message.link),
        ("Told", people),
        ("Step", f"{message.step}, told at {at:%H:%M}, {account.locale.zone.key}"),
    ]
    if each.held is not None:
        until = "" if each.told_on is None else f", told on {say_day(each.told_on, account.locale, now)}"
        labelled.append(("Paused", f"{each.held.because}{until}"))
    for label, text in labelled:
        if text:
            yield f"{label}: {_line(text)}"
    if message.letter is not None:
        yield from _letter(message.letter)


def _letter(letter: Letter) -> Iterator[str]:
    gaps = {0: "ready to send", 1: "1 blank to fill in"}.get(letter.blanks, f"{letter.blanks} blanks to fill in")
    yield f"\nLetter, {gaps}; a person sends it:"
    yield _line(f"To: {letter.to}" if letter.to else f"Paste at: {letter.opens}")
    yield f"Subject: {_line(letter.subject)}\n"
    for line in letter.body.rstrip().split("\n"):
        yield _line(line)


def _line(text: str) -> str:
    """*text* as one line without control characters: names come from outside, and some may not stand in a file."""
    letters = (" " if unicodedata.category(letter) in NOT_SHOWN else letter for letter in text)
    return "".join(letters).strip()
