"""What all grants of an account come to together: its totals, and the list of its grants."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.facts import NOBODY, UNREAD, Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.facts import Facts
    from notifier.core.vocabulary import Vocabulary


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
