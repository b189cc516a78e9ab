"""``accounts.yaml`` (and ``accounts/*.yaml``): accounts, their people and grants, and what is stated of them.

Each account stands alone: a faulty one is left out and named, the others are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from functools import cache, cached_property
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from notifier.core.account import Account, Grant, Person
from notifier.core.calendar import Calendar, Locale
from notifier.core.language.compile import in_currency
from notifier.core.money import Money, micro
from notifier.core.vocabulary import BUILT_IN, Fact, Kind, Owner, suggestion
from notifier.files.facts import read_value
from notifier.files.positions import Fault, Located, Place, load
from notifier.files.table import Table, day, word
from notifier.flow.declare import Declaration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.rule import Program

T = TypeVar("T")
VERSION = "1"
SOURCE = "openai"  # which source reads the account behind `key:`
ACCOUNT_FACTS = ("organization", "affiliation")
REACH = re.compile(r"(mailto:[^@\s]+@[^@\s]+|slack:[#@]?[\w.@-]+)")
NAMES_A_VARIABLE = "names a variable, such as LAB_OPENAI_ADMIN_KEY; the key itself never stands here"
NAME_OF_SECRET = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True)
class _Defaults:
    """What ``defaults:`` and ``calendars:`` say for every account of a file."""

    zone: str = "UTC"
    tell_at: time = time(9)
    calendar: str | None = None
    currency: str = "USD"
    people: Mapping[str, Person] = field(default_factory=dict)
    calendars: Mapping[str, Calendar] = field(default_factory=dict)


def read_accounts(
    paths: Iterable[tuple[Path, str]], programs: Mapping[str, Program], years: Sequence[int], faults: list[Fault]
) -> list[Declaration]:
    """Read accounts files, each with the name that faults call it. Holidays are worked out for *years*."""
    declared: dict[str, Declaration] = {}
    places: dict[str, Place] = {}
    for path, name in paths:
        located = load(path, name, faults)
        for place, declaration in _file(located, programs, years, faults) if located else ():
            account = declaration.account.id
            if account in declared:
                faults.append(Fault(place, f"account `{account}` stands at {places[account]} already"))
            else:
                declared[account], places[account] = declaration, place
    return list(declared.values())


def accounts_files(path: Path) -> list[tuple[Path, str]]:
    """The accounts file at *path* and those in the folder beside it (``accounts/*.yaml``), as faults name them."""
    more = sorted(path.with_suffix("").glob("*.yaml"))
    return [(file, str(file)) for file in ([] if path.is_dir() or not path.exists() else [path]) + more]


def years_around(now: Moment) -> range:
    """The years for which holidays are worked out: two back, four ahead."""
    year = 1970 + now // 31_556_952
    return range(year - 2, year + 5)


def _file(
    located: Located, programs: Mapping[str, Program], years: Sequence[int], faults: list[Fault]
) -> list[tuple[Place, Declaration]]:
    table = Table(located, faults, "an accounts file")
    version = table.text("version", needed=True)
    if version not in {None, VERSION}:
        table.fault("version", f"this release reads version {VERSION}, not {version}")
    before = len(faults)
    defaults = _defaults(table, years)
    sound = len(faults) == before  # faulty defaults are the mistake of every account of the file
    declared = []
    for entry in table.tables("accounts", "an account"):
        before = len(faults)
        account = _Account(entry, defaults, programs).read()
        if account is not None and sound and len(faults) == before:
            declared.append((entry.located.place, account))
    table.rest()
    return declared


def _defaults(table: Table, years: Sequence[int]) -> _Defaults:
    calendars = {}
    if (named := table.table("calendars", "`calendars`")) is not None:
        for name, located in named.entries.items():
            named.known.append(name)
            calendars[name] = _calendar(Table(located, table.faults, "a calendar"), years)
    defaults = table.table("defaults", "`defaults`")
    if defaults is None:
        return _Defaults(calendars=calendars)
    zone = defaults.read("time_zone", _zone) or "UTC"
    tell_at = defaults.read("tell_at", _hour) or time(9)
    calendar = defaults.read("calendar", lambda text: _one_of(text, calendars, "calendar"))
    currency = defaults.read("currency", _currency) or "USD"
    people = _people(defaults)
    defaults.rest()
    return _Defaults(zone, tell_at, calendar, currency, people, calendars)


class _Account:
    """One account's mapping while it is read."""

    def __init__(self, table: Table, defaults: _Defaults, programs: Mapping[str, Program]) -> None:
        self.table, self.defaults, self.programs = table, defaults, programs

    def read(self) -> Declaration | None:
        table, defaults = self.table, self.defaults
        name = table.word("id", needed=True)
        locale = self.locale()
        people = {**defaults.people, **_people(table)}
        facts = {fact: text for fact in ACCOUNT_FACTS if (text := table.read(fact, _line)) is not None}
        if "pi" in people and people["pi"].name:
            facts["pi_name"] = people["pi"].name
        sources = self.sources()
        grants = [grant for entry in self.grants if (grant := self.grant(entry, locale)) is not None]
        table.table("labels", "`labels`")
        table.rest()
        for grant_id in sorted({grant.id for grant, _ in grants}):
            if sum(grant.id == grant_id for grant, _ in grants) > 1:
                table.fault("grants", f"there are two grants `{grant_id}`")
        if name is None:
            return None
        account = Account(name, locale, people, tuple(grant for grant, _ in grants), sources)
        said = {grant.id: values for grant, values in grants}
        return Declaration(account, {"account_name": name, **facts}, said)

    def locale(self) -> Locale:
        table, defaults = self.table, self.defaults
        zone = table.read("time_zone", _zone) or defaults.zone
        tell_at = table.read("tell_at", _hour) or defaults.tell_at
        named = table.read("calendar", lambda text: _one_of(text, defaults.calendars, "calendar"))
        calendar = defaults.calendars.get(named or defaults.calendar or "", Calendar())
        currency = table.read("currency", _currency) or defaults.currency
        return Locale(ZoneInfo(zone), tell_at, calendar, currency, self.rates())

    def rates(self) -> tuple[tuple[str, int], ...]:
        rates = self.table.table("rates", "`rates`")
        found = []
        for name in rates.entries if rates else ():
            stated = rates.table(name, "a rate") if rates and rates.convert_key(name, _currency) else None
            rate = stated.read("rate", _rate, needed=True) if stated else None
            if stated is not None:
                stated.day("stated_on")
                stated.rest()
            if rate is not None:
                found.append((name, rate))
        return tuple(sorted(found))

    def sources(self) -> tuple[tuple[str, str], ...]:
        """The source behind ``key: {env: NAME}``; the secret itself never stands in a file."""
        found = self.table.get("key")
        if found is not None and found.entries is None:
            self.table.fault("key", f"`key: {{env: NAME}}` {NAMES_A_VARIABLE}")
            return ()
        key = self.table.table("key", "`key`")
        if key is None:
            return ()
        name = key.read("env", _secret_name, needed=True)
        key.rest()
        return ((SOURCE, name),) if name else ()

    @cached_property
    def grants(self) -> list[Table]:
        """The grants, each a mapping; with one grant its fields may stand on the account itself."""
        listed = self.table.tables("grants", "a grant")
        return listed or ([self.table] if "program" in self.table.entries else [])

    def grant(self, table: Table, locale: Locale) -> tuple[Grant, Mapping[str, Observed]] | None:
        program = table.read("program", lambda text: _one_of(text, self.programs, "program"), needed=True)
        on_account = table is self.table
        name = "1" if on_account else table.read("id", word, needed=True)
        if program is None or name is None:
            if on_account:
                table.known += ["terms", "batches", "renews", *self.stated()]
            return None
        facts = {fact.name: fact for fact in self.programs[program].vocabulary.facts if _written(fact)}
        said = self.said(table, facts, locale)
        said |= self.terms(table, facts, locale) | _batches(table, locale)
        if table.get("accepted_on") is None:
            table.missing("accepted_on")
        if renewed := table.text("renews"):
            self.renewed(table, renewed, name)
        if not on_account:
            table.rest(also=("enrolled_on", *facts))
        enrolled = said.get("enrolled_on")
        first = enrolled.toordinal() if isinstance(enrolled, date) else None
        return Grant(name, program, first), {"grant_id": name, **said, **self.renewals.get(name, {})}

    def stated(self) -> set[str]:
        """What any program lets a file state of a grant."""
        return {fact.name for each in self.programs.values() for fact in each.vocabulary.facts if _written(fact)}

    @property
    def renewals(self) -> dict[str, dict[str, Observed]]:
        """Which grants are renewed by which, as the later ones say in ``renews:``."""
        later = [entry.entries for entry in self.grants if "renews" in entry.entries]
        return {str(entry["renews"].text): {"renewed_by": entry["id"].text} for entry in later if "id" in entry}

    def renewed(self, table: Table, renewed: str, name: str) -> None:
        ids = [entry.entries["id"].text or "" for entry in self.grants if "id" in entry.entries]
        others = [each for each in ids if each != name]
        if renewed not in others:
            table.fault(
                "renews", f"there is no other grant `{renewed}` on this account{suggestion(renewed, others)}"
            )

    def said(self, table: Table, facts: Mapping[str, Fact], locale: Locale) -> dict[str, Observed]:
        """What the mapping states of *facts*."""
        said: dict[str, Observed] = {}
        for name, fact in facts.items():
            if fact.kind is Kind.TEXTS:
                texts = tuple(text for item in table.all(name) if (text := table.convert(item, str)))
                said |= {name: texts} if texts else {}
            elif (value := table.read(name, _reader(fact.kind, locale))) is not None:
                said[name] = value
        return said

    def terms(self, table: Table, facts: Mapping[str, Fact], locale: Locale) -> dict[str, Observed]:
        """What the grant's own mail says of the program's terms; it wins over the program's defaults."""
        terms = table.table("terms", "`terms`")
        if terms is None:
            return {}
        said = self.said(terms, {name: fact for name, fact in facts.items() if fact not in BUILT_IN}, locale)
        terms.rest()
        return said


def _batches(table: Table, locale: Locale) -> dict[str, Observed]:
    """What ``batches:`` add up to: the amount, the day of the first, the day on which the last expires."""
    total, granted, expires = 0, [], []
    batches = table.tables("batches", "a batch")
    for batch in batches:
        amount = batch.read("amount", _reader(Kind.MONEY, locale), needed=True)
        if isinstance(amount, Money):
            converted = in_currency(amount, locale)
            if converted is None:
                why = f"there is no rate from {amount.currency} to {locale.currency}; state one under `rates:`"
                batch.fault("amount", why)
            total += converted or 0
        granted.append(batch.day("granted_on"))
        expires.append(batch.day("expires_on"))
        batch.rest()
    if not batches:
        return {}
    said: dict[str, Observed] = {"credits_granted": Money(total, locale.currency)}
    if known := [at for at in granted if at]:
        said["credits_granted_on"] = min(known)
    if ends := [at for at in expires if at]:
        said["credits_expire_on"] = max(ends)
    return said


def _written(fact: Fact) -> bool:
    """Whether a file may state *fact* of a grant: everything that is not polled or derived."""
    return fact.grant and fact.owner in {Owner.DECLARED, Owner.RECORDED} and fact.name != "grant_id"


def _reader(kind: Kind, locale: Locale) -> Callable[[str], Observed]:
    return lambda text: read_value(kind, text, locale.currency)


def _line(text: str) -> str:
    return str(read_value(Kind.TEXT, text, ""))


def _people(table: Table) -> dict[str, Person]:
    people = table.table("people", "`people`")
    found = {}
    for role, located in (people.entries if people else {}).items():
        if people is not None and people.convert_key(role, word) is not None:
            people.known.append(role)
            found[role] = _person(located, people)
    return found


def _person(located: Located, people: Table) -> Person:
    if located.entries is None:
        reach = [people.convert(item, _reach) for item in located.items or (located,)]
        return Person(tuple(address for address in reach if address))
    table = Table(located, people.faults, "a person")
    found = [table.convert(item, _reach) for item in table.all("reach")]
    name = table.read("name", _line) or ""
    table.text("language")
    table.rest()
    return Person(tuple(address for address in found if address), name)


def _calendar(table: Table, years: Sequence[int]) -> Calendar:
    closed = {at for item in table.all("closed") for at in table.convert(item, _range) or ()}
    public = table.read("holidays", lambda text: _holidays(text, tuple(years))) or frozenset()
    table.rest()
    return Calendar(frozenset(closed | public))


@cache
def _holidays(text: str, years: tuple[int, ...]) -> frozenset[int]:
    from holidays import country_holidays  # noqa: PLC0415  takes longer to import than a whole check

    country, _, region = text.partition("-")
    try:
        return frozenset(at.toordinal() for at in country_holidays(country, subdiv=region or None, years=years))
    except NotImplementedError as error:
        raise ValueError(f"{text!r} is not a country and region such as DE-BE: {error}") from None


def _range(text: str) -> frozenset[int]:
    first, _, last = text.partition("..")
    start, end = day(first.strip()), day((last or first).strip())
    if not timedelta(0) <= end - start <= timedelta(days=366):
        raise ValueError(f"{text!r} is not a range of days such as 2026-12-24..2027-01-03")
    return frozenset(range(start.toordinal(), end.toordinal() + 1))


def _zone(text: str) -> str:
    zones = _zones()
    if text in zones:
        return text
    raise ValueError(f"{text!r} is not a time zone such as Europe/Berlin{suggestion(text, zones)}")


@cache
def _zones() -> set[str]:
    return available_timezones()


def _hour(text: str) -> time:
    if match := re.fullmatch(r"([01]?\d|2[0-3]):([0-5]\d)", text):
        return time(int(match[1]), int(match[2]))
    raise ValueError(f"{text!r} is not an hour of the day such as 09:00")


def _currency(text: str) -> str:
    if re.fullmatch("[A-Z]{3}", text):
        return text
    raise ValueError(f"{text!r} is not a currency such as USD")


def _reach(text: str) -> str:
    if REACH.fullmatch(text):
        return text
    hint = f"; did you mean `mailto:{text}`?" if "@" in text and ":" not in text else ""
    raise ValueError(f"{text!r} is not an address such as mailto:a@example.edu or slack:#channel{hint}")


def _rate(text: str) -> int:
    if (rate := micro(text)) > 0:
        return rate
    raise ValueError(f"{text!r} is not a rate such as 0.92: what one unit is worth in the account's currency")


def _secret_name(text: str) -> str:
    if NAME_OF_SECRET.fullmatch(text):
        return text
    raise ValueError(f"`env:` {NAMES_A_VARIABLE}")  # the text may be the key itself, so it is not repeated


def _one_of(text: str, known: Mapping[str, object], what: str) -> str:
    if text in known:
        return text
    there = ", ".join(sorted(known)) or "none"
    raise ValueError(f"there is no {what} `{text}`{suggestion(text, known) or f'; there are {there}'}")
