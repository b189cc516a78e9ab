"""Readings ↔ JSON, and what changed from one to the next.

A value is written so that it can be read without the vocabulary: text, numbers and yes/no as JSON has them, none
as null, everything else as a list that begins with its type: ``["date", "2024-03-11"]``,
``["money", 1000000000, "USD"]``, ``["duration", 21, "days"]``, ``["texts", "a", "b"]``.
"""

from __future__ import annotations

import json
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING, Any

from notifier.core.calendar import Duration
from notifier.core.entry import Entry, Log
from notifier.core.facts import EMPTY, Costs, Observed, Reading
from notifier.core.money import Money
from notifier.store.encoding import VERSION, dump, load
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

DATES_REMEMBERED = 16_384
COSTS = "costs"


def _value(value: Observed) -> object:
    match value:
        case Money():
            return ["money", *value]
        case Duration():
            return ["duration", *value]
        case date():
            return ["date", value.isoformat()]
        case tuple():
            return ["texts", *value]
        case _:
            return value


def _texts(*texts: str) -> tuple[str, ...]:
    return texts


_TAGGED: dict[str, Callable[..., Observed]] = {
    "money": Money,
    "duration": Duration,
    "date": lru_cache(DATES_REMEMBERED)(date.fromisoformat),
    "texts": _texts,
}


def _observed(raw: list[Any]) -> Observed:
    make = _TAGGED.get(raw[0])
    if make is None:
        raise StoreError(f"a fact was stored as {raw[0]!r}, which this notifier does not know: upgrade it")
    return make(*raw[1:])


def tagged(values: Mapping[str, Observed]) -> dict[str, object]:
    """What was observed, by fact, as it stands in a document."""
    return {fact: _value(value) for fact, value in values.items()}


def untagged(raw: dict[str, Any]) -> dict[str, Observed]:
    """Read what `tagged` made.

    Raises:
        StoreError: a value is of a type that this version does not know.
    """
    return {fact: _observed(value) if type(value) is list else value for fact, value in raw.items()}


def encode_value(value: Observed) -> str:
    """One value, as the history keeps it. It carries no version of its own: its tag says what it is."""
    return dump(_value(value))


def decode_value(text: str) -> Observed:
    """Read what `encode_value` wrote.

    Raises:
        StoreError: the value is of a type that this version does not know.
    """
    return untagged({"": json.loads(text)})[""]


def log_of(rows: Iterable[Sequence[Any]]) -> Log:
    """What people recorded, from rows of the history: (grant, fact, at, value, by), in the order of their numbers.

    A row without a value takes back what counted of its fact until then.
    """
    log = Log()
    for grant, fact, at, value, by in rows:
        if value is None:
            log.take_back(grant, fact, at, by)
        else:
            log.add(Entry(grant, fact, decode_value(value), at, by))
    return log


def encode_reading(reading: Reading) -> str:
    """What *reading* says, without its source and time: the same text for the same news."""
    raw: dict[str, object] = {"v": VERSION}
    if reading.account:
        raw["account"] = tagged(reading.account)
    if reading.grants:
        raw["grants"] = {grant: tagged(values) for grant, values in reading.grants.items()}
    if reading.since:
        raw["since"] = dict(reading.since)
    if reading.costs is not None:
        raw["costs"] = _series(reading.costs)
    if reading.spends:
        raw["spends"] = {item: _series(costs) for item, costs in reading.spends.items()}
    if reading.pushed:
        raw["pushed"] = sorted(reading.pushed)
    return dump(raw)


def decode_reading(source: str, at: int, body: str) -> Reading:
    """Read what `encode_reading` wrote.

    Raises:
        StoreError: a newer version wrote it.
    """
    raw = load(body, f"a reading of {source}")
    said, grants, costs = raw.get("account"), raw.get("grants", {}), raw.get("costs")
    return Reading(
        source,
        at,
        untagged(said) if said else EMPTY,
        {grant: untagged(values) for grant, values in grants.items()},
        _costs(costs) if costs else None,
        raw.get("since", {}),
        {item: _costs(series) for item, series in raw.get("spends", {}).items()},
        frozenset(raw.get("pushed", ())),
    )


def _series(costs: Costs) -> list[object]:
    """Currency, first day, the gaps between days (nothing while every day follows the last), amounts per day."""
    gaps = [later - day for day, later in pairwise(costs.days)]
    amounts = [total - before for before, total in pairwise((0, *costs.totals))]
    first = costs.days[0] if costs.days else 0
    return [costs.currency, first, gaps if gaps.count(1) < len(gaps) else [], amounts]


def _costs(raw: list[Any]) -> Costs:
    currency, first, gaps, amounts = raw
    steps = gaps or repeat(1, len(amounts) - 1)
    days = tuple(accumulate(steps, initial=first)) if amounts else ()
    return Costs(currency, days, tuple(accumulate(amounts)))


def changes(before: str | None, after: str) -> list[tuple[str, str, str | None]]:
    """Which values differ between two bodies of one source: (grant, fact, the new value or None if it is gone).

    Costs are one change per day, its value ``["cost", "2026-11-21", 12500000, "USD"]``. A day that the new
    series does not reach back to was not withdrawn: sources tell the last so many days.
    """
    old, new = (load(body, "a reading") if body else {} for body in (before, after))
    was, now = dict(_spoken_of(old)), dict(_spoken_of(new))
    found: list[tuple[str, str, str | None]] = [
        (*name, value) for name, value in now.items() if was.get(name) != value
    ]
    found += [(*name, None) for name in was if name not in now]
    found += [("", COSTS, value) for value in _changed_costs(old, new)]
    return found + list(_changed_spends(old, new))


def summary(changed: Iterable[tuple[str, str, str | None]]) -> dict[str, object]:
    """What `changes` found, as the journal tells of it: each fact by its name, of costs how many and how much.

    ``{"account": {fact: value}, "grants": {grant: {fact: value}}, "gone": [names], "costs": {…}}``, values as in a
    reading. An item's costs are named ``projects/proj_1/costs``.
    """
    account: dict[str, object] = {}
    grants: dict[str, dict[str, object]] = {}
    gone: list[str] = []
    costs: list[list[Any]] = []
    for grant, fact, value in changed:
        if value is None:
            gone.append(f"{grant}/{fact}" if grant else fact)
        elif not grant and fact == COSTS:
            costs.append(json.loads(value))
        else:
            (grants.setdefault(grant, {}) if grant else account)[fact] = json.loads(value)
    return {"account": account, "grants": grants, "gone": gone, "costs": _summed(costs)}


def _summed(costs: Sequence[list[Any]]) -> dict[str, object]:
    """The days of *costs* that are new or otherwise than before, and what they come to."""
    if not costs:
        return {}
    days = sorted(day for _, day, _, _ in costs)
    amount = sum(amount for _, _, amount, _ in costs)
    return {
        "days": len(days),
        "from": days[0],
        "through": days[-1],
        "amount": ["money", amount, costs[-1][3]],
    }


def _spoken_of(raw: dict[str, Any]) -> Iterator[tuple[tuple[str, str], str]]:
    for fact, value in raw.get("account", {}).items():
        yield ("", fact), dump(value)
    for grant, said in raw.get("grants", {}).items():
        for fact, value in said.items():
            yield (grant, fact), dump(value)


def _changed_costs(old: dict[str, Any], new: dict[str, Any]) -> Iterator[str | None]:
    if "costs" not in new:
        yield from [None] if "costs" in old else []
        return
    was, now = _by_day(old), _by_day(new)
    currency, first = new["costs"][0], min(now, default=0)
    withdrawn = {day: (0, currency) for day in was if day >= first and day not in now}
    for day, cost in sorted((now | withdrawn).items()):
        if was.get(day) != cost:
            yield dump(["cost", date.fromordinal(day).isoformat(), *cost])


def _changed_spends(old: dict[str, Any], new: dict[str, Any]) -> Iterator[tuple[str, str, str | None]]:
    """One change for each item whose costs are otherwise, its value what they come to: days are the account's."""
    was, now = old.get("spends", {}), new.get("spends", {})
    for item, (currency, _, _, amounts) in now.items():
        if was.get(item) != now[item]:
            yield "", f"{item}/{COSTS}", dump(["money", sum(amounts), currency])
    for item in was:
        if item not in now:
            yield "", f"{item}/{COSTS}", None


def _by_day(raw: dict[str, Any]) -> dict[int, tuple[int, str]]:
    if "costs" not in raw:
        return {}
    currency, amounts = raw["costs"][0], raw["costs"][3]
    return {day: (amount, currency) for day, amount in zip(_costs(raw["costs"]).days, amounts, strict=True)}
