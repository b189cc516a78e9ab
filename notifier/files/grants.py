"""The grants of an account: dates, terms, batches, and which grant renews which."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from notifier.core.account import Grant
from notifier.core.fact import item_fact, split_item_fact
from notifier.core.language.compile import in_currency
from notifier.core.money import Money
from notifier.core.vocabulary import BUILT_IN, Fact, Kind, suggestion
from notifier.files.forms import is_written, one_of, value
from notifier.files.items import batch_names, read_batches
from notifier.files.overrides import read_pause
from notifier.files.table import Table, word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.core.calendar import Locale
    from notifier.core.facts import Observed
    from notifier.core.rule import Program

Said = dict[str, "Observed"]


class Grants:
    """The grants of one account's mapping while they are read."""

    def __init__(self, table: Table, locale: Locale, programs: Mapping[str, Program]) -> None:
        self.table, self.locale, self.programs = table, locale, programs

    def read(self) -> list[tuple[Grant, Mapping[str, Observed]]]:
        """Every grant that can be made, with what the file states of it."""
        found = [grant for table in self.tables if (grant := self.grant(table)) is not None]
        ids = [grant.id for grant, _ in found]
        for twice in sorted({name for name in ids if ids.count(name) > 1}):
            self.table.fault("grants", f"there are two grants `{twice}`")
        return found

    @cached_property
    def tables(self) -> list[Table]:
        """The grants, each a mapping; with one grant its fields may stand on the account itself."""
        listed = self.table.tables("grants", "a grant")
        return listed or ([self.table] if "program" in self.table.entries else [])

    def grant(self, table: Table) -> tuple[Grant, Mapping[str, Observed]] | None:
        program = table.read("program", lambda text: one_of(text, self.programs, "program"), needed=True)
        on_account = table is self.table
        name = "1" if on_account else table.read("id", word, needed=True)
        if program is None or name is None:
            if on_account:
                table.known += ["terms", "batches", "renews", *self.stated()]
            return None
        facts = {fact.name: fact for fact in self.programs[program].vocabulary.facts if _written(fact)}
        said = self.said(table, facts)
        said |= self.terms(table, facts) | _batches(table, self.locale)
        if table.get("accepted_on") is None:
            table.missing("accepted_on")
        _research_after_acceptance(table, said)
        if renewed := table.text("renews"):
            self.renewed(table, renewed, name)
        paused = None if on_account else read_pause(table)  # on the account itself it is the account's
        if not on_account:
            table.rest(also=("enrolled_on", *facts))
        enrolled = said.get("enrolled_on")
        first = enrolled.toordinal() if isinstance(enrolled, date) else None
        return Grant(name, program, first, paused), {"grant_id": name, **said, **self.renewals.get(name, {})}

    def stated(self) -> set[str]:
        """What any program lets a file state of a grant."""
        return {fact.name for each in self.programs.values() for fact in each.vocabulary.facts if _written(fact)}

    @property
    def renewals(self) -> dict[str, dict[str, Observed]]:
        """Which grants are renewed by which, as the later ones say in ``renews:``."""
        later = [entry.entries for entry in self.tables if "renews" in entry.entries]
        return {str(entry["renews"].text): {"renewed_by": entry["id"].text} for entry in later if "id" in entry}

    def renewed(self, table: Table, renewed: str, name: str) -> None:
        ids = [entry.entries["id"].text or "" for entry in self.tables if "id" in entry.entries]
        others = [each for each in ids if each != name]
        if renewed not in others:
            table.fault(
                "renews", f"there is no other grant `{renewed}` on this account{suggestion(renewed, others)}"
            )

    def said(self, table: Table, facts: Mapping[str, Fact]) -> dict[str, Observed]:
        """What the mapping states of *facts*."""
        said: dict[str, Observed] = {}
        for name, fact in facts.items():
            if fact.kind is Kind.TEXTS:
                texts = tuple(text for item in table.all(name) if (text := table.convert(item, str)))
                said |= {name: texts} if texts else {}
            elif (found := table.read(name, value(fact.kind, self.locale.currency))) is not None:
                said[name] = found
        return said

    def terms(self, table: Table, facts: Mapping[str, Fact]) -> dict[str, Observed]:
        """What the grant's own mail says of the program's terms; it wins over the program's defaults."""
        terms = table.table("terms", "`terms`")
        if terms is None:
            return {}
        said = self.said(terms, {name: fact for name, fact in facts.items() if fact not in BUILT_IN})
        terms.rest()
        return said


def _batches(table: Table, locale: Locale) -> dict[str, Observed]:
    """The batches, and what they add up to: the amount, the first day, the day on which the last expires."""
    batches, items = read_batches(table, locale)
    for batch, name in zip(batches, batch_names(items), strict=True):
        if batch.get("amount") is None:
            batch.missing("amount")
        _expires_after_it_came(batch, name, items)
    if not batches:
        return {}
    came, ends = (_all(items, name) for name in ("granted_on", "expires_on"))
    amounts = [items.get(item_fact("batches", name, "amount")) for name in batch_names(items)]
    total = sum(_converted(*each, locale) for each in zip(batches, amounts, strict=True))
    said: dict[str, Observed] = {**items, "credits_granted": Money(total, locale.currency)}
    if known := [at for at in came if isinstance(at, date)]:
        said["credits_granted_on"] = min(known)
    if known := [at for at in ends if isinstance(at, date)]:
        said["credits_expire_on"] = max(known)
    return said


def _expires_after_it_came(batch: Table, name: str, items: Mapping[str, Observed]) -> None:
    came, ends = (items.get(item_fact("batches", name, fact)) for fact in ("granted_on", "expires_on"))
    if isinstance(came, date) and isinstance(ends, date) and ends < came:
        batch.fault("expires_on", f"the batch expires on {ends}, before it came on {came}")


def _all(items: Mapping[str, Observed], fact: str) -> list[Observed]:
    """What is said of *fact* of every batch."""
    return [value for name, value in items.items() if split_item_fact(name)[2] == fact]


def _converted(batch: Table, amount: Observed, locale: Locale) -> int:
    """*amount* in the account's currency; 0, with a fault, where no rate is stated."""
    if not isinstance(amount, Money):
        return 0
    converted = in_currency(amount, locale)
    if converted is None:
        why = f"there is no rate from {amount.currency} to {locale.currency}; state one under `rates:`"
        batch.fault("amount", why)
    return converted or 0


def _research_after_acceptance(table: Table, said: Mapping[str, Observed]) -> None:
    accepted, ends = said.get("accepted_on"), said.get("research_ends_on")
    if isinstance(accepted, date) and isinstance(ends, date) and ends < accepted:
        table.fault("research_ends_on", f"the research ends on {ends}, before it was accepted on {accepted}")


def _written(fact: Fact) -> bool:
    """Whether a file may state *fact* of a grant."""
    return fact.grant and is_written(fact) and fact.name != "grant_id"
