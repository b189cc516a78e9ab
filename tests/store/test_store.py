"""Who may write, who may read meanwhile, and what a killed process leaves behind."""

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, contextmanager
from threading import Event, Thread

import pytest

from notifier.core.journal import misfit
from notifier.store.errors import StoreError, StoreLocked
from notifier.store.store import Store
from notifier.store.tables import SCHEMA
from tests.store.builders import account, act

RUNS = """
import sys
from notifier.core.subject import Subject
from notifier.store.store import Store
from tests.store.builders import SUBJECT, account, act, alert, owe

store = Store.open(sys.argv[1], lock=True)
"""
SAYS_SO_AND_WAITS = """
print("ready", flush=True)
sys.stdin.read()
"""


@contextmanager
def another_process(path, does):
    """A process that runs on the database at *path*, and is killed at the end."""
    command = [sys.executable, "-c", RUNS + does, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def put_and_fail(tx):
    tx.put_account(account())
    tx.account_ids()  # so that it is in the database
    raise LookupError("the use case failed")


# opening


def test_opening_makes_the_folders_and_an_empty_database(path):
    with closing(Store.open(str(path), lock=True)) as store:
        assert store.read(lambda tx: tx.account_ids()) == []

    assert path.exists()


def test_what_was_written_is_there_after_the_next_start(path):
    with closing(Store.open(path, lock=True)) as store:
        store.write(lambda tx: tx.put_account(account()))

    with closing(Store.open(path, lock=True)) as store:
        assert [account()] == store.read(lambda tx: tx.accounts(["lab"]))


def test_only_who_takes_the_lock_makes_a_database(path):
    with pytest.raises(StoreError) as error:
        Store.open(path, lock=False)

    assert f"There is no database at {path} yet; `notifier run` makes it." == str(error.value)
    assert not path.parent.exists()


@pytest.mark.parametrize("lock", [True, False])
def test_a_database_of_a_newer_release_is_refused(store, path, lock):
    store.close()
    set_schema(path, "9001")

    with pytest.raises(StoreError) as error:
        Store.open(path, lock=lock)

    newer = f"schema 9001; this one has {SCHEMA}"
    assert f"{path} was written by a newer notifier ({newer}): upgrade it." == str(error.value)


def test_a_reader_refuses_a_database_of_an_older_release(store, path):
    store.close()
    set_schema(path, "0000")

    with pytest.raises(StoreError) as error:
        Store.open(path, lock=False)

    assert f"{path} is of an older notifier; `notifier run` brings it up to date." == str(error.value)


def test_a_reader_refuses_a_file_that_no_release_has_prepared(path):
    path.parent.mkdir()
    path.touch()

    with pytest.raises(StoreError, match="is of an older notifier"):
        Store.open(path, lock=False)


@pytest.mark.parametrize("lock", [True, False])
def test_a_file_that_is_no_database_is_refused_and_can_be_replaced(path, lock):
    path.parent.mkdir()
    path.write_text("To whom it may concern" * 100)

    with pytest.raises(StoreError) as error:
        Store.open(path, lock=lock)

    assert f"{path}: file is not a database" == str(error.value)

    path.unlink()
    Store.open(path, lock=True).close()


def test_a_folder_that_cannot_be_made_is_named(path):
    path.parent.write_text("a file where the folder should be")

    with pytest.raises(StoreError) as error:
        Store.open(path, lock=True)

    assert f"{path} cannot be opened: File exists." == str(error.value)


def set_schema(path, version):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [version])


# the lock


def test_a_second_process_is_refused_in_one_sentence_and_readers_work_meanwhile(path):
    with another_process(path, "store.write(lambda tx: tx.put_account(account()))" + SAYS_SO_AND_WAITS) as process:
        assert process.stdout.readline() == "ready\n"
        with pytest.raises(StoreLocked) as error:
            Store.open(path, lock=True)
        sentence = f"{path} is in use by another notifier (process {process.pid}); only one may run on it."
        assert sentence == str(error.value)
        with closing(Store.open(path, lock=False)) as reader:
            assert [account()] == reader.read(lambda tx: tx.accounts(["lab"]))


def test_the_lock_of_a_killed_process_is_free(path):
    with another_process(path, SAYS_SO_AND_WAITS) as process:
        process.stdout.readline()

    Store.open(path, lock=True).close()


def test_a_holder_that_is_not_known_is_not_named(store, path):
    path.with_name(f"{path.name}.lock").write_text("")

    with pytest.raises(StoreLocked) as error:
        Store.open(path, lock=True)

    assert f"{path} is in use by another notifier; only one may run on it." == str(error.value)


def test_a_refused_start_leaves_the_lock_where_it_is(store, path):
    for _ in range(2):
        with pytest.raises(StoreLocked, match=f"process {os.getpid()}"):
            Store.open(path, lock=True)


def test_a_closed_store_gives_the_lock_back_and_refuses_everything(store, path):
    store.close()
    store.close()

    for ask in (store.read, store.write):
        with pytest.raises(StoreError, match="has been closed"):
            ask(lambda tx: tx.account_ids())
    Store.open(path, lock=True).close()


# transactions


def test_what_a_use_case_returns_is_returned(store):
    assert store.write(lambda _, a, *, b: a + b, 1, b=2) == 3
    assert store.read(lambda _, a, *, b: a + b, 1, b=2) == 3


def test_a_use_case_that_raises_leaves_nothing(store):
    with pytest.raises(LookupError, match="the use case failed"):
        store.write(put_and_fail)

    assert store.read(lambda tx: tx.account_ids()) == []


def test_the_same_from_a_loop(store):
    async def both():
        with pytest.raises(LookupError):
            await store.awrite(put_and_fail)
        await store.awrite(lambda tx, name: tx.put_account(account(name)), "clinic")
        return await store.aread(lambda tx: tx.account_ids())

    assert asyncio.run(both()) == ["clinic"]


def test_a_reader_cannot_write(store):
    with pytest.raises(StoreError, match="attempt to write a readonly database"):
        store.read(lambda tx: tx.put_account(account()))

    assert store.read(lambda tx: tx.account_ids()) == []


def test_an_error_of_the_database_does_not_repeat_what_was_being_written(store, path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("DROP TABLE failure")

    with pytest.raises(StoreError) as error:
        store.write(lambda tx: tx.put_failure("lab", "openai", "said in confidence", 100))

    assert f"{path}: no such table: failure" == str(error.value)
    assert "said in confidence" not in str(error.value.__cause__)


def test_readers_see_the_last_commit_while_a_long_write_goes_on(store):
    begun, go_on = Event(), Event()

    def write_slowly(tx):
        tx.put_account(account())
        tx.account_ids()
        begun.set()
        assert go_on.wait(20)

    writing = Thread(target=store.write, args=[write_slowly])
    writing.start()
    assert begun.wait(20)
    seen_meanwhile = store.read(lambda tx: tx.account_ids())
    go_on.set()
    writing.join()

    assert seen_meanwhile == []
    assert store.read(lambda tx: tx.account_ids()) == ["lab"]


def test_a_reader_sees_one_snapshot(store):
    def twice(tx):
        before = tx.account_ids()
        store.write(lambda tx: tx.put_account(account()))
        return before, tx.account_ids()

    assert store.read(twice) == ([], [])


def test_an_act_can_be_left_in_the_inbox_of_a_running_service(store, path):
    with closing(Store.open(path, lock=False)) as command:
        command.write(lambda tx: tx.put_act(act()))

    assert [act()] == store.read(lambda tx: tx.acts())


def test_what_a_transaction_has_read_nobody_else_changes_before_it_writes(store, path):
    """Two writers add one each to the same number; without BEGIN IMMEDIATE the second addition is lost."""
    has_read, other_is_done = Event(), Event()

    def count(tx):
        (reading,) = tx.readings(["lab"])["lab"]
        return reading.account["count"]

    def add(tx, before_writing):
        seen = count(tx)
        before_writing()
        tx.record("lab", "", {"count": seen + 1}, 200, "")

    def let_the_other_try():
        has_read.set()
        other_is_done.wait(0.3)

    def add_in_between():
        assert has_read.wait(20)
        other.write(add, lambda: None)
        other_is_done.set()

    store.write(lambda tx: tx.record("lab", "", {"count": 0}, 100, ""))
    with closing(Store.open(path, lock=False)) as other:
        adding = Thread(target=add_in_between)
        adding.start()
        store.write(add, let_the_other_try)
        adding.join()

    assert store.read(count) == 2


# what a killed process leaves


@pytest.mark.parametrize("commits", [1, 5, 12])
def test_the_journal_of_a_killed_process_fits_and_tells_what_was_kept(path, commits):
    does = """
def much(tx, number):
    for name in ("lab", "library"):
        tx.record(name, "2024", {"credits_left": number}, number, "pi")
        owe(tx, number, subject=Subject("p/r", name, "2024"))
    tx.journal("lab"), tx.recorded(["lab"])

for number in range(1_000_000):
    store.write(much, number)
    print(number, flush=True)
"""
    with another_process(path, does) as process:
        for _ in range(commits):
            process.stdout.readline()

    with closing(Store.open(path, lock=True)) as store:
        ends = store.read(lambda tx: tx.journal_ends())
        chains = {name: store.read(lambda tx, name=name: tx.journal(name)) for name in ends}
        kept = store.read(lambda tx: tx.recorded(["lab"]))["lab"]

    assert [misfit(name, chain, ends[name]) for name, chain in chains.items()] == [None, None]
    assert sum(each.what == "recorded" for each in chains["lab"]) == len(kept) >= commits


def test_a_process_killed_inside_a_transaction_leaves_nothing_of_it(path):
    does = """
def half(tx):
    for number in range(2_000):
        tx.put_account(account(f"lab-{number}"))
    tx.put_alert(SUBJECT, alert())
    owe(tx, 1)
    tx.account_ids(), tx.alerts(["lab"])
    print("ready", flush=True)
    sys.stdin.read()

store.write(lambda tx: tx.put_account(account()))
store.write(half)
"""
    with another_process(path, does) as process:
        assert process.stdout.readline() == "ready\n"

    with closing(Store.open(path, lock=True)) as store:
        assert store.read(lambda tx: tx.account_ids()) == ["lab"]
        assert store.read(lambda tx: tx.alerts(["lab"])) == {}
        assert store.read(lambda tx: tx.deliveries()) == []


@pytest.mark.parametrize("commits", [1, 7, 20])
def test_a_process_killed_at_any_instant_leaves_all_of_a_transaction_or_nothing(path, commits):
    does = """
def both(tx, number):
    tx.put_act(act(str(number), number))
    tx.put_alert(Subject("rule", "lab", str(number)), alert())
    tx.account_ids()

for number in range(1_000_000):
    store.write(both, number)
    print(number, flush=True)
"""
    with another_process(path, does) as process:
        told = [process.stdout.readline() for _ in range(commits)]

    with closing(Store.open(path, lock=True)) as store:
        acts = {waiting.id for waiting in store.read(lambda tx: tx.acts())}
        alerts = {subject.grant for subject in store.read(lambda tx: tx.alerts(["lab"]))}

    assert acts == alerts
    assert {line.strip() for line in told} <= acts  # what was committed is there
