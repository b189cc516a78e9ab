"""What people record of papers, datasets and letters, under names as ``papers/review-bots/submitted_on``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.commands.common import stop
from notifier.core.fact import Owner, item_fact, split_item_fact
from notifier.core.letters import LETTERS
from notifier.core.vocabulary import suggestion
from notifier.core.words import say_list
from notifier.flow.declare import enrolled
from notifier.flow.subjects import watched_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notifier.core.calendar import Moment
    from notifier.core.fact import Collection, Fact
    from notifier.core.rule import Program, Rulebook
    from notifier.flow.record import Observations

MOST_NAMED = 10  # items, where somebody names one that is not there
OFTEN = ("sent_on", "sent_by", "answered_on")  # of a letter; the rest is seen by the service
Facts = dict[str, "Fact"]


def item_facts(rulebook: Rulebook, known: Observations, now: Moment) -> dict[str, Facts]:
    """The facts that people record of the items that the account has now, by grant and name."""
    account = enrolled(known.declaration.account, None, now)
    return {
        each.grant.id: {
            fact.name: fact
            for collection, item in _items(each.program, each.facts.values)
            for fact in _recorded(collection, item)
            if collection.name != LETTERS or fact.name.rpartition("/")[2] in OFTEN
        }
        for each in watched_of(rulebook, account, known.whole(now), now)
    }


def _items(program: Program, values: tuple[object, ...]) -> Iterator[tuple[Collection, str]]:
    """The items of those lists of which people record something."""
    for place, collection in program.vocabulary.collections.values():
        listed = values[place]
        if isinstance(listed, tuple) and any(fact.owner is Owner.RECORDED for fact in collection.facts):
            yield from ((collection, item.id) for item in listed)


def _recorded(collection: Collection, item: str) -> Iterator[Fact]:
    for fact in collection.facts:
        if fact.owner is Owner.RECORDED:
            yield replace(fact, name=item_fact(collection.name, item, fact.name), grant=collection.grant)


def meant_of_item(name: str, program: Program, there: Mapping[str, Fact], account: str) -> Fact:
    """The fact called *name*; ends if the list, the item or the fact is not there, with what probably was meant.

    *there* are those of the items that the account has now. A letter may be any draft of the *program*.
    """
    called, item, fact = split_item_fact(name)
    lists = {
        each.name: each
        for _, each in program.vocabulary.collections.values()
        if any(one.owner is Owner.RECORDED for one in each.facts)
    }
    if called not in lists:
        near = suggestion(called or name, lists)
        stop(f"there is no list `{called or name}` of which people record facts{near or _there(lists)}")
    collection = lists[called]
    items = dict.fromkeys(split_item_fact(each)[1] for each in there if split_item_fact(each)[0] == called)
    items |= dict.fromkeys(program.drafts) if called == LETTERS else {}
    if item not in items:
        stop(f"`{account}` has no {collection.one} `{item}`{suggestion(item, items) or _there(items)}")
    recorded = {each.name.rpartition("/")[2]: each for each in _recorded(collection, item)}
    if fact not in recorded:
        stop(_not_recorded(fact, collection, recorded))
    return recorded[fact]


def _not_recorded(fact: str, collection: Collection, recorded: Mapping[str, Fact]) -> str:
    there = f"; people record {say_list(list(recorded))}"
    other = next((each for each in collection.facts if each.name == fact), None)
    if other is not None:
        return f"`{fact}` of a {collection.one} is {other.owner}, not recorded{there}"
    return f"`{fact}` is not a fact of a {collection.one} that people record{suggestion(fact, recorded) or there}"


def _there(known: Mapping[str, object]) -> str:
    names = list(known)
    more = [f"{len(names) - MOST_NAMED:,} more"] if len(names) > MOST_NAMED else []
    return f"; there {'are' if len(names) > 1 else 'is'} {say_list(names[:MOST_NAMED] + more) or 'none'}"
