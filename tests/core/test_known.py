"""What is known, as a message says it: what was measured, where it came from, how old it is, at which rate."""

from dataclasses import replace
from datetime import date

import pytest

from notifier.core.account import Account, Grant
from notifier.core.assemble import assemble
from notifier.core.facts import Costs, Expected, Reading
from notifier.core.known import label, say_figures, say_known
from notifier.core.language.template import parse_template
from notifier.core.money import MICRO, Money
from notifier.core.rule import Program
from notifier.core.scene import Scene
from notifier.core.totals import together
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, Vocabulary
from tests.core.helpers import condition, day, locale, moment, rule

NOW = moment("2026-11-22 14:05")
BOOKS = Vocabulary(BUILT_IN)
PROGRAM = Program("p", BOOKS)
HERE = locale(rates=[("EUR", 1_100_000)])
READ = moment("2026-11-22 13:00")


def polled(amount=800, currency="USD", spends=None, **account):
    costs = Costs.by_day(currency, {day("2026-11-10"): amount * MICRO})
    by_item = {
        name: Costs.by_day("USD", {day("2026-11-10"): each * MICRO}) for name, each in (spends or {}).items()
    }
    return Reading("openai", READ, account, costs=costs, spends=by_item)


def recorded(at="2026-11-20 09:00", account=(), **grant):
    since = {f"g/{name}": moment(at) for name in grant} | {name: moment(at) for name in dict(account)}
    return Reading("recorded", NOW, dict(account), {"g": grant}, since=since)


def said(asked, *readings, scope="", item="", where=HERE, sources=(), title="a title", letter=(), **texts):
    facts = assemble(BOOKS, (), readings, Expected("lab", where, frozenset(sources), grants=("g",)), "g", NOW)
    facts = together(facts, [facts], BOOKS)
    if scope:
        listed = facts.values[BOOKS.collections[scope][0]]
        facts = facts.of(scope, next(each for each in listed if each.id == item))
    words = BOOKS.scoped(scope)
    written = {name: parse_template(text, words) for name, text in texts.items()}
    asks = condition(words, **{"while": asked})
    made = rule(parse_template(title, words), asks, each=scope, vocabulary=words, **written)
    return say_known(made, scene_of(facts, where), letter)


def scene_of(facts, where=HERE):
    return Scene(Account("lab", where, grants=(Grant("g", "p"),)), PROGRAM, facts, NOW)


def test_a_number_has_its_source_and_its_age():
    granted = recorded(credits_granted=Money(5 * MICRO, "USD"))

    assert said("credits_granted > 3 USD", granted) == (
        "credits granted 5.00 USD (recorded by a person, 20 November, 09:00 UTC)"
    )


def test_what_nobody_recorded_and_what_is_empty_is_said_as_such():
    assert said("credits_granted and renewed_by") == "credits granted not recorded, renewed by none"
    assert said("granted_models or renewed_by") == "renewed by none"  # a list with nothing in it says nothing


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("spend(last 7 days) > 3 USD", "spent in 7 days 0.00 USD"),
        ("spend(last 2 weeks) > 3 USD", "spent in 14 days 800.00 USD"),
        ("spend(this month) > 3 USD", "spent this month 800.00 USD"),
        ("spend(yesterday) > 3 USD", "spent on the last whole day 0.00 USD"),
        ("spend(since 2026-11-01) > 3 USD", "spent since 1 November 800.00 USD"),
        ("spend(since credits_granted_on) > 3 USD", "spent since then none"),
    ],
)
def test_what_was_spent_is_said_with_its_window_and_that_it_may_lag(asked, words):
    assert f"{words} (openai, read 13:00 UTC, may lag a day)" in said(asked, polled())


def test_a_window_that_is_asked_for_twice_is_said_once():
    assert said("spend(yesterday) > 3 USD and spend(yesterday) < 9 USD", polled()).count("spent") == 1


def test_of_what_cannot_be_read_that_is_said():
    assert said("spend(yesterday) > 3 USD", sources=["openai"]) == "spent on the last whole day not readable"


def test_an_item_s_costs_are_named_by_it():
    project = Reading("declared", NOW, {"projects": ("thesis",)})
    words = said(
        "project.spend(this month) > 3 USD",
        project,
        polled(spends={"projects/thesis": 5}),
        scope="projects",
        item="thesis",
    )

    assert words == "project spent this month 5.00 USD (openai, read 13:00 UTC, may lag a day)"


def test_what_no_source_ever_told_is_not_known_to_be_none_or_unreadable():
    asked = "not balance and not spend_limit and credits_used > 3 USD"
    none = Reading("openai", READ, {"spend_limit": None})

    assert said(asked, sources=["openai", "openai/limits"]) == "credits used not recorded"
    assert said(asked, none) == "spend limit none (openai, read 13:00 UTC); credits used not recorded"


def test_what_an_item_does_not_have_is_not_said_of_it():
    keys = Reading("openai", READ, {"keys": ("k",), "keys/k/is_admin": None, "keys/k/owner": None})

    assert said("key.is_ours or key.is_admin or key.owner", keys, scope="keys", item="k") == ""


def test_the_drift_is_as_old_as_the_balance_and_as_pushed():
    person = recorded(credits_left=Money(5 * MICRO, "USD"), credits_granted=Money(9 * MICRO, "USD"))
    person.grants["g"]["credits_granted_on"] = date(2026, 11, 1)
    program = replace(person, pushed=frozenset({"g/credits_left"}))
    costs = Reading("openai", READ, costs=Costs.by_day("USD", {day("2026-11-10"): MICRO}))

    for reading, by in ((person, "recorded by a person"), (program, "pushed")):
        assert (
            said("balance_drift > 1 USD", reading, costs)
            == f"balance drift 3.00 USD ({by}, 20 November, 09:00 UTC)"
        )


def test_what_is_asked_of_other_items_is_not_said_one_by_one():
    assert said("any(projects, project.spend(yesterday) > 3 USD)", polled()) == ""


def test_what_a_person_recorded_of_an_item_is_as_old_as_that():
    papers = Reading("declared", NOW, {"papers": ("a",)})
    person = recorded(account={"papers/a/submitted_on": date(2026, 11, 19)})

    assert said("paper.submitted_on", papers, person, scope="papers", item="a") == (
        "paper submitted on 19 November (recorded by a person, 20 November, 09:00 UTC)"
    )


@pytest.mark.parametrize(
    ("asked", "currency", "rate"),
    [
        ("spend(this month) > 3 USD", "EUR", True),
        ("credits_left < 3 USD", "EUR", True),
        ("spend(this month) > 3 USD", "USD", False),
        ("spend(this month) > 3 USD", "GBP", False),  # none is stated: it is unread
        ("renewed_by", "EUR", False),
    ],
)
def test_a_rate_is_said_where_amounts_were_counted_at_it(asked, currency, rate):
    assert ("1 EUR counted as 1.1 USD (accounts file)" in said(asked, polled(currency=currency))) is rate


GRANTED = {"credits_granted": Money(900 * MICRO, "USD"), "credits_granted_on": date(2026, 11, 1)}


@pytest.mark.parametrize("where", ["title", "say", "next"])
def test_an_amount_that_a_text_shows_has_its_source_and_age_though_nothing_was_decided_by_it(where):
    words = said(
        "renewed_by", recorded(**GRANTED), polled(), **{where: "{{ credits_left }} of {{ account_name }}"}
    )

    assert words == "renewed by none; credits left 100.00 USD (openai, read 13:00 UTC, may lag a day)"


def test_an_amount_in_the_letter_has_them_too():
    letter = ("credits_used", "credits_left", "organization", "no_such_fact", "letter.sent_on")

    assert said("renewed_by", recorded(**GRANTED), polled(), letter=letter) == (
        "renewed by none; credits left 100.00 USD, credits used 800.00 USD (openai, read 13:00 UTC, may lag a day)"
    )


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ("credits_left", True),
        ("runs_out_on", True),  # a date that follows from a reading is as old as that
        ("runway", True),
        ("usual_daily_spend", True),
        ("accepted_on", False),  # a date that people state is what it is
        ("organization", False),
        ("spend_limit", False),  # nobody has told one
    ],
)
def test_what_is_a_figure_is_said_and_what_is_a_name_is_not(named, words):
    costs = Reading("openai", READ, costs=Costs.by_day("USD", {day("2026-11-20"): 70 * MICRO}))
    text = said("renewed_by", recorded(**GRANTED, accepted_on=date(2026, 11, 1)), costs, say=f"{{{{ {named} }}}}")

    assert (label(named) in text) is words


def test_of_an_amount_in_a_text_that_cannot_be_read_that_is_said():
    old = Reading("openai", READ - POLLED_COUNTS_FOR, {"spend_limit": Money(5 * MICRO, "USD")})

    assert said("renewed_by", old, say="{{ spend_limit }}") == (
        "renewed by none; spend limit not readable (openai, read 20 November, 13:00 UTC)"
    )


def test_a_rate_is_said_too_where_only_a_text_shows_an_amount():
    assert "1 EUR counted as" in said(
        "renewed_by", recorded(**GRANTED), polled(currency="EUR"), say="{{ credits_left }}"
    )


def test_the_figures_of_several_titles_are_said_once_for_all():
    readings = (recorded(**GRANTED), polled())
    facts = assemble(BOOKS, (), readings, Expected("lab", HERE, grants=("g",)), "g", NOW)
    low = rule(
        parse_template("{{ credits_left }} left", BOOKS),
        condition(BOOKS, threshold="credits_left", falls_to=["5"]),
    )
    much = rule(
        parse_template("{{ value }} spent", BOOKS),
        condition(BOOKS, threshold="spend(last 30 days)", reaches=["5"]),
    )
    used = rule(
        parse_template("{{ value }} used", BOOKS), condition(BOOKS, threshold="credits_used", reaches=["5"])
    )
    bare = rule(parse_template("Write to them", BOOKS), condition(BOOKS, threshold="credits_left", falls_to=["5"]))
    scene = scene_of(facts)

    assert say_figures([(each, scene, ()) for each in (low, low, much, used, bare)]) == (
        "credits left 100.00 USD, spent in 30 days 800.00 USD, credits used 800.00 USD "
        "(openai, read 13:00 UTC, may lag a day)"
    )


@pytest.mark.parametrize(
    ("name", "words"), [("credits_left", "credits left"), ("paper.submitted_on", "paper submitted on")]
)
def test_a_fact_is_called_by_its_words(name, words):
    assert label(name) == words
