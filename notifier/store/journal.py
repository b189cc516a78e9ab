"""The journal in one transaction: what happens is noted where it is written, so that nobody can forget it.

Entries wait until the transaction ends; only then are they numbered and sealed (see `notifier.core.journal`), a
few statements for all of them together.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from notifier.core.journal import NO_ENTRY, Noted, What, sealed
from notifier.store import statements, tables
from notifier.store.encoding import VERSION, dump
from notifier.store.session import MOST_WAITING, Session, Values

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sqlalchemy import Connection

    from notifier.core.calendar import Moment
    from notifier.core.subject import Subject
    from notifier.ports import Act

End = tuple[int, "Moment", str]  # number, moment and hash of a chain's last entry


@dataclass(slots=True)
class _Waiting:
    """An entry that waits for the end of the transaction; *at* is None where nobody said when it happened."""

    account: str
    at: Moment | None
    what: What
    body: dict[str, Any]


class Journal(Session):
    """The part of the port `notifier.ports.Tx` that tells what happened."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._now: Moment | None = None
        self._noted: list[_Waiting] = []
        self._found: dict[tuple[Subject, int, int], dict[str, Any]] = {}
        self._undecided: dict[str, list[dict[str, Any]]] = {}

    def at(self, now: Moment) -> None:
        """As the port says. Questions that name their moment say it too."""
        self._now = now

    def note(self, account: str, what: What, body: Mapping[str, object], at: Moment | None = None) -> None:
        """As the port says; without a moment it is that of the transaction."""
        self._noted.append(_Waiting(account, at if self._now is None else self._now, what, dict(body)))

    def note_found(self, subject: Subject, at: Moment, body: dict[str, Any], destination: str) -> None:
        """Note a transition once, however many destinations it is owed to."""
        key = subject, body["episode"], body["seq"]
        if key not in self._found:
            self._found[key] = about(subject) | body | {"to": []}
            self.note(subject.account, What.FOUND, {}, at)
            self._noted[-1].body = self._found[key]
            self._undecided.setdefault(subject.account, []).append(self._found[key])
        self._found[key]["to"].append(destination)

    def note_decided(self, account: str, rules: str) -> None:
        """By the *rules* with this fingerprint everything was found that was found of *account* so far."""
        for body in self._undecided.pop(account, ()):
            body["rules"] = rules

    def note_acted(self, act: Act, said: Mapping[str, object], outcome: str) -> None:
        """Note *act* and what came of it; what nobody is known to have done so far happened because of it."""
        for each in self._noted:
            each.body.setdefault("by", act.by)
        body = {"id": act.id, "act": act.kind, "grant": act.grant, "said": said, "by": act.by, "said_at": act.at}
        self.note(act.account, What.ACTED, filled(body) | {"outcome": outcome})

    # what is asked

    def journal(self, account: str) -> list[Noted]:
        self._seal()
        return [Noted(*row) for row in self._rows(tables.journal, statements.JOURNAL, account_=account)]

    def journal_ends(self) -> dict[str, tuple[int, str]]:
        """As the port says; accounts whose entries have no end noted have `NO_ENTRY`."""
        self._seal()
        known = {row[0]: NO_ENTRY for row in self._rows(tables.journal, statements.JOURNALS)}
        ends = self._rows(tables.journal_end, statements.ENDS)
        return known | {account: (number, hash_) for account, number, _, hash_ in ends}

    # how it is written

    def flush(self) -> None:
        self._seal()
        super().flush()

    def _seal(self) -> None:
        """Number what was noted, seal it, and write it."""
        noted = iter(self._noted)
        while some := list(islice(noted, MOST_WAITING)):
            self._write_down(some)
        self._noted, self._found, self._undecided = [], {}, {}

    def _write_down(self, noted: list[_Waiting]) -> None:
        accounts = {each.account for each in noted}
        ends: dict[str, End] = {
            account: (number, at, hash_)
            for account, number, at, hash_ in self._rows_of(tables.journal_end, statements.ENDS_OF, accounts)
        }
        self._connection.execute(statements.ADD_NOTED, list(_chained(noted, ends)))
        written: list[Values] = [
            {"account": account, "number": number, "at": at, "hash": hash_}
            for account, (number, at, hash_) in ends.items()
        ]
        self._connection.execute(statements.PUT_END, written)


def _chained(noted: list[_Waiting], ends: dict[str, End]) -> Iterator[Values]:
    """The rows of *noted*, each sealed with the one before it; *ends* goes along."""
    for each in noted:
        last, before, previous = ends.get(each.account, (NO_ENTRY[0], 0, NO_ENTRY[1]))
        number, body = last + 1, dump(filled(each.body) | {"v": VERSION})
        at = before if each.at is None else each.at
        hash_ = sealed(previous, each.account, number, at, each.what.value, body)
        ends[each.account] = number, at, hash_
        yield {
            "account": each.account,
            "number": number,
            "at": at,
            "kind": each.what.value,
            "body": body,
            "previous": previous,
            "hash": hash_,
        }


def about(subject: Subject) -> dict[str, Any]:
    """Which alert an entry is about; its account is the chain's."""
    return {"rule": subject.rule, "grant": subject.grant, "item": subject.item}


def filled(body: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty: texts, lists, none and no. A number stays, also zero."""
    return {name: value for name, value in body.items() if value or (value == 0 and value is not False)}
