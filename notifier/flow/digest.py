"""Every week each destination that people name hears how everything stands, also when all is well.

What is owed is one delivery like any other: composed when it is claimed, frozen, tried again, told elsewhere if it
cannot be told. Its episode is the day of its slot, so that no slot is ever told twice, whatever happens to the
clock; and after a change of day, hour or zone the next one comes no sooner than `LEAST_APART` after the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.alert import Cause, Reason, Transition
from notifier.core.audience import CONSOLE
from notifier.core.calendar import SECONDS_A_DAY, Locale
from notifier.core.digest import compose_digest
from notifier.core.message import Message
from notifier.core.subject import Subject
from notifier.core.weekly import Weekly, parse_weekly
from notifier.flow.itself import ACCOUNT
from notifier.flow.outlook import Recipient, outlook, version
from notifier.flow.quiet import zone_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from zoneinfo import ZoneInfo

    from notifier.core.account import Account, Person
    from notifier.core.audience import Ways
    from notifier.core.calendar import Day, Moment
    from notifier.core.delivery import Delivery
    from notifier.core.rule import Rulebook
    from notifier.ports import Tx

SUBJECT = Subject("notifier/digest", ACCOUNT)
LEAST_APART = 6 * SECONDS_A_DAY  # a zone or some hours further on are no reason to wait for another week
FURTHEST = 14 * SECONDS_A_DAY  # what is to come later than that was noted while the clock was wrong


@dataclass(frozen=True, slots=True)
class Slot:
    """When a destination hears its digest, by clocks in *zone*; *weekly* is None where it hears none.

    *stated*: somebody wrote so.
    """

    weekly: Weekly | None
    zone: ZoneInfo
    stated: bool = False

    def after(self, moment: Moment, last: Moment | None = None) -> Moment | None:
        """The first slot later than *moment* and not too soon after the *last* digest; None if there is none."""
        if self.weekly is None:
            return None
        coming = self.weekly.next_after(moment, self.zone)
        while last is not None and coming - last < LEAST_APART:
            coming = self.weekly.next_after(coming, self.zone)
        return coming

    def newest(self, since: Moment, now: Moment) -> Day:
        """The day of the newest slot that has come by *now*; *since* is one that has."""
        at: Moment | None = since
        while at is not None and at <= now:
            since, at = at, self.after(at)
        return Locale(self.zone).day_of(since)


# -- when --------------------------------------------------------------------------------------------------------


def slots(accounts: Iterable[Account], ways: Ways) -> dict[str, Slot]:
    """When each destination that somebody names hears a digest.

    Where several name it, the first who states a day and an hour decides, before whoever wants none, before
    whoever says nothing.
    """
    found: dict[str, Slot] = {}
    for account in accounts:
        for person in account.people.values():
            destination = ways.to(person.reach)
            if destination is None:
                continue
            slot = Slot(parse_weekly(person.digest), zone_of(person, account), bool(person.digest))
            before = found.get(destination)
            if before is None or _weight(slot) > _weight(before):
                found[destination] = slot
    return found


def _weight(slot: Slot) -> int:
    return 0 if not slot.stated else 1 if slot.weekly is None else 2


def arm(tx: Tx, now: Moment, ways: Ways) -> None:
    """The accounts were declared anew: note when every digest comes next.

    What waits for it and did not change stays; quiet hours may have changed, so that what rests is looked at anew.
    """
    wanted, known = slots(tx.accounts(tx.account_ids()), ways), tx.digests()
    for recipient, slot in wanted.items():
        noted = known.get(recipient)
        if noted is not None and noted <= now + FURTHEST and slot.after(noted - 1) == noted:
            continue
        last = tx.newest(SUBJECT, recipient) if slot.weekly is not None else None
        heard = last.told.at if last is not None and last.told.at <= now else None
        _note(tx, recipient, slot.after(now, heard))
    for gone in sorted(known.keys() - wanted.keys()):
        tx.forget_digest(gone)
    tx.rouse(ACCOUNT)


def due(tx: Tx, rulebook: Rulebook, now: Moment, ways: Ways) -> int:
    """Owe every digest whose slot has come, once, however many slots went by; returns how many."""
    coming = tx.digests(now)
    if not coming:
        return 0
    wanted, event = slots(tx.accounts(tx.account_ids()), ways), tx.new_event()
    for recipient, at in coming.items():
        slot = wanted.get(recipient)
        following = slot.after(now) if slot is not None else None
        if slot is not None and following is not None:
            episode = slot.newest(at, now)
            told = Transition(Reason.DIGEST, now, episode, 1, version(rulebook), None)
            tx.owe(SUBJECT, told, recipient, Cause.MOMENT, event)
        _note(tx, recipient, following)
    return len(coming)


def _note(tx: Tx, recipient: str, at: Moment | None) -> None:
    if at is None:
        tx.forget_digest(recipient)
    else:
        tx.put_digest(recipient, at)


def recipients(tx: Tx, now: Moment, ways: Ways) -> dict[str, Moment | None]:
    """Who hears a digest, and when the next one comes; None for who wants none."""
    wanted, noted = slots(tx.accounts(tx.account_ids()), ways), tx.digests()
    return {name: noted.get(name) or wanted[name].after(now) for name in sorted(wanted)}


# -- what --------------------------------------------------------------------------------------------------------


def recipient_of(tx: Tx, destination: str, ways: Ways) -> Recipient | None:
    """Who hears digests at *destination*, and of which accounts; None if nobody names it any more."""
    named = tx.accounts(tx.account_ids()) if destination == CONSOLE else tx.naming(destination)
    accounts = [account for account in named if _is_told(account.people.values(), destination, ways)]
    slot = slots(accounts, ways).get(destination)
    if slot is None:
        return None
    ids = tuple(account.id for account in accounts)
    return Recipient(destination, ids, Locale(slot.zone), str(slot.weekly) if slot.weekly is not None else "")


def _is_told(people: Iterable[Person], destination: str, ways: Ways) -> bool:
    return any(ways.to(person.reach) == destination for person in people)


def say_digest(tx: Tx, rulebook: Rulebook, delivery: Delivery, now: Moment, ways: Ways) -> Message:
    """What the digest *delivery* says, as of *now*."""
    recipient = recipient_of(tx, delivery.destination, ways)
    if recipient is None:
        return Message(
            headline="No longer named on any account",
            about="digest",
            reason=Reason.DIGEST,
            say="Nobody names this address in the accounts file any more. This was its last digest.",
        )
    before = tx.newest(SUBJECT, delivery.destination, delivery.episode)
    return compose_digest(outlook(tx, rulebook, recipient, now, ways, before), recipient.locale, now)


def preview_digest(tx: Tx, rulebook: Rulebook, destination: str, now: Moment, ways: Ways) -> Message | None:
    """What a digest to *destination* would say *now*; None if nobody names it."""
    recipient = recipient_of(tx, destination, ways)
    if recipient is None:
        return None
    before = tx.newest(SUBJECT, destination)
    return compose_digest(outlook(tx, rulebook, recipient, now, ways, before), recipient.locale, now)
