"""Cases of rules, written as YAML: what is known when, and what the rule tells of it.

A file in ``cases/`` holds the cases of the rules of one file; `Case` says what a case may have. A case is played
on a store of its own: what it gives is declared, recorded or polled, as the vocabulary says of each fact; every
moment at which anything would move by itself is looked at; what the rule told is composed as the service does.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from ruamel.yaml import YAML

from notifier.core.account import MAIN, Account, Grant, Person, Poll, is_part
from notifier.core.calendar import Locale, Moment
from notifier.core.costs import Costs
from notifier.core.delivery import Delivery, Destination
from notifier.core.fact import Collection, Fact, Owner, item_fact
from notifier.core.facts import Observed, Reading
from notifier.core.message import Message
from notifier.core.money import micro
from notifier.core.rule import Program, Rulebook
from notifier.core.vocabulary import SERVICE_PROGRAM, Vocabulary
from notifier.files.facts import read_value
from notifier.files.positions import Fault
from notifier.files.rulebook import read_rulebook
from notifier.flow.act import act
from notifier.flow.declare import Declaration, declare
from notifier.flow.itself import Rejected, declaration, reject, wake
from notifier.flow.judge import judge
from notifier.flow.poll import miss, take
from notifier.flow.say import say
from notifier.ports import Tx
from notifier.store.store import Store

HERE = Path(__file__).parent
PROJECT = HERE.parents[1]
SHIPPED, DRAFTS = PROJECT / "rules", PROJECT / "rules" / "drafts"
OWN_EXAMPLE = PROJECT / "docs" / "own.example.yaml"
EXAMPLES = HERE / "examples"
ZONE = ZoneInfo("Europe/Berlin")
PEOPLE = {
    "pi": Person(("mailto:a.researcher@example.edu",), "A. Researcher"),
    "team": Person(("slack:#lab-grants",)),
    "office": Person(("mailto:grants@example.edu",)),
}
OPERATOR = {"operator": Person(("mailto:operator@example.edu",), "O. Perator")}
MOST_HOPS = 400


class Heard(NamedTuple):
    """One thing that was told: ``opened 80%``, or ``opened 80% of thesis-7`` for an item; and how it reads."""

    told: str
    message: Message


@dataclass(frozen=True)
class Case:
    """One case: a *story* of what becomes known, and what the rule *tells* of it all, in order.

    Each entry of the story has the local time ``at`` (Berlin), and what is known from then on: ``account`` and
    ``grant`` (facts), a list by its name (items with their facts), ``costs`` (``2026-03-01..2026-03-28: 5``, for
    an item too), ``other_grants``, ``unread`` (sources or parts of them, and why), ``labels``, ``currency``,
    ``rates``. What an entry does not speak of stays as it was; polled facts are read anew at every entry.

    Of the service itself: ``failing`` (destinations, and why), ``silent`` (sources, with why and for how many
    accounts), ``rejected`` (``rules``: the first mistake, ``accounts``: how many there are).
    """

    book: str
    rule: str
    name: str
    story: tuple[Mapping[str, Any], ...]
    tells: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.book}-{self.rule}-{self.name}"

    @property
    def is_told(self) -> bool:
        return bool(self.tells)


# -- reading -----------------------------------------------------------------------------------------------------


@cache
def cases() -> tuple[Case, ...]:
    """All cases of all files."""
    return tuple(case for path in sorted((HERE / "cases").glob("*.yaml")) for case in _cases(path))


def _cases(path: Path) -> Iterator[Case]:
    """The cases of one file; of a rule under ``also:`` the first that tells and the first that is silent again."""
    written = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    for rule, named in written["rules"].items():
        for book in _list(written["book"]):
            yield from (_case(book, rule, name, case, written) for name, case in named.items())
        for book in (book for book, rules in written.get("also", {}).items() if rule in rules):
            again = [_case(book, rule, name, case, written) for name, case in named.items()]
            yield next(case for case in again if case.is_told)
            yield next(case for case in again if not case.is_told)


def _case(book: str, rule: str, name: str, case: Any, written: Mapping[str, Any]) -> Case:
    first, *more = _list(case)
    tells = [each for entry in (first, *more) for each in _list(entry.get("tells"))]
    return Case(book, rule, name, (_merged(written.get("always", {}), first), *more), tuple(tells))


def _list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _merged(base: Mapping[str, Any], more: Mapping[str, Any]) -> dict[str, Any]:
    """*more* over *base*; what is a mapping in both has what either says."""
    both = [key for key in base if isinstance(base[key], dict) and isinstance(more.get(key), dict)]
    return {**base, **more, **{key: {**base[key], **more[key]} for key in both}}


# -- books -------------------------------------------------------------------------------------------------------


@cache
def rulebook(book: str) -> Rulebook:
    """The rules of one book: the shipped ones, these with the example of a group's own, or the two examples."""
    with TemporaryDirectory() as folder:
        made = Path(folder) / "rules"
        shutil.copytree(EXAMPLES if book == "examples" else SHIPPED, made)
        if book == "examples":
            shutil.copytree(DRAFTS, made / "drafts")
        if book == "own":
            shutil.copy(OWN_EXAMPLE, made / "own.yaml")
        faults: list[Fault] = []
        rules = read_rulebook(made, book, faults)
        assert not faults, "\n".join(map(str, faults))
        return rules


def rules_to_show(book: str) -> set[str]:
    """The ids of the rules of a book that need a case; where a group's own are added, only what the group says."""
    ids = {rule.id for rule in rulebook(book).rules}
    if book != "own":
        return ids
    written = YAML(typ="safe").load(OWN_EXAMPLE.read_text(encoding="utf-8"))["rules"]
    return {rule.get("amend") or f"own/{rule['id']}" for rule in written}


# -- playing -----------------------------------------------------------------------------------------------------


def play(case: Case, folder: Path) -> list[Heard]:
    """Everything that the rule told in the course of the story, in order; *folder* is for the database."""
    store = Store.open(folder / "notifier.db", lock=True)
    try:
        stage = _Stage(case, store)
        for entry in case.story:
            stage.goes_on(entry)
        return stage.heard
    finally:
        store.close()


def _at(entry: Mapping[str, Any]) -> Moment:
    written = entry["at"]
    local = written if isinstance(written, datetime) else datetime.fromisoformat(str(written))
    return int(local.replace(tzinfo=ZONE).timestamp())


@dataclass
class _Stage:
    """The account of one case, and everything that is known of it so far."""

    case: Case
    store: Store
    now: Moment = 0
    known: dict[str, Any] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)

    @property
    def book(self) -> Rulebook:
        return rulebook(self.case.book)

    @property
    def program(self) -> Program:
        named = self.known.get("program", self.case.rule.partition("/")[0])
        return self.book.programs[named]

    def goes_on(self, entry: Mapping[str, Any]) -> None:
        """Let time pass until the next entry, then take it in."""
        moment = _at(entry)
        if self.now:
            self._pass(moment)
        self.now = moment
        self.known = _merged(self.known, {key: said for key, said in entry.items() if key not in {"at", "tells"}})
        if self.program.id == SERVICE_PROGRAM:
            self.store.write(_take_in_of_itself, self.known, moment)
        else:
            self._take_in(entry)
        self._look(moment)

    def _pass(self, until: Moment) -> None:
        for _ in range(MOST_HOPS):
            moment = self.store.read(lambda tx: tx.next_moment(self.now, None))
            if moment >= until:
                return
            self._look(max(moment, self.now))
        raise AssertionError(f"{self.case}: it moves by itself without end")

    def _look(self, now: Moment) -> None:
        """Judge what is due at *now*, and keep what the rule has told since the last look."""
        self.store.write(act, now)
        while self.store.write(judge, self.book, now):
            pass
        for delivery in self.store.read(lambda tx: tx.deliveries()):
            if delivery.rule == self.case.rule and delivery.key not in self.seen:
                self.seen.add(delivery.key)
                self.heard.append(self._told(delivery, now))

    def _told(self, delivery: Delivery, now: Moment) -> Heard:
        told = " ".join(filter(None, (str(delivery.told.reason), delivery.told.step)))
        message = self.store.write(lambda tx: say(tx, self.book, [delivery], now)).whole
        return Heard(f"{told} of {delivery.item}" if delivery.item else told, message)

    # -- what is known -----------------------------------------------------------------------------------------

    def _take_in(self, entry: Mapping[str, Any]) -> None:
        said = _Said(self.program.vocabulary, self.known, self.known.get("currency", "USD"))
        spoken = _Said(self.program.vocabulary, entry, said.currency)
        account = self._account(said)
        grants = {facts["grant_id"]: facts for facts in self._grant_facts(said)}
        self.store.write(declare, [Declaration(account, said.of(Owner.DECLARED, grant=False), grants)], self.now)
        self.store.write(_record, account.id, "", spoken.of(Owner.RECORDED, grant=False), self.now)
        self.store.write(_record, account.id, "1", spoken.of(Owner.RECORDED, grant=True), self.now)
        if account.sources:
            self._poll(account, said)

    def _account(self, said: _Said) -> Account:
        rates = tuple((name, micro(str(rate))) for name, rate in self.known.get("rates", {}).items())
        locale = Locale(ZONE, currency=said.currency, rates=rates)
        labels = {name: str(label) for name, label in self.known.get("labels", {}).items()}
        grants = [self._grant(facts) for facts in self._grant_facts(said)]
        polled = (Poll("openai", "LAB_KEY", self._parts()),) if said.is_polled or "unread" in self.known else ()
        return Account("lab", locale, PEOPLE, tuple(grants), polled, labels)

    def _grant(self, facts: Mapping[str, Observed]) -> Grant:
        accepted = facts.get("accepted_on")
        enrolled_on = accepted.toordinal() if isinstance(accepted, date) else None
        return Grant(str(facts["grant_id"]), self.program.id, enrolled_on)

    def _grant_facts(self, said: _Said) -> Iterator[dict[str, Observed]]:
        yield {"grant_id": "1", **said.of(Owner.DECLARED, grant=True)}
        for name, facts in self.known.get("other_grants", {}).items():
            other = _Said(self.program.vocabulary, {"grant": facts}, said.currency)
            declared, recorded = other.of(Owner.DECLARED, grant=True), other.of(Owner.RECORDED, grant=True)
            yield {"grant_id": name, **declared, **recorded}

    def _parts(self) -> tuple[str, ...]:
        """The main part, and those that ever could not be read."""
        names = [name for entry in self.case.story for name in entry.get("unread") or {}]
        return MAIN, *sorted({name.partition(" ")[2] for name in names} - {MAIN})

    def _poll(self, account: Account, said: _Said) -> None:
        """Read every part of the source, or miss it; what the case says is what its main part says."""
        missed = self.known.get("unread") or {}
        for source in account.readings:
            if why := missed.get(source):
                self.store.write(miss, account.id, source, why, self.now)
                self.store.write(lambda tx: tx.wake(account.id))
            elif is_part(source):
                self.store.write(take, account.id, Reading(source, self.now))
            else:
                facts = said.of(Owner.POLLED, grant=False)
                reading = Reading(source, self.now, facts, costs=said.costs(), spends=said.spends())
                self.store.write(take, account.id, reading)


def _record(tx: Tx, account: str, grant: str, said: Mapping[str, Observed], now: Moment) -> None:
    if said:
        tx.record(account, grant, said, now, "a person")
        tx.wake(account)


def _take_in_of_itself(tx: Tx, known: Mapping[str, Any], now: Moment) -> None:
    """What the service sees of itself, where it sees it."""
    declare(tx, [declaration(Locale(ZONE), OPERATOR)], now)
    for name in {each.name for each in tx.destinations()} - set(known.get("failing") or {}):
        tx.put_destination(Destination(name))
    for name, why in (known.get("failing") or {}).items():
        since = max([now, *(each.failing_since for each in tx.destinations([name]) if each.failing_since)])
        tx.put_destination(Destination(name, failing_since=since, failures=1, why=why))
    for source, said in (known.get("silent") or {}).items():
        for number in range(said["accounts"]):
            tx.put_failure(f"lab-{number}", source, said["why"], now)
    rejected = known.get("rejected") or {}
    reject(tx, Rejected(rejected.get("rules", ""), rejected.get("accounts", 0)), now)
    wake(tx)


class _Said:
    """What a story says, as facts: each read as a person writes it."""

    def __init__(self, vocabulary: Vocabulary, known: Mapping[str, Any], currency: str) -> None:
        self.vocabulary, self.known, self.currency = vocabulary, known, currency

    def of(self, owner: Owner, *, grant: bool) -> dict[str, Observed]:
        """The facts of the account, or of the grant, that *owner* says; those of items under their long names."""
        given = self.known.get("grant" if grant else "account", {})
        facts = {name: self._fact(name) for name in given}
        found = {name: self._value(fact, given[name]) for name, fact in facts.items() if fact.owner is owner}
        for collection, items in self._lists(grant=grant):
            told = {
                item_fact(collection.name, item, fact.name): self._value(fact, said[fact.name])
                for item, said in items.items()
                for fact in collection.facts
                if fact.owner is owner and said and fact.name in said
            }
            found |= told
            if owner is _owner(collection):
                found[collection.name] = tuple(items)
        return found

    @property
    def is_polled(self) -> bool:
        """Whether anything that it says can only be polled."""
        return "costs" in self.known or bool(self.of(Owner.POLLED, grant=False))

    def costs(self) -> Costs | None:
        """What the account spent."""
        return _costs(self.known["costs"], self.known.get("costs_in", "USD")) if "costs" in self.known else None

    def spends(self) -> dict[str, Costs]:
        """What each item spent."""
        return {
            f"{collection.name}/{item}": _costs(said["costs"], "USD")
            for collection, items in self._lists(grant=False)
            for item, said in items.items()
            if said and "costs" in said
        }

    def _lists(self, *, grant: bool) -> Iterator[tuple[Collection, Mapping[str, Mapping[str, Any]]]]:
        for name, (_, collection) in self.vocabulary.collections.items():
            if name in self.known and collection.grant == grant:
                yield collection, self.known[name]

    def _fact(self, name: str) -> Fact:
        place = self.vocabulary.place(name)
        assert place is not None, f"there is no fact {name}{self.vocabulary.suggestion(name)}"
        return self.vocabulary.facts[place]

    def _value(self, fact: Fact, value: Any) -> Observed:
        if value is None or isinstance(value, (bool, date)):
            return value
        if isinstance(value, list):
            return tuple(map(str, value))
        return read_value(fact.kind, str(value), self.currency)


def _owner(collection: Collection) -> Owner:
    """Who says which items a list has: whoever says what the first of its facts is, letters apart."""
    return Owner.RECORDED if collection.name == "letters" else collection.facts[0].owner


def _ends(days: str) -> tuple[int, int]:
    first, _, last = str(days).partition("..")
    return date.fromisoformat(first).toordinal(), date.fromisoformat(last or first).toordinal() + 1


def _costs(by_days: Mapping[str, Any], currency: str) -> Costs:
    """``2026-03-01..2026-03-28: 5``: what was spent on each day of the range."""
    days = {day: micro(str(amount)) for span, amount in by_days.items() for day in range(*_ends(span))}
    return Costs.by_day(currency, days)
