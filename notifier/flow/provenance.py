"""Where each number comes from and how old it is; and where the accounts file and people say different things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER
from notifier.core.entry import RECORDED
from notifier.core.fact import item_fact
from notifier.core.facts import UNREAD
from notifier.core.known import is_told_by_nobody
from notifier.core.vocabulary import Owner
from notifier.flow.declare import SOURCE as DECLARED

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from notifier.core.calendar import Moment
    from notifier.core.vocabulary import Fact
    from notifier.flow.finding import Case
    from notifier.flow.record import Observations, Statement

TERMS, FOLLOWS = "program's terms", "worked out"
# What stands in the title already, or is another fact again.
NAMES = (
    *("account_name", "grant_id", "currency", "active"),
    *("granted_model_names", "unreadable_sources", "unreadable_because", "credits_hint"),
)
OF_ALL_GRANTS = "account."


@dataclass(frozen=True, slots=True)
class Known:
    """One fact: its *value* as rules see it, the *source* that it came from, and since when that is known (*at*).

    *source* is empty where nobody spoke of it, *at* None where there is no time to it. *by* is who recorded it.
    """

    fact: Fact
    value: object
    source: str
    at: Moment | None
    by: str = ""

    @property
    def unread(self) -> bool:
        """Whether its source could not be read, or too long ago."""
        return self.value is UNREAD


@dataclass(frozen=True, slots=True)
class Disagreement:
    """The accounts file and people say different things of *fact*; *counts* is the newer."""

    fact: Fact
    counts: Statement
    other: Statement


def known(case: Case, said: Observations) -> Iterator[Known]:
    """The facts that matter: those that a rule of the program looks at, and those that have a value.

    What sources tell is left out where none of the account has ever spoken of it.
    """
    facts, vocabulary = case.scene.facts, case.scene.program.vocabulary
    asked = {place for rule in case.scene.program.rules for place in rule.condition.places()}
    for place, fact in vocabulary.told:
        value = facts.values[place]
        if fact.name in NAMES or fact.name.startswith(OF_ALL_GRANTS) or (value is None and place not in asked):
            continue
        if is_told_by_nobody(place, fact, facts):
            continue
        yield _known(case, place, fact, said)


def known_of(case: Case, places: Iterable[int], said: Observations) -> Iterator[Known]:
    """The facts at *places* of the record of the case, which may be that of an item."""
    facts = case.scene.vocabulary.facts
    yield from (_known(case, place, facts[place], said) for place in places)


def _known(case: Case, place: int, fact: Fact, said: Observations) -> Known:
    source, at = _origin(case, place, fact)
    counting = next(iter(said.of(case.grant.id if fact.grant else "", _called(case, fact))), None)
    by = counting.by if counting is not None and source == RECORDED else ""
    return Known(fact, case.scene.facts.values[place], source, at, by)


def _called(case: Case, fact: Fact) -> str:
    """What readings call *fact*; one of an item has the names of its list and of the item."""
    _, dot, name = fact.name.rpartition(".")
    facts = case.scene.facts
    of_item = dot and facts.scope and not fact.name.startswith(OF_ALL_GRANTS)
    return item_fact(facts.scope, facts.item, name) if of_item else fact.name


def _origin(case: Case, place: int, fact: Fact) -> tuple[str, Moment | None]:
    reading, value = case.scene.facts.reading_of(place), case.scene.facts.values[place]
    if value is None and fact.owner is Owner.DERIVED:
        return "", None  # the reading that it would follow from says nothing of it
    if reading is not None:
        called = _called(case, fact)
        name = f"{case.grant.id}/{called}" if fact.grant else called
        derived = fact.owner is Owner.DERIVED or reading.costs is not None
        return reading.source, reading.at if derived else reading.since.get(name, reading.at)
    if value is None:
        return "", None
    return (TERMS if fact.default is not None else FOLLOWS), None


def disagreements(case: Case, said: Observations) -> Iterator[Disagreement]:
    """Each fact of which the accounts file says something else than what people recorded."""
    for _, fact in case.scene.program.vocabulary.told:
        found = [
            each
            for each in said.of(case.grant.id if fact.grant else "", fact.name)
            if each.source in {DECLARED, RECORDED}
        ]
        if len({each.value for each in found}) > 1:
            yield Disagreement(fact, *found)


def not_read_yet(statement: Statement) -> bool:
    """Whether it stands in a file that the service has not read since it was edited."""
    return statement.at >= FOREVER
