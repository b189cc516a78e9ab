"""``accounts.yaml`` (and ``accounts/*.yaml``): accounts, their people and grants, and what is stated of them.

Each account stands alone: a faulty one is left out and named, the others are read.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import time
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from notifier.core.account import Account
from notifier.core.calendar import Calendar, Locale
from notifier.core.vocabulary import BUILT_IN, SERVICE_PROGRAM
from notifier.files import forms
from notifier.files.grants import Grants
from notifier.files.items import read_items
from notifier.files.overrides import read_overrides, read_pause
from notifier.files.people import read_line, read_people, read_service
from notifier.files.polls import read_polls
from notifier.files.positions import Fault, Place, load
from notifier.files.push import read_push
from notifier.files.table import Table, word
from notifier.files.wanted import Askable
from notifier.flow.declare import Declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from notifier.core.account import Grant, Person
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.rule import Program
    from notifier.core.vocabulary import Fact

VERSION = "1"
ASKED_FACTS = ("organization", "affiliation")  # those of an account that an acceptance mail may ask for
SAID_ELSEWHERE = frozenset({"account_name", "pi_name", "pi_position"})  # by `id:` and by `people:`


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What ``defaults:`` and ``calendars:`` say for every account of a file, or of a folder of files."""

    zone: str = "UTC"
    tell_at: time = time(9)
    calendar: str | None = None
    currency: str = "USD"
    people: Mapping[str, Person] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)
    affiliation: str = ""
    strangers: frozenset[str] = frozenset()  # addresses that are never a person's of an account


def read_accounts(
    paths: Iterable[tuple[Path, str]],
    programs: Mapping[str, Program],
    years: Sequence[int],
    faults: list[Fault],
    service: dict[str, Person] | None = None,
) -> list[Declaration]:
    """Read accounts files, each with the name that faults call it. Holidays are worked out for *years*.

    Who hears about the service itself, ``service: {people: {operator: …}}``, is added to *service*.

    What ``defaults:`` and ``calendars:`` of ``accounts.yaml`` say holds for the files in ``accounts/`` too, where
    these do not say otherwise. Faulty ones are the mistake of every account that they hold for: all are left out.
    """
    declared: dict[str, Declaration] = {}
    places: dict[str, Place] = {}
    common: dict[Path, _Defaults | None] = {}  # by the folder for whose files they hold
    bare = _Defaults(strangers=third_parties(programs.values()))
    for path, name in paths:
        located = load(path, name, faults)
        if located is None:
            continue
        table, before = Table(located, faults, "an accounts file"), len(faults)
        defaults = _defaults(table, years, common.get(path.parent, bare) or bare)
        sound = len(faults) == before and common.get(path.parent, defaults) is not None
        heard = read_service(table, defaults.strangers)
        if service is not None:
            service |= heard
        common[path.with_suffix("")] = defaults if sound else None
        for place, declaration in _accounts(table, defaults, programs, sound=sound):
            account = declaration.account.id
            if account in declared:
                faults.append(Fault(place, f"account `{account}` stands at {places[account]} already"))
            else:
                declared[account], places[account] = declaration, place
    return list(declared.values())


def third_parties(programs: Iterable[Program]) -> frozenset[str]:
    """Addresses, in small letters, to which a person may send a letter and the service never sends anything."""
    found = [text for program in programs for text in program.contacts.values()]
    drafts = [draft for program in programs for draft in program.drafts.values()]
    found += [address for draft in drafts for address in (draft.to, *draft.cc.split(","))]
    return frozenset(address.strip().lower() for address in found if "@" in address)


def accounts_files(path: Path) -> list[tuple[Path, str]]:
    """The accounts file at *path* and those in the folder beside it (``accounts/*.yaml``), as faults name them."""
    more = sorted(path.with_suffix("").glob("*.yaml"))
    return [(file, str(file)) for file in ([] if path.is_dir() or not path.exists() else [path]) + more]


def grant_place(paths: Iterable[tuple[Path, str]], account: str, grant: str, field: str) -> Place:
    """Where *field* of a grant stands, in the grant or on the account itself; else the account's own place."""
    for path, name in paths:
        located = load(path, name, [])
        for entry in Table(located, [], "a file").tables("accounts", "an account") if located else ():
            if entry.text("id") == account:
                grants = [each for each in entry.tables("grants", "a grant") if each.text("id") == grant]
                stated = (grants[0] if grants else entry).entries.get(field)
                return stated.place if stated else entry.located.place
    return Place(account)


def years_around(now: Moment) -> range:
    """The years for which holidays are worked out: two back, four ahead."""
    year = 1970 + now // 31_556_952
    return range(year - 2, year + 5)


def _accounts(
    table: Table, defaults: _Defaults, programs: Mapping[str, Program], *, sound: bool
) -> list[tuple[Place, Declaration]]:
    """The accounts of one file that have no mistake, each with its place."""
    version = table.text("version", needed=True)
    if version not in {None, VERSION}:
        table.fault("version", f"this release reads version {VERSION}, not {version}")
    declared, stated = [], _facts_of_accounts(programs.values())
    for entry in table.tables("accounts", "an account"):
        before = len(table.faults)
        account = _Account(entry, defaults, programs, stated).read()
        if account is not None and sound and len(table.faults) == before:
            declared.append((entry.located.place, account))
    table.rest()
    return declared


def _facts_of_accounts(programs: Iterable[Program]) -> list[Fact]:
    """What a file may state of an account itself: everything that is not polled, derived or said elsewhere."""
    several = [BUILT_IN, *(program.vocabulary.facts for program in programs)]
    written = {fact.name: fact for facts in several for fact in facts if not fact.grant and forms.is_written(fact)}
    return [fact for fact in written.values() if fact.name not in SAID_ELSEWHERE]


def _defaults(table: Table, years: Sequence[int], common: _Defaults) -> _Defaults:
    calendars = dict(common.calendars)
    if (named := table.table("calendars", "`calendars`")) is not None:
        for name, located in named.entries.items():
            named.known.append(name)
            calendars[name] = _calendar(Table(located, table.faults, "a calendar"), years)
    defaults = table.table("defaults", "`defaults`")
    if defaults is None:
        return replace(common, calendars=calendars)
    zone = defaults.read("time_zone", forms.zone) or common.zone
    tell_at = defaults.read("tell_at", forms.hour) or common.tell_at
    calendar = defaults.read("calendar", lambda text: forms.one_of(text, calendars, "calendar"))
    currency = defaults.read("currency", forms.currency) or common.currency
    people = {**common.people, **read_people(defaults, common.strangers)}
    affiliation = defaults.read("affiliation", read_line) or common.affiliation
    defaults.rest()
    return _Defaults(
        *(zone, tell_at, calendar or common.calendar, currency, people, calendars, affiliation), common.strangers
    )


class _Account:
    """One account's mapping while it is read."""

    def __init__(
        self, table: Table, defaults: _Defaults, programs: Mapping[str, Program], stated: Iterable[Fact]
    ) -> None:
        self.table, self.defaults, self.stated = table, defaults, stated
        self.programs = {name: program for name, program in programs.items() if name not in {"", SERVICE_PROGRAM}}
        self.alone: dict[str, Program] = {"": programs[""]} if "" in programs else {}

    def read(self) -> Declaration | None:
        table, defaults = self.table, self.defaults
        name = table.read("id", _account_id, needed=True)
        locale = self.locale()
        people = {**defaults.people, **read_people(table, defaults.strangers)}
        facts = self.facts(locale)
        if defaults.affiliation:
            facts.setdefault("affiliation", defaults.affiliation)
        if "pi" in people:
            signs = {"pi_name": people["pi"].name, "pi_position": people["pi"].position}
            facts |= {fact: text for fact, text in signs.items() if text}
        facts |= read_items(table, people, locale)
        grants = Grants(table, locale, self.programs).read()
        sources = read_polls(table, lambda: self.askable([grant for grant, _ in grants], locale))
        self.as_asked({grant.program for grant, _ in grants})
        under = self.under({grant.program for grant, _ in grants})
        overrides, paused, labels = read_overrides(table, under), read_pause(table), _labels(table)
        push = read_push(table)
        table.rest()
        if name is None:
            return None
        under_grants = tuple(grant for grant, _ in grants)
        account = Account(name, locale, people, under_grants, sources, labels, overrides, paused, push)
        said = {grant.id: values for grant, values in grants}
        return Declaration(account, {"account_name": name, **facts}, said)

    def facts(self, locale: Locale) -> dict[str, Observed]:
        """What the mapping states of the account itself."""
        return {
            fact.name: value
            for fact in self.stated
            if (value := self.table.read(fact.name, forms.value(fact.kind, locale.currency))) is not None
        }

    def askable(self, grants: Iterable[Grant], locale: Locale) -> Askable:
        """The facts that a source may be asked for."""
        words = {grant.id: self.programs[grant.program].vocabulary.facts for grant in grants}
        own = (program.vocabulary.facts for program in self.alone.values())
        account = {
            fact.name: fact for facts in (*words.values(), *own, BUILT_IN) for fact in facts if not fact.grant
        }
        of_grants = {name: {fact.name: fact for fact in facts if fact.grant} for name, facts in words.items()}
        return Askable(account, of_grants, locale.currency)

    def under(self, programs: Iterable[str]) -> dict[str, Program]:
        """Whose rules the account can set otherwise: its *programs*', or without a grant the group's own."""
        return {name: self.programs[name] for name in programs} or self.alone

    def as_asked(self, programs: Iterable[str]) -> None:
        """Fault what is not written as the account's *programs* ask for it."""
        mails = [mail for program in sorted(programs) if (mail := self.programs[program].mail) is not None]
        for fact in ASKED_FACTS:
            asks = [ask for mail in mails for ask in mail.asks if ask.name == fact]
            found = self.table.entries.get(fact)
            if found is not None and found.text is not None and not found.absent:
                self.table.convert(found, partial(forms.as_asked, asks=asks))

    def locale(self) -> Locale:
        table, defaults = self.table, self.defaults
        zone = table.read("time_zone", forms.zone) or defaults.zone
        tell_at = table.read("tell_at", forms.hour) or defaults.tell_at
        named = table.read("calendar", lambda text: forms.one_of(text, defaults.calendars, "calendar"))
        calendar = defaults.calendars.get(named or defaults.calendar or "", Calendar())
        currency = table.read("currency", forms.currency) or defaults.currency
        return Locale(ZoneInfo(zone), tell_at, calendar, currency, self.rates())

    def rates(self) -> tuple[tuple[str, int], ...]:
        rates = self.table.table("rates", "`rates`")
        found = []
        for name in rates.entries if rates else ():
            stated = rates.table(name, "a rate") if rates and rates.convert_key(name, forms.currency) else None
            rate = stated.read("rate", forms.rate, needed=True) if stated else None
            if stated is not None:
                stated.day("stated_on")
                stated.rest()
            if rate is not None:
                found.append((name, rate))
        return tuple(sorted(found))


def _account_id(text: str) -> str:
    if text == SERVICE_PROGRAM:
        raise ValueError(f"`{text}` is the service itself; who hears about it stands under `service:`")
    return word(text)


def _labels(table: Table) -> dict[str, str]:
    """``labels:``, words of the group's own by which rules and people pick accounts."""
    labels = table.table("labels", "`labels`")
    if labels is None:
        return {}
    found = {name: labels.read(name, read_line, needed=True) for name in labels.entries}
    return {name: text for name, text in found.items() if text is not None}


def _calendar(table: Table, years: Sequence[int]) -> Calendar:
    closed = {at for item in table.all("closed") for at in table.convert(item, forms.days) or ()}
    public = table.read("holidays", lambda text: forms.holidays_of(text, tuple(years))) or frozenset()
    table.rest()
    return Calendar(frozenset(closed | public))
