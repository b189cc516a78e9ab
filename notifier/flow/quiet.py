"""Quiet hours: what can wait is put off to their end; nothing is dropped.

They belong to the person who names a destination. Where several name the same one, such as a channel of Slack, it
is quiet as long as it is for any of them: to wait harms nobody, and to be woken breaks what one of them was
promised. Only where that would leave no free hour in a whole week, it is quiet when it is for all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifier.core.audience import CONSOLE
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.quiet import Quiet, parse_quiet
from notifier.flow.itself import ACCOUNT as ITSELF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from notifier.core.account import Account, Person
    from notifier.core.audience import Ways
    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery
    from notifier.ports import Tx

WHY = "quiet hours"
A_WEEK = 7 * SECONDS_A_DAY
Hours = tuple[Quiet, ZoneInfo]


def quiet_until(tx: Tx, delivery: Delivery, account: Account | None, now: Moment, ways: Ways) -> Moment | None:
    """The end of the quiet hours in which *delivery*, about *account*, is due *now*; None if it is in none.

    What the service says of itself, and a digest, may go to people of any account.
    """
    if delivery.account == ITSELF:
        named = [] if delivery.destination == CONSOLE else tx.naming(delivery.destination)
        return end_of_quiet(list(hours(named, delivery.destination, ways)), now)
    return quiet_there(account, delivery.destination, now, ways) if account is not None else None


def quiet_there(account: Account, destination: str, now: Moment, ways: Ways) -> Moment | None:
    """The end of the quiet hours of *account*'s people at *destination*; None if it is not quiet now."""
    return end_of_quiet(list(hours([account], destination, ways)), now)


def hours(accounts: Iterable[Account], destination: str, ways: Ways) -> Iterator[Hours]:
    """The quiet hours of everybody who is told at *destination*, each with the zone of its clocks."""
    for account in accounts:
        for person in account.people.values():
            if person.quiet and (destination in person.reach or ways.to(person.reach) == destination):
                yield parse_quiet(person.quiet), zone_of(person, account)


def zone_of(person: Person, account: Account) -> ZoneInfo:
    """By which clocks *person* lives: their own zone, or the account's."""
    return ZoneInfo(person.zone) if person.zone else account.locale.zone


def end_of_quiet(several: Sequence[Hours], now: Moment) -> Moment | None:
    """The first moment from *now* on at which none of *several* quiet hours hold; None if that is now."""
    at = now
    while at - now <= A_WEEK:
        ends = [end for quiet, zone in several if (end := quiet.ends(at, zone)) is not None]
        if not ends:
            return at if at > now else None
        at = max(ends)
    ends = [end for quiet, zone in several if (end := quiet.ends(now, zone)) is not None]
    return min(ends) if len(ends) == len(several) else None
