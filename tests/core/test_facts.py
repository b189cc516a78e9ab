"""The newest observation of each fact wins; what was not read is unread, never zero; the books add up."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.assemble import assemble
from notifier.core.calendar import FOREVER, Duration
from notifier.core.facts import UNREAD, Costs, Expected, Reading
from notifier.core.language.compile import evaluator
from notifier.core.language.types import understand
from notifier.core.money import Money
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, Kind, Vocabulary
from tests.core.helpers import DAY, day, fact, locale, moment

NOW = moment("2026-11-22 12:00")
TERM = fact("write_after", Kind.DURATION, default=Duration(21, "days"))
ENDS = fact("ends_on", Kind.DATE, formula="12 months after accepted_on")
VOCABULARY = Vocabulary(BUILT_IN).extended([TERM, ENDS])


def dollars(amount, currency="USD"):
    return Money(amount * 1_000_000, currency)


def laid_out(*readings, sources=(), now=NOW, grant="g", where=None, formulas=()):
    where = where or locale("Europe/Berlin", rates=[("EUR", 1_100_000)])
    return assemble(VOCABULARY, formulas, readings, Expected("lab", where, frozenset(sources)), grant, now)


def value(facts, name):
    return facts.values[VOCABULARY.places[name]]


def values(facts, *names):
    return tuple(value(facts, name) for name in names)


def reading(source, at, /, costs=None, since=(), account=(), **said):
    return Reading(source, at, dict(account), {"g": said}, costs, dict(since))


# -- who wins -------------------------------------------------------------------------------------------------


def test_the_newest_observation_of_each_fact_wins():
    old = reading("declared", NOW - 20, use_case="old", accepted_address="only here")
    new = reading("recorded", NOW - 10, use_case="new")

    for readings in ([old, new], [new, old]):
        assert values(laid_out(*readings), "use_case", "accepted_address") == ("new", "only here")


def test_a_line_in_a_file_counts_from_when_it_changed():
    file = reading("declared", NOW, use_case="file", since={"g/use_case": NOW - 50})
    person = reading("recorded", NOW - 20, use_case="person")

    assert value(laid_out(file, person), "use_case") == "person"


def test_the_account_s_own_facts_count_by_their_own_name():
    file = reading("declared", NOW, account={"pi_name": "file"}, since={"pi_name": NOW - 50, "g/pi_name": NOW})
    person = reading("recorded", NOW - 20, account={"pi_name": "person"})

    assert value(laid_out(file, person), "pi_name") == "person"


def test_none_is_an_observation_like_any_other():
    facts = laid_out(
        reading("declared", NOW - 9, write_after=Duration(7, "days")), reading("recorded", NOW, write_after=None)
    )

    assert value(facts, "write_after") is None


def test_a_default_stands_until_somebody_states_a_term():
    stated = reading("declared", NOW, write_after=Duration(14, "days"))

    assert value(laid_out(), "write_after") == Duration(21, "days")
    assert value(laid_out(stated), "write_after") == Duration(14, "days")


def test_only_the_grant_asked_for_is_heard_and_unknown_names_are_passed_over():
    both = Reading("declared", NOW, {}, {"g": {"use_case": "g"}, "h": {"use_case": "h", "gone_term": 1}})

    assert [value(laid_out(both, grant=grant), "use_case") for grant in ("g", "h", "i")] == ["g", "h", None]


def test_a_record_knows_which_reading_each_fact_came_from():
    declared, recorded = (
        reading("declared", NOW - 5, use_case="x"),
        reading("recorded", NOW, credits_granted=dollars(5)),
    )
    facts = laid_out(declared, recorded)
    place = VOCABULARY.places

    assert facts.reading_of(place["use_case"]) is declared
    assert facts.reading_of(place["credits_granted"]) is recorded
    assert facts.reading_of(place["renewed_by"]) is None


def test_values_are_laid_out_in_their_inner_form():
    facts = laid_out(
        reading(
            "declared",
            NOW,
            accepted_on=date(2026, 11, 1),
            credits_requested=dollars(10),
            granted_models=("a", "b"),
            renewed_by="",
        )
    )

    assert values(facts, "accepted_on", "credits_requested", "granted_models", "renewed_by") == (
        day("2026-11-01"),
        10_000_000,
        ("a", "b"),
        "",
    )


@pytest.mark.parametrize(
    ("money", "inside"), [(dollars(2), 2_000_000), (dollars(2, "EUR"), 2_200_000), (dollars(2, "GBP"), UNREAD)]
)
def test_an_amount_is_converted_at_a_stated_rate_or_is_unread(money, inside):
    assert value(laid_out(reading("recorded", NOW, credits_granted=money)), "credits_granted") == inside


def test_unread_is_neither_yes_nor_no():
    with pytest.raises(TypeError):
        bool(UNREAD)
    assert repr(UNREAD) == "UNREAD"


# -- what was not read ----------------------------------------------------------------------------------------


def test_a_polled_fact_is_unread_while_an_expected_source_never_answered():
    silent, answered = laid_out(sources=["openai"]), laid_out(reading("openai", NOW), sources=["openai"])

    assert (value(silent, "spend_limit"), value(answered, "spend_limit")) == (UNREAD, None)
    assert value(silent, "credits_granted") is None  # a person's fact: not recorded is an answer


def test_a_polled_fact_counts_until_its_age_and_is_then_unread():
    polled = reading("openai", NOW, account={"spend_limit": dollars(50)})
    last = NOW + POLLED_COUNTS_FOR

    assert laid_out(polled).fresh_until == last
    assert value(laid_out(polled, now=last - 1), "spend_limit") == 50_000_000
    assert value(laid_out(polled, now=last), "spend_limit") is UNREAD
    assert laid_out(polled, now=last).fresh_until == FOREVER


def test_a_declared_date_never_grows_stale():
    facts = laid_out(reading("declared", NOW - 10_000 * DAY, accepted_on=date(1999, 1, 1)))

    assert (value(facts, "accepted_on"), facts.fresh_until) == (day("1999-01-01"), FOREVER)


@given(st.integers(NOW - DAY, NOW), st.integers(NOW - DAY, NOW), st.integers(0, 4 * DAY))
def test_a_record_is_the_same_at_every_moment_until_it_says_so(at, other_at, later):
    readings = (
        reading("openai", at, account={"spend_limit": dollars(50)}, costs=Costs.by_day("USD", {})),
        reading("recorded", other_at, credits_granted=dollars(9), credits_granted_on=date(2026, 11, 1)),
    )
    facts = laid_out(*readings)
    when = min(NOW + later, facts.fresh_until - 1)

    assert laid_out(*readings, now=when).values == facts.values


# -- the books ------------------------------------------------------------------------------------------------

SPENT = Costs.by_day(
    "USD", {day("2026-11-12"): 3_000_000, day("2026-11-10"): 2_000_000, day("2026-11-14"): 0, day("2026-11-13"): 0}
)
GRANTED = {"credits_granted": dollars(100), "credits_granted_on": date(2026, 11, 11)}
BOOKS = ("spent_since_granted", "credits_left", "credits_used")


def test_costs_are_summed_from_a_day_on():
    sums = [SPENT.since(day(text)).micro for text in ("2026-11-01", "2026-11-10", "2026-11-11", "2026-11-13")]

    assert sums == [5_000_000, 5_000_000, 3_000_000, 0]
    assert SPENT.last_day_with_costs() == day("2026-11-12")
    assert (Costs.by_day("USD", {}).since(1), Costs.by_day("USD", {}).last_day_with_costs()) == (
        Money(0, "USD"),
        None,
    )


@given(st.dictionaries(st.integers(1, 40), st.integers(0, 9)), st.integers(0, 41))
def test_costs_since_a_day_are_what_a_person_adds_up(amounts, since):
    assert Costs.by_day("USD", amounts).since(since).micro == sum(
        amount for at, amount in amounts.items() if at >= since
    )


def test_without_a_balance_what_is_left_is_granted_minus_costs_since():
    facts = laid_out(reading("recorded", NOW, **GRANTED), reading("openai", NOW, costs=SPENT))

    assert values(facts, *BOOKS) == (3_000_000, 97_000_000, 3_000_000)
    assert facts.reading_of(VOCABULARY.places["credits_used"]).source == "openai"


def test_a_balance_read_by_a_person_counts_minus_costs_since_that_day():
    person = reading("recorded", moment("2026-11-13 10:00"), credits_left=dollars(80), **GRANTED)
    late = Costs.by_day("USD", {day("2026-11-12"): 3_000_000, day("2026-11-15"): 5_000_000})
    facts = laid_out(person, reading("openai", NOW, costs=late))

    assert values(facts, *BOOKS) == (8_000_000, 75_000_000, 25_000_000)


def test_a_balance_alone_says_what_is_used():
    facts = laid_out(reading("recorded", NOW, credits_left=dollars(80), **GRANTED))

    assert values(facts, *BOOKS) == (None, 80_000_000, 20_000_000)


def test_a_grant_that_nobody_recorded_has_no_books():
    facts = laid_out(reading("openai", NOW, costs=SPENT), sources=["openai"])

    assert values(facts, *BOOKS) == (None, None, None)


def test_without_costs_and_without_a_balance_nothing_is_known_to_be_used():
    assert values(laid_out(reading("recorded", NOW, **GRANTED)), *BOOKS) == (None, None, None)


def test_stale_costs_make_the_books_unread_not_zero():
    readings = reading("recorded", NOW, **GRANTED), reading("openai", NOW - POLLED_COUNTS_FOR, costs=SPENT)

    assert values(laid_out(*readings), *BOOKS) == (UNREAD, UNREAD, UNREAD)
    assert values(laid_out(*readings, now=NOW - 1), *BOOKS) == (3_000_000, 97_000_000, 3_000_000)
    assert laid_out(*readings, now=NOW - 1).fresh_until == NOW


def test_costs_that_were_never_read_make_the_books_unread_too():
    granted = reading("recorded", NOW, **GRANTED)
    with_balance = reading("recorded", NOW, credits_left=dollars(80), **GRANTED)

    assert values(laid_out(granted, sources=["openai"]), *BOOKS) == (UNREAD, UNREAD, UNREAD)
    assert values(laid_out(with_balance, sources=["openai"]), *BOOKS) == (UNREAD, UNREAD, UNREAD)


def test_an_unreadable_amount_makes_the_books_unread():
    odd = GRANTED | {"credits_granted": dollars(100, "GBP")}
    facts = laid_out(reading("recorded", NOW, **odd), reading("openai", NOW, costs=SPENT))

    assert values(facts, *BOOKS) == (3_000_000, UNREAD, UNREAD)


def test_costs_in_another_currency_are_converted_or_unread():
    granted = reading("recorded", NOW, **GRANTED)
    spent = [
        value(laid_out(granted, reading("openai", NOW, costs=replace(SPENT, currency=currency))), BOOKS[0])
        for currency in ("EUR", "GBP")
    ]

    assert spent == [3_300_000, UNREAD]


# -- formulas -------------------------------------------------------------------------------------------------


def formula(text):
    return VOCABULARY.places["ends_on"], evaluator(understand(text, VOCABULARY, Kind.DATE), locale())


def test_a_formula_says_what_nobody_states():
    accepted = reading("declared", NOW, accepted_on=date(2026, 3, 1))
    stated = reading("declared", NOW, accepted_on=date(2026, 3, 1), ends_on=date(2026, 12, 1))
    formulas = [formula("12 months after accepted_on")]

    assert value(laid_out(accepted, formulas=formulas), "ends_on") == day("2027-03-01")
    assert value(laid_out(stated, formulas=formulas), "ends_on") == day("2026-12-01")
    assert value(laid_out(formulas=formulas), "ends_on") is None


# -- the law --------------------------------------------------------------------------------------------------

observed = st.fixed_dictionaries(
    {},
    optional={
        "credits_granted": st.none() | st.integers(0, 9).map(dollars) | st.just(dollars(5, "GBP")),
        "credits_granted_on": st.none() | st.dates(date(2026, 11, 8), date(2026, 11, 16)),
        "credits_left": st.integers(0, 9).map(dollars),
        "use_case": st.none() | st.sampled_from("ab"),
    },
)
costs = st.none() | st.dictionaries(st.integers(day("2026-11-08"), day("2026-11-16")), st.integers(0, 5)).map(
    lambda amounts: Costs.by_day("USD", amounts)
)


@given(st.lists(st.tuples(observed, costs), min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_readings_does_not_matter(contents, random):
    readings = [
        Reading(f"source {at}", NOW - at * DAY, {}, {"g": said}, spent, {"g/use_case": NOW - 9 * DAY + at})
        for at, (said, spent) in enumerate(contents)
    ]
    shuffled = random.sample(readings, len(readings))
    one, other = laid_out(*readings), laid_out(*shuffled)

    assert (one.values, one.fresh_until) == (other.values, other.fresh_until)
    places = range(len(VOCABULARY.facts))
    assert [one.reading_of(place) for place in places] == [other.reading_of(place) for place in places]
