"""Every answer of OpenAI and its consequence: a whole, exact reading, or one sentence that says what to do."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, localcontext
from itertools import accumulate
from zoneinfo import ZoneInfo

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.account import Account
from notifier.core.calendar import Locale
from notifier.core.money import Money
from notifier.demo.provider import Organization, Provider
from notifier.net import Net
from notifier.ports import Unreadable
from notifier.sources.openai import OpenAI

KEY = "sk-admin-very-secret"
LAB = Account("lab", Locale(ZoneInfo("Europe/Berlin")))
TODAY = date(2024, 6, 3)
NOW = int(datetime(2024, 6, 3, 14, 5, tzinfo=UTC).timestamp())
A_DAY = 86_400
NO_LIMIT = (404, {"error": {"message": "Not found", "type": "invalid_request_error", "param": None, "code": None}})


def midnight(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def bucket(day, *values, currency="usd"):
    results = [
        {"object": "organization.costs.result", "amount": {"value": value, "currency": currency}}
        for value in values
    ]
    return {"object": "bucket", "start_time": midnight(day), "end_time": midnight(day) + A_DAY, "results": results}


def page(*buckets, then=None):
    return {"object": "page", "data": list(buckets), "has_more": then is not None, "next_page": then}


def error(message, code=None):
    return {"error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}}


class Script:
    """A provider that answers questions for costs in turn, and remembers how it was asked."""

    def __init__(self, *costs, limit=NO_LIMIT):
        self.costs, self.limit, self.asked = list(costs), limit, []

    def __call__(self, request):
        if request.url.path.endswith("/spend_limit"):
            return respond(self.limit)
        self.asked.append(dict(request.url.params))
        return respond(self.costs.pop(0) if self.costs else page())


def respond(answer):
    if isinstance(answer, httpx.Response):
        return answer
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return httpx.Response(status, text=body if isinstance(body, str) else json.dumps(body))


def read(script, key=KEY, *, days_back=10, now=NOW):
    async def once():
        net = Net(httpx.MockTransport(script))
        try:
            return await OpenAI(net, days_back=days_back).read(LAB, key, now)
        finally:
            await net.aclose()

    return asyncio.run(once())


def why_not(script, key=KEY, **kwargs):
    with pytest.raises(Unreadable) as unreadable:
        read(script, key, **kwargs)
    return unreadable.value


def by_day(costs):
    before = (0, *costs.totals)
    return {
        date.fromordinal(day): total - old
        for day, total, old in zip(costs.days, costs.totals, before, strict=False)
    }


def test_a_reading_has_costs_by_day_the_last_day_with_costs_and_the_limit():
    script = Script(
        page(bucket(TODAY - timedelta(2), 0.06), bucket(TODAY - timedelta(1), 12.5), bucket(TODAY)),
        limit=(200, {"object": "organization.spend_limit", "threshold_amount": 10_000, "currency": "USD",
                     "interval": "month", "enforcement": {"status": "enforcing"}}),
    )  # fmt: skip
    reading = read(script)

    assert (reading.source, reading.at) == ("openai", NOW)
    assert {
        TODAY - timedelta(2): 60_000,
        TODAY - timedelta(1): 12_500_000,
        TODAY: 0,
    } == by_day(reading.costs)
    assert reading.account == {
        "last_spend_on": TODAY - timedelta(1),
        "spend_limit": Money(100_000_000, "USD"),
    }
    assert reading.costs.currency == "USD"


def test_what_was_spent_today_counts_as_far_as_the_day_has_gone():
    reading = read(Script(page(bucket(TODAY, 3))))

    assert reading.costs.since(TODAY.toordinal()) == Money(3_000_000, "USD")
    assert reading.account["last_spend_on"] == TODAY


def test_an_organization_that_never_spent_has_no_last_day():
    assert read(Script(page(bucket(TODAY)))).account == {"last_spend_on": None, "spend_limit": None}


def test_a_limit_that_does_not_bind_yet_is_set_all_the_same():
    limit = {"threshold_amount": 0, "currency": "usd", "enforcement": {"status": "inactive"}}

    assert read(Script(limit=(200, limit))).account["spend_limit"] == Money(0, "USD")


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
    body = json.dumps(page(bucket(TODAY - timedelta(1), 5), bucket(TODAY, "AMOUNT"))).replace('"AMOUNT"', written)

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
    reading = read(Script(page(bucket(TODAY - timedelta(1), 5), bucket(TODAY, -2))))

    assert reading.costs.totals == (5_000_000, 3_000_000)


def test_two_currencies_are_not_added_up():
    why = why_not(Script(page(bucket(TODAY - timedelta(1), 5), bucket(TODAY, 5, currency="eur")))).why

    assert why == "OpenAI reports costs in several currencies (EUR, USD), which cannot be added up."


def test_another_currency_is_kept():
    assert read(Script(page(bucket(TODAY, 5, currency="eur")))).costs.since(0) == Money(5_000_000, "EUR")


def test_dust_is_not_lost_beside_a_large_amount():
    large, dust = "999999999.0000005", "0.0000000000000000000000001"

    assert read(Script(page(bucket(TODAY, large, dust)))).costs.totals == (999_999_999_000_001,)
    across_days = page(bucket(TODAY - timedelta(1), large), bucket(TODAY, dust))
    assert read(Script(across_days)).costs.totals == (999_999_999_000_000, 999_999_999_000_001)


CENTS_AND_DUST = st.decimals(-1000, 1000, places=12) | st.decimals(0, 1, places=30)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(CENTS_AND_DUST, max_size=3), min_size=1, max_size=11))
def test_every_running_total_is_the_exact_sum_rounded_once(days):
    first = TODAY - timedelta(len(days) - 1)
    buckets = [bucket(first + timedelta(at), *(format(v, "f") for v in values)) for at, values in enumerate(days)]
    with localcontext(prec=60):
        exact = [total * 1_000_000 for total in accumulate(sum(values, Decimal(0)) for values in days)]
        expected = tuple(int(total.to_integral_value()) for total in exact)

    assert expected == read(Script(page(*buckets))).costs.totals


def test_the_default_span_is_asked_for_in_windows_of_at_most_180_days():
    script = Script()
    read(script, days_back=400)
    starts = [TODAY - timedelta(400), TODAY - timedelta(220), TODAY - timedelta(40)]

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
        page(bucket(TODAY - timedelta(2), 1), then="a"),
        page(bucket(TODAY - timedelta(1), 2), then="b"),
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


LOST = (400, error("The page token is invalid, have you modified the query parameters?", "invalid_request_error"))


def test_a_refused_cursor_is_taken_up_after_the_last_day_read():
    script = Script(
        page(bucket(TODAY - timedelta(2), 1), then="a"),
        LOST,
        page(bucket(TODAY - timedelta(1), 2), bucket(TODAY, 4)),
    )

    assert read(script).costs.totals == (1_000_000, 3_000_000, 7_000_000)
    assert script.asked[2] == script.asked[0] | {"start_time": str(midnight(TODAY - timedelta(1)))}


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
    script = Script(page(bucket(TODAY - timedelta(2), 1), then="a"), LOST, page(then="b"), LOST)

    assert why_not(script).why == "OpenAI refused its own page token for costs twice (400)."
    assert len(script.asked) == 4


def test_a_first_question_that_is_refused_is_not_asked_again():
    script = Script(LOST)

    assert "did not accept the question for costs (400)" in why_not(script).why
    assert len(script.asked) == 1


ADMIN_KEY = "made by an owner under Settings > Organization > Admin keys"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (
            (401, error(f"Incorrect API key provided: {KEY}")),
            (
                "OpenAI refused the key (401): it is wrong, revoked or not allowed from this network address; "
                f"put in an admin key of the organization, {ADMIN_KEY}."
            ),
        ),
        (
            (401, error(f"{KEY}: Missing scopes: api.usage.read")),
            (
                "OpenAI does not let this key read costs (401): "
                f"it takes an admin key with the scope api.usage.read, {ADMIN_KEY}."
            ),
        ),
        (
            (403, error("Missing scopes: api.usage.read")),
            (
                "OpenAI does not let this key read costs (403): "
                f"it takes an admin key with the scope api.usage.read, {ADMIN_KEY}."
            ),
        ),
        (
            (403, error("Country, region, or territory not supported")),
            "OpenAI does not let costs be read from this country or region (403).",
        ),
        ((429, error("slow down")), "OpenAI asked to wait before costs can be read (429)."),
        (
            (500, "<html>oops"),
            "OpenAI failed when asked for costs (500); see status.openai.com if it lasts.",
        ),
        ((503, {}), "OpenAI failed when asked for costs (503); see status.openai.com if it lasts."),
        (
            (404, error("Unknown request URL")),
            (
                "OpenAI did not accept the question for costs (404): "
                "check the base URL; if it is right, notifier needs an update."
            ),
        ),
        (
            (302, ""),
            (
                "OpenAI did not accept the question for costs (302): "
                "check the base URL; if it is right, notifier needs an update."
            ),
        ),
    ],
)
def test_every_refusal_says_what_to_do(answer, why):
    assert why_not(Script(answer)).why == why


@pytest.mark.parametrize("status", [401, 403])
def test_a_pasted_project_key_is_recognized_without_being_shown(status):
    unreadable = why_not(Script((status, error("Missing scopes: api.usage.read"))), key="sk-proj-abc")

    assert unreadable.why.endswith("; this one is a project key.")
    assert "sk-proj" not in unreadable.why


@pytest.mark.parametrize(
    ("headers", "message", "again_in"),
    [
        ({"Retry-After": "30"}, "", 30),
        ({"Retry-After": "0"}, "", 1),
        ({"Retry-After": "999999999"}, "", A_DAY),
        ({}, "You've exceeded the rate limit, please slow down and try again after 6.937 seconds.", 7),
        ({"Retry-After": "soon"}, "Try again in 2s.", 2),
        ({}, "please slow down", None),
    ],
)
def test_the_wait_that_was_asked_for_is_handed_on(headers, message, again_in):
    for status in (429, 503):
        answer = httpx.Response(status, headers=headers, json=error(message))
        assert again_in == why_not(Script(answer)).again_in


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


@pytest.mark.parametrize(
    ("limit", "why"),
    [
        ((403, error("Missing scopes")), "does not let this key read the spend limit (403)"),
        ((429, error("try again after 3 seconds")), "asked to wait before the spend limit can be read"),
        ((500, ""), "failed when asked for the spend limit (500)"),
        ((200, "nothing"), "about the spend limit is not as documented"),
        ((200, {"currency": "USD"}), "no number of cents"),
        ((200, {"threshold_amount": -1, "currency": "USD"}), "no number of cents"),
        ((200, {"threshold_amount": True, "currency": "USD"}), "no number of cents"),
        ((200, {"threshold_amount": 10**20, "currency": "USD"}), "no number of cents"),
        ((200, {"threshold_amount": 100}), "a currency is no code"),
    ],
)
def test_costs_without_a_readable_limit_are_no_reading(limit, why):
    assert why in why_not(Script(page(bucket(TODAY, 1)), limit=limit)).why


def test_a_failure_in_a_later_window_spoils_the_whole_reading():
    script = Script(page(bucket(TODAY - timedelta(400), 1)), page(), (500, ""))

    assert "failed when asked for costs (500)" in why_not(script, days_back=400).why


def test_nothing_is_tried_again():
    script = Script((500, ""), page())
    why_not(script)

    assert len(script.asked) == 1


def test_no_error_ever_shows_the_key_or_what_the_provider_says():
    hostile = f"<!channel> {KEY}"
    answers = [(status, error(hostile, hostile)) for status in (200, 301, 400, 401, 403, 404, 429, 500)]
    answers += [(200, hostile), page(bucket(TODAY, hostile)), page(bucket(TODAY, 1, currency=hostile))]

    for answer in answers:
        text = str(why_not(Script(answer)))
        assert KEY not in text
        assert "<!channel>" not in text


def read_provider(organization, key, today=TODAY, now=NOW):
    provider = Provider([organization], lambda: today)
    provider.start()

    async def once():
        net = Net()
        try:
            return await OpenAI(net, provider.url).read(LAB, key, now)
        finally:
            await net.aclose()

    try:
        return asyncio.run(once())
    finally:
        provider.stop()


@pytest.mark.parametrize("as_text", [True, False])
def test_the_source_reads_the_simulated_provider_to_the_last_cent(as_text):
    since = TODAY - timedelta(80)
    organization = Organization.having_spent(
        Decimal(830), key=KEY, since=since, until=TODAY, spend_limit_cents=120_000, amounts_as_text=as_text
    )
    reading = read_provider(organization, KEY)

    assert reading.costs.since(since.toordinal()) == Money(830_000_000, "USD")
    assert (401, TODAY.toordinal()) == (len(reading.costs.days), reading.costs.days[-1])
    assert reading.account == {"last_spend_on": TODAY, "spend_limit": Money(1_200_000_000, "USD")}


def test_the_simulated_provider_refuses_another_key():
    organization = Organization(KEY, TODAY, lambda _: Decimal(1))

    with pytest.raises(Unreadable, match="refused the key"):
        read_provider(organization, "sk-admin-other")
