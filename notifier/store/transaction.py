"""One transaction, as the use cases see it: the port `notifier.ports.Tx` on a database connection.

Writes wait for company (see `notifier.store.session`). What a use case sees is unchanged by that: whatever it
reads, it reads after what it wrote.
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from notifier.core.alert import Cause
from notifier.core.calendar import FOREVER, Moment
from notifier.core.entry import RECORDED, Log, is_pushed
from notifier.core.facts import Observed, Reading
from notifier.core.items import OF_PEOPLE
from notifier.core.journal import SERVICE, What
from notifier.store import rows, statements, tables
from notifier.store.encoding import dump
from notifier.store.outbox import Outbox
from notifier.store.readings import (
    changes,
    decode_reading,
    encode_reading,
    encode_value,
    log_of,
    summary,
    tagged,
)
from notifier.store.session import MOST_IDS, Values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from sqlalchemy import Connection

    from notifier.core.account import Account
    from notifier.core.alert import Alert
    from notifier.core.entry import Entry
    from notifier.core.subject import Subject
    from notifier.ports import Act
    from notifier.store.session import Found


class Transaction(Outbox):
    """The port `notifier.ports.Tx`. Whoever makes it flushes and commits it; see `notifier.store.store`."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._bodies: dict[str, dict[str, tuple[Moment, str]]] = {}
        self._failing: dict[str, set[str]] = {}  # sources that cannot be read, of the accounts that were looked at
        self._declared: dict[str, Account | None] = {}  # accounts that were looked at, as they are declared

    # accounts

    def accounts(self, ids: Iterable[str]) -> list[Account]:
        asked = list(ids)
        declared = sorted(tuple(row) for row in self._rows_of(tables.account, statements.ACCOUNTS, asked))
        found = [rows.decode_account(declaration) for _, declaration in declared]
        self._declared |= dict.fromkeys(asked) | {account.id: account for account in found}
        return found

    def naming(self, text: str) -> list[Account]:
        """As the port says, in the order of their ids."""
        asked = dump(text)[1:-1]  # as it stands in a declaration
        found = self._rows(tables.account, statements.ACCOUNTS_NAMING, text=asked)
        return sorted((rows.decode_account(row[0]) for row in found), key=lambda each: each.id)

    def account_ids(self) -> list[str]:
        return sorted(row[0] for row in self._rows(tables.account, statements.ACCOUNT_IDS))

    def put_account(self, account: Account) -> None:
        """As the port says. It does not wake: whoever changes what rules see does that."""
        if account.id not in self._declared:
            self.accounts([account.id])
        if says := rows.declared_anew(self._declared[account.id], account):
            self.note(account.id, What.DECLARED, {"new": self._declared[account.id] is None, "says": says})
        self._declared[account.id] = account
        declaration = rows.encode_account(account)
        new = {"id": account.id, "declaration": declaration, "next_moment": 0, "rules": None, "woken": False}
        self._writes.add(statements.PUT_ACCOUNT, account.id, new)

    def remove_account(self, account: str) -> None:
        """As the port says. What was read and recorded stays too, should the account come back."""
        self.note(account, What.REMOVED, {})
        self._declared[account] = None
        self._failing.pop(account, None)
        self._writes.add(statements.REMOVE_ACCOUNT, account, {"account_": account})
        self._writes.flush(tables.failure.name)  # the notes that wait have keys of their own
        self._connection.execute(statements.REMOVE_FAILURES, {"account_": account})

    # facts

    def readings(self, ids: Iterable[str]) -> dict[str, list[Reading]]:
        """As the port says, in the order of the sources' names; an account without readings has an empty list."""
        asked = sorted(set(ids))
        self._remember(asked, self._rows_of(tables.reading, statements.READINGS, asked))
        return {
            name: [decode_reading(source, *stored) for source, stored in self._bodies[name].items()]
            for name in asked
        }

    def reading(self, account: str, source: str) -> Reading | None:
        stored = self._stored(account, source)
        return None if stored is None else decode_reading(source, *stored)

    def _remember(self, asked: Iterable[str], found: Iterable[Found]) -> None:
        """Keep time and body of every source's reading at hand: whoever reads them often puts them next."""
        self._bodies |= {name: {} for name in asked}
        for name, source, at, body in found:
            self._bodies[name][source] = at, body

    def put_reading(self, account: str, reading: Reading) -> bool:
        """As the port says. A source's first reading is news even if it is empty: it has answered.

        It does not wake the account, and it clears the note that the source cannot be read.
        """
        body = encode_reading(reading)
        stored = self._stored(account, reading.source)
        self._keep(account, reading, body)
        self._note_readable(account, reading.source, reading.at)
        if stored is not None and stored[1] == body:
            return False
        changed = changes(stored[1] if stored else None, body)
        for grant, fact, value in changed:
            at = reading.since.get(f"{grant}/{fact}" if grant else fact, reading.at)
            self._append((account, grant, fact), at, value, reading.source)
        news = stored is None or bool(changed)
        if news:
            self.note(account, What.READ, {"source": reading.source} | summary(changed), reading.at)
        return news

    def confirm(self, account: str, source: str, at: Moment) -> bool:
        if self._bodies.get(account, {}).get(source) is not None:
            self._bodies[account][source] = at, self._bodies[account][source][1]
        self._writes.flush(tables.reading.name)
        known = {"account_": account, "source_": source}
        if not self._connection.execute(statements.CONFIRM_READING, known | {"at_": at}).rowcount:
            return False
        self._note_readable(account, source, at)
        return True

    def forget(self, account: str, source: str) -> None:
        known: Values = {"account_": account, "source_": source}
        for table, statement in (
            (tables.reading, statements.REMOVE_READING),
            (tables.failure, statements.CLEAR_FAILURE),
        ):
            self._writes.flush(table.name)
            self._connection.execute(statement, known)
        self._bodies.get(account, {}).pop(source, None)
        self._failing.get(account, set()).discard(source)

    def read_at(self, ids: Iterable[str] | None = None) -> dict[tuple[str, str], Moment]:
        found: Iterable[Found] = (
            self._rows(tables.reading, statements.READ_AT)
            if ids is None
            else self._rows_of(tables.reading, statements.READ_AT_OF, ids)
        )
        return {(account, source): at for account, source, at in found}

    def _note_readable(self, account: str, source: str, at: Moment) -> None:
        """Take back the note that *source* cannot be read, if there is one."""
        if source in OF_PEOPLE:
            return  # a file and people always answer
        if account not in self._failing:
            self.failures([account])
        if source in self._failing[account]:
            self._failing[account].discard(source)
            self._writes.add(statements.CLEAR_FAILURE, (account, source), {"account_": account, "source_": source})
            self.note(account, What.READABLE, {"source": source}, at)

    def record(self, account: str, grant: str, said: Mapping[str, Observed], at: Moment, by: str) -> None:
        """As the port says. What was observed later than *at* stands in the reading; the record keeps both."""
        stored = self._stored(account, RECORDED)
        known = decode_reading(RECORDED, *stored) if stored else Reading(RECORDED, at)
        heard = _with_observed(known, grant, said, at, pushed=is_pushed(by))
        self._keep(account, heard, encode_reading(heard))
        for fact, value in said.items():
            self._append((account, grant, fact), at, encode_value(value), RECORDED, by)
        self.note(account, What.RECORDED, {"grant": grant, "facts": tagged(said), "by": by, "on": at}, at)

    def take_back(self, account: str, grant: str, facts: Iterable[str], at: Moment, by: str) -> None:
        """As the port says. The row of an undo has no value: its source speaks of that observation no more."""
        log = Log(self.recorded([account])[account])
        taken = [fact for fact in facts if log.counting(grant, fact) is not None]
        for fact in taken:
            log.take_back(grant, fact, at, by)
            self._append((account, grant, fact), at, None, RECORDED, by)
        if taken:
            self.note(account, What.TAKEN_BACK, {"grant": grant, "facts": taken, "by": by}, at)
            self._stored(account, RECORDED)  # `_keep` replaces what was looked up
            left = log.reading(at)
            self._keep(account, left, encode_reading(left))

    def recorded(self, ids: Iterable[str]) -> dict[str, list[Entry]]:
        """As the port says. Of more accounts than one question takes the whole record is read, once."""
        asked = set(ids)
        few = len(asked) <= MOST_IDS
        question = statements.RECORDED_OF if few else statements.RECORDED_OF_ALL
        found = self._rows(tables.history, question, **({"ids": sorted(asked)} if few else {}))
        by_account = {name: list(some) for name, some in groupby(found, key=lambda row: row[0])}
        return {name: log_of(row[1:] for row in by_account.get(name, ())).entries for name in sorted(asked)}

    def _stored(self, account: str, source: str) -> tuple[Moment, str] | None:
        if account not in self._bodies:
            # Nothing of this account waits to be written: it would have been looked up before.
            found = self._connection.execute(statements.READINGS_OF_ONE, {"account_": account})
            self._remember([account], found)
        return self._bodies[account].get(source)

    def _keep(self, account: str, reading: Reading, body: str) -> None:
        self._bodies[account][reading.source] = reading.at, body
        kept: Values = {"account": account, "source": reading.source, "at": reading.at, "body": body}
        self._writes.add(statements.PUT_READING, (account, reading.source), kept)

    def _append(
        self, about: tuple[str, str, str], at: Moment, value: str | None, source: str, by: str = ""
    ) -> None:
        account, grant, fact = about
        row: Values = {"account": account, "grant": grant, "fact": fact, "at": at, "value": value}
        self._writes.add(statements.ADD_HISTORY, None, row | {"source": source, "by": by})

    def put_failure(self, account: str, source: str, why: str, at: Moment) -> None:
        if account not in self._failing:
            self.failures([account])
        if source not in self._failing[account]:
            self._failing[account].add(source)
            self.note(account, What.UNREADABLE, {"source": source, "why": why}, at)
        note: Values = {"account": account, "source": source, "why": why, "since": at}
        self._writes.add(statements.PUT_FAILURE, (account, source), note)

    def failures(self, ids: Iterable[str] | None = None) -> dict[tuple[str, str], tuple[Moment, str]]:
        asked = None if ids is None else list(ids)
        found: Iterable[Found] = (
            self._rows(tables.failure, statements.FAILURES)
            if asked is None
            else self._rows_of(tables.failure, statements.FAILURES_OF, asked)
        )
        failing = {(account, source): (since, why) for account, source, since, why in found}
        self._failing |= {account: set() for account in asked or ()}
        for account, source in failing if asked is not None else ():
            self._failing[account].add(source)
        return failing

    # alerts, and when to judge

    def alerts(self, ids: Iterable[str]) -> dict[Subject, Alert]:
        return dict(rows.alert_from(row) for row in self._rows_of(tables.alert, statements.ALERTS, ids))

    def put_alert(self, subject: Subject, alert: Alert) -> None:
        self._writes.add(statements.PUT_ALERT, subject, rows.alert_row(subject, alert))

    def arm(self, account: str, moment: Moment, rules: str) -> None:
        """As the port says; whatever woke the account has been heeded by that."""
        self.note_decided(account, rules)
        self._writes.add(statements.ARM, account, {"account_": account, "moment": moment, "rules_": rules})

    def wake(self, account: str, *, edited: bool = False) -> None:
        self._writes.add(statements.WAKE_EDITED if edited else statements.WAKE, account, {"account_": account})

    def due(self, now: Moment, rules: str, most: int) -> list[tuple[str, Cause]]:
        """As the port says. Where several causes hold, other rules come before changed facts before a moment.

        An account that was never judged is one that was edited.
        """
        self.at(now)
        edited = self._rows(tables.account, statements.DUE_BY_RULES, rules_=rules, most=most)
        left = most - len(edited)
        others = self._rows(tables.account, statements.DUE_BY_MOMENT, now=now, rules_=rules, most=left)
        causes = [
            (name, Cause.EDITED if edited else Cause.FACTS if woken else Cause.MOMENT)
            for name, woken, edited in others
        ]
        return [(row[0], Cause.RULES) for row in edited] + causes

    def digests(self, until: Moment = FOREVER) -> dict[str, Moment]:
        found = self._rows(tables.digest, statements.DIGESTS, until=until)
        return {row.recipient: row.next_at for row in found}

    def put_digest(self, recipient: str, next_at: Moment) -> None:
        self._writes.add(statements.PUT_DIGEST, recipient, {"recipient": recipient, "next_at": next_at})

    def forget_digest(self, recipient: str) -> None:
        self._writes.add(statements.FORGET_DIGEST, recipient, {"recipient_": recipient})

    def next_moment(self, now: Moment = 0, busy: Collection[str] | None = ()) -> Moment:
        """As the port says; 0 while an account is woken or was never judged, or a dead process holds a delivery.

        A delivery that has to wait for an earlier one of its alert and destination does not count: nobody could
        claim it. That the rules were edited is not known here; `due` is told.
        """
        coming = [moment for (moment,) in self._rows(tables.account, statements.NEXT_JUDGEMENT)]
        coming += [moment for (moment,) in self._rows(tables.digest, statements.NEXT_DIGEST)]
        coming += self.next_delivery(now, busy) if busy is not None else ()
        return min((moment for moment in coming if moment is not None), default=FOREVER)

    def put_rules(self, fingerprint: str, programs: Iterable[str], at: Moment) -> None:
        self._seal()  # the newest may still wait to be written
        last = self._rows(tables.journal, statements.LAST_OF_A_KIND, account_=SERVICE, kind_=What.RULES.value)
        if not last or json.loads(last[0].body)["rules"] != fingerprint:
            self.note(SERVICE, What.RULES, {"rules": fingerprint, "programs": sorted(programs)}, at)

    # the inbox

    def put_act(self, act: Act) -> None:
        self._writes.add(statements.PUT_ACT, act.id, rows.act_row(act))

    def acts(self) -> list[Act]:
        return [rows.act_from(row) for row in self._rows(tables.inbox, statements.ACTS)]

    def act(self, act: str) -> Act | None:
        return next((rows.act_from(row) for row in self._rows(tables.inbox, statements.ACT_CALLED, act=act)), None)

    def consume(self, act: str, outcome: str) -> None:
        """As the port says; the first outcome stands."""
        for row in self._rows(tables.inbox, statements.ACT, act=act):
            self.note_acted(rows.act_from(row), json.loads(row.said)["said"], outcome)
        self._writes.add(statements.CONSUME, act, {"act": act, "outcome_": outcome})


def _with_observed(
    known: Reading, grant: str, said: Mapping[str, Observed], at: Moment, *, pushed: bool
) -> Reading:
    """*known* with what somebody observed at *at*; of two observations of a fact the newer stands."""
    values = dict(known.grants.get(grant, {}) if grant else known.account)
    since, by_programs = dict(known.since), set(known.pushed)
    for fact, value in said.items():
        name = f"{grant}/{fact}" if grant else fact
        if at >= since.get(name, at):
            values[fact], since[name] = value, at
            (by_programs.add if pushed else by_programs.discard)(name)
    newer = replace(known, at=max(at, known.at), since=since, pushed=frozenset(by_programs))
    if grant:
        return replace(newer, grants={**known.grants, grant: values})
    return replace(newer, account=values)
