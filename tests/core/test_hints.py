"""Whether credits came is hinted at by what was spent and by a small request; a hint is text, and nothing more."""

from datetime import date

import pytest

from notifier.core.assemble import assemble
from notifier.core.facts import UNREAD, Costs, Expected, Reading
from notifier.core.hints import (
    ANSWERED,
    EXHAUSTED,
    HINT,
    NO_MODEL,
    SPEND_LIMIT,
    USAGE_LIMIT,
    says_they_may_be_there,
)
from notifier.core.language.compile import evaluator
from notifier.core.language.grammar import LanguageError
from notifier.core.language.template import parse_template
from notifier.core.language.types import recurring, understand
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, Kind, Vocabulary
from tests.core.helpers import DAY, day, fact, locale, moment, read_condition

NOW = moment("2026-11-22 12:00")
ENDS = fact("access_ends_on", Kind.DATE, formula="credits_expire_on")
BOOKS = Vocabulary(BUILT_IN).extended([ENDS])
HERE = locale(rates=[("EUR", 1_100_000)])
FORMULAS = ((BOOKS.places["access_ends_on"], evaluator(understand("credits_expire_on", BOOKS, Kind.DATE), HERE)),)
GRANTED = {"credits_granted": Money(100 * MICRO, "USD"), "credits_granted_on": date(2026, 11, 1)}
NOTHING_ELSE = "and no paid method is declared: the credits may be there"


def hint(*readings, paid=False, accepted=date(2026, 11, 2), grants=("g",), **said):
    """The hint, where the file says *paid* of a paid method, and *said* of the grant is what people recorded."""
    account = {} if paid is None else {"paid_method": paid}
    declared = Reading("declared", NOW - 9 * DAY, account, {"g": {"accepted_on": accepted}})
    people = Reading("recorded", NOW - DAY, {}, {"g": said})
    return record([declared, people, *readings], grants).values[BOOKS.places[HINT]]


def record(readings, grants=("g",)):
    return assemble(BOOKS, FORMULAS, readings, Expected("lab", HERE, grants=grants), "g", NOW)


def spent(amount, on="2026-11-10", currency="USD", at=NOW - 60):
    return Reading("openai", at, costs=Costs.by_day(currency, {day(on): round(amount * MICRO)}))


def probed(said, at=NOW - 3 * 3600):
    return Reading("openai-probe", at, {"probe_said": said})


def test_what_was_spent_hints_at_credits_where_nothing_else_could_pay():
    assert hint(spent(12.4)) == f"12.40 USD was spent since 2 November, {NOTHING_ELSE}"
    assert hint(spent(12.4, on="2026-11-02")).startswith("12.40 USD")
    assert hint(spent(10, currency="EUR")).startswith("11.00 USD was spent")


@pytest.mark.parametrize(
    ("readings", "more"),
    [
        ([spent(12.4)], {"paid": True}),
        ([spent(12.4)], {"paid": None}),  # nobody has said that nothing else could pay
        ([spent(12.4, on="2026-11-01")], {}),  # before the acceptance
        ([spent(0.009)], {}),  # a person would read 0.00
        ([spent(-5)], {}),
        ([spent(5, currency="GBP")], {}),
        ([spent(5, at=NOW - POLLED_COUNTS_FOR)], {}),
        ([spent(5)], {"accepted": None}),
        ([spent(5)], GRANTED),
        ([probed(ANSWERED)], {"paid": True}),
        ([probed(ANSWERED)], GRANTED),
        ([probed(ANSWERED, at=NOW - POLLED_COUNTS_FOR)], {}),
        ([probed(None)], {}),
        ([probed("something new")], {}),
        ([], {}),
    ],
)
def test_otherwise_nothing_hints(readings, more):
    assert hint(*readings, **more) is None


def test_credits_of_another_grant_may_have_paid():
    other = Reading("recorded", NOW - DAY, {}, {"h": GRANTED})
    none = Reading("recorded", NOW - DAY, {}, {"h": {"credits_granted": None}})

    assert hint(spent(5), other, grants=("g", "h")) is None
    assert hint(spent(5), none, grants=("g", "h")) is not None
    assert hint(spent(5), other) is not None  # a grant that the account no longer has


def test_an_answered_request_hints_at_credits():
    assert hint(probed(ANSWERED)) == f"a small request was answered on 22 November, {NOTHING_ELSE}"
    assert hint(probed(ANSWERED), spent(12.4)).startswith("12.40 USD")  # what was spent says more


def test_a_request_that_was_refused_for_want_of_credits_hints_that_they_have_not_come():
    expected = "a small request was refused on 22 November: the API says that there are no credits"

    assert hint(probed(EXHAUSTED)) == expected
    assert hint(probed(EXHAUSTED), paid=None) == expected
    assert hint(probed(EXHAUSTED), spent(12.4), paid=True) == expected


def test_what_was_spent_and_a_refusal_are_both_said():
    found = hint(probed(EXHAUSTED), spent(12.4))

    assert found == (
        "12.40 USD was spent since 2 November, and no paid method is declared; a small request was refused on "
        "22 November: the API says that there are no credits; they may have come and be used up"
    )
    assert not says_they_may_be_there(found)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (SPEND_LIMIT, "a spend limit is reached"),
        (USAGE_LIMIT, "the usage limit that the provider sets is reached"),
        (NO_MODEL, "the model that it asks for cannot be used"),
    ],
)
def test_another_refusal_is_told_apart_from_missing_credits(said, why):
    assert hint(probed(said)) == (
        f"a small request was refused on 22 November, because {why}; that says nothing of the credits"
    )
    assert hint(probed(said), **GRANTED) is None


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({}, True),
        ({"credits_left": Money(0, "USD")}, False),  # so the record says too
        ({"credits_left": Money(5, "GBP")}, False),
        ({"credits_expire_on": date(2026, 11, 21)}, False),  # what has expired is no contradiction
    ],
)
def test_recorded_credits_that_the_api_denies_are_a_hint_about_the_balance(more, words):
    found = hint(probed(EXHAUSTED), spent(40), **GRANTED | more)
    denied = "a small request was refused on 22 November: the API says that no credits are left"

    assert found == (f"{denied}, where 60.00 USD should be" if words else None)


def test_a_grant_whose_amount_cannot_be_counted_gives_no_hint():
    assert hint(probed(ANSWERED), **GRANTED | {"credits_granted": Money(5, "GBP")}) is None


def test_a_hint_has_the_reading_that_it_comes_from():
    for reading in (spent(12.4), probed(ANSWERED), probed(NO_MODEL)):
        readings = [
            Reading("declared", 0, {"paid_method": False}, {"g": {"accepted_on": date(2026, 11, 2)}}),
            reading,
        ]

        assert record(readings).reading_of(BOOKS.places[HINT]) is reading


@pytest.mark.parametrize(
    ("value", "there"),
    [
        (f"12.40 USD was spent since 2 November, {NOTHING_ELSE}", True),
        ("a small request was refused on 22 November: the API says that there are no credits", False),
        (None, False),
        (UNREAD, False),
    ],
)
def test_only_some_hints_say_that_the_credits_may_be_there(value, there):
    assert says_they_may_be_there(value) is there


# -- it decides nothing ---------------------------------------------------------------------------------------

REFUSED = "`credits_hint` is a hint: it may stand in a text, and decides nothing"
ASKED = [
    ("credits_hint", 0),
    ("not credits_hint", 4),
    ("credits_granted or credits_hint", 19),
    ('credits_hint == "there"', 0),
    ("any(members, credits_hint)", 13),
    ("read_on(credits_hint)", 8),
    ("grant.credits_hint", 0),
]


@pytest.mark.parametrize(("text", "offset"), ASKED)
def test_no_expression_can_ask_it(text, offset):
    with pytest.raises(LanguageError, match="is a hint") as refused:
        understand(text, BOOKS, *Kind)

    assert refused.value.offset == offset
    assert refused.value.why.endswith(REFUSED.partition(" ")[2])


@pytest.mark.parametrize(
    "fields",
    [
        {"while": "credits_hint"},
        {"while": "credits_granted", "unless": "credits_hint"},
        {"while": "credits_granted", "when": "credits_hint"},
        {"while": "credits_granted", "applies_to": "credits_hint"},
        {"while": "credits_granted", "starting": "credits_hint"},
        {"while": "credits_granted", "ending": "credits_hint"},
        {"deadline": "credits_hint", "steps": ["on the day"]},
        {"threshold": "credits_hint", "reaches": ["1"]},
        {"change": "credits_hint"},
    ],
    ids=str,
)
def test_no_field_of_a_rule_can_ask_it(fields):
    made, faults = read_condition(fields, BOOKS)

    assert made is None
    assert [why for _, why in faults] == [REFUSED]


def test_a_date_that_repeats_cannot_ask_it():
    with pytest.raises(LanguageError, match="is a hint"):
        recurring("every 3 months after credits_hint", BOOKS)


def test_a_text_may_show_it():
    assert parse_template("{{ credits_hint }}", BOOKS).pieces[0] == ("", BOOKS.places[HINT])
