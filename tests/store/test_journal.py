"""The journal: everything that is written is noted with it, sealed, in the transaction that writes it."""

import json
import sqlite3
from contextlib import closing, nullcontext
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.account import Person
from notifier.core.alert import Cause, Reason
from notifier.core.calendar import Locale
from notifier.core.costs import Costs
from notifier.core.delivery import State
from notifier.core.facts import Reading
from notifier.core.hold import Hold, Stage
from notifier.core.journal import NO_ENTRY, SERVICE, What, misfit
from notifier.core.money import Money
from notifier.core.subject import Subject
from notifier.ports import Act
from notifier.store.store import Store
from tests.store.builders import (
    BERLIN,
    LAB_MAIL,
    LAB_SLACK,
    SUBJECT,
    account,
    act,
    claim,
    declared,
    owe,
    transition,
)

EUROS = Locale(BERLIN.zone, currency="EUR")


def noted(store, name="lab"):
    """The story of an account: what, and what there is to say."""
    entries = store.read(lambda tx: tx.journal(name))
    return [(each.what, json.loads(each.body)) for each in entries]


def last(store, name="lab"):
    what, body = noted(store, name)[-1]
    assert body.pop("v") == 1
    return what, body


def wrong(store):
    """The first misfit of each chain."""
    ends = store.read(lambda tx: tx.journal_ends())
    found = [misfit(name, store.read(lambda tx, name=name: tx.journal(name)), end) for name, end in ends.items()]
    return [each for each in found if each]


# what is noted


def test_a_new_account_is_noted_with_all_it_declares(store):
    store.write(lambda tx: tx.put_account(account()))

    what, body = last(store)
    assert (what, body["new"]) == ("declared", True)
    assert body["says"]["people"][0] == {"role": "team", "reach": [LAB_SLACK]}
    assert body["says"]["zone"] == "Europe/Berlin"
    assert "locale" not in body["says"]


def test_of_an_account_that_is_declared_anew_only_what_is_otherwise_is_noted(store):
    store.write(lambda tx: tx.put_account(account()))
    moved = replace(
        account(locale=Locale(BERLIN.zone, currency="EUR")), people={"pi": Person((LAB_MAIL,))}, grants=()
    )
    store.write(lambda tx: tx.put_account(moved))

    people = [{"role": "pi", "reach": [LAB_MAIL]}]
    assert last(store) == ("declared", {"says": {"people": people, "currency": "EUR", "grants": None}})


def test_an_account_that_is_declared_as_before_is_no_news(store):
    for _ in range(2):
        store.write(lambda tx: tx.put_account(account()))

    assert len(noted(store)) == 1


def test_an_account_that_came_back_is_declared_anew_in_the_same_chain(store):
    def come_and_go(tx):
        tx.put_account(account())
        tx.remove_account("lab")
        tx.put_account(account())

    store.write(come_and_go)

    assert [what for what, _ in noted(store)] == ["declared", "removed", "declared"]
    assert last(store)[1]["new"]


def test_a_reading_is_one_entry_with_what_changed_in_it(store):
    store.write(
        lambda tx: tx.put_reading("lab", Reading("declared", 90, {"a": 1, "b": 2}, {"1": {"c": Money(5, "USD")}}))
    )
    store.write(
        lambda tx: tx.put_reading("lab", Reading("declared", 95, {"a": 1, "b": 2}, {"1": {"c": Money(5, "USD")}}))
    )
    first = last(store)
    store.write(
        lambda tx: tx.put_reading(
            "lab", Reading("declared", 99, {"a": 7, "d": None}, {"1": {"c": Money(6, "USD")}})
        )
    )

    told = {"source": "declared", "account": {"a": 1, "b": 2}, "grants": {"1": {"c": ["money", 5, "USD"]}}}
    changed = {"account": {"a": 7, "d": None}, "grants": {"1": {"c": ["money", 6, "USD"]}}, "gone": ["b"]}
    assert first == ("read", told)
    assert last(store) == ("read", {"source": "declared"} | changed)
    assert [each.at for each in store.read(lambda tx: tx.journal("lab"))] == [90, 99]


def test_of_costs_only_the_sum_is_noted(store):
    day = 738_956
    costs = Costs("USD", (day, day + 1, day + 3), (1_000, 3_000, 6_000))
    spends = {"projects/proj_1": Costs("USD", (day,), (1_000,))}
    store.write(lambda tx: tx.put_reading("lab", Reading("openai", 90, costs=costs, spends=spends)))

    series = {"days": 3, "from": "2024-03-11", "through": "2024-03-14", "amount": ["money", 6_000, "USD"]}
    project = {"projects/proj_1/costs": ["money", 1_000, "USD"]}
    assert last(store) == ("read", {"source": "openai", "account": project, "costs": series})


def test_that_a_source_cannot_be_read_is_noted_once_and_so_is_its_end(store):
    def fail(tx, *moments):
        for at in moments:
            tx.put_failure("lab", "openai", "the key was refused", at)

    store.write(fail, 100, 150)
    store.write(fail, 200)
    for at in (300, 400):
        store.write(lambda tx, at=at: tx.put_reading("lab", Reading("openai", at)))

    assert [what for what, _ in noted(store)] == ["unreadable", "readable", "read"]
    assert noted(store)[0][1]["why"] == "the key was refused"


def test_what_people_record_and_take_back_is_noted_with_who_did(store):
    store.write(lambda tx: tx.record("lab", "2024", {"credits_granted": Money(5, "USD")}, 100, "pi"))
    recorded = last(store)
    store.write(lambda tx: tx.take_back("lab", "2024", ["credits_granted", "nothing"], 200, "office"))

    said = {"credits_granted": ["money", 5, "USD"]}
    assert recorded == ("recorded", {"grant": "2024", "facts": said, "by": "pi", "on": 100})
    assert last(store) == ("taken back", {"grant": "2024", "facts": ["credits_granted"], "by": "office"})


def test_an_act_is_noted_with_what_came_of_it_and_so_is_who_caused_the_rest(store):
    def take_effect(tx):
        tx.at(500)
        for each in tx.acts():
            tx.owe(SUBJECT._replace(grant=each.id), transition(), LAB_SLACK, Cause.PERSON, 1)
            tx.consume(each.id, "acknowledged")

    store.write(lambda tx: tx.put_act(Act("a", "ack", "lab", "2024", {"because": "on leave"}, 100, "pi")))
    store.write(lambda tx: tx.put_act(Act("b", "ack", "lab", "2024", {}, 101, "office")))
    store.write(take_effect)
    store.write(take_effect)
    store.write(lambda tx: tx.consume("a", "again"))

    story = noted(store)
    assert [(what, body["by"]) for what, body in story] == [
        *(("found", "pi"), ("acted", "pi"), ("found", "office"), ("acted", "office"))
    ]
    assert story[1][1] == {
        "v": 1,
        "id": "a",
        "act": "ack",
        "grant": "2024",
        "said": {"because": "on leave"},
        "by": "pi",
        "said_at": 100,
        "outcome": "acknowledged",
    }
    assert {each.at for each in store.read(lambda tx: tx.journal("lab"))} == {500}


def test_a_transition_is_one_entry_however_many_hear_of_it(store):
    def judge(tx):
        for to in (LAB_SLACK, LAB_MAIL):
            tx.owe(SUBJECT, transition(), to, Cause.FACTS, 7, held=True)
        tx.owe(SUBJECT._replace(account="library"), transition(), LAB_MAIL, Cause.MOMENT, 7)
        tx.arm("lab", 500, "f" * 16)
        tx.owe(SUBJECT, transition(2, reason=Reason.ESCALATED), LAB_MAIL, Cause.PERSON, 7)

    store.write(judge)

    opened, escalated = noted(store)
    assert opened == (
        "found",
        {
            "v": 1,
            "rule": "program/late",
            "grant": "2024",
            "reason": "opened",
            "step": "on the day",
            "anchor": 739_000,
            "episode": 1,
            "seq": 1,
            "cause": "facts changed",
            "held": True,
            "to": [LAB_SLACK, LAB_MAIL],
            "rules": "f" * 16,
        },
    )
    assert "rules" not in escalated[1]  # a person decided it
    assert "rules" not in last(store, "library")[1]


@pytest.mark.parametrize(
    ("state", "what"), [(State.DONE, "told"), (State.GIVEN_UP, "given up"), (State.DROPPED, "dropped")]
)
@pytest.mark.parametrize("together", [True, False])
def test_what_becomes_of_a_delivery_is_noted_once(store, state, what, together):
    def settle(tx, looked):
        [delivery] = tx.deliveries() if looked else claimed
        tx.at(900)
        tx.put_delivery(replace(delivery, state=state, receipt="1700.1", why="why"))
        tx.put_delivery(replace(delivery, state=state, receipt="1700.1", why="why", around=None))

    store.write(lambda tx: owe(tx, 1))
    claimed = store.write(lambda tx: claim(tx, 100, "boot", 9))
    store.write(settle, together)
    store.write(settle, together)

    assert [each for each, _ in noted(store)] == ["found", what]
    assert last(store)[1] == {
        "rule": "program/late",
        "grant": "2024",
        "to": LAB_SLACK,
        "reason": "opened",
        "step": "on the day",
        "delivery": 1,
        "receipt": "1700.1",
        "why": "why",
    }
    assert store.read(lambda tx: tx.journal("lab"))[-1].at == 900


def test_what_was_given_up_and_is_tried_again_is_noted_and_an_ordinary_retry_is_not(store):
    def put(tx, state):
        tx.put_delivery(replace(tx.deliveries()[0], state=state))

    store.write(lambda tx: owe(tx, 1))
    for state in (State.CLAIMED, State.DUE, State.CLAIMED, State.GIVEN_UP, State.DUE):
        store.write(put, state)

    assert [what for what, _ in noted(store)] == ["found", "given up", "again"]


def test_what_is_held_and_what_a_person_says_of_it_stands_in_the_chain_of_the_service(store):
    hold = Hold(3, 100, "The rules were edited")
    for each in (hold, replace(hold, stage=Stage.WAITING, count=30), replace(hold, stage=Stage.RELEASED, by="pi")):
        store.write(lambda tx, each=each: tx.put_hold(each))
    store.write(lambda tx: tx.forget_hold(3))

    assert [body.get("stage") for _, body in noted(store, SERVICE)] == ["waiting", "released"]
    assert last(store, SERVICE)[1]["by"] == "pi"


def test_rules_are_noted_when_they_are_others(store):
    def take_over(tx):
        for fingerprint in ("aa", "aa", "bb", "aa"):
            tx.put_rules(fingerprint, ["p", "", "a"], 100)

    store.write(take_over)
    store.write(lambda tx: tx.put_rules("aa", ["p"], 200))

    rules = [body["rules"] for _, body in noted(store, SERVICE)]
    assert rules == ["aa", "bb", "aa"]
    assert last(store, SERVICE)[1]["programs"] == ["", "a", "p"]


def test_a_note_of_ones_own_is_sealed_like_the_rest(store):
    store.write(
        lambda tx: tx.note("lab", What.TOLD, {"to": "recipient", "nothing": "", "none": None, "zero": 0}, 50)
    )

    assert last(store) == ("told", {"to": "recipient", "zero": 0})
    assert wrong(store) == []


def test_where_nobody_says_when_it_happened_after_the_entry_before(store):
    store.write(lambda tx: tx.note("lab", What.TOLD, {}, 70))
    store.write(lambda tx: tx.note("lab", What.TOLD, {}))

    assert [each.at for each in store.read(lambda tx: tx.journal("lab"))] == [70, 70]


def test_what_fails_is_not_noted(store):
    def fail(tx):
        tx.put_account(account())
        assert [each.what for each in tx.journal("lab")] == ["declared"]
        raise LookupError("the use case failed")

    with pytest.raises(LookupError):
        store.write(fail)

    assert noted(store) == []
    assert store.read(lambda tx: tx.journal_ends()) == {}


# that it is sealed

COLUMNS = {
    "account": "'library'",
    "number": "number + 10",
    "at": "at + 1",
    "kind": "'dropped'",
    "body": "replace(body, 'pi', 'xx')",
    "previous": "upper(previous)",
    "hash": "upper(hash)",
}


@pytest.fixture
def written(store):
    """A store with five entries of `lab`; the third is what a person recorded."""

    def write(tx):
        tx.put_account(account())
        tx.put_reading("lab", declared())
        tx.record("lab", "2024", {"credits_granted": Money(5, "USD")}, 100, "pi")
        owe(tx, 1)
        tx.put_delivery(replace(tx.deliveries()[0], state=State.DONE))

    store.write(write)
    assert [what for what, _ in noted(store)] == ["declared", "read", "recorded", "found", "told"]
    return store


def tamper(path, statement):
    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute(statement).rowcount == 1


@pytest.mark.parametrize(("column", "value"), COLUMNS.items(), ids=COLUMNS)
def test_whatever_column_somebody_changes_is_seen(written, path, column, value):
    tamper(path, f"UPDATE journal SET {column} = {value} WHERE account = 'lab' AND number = 3")

    assert [(each.account, each.number) for each in wrong(written) if each.account == "lab"] == [("lab", 3)]


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_row_that_somebody_deletes_is_missed(written, path, number):
    tamper(path, f"DELETE FROM journal WHERE number = {number}")

    assert [(each.account, each.number) for each in wrong(written)] == [("lab", number)]


@pytest.mark.parametrize("change", ["DELETE FROM journal_end", "UPDATE journal_end SET number = 4"])
def test_the_end_that_somebody_changes_is_seen(written, path, change):
    tamper(path, change)

    assert [each.account for each in wrong(written)] == ["lab"]


def test_what_is_written_after_tampering_does_not_hide_it(written, path):
    tamper(path, "DELETE FROM journal WHERE number = 5")
    written.write(lambda tx: tx.put_reading("lab", declared(organization="org-9")))

    assert [each.number for each in wrong(written)] == [5]


names = st.sampled_from(["lab", "library", "notifier"])
DOES = {
    "declare": lambda tx, name, number: tx.put_account(account(name, (BERLIN, EUROS)[number % 2])),
    "remove": lambda tx, name, _: tx.remove_account(name),
    "read": lambda tx, name, number: tx.put_reading(name, declared(number, organization=str(number))),
    "fail": lambda tx, name, number: tx.put_failure(name, "openai", "no", number),
    "record": lambda tx, name, number: tx.record(name, "1", {"credits_left": number}, number, "pi"),
    "undo": lambda tx, name, number: tx.take_back(name, "1", ["credits_left"], number, "pi"),
    "owe": lambda tx, name, n: tx.owe(Subject("p/r", name, "1"), transition(n), "console", Cause.FACTS, 1),
    "arm": lambda tx, name, number: tx.arm(name, number, "rules"),
    "tell": lambda tx, _, __: [tx.put_delivery(replace(each, state=State.DONE)) for each in tx.deliveries()],
    "drop": lambda tx, _, __: [tx.put_delivery(replace(each, state=State.DROPPED)) for each in tx.deliveries()],
    "act": lambda tx, name, number: tx.put_act(replace(act(str(number)), account=name)),
    "consume": lambda tx, _, __: [tx.consume(each.id, "done") for each in tx.acts()],
    "ask": lambda tx, name, _: tx.journal(name),
    "note": lambda tx, name, number: tx.note(name, What.READ, {"n": "ü\ud800", "number": number}),
    "rules": lambda tx, _, number: tx.put_rules(str(number), [], number),
}  # fmt: skip
steps = st.tuples(st.sampled_from(sorted(DOES)), names, st.integers(0, 3))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(transactions=st.lists(st.tuples(st.lists(steps, max_size=6), st.booleans()), max_size=6))
def test_chains_fit_after_whatever_was_done_and_undone(tmp_path_factory, transactions):
    def run(tx, does, fails):
        for verb, name, number in does:
            DOES[verb](tx, name, number)
        if fails:
            raise LookupError

    with closing(Store.open(tmp_path_factory.mktemp("journal") / "notifier.db", lock=True)) as store:
        for does, fails in transactions:
            with pytest.raises(LookupError) if fails else nullcontext():
                store.write(run, does, fails)

        assert wrong(store) == []


def test_a_chain_that_never_began_ends_nowhere(store):
    assert store.read(lambda tx: tx.journal("nobody")) == []
    assert misfit("nobody", [], NO_ENTRY) is None
