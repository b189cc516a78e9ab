"""What is known, as a message says it: every number with where it came from and how old it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.entry import RECORDED
from notifier.core.fact import Kind, Owner, item_fact
from notifier.core.facts import EMPTY, NOBODY
from notifier.core.language.compile import evaluator
from notifier.core.money import MICRO
from notifier.core.unread import UNREAD
from notifier.core.words import say, say_time

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notifier.core.calendar import Moment
    from notifier.core.fact import Fact
    from notifier.core.facts import Facts, Reading
    from notifier.core.language.template import Template
    from notifier.core.language.types import Node
    from notifier.core.rule import Rule
    from notifier.core.scene import Scene

OF_A_BALANCE = frozenset({"credits_left", "credits_used"})
FROM_A_BALANCE = frozenset({"credits_used", "balance_drift"})
BALANCES = frozenset({"granted_balance", "balance"})  # what a provider itself says is left
NOT_SAID = (Kind.ITEMS, Kind.LABELS, Kind.MOMENTS, Kind.COSTS)
SOURCES = {"declared": "accounts file", "recorded": "recorded by a person", "letters": "letters offered"}


def say_known(rule: Rule, scene: Scene, written: Iterable[str] = ()) -> str:
    """The facts that the rule looks at and the figures that its texts show, grouped by where they came from.

    Each group has its age. *written* are the names that the letter with the message uses. Where costs come in
    another currency than the account's, the rate at which they are counted is said too.
    """
    named = [*_named_in(rule.title, rule.say, rule.next), *_places(sorted(written), scene)]
    places, texts = [*rule.condition.places(), *_shown(named, scene)], _Texts()
    texts.take(scene, places, rule.condition.expressions())
    return "; ".join([*texts.said(), *_rates(places, scene)])


def say_figures(found: Iterable[tuple[Rule, Scene, Iterable[str]]]) -> str:
    """The figures in the titles and next actions of several rules, each in its scene, as `say_known` says them.

    With each comes what the letter uses that is shown with it.
    """
    texts = _Texts()
    for rule, scene, written in found:
        texts.take(scene, *_figures(rule, scene, written))
    return "; ".join(texts.said())


def say_ages(found: Iterable[tuple[Rule, Scene]]) -> str:
    """How old the figures in the titles of many alerts are, by where they came from: that of the oldest.

    ``the oldest figures: openai, read 3 November, 14:05 UTC, may lag a day``.
    """
    oldest: dict[str, tuple[Moment, str]] = {}
    for rule, scene in found:
        places, asked = _figures(rule, scene)
        for place in (*places, *(_place(window) for node in asked for window in _windows(node))):
            reading, fact = scene.facts.reading_of(place), scene.vocabulary.facts[place]
            if reading is not None:
                name, at = _origin(reading, fact, scene)
                if name not in oldest or at < oldest[name][0]:
                    oldest[name] = at, _age(reading, fact, scene)
    return f"the oldest figures: {'; '.join(age for _, age in oldest.values())}" if oldest else ""


def _figures(rule: Rule, scene: Scene, written: Iterable[str] = ()) -> tuple[list[int], list[Node]]:
    """What a rule's title and next action show: the places of the figures, and what has windows of costs in it."""
    named = _named_in(rule.title, rule.next)
    asked = [rule.condition.asked] if "value" in named else []
    judged = [place for node in asked for place in node.places()]
    return [*_shown(named, scene), *_shown(judged, scene), *_shown(_places(written, scene), scene)], asked


def _places(names: Iterable[str], scene: Scene) -> list[int | None]:
    return [scene.vocabulary.place(name) for name in names]


def _shown(named: Iterable[int | str | None], scene: Scene) -> list[int]:
    """The places of the figures among what is *named*."""
    return [place for place in named if isinstance(place, int) and _is_figure(place, scene)]


def _named_in(*texts: Template | None) -> list[int | str]:
    """What *texts* name: places of facts, and special names."""
    return [name for text in texts if text is not None for _, name in text.pieces if name is not None]


def _is_figure(place: int, scene: Scene) -> bool:
    """Whether the fact at *place* is an amount or a number, or was worked out from one: it has an age."""
    fact, value = scene.vocabulary.facts[place], scene.facts.values[place]
    if value is None:
        return False
    follows = fact.owner in {Owner.POLLED, Owner.DERIVED} and scene.facts.reading_of(place) is not None
    return fact.kind in {Kind.MONEY, Kind.NUMBER} or (fact.kind in {Kind.DATE, Kind.DURATION} and follows)


class _Texts:
    """Facts and windows of costs in words, by where they came from; each once."""

    def __init__(self) -> None:
        self.by_source: dict[str, dict[str, None]] = {}

    def take(self, scene: Scene, places: Iterable[int], asked: Iterable[Node]) -> None:
        """Take in the facts at *places*, and the windows of costs that the expressions *asked* look at."""
        for place in dict.fromkeys(places):
            if text := _said(place, scene):
                self._add(_source(scene, place), text)
        for node in dict.fromkeys(each for whole in asked for each in _windows(whole)):
            self._add(_source(scene, _place(node)), _spent(node, scene))

    def _add(self, source: str, text: str) -> None:
        self.by_source.setdefault(source, {})[text] = None

    def said(self) -> list[str]:
        """Group by group: ``credits used 83.00 USD, credits left 17.00 USD (openai, read 13:00 UTC)``."""
        return [", ".join(texts) + (f" ({source})" if source else "") for source, texts in self.by_source.items()]


def _said(place: int, scene: Scene) -> str:
    """One fact with its value; '' for what is no value, for an empty list, and for what nobody tells."""
    fact, value = scene.vocabulary.facts[place], scene.facts.values[place]
    if fact.kind in NOT_SAID or (fact.kind is Kind.TEXTS and not value) or _is_missing(place, scene):
        return ""
    text = say_none(fact) if value is None else say(value, fact.kind, scene.account.locale, scene.now)
    return f"{label(fact.name)} {text}"


def _is_missing(place: int, scene: Scene) -> bool:
    """Whether the fact is one that nobody tells, or one that an item does not have and no person could record."""
    fact = scene.vocabulary.facts[place]
    if is_told_by_nobody(place, fact, scene.facts):
        return True
    of_item = "." in fact.name and bool(scene.facts.scope)
    return of_item and fact.owner is not Owner.RECORDED and scene.facts.values[place] is None


def is_told_by_nobody(place: int, fact: Fact, facts: Facts) -> bool:
    """Whether no source of the account has ever spoken of *fact*, which sources tell: not even that it is none."""
    return fact.owner is Owner.POLLED and facts.origins[place] == NOBODY


def say_none(fact: Fact) -> str:
    """How a fact without a value is said: what people record, or what follows from that alone, is not recorded."""
    return "not recorded" if fact.owner is Owner.RECORDED or fact.name in OF_A_BALANCE else "none"


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


def _rates(places: Iterable[int], scene: Scene) -> Iterator[str]:
    """The rates at which costs of other currencies are counted, where amounts are among the facts at *places*."""
    locale, facts = scene.account.locale, scene.vocabulary.facts
    amounts = any(facts[place].kind in {Kind.MONEY, Kind.COSTS} for place in places)
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


def say_source(scene: Scene, place: int) -> str:
    """Where the fact at *place* came from and how old it is; '' where nobody spoke of it."""
    reading = scene.facts.reading_of(place)
    return _age(reading, scene.vocabulary.facts[place], scene) if reading is not None else ""


def say_read(reading: Reading, now: Moment) -> str:
    """From which source a reading is and how old: ``openai, read 13:00 UTC, may lag a day``."""
    lag = ", may lag a day" if reading.costs or reading.spends else ""
    return f"{SOURCES.get(reading.source, reading.source)}, read {say_time(reading.at, now)}{lag}"


def _age(reading: Reading, fact: Fact, scene: Scene) -> str:
    if reading.source != RECORDED:
        return f"{say_read(reading, scene.now)}{_taken_on(reading, fact, scene)}"
    name, at = _origin(reading, fact, scene)
    return f"{name}, {say_time(at, scene.now)}"


def _taken_on(reading: Reading, fact: Fact, scene: Scene) -> str:
    """From which balance that somebody recorded the costs of *reading* were subtracted; '' where from none."""
    if fact.name not in OF_A_BALANCE or reading.costs is None or BALANCES & reading.account.keys():
        return ""
    for each in scene.facts.readings:
        said = each.grants.get(scene.facts.grant, EMPTY)
        if each.source == RECORDED and said.get("credits_left") is not None:
            named = f"{scene.facts.grant}/credits_left"
            verb = "pushed" if named in each.pushed else "recorded"
            return f", from the balance {verb} {say_time(each.since.get(named, each.at), scene.now)}"
    return ""


def _origin(reading: Reading, fact: Fact, scene: Scene) -> tuple[str, Moment]:
    """Where the fact came from and when; of what a person recorded or a program pushed, when they did."""
    name = SOURCES.get(reading.source, reading.source)
    if reading.source != RECORDED:
        return name, reading.at
    named = _named(fact, scene)
    return "pushed" if named in reading.pushed else name, reading.since.get(named, reading.at)


def _named(fact: Fact, scene: Scene) -> str:
    """What readings call the fact: with its grant, and with its list and item."""
    if fact.name in FROM_A_BALANCE:
        return f"{scene.facts.grant}/credits_left"  # the balance that it was worked out from has the age
    one, dot, name = fact.name.rpartition(".")
    bare = item_fact(scene.facts.scope, scene.facts.item, name) if dot and scene.facts.scope and one else fact.name
    return f"{scene.facts.grant}/{bare}" if fact.grant else bare
