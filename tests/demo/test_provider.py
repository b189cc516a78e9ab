"""The simulated provider answers as the public document says, and spends what the demo says it has spent."""

import json
import socket
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from http.client import HTTPConnection
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.demo.provider import Organization, Provider

KEY, TEXT_KEY, EMPTY_KEY = "sk-admin-lab", "sk-admin-text", "sk-admin-empty"
TODAY = date(2024, 6, 3)
STARTED = date(2024, 5, 27)


def midnight(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def dollars(day):
    return Decimal("1.2345") * (day - STARTED).days


@pytest.fixture(scope="module")
def provider():
    provider = Provider(
        [
            Organization(KEY, STARTED, dollars, spend_limit_cents=10_000),
            Organization(TEXT_KEY, STARTED, dollars, amounts_as_text=True),
            Organization(EMPTY_KEY, TODAY + timedelta(9), dollars),
        ],
        lambda: TODAY,
    )
    provider.start()
    yield provider
    provider.stop()


def get(provider, path, key=KEY, **query):
    address = urlsplit(provider.url)
    connection = HTTPConnection(address.hostname, address.port, timeout=5)
    headers = {} if key is None else {"Authorization": f"Bearer {key}"}
    try:
        connection.request("GET", f"{address.path}{path}?{urlencode(query)}", headers=headers)
        response = connection.getresponse()
        assert response.headers["Content-Type"] == "application/json"
        return response.status, json.loads(response.read())
    finally:
        connection.close()


def costs(provider, key=KEY, **query):
    return get(provider, "/organization/costs", key, **query)


def test_a_page_has_seven_days_unless_asked_otherwise_and_days_without_costs_are_there(provider):
    start = STARTED - timedelta(1)
    status, page = costs(provider, start_time=midnight(start))

    assert status == 200
    assert (page["object"], page["has_more"], len(page["data"])) == ("page", True, 7)
    assert page["data"][:3] == [
        {"object": "bucket", "start_time": midnight(start), "end_time": midnight(STARTED), "results": []},
        {
            "object": "bucket",
            "start_time": midnight(STARTED),
            "end_time": midnight(STARTED + timedelta(1)),
            "results": [],
        },
        {
            "object": "bucket",
            "start_time": midnight(STARTED + timedelta(1)),
            "end_time": midnight(STARTED + timedelta(2)),
            "results": [
                {
                    "object": "organization.costs.result",
                    "amount": {"value": 1.2345, "currency": "usd"},
                    "line_item": None,
                    "project_id": None,
                    "api_key_id": None,
                    "quantity": None,
                    "quantity_unit": None,
                }
            ],
        },
    ]


def test_pages_follow_each_other_until_today(provider):
    question = {"start_time": midnight(STARTED), "limit": 3}
    starts, page = [], {"next_page": None}
    for _ in range(3):
        cursor = {"page": page["next_page"]} if page["next_page"] else {}
        _, page = costs(provider, **question, **cursor)
        starts += [bucket["start_time"] for bucket in page["data"]]

    assert starts == [midnight(STARTED + timedelta(number)) for number in range(8)]
    assert (page["has_more"], page["next_page"]) == (False, None)


def test_the_end_is_excluded(provider):
    end = STARTED + timedelta(2)
    _, page = costs(provider, start_time=midnight(STARTED), end_time=midnight(end))

    assert [midnight(STARTED), midnight(STARTED + timedelta(1))] == [day["start_time"] for day in page["data"]]
    assert not page["has_more"]


def test_a_start_within_a_day_makes_a_partial_first_bucket(provider):
    _, page = costs(provider, start_time=midnight(STARTED) + 60, limit=2)

    assert [(day["start_time"], day["end_time"]) for day in page["data"]] == [
        (midnight(STARTED) + 60, midnight(STARTED + timedelta(1))),
        (midnight(STARTED + timedelta(1)), midnight(STARTED + timedelta(2))),
    ]


def test_tomorrow_does_not_exist_yet(provider):
    _, page = costs(provider, start_time=midnight(TODAY + timedelta(1)))

    assert (page["data"], page["has_more"]) == ([], False)


def test_amounts_may_be_text(provider):
    _, page = costs(provider, TEXT_KEY, start_time=midnight(STARTED + timedelta(1)), limit=1)

    assert page["data"][0]["results"][0]["amount"] == {"value": "1.2345", "currency": "usd"}


def test_before_it_starts_an_organization_costs_nothing(provider):
    _, page = costs(provider, EMPTY_KEY, start_time=midnight(STARTED), limit=180)

    assert [day["results"] for day in page["data"]] == [[]] * 8


def test_the_most_buckets_of_a_page_are_180(provider):
    start = midnight(TODAY - timedelta(400))

    assert len(costs(provider, start_time=start, limit=180)[1]["data"]) == 180
    assert costs(provider, start_time=start, limit=181)[0] == 400


def test_a_cursor_holds_for_its_own_question_only(provider):
    question = {"start_time": midnight(STARTED), "limit": 3}
    cursor = costs(provider, **question)[1]["next_page"]

    for changed in (question | {"limit": 4}, question | {"bucket_width": "1d"}):
        status, body = costs(provider, **changed, page=cursor)
        assert status == 400
        assert body["error"] == {
            "message": "The page token is invalid, have you modified the query parameters?",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_request_error",
        }
    assert costs(provider, **question, page="page_1_x")[0] == 400


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"start_time": "yesterday"},
        {"start_time": "-1"},
        {"start_time": "9" * 5000},
        {"start_time": 0, "end_time": "never"},
        {"start_time": 0, "limit": 0},
        {"start_time": 0, "limit": "many"},
        {"start_time": 0, "bucket_width": "1h"},
    ],
)
def test_a_question_against_the_document_is_refused(provider, query):
    status, body = costs(provider, **query)

    assert status == 400
    assert {"message", "type", "param", "code"} == set(body["error"])


def test_the_spend_limit_is_told_in_cents(provider):
    assert get(provider, "/organization/spend_limit") == (
        200,
        {
            "object": "organization.spend_limit",
            "threshold_amount": 10_000,
            "currency": "USD",
            "interval": "month",
            "enforcement": {"status": "enforcing"},
        },
    )


@pytest.mark.parametrize("path", ["/organization/spend_limit", "/organization/credits", ""])
def test_what_is_not_there_is_404_in_the_envelope(provider, path):
    status, body = get(provider, path, TEXT_KEY)

    assert status == 404
    assert {"message", "type", "param", "code"} == set(body["error"])


@pytest.mark.parametrize("key", [None, "", "sk-admin-other"])
def test_an_unknown_key_is_401_and_never_quoted(provider, key):
    status, body = get(provider, "/organization/costs", key)

    assert (status, body["error"]["code"]) == (401, "invalid_api_key")
    assert "sk-admin" not in json.dumps(body)


def test_the_provider_says_nothing_on_the_console(provider, capfd):
    costs(provider, start_time=midnight(STARTED))
    costs(provider, None)

    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(("mistake", "printed"), [(BrokenPipeError(), False), (ValueError("ours"), True)])
def test_a_client_that_hangs_up_is_no_news_but_our_own_mistake_is(provider, capfd, mistake, printed):
    try:
        raise mistake
    except type(mistake):
        provider._server.handle_error(None, ("127.0.0.1", 1))

    assert bool(capfd.readouterr().err) == printed


def test_the_calendar_moves_with_the_callable():
    calendar = [TODAY]
    provider = Provider([Organization(KEY, STARTED, dollars)], lambda: calendar[0])
    provider.start()
    try:
        before = costs(provider, start_time=midnight(TODAY))[1]["data"]
        calendar[0] += timedelta(1)
        after = costs(provider, start_time=midnight(TODAY))[1]["data"]
    finally:
        provider.stop()

    assert (len(before), len(after)) == (1, 2)
    assert before == after[:1]


def test_a_stopped_provider_has_freed_its_port_and_may_be_stopped_again():
    provider = Provider([], lambda: TODAY)
    port = int(provider.url.split(":")[2].partition("/")[0])
    provider.start()
    provider.stop()
    provider.stop()

    with socket.socket() as free:
        free.bind(("127.0.0.1", port))


def test_what_was_never_started_can_be_stopped():
    Provider([], lambda: TODAY).stop()


def spent(organization, first, last):
    return sum(organization.cost_on(first + timedelta(number)) for number in range((last - first).days + 1))


def having_spent(total, days=60, key=KEY):
    return Organization.having_spent(total, key=key, since=TODAY - timedelta(days), until=TODAY)


@settings(max_examples=50, deadline=None)
@given(st.decimals(0, 5000, places=4), st.integers(0, 400))
def test_what_was_spent_is_exactly_the_total(total, days):
    organization = having_spent(total, days)

    assert total == spent(organization, TODAY - timedelta(900), TODAY)


def test_weekends_are_quiet_and_no_two_weeks_are_alike():
    organization = having_spent(Decimal(830))
    days = [TODAY - timedelta(number) for number in range(61)]
    weekend = [organization.cost_on(day) for day in days if day.weekday() >= 5]
    working = [organization.cost_on(day) for day in days if day.weekday() < 5]

    assert 0 < max(weekend) < min(working)
    assert len(set(working)) > 30


def test_it_keeps_spending_that_way():
    organization = having_spent(Decimal(830), 83)
    later = spent(organization, TODAY + timedelta(1), TODAY + timedelta(84))

    assert Decimal(700) < later < Decimal(960)


def test_the_same_key_tells_the_same_story_and_another_a_different_one():
    days = [TODAY - timedelta(number) for number in range(-20, 20)]
    first, again, other = (
        having_spent(Decimal(830)),
        having_spent(Decimal(830)),
        having_spent(Decimal(830), key="b"),
    )

    assert [first.cost_on(day) for day in days] == [again.cost_on(day) for day in days]
    assert [first.cost_on(day) for day in days] != [other.cost_on(day) for day in days]


def test_nothing_can_be_spent_before_it_began():
    with pytest.raises(ValueError) as refused:
        Organization.having_spent(Decimal(1), key=KEY, since=TODAY, until=TODAY - timedelta(1))

    assert str(refused.value) == "nothing can be spent from 2024-06-03 to 2024-06-02"
