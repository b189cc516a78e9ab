"""People record what they see, and take it back; of everything that is said of a fact, the newest counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER
from notifier.core.entry import RECORDED, Entry, Log
from notifier.core.facts import EMPTY
from notifier.flow.acting import DONE, owner_of, recorded_by
from notifier.flow.declare import SOURCE as DECLARED
from notifier.flow.declare import as_read
from notifier.flow.push import PUSH, parts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed, Reading
    from notifier.flow.declare import Declaration
    from notifier.ports import Act, Tx

RECORD, UNDO = "record", "undo"  # what an undo takes back are the facts that the act names; it says no values


def record(tx: Tx, act: Act, now: Moment) -> str:
    """Let what a person saw, or a program pushed, count; returns what came of it, for people to read."""
    if why := _unknown(tx, act):
        return why
    for grant, said in _parts(act):
        tx.record(act.account, grant, said, min(act.at, now), act.by)
    tx.wake(act.account)
    return "recorded"


def undo(tx: Tx, act: Act, now: Moment) -> str:
    """Take back what people recorded last of the facts that *act* names; returns what came of it."""
    if why := _unknown(tx, act):
        return why
    taken = _take_back(Log(tx.recorded([act.account])[act.account]), act, now)
    if not taken:
        return "nothing was recorded that could be taken back"
    tx.take_back(act.account, act.grant, [entry.fact for entry in taken], min(act.at, now), act.by)
    tx.wake(act.account)
    return "taken back"


def _parts(act: Act) -> Iterable[tuple[str, Mapping[str, Observed]]]:
    """What *act* records, by grant; '' is the account itself."""
    if act.kind == PUSH:
        return parts(act)
    return [(owner_of(act), recorded_by(act)) if act.kind == DONE else (act.grant, act.said)]


def _unknown(tx: Tx, act: Act) -> str:
    """Why *act* concerns nobody, if so; a grant '' means the account itself."""
    accounts = tx.accounts([act.account])
    known = {grant.id for account in accounts for grant in account.grants} | {"" for _ in accounts}
    return "" if act.grant in known else f"there is no grant {act.grant!r} on an account {act.account!r}"


def _take_back(log: Log, act: Act, now: Moment) -> list[Entry]:
    """Take back in *log* what *act* says; returns what that was, one observation of a fact at most."""
    taken = {entry.fact: entry for fact in act.said for entry in log.said_together(act.grant, fact)}
    for fact in taken:
        log.take_back(act.grant, fact, min(act.at, now), act.by)
    return list(taken.values())


@dataclass(frozen=True, slots=True)
class Statement:
    """What *source* says of a fact, since *at*; *by* is who recorded it.

    *at* is `FOREVER` where the accounts file says it and the service has not read that yet: it will count from
    then on.
    """

    source: str
    value: Observed
    at: Moment
    by: str = ""


@dataclass(frozen=True, slots=True)
class Observations:
    """All that is said of one account: by its file, by its sources as they were last read, and by people."""

    declaration: Declaration
    readings: Sequence[Reading]
    log: Log

    def of(self, grant: str, fact: str) -> list[Statement]:
        """What every source says of *fact*, the one that counts first; none speaks where nothing is known."""
        found = [
            Statement(reading.source, said[fact], _at(reading, grant, fact))
            for reading in self.readings
            if reading.source not in {DECLARED, RECORDED} and fact in (said := _said(reading, grant))
        ]
        file = self.declaration.grants.get(grant, EMPTY) if grant else self.declaration.facts
        if fact in file:
            found.append(Statement(DECLARED, file[fact], self._stated_at(grant, fact, file[fact])))
        if (entry := self.log.counting(grant, fact)) is not None:
            found.append(Statement(RECORDED, entry.value, entry.at, entry.by))
        return sorted(found, key=lambda each: (each.at, each.source), reverse=True)

    def value(self, grant: str, fact: str) -> Observed:
        """What counts of *fact*; None too where nobody speaks of it."""
        return next((said.value for said in self.of(grant, fact)), None)

    def whole(self, now: Moment) -> list[Reading]:
        """Everything that is said, for judging: by the file as the service will read it, by sources, by people."""
        before = next((each for each in self.readings if each.source == DECLARED), None)
        polled = [each for each in self.readings if each.source not in {DECLARED, RECORDED}]
        return [as_read(self.declaration, before, now), *polled, self.log.reading(now)]

    def _stated_at(self, grant: str, fact: str, value: Observed) -> Moment:
        """Since when the file says *value*, as far as the service has read it."""
        for reading in self.readings:
            before = _said(reading, grant)
            if reading.source == DECLARED and fact in before and before[fact] == value:
                return _at(reading, grant, fact)
        return FOREVER


def observations(tx: Tx, declaration: Declaration, now: Moment) -> Observations:
    """What is said of an account, as if everything in the inbox had had its effect already."""
    account = declaration.account.id
    log = Log(tx.recorded([account])[account])
    for act in tx.acts():
        if act.account != account:
            continue
        if act.kind == UNDO:
            _take_back(log, act, now)
        elif act.kind in {RECORD, DONE, PUSH}:
            for grant, said in _parts(act):
                for fact, value in said.items():
                    log.add(Entry(grant, fact, value, min(act.at, now), act.by))
    return Observations(declaration, tx.readings([account])[account], log)


def _said(reading: Reading, grant: str) -> Mapping[str, Observed]:
    return reading.grants.get(grant, EMPTY) if grant else reading.account


def _at(reading: Reading, grant: str, fact: str) -> Moment:
    return reading.since.get(f"{grant}/{fact}" if grant else fact, reading.at)
