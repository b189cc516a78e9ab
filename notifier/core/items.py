"""The lists in a record: projects, members, keys, papers … each item with facts of its own.

Several sources may know the same list. An item of the accounts file and one of the provider are the same where the
file calls it by the provider's id or name; what people recorded adds to items, and makes none, except letters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.costs import Costs, Spending, utc_day
from notifier.core.entry import RECORDED
from notifier.core.fact import Kind
from notifier.core.facts import NOBODY, UNREAD, Item, inside
from notifier.core.letters import LETTERS, together
from notifier.core.shares import last_week
from notifier.core.vocabulary import POLLED_COUNTS_FOR

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.fact import Collection, Fact
    from notifier.core.facts import Observed
    from notifier.core.heard import Said
    from notifier.core.layout import Layout

DECLARED = "declared"
OF_PEOPLE = (DECLARED, RECORDED)
SERVICE = "service"  # what the service says of itself holds until it says something else
POLLED_LISTS = ("members", "keys", "models", "invites", "spend_alerts")  # no file says what these are
MODELS = "models"
NO_COSTS = Costs("USD", (), ())


def lay_out_items(layout: Layout) -> None:
    """Put every list into the record: a tuple of items, None where nobody can know, unread where it is too old."""
    unknown = UNREAD if layout.silent else None
    heard, values = layout.items, layout.values
    for name, (place, collection) in layout.vocabulary.collections.items():
        if name in heard.lists or name in heard.said or (name == MODELS and _with_costs(layout, name)):
            values[place] = _list_of(layout, collection)
        else:  # of nearly every list of nearly every account nothing is said
            values[place] = unknown if name in POLLED_LISTS else ()
    if "granted_models" in layout.vocabulary.collections:
        place, collection = layout.vocabulary.collections["granted_models"]
        values[place] = _granted_models(layout, collection)
    if LETTERS in heard.said and LETTERS in layout.vocabulary.collections:
        place, collection = layout.vocabulary.collections[LETTERS]
        values[place] = together(_items(values[place]), collection, layout.expected.drafts)


def _items(value: object) -> tuple[Item, ...]:
    return value if isinstance(value, tuple) else ()


def _list_of(layout: Layout, collection: Collection) -> object:
    heard, said = layout.items.lists[collection.name], layout.items.said[collection.name]
    polled = [at for at, origin, _ in heard if layout.readings[origin].source not in (*OF_PEOPLE, SERVICE)]
    spent = _with_costs(layout, collection.name) if collection.name == MODELS else []
    if collection.name in POLLED_LISTS and not polled and not spent:
        return UNREAD if layout.silent else None
    if polled and not layout.counts(min(polled) + POLLED_COUNTS_FOR):
        return UNREAD
    same = _same(layout, collection.name)
    ids = [same.get(each, each) for _, _, listed in heard for each in listed] + spent
    if collection.name == LETTERS:
        ids += said
    return tuple(_item(layout, collection, each, same) for each in dict.fromkeys(ids))


def _with_costs(layout: Layout, name: str) -> list[str]:
    """The items of the list *name* that cost something, as far as that is not too old.

    A model is billed under names that no list of models has; who left is billed too, and is no member for that.
    """
    found: dict[str, None] = {}
    for reading in layout.readings:
        items = [key.partition("/")[2] for key in reading.spends if _is_of(key, name)]
        if items and layout.counts(reading.at + POLLED_COUNTS_FOR):
            found |= dict.fromkeys(items)
    return list(found)


def _same(layout: Layout, name: str) -> dict[str, str]:
    """Polled items that the accounts file means by their name: the provider's id → the file's."""
    heard = layout.items.lists[name]
    own = {each for _, origin, ids in heard if layout.readings[origin].source == DECLARED for each in ids}
    polled = {each for _, origin, ids in heard if layout.readings[origin].source != DECLARED for each in ids}
    if not own:
        return {}
    called = {each: layout.items.said[name][each].get("name") for each in polled - own}
    return {each: str(said[1]) for each, said in called.items() if said is not None and said[1] in own}


def _item(layout: Layout, collection: Collection, name: str, same: dict[str, str]) -> Item:
    known: Said = dict(layout.items.said[collection.name][name])
    for other, own in same.items():
        if own == name:
            for called, told in layout.items.said[collection.name][other].items():
                if called not in known or told[0] > known[called][0]:
                    known[called] = told
    values: list[object] = []
    origins = bytearray()
    for fact in collection.facts:
        if fact.kind is Kind.COSTS:
            value, origin = _spending(layout, collection.name, name, same)
        elif fact.name in known:
            value, origin = _value(layout, fact, known[fact.name]), known[fact.name][2]
        else:
            value, origin = None, NOBODY
        values.append(value)
        origins.append(origin)
    _derive(layout, collection, name, values, origins)
    return Item(name, tuple(values), bytes(origins))


def _value(layout: Layout, fact: Fact, told: tuple[Moment, Observed, int]) -> object:
    """What was said of an item; what is polled grows old, whoever said it."""
    at, value, _ = told
    if fact.max_age is not None:
        return inside(value, layout.locale) if layout.counts(at + fact.max_age) else UNREAD
    return inside(value, layout.locale)


def _derive(layout: Layout, collection: Collection, name: str, values: list[object], origins: bytearray) -> None:
    """What an item's facts say together: a name where nobody gave one, its share, a pause that is over."""
    at = {fact.name: place for place, fact in enumerate(collection.facts)}
    if "name" in at and values[at["name"]] is None:
        values[at["name"]] = name
    if "title" in at and values[at["title"]] is None:
        values[at["title"]] = name
    if "share" in at:
        week = last_week(values[at["costs"]], layout.get("costs"), layout.locale)
        values[at["spent_last_week"]], values[at["share"]] = week
        origins[at["spent_last_week"]] = origins[at["share"]] = origins[at["costs"]]
    if "paused" in at and isinstance(until := values[at["paused_until"]], int):
        values[at["paused"]] = layout.counts(layout.locale.ends(until))
    if "answered_on" in at:
        sent, answered = values[at["sent_on"]], values[at["answered_on"]]
        if isinstance(sent, int) and isinstance(answered, int) and answered < sent:
            values[at["answered_on"]] = None  # that answered an earlier letter


def _spending(layout: Layout, collection: str, name: str, same: dict[str, str]) -> tuple[object, int]:
    """The item's costs, and which reading has them.

    Of one that cost nothing a series without days, None where nobody tells costs by item.
    """
    with_costs = [
        (each.at, origin)
        for origin, each in enumerate(layout.readings)
        if any(_is_of(key, collection) for key in each.spends)
    ]
    if not with_costs:
        return (UNREAD if layout.silent else None), NOBODY
    at, origin = max(with_costs)
    if not layout.counts(at + POLLED_COUNTS_FOR):
        return UNREAD, origin
    newest = layout.readings[origin]
    names = [name, *(other for other, own in same.items() if own == name)]
    found = (newest.spends.get(f"{collection}/{each}") for each in names)
    costs = next((costs for costs in found if costs is not None), NO_COSTS)
    return Spending(costs, utc_day(at)), origin


def _is_of(key: str, collection: str) -> bool:
    return key.startswith(f"{collection}/")


def _granted_models(layout: Layout, collection: Collection) -> object:
    """The models of the acceptance mail, each with whether the provider lets the organization see it."""
    granted, models = layout.get("granted_models"), layout.get("models")
    if not isinstance(models, tuple) or not isinstance(granted, tuple):
        return UNREAD if UNREAD in (granted, models) else None
    if not layout.items.lists.get(MODELS):
        return UNREAD if layout.silent else None  # they were billed; which can be used, nobody said
    said = {str(name): visible for name, visible, *_ in (model.values for model in models)}
    origins = bytes([NOBODY] * len(collection.facts))
    return tuple(Item(name, (name, name in said and said[name] is not False), origins) for name in granted)
