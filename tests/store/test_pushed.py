"""What programs push is kept as people's records are, with the name of its secret; an act is found by its id."""

from dataclasses import replace

from notifier.core.entry import pushed_with
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.store import readings, rows
from tests.store.builders import account, act

BY = pushed_with("LAB_PUSH_TOKEN")


def recorded(tx):
    return tx.reading("lab", "recorded")


def test_the_reading_says_which_facts_a_program_said_last(store):
    store.write(lambda tx: tx.record("lab", "", {"balance": Money(9, "USD"), "spend_limit": None}, 100, BY))
    store.write(lambda tx: tx.record("lab", "1", {"credits_left": Money(5, "USD")}, 200, BY))
    store.write(lambda tx: tx.record("lab", "", {"balance": Money(8, "USD")}, 300, "pi"))
    store.write(lambda tx: tx.record("lab", "", {"spend_limit": Money(1, "USD")}, 50, "pi"))  # older than known

    assert store.read(recorded) == Reading(
        *("recorded", 300, {"balance": Money(8, "USD"), "spend_limit": None}),
        {"1": {"credits_left": Money(5, "USD")}},
        since={"balance": 300, "spend_limit": 100, "1/credits_left": 200},
        pushed=frozenset({"spend_limit", "1/credits_left"}),
    )


def test_what_a_person_takes_back_lets_the_push_before_it_count_again_as_a_push(store):
    store.write(lambda tx: tx.record("lab", "", {"balance": Money(9, "USD")}, 100, BY))
    store.write(lambda tx: tx.record("lab", "", {"balance": Money(8, "USD")}, 300, "pi"))
    by_a_person = store.read(recorded)
    store.write(lambda tx: tx.take_back("lab", "", ["balance"], 400, "pi"))
    by_a_program = store.read(recorded)

    assert (by_a_person.pushed, by_a_program.pushed) == (frozenset(), frozenset({"balance"}))
    assert by_a_program.since == {"balance": 100}


def test_a_reading_without_pushes_is_written_as_it_was_before_there_were_any():
    body = readings.encode_reading(Reading("recorded", 1, {"balance": 1}, since={"balance": 1}))

    assert "pushed" not in body
    assert readings.decode_reading("recorded", 1, body).pushed == frozenset()


def test_an_account_names_the_secret_for_pushing():
    pushed = replace(account(), push="LAB_PUSH_TOKEN")
    written = rows.encode_account(account())

    assert rows.decode_account(rows.encode_account(pushed)) == pushed
    assert "push" not in written
    assert rows.declared_anew(account(), pushed) == {"push": "LAB_PUSH_TOKEN"}


def test_an_act_is_found_by_its_id_before_and_after_its_effect(store):
    found = []
    store.write(lambda tx: (tx.put_act(act()), found.append(tx.act("act-1"))))  # what waits to be written too
    store.write(lambda tx: tx.consume("act-1", "recorded"))
    found.append(store.read(lambda tx: tx.act("act-1")))

    assert found == [act(), act()]
    assert store.read(lambda tx: tx.act("act-2")) is None
