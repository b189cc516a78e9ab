"""The lists of a record: who knows an item, who says what of it, what it costs, and how long that counts."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.assemble import assemble
from notifier.core.calendar import FOREVER
from notifier.core.costs import Costs, Spending
from notifier.core.fact import Kind, Owner, item_fact, split_item_fact
from notifier.core.facts import NOBODY, UNREAD, Expected, Reading
from notifier.core.money import Money
from notifier.core.vocabulary import BUILT_IN, POLLED_COUNTS_FOR, SERVICE, Vocabulary
from tests.core.helpers import DAY, day, locale, moment

NOW = moment("2026-11-22 12:00")
HERE = locale("Europe/Berlin", rates=[("EUR", 1_100_000)])
BOOKS = Vocabulary(BUILT_IN)


def laid_out(*readings, sources=(), now=NOW, grant="g", vocabulary=BOOKS):
    return assemble(vocabulary, (), readings, Expected("lab", HERE, frozenset(sources), grants=("g",)), grant, now)


def listed(facts, name, vocabulary=BOOKS):
    """The items of a list by id, each as its facts' values by name; none and unread as they are."""
    place, collection = vocabulary.collections[name]
    items = facts.values[place]
    if not isinstance(items, tuple):
        return items
    return {
        item.id: {fact.name: value for fact, value in zip(collection.facts, item.values, strict=True)}
        for item in items
    }


def declared(at=NOW, **said):
    """What an accounts file says: ``projects={"thesis": {"owner": "pi"}}``."""
    return Reading("declared", at, facts_of(said))


def facts_of(lists):
    said = {}
    for name, items in lists.items():
        said[name] = tuple(items)
        said |= {
            item_fact(name, item, fact): value for item, facts in items.items() for fact, value in facts.items()
        }
    return said


def polled(at=NOW, spends=None, source="openai", costs=None, **said):
    in_days = {name: Costs.by_day("USD", days) for name, days in (spends or {}).items()}
    return Reading(source, at, facts_of(said), costs=costs, spends=in_days)


def recorded(at=NOW, **said):
    """What people recorded: ``{"papers/a/submitted_on": …}``, of the account."""
    return Reading("recorded", at, {name.replace("__", "/"): value for name, value in said.items()})


# -- names ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("item", ["thesis-7", "a/b", "org/proj/1", "x.y"])
def test_the_name_of_an_item_s_fact_can_be_taken_apart_again(item):
    assert split_item_fact(item_fact("projects", item, "owner")) == ("projects", item, "owner")


@pytest.mark.parametrize("name", ["credits_left", "projects/thesis-7", "/x", ""])
def test_what_is_no_fact_of_an_item_has_no_parts(name):
    assert split_item_fact(name) == ("", "", "")


@pytest.mark.parametrize(
    ("kind", "one", "told"),
    [
        (Kind.MONEY, "an amount", True),
        (Kind.DATE, "a date", True),
        (Kind.ITEMS, "a list of items", False),
        (Kind.COSTS, "a series of costs", False),
        (Kind.LABELS, "a set of labels", False),
        (Kind.MOMENTS, "a row of moments", False),
    ],
)
def test_a_kind_says_whether_people_can_say_it(kind, one, told):
    assert (kind.one, kind.is_told) == (one, told)


# -- who knows an item ----------------------------------------------------------------------------------------


def test_an_item_has_what_the_file_says_of_it_and_a_name_in_any_case():
    thesis = {"owner": "pi", "monthly_budget": Money(50_000_000, "EUR")}
    items = listed(laid_out(declared(projects={"thesis": thesis, "spare": {}})), "projects")

    assert list(items) == ["thesis", "spare"]
    assert {name: value for name, value in items["thesis"].items() if value is not None} == {
        "name": "thesis",
        "owner": "pi",
        "monthly_budget": 55_000_000,
    }
    assert items["spare"]["owner"] is None


def test_where_nobody_speaks_of_a_list_the_polled_ones_are_none_and_the_others_empty():
    facts = laid_out()

    assert [listed(facts, name) for name in ("members", "keys", "models")] == [None] * 3
    assert [listed(facts, name) for name in ("projects", "papers", "batches", "letters")] == [{}] * 4
    assert listed(facts, "granted_models") is None


def test_a_polled_list_is_unread_while_a_source_never_answered_and_the_others_are_empty():
    facts = laid_out(sources=["openai"])

    assert [listed(facts, name) for name in ("members", "keys", "models")] == [UNREAD] * 3
    assert listed(facts, "papers") == {}


def test_a_source_that_answered_and_named_nothing_leaves_none():
    facts = laid_out(polled(members={}), sources=["openai"])

    assert listed(facts, "members") == {}
    assert listed(facts, "keys") is None


def test_a_polled_list_counts_until_its_age_and_is_then_unread():
    reading = polled(members={"m1": {"name": "A"}})
    last = NOW + POLLED_COUNTS_FOR

    assert laid_out(reading).fresh_until == last
    assert list(listed(laid_out(reading, now=last - 1), "members")) == ["m1"]
    assert listed(laid_out(reading, now=last), "members") is UNREAD


def test_what_the_file_declares_does_not_grow_stale():
    facts = laid_out(declared(at=NOW - 5_000 * DAY, projects={"old": {"owner": "pi"}}))

    assert listed(facts, "projects")["old"]["owner"] == "pi"
    assert facts.fresh_until == FOREVER


def test_a_declared_list_that_is_polled_too_counts_as_long_as_both_do():
    file, provider = declared(projects={"mine": {}}), polled(at=NOW - DAY, projects={"p_1": {"name": "Theirs"}})
    last = NOW - DAY + POLLED_COUNTS_FOR

    assert list(listed(laid_out(file, provider), "projects")) == ["mine", "p_1"]
    assert listed(laid_out(file, provider, now=last), "projects") is UNREAD


def test_what_the_service_says_of_itself_holds_until_it_says_something_else():
    words = Vocabulary(SERVICE)
    reading = Reading("service", NOW - 30 * DAY, facts_of({"destinations": {"slack:#a": {"waiting": 3}}}))
    facts = laid_out(reading, vocabulary=words)

    assert listed(facts, "destinations", words)["slack:#a"]["waiting"] == 3
    assert facts.fresh_until == FOREVER


def test_what_is_said_of_a_list_that_this_vocabulary_does_not_know_is_passed_over():
    facts = laid_out(declared(projects={"thesis": {"owner": "pi"}}), vocabulary=Vocabulary(SERVICE))

    assert facts.values == laid_out(vocabulary=Vocabulary(SERVICE)).values


def test_a_list_that_is_no_list_of_ids_is_empty():
    assert listed(laid_out(Reading("openai", NOW, {"members": None})), "members") == {}


# -- the same item from several sides -------------------------------------------------------------------------


def test_an_item_that_the_file_calls_by_the_provider_s_id_is_one():
    file = declared(projects={"p_1": {"owner": "pi"}})
    provider = polled(projects={"p_1": {"name": "Thesis"}, "p_2": {"name": "Other"}})
    items = listed(laid_out(file, provider), "projects")

    assert list(items) == ["p_1", "p_2"]
    assert (items["p_1"]["name"], items["p_1"]["owner"]) == ("Thesis", "pi")


def test_an_item_that_the_file_calls_by_the_provider_s_name_is_one_under_the_file_s_name():
    file = declared(projects={"thesis-7": {"owner": "pi"}})
    provider = polled(
        projects={"p_1": {"name": "thesis-7"}, "p_2": {"name": "Other"}, "p_3": {}},
        spends={"projects/p_1": {day("2026-11-21"): 7}, "projects/p_2": {day("2026-11-21"): 9}},
    )

    for readings in ([file, provider], [provider, file]):
        items = listed(laid_out(*readings), "projects")
        assert sorted(items) == ["p_2", "p_3", "thesis-7"]
        assert (items["thesis-7"]["owner"], items["thesis-7"]["costs"].yesterday()) == ("pi", 7)


def test_of_two_observations_of_one_fact_the_newest_counts_whatever_it_calls_the_item():
    file = Reading(
        "declared",
        NOW,
        facts_of({"projects": {"thesis": {"owner": "file"}}}),
        since={"projects/thesis/owner": NOW - 9},
    )
    provider = polled(at=NOW - 5, projects={"p_1": {"name": "thesis", "owner": "provider"}})
    later = Reading("declared", NOW, facts_of({"projects": {"thesis": {"owner": "file"}}}))

    assert listed(laid_out(file, provider), "projects")["thesis"]["owner"] == "provider"
    assert listed(laid_out(later, provider), "projects")["thesis"]["owner"] == "file"


def test_an_item_knows_which_reading_each_of_its_facts_came_from():
    file = declared(projects={"p_1": {"owner": "pi"}})
    provider = polled(projects={"p_1": {"name": "Thesis"}})
    facts = laid_out(file, provider)
    place, collection = BOOKS.collections["projects"]
    (item,) = facts.values[place]
    record = facts.of("projects", item)
    places = {fact.name: len(BOOKS.facts) + at for at, fact in enumerate(collection.facts)}

    assert record.reading_of(places["owner"]) is file
    assert record.reading_of(places["name"]) is provider
    assert record.reading_of(places["monthly_budget"]) is None
    assert (record.scope, record.item, record.values[: len(BOOKS.facts)]) == ("projects", "p_1", facts.values)


def test_what_people_record_adds_to_items_and_makes_none():
    file = declared(papers={"one": {"title": "One"}})
    people = recorded(papers__one__submitted_on=date(2026, 11, 1), papers__two__submitted_on=date(2026, 11, 2))
    items = listed(laid_out(file, people), "papers")

    assert {name: each["submitted_on"] for name, each in items.items()} == {"one": day("2026-11-01")}


def test_a_paper_without_a_title_is_called_by_its_id():
    titles = listed(laid_out(declared(papers={"one": {}, "two": {"title": "Two"}})), "papers")

    assert [each["title"] for each in titles.values()] == ["one", "Two"]


@pytest.mark.parametrize(("sources", "value"), [([], None), (["openai"], UNREAD)])
def test_what_people_record_of_a_polled_list_does_not_make_it_known(sources, value):
    people = recorded(members__m1__name="Ada")

    assert listed(laid_out(people, sources=sources), "members") is value


def test_letters_that_a_vocabulary_does_not_know_are_passed_over():
    said = letters(letters__ask__sent_on=date(2026, 11, 1))

    assert laid_out(said, vocabulary=Vocabulary(SERVICE)).values == laid_out(vocabulary=Vocabulary(SERVICE)).values


def test_only_the_items_of_the_grant_asked_for_are_heard():
    both = Reading(
        "declared", NOW, {}, {"g": facts_of({"batches": {"1": {}}}), "h": facts_of({"batches": {"2": {}}})}
    )

    assert [list(listed(laid_out(both, grant=grant), "batches")) for grant in ("g", "h", "i")] == [
        ["1"],
        ["2"],
        [],
    ]


# -- pauses ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "now", "paused"),
    [
        ({}, "2026-11-22 12:00", None),
        ({"paused": True}, "2026-11-22 12:00", True),
        ({"paused": True, "paused_until": date(2026, 11, 30)}, "2026-11-30 23:59", True),
        ({"paused": True, "paused_until": date(2026, 11, 30)}, "2026-12-01 00:00", False),
        ({"paused_until": date(2026, 11, 30)}, "2026-11-22 12:00", True),
    ],
)
def test_a_project_rests_until_the_end_of_its_last_day(said, now, paused):
    at = moment(now, "Europe/Berlin")

    assert listed(laid_out(declared(projects={"p": said}), now=at), "projects")["p"]["paused"] is paused


def test_the_record_is_made_anew_when_a_project_s_pause_is_over():
    facts = laid_out(declared(projects={"p": {"paused": True, "paused_until": date(2026, 11, 30)}}))

    assert facts.fresh_until == moment("2026-12-01 00:00", "Europe/Berlin")


# -- costs of items -------------------------------------------------------------------------------------------

CLOSED_DAY = day("2026-11-21")


def test_an_item_without_costs_cost_nothing_where_the_source_tells_costs_by_item():
    provider = polled(projects={"p_1": {}, "p_2": {}}, members={"m": {}}, spends={"projects/p_1": {CLOSED_DAY: 5}})
    facts = laid_out(provider, sources=["openai"])
    costs = {name: each["costs"] for name, each in listed(facts, "projects").items()}

    assert costs["p_1"] == Spending(Costs.by_day("USD", {CLOSED_DAY: 5}), day("2026-11-22"))
    assert (costs["p_2"].last(28), costs["p_2"].day) == (0, day("2026-11-22"))
    assert listed(facts, "members")["m"]["costs"] is None  # nobody tells costs by member


def test_an_item_s_costs_are_unread_while_a_source_never_answered():
    assert listed(laid_out(declared(projects={"p": {}}), sources=["openai"]), "projects")["p"]["costs"] is UNREAD


def test_an_item_s_costs_count_until_their_age():
    provider = polled(spends={"projects/p": {CLOSED_DAY: 5}})
    file = declared(projects={"p": {}})
    last = NOW + POLLED_COUNTS_FOR

    assert laid_out(file, provider).fresh_until == last
    assert listed(laid_out(file, provider, now=last - 1), "projects")["p"]["costs"].yesterday() == 5
    assert listed(laid_out(file, provider, now=last), "projects")["p"]["costs"] is UNREAD


def test_items_that_the_file_means_by_their_names_have_each_their_own_costs():
    file = declared(projects={"one": {}, "two": {}})
    provider = polled(
        projects={"p_1": {"name": "one"}, "p_2": {"name": "two"}},
        spends={"projects/p_1": {CLOSED_DAY: 5}, "projects/p_2": {CLOSED_DAY: 8}},
    )
    items = listed(laid_out(file, provider), "projects")

    assert {name: each["costs"].yesterday() for name, each in items.items()} == {"one": 5, "two": 8}


def test_of_two_readings_with_costs_by_item_the_newest_counts():
    old = polled(at=NOW - DAY, source="a", spends={"projects/p": {CLOSED_DAY: 5}})
    new = polled(source="b", spends={"projects/p": {CLOSED_DAY: 8}})
    file = declared(projects={"p": {}})

    for readings in ([old, new], [new, old]):
        assert listed(laid_out(file, *readings), "projects")["p"]["costs"].yesterday() == 8


# -- letters --------------------------------------------------------------------------------------------------


def letters(**said):
    return Reading("recorded", NOW, {}, {"g": {name.replace("__", "/"): value for name, value in said.items()}})


def test_what_people_record_of_a_letter_makes_it_an_item():
    said = letters(letters__ask__sent_on=date(2026, 11, 1), letters__ask__sent_by="A", letters__more__to="x@y.edu")
    items = listed(laid_out(said), "letters")

    assert sorted(items) == ["ask", "more"]
    assert (items["ask"]["name"], items["ask"]["sent_on"], items["ask"]["sent_by"]) == (
        "ask",
        day("2026-11-01"),
        "A",
    )
    assert items["ask"]["answered_on"] is None


@pytest.mark.parametrize(
    ("answered", "counts"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True), (date(2026, 11, 9), True)]
)
def test_an_answer_that_came_before_the_letter_answered_an_earlier_one(answered, counts):
    said = letters(letters__ask__sent_on=date(2026, 11, 1), letters__ask__answered_on=answered)

    assert (listed(laid_out(said), "letters")["ask"]["answered_on"] is not None) is counts


def test_an_answer_without_a_day_of_sending_counts():
    said = letters(letters__ask__answered_on=date(2026, 11, 1))

    assert listed(laid_out(said), "letters")["ask"]["answered_on"] == day("2026-11-01")


# -- granted models -------------------------------------------------------------------------------------------


def granted(*names):
    return Reading("declared", NOW, {}, {"g": {"granted_models": names}})


def test_a_granted_model_is_visible_if_the_provider_shows_it():
    provider = polled(models={"gpt-5": {}, "m2": {"name": "o9", "visible": True}, "old": {"visible": False}})
    items = listed(laid_out(granted("gpt-5", "o9", "old", "new"), provider), "granted_models")

    assert {name: each["visible"] for name, each in items.items()} == {
        "gpt-5": True,
        "o9": True,
        "old": False,
        "new": False,
    }
    assert [each["name"] for each in items.values()] == ["gpt-5", "o9", "old", "new"]


@pytest.mark.parametrize(
    ("readings", "sources", "value"),
    [
        ([granted("gpt-5")], [], None),  # nobody tells which models there are
        ([granted("gpt-5")], ["openai"], UNREAD),
        ([polled(models={"gpt-5": {}})], [], None),  # the acceptance names none
        ([granted("gpt-5"), polled(at=NOW - POLLED_COUNTS_FOR, models={"gpt-5": {}})], [], UNREAD),
        ([granted("gpt-5"), polled(spends={"models/gpt-5": {DAY: 5}})], [], None),  # only billed
        ([granted("gpt-5"), polled(spends={"models/gpt-5": {DAY: 5}})], ["openai models"], UNREAD),
    ],
)
def test_whether_a_granted_model_is_visible_may_not_be_known(readings, sources, value):
    assert listed(laid_out(*readings, sources=sources), "granted_models") is value


def test_a_model_that_is_billed_is_one_of_the_models_also_where_no_list_names_it():
    spends = {"models/gpt-5-2026": {DAY: 5_000_000}, "models/o9": {DAY: 1_000_000}}
    items = listed(laid_out(polled(models={"o9": {"visible": True}}, spends=spends)), "models")
    assert [(name, each["visible"]) for name, each in items.items()] == [("o9", True), ("gpt-5-2026", None)]
    alone = listed(laid_out(polled(spends=spends)), "models")
    assert list(alone) == ["gpt-5-2026", "o9"]
    old = laid_out(polled(at=NOW - POLLED_COUNTS_FOR, spends=spends))
    assert listed(old, "models") is None


def test_who_was_billed_and_is_in_no_list_is_no_member():
    spends = {"members/u1": {DAY: 1_000_000}, "members/gone": {DAY: 1_000_000}}
    assert list(listed(laid_out(polled(members={"u1": {}}, spends=spends)), "members")) == ["u1"]


def test_what_is_polled_of_an_item_grows_old_although_its_list_is_read_again():
    old = polled(at=NOW - POLLED_COUNTS_FOR + 60, source="openai projects", projects={"p1": {"archived": False}})
    new = polled(projects={"p1": {}})
    facts = laid_out(old, new)
    assert listed(facts, "projects")["p1"]["archived"] is False
    assert facts.fresh_until == NOW + 60
    assert listed(laid_out(old, new, now=NOW + 60), "projects") is UNREAD


def test_the_models_of_the_acceptance_stand_there_as_texts_too():
    facts = laid_out(granted("a", "b"), polled(models={}))

    assert facts.values[BOOKS.places["granted_models"]] == ("a", "b")
    assert facts.values[BOOKS.places["granted_model_names"]] == ("a", "b")


# -- what else is known of an account -------------------------------------------------------------------------


def test_sources_that_cannot_be_read_are_facts():
    def said(*failing):
        facts = assemble(BOOKS, (), (), Expected("lab", HERE, unreadable=failing), "g", NOW)
        return [facts.values[BOOKS.places[name]] for name in ("unreadable_sources", "unreadable_because")]

    assert said() == [(), None]
    assert said(("openai", "the key is not valid"), ("other", "busy")) == [
        ("openai", "other"),
        "the key is not valid; busy",
    ]
    assert said(("openai keys", "busy"), ("openai members", "busy"))[1] == "busy"  # once is enough


@pytest.mark.parametrize("asked", [True, False])
def test_when_facts_were_observed_is_kept_only_for_those_who_ask(asked):
    people = Reading("recorded", NOW - 9, {}, {"g": {"credits_left": Money(1, "USD")}})
    facts = assemble(BOOKS, (), [people], Expected("lab", HERE, moments=asked), "g", NOW)
    observed = facts.values[BOOKS.places["observed"]]

    if not asked:
        assert observed is None
    else:
        assert observed[BOOKS.places["credits_left"]] == NOW - 9
        assert observed[BOOKS.places["credits_granted"]] == -1


def test_labels_and_the_currency_are_facts_of_the_account():
    facts = assemble(BOOKS, (), (), Expected("lab", HERE, labels={"team": "bio"}), "g", NOW)

    assert facts.values[BOOKS.places["labels"]] == {"team": "bio"}
    assert facts.values[BOOKS.places["currency"]] == "USD"


# -- laws -----------------------------------------------------------------------------------------------------

ids = st.sampled_from(["thesis", "p_1", "p_2"])
told = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(["thesis", "p_1", "Other"]),
        "owner": st.sampled_from(["pi", "team"]),
        "paused": st.booleans(),
        "paused_until": st.dates(date(2026, 11, 20), date(2026, 11, 25)),
    },
)
lists = st.dictionaries(ids, told, max_size=3)
spends = st.dictionaries(
    ids.map("projects/{}".format), st.dictionaries(st.integers(739_900, 739_940), st.integers(0, 9))
)


@given(lists, lists, spends, st.integers(0, 3 * DAY), st.integers(0, 3 * DAY))
def test_a_record_of_items_is_the_same_until_it_says_so_whatever_the_order(mine, theirs, spent, age, later):
    file = declared(at=NOW - 5 * DAY, projects=mine)
    provider = polled(at=NOW - age, projects=theirs, spends=spent)
    facts = laid_out(file, provider)
    until = min(NOW + later, facts.fresh_until - 1)

    assert laid_out(file, provider, now=until).values == facts.values
    one, other = (listed(laid_out(*each), "projects") for each in ([file, provider], [provider, file]))
    assert one == other or one is other


@given(lists, lists)
def test_no_item_is_lost_and_none_stands_twice(mine, theirs):
    facts = laid_out(declared(projects=mine), polled(projects=theirs))
    place, _ = BOOKS.collections["projects"]
    found = [item.id for item in facts.values[place]]
    merged = {item for item, said in theirs.items() if item not in mine and said.get("name") in mine}

    assert len(found) == len(set(found))
    assert set(found) == (set(mine) | set(theirs)) - merged


def test_nobody_is_the_origin_of_what_is_derived():
    facts = laid_out(granted("a"), polled(models={"a": {}}))
    place, _ = BOOKS.collections["granted_models"]

    assert facts.values[place][0].origins == bytes([NOBODY, NOBODY])
    assert {fact.owner for fact in BOOKS.collections["granted_models"][1].facts} == {Owner.DERIVED}
