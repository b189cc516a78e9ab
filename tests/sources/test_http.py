"""A source that is told where each fact stands: every one of them as it stands there, or none at all."""

import json
from datetime import date

import pytest

from notifier.core.account import Poll
from notifier.core.fact import Kind
from notifier.core.money import Money
from notifier.core.wanted import Wanted, dump_wanted
from notifier.ports import Heard, Unreadable
from notifier.sources import http
from tests.sources.provided import NOW, Script, ask

URL = "https://billing.example.edu/api/lab?group=7"
LEFT = Wanted("balance", Kind.MONEY, "/data/left", "", "EUR")
LIMIT = Wanted("spend_limit", Kind.MONEY, "/limits/0/monthly", "cents", "USD")
CAME = Wanted("credits_granted_on", Kind.DATE, "/came", "seconds", "", "2026")
SAID = {"data": {"left": "412.50"}, "limits": [{"monthly": 8_000}], "came": 1_795_392_000, "secret": "x"}


def poll(*wanted, key="BILLING_TOKEN", header=""):
    settings = {"facts": dump_wanted(wanted or (LEFT, LIMIT, CAME))} | ({"header": header} if header else {})
    return Poll("http", key, url=URL, name="billing", settings=json.dumps(settings))


def hear(said, *wanted, script=None, seen=b"", **kwargs):
    script = script or Script({"/api/lab": said})
    return ask(http, script, poll=poll(*wanted, **kwargs), seen=seen)


def why_not(said, *wanted, **kwargs):
    with pytest.raises(Unreadable) as unreadable:
        hear(said, *wanted, **kwargs)
    return unreadable.value


def test_every_fact_is_read_where_it_stands():
    reading = hear(SAID).reading

    assert (reading.source, reading.at) == ("billing", NOW)
    assert reading.account == {"balance": Money(412_500_000, "EUR"), "spend_limit": Money(80_000_000, "USD")}
    assert reading.grants == {"2026": {"credits_granted_on": date(2026, 11, 23)}}


def test_a_list_is_a_document_too():
    assert hear([{"left": 3}], Wanted("balance", Kind.MONEY, "/0/left", "", "USD")).reading.account == {
        "balance": Money(3_000_000, "USD")
    }


@pytest.mark.parametrize(
    ("key", "header", "sent"),
    [
        ("BILLING_TOKEN", "", {"authorization": "Bearer fake-key"}),
        ("BILLING_TOKEN", "X-Api-Key", {"x-api-key": "fake-key"}),
        ("", "", {}),
    ],
)
def test_the_key_travels_as_the_account_says(key, header, sent):
    script = Script({"/api/lab": SAID})
    hear(SAID, script=script, key=key, header=header)
    [request] = script.asked

    assert str(request.url) == URL
    assert {name: request.headers.get(name) for name in ("authorization", "x-api-key")} == {
        "authorization": None, "x-api-key": None
    } | sent  # fmt: skip


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({}, "has nothing at /data/left, where `balance` is looked for"),
        (
            SAID | {"data": {"left": {}}},
            'has an object at /data/left that is not an amount such as 412.5 or "412.50", for `balance`',
        ),
        (SAID | {"limits": []}, "has nothing at /limits/0/monthly, where `spend_limit` is looked for"),
        (
            SAID | {"came": "2026-11-23"},
            "has a text at /came that is not a whole number of seconds, for `credits_granted_on`",
        ),
        (
            SAID | {"came": 1_796_083_200},
            (
                "says at /came what cannot be of `credits_granted_on`: 2026-12-01 is still to come, "
                "but this is about what has happened"
            ),
        ),
        (
            SAID | {"limits": [{"monthly": -1}]},
            (
                "says at /limits/0/monthly what cannot be of `spend_limit`: "
                "an amount is not below zero, as -0.01 USD is"
            ),
        ),
        ("<html>", "is no JSON object or list"),
        ('"text"', "is no JSON object or list"),
        ("", "is no JSON object or list"),
        ("[" * 100_000, "is no JSON object or list"),
    ],
)
def test_one_fact_that_is_not_there_spoils_the_whole_answer(said, why):
    assert why_not(said).why == f"The answer of billing.example.edu {why}; none of it was used."


def test_null_says_that_there_is_none():
    assert hear({"data": {"left": None}}, LEFT).reading.account == {"balance": None}


@pytest.mark.parametrize(
    ("status", "why", "whole"),
    [
        (
            401,
            (
                "billing.example.edu refused the key (401): it is wrong, revoked or expired; "
                "put in a valid one under the name BILLING_TOKEN."
            ),
            True,
        ),
        (
            403,
            (
                "billing.example.edu does not let this key read what is wanted (403): "
                "it takes a valid one under the name BILLING_TOKEN."
            ),
            False,
        ),
        (429, "billing.example.edu asked to wait before what is wanted can be read (429).", True),
        (500, "billing.example.edu failed when asked for what is wanted (500).", True),
        (
            302,
            (
                "billing.example.edu did not accept the question for what is wanted (302): "
                "check the address, and what it takes."
            ),
            False,
        ),
    ],
)
def test_every_refusal_says_what_to_do(status, why, whole):
    unreadable = why_not((status, "fake-key <!channel>"))

    assert (unreadable.why, unreadable.whole) == (why, whole)


def test_who_asks_without_a_key_hears_that_one_is_wanted():
    assert why_not((401, ""), key="").why.endswith("; put in one, under `key:`.")


def test_the_same_bytes_again_are_no_reading_and_other_bytes_are_one():
    first = hear(SAID)

    assert hear(SAID, seen=first.seen) == Heard(None, first.seen)
    assert hear(SAID | {"more": 1}, seen=first.seen).reading is not None


def test_what_is_owed_is_a_balance_below_zero():
    assert hear({"data": {"left": -3}}, LEFT).reading.account == {"balance": Money(-3_000_000, "EUR")}


def test_doctor_hears_what_was_found_and_no_value():
    [found] = ask(http, Script({"/api/lab": SAID}), "examine", poll=poll())

    assert found.found == "everything that is wanted stands in it: balance, spend_limit, credits_granted_on"
