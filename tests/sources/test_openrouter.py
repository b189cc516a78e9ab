"""OpenRouter: what is left of the credits, or what a key may still spend, or one sentence that says what to do."""

import pytest

from notifier.core.account import Poll
from notifier.core.money import Money
from notifier.ports import Heard, Unreadable
from notifier.sources import openrouter
from tests.sources.provided import NOW, Script, ask

CREDITS, KEY = "/api/v1/credits", "/api/v1/key"
FORBIDDEN = (403, {"error": {"code": 403, "message": "Only management keys can perform this operation"}})


def credits_of(total=100.5, used=25.75):
    return {"data": {"total_credits": total, "total_usage": used}}


def key(**more):
    return {"data": {"label": "sk-or-v1-au7...890", "limit": 100, "limit_remaining": 74.5, "limit_reset": None,
                     "usage": 25.5, "is_management_key": False} | more}  # fmt: skip


def read(answers, **kwargs):
    return ask(openrouter, Script(answers), **kwargs).reading


def why_not(answers):
    with pytest.raises(Unreadable) as unreadable:
        read(answers)
    return unreadable.value


def test_the_balance_is_what_was_bought_less_what_was_used():
    reading = read({CREDITS: credits_of()})

    assert (reading.source, reading.at, reading.costs) == ("openrouter", NOW, None)
    assert reading.account == {"balance": Money(74_750_000, "USD")}


def test_only_the_credits_are_asked_for_with_a_management_key():
    script = Script({CREDITS: credits_of()})
    ask(openrouter, script)

    assert [str(request.url) for request in script.asked] == ["https://openrouter.ai/api/v1/credits"]
    assert script.asked[0].headers["authorization"] == "Bearer fake-key"


def test_another_address_is_asked_where_the_account_says_so():
    script = Script({"/v9/credits": credits_of()})
    ask(openrouter, script, poll=Poll("openrouter", "K", url="http://127.0.0.1:9/v9"))

    assert script.asked[0].url.host == "127.0.0.1"


@pytest.mark.parametrize(
    ("bought", "used", "micro"),
    [
        ("0.1", "0.3", -200_000),
        ("0.0000015", "1e-38", 1),  # with 28 digits it would be 2
        ("0E-20", 0, 0),
        (5, -1, 6_000_000),
    ],
)
def test_the_difference_is_exact_and_may_lie_below_zero(bought, used, micro):
    assert read({CREDITS: credits_of(bought, used)}).account["balance"] == Money(micro, "USD")


def test_of_an_ordinary_key_what_it_may_still_spend_is_the_balance():
    assert read({CREDITS: FORBIDDEN, KEY: key()}).account == {"balance": Money(74_500_000, "USD")}


@pytest.mark.parametrize(
    ("said", "has"),
    [
        ({"limit": None, "limit_remaining": None}, "no limit"),
        ({"limit_reset": "monthly"}, "a limit that is set back every day, week or month"),
    ],
)
def test_an_ordinary_key_whose_limit_says_nothing_of_what_is_left_is_refused_with_what_it_takes(said, has):
    assert why_not({CREDITS: FORBIDDEN, KEY: key(**said)}).why == (
        f"OpenRouter does not say what is left of the account to this key, which has {has} (403): it takes "
        "a management key of the account, made at openrouter.ai/settings/management-keys."
    )


@pytest.mark.parametrize(
    "body",
    ["<html>", "[]", {}, {"data": None}, {"data": []}, credits_of(None), credits_of(used=None), credits_of("NaN"),
     credits_of(True), credits_of({}), credits_of(1e10), {"error": {"message": "with status 200"}}],
)  # fmt: skip
def test_what_is_not_as_documented_is_no_reading_and_never_zero(body):
    assert "The answer of OpenRouter about the credits is not as documented (" in why_not({CREDITS: body}).why


@pytest.mark.parametrize("left", ["much", False, "Infinity"])
def test_a_limit_that_is_none_is_no_balance(left):
    answers = {CREDITS: FORBIDDEN, KEY: key(limit_remaining=left)}

    assert "The answer of OpenRouter about the key is not as documented (" in why_not(answers).why


@pytest.mark.parametrize(
    ("answers", "why", "whole"),
    [
        ({CREDITS: (401, "")}, "refused the key (401)", True),
        ({CREDITS: (429, "")}, "asked to wait before the credits can be read (429)", True),
        ({CREDITS: (502, "<html>")}, "failed when asked for the credits (502); see status.openrouter.ai", True),
        ({CREDITS: (404, "")}, "did not accept the question for the credits (404)", False),
        ({CREDITS: FORBIDDEN, KEY: (403, "")}, "does not let this key read the key (403)", False),
        ({CREDITS: FORBIDDEN, KEY: (500, "")}, "failed when asked for the key (500)", True),
    ],
)
def test_every_refusal_says_what_to_do(answers, why, whole):
    unreadable = why_not(answers)

    assert why in unreadable.why
    assert unreadable.whole is whole


def test_the_same_bytes_again_are_no_reading_and_other_bytes_are_one():
    for answers, other in (
        ({CREDITS: credits_of()}, {CREDITS: credits_of(used=26)}),
        ({CREDITS: FORBIDDEN, KEY: key()}, {CREDITS: FORBIDDEN, KEY: key(limit_remaining=70)}),
    ):
        first = ask(openrouter, Script(answers))
        assert ask(openrouter, Script(answers), seen=first.seen) == Heard(None, first.seen)
        assert ask(openrouter, Script(other), seen=first.seen).reading is not None


def examined(**said):
    return [(each.what, each.good, each.found) for each in ask(openrouter, Script({KEY: key(**said)}), "examine")]


def test_doctor_hears_what_kind_of_key_it_is_and_when_it_ends():
    [kind, end] = examined(is_management_key=True, expires_at="2027-12-31T23:59:59Z")
    [ordinary] = examined(expires_at=None)
    [_, soon] = examined(expires_at="2026-12-20T00:00:00+00:00")

    assert kind[:2] == ("the key", True)
    assert "a management key: it reads the balance" in kind[2]
    assert end == ("the key's end", True, "it ends on 2027-12-31")
    assert ordinary[1] is None
    assert soon == ("the key's end", None, "it ends on 2026-12-20")


def test_an_end_that_is_none_is_not_taken_for_one():
    with pytest.raises(Unreadable, match="expires_at is no time"):
        examined(expires_at="soon")
