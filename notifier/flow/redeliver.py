"""A person says what becomes of deliveries: try them again, or never tell them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.delivery import Delivery, Destination, Doubt, State
from notifier.flow.hold import unheard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.ports import Tx

OPEN = (State.GIVEN_UP, State.DUE, State.HELD)  # what a person can still say something about


def name_of(delivery: Delivery) -> str:
    """How commands call a delivery: ``D17``."""
    return f"D{delivery.id}"


def meant(tx: Tx, word: str) -> list[Delivery]:
    """The deliveries that *word* means, a name such as ``D17`` or a destination: those that carry a post.

    Of a destination it means what was given up, and what has failed and waits.
    """
    number = word.removeprefix("D")
    if number.isascii() and number.isdigit():
        found = tx.delivery(int(number))
        leader = tx.delivery(found.leader) if found is not None and found.leader else found
        return [leader] if leader is not None else []
    return [each for each in tx.troubled() if each.destination == word and not each.leader]


def retry(tx: Tx, word: str, now: Moment) -> str:
    """Tell again what was given up, at once; returns what came of it, for people to read.

    What may have arrived is sent even where the channel cannot be asked: that is what the person wants.
    """
    again = [each for each in meant(tx, word) if each.state in OPEN]
    for each in again:
        doubt = Doubt.RESEND if each.doubt is Doubt.UNKNOWN else each.doubt
        _put(tx, replace(each, state=State.DUE, due_at=now, trying_since=0, why="", doubt=doubt), State.JOINED)
    names = {each.destination for each in again} or {word}
    for destination in tx.destinations(names):
        tx.put_destination(Destination(destination.name))
    return _counted(again, "tried again")


def drop(tx: Tx, word: str, by: str) -> str:
    """Never tell what was not told yet; returns what came of it, for people to read."""
    gone = [each for each in meant(tx, word) if each.state in OPEN]
    for each in gone:
        led = tx.led(each.id)
        _put(tx, replace(each, state=State.DROPPED, why=f"dropped by {by}"), State.DROPPED)
        if each.state is not State.GIVEN_UP:  # what was given up was told elsewhere
            unheard(tx, [each, *led])
    return _counted(gone, "dropped")


def _put(tx: Tx, leader: Delivery, led: State) -> None:
    """Keep *leader*; those that its post tells too are *led* along."""
    tx.put_delivery(leader)
    for each in tx.led(leader.id):
        tx.put_delivery(replace(each, state=led, why=leader.why))


def _counted(chosen: Sequence[Delivery], what: str) -> str:
    return f"{what}: {', '.join(map(name_of, chosen))}" if chosen else "nothing of that is left to be told"
