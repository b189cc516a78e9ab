"""What a provider itself says is left of the credits that were granted, where it says so.

Some providers tell a balance (`granted_balance`, `paid_balance`, `balance`). What was granted is left:

    granted_balance                  as it is
    balance and paid_balance         the one less the other
    balance, and `paid_method: no`   as it is: nothing else can be in it
    balance alone                    nobody knows whose money that is, so it says nothing of the grant

It holds as long as what is polled holds. After that it counts no more while costs are told: then the balance that
a person read last, or what was granted, is taken on by these. Where nobody tells costs, what is left is unread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from notifier.core.facts import NOBODY, UNREAD

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.layout import Layout


class Told(NamedTuple):
    """What the provider said is *left*, in micro-units or unread, *at* which moment, in which reading."""

    left: object
    at: Moment
    origin: int


def told_by_provider(layout: Layout) -> Told | None:
    """What the provider says is left of all grants of the account; None where it says nothing that counts."""
    left, name = layout.get("granted_balance"), "granted_balance"
    if left is None or layout.origin_of(name) == NOBODY:
        left, name = _without_paid(layout), "balance"
    origin = layout.origin_of(name)
    if left is None or origin == NOBODY or (left is UNREAD and layout.get("costs") is not None):
        return None
    return Told(left, layout.observed[layout.vocabulary.places[name]], origin)


def _without_paid(layout: Layout) -> object:
    """The balance without what was paid; none where it is not known how much of it that is."""
    balance, paid = layout.get("balance"), layout.get("paid_balance")
    if layout.origin_of("paid_balance") == NOBODY or paid is None:
        return balance if layout.get("paid_method") is False else None
    if isinstance(balance, int) and isinstance(paid, int):
        return balance - paid
    return None if balance is None else UNREAD
