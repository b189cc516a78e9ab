"""DeepSeek: what is left, in the currency that counts, or one sentence that says what to do."""

import json

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.account import Poll
from notifier.core.money import Money
from notifier.ports import Heard, Unreadable
from notifier.sources import deepseek
from tests.sources.provided import NOW, Script, ask

PATH = "/user/balance"


def balance(currency="USD", total="110.00", granted="10.00", paid="100.00"):
    return {
        "currency": currency,
        "total_balance": total,
        "granted_balance": granted,
        "topped_up_balance": paid,
    }


def answer(*balances):
    return {"is_available": True, "balance_infos": list(balances)}


def read(said, **kwargs):
    return ask(deepseek, Script({PATH: said}), **kwargs).reading


def why_not(said, **kwargs):
    with pytest.raises(Unreadable) as unreadable:
        read(said, **kwargs)
    return unreadable.value


def test_what_was_granted_and_what_was_paid_are_told_apart():
    reading = read(answer(balance()))

    assert (reading.source, reading.at, reading.costs) == ("deepseek", NOW, None)
    assert reading.account == {
        "balance": Money(110_000_000, "USD"),
        "granted_balance": Money(10_000_000, "USD"),
        "paid_balance": Money(100_000_000, "USD"),
    }


def test_it_is_asked_with_the_key_at_the_address_of_the_account():
    script = Script({"/proxy/user/balance": answer(balance())})
    ask(deepseek, script, poll=Poll("deepseek", "K", url="https://example.edu/proxy"))
    usual = Script({PATH: answer(balance())})
    ask(deepseek, usual)

    assert str(script.asked[0].url) == "https://example.edu/proxy/user/balance"
    assert str(usual.asked[0].url) == "https://api.deepseek.com/user/balance"
    assert usual.asked[0].headers["authorization"] == "Bearer fake-key"


EMPTY = {"total": "0.00", "granted": "0.00", "paid": "0.00"}


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("balances", "own", "counts"),
    [
        ([balance("CNY", total="71.46")], "USD", Money(71_460_000, "CNY")),
        # An empty balance in the account's currency does not hide the one that holds something [seen].
        ([balance("USD", **EMPTY), balance("CNY", total="71.46")], "USD", Money(71_460_000, "CNY")),
        ([balance("USD"), balance("CNY", total="71.46")], "USD", Money(110_000_000, "USD")),
        ([balance("USD"), balance("CNY", total="71.46")], "CNY", Money(71_460_000, "CNY")),
        ([balance("USD", **EMPTY), balance("CNY", **EMPTY)], "USD", Money(0, "USD")),
        ([balance("USD", **EMPTY), balance("CNY", **EMPTY)], "EUR", Money(0, "CNY")),
        ([balance("USD", total="0.00", granted="5", paid="-5"), balance("CNY", **EMPTY)], "CNY", Money(0, "USD")),
    ],
)
def test_of_several_currencies_the_one_that_counts_is_taken_in_any_order(balances, own, counts, turned):
    listed = balances[::-1] if turned else balances

    assert read(answer(*listed), currency=own).account["balance"] == counts


def test_of_several_that_hold_something_none_is_taken_by_chance():
    assert why_not(answer(balance("USD"), balance("CNY")), currency="EUR").why == (
        "DeepSeek keeps balances in several currencies (CNY, USD), and none is the account's (EUR): "
        "say with `currency:` which one counts."
    )


@pytest.mark.parametrize(
    "body",
    [
        "<html>busy</html>",
        "",
        [],
        {},
        {"balance_infos": None},
        {"balance_infos": {}},
        {"is_available": False, "balance_infos": []},
        answer(None),
        answer({}),
        answer(balance(currency=None)),
        answer(balance(currency="dollars")),
        answer(balance(total=None)),
        answer(balance(granted="NaN")),
        answer(balance(paid="much")),
        answer(balance(total="1e10")),
        answer(balance(total=True)),
        answer(balance(), balance()),
    ],
)
def test_what_is_not_as_documented_is_no_reading_and_never_zero(body):
    why = why_not(body).why

    assert why.startswith("The answer of DeepSeek about the balance is not as documented (")
    assert why.endswith("none of it was used, and if this lasts, notifier needs an update.")


KEY = "an API key of the account, made at platform.deepseek.com/api_keys"


@pytest.mark.parametrize(
    ("said", "why", "whole"),
    [
        (401, f"DeepSeek refused the key (401): it is wrong, revoked or expired; put in {KEY}.", True),
        (403, f"DeepSeek does not let this key read the balance (403): it takes {KEY}.", False),
        (429, "DeepSeek asked to wait before the balance can be read (429).", True),
        (
            503,
            "DeepSeek failed when asked for the balance (503); see status.deepseek.com if it lasts.",
            True,
        ),
        (
            404,
            (
                "DeepSeek did not accept the question for the balance (404): "
                "check the address; if it is right, notifier needs an update."
            ),
            False,
        ),
    ],
)
def test_every_refusal_says_what_to_do(said, why, whole):
    unreadable = why_not((said, {"error": {"message": "fake-key <!channel>"}}))

    assert (unreadable.why, unreadable.whole) == (why, whole)


@pytest.mark.parametrize("status", [429, 503])
def test_the_wait_that_was_asked_for_is_handed_on(status):
    assert why_not(httpx.Response(status, headers={"Retry-After": "30"})).again_in == 30


def test_the_same_bytes_again_are_no_reading_and_other_bytes_are_one():
    first = ask(deepseek, Script({PATH: answer(balance())}))

    assert ask(deepseek, Script({PATH: answer(balance())}), seen=first.seen) == Heard(None, first.seen)
    assert ask(deepseek, Script({PATH: answer(balance(total="109"))}), seen=first.seen).reading is not None


@settings(max_examples=60, deadline=None)
@given(st.decimals(-(10**6), 10**6, places=8))
def test_an_amount_is_read_exactly_as_text_or_number(amount):
    text = f"{amount:f}"
    body = json.dumps(answer(balance(total="AMOUNT")))
    expected = Money(int((amount * 1_000_000).to_integral_value()), "USD")

    assert read(body.replace("AMOUNT", text)).account["balance"] == expected
    assert read(body.replace('"AMOUNT"', text)).account["balance"] == expected


def test_doctor_hears_that_the_key_can_spend_too():
    [found] = ask(deepseek, Script({PATH: answer(balance())}), "examine")

    assert (found.what, found.good) == ("the key", True)
    assert "whoever has this one can spend it" in found.found
