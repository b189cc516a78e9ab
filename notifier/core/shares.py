"""Who spends: what each project, member, key and model spent in the last week, and its share of all costs.

The week is that of the last seven closed days which both readings have, the item's and the account's: so a share
is of the same days. What the account spent that belongs to no item is nobody's, so shares need not add up to one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.costs import Spending
from notifier.core.unread import UNREAD

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Locale

WEEK = 7  # days


def last_week(own: object, whole: object, locale: Locale) -> tuple[object, object]:
    """What *own* costs came to in the last week, in micro-units, and which share that is of the *whole* costs.

    Both are as none or unread as the costs they come from. The share is none where the whole came to nothing.
    """
    if not isinstance(own, Spending):
        return own, own
    day = min(own.day, whole.day) if isinstance(whole, Spending) else own.day
    spent = _in_week(own, day, locale)
    if not isinstance(whole, Spending):
        return spent, whole
    total = _in_week(whole, day, locale)
    if not isinstance(spent, int) or not isinstance(total, int):
        return spent, UNREAD
    return spent, spent / total if total > 0 else None


def _in_week(spending: Spending, day: Day, locale: Locale) -> object:
    """What was spent in the week before *day*, in the account's currency; unread without a rate."""
    spent = spending.costs.through(day - 1) - spending.costs.through(day - 1 - WEEK)
    return locale.exchange(spent, spending.costs.currency, UNREAD)
