"""From the outbox to a channel: claim → compose → was it already told? → post → done | again | given up.

Three steps, so that a crash between any two leaves a state that the next start understands: `prepare` claims and
freezes in one transaction, `tell` speaks to the channel, `notifier.flow.settle` notes in another transaction what
came of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.account import Account, Pause
from notifier.core.alert import Reason
from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.calendar import FOREVER
from notifier.core.delivery import Around, Delivery, Destination, Doubt, State, overtaken, posts
from notifier.flow.place import around, post_id
from notifier.flow.quiet import WHY as QUIET_HOURS
from notifier.flow.quiet import quiet_until
from notifier.flow.say import rule_of, say, scene_of
from notifier.flow.subjects import record_of
from notifier.ports import CannotAsk, Post, Undelivered

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Collection, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.ports import Channel, Tx

MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Outlets:
    """How people are told: the *ways* that lead to them, and the *channel* of each destination.

    *channel* is None for a destination that cannot be told any more; *why_not* then says why, and what to set.
    *resend*: what may have arrived in a channel that cannot be asked is sent again; else a person is asked.
    """

    channel: Callable[[str], Channel | None]
    ways: Ways = CONSOLE_ONLY
    why_not: Callable[[str], str] = "there is no destination {!r}".format
    resend: bool = True


@dataclass(frozen=True, slots=True)
class Parcel:
    """A post with the delivery that carries it; others may share what comes of it."""

    post: Post
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one parcel: a receipt, or why not. *tried* is False if its turn did not come."""

    parcel: Parcel
    receipt: str = ""
    error: Undelivered | None = None
    tried: bool = True


# -- prepare: claim and freeze -----------------------------------------------------------------------------------


def prepare(
    tx: Tx,
    rulebook: Rulebook,
    now: Moment,
    boot: str,
    outlets: Outlets,
    busy: Collection[str] = (),
    *,
    most_destinations: int = MOST_AT_ONCE,
) -> list[Parcel]:
    """Claim what is due and freeze what it says: after a first attempt its bytes never change.

    What was overtaken before anybody was told is dropped here. Nothing is claimed for the destinations that are
    *busy*, nor for more than *most_destinations*; where a channel asks for a pace, one post is, and the next one
    has to wait.
    """
    worth = _worth_telling(
        *(tx, rulebook, now, outlets.ways),
        lambda: tx.tellable(now, boot, MOST_AT_ONCE, busy, most_destinations),
    )
    groups = _in_pace(tx, posts(worth), now, outlets)
    leaders = {each.id: each for each in tx.claim([group[0] for group in groups], now, boot)}
    return [_parcel(tx, rulebook, [leaders[group[0].id], *group[1:]], now, outlets.ways) for group in groups]


def _worth_telling(
    tx: Tx, rulebook: Rulebook, now: Moment, ways: Ways, tellable: Callable[[], list[Delivery]]
) -> list[Delivery]:
    """What is to be told now. Where the oldest of a row is dropped, the next one of that row has its turn."""
    while found := tellable():
        worth = _awake(tx, rulebook, _not_overtaken(tx, found, now), now, ways)
        if len(worth) == len(found):
            return worth
    return []


def _not_overtaken(tx: Tx, found: Sequence[Delivery], now: Moment) -> list[Delivery]:
    kept = []
    for delivery, line in zip(found, tx.waiting(found, now), strict=True):
        waiting = [each for each in line if each.post is None]
        dropped = overtaken(waiting) if delivery in waiting else set()
        for each in waiting:
            if each.id in dropped:
                tx.put_delivery(replace(each, state=State.DROPPED, why="overtaken before it was told"))
        if delivery.id not in dropped:
            kept.append(delivery)
    return kept


def _awake(tx: Tx, rulebook: Rulebook, found: Sequence[Delivery], now: Moment, ways: Ways) -> list[Delivery]:
    """What is not laid to rest, because its account or grant is paused, or its recipient has quiet hours."""
    accounts = {account.id: account for account in tx.accounts({each.account for each in found})}
    awake = []
    for delivery in found:
        rest = _rest(tx, rulebook, delivery, accounts.get(delivery.account), now, ways)
        if rest is None or _is_urgent(tx, rulebook, delivery, now):
            awake.append(delivery)
        else:
            tx.put_delivery(_resting(delivery, *rest))
    return awake


def _rest(
    tx: Tx, rulebook: Rulebook, delivery: Delivery, account: Account | None, now: Moment, ways: Ways
) -> tuple[Moment, str] | None:
    """Until when *delivery* rests and why, unless it is urgent; None if it is told now.

    A pause holds only what nobody has tried to tell. In quiet hours nothing is tried again either.
    """
    pause = account.pause(delivery.grant, account.locale.day_of(now)) if account is not None else None
    if pause is None and delivery.item:
        pause = _pause_of_item(tx, rulebook, delivery, now)
    if account is not None and pause is not None and delivery.post is None:
        over = FOREVER if pause.until is None else account.locale.tells(pause.until + 1)
        return over, f"paused: {pause.because}"
    quiet = quiet_until(tx, delivery, account, now, ways)
    return None if quiet is None else (quiet, QUIET_HOURS)


def _pause_of_item(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> Pause | None:
    """The pause of the project that *delivery* is about; a rule that asks for pauses itself decides by itself."""
    scene = scene_of(tx, rulebook, delivery, now)
    rule = rule_of(scene, delivery)
    if scene is None or rule is None or rule.each != "projects":
        return None
    places, record = rule.vocabulary.places, record_of(rule, scene.facts, delivery.item)
    if places["project.paused"] in rule.condition.places() or record.values[places["project.paused"]] is not True:
        return None
    until, because = (record.values[places[f"project.{name}"]] for name in ("paused_until", "paused_because"))
    return Pause(str(because or delivery.item), until if isinstance(until, int) else None)


def _resting(delivery: Delivery, wakes: Moment, why: str) -> Delivery:
    """*delivery* as it rests. What was being told when a process died may have arrived: that is not forgotten."""
    doubt = Doubt.UNKNOWN if delivery.state is State.CLAIMED else delivery.doubt
    return replace(delivery, state=State.HELD, due_at=wakes, boot="", why=why, doubt=doubt)


def _is_urgent(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment) -> bool:
    if delivery.post is not None:
        return delivery.post.urgent
    if delivery.told.reason is Reason.UNDELIVERED:
        lost = tx.delivery(int(delivery.grant))
        return lost is not None and _is_urgent(tx, rulebook, lost, now)
    rule = rule_of(scene_of(tx, rulebook, delivery, now), delivery)
    over = delivery.told.reason in (Reason.RESOLVED, Reason.CLOSED)
    return rule is not None and not over and bool(rule.urgent.at(rule.policy.rank(delivery.told.step)))


def _in_pace(tx: Tx, groups: Sequence[list[Delivery]], now: Moment, outlets: Outlets) -> list[list[Delivery]]:
    """The posts whose turn it is: all, but for each destination with a pace only the first."""
    chosen: dict[str, list[list[Delivery]]] = {}
    for group in groups:
        several = chosen.setdefault(group[0].destination, [])
        if not several or not _pace(outlets, group[0].destination):
            several.append(group)
    known = {each.name: each for each in tx.destinations(chosen.keys())}
    for name in chosen:
        if pace := _pace(outlets, name):
            tx.put_destination(replace(known.get(name, Destination(name)), next_slot=now + pace))
    return [group for several in chosen.values() for group in several]


def _pace(outlets: Outlets, destination: str) -> int:
    channel = outlets.channel(destination)
    return channel.pace if channel is not None else 0


def _parcel(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways) -> Parcel:
    """The post of *group*, whose first was claimed: as it was frozen, or composed and frozen now."""
    leader = group[0]
    if leader.post is None or leader.around is None:
        leader = _freeze(tx, rulebook, group, now, ways)
    assert leader.post is not None
    return Parcel(_post(tx, leader), leader)


def _freeze(tx: Tx, rulebook: Rulebook, group: Sequence[Delivery], now: Moment, ways: Ways) -> Delivery:
    leader, *others = group
    said = say(tx, rulebook, group, now, ways)
    whole = leader.post or said.whole  # an older release froze the words, but not where they belong
    leader = replace(leader, post=whole, around=around(tx, group, said.alone, whole))
    tx.put_delivery(leader)
    for each in others:
        tx.put_delivery(replace(each, state=State.JOINED, leader=leader.id))
    return leader


def _post(tx: Tx, leader: Delivery) -> Post:
    place = leader.around or Around("", "")
    assert leader.post is not None
    return Post(
        *(leader.key, leader.post, leader.destination, post_id(tx, leader), place.thread, place.topic),
        *(place.parent, place.above, place.worse, leader.tried_at, place.others),
    )


# -- tell: speak to the channel ----------------------------------------------------------------------------------


async def tell_in_turn(parcels: Sequence[Parcel], outlets: Outlets) -> AsyncIterator[Outcome]:
    """Tell *parcels*, all to one destination, one after the other.

    Once it fails as a whole the others are not tried: for ever refused, they fare the same; else their turn comes
    when the destination is tried again.
    """
    broken: Undelivered | None = None
    for parcel in parcels:
        if broken is not None:
            yield Outcome(parcel, error=broken, tried=broken.permanent)
            continue
        outcome = await tell(parcel, outlets)
        broken = outcome.error if outcome.error is not None and outcome.error.whole else None
        yield outcome


async def tell(parcel: Parcel, outlets: Outlets) -> Outcome:
    """Post *parcel*, unless the channel knows that it was told before. A failure is an outcome, never raised."""
    channel = outlets.channel(parcel.delivery.destination)
    if channel is None:
        why = outlets.why_not(parcel.delivery.destination)
        return Outcome(parcel, error=Undelivered(why, permanent=True, whole=True))
    try:
        found = await _find(parcel, channel, outlets)
        return Outcome(parcel, receipt=found or await channel.deliver(parcel.post))
    except Undelivered as error:
        return Outcome(parcel, error=error)
    except Exception as error:  # noqa: BLE001  its words may hold a secret: only its kind is kept
        return Outcome(parcel, error=Undelivered(f"a fault in the channel: {type(error).__name__}", unknown=True))


async def _find(parcel: Parcel, channel: Channel, outlets: Outlets) -> str | None:
    """The receipt of what an earlier attempt told, if one is in doubt and did.

    Raises:
        Undelivered: the channel cannot be asked, and a person wants to be.
    """
    doubt = parcel.delivery.doubt
    found = await channel.find(parcel.post) if doubt is not Doubt.NONE else None
    if not isinstance(found, CannotAsk):
        return found
    if doubt is Doubt.RESEND or outlets.resend:
        return None
    raise Undelivered("it may have arrived, and nobody can be asked: `retry` sends it again", permanent=True)
