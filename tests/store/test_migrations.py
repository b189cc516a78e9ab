"""The migrations make the tables that statements speak of; a start without a migration does not pay for them."""

import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from notifier.store import statements
from notifier.store.errors import StoreError
from notifier.store.migrating import configuration
from notifier.store.store import Store
from notifier.store.tables import SCHEMA, metadata
from tests.new_database import migrate_quickly

pytestmark = pytest.mark.usefixtures("real_migrations")


def dumped(path):
    """All that a database holds, as statements; and the number that is drawn for each."""
    with closing(Store.open(path, lock=True)):
        pass
    with closing(sqlite3.connect(path)) as connection:
        number = connection.execute("SELECT value FROM counter WHERE name = 'installation'").fetchone()[0]
        return [line.replace(str(number), "drawn") for line in connection.iterdump()], number


def test_what_other_tests_begin_with_is_what_the_migrations_make(tmp_path, monkeypatch):
    made, number = dumped(tmp_path / "made.db")
    monkeypatch.setattr("notifier.store.migrating.migrate", migrate_quickly)
    first, first_number = dumped(tmp_path / "first.db")
    second, second_number = dumped(tmp_path / "second.db")

    assert first == second == made
    assert len({number, first_number, second_number}) == 3


def test_the_migrations_make_exactly_the_tables(store):
    with store._readers.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})

        assert compare_metadata(context, metadata) == []


def test_the_migrated_indexes_cover_what_the_tables_say(store):
    """Alembic does not compare what a partial index covers; the questions rely on it."""
    with store._readers.connect() as connection:
        made = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql LIKE '% WHERE %'")).all()
    covers = {name: sql.partition(" WHERE ")[2] for name, sql in made}
    said = {
        index.name: str(index.dialect_options["sqlite"]["where"].compile()).replace(f"{table.name}.", "")
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_options["sqlite"]["where"] is not None
    }

    assert said == covers


def test_the_newest_migration_is_the_schema_that_the_store_asks_for():
    assert ScriptDirectory.from_config(configuration()).get_current_head() == SCHEMA


def test_a_migration_that_fails_leaves_nothing(path, monkeypatch):
    def fail(connection):
        connection.execute(text("CREATE TABLE half (id TEXT)"))
        connection.execute(text("CREATE TABLE half (id TEXT)"))

    monkeypatch.setattr("notifier.store.migrating.migrate", fail)
    with pytest.raises(StoreError, match="table half already exists"):
        Store.open(path, lock=True)
    monkeypatch.undo()

    with closing(Store.open(path, lock=True)) as store, store._readers.connect() as connection:
        assert connection.execute(text("SELECT * FROM sqlite_master WHERE name = 'half'")).all() == []


def test_a_start_without_a_migration_does_not_load_alembic(store, path):
    store.close()
    start = (
        "import sys; from notifier.store.store import Store; Store.open(sys.argv[1], lock=True).close();"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')))"
    )
    said = subprocess.run([sys.executable, "-c", start, path], capture_output=True, text=True, check=True).stdout

    assert said == "[]\n"


PLANS = {
    "DUE": "delivery_due",
    "NEXT_DELIVERY": "delivery_due",
    "ORPHANS": "delivery_claimed",
    "ANY_DISOWNED": "delivery_claimed",
    "UNTOLD": "delivery_unfinished",
    "HELD": "delivery_held",
    "RECORDED_OF_ALL": "history_recorded",
    "DUE_BY_RULES": "account_rules",
    "DUE_BY_MOMENT": "account_next_moment",
    "NEXT_JUDGEMENT": "account_next_moment",
    "ACTS": "inbox_pending",
    "NEXT_DIGEST": "digest_next_at",
}


@pytest.mark.parametrize(("name", "index"), PLANS.items(), ids=PLANS)
def test_the_frequent_questions_are_answered_from_an_index(store, name, index):
    with store._readers.connect() as connection:
        question = str(getattr(statements, name).compile(dialect=connection.dialect))
        for name_of_list in ("busy", "ids"):  # as they are sent with one name in them
            question = question.replace(f"(__[POSTCOMPILE_{name_of_list}])", "(?)")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {question}", (0,) * question.count("?")).all()
    steps = [row[3] for row in plan if row[3] != "SCAN CONSTANT ROW"]
    read_through = [step for step in steps if step.startswith("SCAN") and "INDEX" not in step]

    assert any(f"INDEX {index}" in step for step in steps)
    assert not read_through
    assert "USE TEMP B-TREE FOR ORDER BY" not in steps
