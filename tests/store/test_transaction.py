"""The store keeps each promise of the port `Tx`."""

from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from notifier.core.alert import AlertHold, Cause, HoldKind, Reason
from notifier.core.calendar import FOREVER, Locale
from notifier.core.delivery import Destination, Doubt, State
from notifier.core.facts import Costs, Reading
from notifier.core.message import Message, Told
from notifier.core.money import Money
from notifier.core.subject import Subject
from notifier.store import tables
from notifier.store.store import Store
from notifier.store.transaction import Transaction
from tests.store.builders import (
    LAB_MAIL,
    LAB_SLACK,
    SUBJECT,
    account,
    act,
    alert,
    claim,
    declared,
    owe,
    transition,
)

DAY_1 = date(2024, 3, 1).toordinal()


class Apart:
    """Calls every method of `Tx` in a transaction of its own."""

    def __init__(self, store):
        self._store = store

    def __getattr__(self, name):
        return lambda *args: self._store.write(lambda tx: getattr(tx, name)(*args))

    def ask(self, question):
        return self._store.read(lambda tx: tx._connection.execute(question).all())


class Together:
    """Calls every method in one transaction: what waits to be written is seen by whatever is read after it."""

    def __init__(self, connection):
        self._tx = Transaction(connection)

    def __getattr__(self, name):
        return getattr(self._tx, name)

    def ask(self, question):
        self._tx.flush()
        return self._tx._connection.execute(question).all()


@pytest.fixture(params=["one transaction each", "all in one transaction"])
def tx(request, store):
    if request.param == "one transaction each":
        yield Apart(store)
    else:
        with store._writers.begin() as connection:
            yield Together(connection)


def history(tx):
    """What the log holds: (grant, fact, at, value, source, by)."""
    columns = [tables.history.c[name] for name in ("grant", "fact", "at", "value", "source", "by")]
    return [tuple(row) for row in tx.ask(select(*columns).order_by(tables.history.c.id))]


# accounts


def test_accounts_come_in_the_order_of_their_ids_and_those_that_do_not_exist_are_left_out(tx):
    for name in ("b", "a", "c"):
        tx.put_account(account(name))

    assert tx.account_ids() == ["a", "b", "c"]
    assert [account("a"), account("c")] == tx.accounts(["c", "nobody", "a", "c"])


def test_more_accounts_than_one_question_takes_come_in_order_too(store):
    names = [f"lab-{number:04}" for number in range(1_201)]
    store.write(lambda tx: [tx.put_account(account(name)) for name in reversed(names)])

    assert names == [found.id for found in store.read(lambda tx: tx.accounts(iter(reversed(names))))]


def test_a_replaced_declaration_leaves_alone_when_the_account_is_judged(tx):
    tx.put_account(account())
    tx.arm("lab", 500, "rules")
    moved = account(locale=Locale(ZoneInfo("UTC")))
    tx.put_account(moved)

    assert [moved] == tx.accounts(["lab"])
    assert tx.next_moment() == 500


def test_a_removed_account_leaves_its_alerts_its_history_and_what_was_recorded(tx):
    tx.put_account(account())
    tx.put_alert(SUBJECT, alert())
    tx.record("lab", "2024", {"credits_left": 5}, 100, "pi")
    tx.put_failure("lab", "openai", "no answer", 100)
    tx.remove_account("lab")

    assert tx.accounts(["lab"]) == []
    assert tx.due(FOREVER, "rules", 9) == []
    assert {SUBJECT: alert()} == tx.alerts(["lab"])
    assert tx.failures() == {}
    assert len(history(tx)) == 1
    assert len(tx.readings(["lab"])["lab"]) == 1


def test_an_account_that_is_removed_and_added_again_in_one_transaction_is_new(store):
    def replace_it(tx):
        tx.put_account(account("other"))
        tx.remove_account("lab")
        tx.put_account(account())
        tx.wake("lab")

    store.write(lambda tx: tx.put_account(account()))
    store.write(lambda tx: tx.arm("lab", 500, "rules"))
    store.write(replace_it)

    assert store.read(lambda tx: tx.account_ids()) == ["lab", "other"]
    assert store.read(lambda tx: tx.next_moment()) == 0


# facts


def test_the_latest_reading_of_every_source_is_kept(tx):
    polled = Reading("openai", 200, {"spend_limit": Money(1, "USD")}, costs=Costs("USD", (1,), (5,)))
    tx.put_reading("lab", declared(organization="org-1"))
    tx.put_reading("lab", polled)
    tx.put_reading("lab", declared(300, organization="org-2"))

    expected = {"lab": [declared(300, organization="org-2"), polled], "clinic": []}
    assert expected == tx.readings(["lab", "clinic"])


def test_the_first_reading_of_a_source_is_news_even_if_it_is_empty(tx):
    assert tx.put_reading("lab", declared())


def test_a_reading_that_changes_no_value_is_no_news_but_its_time_is_kept(tx):
    tx.put_reading("lab", declared(100, organization="org-1", pi_name=None))

    assert not tx.put_reading("lab", declared(200, pi_name=None, organization="org-1"))
    assert {"lab": [declared(200, organization="org-1", pi_name=None)]} == tx.readings(["lab"])
    assert len(history(tx)) == 2


def test_another_time_of_observing_is_kept_and_is_no_news(tx):
    tx.put_reading("lab", declared(organization="org-1"))
    again = Reading("declared", 200, {"organization": "org-1"}, since={"organization": 100})

    assert not tx.put_reading("lab", again)
    assert {"lab": [again]} == tx.readings(["lab"])


def test_every_changed_added_or_removed_fact_is_one_line_of_history(tx):
    before = Reading(
        "declared", 100, {"same": 1, "changed": 1, "gone": 1}, {"2024": {"ends_on": None}, "2023": {"x": 1}}
    )
    after = Reading(
        "declared",
        200,
        {"same": 1, "changed": True, "added": "new"},
        {"2024": {"ends_on": date(2025, 3, 11)}},
        since={"2024/ends_on": 150},
    )
    tx.put_reading("lab", before)
    told = len(history(tx))

    assert tx.put_reading("lab", after)
    assert history(tx)[told:] == [
        ("", "added", 200, '"new"', "declared", ""),
        ("", "changed", 200, "true", "declared", ""),
        ("2024", "ends_on", 150, '["date","2025-03-11"]', "declared", ""),
        ("", "gone", 200, None, "declared", ""),
        ("2023", "x", 200, None, "declared", ""),
    ]


def test_costs_are_one_line_of_history_for_each_changed_day(tx):
    def costs(currency, **days):
        return Costs.by_day(currency, {DAY_1 + int(day[1:]): amount for day, amount in days.items()})

    tx.put_reading("lab", Reading("openai", 100, costs=costs("USD", d0=10, d1=20, d2=30)))
    told = len(history(tx))
    changed = tx.put_reading("lab", Reading("openai", 200, costs=costs("USD", d1=20, d3=40)))

    assert changed
    assert history(tx)[told:] == [
        ("", "costs", 200, '["cost","2024-03-03",0,"USD"]', "openai", ""),
        ("", "costs", 200, '["cost","2024-03-04",40,"USD"]', "openai", ""),
    ]


def test_costs_that_are_not_spoken_of_any_more_are_one_line_of_history(tx):
    tx.put_reading("lab", Reading("openai", 100, costs=Costs("USD", (DAY_1,), (5,))))

    assert tx.put_reading("lab", Reading("openai", 200))
    assert history(tx)[1:] == [("", "costs", 200, None, "openai", "")]


def test_costs_in_another_currency_are_other_costs(tx):
    tx.put_reading("lab", Reading("openai", 100, costs=Costs("USD", (DAY_1,), (5,))))

    assert tx.put_reading("lab", Reading("openai", 200, costs=Costs("EUR", (DAY_1,), (5,))))
    assert history(tx)[1:] == [("", "costs", 200, '["cost","2024-03-01",5,"EUR"]', "openai", "")]


def test_a_reading_is_compared_with_what_the_same_transaction_put_before(store):
    def thrice(tx):
        return [tx.put_reading("lab", declared(organization=name)) for name in ("org-1", "org-2", "org-2")]

    assert store.write(thrice) == [True, True, False]


def test_what_a_provider_calls_a_thing_is_stored_whatever_it_is(tx):
    odd = declared(organization="half a pair \ud83d, a zero \0, a quote '")
    tx.put_reading("lab", odd)

    assert {"lab": [odd]} == tx.readings(["lab"])


def test_a_reading_does_not_wake_the_account(tx):
    tx.put_account(account())
    tx.arm("lab", 500, "rules")
    tx.put_reading("lab", declared(organization="org-1"))

    assert tx.due(400, "rules", 9) == []


def test_the_first_note_that_a_source_cannot_be_read_stands_until_a_reading_clears_it(tx):
    tx.put_reading("lab", Reading("openai", 50))
    tx.put_failure("lab", "openai", "no answer", 100)
    tx.put_failure("lab", "openai", "still no answer", 200)
    tx.put_failure("lab", "other", "refused", 150)

    assert tx.failures() == {("lab", "openai"): (100, "no answer"), ("lab", "other"): (150, "refused")}
    assert not tx.put_reading("lab", Reading("openai", 300))
    assert tx.failures() == {("lab", "other"): (150, "refused")}


def test_a_source_that_fails_again_after_a_reading_in_one_transaction_is_noted_anew(store):
    def on_and_off(tx):
        tx.put_failure("lab", "other", "refused", 100)
        tx.put_failure("lab", "openai", "no answer", 100)
        tx.put_reading("lab", Reading("openai", 200))
        tx.put_failure("lab", "openai", "no answer", 300)
        return tx.failures()

    assert store.write(on_and_off) == {("lab", "openai"): (300, "no answer"), ("lab", "other"): (100, "refused")}


def test_one_reading_is_had_by_its_source(tx):
    tx.put_account(account())
    reading = Reading("openai", 100, {"spend_limit": Money(5_000_000, "USD")})
    tx.put_reading("lab", reading)
    assert tx.reading("lab", "openai") == reading
    assert tx.reading("lab", "openai members") is None


def test_what_was_said_again_is_of_its_new_time_and_nothing_else_changes(tx):
    tx.put_account(account())
    assert not tx.confirm("lab", "openai", 100)
    tx.put_reading("lab", Reading("openai", 100, {"last_spend_on": None}))
    before = history(tx)
    assert tx.confirm("lab", "openai", 160)
    assert tx.reading("lab", "openai") == Reading("openai", 160, {"last_spend_on": None})
    assert tx.read_at() == tx.read_at(["lab"]) == {("lab", "openai"): 160}
    assert tx.read_at(["library"]) == {}
    assert history(tx) == before


def test_what_was_said_again_clears_the_note_that_it_cannot_be_read(tx):
    tx.put_account(account())
    tx.put_reading("lab", Reading("openai", 100))
    tx.put_failure("lab", "openai", "it is down", 130)
    tx.confirm("lab", "openai", 160)
    assert tx.failures() == {}
    assert [each.what for each in tx.journal("lab")][-2:] == ["unreadable", "readable"]


def test_a_source_that_is_forgotten_leaves_its_history_and_nothing_else(tx):
    tx.put_account(account())
    for source in ("openai", "other"):
        tx.put_reading("lab", Reading(source, 100, {"last_spend_on": None}))
        tx.put_failure("lab", source, "it is down", 130)
    before = history(tx)
    tx.forget("lab", "openai")
    assert [each.source for each in tx.readings(["lab"])["lab"]] == ["other"]
    assert tx.failures(["lab"]).keys() == {("lab", "other")}
    assert history(tx) == before
    tx.put_failure("lab", "openai", "it is down again", 190)
    assert tx.failures()["lab", "openai"] == (190, "it is down again")


def test_what_people_record_is_added_up_in_one_reading(tx):
    tx.record("lab", "2024", {"credits_left": Money(5, "USD"), "note": "x"}, 100, "pi")
    tx.record("lab", "", {"affiliation": "Institute"}, 200, "office")
    tx.record("lab", "2024", {"note": None}, 300, "pi")

    expected = Reading(
        "recorded",
        300,
        {"affiliation": "Institute"},
        {"2024": {"credits_left": Money(5, "USD"), "note": None}},
        since={"2024/credits_left": 100, "affiliation": 200, "2024/note": 300},
    )
    assert {"lab": [expected]} == tx.readings(["lab"])


def test_what_people_record_is_appended_with_who_said_it(tx):
    tx.record("lab", "2024", {"credits_left": Money(5, "USD")}, 100, "pi")
    tx.record("lab", "2024", {"credits_left": Money(5, "USD")}, 200, "office")

    assert [(by, at) for _, _, at, _, _, by in history(tx)] == [("pi", 100), ("office", 200)]
    assert {'["money",5,"USD"]'} == {value for _, _, _, value, _, _ in history(tx)}


def test_an_older_observation_is_appended_but_does_not_replace_a_newer_one(tx):
    tx.record("lab", "2024", {"credits_left": 5}, 200, "pi")
    tx.record("lab", "2024", {"credits_left": 9}, 100, "pi")

    expected = Reading("recorded", 200, {}, {"2024": {"credits_left": 5}}, since={"2024/credits_left": 200})
    assert {"lab": [expected]} == tx.readings(["lab"])
    assert len(history(tx)) == 2


def test_the_costs_of_an_item_are_news_and_are_kept_as_what_they_come_to(tx):
    def read(at, **amounts):
        spends = {f"projects/{name}": Costs("USD", (DAY_1,), (amount,)) for name, amount in amounts.items()}
        return tx.put_reading("lab", Reading("openai", at, spends=spends))

    assert [read(100, a=5, b=7), read(200, a=5, b=7), read(300, a=6, b=7)] == [True, False, True]
    assert [read(400, a=6), read(500, a=6)] == [True, False]
    assert tx.readings(["lab"])["lab"][0].spends == {"projects/a": Costs("USD", (DAY_1,), (6,))}
    assert [(fact, value) for _, fact, _, value, *_ in history(tx)] == [
        ("projects/a/costs", '["money",5,"USD"]'),
        ("projects/b/costs", '["money",7,"USD"]'),
        ("projects/a/costs", '["money",6,"USD"]'),
        ("projects/b/costs", None),
    ]


# alerts


def test_an_alert_is_added_then_replaced_by_its_identity(tx):
    other = Subject("program/late", "lab", "2026")
    tx.put_alert(SUBJECT, alert())
    tx.put_alert(other, alert(step=None, anchor=739_000, unread_since=7))
    tx.put_alert(SUBJECT, alert(open=False, episode=2, seq=3))
    tx.put_alert(Subject("program/late", "clinic", "1"), alert())

    expected = {
        SUBJECT: alert(open=False, episode=2, seq=3),
        other: alert(step=None, anchor=739_000, unread_since=7),
    }
    assert expected == tx.alerts(["lab"])


def test_each_item_has_an_alert_of_its_own(tx):
    items = [SUBJECT._replace(item=name) for name in ("", "proj_1", "proj_2")]
    for number, subject in enumerate(items):
        tx.put_alert(subject, alert(seq=number))

    assert {subject: alert(seq=number) for number, subject in enumerate(items)} == tx.alerts(["lab"])


def test_what_an_alert_remembers_beyond_its_step_is_replaced_with_it(tx):
    hold = AlertHold(HoldKind.SNOOZED, "pi", 100, 900, "on leave", "on the day")
    much = {"pending_since": 50, "told_at": 100, "reminders": 2, "passed_on": 1, "hold": hold, "owner": "office"}
    tx.put_alert(SUBJECT, alert(**much, mark="3"))
    held = tx.alerts(["lab"])
    tx.put_alert(SUBJECT, alert())

    assert held == {SUBJECT: alert(**much, mark="3")}
    assert tx.alerts(["lab"]) == {SUBJECT: alert()}


# digests


def test_the_next_digest_is_a_moment_to_wake_up_for(tx):
    tx.put_digest(LAB_MAIL, 500)
    tx.put_digest(LAB_SLACK, 700)
    tx.put_digest(LAB_MAIL, 900)

    assert (tx.digests(), tx.next_moment()) == ({LAB_MAIL: 900, LAB_SLACK: 700}, 700)
    assert tx.next_moment(0, None) == 700

    tx.forget_digest(LAB_SLACK)
    tx.forget_digest("mailto:nobody@example.edu")

    assert (tx.digests(), tx.next_moment()) == ({LAB_MAIL: 900}, 900)


# when to judge


def test_an_account_that_was_never_judged_is_due_at_once(tx):
    tx.put_account(account())

    assert tx.next_moment() == 0
    assert tx.due(0, "rules", 9) == [("lab", Cause.EDITED)]


def test_a_judged_account_is_due_at_its_moment_and_not_before(tx):
    tx.put_account(account())
    tx.arm("lab", 500, "rules")

    assert tx.next_moment() == 500
    assert tx.due(499, "rules", 9) == []
    assert tx.due(500, "rules", 9) == [("lab", Cause.MOMENT)]


def test_an_account_that_is_judged_for_ever_leaves_nothing_to_wait_for(tx):
    assert tx.next_moment() == FOREVER
    tx.put_account(account())
    tx.arm("lab", FOREVER, "rules")

    assert tx.next_moment() == FOREVER


def test_a_woken_account_is_due_at_once_until_it_is_armed(tx):
    tx.put_account(account())
    tx.arm("lab", 500, "rules")
    tx.wake("lab")

    assert tx.next_moment() == 0
    assert tx.due(100, "rules", 9) == [("lab", Cause.FACTS)]

    tx.arm("lab", 500, "rules")

    assert tx.due(100, "rules", 9) == []
    assert tx.due(500, "rules", 9) == [("lab", Cause.MOMENT)]


def test_other_rules_come_before_changed_facts_before_a_moment(tx):
    for name in ("a-moment", "both", "rules", "waits", "woken"):
        tx.put_account(account(name))
        tx.arm(name, 100 if name != "waits" else 900, "old" if name in ("both", "rules") else "new")
    tx.wake("both")
    tx.wake("woken")
    tx.put_account(account("z-never-judged"))

    expected = {
        "both": Cause.RULES,
        "rules": Cause.RULES,
        "woken": Cause.FACTS,
        "z-never-judged": Cause.EDITED,
        "a-moment": Cause.MOMENT,
    }
    found = tx.due(100, "new", 9)
    assert expected == dict(found)
    assert list(expected.values()) == [cause for _, cause in found]
    assert found[:4] == tx.due(100, "new", 4)
    assert found[:1] == tx.due(100, "new", 1)


def test_a_fingerprint_that_is_smaller_or_greater_is_another_one(tx):
    tx.put_account(account())
    tx.arm("lab", 500, "m")

    assert [tx.due(0, rules, 9) for rules in "amz"] == [[("lab", Cause.RULES)], [], [("lab", Cause.RULES)]]


# the outbox


def test_the_same_transition_is_never_owed_twice_to_a_destination(tx):
    for to in (LAB_SLACK, LAB_MAIL, LAB_SLACK):
        tx.owe(SUBJECT, transition(), to, Cause.FACTS, 7)

    slack, mail = tx.deliveries()
    assert (slack.destination, mail.destination) == (LAB_SLACK, LAB_MAIL)
    assert Told(Reason.OPENED, 100, "on the day", 739_000) == slack.told
    assert slack.key == "program/late|lab|2024|1|1|slack:#lab-grants"
    assert (slack.state, slack.due_at, slack.attempts, slack.event) == (State.DUE, 100, 0, 7)


def test_events_are_numbered(tx):
    assert [tx.new_event() for _ in range(3)] == [1, 2, 3]


def test_a_delivery_is_due_at_its_moment(tx):
    (owed,) = owe(tx, 1, at=100)

    assert tx.next_moment() == 100
    assert claim(tx, 99, "boot-1", 9) == []
    moments = {"tried_at": 100, "trying_since": 100}
    claimed = replace(owed, state=State.CLAIMED, boot="boot-1", attempts=1, **moments)
    assert [claimed] == claim(tx, 100, "boot-1", 9)
    assert tx.next_moment() == FOREVER


def test_what_is_claimed_is_not_claimed_again_by_the_same_boot(tx):
    owe(tx, 1)
    claimed = claim(tx, 100, "boot-1", 9)

    assert claimed == tx.deliveries()
    assert claim(tx, FOREVER, "boot-1", 9) == []


def test_what_another_boot_claimed_is_taken_over_with_its_frozen_post(tx):
    owe(tx, 1)
    (claimed,) = claim(tx, 100, "boot-1", 9)
    frozen = replace(claimed, post=Message("Late", "lab", Reason.OPENED))
    tx.put_delivery(frozen)

    assert [replace(frozen, boot="boot-2", attempts=2, doubt=Doubt.UNKNOWN)] == claim(tx, 100, "boot-2", 9)


def test_only_the_oldest_of_an_alert_and_destination_is_claimed(tx):
    owe(tx, 1, 2)
    owe(tx, 1, to=LAB_MAIL)
    owe(tx, 1, subject=Subject("program/other", "lab", "2024"))
    claimed = claim(tx, 100, "boot-1", 9)

    assert [delivery.id for delivery in claimed] == [1, 3, 4]
    assert claim(tx, 100, "boot-1", 9) == []

    tx.put_delivery(replace(claimed[0], state=State.DONE))

    assert [delivery.id for delivery in claim(tx, 100, "boot-1", 9)] == [2]


def test_where_an_opening_was_told_or_is_to_be(tx):
    first, second, third, _ = [
        *owe(tx, 1, 2, to=LAB_SLACK),
        *owe(tx, 1, to=LAB_MAIL)[2:],
        *owe(tx, 1, to="console")[3:],
    ]
    tx.put_delivery(replace(first, state=State.DONE))
    tx.put_delivery(replace(second, state=State.GIVEN_UP))
    tx.put_delivery(replace(third, state=State.DROPPED))
    tx.owe(SUBJECT, transition(1, episode=2), "slack:#later", Cause.MOMENT, 1)
    owe(tx, 1, subject=SUBJECT._replace(item="bots"), to="slack:#other")

    assert tx.heard(SUBJECT, 1) == ["console", LAB_SLACK]
    assert tx.heard(SUBJECT, 2) == ["slack:#later"]


def test_items_do_not_wait_for_each_other(tx):
    items = [SUBJECT._replace(item=name) for name in ("proj_1", "proj_2")]
    for subject in items:
        owe(tx, 1, 2, subject=subject)
    first, second = claim(tx, 100, "boot-1", 9)
    assert [[each.id for each in line] for line in tx.waiting([first, second], 100)] == [[1, 2], [3, 4]]
    tx.put_delivery(replace(first, state=State.DONE))

    assert [first.subject, second.subject] == items
    assert first.key == "program/late|lab|2024|proj_1|1|1|slack:#lab-grants"
    assert [each.id for each in tx.told(replace(second, episode=1))] == []
    assert [each.id for each in tx.siblings(second)] == [second.id]
    assert [each.id for each in claim(tx, 100, "boot-1", 9)] == [2]


def test_what_waits_for_an_earlier_one_is_nothing_to_wake_up_for(tx):
    owe(tx, 1, 2, at=100)
    (first,) = claim(tx, 100, "boot-1", 9)
    tx.put_delivery(replace(first, state=State.DUE, due_at=700))

    assert tx.next_moment() == 700
    assert claim(tx, 699, "boot-1", 9) == []
    assert [delivery.id for delivery in claim(tx, 700, "boot-1", 9)] == [1]


def test_no_more_are_claimed_than_asked_for_and_what_a_dead_process_held_comes_first(tx):
    for number in range(4):
        owe(tx, 1, subject=Subject(f"program/{number}", "lab"), at=100 - number)
    claim(tx, 97, "boot-1", 9)

    assert [delivery.id for delivery in claim(tx, 100, "boot-2", 2)] == [3, 4]
    assert [delivery.id for delivery in claim(tx, 100, "boot-2", 9)] == [1, 2]


def test_the_later_unattempted_ones_of_the_same_alert_and_destination_wait(tx):
    owe(tx, 1, 2, 3, 4)
    owe(tx, 1, to=LAB_MAIL)
    owe(tx, 1, subject=Subject("program/other", "lab", "2024"))
    (claimed, *_) = claim(tx, 100, "boot-1", 1)
    second, third = (delivery for delivery in tx.deliveries() if delivery.seq in (2, 3))
    tx.put_delivery(replace(second, state=State.DROPPED))
    tx.put_delivery(replace(third, attempts=1))

    assert [delivery.id for delivery in tx.waiting([claimed], 100)[0]] == [1, 4]
    assert claimed == tx.waiting([claimed], 100)[0][0]


def test_a_deliverys_row_is_replaced(tx):
    (owed,) = owe(tx, 1)
    settled = replace(owed, state=State.GIVEN_UP, due_at=900, attempts=3, receipt="ts-1", why="no such channel")
    tx.put_delivery(settled)

    assert [settled] == tx.deliveries()


@pytest.mark.parametrize("state", [State.DONE, State.DROPPED, State.GIVEN_UP])
def test_what_is_over_is_neither_due_nor_in_the_way(tx, state):
    first, second = owe(tx, 1, 2)
    tx.put_delivery(replace(first, state=state))

    assert [second.id] == [delivery.id for delivery in claim(tx, 100, "boot-1", 9)]
    assert claim(tx, 100, "boot-1", 9) == []


def test_a_claim_that_a_dead_process_left_is_due_at_once_after_the_next_start(path):
    store = Store.open(path, lock=True)
    store.write(owe, 1)
    store.write(lambda tx: claim(tx, 100, "boot-1", 9))

    assert store.read(lambda tx: tx.next_moment()) == FOREVER

    store.close()
    store = Store.open(path, lock=True)

    assert store.read(lambda tx: tx.next_moment()) == 0
    assert [delivery.attempts for delivery in store.write(lambda tx: claim(tx, 100, "boot-2", 9))] == [2]
    assert store.read(lambda tx: tx.next_moment()) == FOREVER
    store.close()


def test_what_claim_returns_of_a_dead_process_is_what_is_kept(tx):
    owe(tx, 1)
    claim(tx, 100, "boot-1", 9)

    assert claim(tx, 100, "boot-2", 9) == tx.deliveries()


def test_what_a_dead_process_held_waits_for_an_earlier_one_that_is_tried_again(tx):
    first, second = owe(tx, 1, 2)
    tx.put_delivery(replace(first, state=State.GIVEN_UP))
    claim(tx, 100, "boot-1", 9)
    tx.put_delivery(replace(first, due_at=700))

    assert claim(tx, 100, "boot-2", 9) == []
    assert [delivery.id for delivery in claim(tx, 700, "boot-2", 9)] == [first.id]
    tx.put_delivery(replace(first, state=State.DONE))
    assert [delivery.id for delivery in claim(tx, 700, "boot-2", 9)] == [second.id]


def test_what_a_dead_process_held_behind_an_earlier_one_is_nothing_to_wake_up_for(tx):
    first, _ = owe(tx, 1, 2)
    tx.put_delivery(replace(first, state=State.GIVEN_UP))
    (second,) = claim(tx, 100, "boot-1", 9)
    tx.put_delivery(replace(second, boot=""))
    tx.put_delivery(replace(first, due_at=700))

    assert claim(tx, 100, "boot-2", 9) == []
    assert tx.next_moment(100) == 700


def test_what_is_held_until_now_is_not_passed_by_a_later_one(tx):
    first, _ = owe(tx, 1, 2)
    tx.put_delivery(replace(first, state=State.HELD))

    assert [delivery.id for delivery in claim(tx, 100, "boot-1", 9)] == [first.id]


def test_what_is_held_for_longer_is_passed_by_a_later_one(tx):
    first, second = owe(tx, 1, 2)
    tx.put_delivery(replace(first, state=State.HELD, due_at=101))

    assert [delivery.id for delivery in claim(tx, 100, "boot-1", 9)] == [second.id]


def test_the_slot_of_a_destination_that_is_being_told_is_nothing_to_wake_up_for(tx):
    owe(tx, 1)
    tx.put_destination(Destination(LAB_SLACK, next_slot=160))

    assert tx.next_moment(100) == 160
    assert tx.next_moment(100, {LAB_SLACK}) == FOREVER


def test_what_a_dead_process_held_waits_for_the_slot_of_its_destination(tx):
    owe(tx, 1)
    (held,) = claim(tx, 100, "boot-1", 9)
    tx.put_delivery(replace(held, boot=""))
    tx.put_destination(Destination(LAB_SLACK, next_slot=160))

    assert tx.next_moment(100) == 160
    assert claim(tx, 159, "boot-2", 9) == []
    assert tx.next_moment(160) == 0
    assert [delivery.id for delivery in claim(tx, 160, "boot-2", 9)] == [held.id]


@pytest.mark.parametrize("until", [100, 160, 900])
def test_what_is_held_until_a_moment_is_not_forgotten_where_its_destination_has_to_wait(tx, until):
    (held,) = owe(tx, 1)
    tx.put_delivery(replace(held, state=State.HELD, due_at=until))
    tx.put_destination(Destination(LAB_SLACK, next_slot=160))

    assert tx.next_moment(100) <= max(until, 160)


def test_what_waits_for_a_person_is_no_reason_to_look_at_a_slot(tx):
    (held,) = owe(tx, 1)
    tx.put_delivery(replace(held, state=State.HELD, due_at=FOREVER))
    tx.put_destination(Destination(LAB_SLACK, next_slot=160))

    assert tx.next_moment(100) == FOREVER


# the inbox


def test_acts_wait_oldest_first_until_they_have_had_their_effect(tx):
    for one in (act("b", 200), act("c", 100), act("a", 200, credits_left="5 USD")):
        tx.put_act(one)

    assert [act("c", 100), act("b", 200), act("a", 200, credits_left="5 USD")] == tx.acts()

    tx.consume("b", "recorded")

    assert [waiting.id for waiting in tx.acts()] == ["c", "a"]


def test_the_same_act_has_one_effect_and_its_first_outcome_stands(tx):
    tx.put_act(act("once", note="first"))
    tx.put_act(act("once", note="second"))

    assert [act("once", note="first")] == tx.acts()

    tx.consume("once", "recorded")
    tx.consume("once", "recorded again")
    tx.put_act(act("once", note="third"))

    assert tx.acts() == []
    assert tx.ask(select(tables.inbox.c.outcome)) == [("recorded",)]


def test_more_rows_than_wait_for_company_are_all_written(store):
    store.write(lambda tx: [tx.put_act(act(str(number), number)) for number in range(2_345)])

    assert len(store.read(lambda tx: tx.acts())) == 2_345
