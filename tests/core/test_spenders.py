"""Who spends: shares of the last week's costs as facts of items, and as a line in messages about money."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.account import Account, Grant
from notifier.core.assemble import assemble
from notifier.core.costs import Costs, Spending
from notifier.core.facts import UNREAD, Expected, Reading
from notifier.core.language.template import parse_template
from notifier.core.money import MICRO
from notifier.core.rule import Program
from notifier.core.scene import Scene
from notifier.core.shares import last_week
from notifier.core.spenders import is_of_spending, say_spenders, spenders
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, SERVICE, Vocabulary
from tests.core.helpers import condition, day, locale, moment, rule

NOW = moment("2026-11-22 14:05")
TODAY = day("2026-11-22")
BOOKS = Vocabulary(BUILT_IN)
HERE = locale(rates=[("EUR", 2_000_000)])


def costs(amount, on="2026-11-20", currency="USD"):
    return Costs.by_day(currency, {day(on): round(amount * MICRO)})


def polled(total=100, at=NOW - 3600, source="openai", lists=None, currency="USD", **spends):
    """A reading: *spends* are ``projects={"a": 61}``; *lists* has the items of lists, and their names."""
    account = {}
    for listed, items in (lists or {}).items():
        account[listed] = tuple(items)
        account |= {f"{listed}/{item}/name": name for item, name in items.items() if name}
    by_item = {f"{listed}/{item}": each for listed, items in spends.items() for item, each in items.items()}
    told = {item: each if isinstance(each, Costs) else costs(each) for item, each in by_item.items()}
    return Reading(
        source, at, account, costs=None if total is None else costs(total, currency=currency), spends=told
    )


def laid_out(*readings, sources=()):
    return assemble(BOOKS, (), readings, Expected("lab", HERE, frozenset(sources), grants=("g",)), "g", NOW)


def of_items(facts, listed="projects"):
    """Of each item what it spent in the last week, in dollars, and its share."""
    place, collection = BOOKS.collections[listed]
    names = [each.name for each in collection.facts]
    found = {
        item.id: [item.values[names.index(name)] for name in ("spent_last_week", "share")]
        for item in facts.values[place]
    }
    return {
        name: (spent / MICRO if isinstance(spent, int) else spent, share) for name, (spent, share) in found.items()
    }


def scene(*readings):
    facts = laid_out(*readings)
    return Scene(Account("lab", HERE, grants=(Grant("g", "p"),)), Program("p", BOOKS), facts, NOW)


NAMED = {"projects": {"a": "thesis-7", "b": "demo", "c": None}}


# -- shares ---------------------------------------------------------------------------------------------------


def test_an_item_has_its_share_of_what_the_account_spent_in_the_last_week():
    facts = laid_out(polled(lists=NAMED, projects={"a": 61, "b": 20}))

    assert of_items(facts) == {"a": (61, 0.61), "b": (20, 0.2), "c": (0, 0)}


@pytest.mark.parametrize("listed", ["projects", "members", "keys", "models"])
def test_every_list_that_spends_has_shares(listed):
    facts = laid_out(polled(lists={listed: {"a": "one"}}, **{listed: {"a": 25}}))

    assert of_items(facts, listed) == {"a": (25, 0.25)}


@pytest.mark.parametrize(
    ("reading", "known"),
    [
        (polled(total=0, lists=NAMED, projects={"a": 0}), (0, None)),  # a share of nothing is none
        (polled(total=-5, lists=NAMED, projects={"a": 1}), (1, None)),
        (polled(lists=NAMED, members={"m": 1}), (None, None)),  # nobody tells what projects cost
        (polled(total=None, lists=NAMED, projects={"a": 5}), (5, None)),
        (polled(lists=NAMED, projects={"a": costs(10, on="2026-11-14")}), (0, 0)),  # eight days ago
        (polled(lists=NAMED, projects={"a": costs(10, on="2026-11-15")}), (10, 0.1)),
        (polled(lists=NAMED, projects={"a": costs(10, on="2026-11-22")}), (0, 0)),  # that day is open
        (polled(lists=NAMED, projects={"a": costs(10, currency="EUR")}), (20, 0.2)),
        (polled(lists=NAMED, projects={"a": costs(10, currency="GBP")}), (UNREAD, UNREAD)),
        (polled(currency="GBP", lists=NAMED, projects={"a": 5}), (5, UNREAD)),
    ],
)
def test_a_share_is_as_known_as_both_sides(reading, known):
    assert of_items(laid_out(reading))["a"] == known


def test_what_is_too_old_is_unread_and_so_is_its_share():
    old = polled(total=None, at=NOW - POLLED_COUNTS_FOR, source="openai members", members={"m": 5})
    there = Reading("openai keys", NOW, {"members": ("m",)})

    assert of_items(laid_out(old, there, polled()), "members") == {"m": (UNREAD, UNREAD)}


def test_a_share_of_costs_that_are_too_old_is_unread():
    whole = polled(at=NOW - POLLED_COUNTS_FOR)
    part = polled(total=None, source="openai members", lists={"members": {"m": "Ada"}}, members={"m": 5})

    assert of_items(laid_out(whole, part), "members") == {"m": (5, UNREAD)}


def test_a_share_has_the_reading_of_the_item_s_costs():
    part = polled(total=None, source="openai members", lists={"members": {"m": "Ada"}}, members={"m": 5})
    facts = laid_out(polled(), part)
    place, collection = BOOKS.collections["members"]
    names = [each.name for each in collection.facts]
    [item] = facts.values[place]

    assert {item.origins[names.index(name)] for name in ("costs", "share", "spent_last_week")} == {1}


days = st.dictionaries(st.integers(TODAY - 12, TODAY), st.integers(0, 9 * MICRO), max_size=12)


@given(st.lists(days, min_size=1, max_size=4), st.integers(TODAY - 3, TODAY), st.integers(TODAY - 3, TODAY))
def test_the_shares_of_all_that_spent_add_up_to_one_whichever_was_read_last(several, own_day, whole_day):
    total = {}
    for each in several:
        for at, amount in each.items():
            total[at] = total.get(at, 0) + amount
    whole = Spending(Costs.by_day("USD", total), whole_day)
    found = [last_week(Spending(Costs.by_day("USD", each), own_day), whole, HERE) for each in several]
    spent, shares = [each[0] for each in found], [each[1] for each in found]

    if sum(spent):
        assert sum(shares) == pytest.approx(1)
        assert shares == [each / sum(spent) for each in spent]
    else:
        assert shares == [None] * len(several)


# -- the line -------------------------------------------------------------------------------------------------

AGE = "of the last 7 days (openai, read 13:05 UTC, may lag a day)"


def test_the_greatest_three_are_named():
    spent = {"a": 61, "b": 20, "c": 9, "d": 5}
    lists = {"projects": {"a": "thesis-7", "b": "demo", "c": "slides", "d": "rest"}}

    assert say_spenders(scene(polled(lists=lists, projects=spent))) == (
        f"project thesis-7 61%, demo 20%, slides 9%, others 10% {AGE}"
    )


def test_two_lists_are_said_and_what_is_of_another_age_stands_apart():
    members = polled(
        *(None, NOW - 7200, "openai members"),
        lists={"members": {"m": "Ada", "n": "Bo"}},
        members={"m": 70, "n": 30},
    )
    first = polled(lists=NAMED, projects={"a": 61, "b": 20}, models={"gpt-5": 90, "o3": 10})

    said = f"project thesis-7 61%, demo 20%, others 19%; model gpt-5 90%, o3 10% {AGE}"
    assert say_spenders(scene(first)) == said
    assert say_spenders(scene(first, members)) == (
        f"project thesis-7 61%, demo 20%, others 19% {AGE}; "
        "member Ada 70%, Bo 30% of the last 7 days (openai members, read 12:05 UTC, may lag a day)"
    )


def test_a_list_with_one_spender_is_said_only_where_there_is_no_other():
    alone = polled(lists=NAMED, projects={"a": 100})

    assert say_spenders(scene(alone)) == f"project thesis-7 100% {AGE}"
    assert say_spenders(scene(polled(lists=NAMED, projects={"a": 100}, models={"x": 60, "y": 40}))) == (
        f"model x 60%, y 40% {AGE}"
    )


@pytest.mark.parametrize(
    "readings",
    [
        (),
        (polled(lists=NAMED),),
        (polled(total=0, lists=NAMED, projects={"a": 0}),),
        (polled(lists=NAMED, projects={"a": 5}, at=NOW - POLLED_COUNTS_FOR),),
        (polled(lists=NAMED, projects={"a": -5}),),
        (polled(total=0, projects={"proj_1": 5}),),
    ],
    ids=["nothing read", "no items", "nothing spent", "too old", "a refund", "a share of nothing"],
)
def test_where_nobody_is_known_to_spend_nothing_is_said(readings):
    assert say_spenders(scene(*readings)) == ""


def test_what_stands_in_no_list_is_known_by_its_id_or_by_what_somebody_calls_it():
    named = Reading("openai keys", NOW, {"projects/proj_2/name": "demo"})

    assert say_spenders(scene(polled(projects={"proj_1": 60, "proj_2": 40}), named)) == (
        f"project proj_1 60%, demo 40% {AGE}"
    )


@pytest.mark.parametrize("listed", ["projects", "members", "keys", "models"])
def test_of_each_list_every_spender_is_counted_once_whether_it_is_listed_or_not(listed):
    [found] = spenders(scene(polled(lists={listed: {"a": "one", "c": "three"}}, **{listed: {"a": 60, "b": 40}})))

    assert found.named == ["one 60%", "b 40%"]


def test_an_item_that_the_file_calls_by_its_name_is_counted_once():
    declared = Reading("declared", NOW, {"projects": ("thesis-7",)})
    first = polled(
        lists={"projects": {"proj_1": "thesis-7", "proj_2": "demo"}}, projects={"proj_1": 60, "proj_2": 40}
    )

    assert say_spenders(scene(declared, first)) == f"project thesis-7 60%, demo 40% {AGE}"


def test_of_equal_shares_the_order_is_that_of_names_and_long_names_are_cut():
    spent = polled(projects={"b" * 60: 50, "a": 50})

    assert say_spenders(scene(spent)) == f"project a 50%, {'b' * 39}… 50% {AGE}"


def test_the_newest_costs_of_a_list_are_said():
    old = polled(None, NOW - 9000, "billing", projects={"a": 10, "b": 90})
    [found] = spenders(scene(old, polled(projects={"a": 80, "b": 20})))

    assert [each.name for each in found.spenders] == ["a", "b"]
    assert found.reading.source == "openai"


def test_the_service_itself_spends_nothing():
    words = Vocabulary(SERVICE)
    facts = assemble(words, (), (), Expected("notifier", HERE), "", NOW)
    itself = Scene(Account("notifier", HERE), Program("notifier", words), facts, NOW)

    assert list(spenders(itself)) == []


# -- which messages say it ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "each", "says"),
    [
        ({"threshold": "credits_used / credits_granted", "reaches": ["50%"]}, "", True),
        ({"threshold": "spend(last 7 days)", "reaches": ["5 USD"]}, "", True),
        ({"threshold": "pace_change", "reaches": ["3"]}, "", True),
        ({"threshold": "runway", "falls_to": ["2 weeks"]}, "", True),
        ({"threshold": "unused_at_end / credits_granted", "reaches": ["25%"]}, "", True),
        ({"while": "credits_granted < credits_requested"}, "", False),
        ({"while": "spend_limit"}, "", False),
        ({"deadline": "credits_expire_on", "when": "credits_left > 5", "steps": ["on the day"]}, "", False),
        ({"threshold": "project.spend(this month)", "reaches": ["5"]}, "projects", False),  # it names who spends
        ({"threshold": "project.share", "reaches": ["60%"], "when": "spend(last 7 days) > 5"}, "projects", False),
        ({"while": "batch.left and credits_left"}, "batches", True),
    ],
)
def test_a_rule_about_spending_is_told_with_who_spends(asked, each, says):
    words = BOOKS.scoped(each)
    made = rule(parse_template("title", words), condition(words, **asked), each=each, vocabulary=words)

    assert is_of_spending(made) is says
