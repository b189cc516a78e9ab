"""What is stored comes back as it was, to the last digit; what a newer release stored is refused."""

import io
import json
from dataclasses import fields
from datetime import UTC, date, datetime, time
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.account import Account, Grant, Override, Pause, Person, Poll
from notifier.core.alert import Alert, AlertHold, HoldKind, Reason
from notifier.core.calendar import DAYS, MONTHS, WORKING_DAYS, Calendar, Duration, Locale
from notifier.core.delivery import Delivery, State
from notifier.core.facts import Costs, Reading
from notifier.core.letter import Letter
from notifier.core.message import Answer, Line, Message, Section, Told
from notifier.core.money import MOST_MICRO, Money
from notifier.core.subject import Subject
from notifier.ports import Act
from notifier.store import readings, rows, statements
from notifier.store.errors import StoreError

quickly = settings(max_examples=60, deadline=None)

names = st.text(
    st.characters(categories=("L", "N", "P", "Z", "So", "Cs")), max_size=12
)  # also half surrogate pairs
moments = st.integers(0, 253_402_300_799)
days = st.integers(date.min.toordinal(), date.max.toordinal())
observed = st.one_of(
    st.dates(),
    st.builds(Money, st.integers(-MOST_MICRO, MOST_MICRO), st.sampled_from(["USD", "EUR"])),
    st.builds(Duration, st.integers(0, 99_999), st.sampled_from([DAYS, WORKING_DAYS, MONTHS])),
    names,
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.lists(names, max_size=3).map(tuple),
    st.none(),
)
said = st.dictionaries(names, observed, max_size=4)
costs = st.builds(
    Costs.by_day, st.sampled_from(["USD", "EUR"]), st.dictionaries(days, st.integers(-(10**9), 10**15), max_size=8)
)
any_reading = st.builds(
    Reading,
    st.just("openai"),
    moments,
    said,
    st.dictionaries(names, said, max_size=3),
    st.none() | costs,
    st.dictionaries(names, moments, max_size=3),
    st.dictionaries(names, costs, max_size=2),
)
locales = st.builds(
    Locale,
    st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]).map(ZoneInfo),
    st.times(),
    st.builds(Calendar, st.frozensets(days, max_size=6)),
    st.sampled_from(["USD", "EUR"]),
    st.lists(st.tuples(names, st.integers()), max_size=2).map(tuple),
)
person = st.builds(Person, st.lists(names, max_size=2).map(tuple), *[names] * (len(fields(Person)) - 1))
people = st.dictionaries(names, person, max_size=3)
pauses = st.none() | st.builds(Pause, names, st.none() | days)
grants = st.lists(st.builds(Grant, names, names, st.none() | days, pauses), max_size=2).map(tuple)
overrides = st.lists(st.builds(Override, names, names, names, st.none() | days), max_size=2).map(tuple)
labels = st.dictionaries(names, names, max_size=2)
parts = st.lists(names, min_size=1, max_size=3).map(tuple)
polls = st.builds(Poll, names, names, parts, st.integers(0, 86_400), names, names, names)
sources = st.lists(polls, max_size=2).map(tuple)
letters = st.builds(Letter, *[names] * 6, st.integers(0, 99))
texts = dict.fromkeys(["step", "say", "next", "contact", "link", "known", "told", "topic"], names)
shares = st.none() | st.floats(allow_nan=False, allow_infinity=False)
lines = st.lists(st.builds(Line, *[names] * 4, st.none() | letters, shares), max_size=2).map(tuple)
sections = st.lists(st.builds(Section, names, names, lines), max_size=2).map(tuple)
messages = st.builds(
    Message,
    names,
    names,
    st.sampled_from(Reason),
    st.booleans(),
    rows=st.lists(names, max_size=3).map(tuple),
    answers=st.lists(st.builds(Answer, names, names, names), max_size=2).map(tuple),
    lines=lines,
    letter=st.none() | letters,
    sections=sections,
    **texts,
)
counts = st.integers(0, 2**31 - 1)
steps, anchors = st.none() | names, st.none() | days
alerts = st.builds(
    Alert,
    *(st.booleans(), moments, steps, anchors, st.booleans(), st.none() | moments, counts, counts),
    *(st.none() | moments, moments, counts, counts),
    st.none() | st.builds(AlertHold, st.sampled_from(HoldKind), names, moments, moments, names, steps),
    *(names, steps),
)
deliveries = st.builds(
    Delivery,
    *(counts, names, names, names, names, counts, counts, names, counts),
    st.builds(Told, st.sampled_from(Reason), moments, steps, anchors),
    *(st.sampled_from(State), moments, counts, names, st.none() | messages, names, names),
)


def kinds(values):
    return {name: type(value) for name, value in values.items()}


@quickly
@given(any_reading)
def test_a_reading_comes_back_as_it_was(reading):
    again = readings.decode_reading(reading.source, reading.at, readings.encode_reading(reading))

    assert reading == again
    assert kinds(reading.account) == kinds(again.account)  # 1, 1.0 and yes are equal, and not the same


@quickly
@given(observed)
def test_a_value_of_the_history_comes_back_as_it_was(value):
    again = readings.untagged({"fact": json.loads(readings.encode_value(value))})["fact"]

    assert (type(value), value) == (type(again), again)


def test_what_an_earlier_release_kept_of_sources_is_still_read():
    kept = json.loads(rows.encode_account(Account("lab", Locale(ZoneInfo("UTC")))))
    kept["sources"] = [["openai", "LAB_KEY"]]
    assert rows.decode_account(json.dumps(kept)).sources == (Poll("openai", "LAB_KEY"),)


@quickly
@given(st.builds(Account, names, locales, people, grants, sources, labels, overrides, pauses))
def test_an_account_comes_back_as_it_was(account):
    again = rows.decode_account(rows.encode_account(account))

    assert account == again
    assert list(account.people) == list(again.people)


def test_what_another_release_knows_of_a_person_is_left_aside():
    raw = json.loads(rows.encode_account(Account("lab", Locale(ZoneInfo("UTC")), {"pi": Person(("mailto:a@b",))})))
    raw["people"][0] |= {"name": "A. Researcher", "shoe_size": "43"}

    assert rows.decode_account(json.dumps(raw)).people == {"pi": Person(("mailto:a@b",), "A. Researcher")}


@quickly
@given(st.builds(Subject, names, names, names, names), alerts)
def test_an_alert_comes_back_as_it_was(subject, alert):
    row = rows.alert_row(subject, alert)

    assert (subject, alert) == rows.alert_from([row[column.name] for column in statements.ALERT_COLUMNS])


@quickly
@given(deliveries)
def test_a_delivery_comes_back_as_it_was(delivery):
    row = rows.delivery_row(delivery) | {"id": delivery.id}

    assert delivery == rows.delivery_from([row[column.name] for column in statements.DELIVERY_COLUMNS])


@quickly
@given(messages)
def test_a_message_comes_back_as_it_was(message):
    assert message == rows.decode_message(rows.encode_message(message))


@quickly
@given(said)
def test_an_act_comes_back_as_it_was(said):
    act = Act("1", "record", "lab", "2024", said, 100, "pi")
    row = rows.act_row(act)

    assert act == rows.act_from([row[column.name] for column in statements.ACT_COLUMNS])


def test_equal_locales_come_back_as_one_instance():
    decoded = []
    for name, closed in (("a", [9, 1]), ("b", [1, 9])):
        locale = Locale(ZoneInfo("UTC"), time(8), Calendar(frozenset(closed)))
        decoded.append(rows.decode_account(rows.encode_account(Account(name, locale))))
        rows._encode_locale.cache_clear()  # as in another process

    assert decoded[0].locale is decoded[1].locale


def test_a_zone_without_a_name_cannot_be_stored():
    with pytest.raises(ValueError) as error:
        rows.encode_account(Account("lab", Locale(ZoneInfo.from_file(_utc_file()))))

    assert str(error.value) == "a time zone without a name cannot be stored"


def _utc_file():
    """The smallest compiled zone there is: UTC, without a transition."""
    header = b"TZif" + b"\0" * 16 + b"".join(n.to_bytes(4, "big") for n in (0, 0, 0, 0, 1, 4))
    return io.BytesIO(header + b"\0" * 6 + b"UTC\0")


LETTER = Letter("ask", "help@example.org", "", "", "Credits", "Dear team\n", 0)
DOCUMENTS = {
    "a reading": (
        partial(readings.decode_reading, "openai", 1),
        readings.encode_reading(Reading("openai", 1, {"a": 1})),
    ),
    "an account": (rows.decode_account, rows.encode_account(Account("lab", Locale(ZoneInfo("UTC"))))),
    "a post": (rows.decode_message, rows.encode_message(Message("Late", "lab", Reason.OPENED, letter=LETTER))),
    "an act": (
        lambda text: rows.act_from(["1", "record", "lab", "", text, 1, "pi"]),
        rows.act_row(Act("1", "record", "lab", "", {"a": "b"}, 1, "pi"))["said"],
    ),
}
every_document = pytest.mark.parametrize(("decode", "text"), DOCUMENTS.values(), ids=DOCUMENTS)


@every_document
def test_what_a_newer_release_stored_is_refused(decode, text):
    newer = json.dumps(json.loads(text) | {"v": 2})

    with pytest.raises(StoreError, match=r"stored by a newer notifier \(format 2; this one reads 1\)"):
        decode(newer)


@every_document
def test_keys_that_nobody_knows_are_left_aside(decode, text):
    assert decode(text) == decode(json.dumps(json.loads(text) | {"mood": "good"}))


def test_a_post_that_the_first_release_queued_can_still_be_told():
    letter = {"name": "ask", "to": "help@example.org", "cc": "", "opens": "", "subject": "Credits", "blanks": 0}
    queued = {
        "v": 1,
        "headline": "Credits have not arrived",
        "about": "lab",
        "reason": "opened",
        "urgent": True,
        "step": "on the day",
        "say": "",
        "next": "Send the letter.",
        "contact": "",
        "link": "",
        "known": "none recorded",
        "told": "Told: PI.",
        "rows": ["a", "b"],
        "letter": letter | {"body": "Dear team\n"},
    }
    expected = Message(
        *("Credits have not arrived", "lab", Reason.OPENED, True, "on the day"),
        next="Send the letter.",
        known="none recorded",
        told="Told: PI.",
        rows=("a", "b"),
        letter=LETTER,
    )

    assert expected == rows.decode_message(json.dumps(queued))


def test_a_reading_that_the_first_release_stored_can_still_be_read():
    stored = {
        "v": 1,
        "account": {"last_spend_on": ["date", "2024-03-11"], "limit": ["money", 5_000_000, "USD"]},
        "grants": {"g": {"lead": ["duration", 3, "working days"], "models": ["texts", "a", "b"], "done": True}},
        "since": {"g/done": 7},
        "costs": ["USD", 738_956, [1, 3], [10, 20, 30]],
    }
    expected = Reading(
        "openai",
        9,
        {"last_spend_on": date(2024, 3, 11), "limit": Money(5_000_000, "USD")},
        {"g": {"lead": Duration(3, WORKING_DAYS), "models": ("a", "b"), "done": True}},
        Costs("USD", (738_956, 738_957, 738_960), (10, 30, 60)),
        {"g/done": 7},
    )

    assert expected == readings.decode_reading("openai", 9, json.dumps(stored))


def test_a_value_of_an_unknown_type_is_refused():
    with pytest.raises(StoreError, match="a fact was stored as 'colour', which this notifier does not know"):
        readings.untagged({"fact": ["colour", "red"]})


def test_a_year_of_costs_is_stored_compactly():
    first = datetime(2024, 1, 1, tzinfo=UTC).date().toordinal()
    year = Costs.by_day("USD", {first + day: 1_250_000 for day in range(365)})

    assert len(readings.encode_reading(Reading("openai", 1, costs=year))) < 365 * 9
