"""From the outbox to a channel: claim → was it already told? → compose → post → done | again | given up.

Three steps, so that a crash between any two leaves a state that the next start understands: `prepare` claims and
freezes in one transaction, `tell` speaks to the channel, `settle` notes in another transaction what came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.calendar import FOREVER
from notifier.core.delivery import Delivery, State, overtaken, posts, retry_after
from notifier.flow.say import rule_of, say, scene_of
from notifier.ports import CannotAsk, Channel, Post, Undelivered

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.ports import Tx

MOST_AT_ONCE = 100
GIVE_UP_AFTER = 40  # attempts: with the longest wait between them, about eight days


@dataclass(frozen=True, slots=True)
class Parcel:
    """A post with the deliveries that it settles. *again* says that an earlier attempt may have arrived."""

    post: Post
    destination: str
    deliveries: tuple[Delivery, ...]
    again: bool


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one parcel: a receipt, or why not and whether to try again."""

    parcel: Parcel
    receipt: str = ""
    error: Undelivered | None = None


def prepare(tx: Tx, rulebook: Rulebook, now: Moment, boot: str) -> list[Parcel]:
    """Claim what is due and freeze what it says: after a first attempt its bytes never change.

    What was overtaken before anybody was told is dropped here.
    """
    parcels = []
    for group in posts(_claim(tx, rulebook, now, boot)):
        leader = group[0]
        message = leader.post or say(tx, rulebook, group, now)
        if leader.post is None:
            tx.put_delivery(replace(leader, post=message))
        parcels.append(
            Parcel(Post(leader.key, message), leader.destination, tuple(group), again=leader.attempts > 1)
        )
    return parcels


def _claim(tx: Tx, rulebook: Rulebook, now: Moment, boot: str) -> list[Delivery]:
    """What is to be told now. Where the oldest of a row is dropped, the next one of that row has its turn."""
    kept: list[Delivery] = []
    while claimed := tx.claim(now, boot, MOST_AT_ONCE):
        worth = _awake(tx, rulebook, _still_worth_telling(tx, claimed), now)
        kept += worth
        if len(worth) == len(claimed):
            break
    return kept


def _still_worth_telling(tx: Tx, claimed: Sequence[Delivery]) -> list[Delivery]:
    kept = []
    for delivery in claimed:
        waiting = [later for later in tx.waiting(delivery) if later.attempts <= 1 and later.post is None]
        dropped = overtaken(waiting) if delivery in waiting else set()
        for later in waiting:
            if later.id in dropped:
                tx.put_delivery(replace(later, state=State.DROPPED, why="overtaken before it was told"))
        if delivery.id not in dropped:
            kept.append(delivery)
    return kept


def _awake(tx: Tx, rulebook: Rulebook, claimed: Sequence[Delivery], now: Moment) -> list[Delivery]:
    """What is not laid to rest because its account or grant is paused: that is told when the pause is over."""
    awake = []
    for delivery in claimed:
        resting = _resting(tx, rulebook, delivery, now)
        if resting is None:
            awake.append(delivery)
        else:
            tx.put_delivery(resting)
    return awake


def _resting(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Delivery | None:
    """*delivery* as it waits for the end of a pause; None if it is told now."""
    for account in tx.accounts([delivery.account]):
        pause = account.pause(delivery.grant, account.locale.day_of(now))
        if pause is not None and delivery.attempts <= 1 and not _is_urgent(tx, rulebook, delivery, now):
            wakes = FOREVER if pause.until is None else account.locale.tells(pause.until + 1)
            why = f"paused: {pause.because}"
            return replace(delivery, state=State.HELD, due_at=wakes, attempts=0, boot="", why=why)
    return None


def _is_urgent(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> bool:
    rule = rule_of(scene_of(tx, rulebook, delivery, now), delivery)
    over = delivery.told.reason in (Reason.RESOLVED, Reason.CLOSED)
    return rule is not None and not over and bool(rule.urgent.at(rule.policy.rank(delivery.told.step)))


async def tell(parcel: Parcel, channels: Mapping[str, Channel]) -> Outcome:
    """Post *parcel*, unless the channel knows that it was told before. A failure is an outcome, never raised."""
    channel = channels.get(parcel.destination)
    if channel is None:
        return Outcome(
            parcel, error=Undelivered(f"there is no destination {parcel.destination!r}", permanent=True)
        )
    try:
        found = await channel.find(parcel.post) if parcel.again else None
        if found is None or isinstance(found, CannotAsk):
            found = await channel.deliver(parcel.post)
        return Outcome(parcel, receipt=found)
    except Undelivered as error:
        return Outcome(parcel, error=error)
    except Exception as error:  # noqa: BLE001  its words may hold a secret: only its kind is kept
        return Outcome(parcel, error=Undelivered(f"a fault in the channel: {type(error).__name__}"))


def settle(tx: Tx, outcomes: Sequence[Outcome], now: Moment) -> None:
    """Note what came of each parcel: done, due again later, or given up."""
    for outcome in outcomes:
        for delivery in outcome.parcel.deliveries:
            frozen = outcome.parcel.post.message if delivery is outcome.parcel.deliveries[0] else delivery.post
            tx.put_delivery(replace(_settled(delivery, outcome, now), post=frozen))


def _settled(delivery: Delivery, outcome: Outcome, now: Moment) -> Delivery:
    error = outcome.error
    if error is None:
        return replace(delivery, state=State.DONE, receipt=outcome.receipt, why="")
    if error.permanent or delivery.attempts >= GIVE_UP_AFTER:
        return replace(delivery, state=State.GIVEN_UP, why=error.why)
    again = now + max(error.again_in or 0, retry_after(delivery.attempts))
    return replace(delivery, state=State.DUE, due_at=again, why=error.why)
