"""What is known, as a message says it: every number with where it came from and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.entry import RECORDED
from notifier.core.fact import Kind, Owner, item_fact
from notifier.core.language.compile import evaluator
from notifier.core.money import MICRO
from notifier.core.unread import UNREAD
from notifier.core.words import say, say_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.fact import Fact
    from notifier.core.facts import Reading
    from notifier.core.language.types import Node
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene

NOT_SAID = (Kind.ITEMS, Kind.LABELS, Kind.MOMENTS, Kind.COSTS)
SOURCES = {"declared": "accounts file", "recorded": "recorded by a person", "letters": "letters offered"}


def say_known(rule: Rule, scene: Scene) -> str:
    """The facts that the rule looked at, grouped by where they came from, each group with its age.

    Where costs come in another currency than the account's, the rate at which they are counted is said too.
    """
    groups: dict[str, list[str]] = {}
    for place in rule.condition.places():
        text = _said(place, scene)
        if text:
            groups.setdefault(_source(scene, place), []).append(text)
    for node in dict.fromkeys(each for asked in rule.condition.expressions() for each in _windows(asked)):
        place = _place(node)
        groups.setdefault(_source(scene, place), []).append(_spent(node, scene))
    parts = [", ".join(texts) + (f" ({source})" if source else "") for source, texts in groups.items()]
    return "; ".join([*parts, *_rates(rule, scene)])


def _said(place: int, scene: Scene) -> str:
    """One fact with its value; '' for what is no value, and for an empty list."""
    fact, value = scene.vocabulary.facts[place], scene.facts.values[place]
    if fact.kind in NOT_SAID or (fact.kind is Kind.TEXTS and not value):
        return ""
    if value is None:
        text = "not recorded" if fact.owner is Owner.RECORDED else "none"
    else:
        text = say(value, fact.kind, scene.account.locale, scene.now)
    return f"{label(fact.name)} {text}"


def label(name: str) -> str:
    """How a message calls a fact: ``credits left``, ``paper submitted on``."""
    return name.replace("_", " ").replace(".", " ")


# -- costs -------------------------------------------------------------------------------------------------------


def _windows(node: Node) -> Iterator[Node]:
    """The windows of costs that *node* looks at; not those of items in a list."""
    if node.op == "spent":
        yield node
    elif node.op not in {"any of", "count of"}:
        for arg in node.args:
            yield from _windows(arg)


def _place(node: Node) -> int:
    assert isinstance(node.value, tuple)
    place: int = node.value[0]
    return place


def _spent(node: Node, scene: Scene) -> str:
    """``spent in 30 days 12.00 USD``, ``project spent this month 4.00 USD``."""
    assert isinstance(node.value, tuple)
    place, window, days = node.value
    one = scene.vocabulary.facts[place].name.rpartition(".")[0]
    value = evaluator(node, scene.account.locale)(scene.facts.values)
    words = {"last": f"in {days} days", "month": "this month", "yesterday": "on the last whole day"}
    if window == "since":
        since = evaluator(node.args[0], scene.account.locale)(scene.facts.values)
        known = since is not None and since is not UNREAD
        words[window] = f"since {say(since, Kind.DATE, scene.account.locale, scene.now) if known else 'then'}"
    amount = "none" if value is None else say(value, Kind.MONEY, scene.account.locale, scene.now)
    return f"{one} spent {words[window]} {amount}".strip()


def _rates(rule: Rule, scene: Scene) -> Iterator[str]:
    """The rates at which costs of other currencies are counted, where amounts were looked at."""
    locale, facts = scene.account.locale, scene.vocabulary.facts
    amounts = any(facts[place].kind in {Kind.MONEY, Kind.COSTS} for place in rule.condition.places())
    found = {reading.costs.currency for reading in scene.facts.readings if reading.costs is not None}
    for currency in sorted(found - {locale.currency}) if amounts else ():
        rate = locale.exchange(MICRO, currency, None)
        if rate is not None:
            yield f"1 {currency} counted as {rate / MICRO:g} {locale.currency} (accounts file)"


# -- where from, and how old -------------------------------------------------------------------------------------


def _source(scene: Scene, place: int) -> str:
    reading = scene.facts.reading_of(place)
    fact = scene.vocabulary.facts[place]
    if reading is not None:
        return _age(reading, fact, scene)
    if fact.default is not None:
        return "the program's terms"
    return "worked out from the terms" if fact.formula else ""


def _age(reading: Reading, fact: Fact, scene: Scene) -> str:
    """Where the fact came from and when; of what a person recorded, when they did."""
    name = SOURCES.get(reading.source, reading.source)
    if reading.source == RECORDED:
        return f"{name}, {say_time(reading.since.get(_named(fact, scene), reading.at), scene.now)}"
    lag = ", may lag a day" if reading.costs or reading.spends else ""
    return f"{name}, read {say_time(reading.at, scene.now)}{lag}"


def _named(fact: Fact, scene: Scene) -> str:
    """What readings call the fact: with its grant, and with its list and item."""
    one, dot, name = fact.name.rpartition(".")
    bare = item_fact(scene.facts.scope, scene.facts.item, name) if dot and scene.facts.scope and one else fact.name
    return f"{scene.facts.grant}/{bare}" if fact.grant else bare
