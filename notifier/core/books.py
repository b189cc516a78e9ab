"""What is used and left, and how long it lasts, from balances that people read and costs that are polled.

Costs come in whole UTC days, so those of the day on which a balance was read count in full. The pace is the mean
of the last closed days that were read; so it moves when a reading comes, and never by itself.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.calendar import DAYS, Duration
from notifier.core.costs import Spending, utc_day
from notifier.core.facts import EMPTY, NOBODY, UNREAD, Item, inside
from notifier.core.money import Money
from notifier.core.pool import Batch, Pool
from notifier.core.vocabulary import POLLED_COUNTS_FOR

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.calendar import Day
    from notifier.core.facts import Facts, Observed
    from notifier.core.layout import Layout
    from notifier.core.vocabulary import Vocabulary

DAYS_OF_PACE = 28  # whole weeks, so that weekends weigh the same in every forecast
FEWEST_DAYS_OF_PACE = 7
LONGEST_RUNWAY = 3_650  # days; what lasts longer is not running out


def keep_the_books(layout: Layout) -> None:
    """Work out what is used and left: a balance read by a person minus costs since, else granted minus costs."""
    if "credits_left" not in layout.vocabulary.places:
        return  # the service itself has no credits
    granted, granted_on = layout.get("credits_granted"), layout.get("credits_granted_on")
    read_by, left = layout.origin_of("credits_left"), layout.get("credits_left")
    spending, origin = _spending(layout, read_by)
    layout.put("costs", spending, origin)
    if spending is None:
        if read_by != NOBODY:
            layout.put("credits_used", _minus(granted, left), read_by)
        _put_batches(layout, spending)
        return
    books = _Books(layout, spending)
    balance, read_on = granted, granted_on
    if read_by != NOBODY:
        balance, read_on = left, layout.locale.day_of(_observed(layout, "credits_left"))
        layout.put("balance_drift", books.drift(granted, granted_on, left, read_on), read_by)
    layout.put("spent_since_granted", books.spent(granted_on), origin)
    left = _minus(balance, books.spent(read_on))
    layout.put("credits_left", left, origin)
    layout.put("credits_used", _minus(granted, left), origin)
    _put_batches(layout, spending)


def _observed(layout: Layout, name: str) -> int:
    return layout.observed[layout.vocabulary.places[name]]


def _spending(layout: Layout, otherwise: int) -> tuple[object, int]:
    """The newest costs, and which reading has them; none where nobody tells costs, unread where they are old."""
    with_costs = ((read.at, origin, read.costs) for origin, read in enumerate(layout.readings) if read.costs)
    newest = max(with_costs, default=None)
    if newest is None:
        return (UNREAD, otherwise) if layout.silent else (None, NOBODY)
    at, origin, costs = newest
    assert costs is not None
    return (Spending(costs, utc_day(at)) if layout.counts(at + POLLED_COUNTS_FOR) else UNREAD), origin


class _Books:
    """What one grant cost: everything since a day, or its share where several grants or batches make one pool."""

    def __init__(self, layout: Layout, spending: object) -> None:
        self.layout, self.spending = layout, spending
        self.pool = _pool(layout, spending) if len(layout.expected.grants) > 1 else None

    def spent(self, since: object) -> object:
        """What was spent on the day *since* and after it, in micro-units; as none or unread as that day is."""
        if not isinstance(since, int):
            return since
        if not isinstance(self.spending, Spending):
            return UNREAD
        if self.pool is not None:
            return self.pool.spent(self.layout.grant, since)
        if len(self.layout.expected.grants) > 1:
            return UNREAD  # what came from which grant cannot be said
        return _exchanged(self.layout, self.spending, self.spending.since(since))

    def drift(self, granted: object, granted_on: object, read: object, read_on: Day) -> object:
        """How far a balance that was *read* and what the costs until then leave of the grant are apart."""
        since, later = self.spent(granted_on), self.spent(read_on)
        expected = _minus(granted, _minus(since, later))
        apart = _minus(expected, read)
        return abs(apart) if isinstance(apart, int) else apart


def _exchanged(layout: Layout, spending: Spending, micro: int) -> object:
    return layout.locale.exchange(micro, spending.costs.currency, UNREAD)


def _pool(layout: Layout, spending: object) -> Pool | None:
    """All batches of the account, and what the costs took from them; None where that cannot be known."""
    grants = layout.expected.grants or (layout.grant,)
    batches = [batch for grant in grants for batch in _batches(layout, grant)]
    if not isinstance(spending, Spending) or not _is_known(layout, grants):
        return None
    days = [(day, _exchanged(layout, spending, spent)) for day, spent in spending.costs.of_days()]
    known = [(day, spent) for day, spent in days if isinstance(spent, int)]
    return Pool(batches, known) if len(known) == len(days) else None


def _is_known(layout: Layout, grants: Sequence[str]) -> bool:
    """Whether every amount of *grants* can be counted in the account's currency: else their shares are unknown."""
    said = [
        value
        for reading in layout.readings
        for grant in grants
        for value in reading.grants.get(grant, EMPTY).values()
    ]
    return not any(isinstance(value, Money) and inside(value, layout.locale) is UNREAD for value in said)


def _batches(layout: Layout, grant: str) -> list[Batch]:
    """The batches of one grant as its readings state them; one made of the whole grant where none is stated."""
    said: dict[str, tuple[int, Observed]] = {}
    for reading in layout.readings:
        for name, value in reading.grants.get(grant, EMPTY).items():
            at = reading.since.get(f"{grant}/{name}", reading.at)
            if name not in said or at >= said[name][0]:
                said[name] = at, value
    known = {name: inside(value, layout.locale) for name, (_, value) in said.items()}
    ids = known.get("batches")
    if not isinstance(ids, tuple):
        return _batch(known, grant, "", ("credits_granted", "credits_granted_on", "credits_expire_on"))
    names = ("amount", "granted_on", "expires_on")
    return [
        batch
        for each in ids
        for batch in _batch(known, grant, each, tuple(f"batches/{each}/{name}" for name in names))
    ]


def _batch(known: Mapping[str, object], grant: str, name: str, facts: tuple[str, ...]) -> list[Batch]:
    amount, granted_on, expires_on = (known.get(fact) for fact in facts)
    if not isinstance(amount, int) or not isinstance(granted_on, int):
        return []
    return [Batch(grant, name, amount, granted_on, expires_on if isinstance(expires_on, int) else None)]


def _put_batches(layout: Layout, spending: object) -> None:
    """What is used and left of each batch; where nobody tells costs, of what the balance says is used."""
    place, collection = layout.vocabulary.collections["batches"]
    items = layout.values[place]
    if not isinstance(items, tuple) or not items:
        return
    pool = _pool(layout, spending)
    used = layout.get("credits_used")
    if spending is None and isinstance(used, int):
        read_on = layout.locale.day_of(_observed(layout, "credits_left"))
        pool = Pool(_batches(layout, layout.grant), [(read_on, used)])
    at = {fact.name: number for number, fact in enumerate(collection.facts)}

    def filled(item: Item) -> Item:
        values = list(item.values)
        unknown = None if spending is None else UNREAD
        drawn = unknown if pool is None else pool.used(layout.grant, item.id)
        values[at["used"]], values[at["left"]] = drawn, _minus(values[at["amount"]], drawn)
        return item._replace(values=tuple(values))

    layout.values[place] = tuple(filled(item) for item in items)


def _minus(whole: object, part: object) -> object:
    if whole is None or part is None:
        return None
    return whole - part if isinstance(whole, int) and isinstance(part, int) else UNREAD


# -- how long it lasts -------------------------------------------------------------------------------------------


def forecast(layout: Layout) -> bool:
    """Work out how long the credits last at the usual pace; returns whether anything could be said.

    It needs to know when access ends, and so comes after what the program's formulas say.
    """
    spending, left, ends = layout.get("costs"), layout.get("credits_left"), layout.get("access_ends_on")
    if "active" not in layout.vocabulary.places:
        return False
    _put_active(layout, ends)
    if not isinstance(spending, Spending):
        for name in ("usual_daily_spend", "runway", "runs_out_on", "unused_at_end"):
            layout.put(name, spending)
        return spending is UNREAD
    origin = layout.origin_of("costs")
    pace = _pace(layout, spending)
    layout.put("usual_daily_spend", pace, origin)
    if not isinstance(pace, int) or not isinstance(left, int):
        return True
    if (days := _lasts(left, pace)) is not None:
        layout.put("runway", Duration(days, DAYS), origin)
        layout.put("runs_out_on", spending.day + days, origin)
    if isinstance(ends, int):
        layout.put("unused_at_end", max(left - pace * max(ends - spending.day, 0), 0), origin)
    return True


def _pace(layout: Layout, spending: Spending) -> object:
    """What a usual day costs, in micro-units: the mean of the last days, fewer where the costs began later."""
    began = spending.costs.first_day_with_costs() or spending.day
    days = min(max(spending.day - began, FEWEST_DAYS_OF_PACE), DAYS_OF_PACE)
    return _exchanged(layout, spending, spending.last(days) // days)


def _lasts(left: int, pace: int) -> int | None:
    """For how many days *left* lasts; None where nothing is spent, or where it lasts for years."""
    if left <= 0:
        return 0
    days = left // pace if pace > 0 else LONGEST_RUNWAY
    return days if days < LONGEST_RUNWAY else None


def _put_active(layout: Layout, ends: object) -> None:
    """Whether the grant's credits came and its access goes on."""
    granted = layout.get("credits_granted")
    if granted is UNREAD or ends is UNREAD:
        layout.put("active", UNREAD)
        return
    over = isinstance(ends, int) and not layout.counts(layout.locale.ends(ends))
    layout.put("active", bool(granted) and not over)


def together(one: Facts, all_grants: Sequence[Facts], vocabulary: Vocabulary) -> Facts:
    """The record *one* with what *all_grants* of its account come to together, itself among them."""
    places = vocabulary.places
    if "account.credits_left" not in places:
        return one
    values, origins = list(one.values), bytearray(one.origins)
    for name in ("credits_granted", "credits_used", "credits_left"):
        total, own = places[f"account.{name}"], places[name]
        values[total], origins[total] = _sum([each.values[own] for each in all_grants]), origins[own]
    listed, collection = vocabulary.collections["grants"]
    shown = [places[fact.name] for fact in collection.facts if fact.name != "id"]
    nobody = bytes([NOBODY] * len(collection.facts))
    values[listed] = tuple(
        Item(each.grant, (each.grant, *(each.values[place] for place in shown)), nobody)
        for each in all_grants
        if each.grant
    )
    fresh_until = min(each.fresh_until for each in (one, *all_grants))
    return replace(one, values=tuple(values), origins=bytes(origins), fresh_until=fresh_until)


def _sum(values: list[object]) -> object:
    """What *values* come to; without those that are none, and unread if one is."""
    if any(value is UNREAD for value in values):
        return UNREAD
    known = [value for value in values if isinstance(value, int)]
    return sum(known) if known else None
