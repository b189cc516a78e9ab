"""The store: who writes, who reads, and what a transaction is.

One thread writes. Every writing transaction begins with ``BEGIN IMMEDIATE``: what it reads cannot change before
it writes, in this process or another. Readers have connections of their own and see one snapshot, as of when
they began; they wait for nobody. With write-ahead logging and ``synchronous=FULL`` a commit that returned is on
the disk, and a process that is killed leaves all of a transaction or nothing of it.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from notifier.store import lock as process_lock
from notifier.store.errors import StoreError
from notifier.store.statements import DISOWN
from notifier.store.tables import SCHEMA
from notifier.store.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notifier.ports import Tx

P = ParamSpec("P")
T = TypeVar("T")

WAITS_FOR_ANOTHER_WRITER = 10_000  # milliseconds, before "the database is locked"
EVERY_CONNECTION = (f"PRAGMA busy_timeout = {WAITS_FOR_ANOTHER_WRITER}", "PRAGMA foreign_keys = ON")
WRITERS = ("PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL")
READERS = ("PRAGMA query_only = ON",)


class Store:
    """One database. Made by `Store.open`; usable from every thread until `close`."""

    def __init__(self, path: Path, held: int | None) -> None:
        self._path, self._held = path, held
        self._writers = _engine(path, "BEGIN IMMEDIATE", EVERY_CONNECTION + WRITERS)
        self._readers = _engine(path, "BEGIN", EVERY_CONNECTION + READERS)
        self._thread = ThreadPoolExecutor(1, "store-writer")
        self._closed = False

    @classmethod
    def open(cls, path: str | Path, *, lock: bool) -> Store:
        """Open the database at *path*. Who takes the *lock* runs on it, alone: makes it, and brings it up to date.

        Without the lock, an existing database of this version can be read, and acts can be left in its inbox.

        Raises:
            StoreLocked: another process runs on it.
            StoreError: it is of another version, it does not exist and the lock was not asked for, or it cannot
                be opened.
        """
        path = Path(path).absolute()
        if not lock and not path.exists():
            raise StoreError(f"There is no database at {path} yet; `notifier run` makes it.")
        store = cls(path, _take_lock(path) if lock else None)
        try:
            with _translated(path):
                store._prepare()
        except BaseException:
            store.close()
            raise
        return store

    def write(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(tx, …)`` in one transaction on the writer thread, and wait for it.

        Committed when *f* returns, rolled back when it raises; what it raises is raised here.

        Raises:
            StoreError: the database could not be written; nothing of the transaction is kept.
        """
        self._must_be_open()
        return self._thread.submit(partial(self._run, self._writers, f, *args, **kwargs)).result()

    async def awrite(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `write`, without blocking the loop. Cancelling ends the waiting, not a transaction that has begun."""
        self._must_be_open()
        running = self._thread.submit(partial(self._run, self._writers, f, *args, **kwargs))
        return await asyncio.wrap_future(running)

    def read(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run ``f(tx, …)`` on one snapshot, in this thread. It never waits for the writer, and cannot write.

        Raises:
            StoreError: the database could not be read, or *f* tried to write.
        """
        self._must_be_open()
        return self._run(self._readers, f, *args, **kwargs)

    async def aread(self, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, in a thread of its own."""
        return await asyncio.to_thread(partial(self.read, f, *args, **kwargs))

    def close(self) -> None:
        """Finish what is being written, and let another process run. Closing again does nothing."""
        if self._closed:
            return
        self._closed = True
        self._thread.shutdown()
        self._readers.dispose()
        self._writers.dispose()
        if self._held is not None:
            process_lock.release(self._held)

    def _run(self, engine: Engine, f: Callable[Concatenate[Tx, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        with _translated(self._path), engine.begin() as connection:
            tx = Transaction(connection)
            result = f(tx, *args, **kwargs)
            tx.flush()
            return result

    def _must_be_open(self) -> None:
        if self._closed:
            raise StoreError(f"{self._path} has been closed.")

    def _prepare(self) -> None:
        """Check the schema. Who holds the lock brings it up to date, and knows that no claimer is alive."""
        with self._readers.connect() as connection:
            found = _schema_of(connection)
        if found is not None and found > SCHEMA:
            newer = f"schema {found}; this one has {SCHEMA}"
            raise StoreError(f"{self._path} was written by a newer notifier ({newer}): upgrade it.")
        if self._held is not None:
            with self._writers.begin() as connection:
                if found != SCHEMA:
                    import_module("notifier.store.migrating").migrate(connection)
                connection.execute(DISOWN)
        elif found != SCHEMA:
            raise StoreError(f"{self._path} is of an older notifier; `notifier run` brings it up to date.")


def _take_lock(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return process_lock.take(path)
    except OSError as error:
        raise StoreError(f"{path} cannot be opened: {error.strerror}.") from error


def _schema_of(connection: Connection) -> str | None:
    """The newest migration that was run; None for a database that is new."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT max(version_num) FROM alembic_version")).scalar()
    return found


def _engine(path: Path, begin: str, settings: tuple[str, ...]) -> Engine:
    engine = create_engine(
        URL.create("sqlite", database=str(path)), connect_args={"isolation_level": None}, hide_parameters=True
    )

    def prepare(connection: Any, _: object) -> None:
        for setting in settings:
            connection.execute(setting)

    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", start)
    return engine


@contextmanager
def _translated(path: Path) -> Iterator[None]:
    """The database library's errors as one sentence, without the values that were being written."""
    try:
        yield
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or error
        raise StoreError(f"{path}: {why}") from error
