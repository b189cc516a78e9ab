"""Which key opens what: admin keys by their scopes, a project's keys only models, everything else nothing."""

import pytest

from notifier.demo.provider import Credit, SpendLimit
from tests.demo.asking import (
    ADMIN,
    COSTS_ONLY,
    COURSE,
    EXPIRED,
    STARTED,
    THESIS,
    ask,
    complaint,
    costs,
    days,
    laboratory,
    projects,
    started,
)

ASKED = {"model": "gpt-5", "input": "Hi", "max_output_tokens": 16}


@pytest.fixture(scope="module")
def provider():
    with started() as provider:
        yield provider


def probe(organization=None, key=THESIS, **changes):
    with started(None if organization is None else [organization]) as provider:
        return ask(provider, "/responses", key=key, method="POST", said=ASKED | changes)


def test_a_key_for_costs_reads_costs_and_nothing_else(provider):
    assert costs(provider, key=COSTS_ONLY).status_code == 200
    status, code, text = complaint(ask(provider, "/organization/projects", key=COSTS_ONLY))
    assert (status, code) == (403, None)
    assert "Missing scopes: api.management.read" in text


def test_a_projects_key_reads_nothing_of_the_organization(provider):
    status, code, text = complaint(costs(provider, key=THESIS))

    assert (status, code) == (403, None)
    assert "Missing scopes: api.usage.read" in text
    assert ask(provider, "/organization/users", key=THESIS).status_code == 403


@pytest.mark.parametrize("key", [EXPIRED, "fake-admin-key-of-nobody"])
def test_an_expired_or_unknown_key_is_401_and_never_quoted(provider, key):
    answer = costs(provider, key=key)

    assert complaint(answer)[:2] == (401, "invalid_api_key")
    assert key not in answer.text


def test_the_header_says_whose_key_it_was(provider):
    assert costs(provider).headers["openai-organization"] == "org-lab"
    assert "openai-organization" not in costs(provider, key="fake-nobody").headers


def test_an_organization_without_an_id_has_no_header():
    with started([laboratory(id=None)]) as provider:
        assert "openai-organization" not in costs(provider).headers


@pytest.mark.parametrize(
    ("key", "seen"), [(THESIS, ["gpt-5", "gpt-5-mini"]), (COURSE, ["gpt-5-mini"])], ids=["deny list", "allow list"]
)
def test_a_projects_key_sees_the_models_that_it_may_ask_and_that_exist_today(provider, key, seen):
    answer = ask(provider, "/models", key=key)

    assert [each["id"] for each in answer.json()["data"]] == seen
    assert answer.json()["data"][-1]["shutdown_date"] == days(90).isoformat()


def test_an_admin_key_asks_no_model(provider):
    assert complaint(ask(provider, "/models", key=ADMIN))[0] == 403
    assert complaint(ask(provider, "/responses", key=ADMIN, method="POST", said=ASKED))[0] == 403


def test_the_key_of_an_archived_project_opens_nothing():
    thesis, *others = projects()
    archived = type(thesis)(thesis.id, thesis.name, STARTED, days(-1), thesis.keys)

    assert complaint(probe(laboratory(projects=(archived, *others))))[0] == 401


def test_with_credits_left_a_model_answers(provider):
    answer = ask(provider, "/responses", key=THESIS, method="POST", said=ASKED)

    assert answer.status_code == 200
    assert (answer.json()["object"], answer.json()["status"]) == ("response", "completed")


@pytest.mark.parametrize(
    "changes",
    [
        {"credits": ()},
        {"credits": (Credit(40, STARTED),)},
        {"credits": (Credit(500, days(1)),)},
        {"credits": (Credit(500, STARTED, days(-1)),)},
    ],
    ids=["never granted", "used up", "not yet granted", "expired"],
)
def test_without_credits_a_model_answers_that_they_are_exhausted_unless_something_else_pays(changes):
    refused = probe(laboratory(**changes))

    assert complaint(refused)[:2] == (429, "credit_balance_exhausted")
    assert refused.json()["error"]["type"] == "insufficient_quota"
    assert "retry-after" not in refused.headers
    assert probe(laboratory(paid_method=True, **changes)).status_code == 200


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"spend_limit_cents": 7_000}, "organization_spend_limit_exceeded"),
        ({"spend_limit_cents": 8_001}, None),
        ({"spend_limit_cents": 7_000, "spend_limit_enforcing": False}, None),
        ({"usage_limit_cents": 8_000}, "organization_usage_limit_exceeded"),
        ({"usage_limit_cents": 8_001}, None),
    ],
)
def test_a_limit_of_the_month_is_told_by_its_code(changes, code):
    answer = probe(laboratory(**changes))

    assert (200 if code is None else (429, code)) == (
        answer.status_code if code is None else complaint(answer)[:2]
    )


@pytest.mark.parametrize(("cents", "status"), [(4_800, 429), (4_801, 200)])
def test_a_projects_limit_counts_its_own_costs(cents, status):
    thesis, *others = projects()
    limited = type(thesis)(thesis.id, thesis.name, STARTED, None, thesis.keys, spend_limit=SpendLimit(cents))
    answer = probe(laboratory(projects=(limited, *others)))

    assert answer.status_code == status
    if status == 429:
        assert complaint(answer)[1] == "project_spend_limit_exceeded"


@pytest.mark.parametrize(
    ("key", "model", "status"),
    [(COURSE, "gpt-5", 403), (THESIS, "gpt-1", 404), (THESIS, "gpt-3", 404), (THESIS, "gpt-6", 404)],
    ids=["not allowed here", "never was", "shut down", "not yet"],
)
def test_a_model_that_cannot_be_asked_is_not_found(key, model, status):
    assert complaint(probe(key=key, model=model))[:2] == (status, "model_not_found")


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"model": 5}, "missing_required_parameter"), ({"max_output_tokens": 1}, "integer_below_min_value")],
)
def test_a_request_that_is_not_as_documented_is_refused(changes, code):
    assert complaint(probe(**changes))[:2] == (400, code)


def test_a_request_without_a_body_or_by_another_method_is_refused(provider):
    assert complaint(ask(provider, "/responses", key=THESIS, method="POST"))[0] == 400
    assert complaint(ask(provider, "/responses", key=THESIS))[0] == 405
    assert complaint(ask(provider, "/models", key=THESIS, method="POST"))[0] == 405
