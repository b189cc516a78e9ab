"""``facts:`` of a source of kind ``http``: which facts it reads, and where each stands in the answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.core.pointer import parse_pointer
from notifier.core.vocabulary import BUILT_IN, Kind, Owner, suggestion
from notifier.core.wanted import UNITS, WRITTEN, Wanted
from notifier.files import forms
from notifier.flow.pushable import OWNERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.vocabulary import Fact
    from notifier.files.table import Table

OF_GRANTS = frozenset(fact.name for fact in BUILT_IN if fact.grant)


@dataclass(frozen=True, slots=True)
class Askable:
    """The facts of the *account*, and of each of its *grants* by the grant's id.

    *currency* is the account's: of amounts that name no other.
    """

    account: Mapping[str, Fact] = field(default_factory=dict)
    grants: Mapping[str, Mapping[str, Fact]] = field(default_factory=dict)
    currency: str = "USD"

    @property
    def names(self) -> Sequence[str]:
        """Those that an answer can say."""
        facts = {name: fact for known in (self.account, *self.grants.values()) for name, fact in known.items()}
        return [name for name, fact in facts.items() if not _unaskable(fact)]


def read_wanted(table: Table, known: Askable) -> tuple[Wanted, ...]:
    """What the mapping ``facts:`` wants to know."""
    found = [_wanted(table, name, known) for name in table.entries]
    if not found and table.located.entries is not None:
        table.fault_at(table.located.place, "`facts` names no fact, such as `balance: {at: /data/remaining}`")
    return tuple(wanted for wanted in found if wanted is not None)


def _wanted(table: Table, name: str, known: Askable) -> Wanted | None:
    """``balance: {at: /data/remaining, unit: cents, currency: USD, grant: "1"}``."""
    entry = table.table(name, f"`{name}`")
    if entry is None:
        table.fault_at(table.located.keys[name], f"`{name}` needs `at`, a JSON pointer such as /data/remaining")
        return None
    at = entry.read("at", _pointer, needed=True)
    grant = entry.text("grant") or ""
    fact = _fact(table, entry, name, grant, known)
    if fact is None:
        entry.rest(also=("unit", "currency"))
        return None
    units = dict.fromkeys(UNITS.get(fact.kind, ()))
    unit = entry.read("unit", lambda text: forms.one_of(text, units, "unit"))
    currency = entry.read("currency", forms.currency) if fact.kind is Kind.MONEY else None
    entry.rest()
    of_amount = (currency or known.currency) if fact.kind is Kind.MONEY else ""
    of = (grant or next(iter(known.grants))) if fact.grant else ""
    return Wanted(name, fact.kind, at or "", unit or "", of_amount, of)


def _pointer(text: str) -> str:
    parse_pointer(text)
    return text


def _fact(table: Table, entry: Table, name: str, grant: str, known: Askable) -> Fact | None:
    """The fact called *name*, of the account or of *grant*; the only grant need not be named."""
    place = table.located.keys[name]
    of_grants = [facts for facts in known.grants.values() if name in facts]
    fact = known.account.get(name) or next((facts[name] for facts in of_grants), None)
    if fact is None and name in OF_GRANTS and not known.grants:
        table.fault_at(place, f"`{name}` is a fact of a grant, and this account has none")
    elif fact is None:
        table.fault_at(place, f"there is no fact `{name}`{suggestion(name, known.names)}")
    elif why := _unaskable(fact):
        table.fault_at(place, f"`{name}` cannot be read from an answer: {why}")
    elif not fact.grant:
        if grant:
            entry.fault("grant", f"`{name}` is a fact of the account, not of a grant")
        return fact
    elif grant and name not in known.grants.get(grant, {}):
        entry.fault("grant", f"no grant `{grant}` of this account has it{suggestion(grant, known.grants)}")
    elif not grant and len(known.grants) > 1:
        first = next(iter(known.grants))
        table.fault_at(place, f'`{name}` is a fact of a grant: say which, such as `grant: "{first}"`')
    else:
        return fact
    return None


def _unaskable(fact: Fact) -> str:
    """Why no answer can say *fact*; '' if one can."""
    if fact.kind not in WRITTEN:
        return f"it is {fact.kind.one}, and not a single value"
    if fact.owner is Owner.DERIVED:
        return "it follows from other facts"
    return "" if fact.owner in OWNERS else "it is said in this file, or is a term of the program"
