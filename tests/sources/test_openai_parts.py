"""Limits, projects, members, keys and models: read whole, checked field by field, bounded."""

from datetime import date, timedelta

import pytest
from structlog.testing import capture_logs

from notifier.core.facts import Costs, Reading
from notifier.core.money import Money
from tests.sources.openai_bench import (
    COSTS,
    KEY,
    NOW,
    TODAY,
    Script,
    bucket,
    by_day,
    charging,
    days,
    error,
    hear,
    listing,
    midnight,
    page,
    read,
    row,
    why_not,
)

MAY = midnight(date(2024, 5, 1))
PROJECTS = "/organization/projects"


def project(name, /, **fields):
    return {"object": "organization.project", "id": name, "name": name.title(), "created_at": MAY, **fields}


def of(reading, item):
    """What *reading* says of *item* (``members/user_1``), by fact."""
    return {
        name.removeprefix(f"{item}/"): value
        for name, value in reading.account.items()
        if name.startswith(f"{item}/")
    }


# -- lists --------------------------------------------------------------------------------------------------------


def test_a_list_is_read_page_by_page():
    script = Script().at(PROJECTS, listing(project("a"), project("b"), more=True), listing(project("c")))
    reading = read(script, "projects")

    assert reading.account["projects"] == ("a", "b", "c")
    assert script.asked_of(PROJECTS) == [
        [("limit", "100"), ("include_archived", "true")],
        [("limit", "100"), ("include_archived", "true"), ("after", "b")],
    ]


def test_a_page_that_names_no_last_entry_goes_on_after_its_last_one():
    first = listing(project("a"), more=True) | {"last_id": None}
    script = Script().at(PROJECTS, first, listing(project("b")))

    assert read(script, "projects").account["projects"] == ("a", "b")
    assert script.asked_of(PROJECTS)[1][-1] == ("after", "a")


def test_an_entry_that_comes_twice_counts_once_as_it_came_last():
    script = Script().at(PROJECTS, listing(project("a"), more=True), listing(project("a", name="New")))
    reading = read(script, "projects")

    assert reading.account["projects"] == ("a",)
    assert reading.account["projects/a/name"] == "New"


def test_a_list_that_turns_in_a_circle_is_refused():
    script = Script().at(PROJECTS, listing(project("a"), more=True))

    assert why_not(script, "projects").why == "OpenAI sent the same page of projects over and over."
    assert len(script.requests) == 2


def test_a_list_without_end_is_refused():
    def more(request):
        return listing(project(f"p{int(request.url.params.get('after', 'p0')[1:]) + 1}"), more=True)

    script = Script().at(PROJECTS, more)

    assert why_not(script, "projects").why == "OpenAI sent more than 200 pages of projects."
    assert len(script.requests) == 200


def test_a_list_of_more_than_ten_thousand_is_refused():
    def more(request):
        start = int(request.url.params.get("after", "p0")[1:])
        return listing(*(project(f"p{start + n}") for n in range(1, 101)), more=True)

    why = why_not(Script().at(PROJECTS, more), "projects").why

    assert why == "OpenAI lists more than 10,000 projects: more than notifier reads."


def test_a_list_of_ten_thousand_is_read():
    entries = [project(f"p{number}") for number in range(10_000)]

    assert len(read(Script().at(PROJECTS, listing(*entries)), "projects").account["projects"]) == 10_000


@pytest.mark.parametrize(
    "answer",
    [
        {},
        {"data": {}, "has_more": False},
        {"data": [None], "has_more": False},
        {"data": []},
        {"data": [], "has_more": "no"},
        {"data": [], "has_more": True},
        {"data": [project("a")], "has_more": True, "last_id": 7},
        {"data": [project("a")], "has_more": True, "last_id": ""},
        listing({"name": "without an id"}),
        listing(project("a/../b")),
        listing(project("<!channel>")),
        listing(project("x" * 129)),
        listing(project("a", id=7)),
        listing(project("a", name=7)),
        listing(project("a", created_at="yesterday")),
        listing(project("a", created_at=True)),
        listing(project("a", created_at=-1)),
        listing(project("a", created_at=10**12)),
        listing(project("a", archived_at="yesterday")),
    ],
)
def test_a_list_that_is_not_as_documented_is_no_reading(answer):
    why = why_not(Script().at(PROJECTS, answer), "projects").why

    assert why.startswith("OpenAI's answer about projects is not as documented (")


def test_a_name_is_kept_as_it_is_up_to_two_hundred_characters():
    hostile = "<!channel>\x1b[31m\u202e\ud83d " + "x" * 300
    name = read(Script().at(PROJECTS, listing(project("a", name=hostile))), "projects").account["projects/a/name"]

    assert name == hostile[:200]


# -- projects -----------------------------------------------------------------------------------------------------


def test_projects_have_name_day_and_whether_they_are_archived():
    script = Script().at(
        PROJECTS,
        listing(
            project("a", archived_at=None, status="active"),
            project("b", archived_at=MAY),
            project("c", status="archived", name=None),
            {"id": "d", "created_at": MAY + 86_399, "news": {}},
        ),
    )
    reading = read(script, "projects")

    assert (reading.source, reading.at, reading.costs, reading.spends) == ("openai projects", NOW, None, {})
    assert reading.account["projects"] == ("a", "b", "c", "d")
    assert of(reading, "projects/a") == {"name": "A", "created_on": date(2024, 5, 1), "archived": False}
    assert of(reading, "projects/b") == {"name": "B", "created_on": date(2024, 5, 1), "archived": True}
    assert of(reading, "projects/c") == {"name": None, "created_on": date(2024, 5, 1), "archived": True}
    assert of(reading, "projects/d") == {"created_on": date(2024, 5, 1), "archived": False}


# -- limits -------------------------------------------------------------------------------------------------------


def limit(cents, currency="USD", status="enforcing"):
    return {"object": "organization.spend_limit", "threshold_amount": cents, "currency": currency,
            "interval": "month", "enforcement": {"status": status}}  # fmt: skip


def alert(name, cents=5_000, to=("pi@example.edu",), **fields):
    channel = {"type": "email", "recipients": list(to)}
    return {"id": name, "object": "organization.spend_alert", "threshold_amount": cents, "currency": "USD",
            "interval": "month", "notification_channel": channel, **fields}  # fmt: skip


def limits(*projects, **paths):
    script = Script(spend_alerts=listing(), projects=listing(*map(project, projects)), **paths)
    for each in projects:
        script.at(f"{PROJECTS}/{each}/spend_alerts", listing())
    return script


def test_limits_and_alerts_of_the_organization_and_its_projects():
    script = limits("a", "b", spend_limit=limit(10_000))
    script.at("/organization/spend_alerts", listing(alert("alert_1")))
    script.at(f"{PROJECTS}/a/spend_limit", limit(2_550))
    script.at(f"{PROJECTS}/b/spend_alerts", listing(alert("alert_2", 0, to=[])))
    reading = read(script, "limits")

    assert reading.source == "openai limits"
    assert reading.account == {
        "spend_limit": Money(100_000_000, "USD"),
        "projects/a/spend_limit": Money(25_500_000, "USD"),
        "projects/b/spend_limit": None,
        "spend_alerts": ("alert_1", "alert_2"),
        "spend_alerts/alert_1/amount": Money(50_000_000, "USD"),
        "spend_alerts/alert_1/recipients": ("pi@example.edu",),
        "spend_alerts/alert_1/project": None,
        "spend_alerts/alert_2/amount": Money(0, "USD"),
        "spend_alerts/alert_2/recipients": (),
        "spend_alerts/alert_2/project": "b",
    }


def test_without_a_limit_there_is_none_and_that_is_an_answer():
    assert read(limits(), "limits").account == {"spend_limit": None, "spend_alerts": ()}


def test_a_limit_that_does_not_bind_yet_is_set_all_the_same():
    reading = read(limits(spend_limit=limit(0, "usd", "inactive")), "limits")

    assert reading.account["spend_limit"] == Money(0, "USD")


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ({"currency": "USD"}, "no number of cents"),
        (limit(-1), "no number of cents"),
        (limit(True), "no number of cents"),
        (limit("100"), "no number of cents"),
        (limit(10**20), "no number of cents"),
        (limit(100, "dollars"), "a currency is no code"),
        (limit(100, None), "a currency is no code"),
        ("nothing", "it is no JSON object"),
    ],
)
def test_a_limit_that_is_not_as_documented_is_no_reading(answer, why):
    answer = (200, answer) if isinstance(answer, str) else answer

    assert why in why_not(limits(spend_limit=answer), "limits").why


@pytest.mark.parametrize(
    "channel", [None, {}, {"recipients": None}, {"recipients": [7]}, {"recipients": "pi@example.edu"}]
)
def test_an_alert_that_does_not_say_whom_it_goes_to_is_no_reading(channel):
    script = limits().at("/organization/spend_alerts", listing(alert("a", notification_channel=channel)))

    assert "whom it goes to" in why_not(script, "limits").why


def test_whom_an_alert_goes_to_is_bounded():
    script = limits().at("/organization/spend_alerts", listing(alert("a", to=["x" * 300] * 80)))

    assert read(script, "limits").account["spend_alerts/a/recipients"] == ("x" * 200,) * 50


def test_of_many_projects_the_newest_fifty_are_asked_and_that_is_noted():
    names = [f"p{number:03}" for number in range(60)]
    entries = [project(name, created_at=MAY + number) for number, name in enumerate(names)]
    script = Script(spend_alerts=listing(), projects=listing(*entries))
    for name in names:
        script.at(f"{PROJECTS}/{name}/spend_alerts", listing())
    with capture_logs() as log:
        reading = read(script, "limits")

    asked = {name.split("/")[1] for name in reading.account if name.startswith("projects/")}
    assert asked == set(names[10:])
    assert [(each["action"], each["part"], each["count"]) for each in log] == [("projects_left_out", "limits", 10)]


# -- members ------------------------------------------------------------------------------------------------------


def user(name, /, **fields):
    return {"object": "organization.user", "id": name, "added_at": MAY, **fields}


def members(*users, invites=(), costs=None):
    script = Script(users=listing(*users), invites=listing(*invites))
    return script.at(COSTS, page() if costs is None else costs)


def test_members_and_invites_have_their_facts():
    script = members(
        user("user_1", name="A. Researcher", email="a@example.edu", role="owner", is_service_account=False,
             api_key_last_used_at=MAY),
        user("user_2", name=None, api_key_last_used_at=None, is_service_account=True),
        invites=[{"id": "invite-1", "email": "b@example.edu", "role": "reader", "status": "pending",
                  "created_at": MAY, "expires_at": MAY + 86_400, "projects": []}],
    )  # fmt: skip
    reading = read(script, "members")
    first = date(2024, 5, 1)

    assert (reading.source, reading.costs) == ("openai members", None)
    assert (reading.account["members"], reading.account["invites"]) == (("user_1", "user_2"), ("invite-1",))
    assert of(reading, "members/user_1") == {
        "name": "A. Researcher",
        "email": "a@example.edu",
        "role": "owner",
        "is_service_account": False,
        "added_on": first,
        "last_used_on": first,
    }
    assert of(reading, "members/user_2") == {
        "name": None,
        "is_service_account": True,
        "added_on": first,
        "last_used_on": None,
    }
    assert of(reading, "invites/invite-1") == {
        "email": "b@example.edu",
        "role": "reader",
        "status": "pending",
        "created_on": first,
        "expires_on": first + timedelta(1),
    }


@pytest.mark.parametrize("broken", [{"is_service_account": "no"}, {"email": []}, {"api_key_last_used_at": 1.5}])
def test_a_member_that_is_not_as_documented_is_no_reading(broken):
    assert "is not as documented" in why_not(members(user("user_1", **broken)), "members").why


def test_each_member_has_costs():
    rows = [row("1.5", user_id="user_1"), row(2, user_id="user_2"), row(4)]
    script = members(user("user_1"), costs=page(bucket(TODAY, *rows)))
    reading = read(script, "members")

    assert script.groups == [["user_id"]]
    assert {item: by_day(costs) for item, costs in reading.spends.items()} == {
        "members/user_1": {TODAY: 1_500_000},
        "members/user_2": {TODAY: 2_000_000},
    }


REFUSED = (400, error("Invalid value for group_by: user_id"))


@pytest.mark.parametrize("part", ["members", "keys"])
def test_where_costs_are_not_grouped_like_that_there_are_none_and_it_is_no_failure(part):
    script = members(user("user_1"), costs=REFUSED).at(PROJECTS, listing())
    script.at("/organization/admin_api_keys", listing())
    reading = read(script, part)

    assert reading.spends == {}
    assert part in reading.account
    assert len(script.asked) == 1


def test_costs_of_members_are_laid_over_what_was_kept():
    old = Costs.by_day("USD", {days(200).toordinal(): 7, days(2).toordinal(): 9})
    before = Reading("openai members", NOW, spends={"members/user_1": old, "members/gone": old})
    script = members(costs=charging({days(2): [row("0.000001", user_id="user_1")]}))
    reading = read(script, "members", before=before, days_back=400)

    assert len(script.asked) == 1
    assert {item: by_day(costs) for item, costs in reading.spends.items()} == {
        "members/user_1": {days(200): 7, days(2): 1},
        "members/gone": {days(200): 7},
    }


def test_costs_of_members_that_come_for_the_first_time_are_read_whole():
    before = Reading("openai members", NOW, {"members": ()})
    script = members(costs=charging({days(300): [row(1, user_id="u")], TODAY: [row(1, user_id="u")]}))
    reading = read(script, "members", before=before, days_back=400)

    assert by_day(reading.spends["members/u"]) == {days(300): 1_000_000, TODAY: 1_000_000}


def test_costs_that_are_no_longer_to_be_had_are_not_told_as_they_were():
    before = Reading("openai members", NOW, spends={"members/u": Costs.by_day("USD", {TODAY.toordinal(): 1})})

    assert read(members(costs=REFUSED), "members", before=before).spends == {}


# -- keys ---------------------------------------------------------------------------------------------------------

SHOWN = f"{KEY[:8]}...{KEY[-3:]}"


def key(name, redacted="sk-proj...abc", /, **fields):
    return {"id": name, "name": name.title(), "redacted_value": redacted, "created_at": MAY, "last_used_at": None,
            "owner": {"type": "user", "user": {"id": "user_1", "name": "A. Researcher"}}, **fields}  # fmt: skip


def keys(*of_project, admin=(), costs=None):
    script = Script(projects=listing(project("p1")), admin_api_keys=listing(*admin))
    script.at(f"{PROJECTS}/p1/api_keys", listing(*of_project))
    return script.at(COSTS, page() if costs is None else costs)


def test_keys_of_projects_and_admin_keys_have_their_facts():
    service = {"type": "service_account", "service_account": {"id": "sa_1", "name": "nightly"}}
    script = keys(
        key("key_1", last_used_at=MAY),
        key("key_2", owner=service, expires_at=MAY + 86_400),
        admin=[key("key_9", SHOWN, owner={"type": "user", "id": "user_1", "name": "Owner"}, expires_at=None)],
    )
    reading = read(script, "keys")
    first = date(2024, 5, 1)

    assert reading.account["keys"] == ("key_1", "key_2", "key_9")
    assert of(reading, "keys/key_1") == {
        "name": "Key_1", "owner": "A. Researcher", "project": "p1", "is_admin": False,
        "created_on": first, "last_used_on": first,
    }  # fmt: skip
    assert of(reading, "keys/key_2") == {
        "name": "Key_2", "owner": "nightly", "project": "p1", "is_admin": False,
        "created_on": first, "last_used_on": None, "expires_on": first + timedelta(1),
    }  # fmt: skip
    assert of(reading, "keys/key_9") == {
        "name": "Key_9", "owner": "Owner", "is_admin": True, "is_ours": True,
        "created_on": first, "last_used_on": None, "expires_on": None,
    }  # fmt: skip


def test_nothing_of_a_key_itself_is_kept():
    reading = read(keys(key("key_1", "sk-proj-shown...end"), admin=[key("key_9", SHOWN)]), "keys")

    for text in ("sk-proj", "sk-admin", SHOWN, KEY):
        assert text not in repr(reading)


@pytest.mark.parametrize(
    ("shown", "ours"),
    [
        ([SHOWN, "sk-admin...zzz"], [True, False]),
        ([f"{KEY[:9]}****{KEY[-4:]}"], [True]),
        ([f"{KEY[:9]}…{KEY[-4:]}"], [True]),
        ([SHOWN, SHOWN], [None, None]),
        (["sk-admin...zzz"], [None]),
        ([KEY], [None]),
        ([f"{KEY[:10]}...{KEY[10:]}"], [None]),
        ([f"sk-other...{KEY[-3:]}"], [None]),
        (["..."], [None]),
        (["sk-admin..."], [None]),
        (["sk-admin..a..ret"], [None]),
        ([f"{KEY[:12]}...{KEY[-12:]}"], [None]),
        ([None], [None]),
    ],
)
def test_our_own_key_is_known_by_its_ends_unless_that_is_unclear(shown, ours):
    admin = [key(f"key_{number}", each) for number, each in enumerate(shown)]
    reading = read(keys(admin=admin), "keys")

    assert [reading.account.get(f"keys/key_{number}/is_ours") for number in range(len(shown))] == ours


@pytest.mark.parametrize(
    ("owner", "who"),
    [
        (None, None),
        ({"type": "user", "user": {"id": "user_1", "email": "a@example.edu"}}, "a@example.edu"),
        ({"type": "user", "id": "sa_456"}, "sa_456"),
        ({}, None),
    ],
)
def test_whose_a_key_is_may_be_said_in_several_ways(owner, who):
    assert read(keys(key("key_1", owner=owner)), "keys").account["keys/key_1/owner"] == who


@pytest.mark.parametrize("owner", ["me", {"user": "me"}, {"user": {"name": 7}}])
def test_an_owner_that_is_not_as_documented_is_no_reading(owner):
    assert "is not as documented" in why_not(keys(key("key_1", owner=owner)), "keys").why


def test_each_key_has_costs():
    script = keys(key("key_1"), costs=page(bucket(TODAY, row(2, api_key_id="key_1"))))
    reading = read(script, "keys")

    assert script.groups == [["api_key_id"]]
    assert by_day(reading.spends["keys/key_1"]) == {TODAY: 2_000_000}


def test_a_new_key_of_ours_is_looked_at_also_if_the_bytes_are_the_same():
    first = hear(keys(admin=[key("key_9", SHOWN)]), "keys")
    again = hear(keys(admin=[key("key_9", SHOWN)]), "keys", key="sk-admin-another", seen=first.seen)

    assert again.reading.account.get("keys/key_9/is_ours") is None


# -- models -------------------------------------------------------------------------------------------------------


def rate(model, requests=500, tokens=30_000):
    return {"object": "project.rate_limit", "id": f"rl-{model}", "model": model,
            "max_requests_per_1_minute": requests, "max_tokens_per_1_minute": tokens}  # fmt: skip


def models(**projects):
    """Each project with its rate limits, and then its policy if it has one."""
    script = Script(projects=listing(*map(project, projects)))
    for name, (rates, *policy) in projects.items():
        script.at(f"{PROJECTS}/{name}/rate_limits", listing(*rates))
        if policy:
            script.at(f"{PROJECTS}/{name}/model_permissions", policy[0])
    return script


def policy(mode, *ids):
    return {"object": "project.model_permissions", "mode": mode, "model_ids": list(ids)}


def test_models_of_all_projects_have_the_largest_limits_of_any():
    reading = read(models(a=[[rate("gpt-5.5", 500, 90), rate("o3")]], b=[[rate("gpt-5.5", 100, 200)]]), "models")

    assert reading.source == "openai models"
    assert sorted(reading.account["models"]) == ["gpt-5.5", "o3"]
    assert of(reading, "models/gpt-5.5") == {
        "visible": True,
        "requests_per_minute": 500,
        "tokens_per_minute": 200,
    }


def test_a_model_is_visible_where_one_project_may_use_it():
    reading = read(
        models(
            a=[[rate("x", 900), rate("y"), rate("z")], policy("allow_list", "y")],
            b=[[rate("x", 100), rate("z")], policy("deny_list", "z")],
        ),
        "models",
    )

    assert {name: reading.account[f"models/{name}/visible"] for name in "xyz"} == {
        "x": True,
        "y": True,
        "z": False,
    }
    assert reading.account["models/x/requests_per_minute"] == 100, "the other project may not use it"
    assert "models/z/requests_per_minute" not in reading.account


@pytest.mark.parametrize(
    "broken",
    [
        [[{"id": "rl-1"}]],
        [[rate("two words")]],
        [[rate("<!channel>")]],
        [[rate("x", requests=-1)]],
        [[rate("x", tokens=None)]],
        [[rate("x", tokens=True)]],
        [[rate("x")], policy("mode")],
        [[rate("x")], {"mode": "allow_list"}],
    ],
)
def test_a_limit_of_a_model_that_is_not_as_documented_is_no_reading(broken):
    assert "is not as documented" in why_not(models(a=broken), "models").why


def test_a_field_that_is_left_out_is_not_spoken_of():
    entry = rate("x")
    del entry["max_tokens_per_1_minute"]

    assert of(read(models(a=[[entry]]), "models"), "models/x") == {"visible": True, "requests_per_minute": 500}
