"""``--if "credits_granted=1000 USD on 2026-12-04"``: what would be known, and from when on, for a look ahead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.facts import Reading
from notifier.core.language.compile import in_currency
from notifier.core.money import Money
from notifier.core.vocabulary import Fact, Kind, Owner, suggestion
from notifier.core.words import say_list, say_number
from notifier.files.facts import read_value
from notifier.files.table import day
from notifier.flow.subjects import look

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from notifier.core.account import Grant
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.scene import Scene

SOURCE = "supposed"
FORM = 'such as "credits_granted=1000 USD on 2026-12-04"'
MOST_SAID = 80  # characters of a value, at the top of a timeline
WHO_A_GRANT_IS = frozenset({"grant_id", "account_name", "enrolled_on"})  # not what is known of it
_WRITTEN = re.compile(r"\s*(?P<fact>[^=\s]+)\s*=\s*(?P<value>.*\S)\s*", re.DOTALL)
_DATED = re.compile(r"(?P<value>.*\S)\s+on\s+(?P<on>\d{1,4}-\d{1,2}-\d{1,2})", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Supposition:
    """One ``--if``: *fact* is *value*, as written, from *on* (None: from now) on."""

    fact: str
    value: str
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Supposed:
    """What is supposed of one grant: one fact's value from a moment on.

    *written* says that somebody wrote it; else it follows from another one, as the day of an amount does.
    """

    fact: Fact
    value: Observed
    at: Moment
    on: date | None
    written: bool = True

    def __str__(self) -> str:
        """``credits_granted 1,000.00 USD from 4 December 2026``."""
        since = "now" if self.on is None else _said(self.on)
        return f"{self.fact.name} {self.text} from {since}"

    @property
    def text(self) -> str:
        """The value as a person reads it."""
        match self.value, self.fact.kind:
            case bool(yes), _:
                return "yes" if yes else "no"
            case date() as on, _:
                return _said(on)
            case float(number), _:
                return say_number(number)
            case tuple(texts), Kind.TEXTS:
                text = say_list([str(each) for each in texts])
            case _:
                text = str(self.value)
        return text if len(text) <= MOST_SAID else text[: MOST_SAID - 1] + "…"


def read_suppositions(texts: Sequence[str], faults: list[str]) -> list[Supposition]:
    """What the texts of ``--if`` say; whatever is not understood is among the *faults*."""
    found = []
    for text in texts:
        written = _WRITTEN.fullmatch(text)
        if written is None:
            faults.append(f"--if {text!r} is not a fact and its value, {FORM}")
            continue
        dated = _DATED.fullmatch(written["value"])
        value = dated["value"] if dated else written["value"]
        try:
            found.append(Supposition(written["fact"], value, day(dated["on"]) if dated else None))
        except ValueError as error:
            faults.append(f"--if {text!r}: {error}")
    return found


def unknown(written: Sequence[Supposition], grants: Sequence[Scene]) -> list[str]:
    """What is wrong with the names of *written*: each is to be a fact of at least one of *grants*."""
    facts = list(dict.fromkeys(name for known in grants for name in supposable(known)))
    others = {fact.name: fact for known in grants for _, fact in known.program.vocabulary.told}
    faults, at_a_loss = [], False
    for name in dict.fromkeys(each.fact for each in written if each.fact not in facts):
        if name in others:
            faults.append(f"--if {name}: suppose what people record or declare; this is {_owner(others[name])}")
            continue
        near = suggestion(name, facts)
        at_a_loss = at_a_loss or not near
        faults.append(f"--if {name}: there is no such fact{near}")
    return [*faults, f"there are {say_list(facts)}"] if at_a_loss else faults


def _owner(fact: Fact) -> str:
    return "what tells grants apart" if fact.name in WHO_A_GRANT_IS else str(fact.owner)


def suppose(written: Sequence[Supposition], known: Scene, faults: list[str]) -> list[Supposed]:
    """What *written* means for the grant of *known*, in the order of its moments.

    What its program has no fact for is left out. A fact with a day of its own (``credits_granted_on``) gets one
    as it would from ``notifier record``.
    """
    found: list[Supposed] = []
    named, facts = {each.fact for each in written}, supposable(known)
    for one in written:
        fact = facts.get(one.fact)
        if fact is None:
            continue
        try:
            value = _value(fact, one.value, known)
        except ValueError as error:
            hint = "; a day is written as `on 2026-12-04`" if " on " in one.value else ""
            faults.append(f"--if {one.fact}: {error}{hint}")
            continue
        at = known.now if one.on is None else known.account.locale.ends(one.on.toordinal() - 1)
        found.append(Supposed(fact, value, at, one.on))
        own_day = facts.get(f"{fact.name}_on")
        if own_day is not None and own_day.name not in named:
            found += _with_its_day(own_day, one, known, at)
    return sorted(found, key=lambda each: each.at)


def _with_its_day(own_day: Fact, one: Supposition, known: Scene, at: Moment) -> list[Supposed]:
    """The day that was named; else today, unless one is known already."""
    if one.on is not None:
        return [Supposed(own_day, one.on, at, one.on, written=False)]
    if known.facts.values[known.program.vocabulary.places[own_day.name]] is not None:
        return []
    return [Supposed(own_day, date.fromordinal(known.account.locale.day_of(known.now)), at, None, written=False)]


def supposable(known: Scene) -> dict[str, Fact]:
    """The facts that may be supposed of a grant: all that people record or declare."""
    owners = {Owner.RECORDED, Owner.DECLARED}
    facts = known.program.vocabulary.told
    return {fact.name: fact for _, fact in facts if fact.owner in owners and fact.name not in WHO_A_GRANT_IS}


def _value(fact: Fact, text: str, known: Scene) -> Observed:
    currency = known.account.locale.currency
    if fact.kind is Kind.TEXTS:
        return tuple(str(read_value(Kind.TEXT, each, currency)) for each in text.split(",") if each.strip())
    value = read_value(fact.kind, text, currency)
    if isinstance(value, Money) and in_currency(value, known.account.locale) is None:
        why = f"no rate from {value.currency} to {currency} is stated under `rates:`"
        raise ValueError(f"{known.account.id}: {why}")
    return value


def scenes(known: Scene, grant: Grant, readings: Sequence[Reading], supposed: Sequence[Supposed]) -> list[Scene]:
    """What would be known of *grant* from each supposed moment on, for `notifier.flow.preview.life`."""
    return [scene_at(at, known, grant, readings, supposed) for at in sorted({each.at for each in supposed})]


def scene_at(
    at: Moment, known: Scene, grant: Grant, readings: Sequence[Reading], supposed: Sequence[Supposed]
) -> Scene:
    """What would be known of *grant* at *at*.

    What was supposed by then counts, whatever else *readings* say of it; all else stays as they say.
    """
    by_then = [each for each in supposed if each.at <= at]
    names = {each.fact.name for each in by_then}
    others = [_without(reading, grant.id, names) for reading in readings]
    told = [Reading(SOURCE, each.at, grants={grant.id: {each.fact.name: each.value}}) for each in by_then]
    facts = look(known.program, known.account, grant, [*others, *told], known.now)
    return replace(known, facts=facts, now=at)


def _without(reading: Reading, grant: str, names: Collection[str]) -> Reading:
    account = _left(reading.account, names)
    return replace(reading, account=account, grants={grant: _left(reading.grants.get(grant, {}), names)})


def _left(said: Mapping[str, Observed], names: Collection[str]) -> Mapping[str, Observed]:
    return {name: value for name, value in said.items() if name not in names}


def _said(at: date) -> str:
    return f"{at.day} {at:%B %Y}"
