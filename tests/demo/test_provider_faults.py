"""Everything that providers get wrong happens on command, as often and where it was ordered, and ends."""

import socket
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.models import NO_QUOTA
from tests.demo.asking import (
    ADMIN,
    COSTS,
    STARTED,
    THESIS,
    ask,
    await_requests,
    complaint,
    costs,
    laboratory,
    midnight,
    started,
)

PAGE_TOKEN = "The page token is invalid, have you modified the query parameters?"


@pytest.fixture(scope="module")
def running():
    with started() as provider:
        yield provider


@pytest.fixture
def provider(running):
    yield running
    running.take_back()
    running.forget()


def _client():
    return httpx.Client(trust_env=False, verify=False, headers={"Authorization": f"Bearer {ADMIN}"})


def amounts(answer):
    return [row["amount"]["value"] for bucket in answer.json()["data"] for row in bucket["results"]]


@pytest.mark.parametrize(
    ("fault", "status", "code", "text"),
    [
        ("401", 401, "invalid_api_key", "Incorrect API key provided"),
        ("401-scope", 401, None, "Missing scopes: api.usage.read"),
        ("403", 403, None, "Missing scopes: api.usage.read"),
        ("403-country", 403, "unsupported_country_region_territory", "Country"),
        ("429", 429, "rate_limit_exceeded", "please slow down and try again after 6.937 seconds."),
        ("429-header", 429, "rate_limit_exceeded", "Rate limit"),
        ("500", 500, None, "The server had an error"),
    ],
)
def test_a_refusal_on_command_comes_in_the_envelope_and_once_if_so_ordered(provider, fault, status, code, text):
    provider.play(fault, times=1)
    refused = complaint(costs(provider))

    assert (refused[:2], text in refused[2]) == ((status, code), True)
    assert costs(provider).status_code == 200


def test_the_wait_stands_in_the_text_only_or_in_the_header_only(provider):
    provider.play("429", seconds="1.5", times=1)
    in_text = costs(provider)
    provider.play("429-header", seconds="6.937", times=1)
    in_header = costs(provider)

    assert ("retry-after" in in_text.headers, "after 1.5 seconds" in in_text.text) == (False, True)
    assert (in_header.headers["retry-after"], "6.937" in in_header.text) == ("7", False)


@pytest.mark.parametrize(
    ("groups", "refused"),
    [
        ([("group_by", "api_key_id")], True),
        ([("group_by", "user_id"), ("group_by", "project_id")], True),
        ([("group_by", "user_id"), ("project_ids", "proj_thesis")], True),
        ([("group_by", "user_id")], False),
        ([("group_by", "project_id")], False),
        ([], False),
    ],
)
def test_only_fine_groupings_are_refused(provider, groups, refused):
    provider.play("400-grouping")

    assert costs(provider, *groups).status_code == (400 if refused else 200)


def test_a_page_token_is_refused_after_as_many_pages_as_ordered(provider):
    provider.play("400-page", after=2)
    statuses, cursor = [], []
    for _ in range(3):
        answer = costs(provider, ("limit", "2"), *cursor)
        statuses.append(answer.status_code)
        cursor = [("page", answer.json().get("next_page"))]

    assert statuses == [200, 200, 400]
    assert complaint(answer) == (400, "invalid_request_error", PAGE_TOKEN)


def test_a_page_of_costs_leads_to_itself(provider):
    provider.play("same-page")
    first = costs(provider, ("limit", "2")).json()
    second = costs(provider, ("limit", "2"), ("page", first["next_page"])).json()

    assert first["has_more"]
    assert second == first


def test_a_page_of_a_list_leads_to_itself(provider):
    provider.play("same-page", path="/v1/organization/users")
    first = ask(provider, "/organization/users").json()
    second = ask(provider, "/organization/users", {"after": first["last_id"]}).json()

    assert (first["has_more"], second["has_more"]) == (True, True)
    assert first["last_id"] == second["last_id"]


@pytest.mark.parametrize(("fault", "status"), [("502", 502), ("html", 200)])
def test_a_gateway_answers_with_a_page_for_people(provider, fault, status):
    provider.play(fault)
    answer = costs(provider)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=UTF-8")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_body_may_end_before_its_length(provider):
    provider.play("truncated", times=1)
    with pytest.raises(httpx.RemoteProtocolError) as cut:
        costs(provider)

    assert "incomplete" in str(cut.value) or "peer closed" in str(cut.value)
    assert costs(provider).status_code == 200


def test_nothing_may_be_answered_until_the_client_leaves(provider):
    provider.play("hang", times=1)
    with pytest.raises(httpx.ReadTimeout):
        ask(provider, COSTS, {"start_time": midnight(STARTED)}, seconds=0.05)
    await_requests(provider, 1)

    assert costs(provider).status_code == 200


def test_a_client_that_still_waits_is_let_go_at_the_end():
    with started() as provider:
        provider.play("hang")
        port = int(provider.url.split(":")[2].partition("/")[0])
        waiting = socket.create_connection(("127.0.0.1", port), timeout=30)
        waiting.sendall(b"GET /v1/organization/costs HTTP/1.1\r\nHost: x\r\n\r\n")
        await_requests(provider, 1)
    with waiting:
        assert waiting.recv(100) == b""


def test_a_connection_may_be_reset(provider):
    provider.play("reset", times=1)
    with pytest.raises(httpx.ReadError) as broken:
        costs(provider)

    assert "reset by peer" in str(broken.value)
    assert costs(provider).status_code == 200


def test_another_organization_may_stand_in_the_header(provider):
    right = costs(provider)
    provider.play("other-organization")
    wrong = costs(provider)

    assert wrong.headers["openai-organization"] == "org-somebody-else"
    assert wrong.content == right.content


def test_an_organization_may_be_empty(provider):
    provider.play("empty")

    assert [day["results"] for day in costs(provider).json()["data"]] == [[]] * 7
    for what in ("projects", "users", "invites", "spend_alerts"):
        assert ask(provider, f"/organization/{what}").json()["data"] == []
    assert ask(provider, "/organization/spend_limit").status_code == 404


@pytest.mark.parametrize(
    ("fault", "written"),
    [
        ("amounts-text", '"value": "10.0000"'),
        ("amounts-zero", '"value": 0E-6176,'),
        ("amounts-nan", '"value": NaN,'),
        ("amounts-infinite", '"value": Infinity,'),
        ("amounts-negative", '"value": -10.0000,'),
    ],
)
def test_amounts_are_written_as_ordered(provider, fault, written):
    assert '"value": 10.0000,' in costs(provider).text
    provider.play(fault)
    answer = costs(provider)

    assert (answer.status_code, answer.text.count(written)) == (200, 7)


def test_amounts_keep_every_digit_that_they_have():
    exact = "0.123456789012345678901234567891"
    with started([laboratory(daily=lambda _: Decimal(exact), shares=())]) as provider:
        assert f'"value": {exact},' in costs(provider).text


def test_fields_that_no_document_has_are_added_to_everything(provider):
    provider.play("unknown-fields")
    bucket = costs(provider).json()["data"][0]
    project = ask(provider, "/organization/projects").json()["data"][0]

    assert bucket["start_time_iso"] == f"{STARTED}T00:00:00+00:00"
    assert (bucket["results"][0]["api_source"], project["x_unknown"]) == ("unlabeled", "new")
    assert amounts(costs(provider)) == [10] * 7
    assert ask(provider, "/organization/spend_limit").json()["x_unknown"]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        *((code, 429, code) for code in NO_QUOTA),
        ("insufficient_quota", 429, "insufficient_quota"),
        ("model-403", 403, "model_not_found"),
        ("model-404", 404, "model_not_found"),
    ],
)
def test_a_model_answers_as_ordered_and_nothing_else_is_spoiled(provider, fault, status, code):
    provider.play(fault)
    answer = ask(provider, "/responses", key=THESIS, method="POST", said={"model": "gpt-5"})

    assert complaint(answer)[:2] == (status, code)
    assert costs(provider).status_code == 200
    assert ask(provider, "/models", key=THESIS).status_code == 200


def test_a_fault_happens_as_often_as_ordered_and_the_next_one_follows(provider):
    provider.play("500", times=2)
    provider.play("401", times=1)

    assert [costs(provider).status_code for _ in range(4)] == [500, 500, 401, 200]


def test_a_fault_is_used_up_only_by_what_it_can_spoil(provider):
    provider.play("400-grouping", times=1)

    assert costs(provider).status_code == 200
    assert costs(provider, ("group_by", "api_key_id")).status_code == 400
    assert costs(provider, ("group_by", "api_key_id")).status_code == 200


def test_a_fault_may_concern_one_path_or_a_family_of_paths(provider):
    provider.play("500", path="/v1/organization/projects/*/api_keys")

    assert ask(provider, "/organization/projects/proj_course/api_keys").status_code == 500
    assert ask(provider, "/organization/projects/proj_course/rate_limits").status_code == 200


def test_a_fault_may_concern_one_organization():
    other = laboratory(key="fake-other", id="org-other", admin_keys=(), projects=())
    with started([laboratory(), other]) as provider:
        provider.play("500", organization="org-other")

        assert costs(provider).status_code == 200
        assert costs(provider, key="fake-other").status_code == 500
        assert costs(provider, key="fake-nobody").status_code == 401


def test_faults_are_taken_back_by_kind_or_all_at_once(provider):
    provider.play("500", path="/v1/organization/users")
    provider.play("401")
    provider.take_back("401")

    assert costs(provider).status_code == 200
    assert ask(provider, "/organization/users").status_code == 500
    provider.take_back()
    assert ask(provider, "/organization/users").status_code == 200


@pytest.mark.parametrize(
    ("order", "why"),
    [
        ({"fault": "418"}, "there is no fault '418'"),
        ({"fault": "429", "colour": "red"}, "'colour' is no option"),
        ({"fault": "429", "after": "two"}, "'after' is no option of a fault, or its value is none"),
        ({"fault": "429", "seconds": "soon"}, "'seconds' is a text such as 6.937"),
    ],
)
def test_what_cannot_be_ordered_is_refused(provider, order, why):
    with pytest.raises(ValueError) as refused:
        provider.play(**order)

    assert why in str(refused.value)


def test_requests_are_remembered_without_their_keys(provider):
    costs(provider, ("group_by", "project_id"))
    provider.play("hang", times=1)
    with pytest.raises(httpx.ReadTimeout):
        ask(provider, "/organization/users", seconds=0.05)
    await_requests(provider, 2)
    first, second = provider.requests
    provider.forget()

    assert first == (
        "GET",
        f"/v1{COSTS}",
        f"start_time={midnight(STARTED)}&group_by=project_id",
        "org-lab",
        200,
        None,
    )
    assert second == ("GET", "/v1/organization/users", "", "org-lab", 0, "hang")
    assert ADMIN not in repr((first, second))
    assert provider.requests == ()


def test_a_connection_is_kept_for_several_questions_and_ended_with_the_provider():
    with (
        started() as provider,
        _client() as client,
    ):
        streams = []
        for _ in range(2):
            with client.stream("GET", f"{provider.url}/organization/users") as answer:
                streams.append(id(answer.extensions["network_stream"]))
                answer.read()
        provider.stop()

        assert len(set(streams)) == 1
        with pytest.raises(httpx.TransportError):
            client.get(f"{provider.url}/organization/users")


def test_the_days_go_by_for_every_list():
    calendar = [STARTED]
    with started(today=lambda: calendar[0]) as provider:
        before = ask(provider, "/organization/users").json()["data"]
        calendar[0] += timedelta(1)
        after = ask(provider, "/organization/users").json()["data"]

    assert (len(before), len(after)) == (1, 2)


def test_every_fault_has_words_for_people():
    assert all(kind.says for kind in KINDS.values())
    assert len({kind.says for kind in KINDS.values()}) == len(KINDS)
