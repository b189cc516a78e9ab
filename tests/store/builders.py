"""Small records for the store's tests."""

from zoneinfo import ZoneInfo

from notifier.core.account import Account, Grant, Person, Poll
from notifier.core.alert import Alert, Cause, Reason, Transition
from notifier.core.calendar import Locale
from notifier.core.facts import Reading
from notifier.core.subject import Subject
from notifier.ports import Act

BERLIN = Locale(ZoneInfo("Europe/Berlin"))
SUBJECT = Subject("program/late", "lab", "2024")
LAB_MAIL, LAB_SLACK = "mailto:a.researcher@example.edu", "slack:#lab-grants"


def account(name="lab", locale=BERLIN):
    people = {"team": Person((LAB_SLACK,)), "pi": Person((LAB_MAIL,), "A. Researcher")}
    return Account(name, locale, people, (Grant("2024", "program", 738_956),), (Poll("openai", "LAB_KEY"),))


def declared(at=100, **facts):
    return Reading("declared", at, facts)


def alert(**changed):
    return Alert(**{"open": True, "opened_at": 100, "step": "on the day"} | changed)


def transition(seq=1, at=100, reason=Reason.OPENED, episode=1):
    return Transition(reason, at, episode, seq, "on the day", 739_000)


def act(name="act-1", at=100, **said):
    return Act(name, "record", "lab", "2024", said, at, "pi")


def owe(tx, *seqs, subject=SUBJECT, to=LAB_SLACK, at=100):
    """Owe one transition for each of *seqs*; returns the whole outbox."""
    for seq in seqs:
        tx.owe(subject, transition(seq, at), to, Cause.MOMENT, 1)
    return tx.deliveries()


def claim(tx, now, boot, most, busy=()):
    """Claim whatever can be told, as one who tells it all."""
    return tx.claim(tx.tellable(now, boot, most, busy), now, boot)
