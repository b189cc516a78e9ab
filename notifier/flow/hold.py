"""People edited rules or accounts: what that would tell is held, weighed, and told if it is not too much."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.alert import Cause, Reason, Transition
from notifier.core.audience import CONSOLE, CONSOLE_ONLY, Ways
from notifier.core.delivery import State, overtaken, posts
from notifier.core.hold import Hold, Stage
from notifier.core.subject import Subject

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
    from notifier.ports import Tx

RULE, ACCOUNT = "notifier/held", "notifier"  # what the question to a person is about: the service itself


def begin(tx: Tx, why: str, now: Moment) -> None:
    """An edit is being taken over (*why*): what it would tell is held from here on, until `weigh` is called."""
    if weighing(tx) is None:
        tx.put_hold(Hold(tx.new_event(), now, why))


def weighing(tx: Tx) -> Hold | None:
    """The edit that is being taken over now."""
    return next((hold for hold in tx.holds() if hold.stage is Stage.WEIGHING), None)


def waiting(tx: Tx) -> list[Hold]:
    """The edits that wait for a person."""
    return [hold for hold in tx.holds() if hold.stage is Stage.WAITING]


def weigh(tx: Tx, most: int, now: Moment, ways: Ways = CONSOLE_ONLY) -> None:
    """Everything that the edit would tell is known: tell it if it is at most *most* messages, else ask once.

    Whoever would have heard all of it is asked; if these are several, the fallback or the console: an import must
    not ask a hundred groups about each other.
    """
    hold = weighing(tx)
    if hold is None:
        return
    tx.at(now)
    together = told_together(tx.held(hold.event))
    if len(together) <= most:
        tx.let_go(hold.event)
        tx.forget_hold(hold.event)
        return
    tx.put_hold(replace(hold, stage=Stage.WAITING, count=len(together)))
    subject = Subject(RULE, ACCOUNT, str(hold.event))
    asks = Transition(Reason.HELD, now, episode=1, seq=1, step=None, anchor=None)
    heard = {group[0].destination for group in together}
    destination = heard.pop() if len(heard) == 1 else ways.fallback or CONSOLE
    tx.owe(subject, asks, destination, Cause.EDITED, tx.new_event())


def told_together(held: Sequence[Delivery]) -> list[list[Delivery]]:
    """What is *held* as it would be told: without what was overtaken. Each line of a table counts as a message."""
    lines: dict[tuple[Subject, str], list[Delivery]] = {}
    for each in held:
        lines.setdefault((each.subject, each.destination), []).append(each)
    dropped = {number for line in lines.values() for number in overtaken(line)}
    return posts([each for each in held if each.id not in dropped], tables=False)


def release(tx: Tx, event: int, by: str) -> str:
    """Tell what is held of *event*; returns what came of it, for people to read."""
    return _end(tx, event, Stage.RELEASED, by) or _released(tx, event)


def drop(tx: Tx, event: int, by: str) -> str:
    """Tell nothing of what is held of *event*. The alerts stay; what comes next of them is told as always."""
    return _end(tx, event, Stage.DROPPED, by) or _dropped(tx, event, by)


def _end(tx: Tx, event: int, stage: Stage, by: str) -> str:
    """Close the hold; why that cannot be, if it cannot."""
    hold = next((each for each in tx.holds() if each.event == event), None)
    if hold is None or hold.stage is Stage.WEIGHING:
        return f"nothing is held under the number {event}"
    if hold.stage is not Stage.WAITING:
        return f"{hold.by} has {hold.stage} it already"
    tx.put_hold(replace(hold, stage=stage, by=by))
    return ""


def _released(tx: Tx, event: int) -> str:
    tx.let_go(event)
    return "released"


def _dropped(tx: Tx, event: int, by: str) -> str:
    held = tx.held(event)
    for each in held:
        tx.put_delivery(replace(each, state=State.DROPPED, why=f"dropped by {by}"))
    unheard(tx, held)
    return "dropped"


def unheard(tx: Tx, dropped: Sequence[Delivery]) -> None:
    """Remember of the alerts of *dropped* that nobody has heard of them, where it is so: their end is no news."""
    alerts = tx.alerts({each.account for each in dropped})
    for each in dropped:
        alert = alerts.get(each.subject)
        first = alert is not None and (alert.episode, each.seq) == (each.episode, 1)
        if alert is not None and first and not any(other.state is State.DONE for other in tx.siblings(each)):
            tx.put_alert(each.subject, replace(alert, told=False))
