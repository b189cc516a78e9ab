"""What people record and take back is only ever added to; what counts of it follows from the whole."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from notifier.core.calendar import Duration
from notifier.core.entry import Entry, Log
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.store import tables
from notifier.store.errors import StoreError
from notifier.store.readings import log_of
from notifier.store.store import Store
from notifier.store.transaction import MOST_IDS, Transaction

LEFT, DAY = "credits_left", "credits_left_on"


def history(tx):
    """The rows of the append-only record: (id, grant, fact, at, value, source, by)."""
    columns = [tables.history.c[name] for name in ("id", "grant", "fact", "at", "value", "source", "by")]
    tx.flush()
    return [tuple(row) for row in tx._connection.execute(select(*columns).order_by(tables.history.c.id))]


def recorded(tx, account="lab"):
    """The reading that rules are judged on."""
    return next((found for found in tx.readings([account])[account] if found.source == "recorded"), None)


def test_an_undo_is_a_row_of_its_own_and_no_row_is_touched(store):
    store.write(lambda tx: tx.record("lab", "1", {LEFT: Money(9, "USD")}, 100, "pi"))
    store.write(lambda tx: tx.record("lab", "1", {LEFT: Money(5, "USD")}, 200, "pi"))
    before = store.read(history)
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT], 300, "office"))
    after = store.read(history)

    assert after[:2] == before
    assert [row[1:] for row in after[2:]] == [("1", LEFT, 300, None, "recorded", "office")]


def test_the_one_before_counts_again_with_its_own_time(store):
    store.write(lambda tx: tx.record("lab", "1", {LEFT: 9}, 100, "pi"))
    store.write(lambda tx: tx.record("lab", "1", {LEFT: 5}, 200, "pi"))
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT], 300, "office"))

    expected = Reading("recorded", 100, {}, {"1": {LEFT: 9}}, since={"1/credits_left": 100})
    assert store.read(recorded) == expected


def test_where_none_is_left_it_is_as_if_it_was_never_recorded(store):
    store.write(lambda tx: tx.record("lab", "1", {LEFT: 9}, 100, "pi"))
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT], 300, "office"))

    assert store.read(recorded) == Reading("recorded", 300)


def test_nothing_to_take_back_writes_nothing(store):
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT], 300, "office"))
    store.write(lambda tx: tx.record("lab", "2", {LEFT: 9}, 100, "pi"))
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT], 300, "office"))

    assert len(store.read(history)) == 1
    assert recorded_values(store) == {"2": {LEFT: 9}}


def recorded_values(store):
    return store.read(recorded).grants


def test_several_facts_are_taken_back_at_once_and_the_others_stay(store):
    store.write(lambda tx: tx.record("lab", "1", {LEFT: 9, DAY: 7, "note": "x"}, 100, "pi"))
    store.write(lambda tx: tx.take_back("lab", "1", [LEFT, DAY], 300, "pi"))

    assert recorded_values(store) == {"1": {"note": "x"}}


def test_within_one_transaction_an_undo_finds_what_was_just_recorded(store):
    def both(tx):
        tx.record("lab", "1", {LEFT: 9}, 100, "pi")
        tx.record("lab", "1", {LEFT: 5}, 200, "pi")
        tx.take_back("lab", "1", [LEFT], 300, "pi")
        tx.record("lab", "1", {DAY: 7}, 400, "pi")

    store.write(both)

    assert recorded_values(store) == {"1": {LEFT: 9, DAY: 7}}


def test_the_record_is_read_newest_first_with_who_said_it_and_who_took_it_back(store):
    texts, weeks = ("a", "b"), Duration(3, "weeks")
    store.write(lambda tx: tx.record("lab", "1", {"models": texts, "after": weeks}, 100, "pi"))
    store.write(lambda tx: tx.record("lab", "", {"affiliation": None}, 200, "office"))
    store.write(lambda tx: tx.take_back("lab", "1", ["after"], 300, "dean"))
    store.write(lambda tx: tx.record("other", "1", {LEFT: 1}, 100, "pi"))
    store.write(lambda tx: tx.put_reading("lab", Reading("declared", 500, {"affiliation": "X"})))

    assert store.read(lambda tx: tx.recorded(["lab", "nobody"])) == {
        "lab": [
            Entry("", "affiliation", None, 200, "office"),
            Entry("1", "after", weeks, 100, "pi", 300, "dean"),
            Entry("1", "models", texts, 100, "pi"),
        ],
        "nobody": [],
    }


def test_of_many_accounts_each_has_its_own_record(store):
    names = [f"lab-{number:04}" for number in range(MOST_IDS + 5)]
    store.write(lambda tx: [tx.record(name, "1", {LEFT: name}, 100, "pi") for name in [*names, "unasked"]])
    found = store.read(lambda tx: tx.recorded(reversed(names)))

    assert {name: [Entry("1", LEFT, name, 100, "pi")] for name in names} == found


def test_a_value_of_a_newer_release_asks_for_an_upgrade():
    with pytest.raises(StoreError, match="upgrade it"):
        log_of([("1", LEFT, 100, '["sphere",1]', "pi")])


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    store = Store.open(tmp_path_factory.mktemp("record") / "notifier.db", lock=True)
    yield store
    store.close()


FACTS = st.lists(st.sampled_from([LEFT, DAY, "note"]), min_size=1, max_size=3, unique=True)
STEPS = st.lists(
    st.tuples(st.sampled_from(["record", "take back"]), st.sampled_from(["", "1"]), FACTS, st.integers(0, 9))
)


@settings(max_examples=40)
@given(steps=STEPS)
def test_the_reading_is_always_what_the_whole_record_comes_to(shared, steps):
    with shared._writers.connect() as connection:
        tx, model = Transaction(connection), Log()
        for number, (verb, grant, facts, at) in enumerate(steps):
            if verb == "record":
                tx.record("lab", grant, dict.fromkeys(facts, number), at, "pi")
                for fact in facts:
                    model.add(Entry(grant, fact, number, at, "pi"))
            else:
                tx.take_back("lab", grant, facts, at, "pi")
                for fact in facts:
                    model.take_back(grant, fact, at, "pi")
            kept = recorded(tx)

            assert model.entries == tx.recorded(["lab"])["lab"]
            assert kept is None or replace(kept, at=0) == replace(model.reading(0), at=0)
        connection.rollback()
