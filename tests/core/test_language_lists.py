"""What an expression can ask of lists, labels, costs and observations: its type, and how a mistake is answered."""

import pytest

from notifier.core.calendar import DAYS, Duration
from notifier.core.language.grammar import LanguageError
from notifier.core.language.types import Node, recurring, understand
from notifier.core.vocabulary import BUILT_IN, SERVICE, Kind, Vocabulary
from tests.core.helpers import SMALL

BOOKS = Vocabulary(BUILT_IN)
PROJECT = BOOKS.scoped("projects")
ANY = tuple(Kind)
LISTS = ", ".join(f"`{name}`" for name in BOOKS.collections)
WINDOWS = "`last 30 days`, `this month`, `yesterday` or `since <date>`"


def place(name, vocabulary=BOOKS):
    return vocabulary.places[name]


def mistake(text, *kinds, vocabulary=BOOKS):
    with pytest.raises(LanguageError) as refused:
        understand(text, vocabulary, *kinds)
    return refused.value.why, refused.value.offset


# -- lists ----------------------------------------------------------------------------------------------------


def test_any_is_a_yes_or_no_about_the_items_of_a_list():
    node = understand("any(members, member.is_service_account)", BOOKS)

    assert (node.op, node.kind) == ("any of", Kind.YESNO)
    assert node.value == (place("members"), len(BUILT_IN))
    (asked,) = node.args
    assert asked.args[0].value == place("member.is_service_account", BOOKS.scoped("members"))


def test_count_is_a_number():
    assert understand("count(keys, key.last_used_on < 2026-01-01) > 3", BOOKS).args[0].kind is Kind.NUMBER


@pytest.mark.parametrize("name", ["any", "count"])
def test_without_a_question_every_item_is_meant(name):
    assert understand(f"{name}(members)", BOOKS, *ANY).args == (Node("literal", Kind.YESNO, value=True),)


def test_inside_a_list_the_facts_of_the_account_keep_their_names():
    (asked,) = understand("any(batches, batch.amount > credits_requested)", BOOKS).args

    assert [arg.value for arg in asked.args] == [
        place("batch.amount", BOOKS.scoped("batches")),
        place("credits_requested"),
    ]


def test_any_bare_fact_of_an_item_is_a_question():
    (asked,) = understand("count(papers, paper.published_on) == 0", BOOKS).args[0].args

    assert (asked.op, asked.kind) == ("truth", Kind.YESNO)


def test_an_item_s_facts_have_no_meaning_outside_its_list():
    why, offset = mistake("any(members, member.name == 'x') and member.added_on")

    assert why.startswith("there is no fact `member.added_on`")
    assert offset == 37


def test_a_rule_judged_for_items_names_their_facts_and_may_look_at_other_lists():
    node = understand("any(members, member.name == project.owner)", PROJECT)

    assert node.value == (place("members"), len(PROJECT.facts))
    assert [arg.value for arg in node.args[0].args] == [
        len(PROJECT.facts),  # the member's name comes after the project's facts
        place("project.owner", PROJECT),
    ]


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("any(members2, yes)", "there is no list `members2`; did you mean `members`?", 4),
        ("not any(crowd)", f"there is no list `crowd`; there are {LISTS}", 8),
        ("any()", "it is `any(list, yes or no)`, such as `any(members, …)`", 0),
        ("yes and count(3)", "it is `count(list, yes or no)`, such as `count(members, …)`", 8),
        ("any(members, yes, no)", "it is `any(list, yes or no)`, such as `any(members, …)`", 0),
        ("any(last 3 days)", "it is `any(list, yes or no)`, such as `any(members, …)`", 0),
        (
            "any(members, member.nam == 'x')",
            "there is no fact `member.nam`; did you mean `member.name`?",
            13,
        ),
        ("any(members, member.name > 'x')", "a text has no order; compare it with == or !=", 13),
        ("any(models, model.visible == 3)", "a yes or no cannot be compared with a number", 12),
    ],
)
def test_a_mistake_in_a_list_is_answered_with_its_place(text, why, offset):
    assert mistake(text) == (why, offset)


def test_a_list_itself_is_no_value_but_says_whether_it_has_items():
    assert understand("members", BOOKS).op == "truth"
    assert mistake("members == 3", Kind.YESNO)[0] == "a list of items cannot be compared with a number"


# -- costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("spend(last 30 days)", (place("costs"), "last", 30)),
        ("spend(last 4 weeks)", (place("costs"), "last", 28)),
        ("spend(this month)", (place("costs"), "month", None)),
        ("spend(yesterday)", (place("costs"), "yesterday", None)),
        ("spend(since accepted_on)", (place("costs"), "since", None)),
        ("project.spend(this month)", (place("project.costs", PROJECT), "month", None)),
    ],
)
def test_a_window_of_costs_is_an_amount(text, value):
    node = understand(text, PROJECT, Kind.MONEY)

    assert (node.op, node.value) == ("spent", value)
    assert [arg.value for arg in node.args] == ([place("accepted_on")] if "since" in text else [])


def test_a_window_may_begin_at_any_date():
    (since,) = understand("spend(since 2 weeks before accepted_on)", BOOKS, Kind.MONEY).args

    assert since.op == "moved"


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("spend(30 days)", f"it is `spend(…)` with {WINDOWS}", 0),
        ("2 + spend()", f"it is `spend(…)` with {WINDOWS}", 4),
        ("spend(yesterday, yesterday)", f"it is `spend(…)` with {WINDOWS}", 0),
        ("spend(last 2 months)", "costs come by the day: `last 30 days`, `last 4 weeks`", 0),
        ("spend(last 5 working days)", "costs come by the day: `last 30 days`, `last 4 weeks`", 0),
        ("spend(since credits_left)", "`since` is followed by a date; this is an amount", 0),
        ("spend(since acepted_on)", "there is no fact `acepted_on`; did you mean `accepted_on`?", 12),
        ("1 + grant.spend(yesterday)", "nobody tells what `grant` spends", 4),
        ("paper.spend(yesterday)", "nobody tells what `paper` spends", 0),
        ("account.spending(yesterday)", "there is no function `account.spending(…)`; there are {}", 0),
    ],
)  # fmt: skip
def test_a_mistake_in_a_window_is_answered_with_its_place(text, why, offset):
    known = "`earliest of`, `latest of`, `any(…)`, `count(…)`, `spend(…)`, `read_on(…)`"

    assert mistake(text, *ANY) == (why.format(known), offset)


def test_a_window_stands_nowhere_but_in_spend():
    assert mistake("read_on(yesterday)", *ANY)[0].startswith("it is `read_on(fact)`")
    assert mistake("any(members, since accepted_on)", *ANY) == (
        f"{WINDOWS} stands in `spend(…)` alone",
        13,
    )


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("costs", "`costs` is a series of costs: ask with `spend(…)`", 0),
        ("yes and labels", "`labels` is a set of labels: ask with its name, `labels.team`", 8),
        ("read_on(observed)", "`observed` is a row of moments: ask with `read_on(…)`", 8),
        ("project.costs", "`project.costs` is a series of costs: ask with `spend(…)`", 0),
    ],
)
def test_what_is_no_value_by_itself_is_refused_with_how_to_ask(text, why, offset):
    assert mistake(text, *ANY, vocabulary=PROJECT) == (why, offset)


# -- labels, observations -------------------------------------------------------------------------------------


def test_a_label_is_a_text_whatever_it_is_called():
    node = understand("labels.cost_centre == 'b'", BOOKS).args[0]

    assert (node.op, node.kind, node.value) == ("label", Kind.TEXT, (place("labels"), "cost_centre"))


def test_where_the_vocabulary_has_no_labels_there_are_none():
    with pytest.raises(LanguageError, match=r"there is no fact `labels\.tier`"):
        understand("labels.tier", SMALL)


@pytest.mark.parametrize("name", ["credits_left", "grant.credits_left", "organization"])
def test_read_on_is_the_day_on_which_a_fact_was_observed(name):
    node = understand(f"read_on({name})", BOOKS, Kind.DATE)

    assert node.value == (BOOKS.place(name), place("observed"))


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("read_on()", "it is `read_on(fact)`, such as `read_on(credits_left)`", 0),
        ("read_on(3 weeks)", "it is `read_on(fact)`, such as `read_on(credits_left)`", 0),
        ("read_on(credits_left, pi_name)", "it is `read_on(fact)`, such as `read_on(credits_left)`", 0),
        ("read_on(credit_left)", "there is no fact `credit_left`; did you mean `credits_left`?", 8),
        ("read_on(yes)", "`read_on` asks when a fact of the grant or the account was observed", 0),
        ("read_on(labels.tier)", "`read_on` asks when a fact of the grant or the account was observed", 0),
        ("read_on(project.owner)", "`read_on` asks when a fact of the grant or the account was observed", 0),
    ],
)
def test_a_mistake_in_read_on_is_answered_with_its_place(text, why, offset):
    assert mistake(text, Kind.DATE, vocabulary=PROJECT) == (why, offset)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("read_on(credits_left)", True),
        ("2 weeks after read_on(credits_left)", True),
        ("any(members, member.added_on > read_on(credits_left))", True),
        ("latest of accepted_on, credits_granted_on", False),
        ("spend(since accepted_on)", False),
    ],
)
def test_an_expression_says_whether_it_asks_when_something_was_observed(text, asks):
    assert understand(text, BOOKS, *ANY).asks_when is asks


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("accepted_on", ["accepted_on"]),
        ("labels.tier == 'b'", ["labels"]),
        ("read_on(credits_left)", ["credits_left"]),
        ("spend(since accepted_on)", ["costs", "accepted_on"]),
        ("spend(yesterday) > credits_left", ["costs", "credits_left"]),
        ("any(batches, batch.amount > credits_requested)", ["batches", "credits_requested"]),
        ("count(members)", ["members"]),
        ("(pi_name == 'x') and not organization", ["pi_name", "organization"]),
    ],
)
def test_an_expression_names_the_facts_that_decide_it_but_not_those_of_items(text, names):
    places = understand(text, BOOKS, *ANY).places()

    assert [BOOKS.facts[each].name for each in places] == names


# -- dates that come again ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "every"),
    [
        ("every 3 months after accepted_on", Duration(3, "months")),
        ("every 2 weeks after 3 days before accepted_on", Duration(14, DAYS)),
        ("every 1 year after latest of accepted_on, credits_granted_on", Duration(12, "months")),
    ],
)
def test_a_date_that_repeats_has_a_length_and_a_beginning(text, every):
    length, start = recurring(text, BOOKS)

    assert (length, start.kind) == (every, Kind.DATE)


WRITTEN = "a date that repeats is written `every 3 months after accepted_on`, and nothing else"
FOLLOWED = "`every` is followed by days, weeks or months: `every 3 months after accepted_on`"


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("accepted_on", WRITTEN, 0),
        ("earliest of accepted_on, every 3 months after accepted_on", WRITTEN, 0),
        ("every 5 working days after accepted_on", FOLLOWED, 0),
        ("every 0 days after accepted_on", FOLLOWED, 0),
        ("every credits_left after accepted_on", FOLLOWED, 0),
        ("every 3 months after credits_left", "`every … after` counts from a date; this is an amount", 0),
        ("every 3 months after accepted", "there is no fact `accepted`; did you mean `accepted_on`?", 21),
    ],
)
def test_a_date_that_repeats_is_refused_with_its_form(text, why, offset):
    with pytest.raises(LanguageError) as refused:
        recurring(text, BOOKS)

    assert (refused.value.why, refused.value.offset) == (why, offset)


def test_nothing_can_be_made_of_a_date_that_repeats():
    why, offset = mistake("earliest of accepted_on, every 3 months after accepted_on", Kind.DATE)

    assert why == "`every … after <date>` is a deadline of its own; nothing else can be made of it"
    assert offset == 25


# -- the vocabulary of items ----------------------------------------------------------------------------------


def test_a_scope_is_made_once_and_adds_the_item_s_facts_behind_all_others():
    assert BOOKS.scoped("projects") is PROJECT
    assert BOOKS.scoped("") is BOOKS
    assert PROJECT.facts[: len(BUILT_IN)] == BUILT_IN
    assert {fact.name.partition(".")[0] for fact in PROJECT.facts[len(BUILT_IN) :]} == {"project"}


def test_a_scoped_record_is_asked_for_the_same_polled_facts():
    assert BOOKS.scoped("members").polled == BOOKS.polled


def test_the_service_knows_its_own_lists_only():
    assert list(Vocabulary(SERVICE).collections) == ["destinations", "providers"]


@pytest.mark.parametrize(
    ("name", "there"),
    [
        ("grant.renewed_by", True),
        ("account.renewed_by", False),
        ("account.organization", True),
        ("grant.organization", False),
        ("account.credits_left", True),
        ("account.nothing", False),
    ],
)
def test_a_prefix_has_to_fit_its_fact(name, there):
    assert (BOOKS.place(name) is not None) is there
