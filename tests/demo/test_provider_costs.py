"""Costs are grouped, filtered, turned page by page and corrected afterwards, as the public document says."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.demo.provider import Credit, Share
from notifier.demo.provider.books import dealt, left_of
from tests.demo.asking import STARTED, TODAY, complaint, costs, days, laboratory, midnight, rows, started

ONE_DAY = ("limit", "1")


@pytest.fixture(scope="module")
def provider():
    with started() as provider:
        yield provider


def grouped(provider, *names):
    return costs(provider, ONE_DAY, *(("group_by", name) for name in names)).json()


def test_costs_are_grouped_by_what_is_asked_for_and_by_nothing_else(provider):
    assert rows(grouped(provider)) == [[(10,)]]
    assert rows(grouped(provider, "project_id")) == [[("proj_thesis", 6), ("proj_course", 4)]]
    assert rows(grouped(provider, "line_item", "project_id", "api_key_id")) == [
        [
            ("proj_thesis", "gpt-5, input", "key_thesis", 5),
            ("proj_thesis", "gpt-5, output", "key_service", 1),
            ("proj_course", "web search", "key_course", 4),
        ]
    ]


def test_users_are_told_only_where_they_are_asked_for(provider):
    by_user = grouped(provider, "user_id")["data"][0]["results"]

    assert [(row["user_id"], row["amount"]["value"]) for row in by_user] == [
        ("user_bo", 5),
        (None, 1),
        ("user_ada", 4),
    ]
    assert "user_id" not in grouped(provider, "project_id")["data"][0]["results"][0]


def test_line_items_have_quantities_and_others_have_none(provider):
    items = {row["line_item"]: row for row in grouped(provider, "line_item")["data"][0]["results"]}

    assert (items["gpt-5, input"]["quantity"], items["gpt-5, input"]["quantity_unit"]) == (5000, "tokens")
    assert (items["web search"]["quantity"], items["web search"]["quantity_unit"]) == (None, None)
    assert {row["quantity"] for row in grouped(provider, "project_id")["data"][0]["results"]} == {None}


@pytest.mark.parametrize(
    "spelling",
    [
        [("group_by", "project_id"), ("group_by", "line_item")],
        [("group_by[]", "project_id"), ("group_by[]", "line_item")],
        [("group_by", "project_id,line_item")],
    ],
    ids=["repeated", "brackets", "commas"],
)
def test_lists_may_be_spelled_in_three_ways(provider, spelling):
    assert rows(costs(provider, ONE_DAY, *spelling).json()) == rows(grouped(provider, "project_id", "line_item"))


@pytest.mark.parametrize(
    ("wanted", "amount"),
    [
        ([("project_ids", "proj_thesis")], 6),
        ([("project_ids", "proj_thesis"), ("project_ids", "proj_course")], 10),
        ([("line_items[]", "gpt-5, input")], 5),
        ([("line_items", "gpt-5, input"), ("line_items", "web search")], 9),
        ([("project_ids", "proj_thesis,proj_course")], 10),
        ([("api_key_ids", "key_course")], 4),
        ([("project_ids", "proj_thesis"), ("api_key_ids", "key_course")], None),
        ([("line_items", "web search")], 4),
    ],
)
def test_costs_may_be_asked_of_some_only(provider, wanted, amount):
    assert rows(costs(provider, ONE_DAY, *wanted).json()) == [[] if amount is None else [(amount,)]]


def test_what_cannot_be_grouped_by_is_refused(provider):
    assert complaint(costs(provider, ("group_by", "colour")))[0] == 400


def test_every_page_says_where_the_next_one_is_and_the_last_that_there_is_none(provider):
    question, seen, cursor = (("group_by", "project_id"), ("limit", "3")), [], []
    while True:
        page = costs(provider, *question, *cursor).json()
        seen += [bucket["start_time"] for bucket in page["data"]]
        if not page["has_more"]:
            break
        cursor = [("page", page["next_page"])]

    assert seen == [midnight(STARTED + timedelta(number)) for number in range(8)]
    assert page["next_page"] is None


def test_an_end_to_come_is_as_good_as_none(provider):
    page = costs(provider, ("end_time", str(midnight(days(30)))), ("limit", "180")).json()

    assert (page["data"][-1]["start_time"], page["has_more"]) == (midnight(TODAY), False)


def test_a_line_item_in_several_units_has_no_quantity():
    units = [Share(1, line_item="mixed", per_dollar=Decimal(9), unit=unit) for unit in ("tokens", "images")]
    with started([laboratory(shares=tuple(units))]) as provider:
        row = grouped(provider, "line_item")["data"][0]["results"][0]

    assert (row["quantity"], row["quantity_unit"]) == (None, None)


def test_costs_that_cancel_each_other_out_are_no_row():
    laboratory_ = laboratory(daily=lambda _: Decimal(0))
    for project, amount in (("proj_a", 3), ("proj_b", -3)):
        laboratory_.correct(STARTED, project, None, Decimal(amount))
    with started([laboratory_]) as provider:
        assert rows(grouped(provider)) == [[]]
        assert rows(grouped(provider, "project_id")) == [[("proj_a", 3), ("proj_b", -3)]]


def test_a_cursor_is_refused_when_the_groups_are_others(provider):
    cursor = ("page", costs(provider, ("group_by", "project_id"), ONE_DAY).json()["next_page"])

    assert complaint(costs(provider, ("group_by", "line_item"), ONE_DAY, cursor)) == (
        400,
        "invalid_request_error",
        "The page token is invalid, have you modified the query parameters?",
    )


def test_a_correction_takes_the_place_of_what_was_told_of_that_day_project_and_line_item():
    laboratory_ = laboratory()
    with started([laboratory_]) as provider:
        laboratory_.correct(STARTED, "proj_thesis", "gpt-5, input", Decimal("2.5"))
        first, second = rows(costs(provider, ("limit", "2"), ("group_by", "line_item")).json())

    assert first == [("gpt-5, output", 1), ("web search", 4), ("gpt-5, input", 2.5)]
    assert second == [("gpt-5, input", 5), ("gpt-5, output", 1), ("web search", 4)]


def test_a_correction_keeps_the_key_and_the_user_and_may_add_what_was_not_there():
    laboratory_ = laboratory()
    laboratory_.correct(STARTED, "proj_thesis", "gpt-5, input", Decimal(2))
    laboratory_.correct(STARTED, "proj_new", None, Decimal(-1), api_key="key_x")
    charges = laboratory_.charges_on(STARTED)[-2:]

    assert [(each.api_key_id, each.user_id, each.amount) for each in charges] == [
        ("key_thesis", "user_bo", 2),
        ("key_x", None, -1),
    ]


def test_a_scheduled_correction_is_seen_from_its_day_on_and_the_last_one_holds():
    laboratory_, calendar = laboratory(), [TODAY]
    laboratory_.correct(STARTED, "proj_course", "web search", Decimal(1), seen_from=days(1))
    laboratory_.correct(STARTED, "proj_course", "web search", Decimal(3), seen_from=days(2))
    seen = []
    with started([laboratory_], lambda: calendar[0]) as provider:
        for _ in range(3):
            seen += rows(costs(provider, ONE_DAY, ("project_ids", "proj_course")).json())
            calendar[0] += timedelta(1)

    assert seen == [[(4,)], [(1,)], [(3,)]]
    assert laboratory_.cost_on(STARTED) == 9


@given(
    st.decimals(-1000, 1000, places=6),
    st.lists(st.integers(1, 9), max_size=5),
)
@settings(max_examples=50, deadline=None)
def test_what_is_dealt_out_sums_to_the_total(total, weights):
    shares = [Share(weight, f"proj_{number}") for number, weight in enumerate(weights)]

    assert total == sum(charge.amount for charge in dealt(total, shares, TODAY))


def test_a_share_begins_on_its_day():
    shares = [Share(1, "proj_a"), Share(1, "proj_b", since=TODAY)]

    assert [each.project_id for each in dealt(Decimal(4), shares, days(-1))] == ["proj_a"]
    assert [each.amount for each in dealt(Decimal(4), shares, TODAY)] == [2, 2]


def ten(_):
    return Decimal(10)


@pytest.mark.parametrize(
    ("granted", "left"),
    [
        ((), 0),
        ((Credit(Decimal(100), STARTED),), 20),
        ((Credit(Decimal(100), days(-2)),), 70),
        ((Credit(Decimal(100), days(1)),), 0),
        ((Credit(Decimal(50), STARTED),), 0),
        ((Credit(Decimal(100), STARTED, TODAY),), 0),
        ((Credit(Decimal(100), STARTED, days(1)),), 20),
        ((Credit(Decimal(100), STARTED), Credit(Decimal(40), STARTED, days(9))), 60),
        ((Credit(Decimal(100), STARTED), Credit(Decimal(40), STARTED, days(-2))), 60),
    ],
    ids=[
        "none",
        "eight days of ten",
        "granted two days ago",
        "granted tomorrow",
        "used up",
        "expired today",
        "expires tomorrow",
        "two together",
        "the one that expired paid first",
    ],
)
def test_what_is_left_follows_from_what_was_granted_and_the_costs(granted, left):
    assert left_of(granted, ten, TODAY) == left
