"""What is used and left: of balances that people read or providers tell, of costs, of what was granted.

A balance is an observation; the newest counts. One that a person read is taken on: what was spent since then is
subtracted. That is nothing while no costs were read after it; then, since costs come in whole UTC days, those of
its own day count in full, also what was spent before it was read. One that the provider tells is what is left, as
long as it is not too old (`notifier.core.balance`). Without either, what is left is what was granted less what it
cost. How far a balance and the costs are apart is a fact too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.balance import Told, told_by_provider
from notifier.core.costs import Spending, utc_day
from notifier.core.facts import EMPTY, NOBODY, UNREAD, Item, inside
from notifier.core.money import Money
from notifier.core.pool import Batch, Pool, left_in
from notifier.core.vocabulary import POLLED_COUNTS_FOR

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.core.facts import Observed
    from notifier.core.layout import Layout


def put_costs(layout: Layout) -> None:
    """Put the newest costs: none where nobody tells any, unread where they are old or nobody has answered yet."""
    with_costs = ((read.at, origin, read.costs) for origin, read in enumerate(layout.readings) if read.costs)
    newest = max(with_costs, default=None)
    if newest is None:
        layout.put("costs", UNREAD if layout.silent else None)
        return
    at, origin, costs = newest
    assert costs is not None
    counts = layout.counts(at + POLLED_COUNTS_FOR)
    layout.put("costs", Spending(costs, utc_day(at)) if counts else UNREAD, origin)


def keep_the_books(layout: Layout) -> None:
    """Work out what is used and left of the grant, from the newest balance and the costs."""
    if "credits_left" not in layout.vocabulary.places:
        return  # the service itself has no credits
    told = told_by_provider(layout)
    if told is not None and told.at >= _observed(layout, "credits_left"):
        _as_told(layout, told)
    elif layout.get("costs") is None:
        _as_read(layout)
    else:
        _as_spent(layout)


def _observed(layout: Layout, name: str) -> int:
    return layout.observed[layout.vocabulary.places[name]]


def _as_read(layout: Layout) -> None:
    """Nobody tells costs: what a person read is what is left, and the rest is used."""
    left, read_by = layout.get("credits_left"), layout.origin_of("credits_left")
    if read_by == NOBODY:
        _put_batches(layout, lambda _: None, NOBODY)
        return
    used = _minus(layout.get("credits_granted"), left)
    layout.put("credits_used", used, read_by)
    read_on = layout.locale.day_of(_observed(layout, "credits_left"))
    known = Pool(_batches(layout, layout.grant), [(read_on, used)]) if isinstance(used, int) else None
    _put_batches(layout, lambda batch: known.used(layout.grant, batch) if known else None, read_by)


def _as_spent(layout: Layout) -> None:
    """The newest balance that a person read, or else what was granted, less what was spent since."""
    books, origin, read_by = _Books(layout), layout.origin_of("costs"), layout.origin_of("credits_left")
    granted, spent = layout.get("credits_granted"), books.spent(layout.get("credits_granted_on"))
    balance, since, follows = granted, spent, origin
    if read_by != NOBODY:
        origin = read_by if origin == NOBODY else origin
        balance, since, follows = layout.get("credits_left"), *_taken_on(layout, books, origin)
        layout.put("balance_drift", _apart(_minus(granted, _minus(spent, since)), balance), read_by)
    layout.put("spent_since_granted", spent, origin)
    left = _minus(balance, since)
    layout.put("credits_left", left, NOBODY if left is None else follows)
    layout.put("credits_used", _minus(granted, left), follows)
    _put_batches(layout, books.used, origin)


def _taken_on(layout: Layout, books: _Books, origin: int) -> tuple[object, int]:
    """What was spent since the balance that a person read, and which reading says so: *origin*, that of the costs.

    Costs that were read before the balance are in it already: then the balance stands as it was read.
    """
    at = _observed(layout, "credits_left")
    spent = books.spent(layout.locale.day_of(at))
    if isinstance(spent, int) and layout.readings[origin].at <= at:
        return 0, layout.origin_of("credits_left")
    return spent, origin


def _as_told(layout: Layout, told: Told) -> None:
    """What the provider says is left; of several grants or batches the last to expire keep it."""
    books = _Books(layout)
    granted, spent = layout.get("credits_granted"), books.spent(layout.get("credits_granted_on"))
    held = _held(layout, told)
    left = told.left if books.alone or told.left is UNREAD else _sum_of(held, layout.grant)
    if layout.get("costs") is not None:
        layout.put("spent_since_granted", spent, layout.origin_of("costs"))
        layout.put("balance_drift", _apart(_minus(granted, spent), left), told.origin)
    layout.put("credits_left", left, told.origin)
    layout.put("credits_used", _minus(granted, left), told.origin)
    amounts = {batch.id: batch.amount for batch in _batches(layout, layout.grant)}

    def used(batch: str) -> object:
        known = batch in amounts
        return _minus(amounts[batch], UNREAD if held is None else held[layout.grant, batch]) if known else None

    _put_batches(layout, used, told.origin)


def _held(layout: Layout, told: Told) -> dict[tuple[str, str], int] | None:
    """What each batch of the account holds of what the provider says is left; None where that cannot be said.

    While credits of another grant are not recorded, what is more than the known batches may be those.
    """
    grants = layout.expected.grants or (layout.grant,)
    by_grant = [_batches(layout, grant) for grant in grants]
    if not isinstance(told.left, int) or not _is_known(layout, grants):
        return None
    batches = [batch for several in by_grant for batch in several]
    whole = sum(batch.amount for batch in batches)
    left = told.left if all(by_grant) else min(told.left, whole)
    return left_in(batches, left, layout.locale.day_of(told.at))


def _sum_of(held: Mapping[tuple[str, str], int] | None, grant: str) -> object:
    """What the batches of *grant* hold; none where it has none that are known."""
    if held is None:
        return UNREAD
    own = [left for (of, _), left in held.items() if of == grant]
    return sum(own) if own else None


class _Books:
    """What one grant cost: everything since a day, or its share where several grants or batches make one pool."""

    def __init__(self, layout: Layout) -> None:
        self.layout, self.spending = layout, layout.get("costs")
        self.alone = len(layout.expected.grants) <= 1
        self._pools: list[Pool | None] = []

    @property
    def pool(self) -> Pool | None:
        """All batches of the account; made when somebody first asks."""
        if not self._pools:
            self._pools.append(_pool(self.layout))
        return self._pools[0]

    def spent(self, since: object) -> object:
        """What was spent on the day *since* and after it, in micro-units; as none or unread as that day is."""
        if not isinstance(since, int):
            return since
        if not isinstance(self.spending, Spending):
            return UNREAD
        if self.alone:
            return _exchanged(self.layout, self.spending, self.spending.since(since))
        return UNREAD if self.pool is None else self.pool.spent(self.layout.grant, since)

    def used(self, batch: str) -> object:
        """What the costs took from one batch of the grant."""
        return UNREAD if self.pool is None else self.pool.used(self.layout.grant, batch)


def _exchanged(layout: Layout, spending: Spending, micro: int) -> object:
    return layout.locale.exchange(micro, spending.costs.currency, UNREAD)


def _pool(layout: Layout) -> Pool | None:
    """All batches of the account, and what the costs took from them; None where that cannot be known."""
    grants, spending = layout.expected.grants or (layout.grant,), layout.get("costs")
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


def _put_batches(layout: Layout, used: Callable[[str], object], origin: int) -> None:
    """Say of each batch what is *used*, by its id, and what is left."""
    place, collection = layout.vocabulary.collections["batches"]
    items = layout.values[place]
    if not isinstance(items, tuple) or not items:
        return
    at = {fact.name: number for number, fact in enumerate(collection.facts)}

    def filled(item: Item) -> Item:
        values, origins = list(item.values), bytearray(item.origins)
        values[at["used"]] = used(item.id)
        values[at["left"]] = _minus(values[at["amount"]], values[at["used"]])
        origins[at["used"]] = origins[at["left"]] = origin
        return item._replace(values=tuple(values), origins=bytes(origins))

    layout.values[place] = tuple(filled(item) for item in items)


def _minus(whole: object, part: object) -> object:
    if whole is None or part is None:
        return None
    return whole - part if isinstance(whole, int) and isinstance(part, int) else UNREAD


def _apart(one: object, other: object) -> object:
    """How far two amounts are apart."""
    apart = _minus(one, other)
    return abs(apart) if isinstance(apart, int) else apart
