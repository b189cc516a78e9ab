"""One connection in a transaction: questions see what was written before them, and writes wait for company.

Rows of one statement go to the database together, when somebody asks for their table, when another statement is
about to touch it, or at the end. So judging 500 accounts is a handful of statements.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection, Delete, Executable, Insert, Table, Update
    from sqlalchemy.engine import Row

    Write = Insert | Update | Delete
    Found = Row[*tuple[Any, ...]]

Values = dict[str, object]
MOST_IDS = 500  # in one question; databases bound the number of parameters
MOST_WAITING = 1_000  # rows that wait for company, so that a long import stays small


@dataclass(slots=True)
class _Batch:
    """Rows of one statement that wait; *keys* are the rows' own."""

    write: Write
    values: list[Values] = field(default_factory=list)
    keys: set[object] = field(default_factory=set)


class _Writes:
    """What waits, by table. Tables do not depend on another, so each is sent by itself.

    Within a table the statements are sent in the order in which they first came. Rows with different keys may
    overtake each other by that; two statements on the same row never do.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: defaultdict[str, list[_Batch]] = defaultdict(list)

    def add(self, write: Write, key: object, values: Values) -> None:
        table = cast("Table", write.table).name
        for batch in reversed(self._waiting[table]):
            if batch.write is write:
                break
            if key in batch.keys:
                self.flush(table)
        ours = next((batch for batch in self._waiting[table] if batch.write is write), None)
        if ours is None:
            ours = _Batch(write)
            self._waiting[table].append(ours)
        ours.values.append(values)
        ours.keys.add(key)
        if len(ours.values) >= MOST_WAITING:
            self.flush(table)

    def flush(self, table: str) -> None:
        for batch in self._waiting.pop(table, ()):
            self._connection.execute(batch.write, batch.values)

    def flush_all(self) -> None:
        for table in list(self._waiting):
            self.flush(table)


class Session:
    """What every part of a transaction works with. Whoever makes it flushes and commits it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._writes = _Writes(connection)

    def flush(self) -> None:
        """Send what still waits; to be called before the commit."""
        self._writes.flush_all()

    def _rows(self, table: Table, question: Executable, **values: object) -> Sequence[Found]:
        """What *question*, which looks at *table*, finds after everything written so far."""
        self._writes.flush(table.name)
        return self._connection.execute(question, values).all()

    def _rows_of(self, table: Table, question: Executable, ids: Iterable[str]) -> Iterator[Found]:
        for some in batches(sorted(set(ids))):
            yield from self._rows(table, question, ids=some)


def batches(ids: Iterable[Any]) -> Iterator[list[Any]]:
    """*ids* in lists that one question can take."""
    remaining = iter(ids)
    while some := list(islice(remaining, MOST_IDS)):
        yield some
