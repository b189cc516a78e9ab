"""What came of telling: done, due again later, or given up and told elsewhere; what it says of the destination."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.alert import Cause, Reason, Transition
from notifier.core.audience import CONSOLE
from notifier.core.delivery import (
    GIVE_UP_AFTER,
    Delivery,
    Destination,
    Doubt,
    State,
    is_hopeless,
    wait_after,
)
from notifier.core.subject import Subject
from notifier.flow import itself
from notifier.flow.letters import offered

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from notifier.core.audience import Ways
    from notifier.core.calendar import Moment
    from notifier.core.message import Message
    from notifier.flow.deliver import Outcome
    from notifier.ports import Tx, Undelivered

RULE, ACCOUNT = "notifier/undelivered", "notifier"  # what is told elsewhere is about the service itself


def settle(tx: Tx, outcomes: Sequence[Outcome], now: Moment, ways: Ways) -> None:
    """Note what came of each parcel. What is given up is told elsewhere, in the same transaction.

    Which letters were offered with what was told is remembered (`notifier.flow.letters`).
    """
    tx.at(now)
    news = False
    known = {each.name: each for each in tx.destinations({each.parcel.delivery.destination for each in outcomes})}
    lost = []
    for outcome in outcomes:
        name = outcome.parcel.delivery.destination
        before = known.get(name, Destination(name))
        if outcome.tried:
            known[name] = _destination(before, outcome.error, now)
        if known.get(name, before) != before:
            tx.put_destination(known[name])
            news = True
        after = _settled(outcome, known.get(name, before), now)
        _put(tx, after, outcome.parcel.post.message)
        if after.state is State.GIVEN_UP:
            lost.append(after)
    offered(tx, [each.parcel.post.message for each in outcomes if each.error is None], now)
    if news:
        itself.wake(tx)
    if lost:
        event = tx.new_event()
        for delivery in lost:
            _tell_elsewhere(tx, delivery, now, ways, event)


def _destination(before: Destination, error: Undelivered | None, now: Moment) -> Destination:
    """What is remembered of a destination after one post: it works, it failed as a whole, or nothing new."""
    if error is None:
        return replace(before, failing_since=0, failures=0, why="") if before.failures else before
    if not error.whole:
        return before
    failures = before.failures + 1
    wait = 0 if error.permanent else wait_after(failures, error.again_in, before.name)
    return replace(
        before,
        next_slot=max(before.next_slot, now + wait) if wait else before.next_slot,
        failing_since=before.failing_since or now,
        failures=failures,
        why=error.why,
    )


def _settled(outcome: Outcome, destination: Destination, now: Moment) -> Delivery:
    delivery, error = outcome.parcel.delivery, outcome.error
    if error is None:
        return replace(delivery, state=State.DONE, receipt=outcome.receipt, why="", doubt=Doubt.NONE)
    if not outcome.tried:
        return _not_tried(delivery, destination, error, now)
    doubt = Doubt.UNKNOWN if error.unknown else delivery.doubt
    if error.permanent or is_hopeless(delivery, now):
        return replace(delivery, state=State.GIVEN_UP, why=error.why, doubt=doubt)
    again = now + wait_after(delivery.attempts, error.again_in, delivery.key)
    return replace(delivery, state=State.DUE, due_at=again, why=error.why, doubt=doubt)


def _not_tried(delivery: Delivery, destination: Destination, error: Undelivered, now: Moment) -> Delivery:
    """*delivery* as it was before its claim: its turn did not come. Where that goes on for days it is given up.

    What nobody has tried to tell is not frozen: it is composed, and may be overtaken, when its turn comes.
    """
    too_long = destination.failing_since and now - destination.failing_since >= GIVE_UP_AFTER
    if too_long and now - delivery.told.at >= GIVE_UP_AFTER:
        return replace(delivery, state=State.GIVEN_UP, why=error.why)
    before = replace(delivery, state=State.DUE, attempts=delivery.attempts - 1, boot="", why=error.why)
    return before if before.attempts else replace(before, post=None, around=None, tried_at=0, trying_since=0)


def _put(tx: Tx, leader: Delivery, told: Message) -> None:
    """Keep what came of *leader*, and of those that its post, *told*, tells too."""
    tx.put_delivery(leader)
    alone = not told.lines and told.reason is not Reason.STANDING
    for each in () if alone else tx.led(leader.id):
        if leader.state in (State.DONE, State.GIVEN_UP, State.DROPPED):
            tx.put_delivery(replace(each, state=leader.state, receipt=leader.receipt, why=leader.why))
        elif leader.post is None:  # they may be told in other company
            tx.put_delivery(replace(each, state=State.DUE, leader=0))


def _tell_elsewhere(tx: Tx, lost: Delivery, now: Moment, ways: Ways, event: int) -> None:
    """Owe what was given up to the first destination that was not tried yet; the console is the last."""
    tried, original = _tried(tx, lost)
    destination = next((each for each in _candidates(tx, original, ways) if each not in tried), None)
    if destination is not None:
        subject = Subject(RULE, ACCOUNT, str(original.id))
        told = Transition(Reason.UNDELIVERED, now, 1, original.attempts, None, None)
        tx.owe(subject, told, destination, Cause.MOMENT, event)


def _tried(tx: Tx, lost: Delivery) -> tuple[set[str], Delivery]:
    """Where the news of *lost* was tried, and the delivery that it was first owed as."""
    if lost.rule != RULE:
        return {lost.destination}, lost
    original = tx.delivery(int(lost.grant)) or lost
    same = [each for each in tx.siblings(lost) if each.state is State.GIVEN_UP]
    return {lost.destination, original.destination, *(each.destination for each in same)}, original


def _candidates(tx: Tx, delivery: Delivery, ways: Ways) -> Iterable[str]:
    """Who can hear instead: the fallback, the account's people by their other addresses, the console."""
    if ways.fallback:
        yield ways.fallback
    if ways.leads_to is not None:
        for account in tx.accounts([delivery.account]):
            for person in account.people.values():
                yield from (address for address in person.reach if ways.leads_to(address))
    yield CONSOLE
