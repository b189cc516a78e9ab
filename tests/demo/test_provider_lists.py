"""People, projects, keys, limits and alerts come in the document's envelope, as of the simulated day."""

import pytest

from notifier.demo.provider.shown import redacted
from tests.demo.asking import ADMIN, STARTED, TODAY, ask, complaint, days, laboratory, midnight, started

OF_THESIS = "/organization/projects/proj_thesis"


@pytest.fixture(scope="module")
def provider():
    with started() as provider:
        yield provider


def ids(answer):
    return [each["id"] for each in answer.json()["data"]]


def only(answer, id_):
    return next(each for each in answer.json()["data"] if each["id"] == id_)


def test_a_list_says_where_it_begins_and_ends_and_whether_more_follows(provider):
    page = ask(provider, "/organization/users", {"limit": 1}).json()

    assert page == {
        "object": "list",
        "data": [
            {
                "object": "organization.user",
                "id": "user_ada",
                "name": "Ada",
                "email": "ada@example.edu",
                "role": "owner",
                "added_at": midnight(STARTED),
            }
        ],
        "first_id": "user_ada",
        "last_id": "user_ada",
        "has_more": True,
    }


def test_the_next_page_begins_after_the_last_id(provider):
    page = ask(provider, "/organization/users", {"limit": 1, "after": "user_ada"}).json()

    assert ([each["id"] for each in page["data"]], page["has_more"]) == (["user_bo"], False)


def test_an_empty_list_has_no_ids(provider):
    page = ask(provider, "/organization/projects/proj_course/rate_limits").json()

    assert page == {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False}


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"limit": "all"}, {"after": "user_nobody"}])
def test_a_page_that_cannot_be_is_refused(provider, query):
    assert complaint(ask(provider, "/organization/users", query))[0] == 400


def test_users_may_be_asked_for_by_address(provider):
    assert ids(ask(provider, "/organization/users", [("emails", "bo@example.edu"), ("emails[]", "x")])) == [
        "user_bo"
    ]


def test_archived_projects_are_told_only_when_asked_for_and_coming_ones_never(provider):
    every = ask(provider, "/organization/projects", {"include_archived": "true"})

    assert ids(ask(provider, "/organization/projects")) == ["proj_thesis", "proj_course"]
    assert ids(every) == ["proj_thesis", "proj_course", "proj_old"]
    assert only(every, "proj_old")["status"] == "archived"
    assert only(every, "proj_old")["archived_at"] == midnight(days(-1))
    assert complaint(ask(provider, "/organization/projects", {"include_archived": "perhaps"}))[0] == 400


def test_what_became_of_an_invite_follows_from_the_day(provider):
    answer = ask(provider, "/organization/invites")

    assert {each["id"]: each["status"] for each in answer.json()["data"]} == {
        "invite_open": "pending",
        "invite_late": "expired",
        "invite_done": "accepted",
    }
    assert only(answer, "invite_open")["projects"] == [{"id": "proj_thesis", "role": "member"}]
    assert only(answer, "invite_done")["accepted_at"] == midnight(days(-6))


def test_admin_keys_have_their_expiry_and_come_oldest_first_unless_asked_otherwise(provider):
    answer = ask(provider, "/organization/admin_api_keys")

    assert ids(answer) == ["key_old", "key_main", "key_new"]
    assert ids(ask(provider, "/organization/admin_api_keys", {"order": "desc"})) == ids(answer)[::-1]
    assert only(answer, "key_main")["expires_at"] == midnight(days(30))
    assert only(answer, "key_main")["owner"]["type"] == "user"
    assert only(answer, "key_new")["owner"]["type"] == "service_account"
    assert only(answer, "key_new")["expires_at"] is None


def test_an_organization_lists_its_main_key_where_no_record_stands_for_it():
    with started([laboratory(admin_keys=())]) as provider:
        answer = ask(provider, "/organization/admin_api_keys")

    assert ids(answer) == ["key_main"]
    assert ADMIN not in answer.text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("sk-admin-abcdefghijklmnop", "sk-admin...nop"),
        ("fake-key-1", "fa...y-1"),
        ("abcd", "...cd"),
    ],
)
def test_of_a_key_only_the_ends_are_shown_and_never_more_than_half(value, shown):
    assert redacted(value) == shown
    assert len(shown) - 3 <= max(len(value) // 2 + 1, 11)


def test_a_projects_keys_say_who_owns_them_and_when_they_were_used(provider):
    answer = ask(provider, f"{OF_THESIS}/api_keys")

    assert ids(answer) == ["key_thesis", "key_service"]
    assert only(answer, "key_thesis")["owner"]["user"]["id"] == "user_bo"
    assert only(answer, "key_service")["owner"]["type"] == "service_account"
    assert only(answer, "key_thesis")["last_used_at"] == midnight(TODAY)
    assert only(ask(provider, "/organization/projects/proj_course/api_keys"), "key_course")[
        "expires_at"
    ] == midnight(days(20))


def test_a_key_that_made_no_costs_was_never_used():
    with started([laboratory(daily=lambda _: 0)]) as provider:
        answer = ask(provider, f"{OF_THESIS}/api_keys", {"owner_project_access": "any"})

    assert only(answer, "key_thesis")["last_used_at"] is None
    assert only(answer, "key_gone")["last_used_at"] == midnight(days(-3))


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("active", ["key_thesis", "key_service"]),
        ("inactive", ["key_gone"]),
        ("any", ["key_thesis", "key_service", "key_gone"]),
    ],
)
def test_keys_may_be_asked_for_by_whether_their_owner_still_has_access(provider, access, expected):
    assert ids(ask(provider, f"{OF_THESIS}/api_keys", {"owner_project_access": access})) == expected


def test_rate_limits_are_told_per_model_and_both_ways(provider):
    answer = ask(provider, f"{OF_THESIS}/rate_limits")

    assert only(answer, "rl-gpt-5") == {
        "object": "project.rate_limit",
        "id": "rl-gpt-5",
        "model": "gpt-5",
        "max_requests_per_1_minute": 500,
        "max_tokens_per_1_minute": 200_000,
    }
    assert ids(ask(provider, f"{OF_THESIS}/rate_limits", {"before": "rl-gpt-5-mini"})) == ["rl-gpt-5"]


def test_permissions_are_a_list_of_what_may_or_may_not_be_asked(provider):
    permissions = ask(provider, "/organization/projects/proj_course/model_permissions").json()

    assert permissions == {
        "object": "project.model_permissions",
        "mode": "allow_list",
        "model_ids": ["gpt-5-mini"],
    }
    assert ask(provider, f"{OF_THESIS}/model_permissions").json()["mode"] == "deny_list"


def test_a_projects_limit_is_its_own_and_404_where_there_is_none(provider):
    limit = ask(provider, f"{OF_THESIS}/spend_limit").json()

    assert (limit["object"], limit["threshold_amount"]) == ("project.spend_limit", 20_000)
    assert limit["enforcement"] == {"status": "inactive"}
    assert complaint(ask(provider, "/organization/projects/proj_course/spend_limit"))[0] == 404


def test_alerts_are_told_for_the_organization_and_for_a_project(provider):
    assert only(ask(provider, f"{OF_THESIS}/spend_alerts"), "alert_thesis") == {
        "object": "project.spend_alert",
        "id": "alert_thesis",
        "threshold_amount": 15_000,
        "currency": "USD",
        "interval": "month",
        "notification_channel": {"type": "email", "recipients": ["bo@example.edu"], "subject_prefix": "Thesis"},
    }
    assert ids(ask(provider, "/organization/spend_alerts", {"order": "desc"})) == ["alert_2", "alert_1", "alert_0"]
    assert ids(ask(provider, "/organization/spend_alerts", {"limit": 0})) == []


def test_before_asks_for_the_page_that_ends_there(provider):
    page = ask(provider, "/organization/spend_alerts", {"before": "alert_2", "limit": 1}).json()

    assert ([each["id"] for each in page["data"]], page["has_more"]) == (["alert_1"], True)


@pytest.mark.parametrize(
    "path",
    ["/organization/projects/proj_nobody/api_keys", "/organization/projects/proj_next/api_keys",
     "/organization/projects/proj_thesis", f"{OF_THESIS}/colours", "/organization/credits"],
)  # fmt: skip
def test_what_is_not_there_is_404(provider, path):
    assert complaint(ask(provider, path))[0] == 404


def test_what_can_only_be_read_is_not_changed(provider):
    assert complaint(ask(provider, "/organization/projects", method="POST"))[0] == 405
