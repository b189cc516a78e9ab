"""What hints at the credits stands in the messages of the shipped rules, and changes no verdict of any of them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.assemble import assemble
from notifier.core.calendar import Locale
from notifier.core.facts import Costs, Expected, Facts, Reading
from notifier.core.hints import ANSWERED, EXHAUSTED, HINT, NO_MODEL, SPEND_LIMIT, USAGE_LIMIT
from notifier.core.message import Answer
from notifier.core.money import MICRO, Money
from notifier.core.rule import Program
from notifier.sources.openai_probe.answers import OK
from notifier.sources.openai_probe.answers import SAID as CODES
from tests.rules.casebook import ZONE, Case, Heard, play, rulebook

OPENAI = "openai-researcher-access"
HERE = Locale(ZONE)
NOW = 1_777_000_000  # 24 April 2026
RECORD = Answer("If the credits are there", "record", "lab credits_granted AMOUNT")
SAID = (None, ANSWERED, EXHAUSTED, SPEND_LIMIT, USAGE_LIMIT, NO_MODEL)


def heard(folder: Any, rule: str, program: str = OPENAI, **known: Any) -> list[Heard]:
    """What *rule* told in three weeks and two days after an acceptance, where *known* was known."""
    always = {"account": {"organization": "org-1", "pi_name": "A"}, "grant": {"accepted_on": date(2026, 3, 2)}}
    story = ({"at": "2026-03-24 09:00", **always, **known},)
    return play(Case("shipped", f"{program}/{rule}", "hint", story, ()), folder)


def test_a_message_about_missing_credits_shows_the_hint_with_its_age_and_offers_to_record_them_first(tmp_path):
    account = {"organization": "org-1", "pi_name": "A", "paid_method": False}
    [told] = heard(tmp_path, "credits-not-allocated", account=account, costs={"2026-03-20": 12.40})

    assert told.message.hint == (
        "12.40 USD was spent since 2 March, and no paid method is declared: the credits may be there "
        "(openai, read 08:00 UTC, may lag a day)"
    )
    assert told.message.answers[0] == RECORD
    assert [answer.verb for answer in told.message.answers] == ["record", "sent", "ack"]


def test_without_a_hint_the_message_is_as_ever(tmp_path):
    [told] = heard(tmp_path, "credits-not-allocated", costs={"2026-03-20": 12.40})

    assert told.message.hint == ""
    assert told.message.answers[0] == Answer("When done", "record", RECORD.rest)


def test_a_hint_against_the_credits_offers_nothing_else(tmp_path):
    known = {"organization": "org-1", "pi_name": "A", "probe_said": EXHAUSTED}
    [told] = heard(tmp_path, "credits-not-allocated", account=known)

    assert told.message.hint == (
        "a small request was refused on 24 March: the API says that there are no credits (openai, read 08:00 UTC)"
    )
    assert told.message.answers[0].when == "When done"


def test_a_rule_that_does_not_look_at_the_credits_shows_no_hint(tmp_path):
    account = {"organization": "org-1", "pi_name": "A", "paid_method": False}
    known = {"account": account, "costs": {"2026-03-20": 12.40}, "members": {"m": {"name": "Ada"}}}
    story = (
        {"at": "2026-03-23 09:00", "grant": {"accepted_on": date(2026, 3, 2)}, **known, "members": {}},
        {"at": "2026-03-24 09:00", **known},
    )
    found = play(Case("shipped", f"{OPENAI}/member-joined", "hint", story, ()), tmp_path)

    assert [each.message.hint for each in found] == [""]


def test_what_the_probe_can_say_is_what_a_hint_can_be_made_of():
    assert {OK, *CODES.values()} == {each for each in SAID if each is not None}


# -- the law --------------------------------------------------------------------------------------------------

days = st.dates(date(2026, 1, 1), date(2026, 6, 1))
amounts = st.integers(1, 500).map(lambda amount: Money(amount * MICRO, "USD"))
grants = st.fixed_dictionaries(
    {"accepted_on": days},
    optional={"credits_granted": amounts, "credits_granted_on": days, "credits_left": amounts},
)
costs = st.dictionaries(
    st.integers(NOW // 86_400 + 719_163 - 60, NOW // 86_400 + 719_163), st.integers(0, 9 * MICRO)
)


def record(program: Program, said: Any, spent: Any, probe: str | None, *, paid: bool | None) -> Facts:
    declared = {} if paid is None else {"paid_method": paid}
    polled = {} if probe is None else {"probe_said": probe}
    readings = [
        Reading("declared", NOW - 99, declared, {"1": said}),
        Reading("openai", NOW - 9, polled, costs=Costs.by_day("USD", spent)),
    ]
    formulas = program.bound(HERE).formulas
    return assemble(
        program.vocabulary, formulas, readings, Expected("lab", HERE, grants=("1",), moments=True), "1", NOW
    )


@pytest.mark.parametrize("program", [OPENAI, "anthropic-external-researcher-access"])
@settings(max_examples=25)
@given(
    said=grants,
    spent=costs,
    probe=st.sampled_from(SAID),
    paid=st.sampled_from([None, False, True]),
    text=st.text(),
)
def test_no_verdict_depends_on_a_hint(program, said, spent, probe, paid, text):
    book = rulebook("shipped").programs[program]
    facts, without = record(book, said, spent, probe, paid=paid), record(book, said, spent, None, paid=None)
    place = book.vocabulary.places[HINT]
    other = (*facts.values[:place], text, *facts.values[place + 1 :])

    for rule in book.rules:
        if not rule.each:
            judge = rule.judge(HERE)
            assert judge(facts.values, NOW) == judge(without.values, NOW) == judge(other, NOW)
