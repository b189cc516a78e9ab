"""Costs are read whole and exactly, page by page, or they are not read at all."""

import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.facts import Costs
from notifier.core.money import MICRO, Money
from tests.sources.openai_bench import (
    A_DAY,
    GROUPS,
    LOST,
    NOW,
    TODAY,
    Script,
    bucket,
    by_day,
    days,
    error,
    midnight,
    page,
    read,
    row,
    why_not,
)


def test_a_reading_has_costs_by_day_and_the_last_day_with_costs():
    reading = read(Script(page(bucket(days(2), 0.06), bucket(days(1), 12.5), bucket(TODAY))))

    assert (reading.source, reading.at) == ("openai", NOW)
    assert by_day(reading.costs) == {days(2): 60_000, days(1): 12_500_000, TODAY: 0}
    assert reading.account == {"last_spend_on": days(1), "last_refund_on": None}
    assert (reading.costs.currency, reading.spends) == ("USD", {})


def test_what_was_spent_today_counts_as_far_as_the_day_has_gone():
    reading = read(Script(page(bucket(TODAY, 3))))

    assert reading.costs.since(TODAY.toordinal()) == Money(3_000_000, "USD")
    assert reading.account["last_spend_on"] == TODAY


def test_an_organization_that_never_spent_has_no_last_day():
    reading = read(Script(page(bucket(TODAY))))

    assert reading.account == {"last_spend_on": None, "last_refund_on": None}
    assert by_day(reading.costs) == {TODAY: 0}


def test_an_empty_organization_is_read_and_has_nothing():
    reading = read(Script(page()))

    assert (reading.costs, reading.spends) == (Costs("USD", (), ()), {})


@pytest.mark.parametrize(
    ("written", "micro"),
    [
        ("12.50", 12_500_000),
        ('"12.50"', 12_500_000),
        ("7", 7_000_000),
        ("0E-6176", 0),
        ('"0E-6176"', 0),
        ("-2.5", -2_500_000),
        ("null", 0),
        ("0.728766000000000000000000000001", 728_766),
        ("1e-400", 0),
        ("1e3", 1_000_000_000),
    ],
)
def test_an_amount_is_read_exactly_however_it_is_written(written, micro):
    body = json.dumps(page(bucket(TODAY, "AMOUNT"))).replace('"AMOUNT"', written)

    assert by_day(read(Script((200, body))).costs) == {TODAY: micro}


@pytest.mark.parametrize(
    "written",
    ["NaN", '"NaN"', '"sNaN"', "Infinity", "-Infinity", '"inf"', '"much"', "true", "[]", "1e10", "1e999999"],
)
def test_an_amount_that_is_none_spoils_the_whole_reading(written):
    body = json.dumps(page(bucket(days(1), 5), bucket(TODAY, "AMOUNT"))).replace('"AMOUNT"', written)

    assert "is not as documented" in why_not(Script((200, body))).why


def test_the_rows_of_a_day_add_up_and_a_row_without_amount_adds_nothing():
    day = bucket(TODAY, 0.1, 0.2, "0.3")
    day["results"] += [
        {"object": "organization.costs.result"},
        {"object": "organization.costs.result", "amount": {}},
        {"object": "organization.costs.result", "amount": None, "project_id": "proj"},
    ]

    assert by_day(read(Script(page(day))).costs) == {TODAY: 600_000}


def test_unknown_fields_are_left_aside():
    day = bucket(TODAY, 1) | {"start_time_iso": "2024-06-03T00:00:00Z"}

    assert by_day(read(Script(page(day) | {"new": {}})).costs) == {TODAY: 1_000_000}


def test_a_refund_lowers_what_was_spent():
    reading = read(Script(page(bucket(days(1), 5), bucket(TODAY, -2))))

    assert reading.costs.totals == (5_000_000, 3_000_000)


def test_two_currencies_are_not_added_up():
    why = why_not(Script(page(bucket(days(1), 5), bucket(TODAY, 5, currency="eur")))).why

    assert why == "OpenAI reports costs in several currencies (EUR, USD), which cannot be added up."


def test_another_currency_is_kept():
    assert read(Script(page(bucket(TODAY, 5, currency="eur")))).costs.since(0) == Money(5_000_000, "EUR")


def test_each_row_is_rounded_once_so_that_everything_adds_up():
    half = "0.0000004"
    same = [row(half, project_id="a", line_item="x"), row(half, project_id="a", line_item="x")]
    other = [row(half, project_id="b", line_item="x"), row(half, project_id="b", line_item="y")]
    reading = read(Script(page(bucket(TODAY, *same, *other))))

    assert by_day(reading.costs) == {TODAY: 1}
    assert {item: by_day(costs) for item, costs in reading.spends.items()} == {"projects/a": {TODAY: 1}}


def test_dust_is_not_lost_beside_a_large_amount():
    large, dust = "999999999.0000005", "0.0000000000000000000000001"

    assert read(Script(page(bucket(TODAY, large, dust)))).costs.totals == (999_999_999_000_001,)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.decimals(-1000, 1000, places=12)), max_size=8
    )
)
def test_projects_add_up_to_the_account_to_the_last_micro_unit(rows):
    results = [row(format(value, "f"), project_id=who, line_item=line) for who, line, value in rows]
    reading = read(Script(page(bucket(TODAY, *results))))

    assert reading.costs.total() == sum(costs.total() for costs in reading.spends.values())
    assert abs(reading.costs.total() - sum(value for *_, value in rows) * MICRO) <= len(rows) / 2


def test_the_default_span_is_asked_for_in_windows_of_at_most_180_days():
    script = Script()
    read(script, days_back=400)
    starts = [TODAY - timedelta(400), TODAY - timedelta(220), TODAY - timedelta(40)]

    assert script.groups == [GROUPS] * 3
    assert [
        {"start_time": str(midnight(start)), "bucket_width": "1d", "limit": "180"} | end
        for start, end in zip(
            starts,
            [{"end_time": str(midnight(starts[1]))}, {"end_time": str(midnight(starts[2]))}, {}],
            strict=True,
        )
    ] == script.asked


@pytest.mark.parametrize(("days_back", "windows"), [(0, 1), (178, 1), (179, 1), (180, 2), (359, 2), (360, 3)])
def test_no_day_is_asked_for_twice_or_left_out(days_back, windows):
    script = Script()
    read(script, days_back=days_back)

    assert windows == len(script.asked)
    ends = [int(query.get("end_time", midnight(TODAY) + A_DAY)) for query in script.asked]
    starts = [int(query["start_time"]) for query in script.asked]
    assert starts == [midnight(TODAY - timedelta(days_back)), *ends[:-1]]
    assert ends[-1] == midnight(TODAY) + A_DAY
    assert all(0 < end - start <= 180 * A_DAY for start, end in zip(starts, ends, strict=True))


@pytest.mark.parametrize("days_back", [10, 179])
def test_a_day_that_begins_while_we_ask_counts(days_back):
    reading = read(Script(page(bucket(TODAY, 1), bucket(TODAY + timedelta(1), 2))), days_back=days_back)

    assert reading.costs.totals == (1_000_000, 3_000_000)


def test_each_page_repeats_the_whole_question():
    script = Script(
        page(bucket(days(2), 1), then="a"),
        page(bucket(days(1), 2), then="b"),
        page(bucket(TODAY, 4)),
    )
    reading = read(script)

    question = script.asked[0]
    assert [question, question | {"page": "a"}, question | {"page": "b"}] == script.asked
    assert reading.costs.totals == (1_000_000, 3_000_000, 7_000_000)


def test_a_cursor_that_comes_again_ends_the_reading():
    empty = [page(then=cursor) for cursor in "abab"]
    script = Script(*empty)

    assert why_not(script).why == "OpenAI sent the same page of costs over and over."
    assert len(script.asked) == 3


def test_pages_without_end_end_the_reading():
    script = Script(*(page(then=str(number)) for number in range(1000)))

    assert why_not(script).why == "OpenAI sent more than 200 pages of costs for 180 days."
    assert len(script.asked) == 200


def test_a_refused_cursor_is_taken_up_after_the_last_day_read():
    script = Script(
        page(bucket(days(2), 1), then="a"),
        LOST,
        page(bucket(days(1), 2), bucket(TODAY, 4)),
    )

    assert read(script).costs.totals == (1_000_000, 3_000_000, 7_000_000)
    assert script.asked[2] == script.asked[0] | {"start_time": str(midnight(days(1)))}


def test_a_refused_cursor_after_the_last_day_of_the_window_loses_nothing():
    script = Script(page(bucket(TODAY - timedelta(180), 1), then="a"), LOST, page(bucket(TODAY, 4)))

    assert read(script, days_back=359).costs.totals == (1_000_000, 5_000_000)
    assert [query.get("page") for query in script.asked] == [None, "a", None]


def test_a_cursor_refused_after_today_is_the_end():
    script = Script(page(bucket(TODAY, 1), then="a"), LOST)

    assert read(script).costs.totals == (1_000_000,)
    assert len(script.asked) == 2


def test_a_cursor_refused_before_any_day_was_read_begins_the_window_again():
    script = Script(page(then="a"), LOST, page(bucket(TODAY, 4)))

    assert read(script).costs.totals == (4_000_000,)
    assert script.asked[2] == script.asked[0]


def test_a_cursor_refused_twice_ends_the_reading():
    script = Script(page(bucket(days(2), 1), then="a"), LOST, page(then="b"), LOST)

    assert why_not(script).why == "OpenAI refused its own page token for costs twice (400)."
    assert len(script.asked) == 4


def test_a_first_question_that_is_refused_is_not_asked_again():
    script = Script(LOST)

    assert "did not accept the question for costs (400)" in why_not(script).why
    assert len(script.asked) == 1


def changed(day_change=None, page_change=None):
    return page(bucket(TODAY, 1) | (day_change or {})) | (page_change or {})


@pytest.mark.parametrize(
    "body",
    [
        "not JSON",
        "",
        "[]",
        "null",
        {},
        error("an error with status 200"),
        changed(page_change={"data": None}),
        changed(page_change={"data": {}}),
        changed(page_change={"data": [None]}),
        changed(page_change={"has_more": None}),
        changed(page_change={"has_more": True}),
        changed(page_change={"has_more": True, "next_page": 7}),
        changed({"results": None}),
        changed({"results": [None]}),
        changed({"results": [{"amount": 7}]}),
        changed({"results": [{"amount": {"value": 1, "currency": "dollars"}}]}),
        changed({"results": [{"amount": {"value": 1, "currency": 840}}]}),
        changed({"start_time": None}),
        changed({"start_time": True}),
        changed({"start_time": "1717372800"}),
        changed({"start_time": midnight(TODAY) - 11 * A_DAY}),
        changed({"start_time": midnight(TODAY) + 2 * A_DAY}),
        page(bucket(TODAY, 1), bucket(TODAY, 1)),
        page(bucket(TODAY, *([10**9] * 1001))),
    ],
)
def test_a_malformed_answer_spoils_the_whole_reading(body):
    why = why_not(Script((200, body))).why

    assert why.startswith("OpenAI's answer about costs is not as documented (")
    assert why.endswith("); none of it was used, and if this lasts, notifier needs an update.")


def test_a_failure_in_a_later_window_spoils_the_whole_reading():
    script = Script(page(bucket(TODAY - timedelta(400), 1)), page(), (500, ""))

    assert "failed when asked for costs (500)" in why_not(script, days_back=400).why


def test_nothing_is_tried_again():
    script = Script((500, ""), page())
    why_not(script)

    assert len(script.asked) == 1
