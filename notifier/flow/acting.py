"""What people do with an open alert: acknowledge, snooze, done, hand over, reopen.

The decisions are `notifier.core.alert`'s. Here they become one transaction: the alert, what is said of it in the
threads that tell of it, and the waking of its account.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Acted, Alert, Cause, acknowledge, hand_over, reopen, snooze
from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.subject import Subject

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.ports import Act, Tx

ACK, SNOOZE, DONE, HAND_OVER, REOPEN = "ack", "snooze", "done", "hand over", "reopen"
ON_ALERTS = (ACK, SNOOZE, DONE, HAND_OVER, REOPEN)
IN_THREADS = "slack:"  # destinations whose channel keeps a thread for each opening
FACT = "fact "  # what an act records, by `fact <name>`; everything else that it says is about the act itself


def subject_of(act: Act) -> Subject:
    """The alert that *act* is about."""
    return Subject(_text(act, "rule"), act.account, act.grant, _text(act, "item"))


def said_of(subject: Subject, **said: Observed) -> dict[str, Observed]:
    """What an act about *subject* says; what is empty is left out."""
    return {name: value for name, value in {"rule": subject.rule, "item": subject.item, **said}.items() if value}


def owner_of(act: Act) -> str:
    """The grant whose facts *act* records; '' for the account's own."""
    return _text(act, "of")


def recorded_by(act: Act) -> dict[str, Observed]:
    """The facts that *act* records, by name."""
    return {name.removeprefix(FACT): value for name, value in act.said.items() if name.startswith(FACT)}


def act_on(tx: Tx, act: Act, now: Moment, ways: Ways = CONSOLE_ONLY) -> str:
    """Let *act* have its effect on the alert that it is about; returns what came of it, for people to read."""
    subject = subject_of(act)
    alert = tx.alerts([act.account]).get(subject)
    if alert is None or not alert.open:
        return "it is not open any more"
    at = min(act.at, now)
    if act.kind == DONE:
        return _record(tx, act, at)
    acted = _acted(act, alert, at)
    if acted.told is None:
        return "it was so already"
    tx.put_alert(subject, acted.alert)
    event = tx.new_event()
    for destination in _hear(tx, act, subject, alert, ways):
        tx.owe(subject, acted.told, destination, Cause.PERSON, event)
    tx.wake(act.account)
    return acted.told.reason.value


def threads(tx: Tx, subject: Subject, episode: int) -> list[str]:
    """The destinations that keep a thread in which that opening of the alert was told, or is to be."""
    return [name for name in tx.heard(subject, episode) if name.startswith(IN_THREADS)]


def _record(tx: Tx, act: Act, at: Moment) -> str:
    """Record what ends the alert; the next judgement finds that it is done."""
    tx.record(act.account, owner_of(act), recorded_by(act), at, act.by)
    tx.wake(act.account)
    return "recorded"


def _acted(act: Act, alert: Alert, at: Moment) -> Acted:
    because, until = _text(act, "because"), act.said.get("until", 0)
    assert isinstance(until, int)
    if act.kind == ACK:
        return acknowledge(alert, act.by, until, because, at)
    if act.kind == SNOOZE:
        return snooze(alert, act.by, until, because, at)
    if act.kind == HAND_OVER:
        return hand_over(alert, _text(act, "to"), act.by, because, at)
    return reopen(alert, act.by, because, at)


def _hear(tx: Tx, act: Act, subject: Subject, alert: Alert, ways: Ways) -> list[str]:
    """The threads that tell of the alert; and to whom it is handed over, by whatever way leads there."""
    hear = threads(tx, subject, alert.episode)
    if act.kind == HAND_OVER:
        for account in tx.accounts([act.account]):
            owner = account.people.get(_text(act, "to"))
            reached = ways.to(owner.reach) if owner is not None else None
            hear += [reached] if reached is not None else []
    return list(dict.fromkeys(hear))


def _text(act: Act, name: str) -> str:
    value = act.said.get(name, "")
    return value if isinstance(value, str) else ""
