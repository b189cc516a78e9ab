"""Anthropic's lists: workspaces, members, invitations, keys; and what doctor hears of the key."""

from datetime import date

import pytest

from notifier.core.account import MAIN, Poll
from notifier.ports import Heard, Unreadable
from tests.sources.provided import NOW, Script, Turns, ask
from tests.sources.test_anthropic import COSTS, KEY, OURS, Module, hear, page, read, why_not

WORKSPACES, USERS = "/v1/organizations/workspaces", "/v1/organizations/users"
INVITES, KEYS = "/v1/organizations/invites", "/v1/organizations/api_keys"


def listed(*items, then=None):
    return {"data": list(items), "has_more": then is not None, "first_id": "x", "last_id": then}


WORKSPACE = {
    "id": "wrkspc_1",
    "name": "Thesis 7",
    "created_at": "2024-10-30T23:58:27.427722Z",
    "archived_at": None,
}
USER = {"id": "user_1", "name": "Jane Doe", "email": "jane@example.edu", "role": "admin",
        "added_at": "2024-10-30T23:58:27Z"}  # fmt: skip
INVITE = {"id": "invite_1", "email": "joe@example.edu", "role": "user", "status": "pending",
          "invited_at": "2026-11-20T10:00:00Z", "expires_at": "2026-12-11T10:00:00Z"}  # fmt: skip
HINT = "sk-ant-api03-R2D...igAA"
API_KEY = {"id": "apikey_1", "name": "Developer Key", "status": "active", "workspace_id": "wrkspc_1",
           "created_at": "2024-10-30T23:58:27Z", "expires_at": "2027-01-31T00:00:00Z",
           "created_by": {"id": "user_1", "type": "user"}, "partial_key_hint": HINT}  # fmt: skip
LISTS = {"projects": {WORKSPACES: listed(WORKSPACE)},
         "members": {USERS: listed(USER), INVITES: listed(INVITE)},
         "keys": {KEYS: listed(API_KEY), USERS: listed(USER)}}  # fmt: skip


def part(name, answers=None, **more):
    return read(LISTS[name] | (answers or {}), part=name, **more)


def test_workspaces_are_projects_archived_ones_too():
    archived = WORKSPACE | {"id": "wrkspc_2", "name": None, "archived_at": "2026-01-01T00:00:00Z"}
    script = Script({WORKSPACES: listed(WORKSPACE, archived)})
    reading = read(script, part="projects")

    assert reading.source == "anthropic projects"
    assert reading.account == {
        "projects": ("wrkspc_1", "wrkspc_2"),
        "projects/wrkspc_1/name": "Thesis 7",
        "projects/wrkspc_1/created_on": date(2024, 10, 30),
        "projects/wrkspc_1/archived": False,
        "projects/wrkspc_2/name": None,
        "projects/wrkspc_2/created_on": date(2024, 10, 30),
        "projects/wrkspc_2/archived": True,
    }
    assert script.queries == [{"limit": "1000", "include_archived": "true"}]


def test_members_and_invitations_come_together():
    gone = INVITE | {"id": "invite_2", "status": "deleted"}

    assert part("members", {INVITES: listed(INVITE, gone)}).account == {
        "members": ("user_1",),
        "members/user_1/name": "Jane Doe",
        "members/user_1/email": "jane@example.edu",
        "members/user_1/role": "admin",
        "members/user_1/added_on": date(2024, 10, 30),
        "invites": ("invite_1",),
        "invites/invite_1/email": "joe@example.edu",
        "invites/invite_1/role": "user",
        "invites/invite_1/status": "pending",
        "invites/invite_1/created_on": date(2026, 11, 20),
        "invites/invite_1/expires_on": date(2026, 12, 11),
    }


def test_keys_that_work_have_an_owner_a_project_and_an_end_and_nothing_of_how_they_look():
    reading = part("keys", {KEYS: listed(API_KEY, API_KEY | {"id": "apikey_2", "status": "archived"})})

    assert reading.account == {
        "keys": ("apikey_1",),
        "keys/apikey_1/name": "Developer Key",
        "keys/apikey_1/owner": "Jane Doe",
        "keys/apikey_1/project": "wrkspc_1",
        "keys/apikey_1/created_on": date(2024, 10, 30),
        "keys/apikey_1/expires_on": date(2027, 1, 31),
        "keys/apikey_1/is_admin": False,
        "keys/apikey_1/is_ours": False,
    }
    assert "R2D" not in repr(reading)


@pytest.mark.parametrize(
    ("hint", "is_admin", "is_ours"),
    [
        ("sk-ant-admin01-fak...igAA", True, True),
        ("sk-ant-admin01-oth...igAA", True, False),
        ("sk-ant-admin01-fak...other", True, False),
        ("...igAA", False, False),
        ("sk-ant-admin01-fak", True, False),
        (None, None, None),
    ],
)
def test_our_own_key_is_known_by_its_ends(hint, is_admin, is_ours):
    facts = part("keys", {KEYS: listed(API_KEY | {"partial_key_hint": hint})}).account

    assert (facts["keys/apikey_1/is_admin"], facts["keys/apikey_1/is_ours"]) == (is_admin, is_ours)


@pytest.mark.parametrize("made_by", [None, {"id": "user_9", "type": "user"}, "user_1", {}])
def test_a_key_whose_maker_is_not_known_has_no_owner(made_by):
    assert part("keys", {KEYS: listed(API_KEY | {"created_by": made_by})}).account["keys/apikey_1/owner"] is None


def test_a_key_of_the_default_workspace_that_never_ends_has_no_project_and_no_end():
    facts = part("keys", {KEYS: listed(API_KEY | {"workspace_id": None, "expires_at": None})}).account

    assert (facts["keys/apikey_1/project"], facts["keys/apikey_1/expires_on"]) == (None, None)


def test_a_list_is_read_page_by_page():
    script = Script({WORKSPACES: Turns([listed(WORKSPACE, then="wrkspc_1"), listed(WORKSPACE | {"id": "w2"})])})
    reading = read(script, part="projects")

    assert reading.account["projects"] == ("wrkspc_1", "w2")
    assert [query.get("after_id") for query in script.queries] == [None, "wrkspc_1"]


def test_an_empty_list_is_empty_and_not_unread():
    assert part("members", {USERS: listed(), INVITES: listed()}).account == {"members": (), "invites": ()}


def test_names_are_kept_as_they_are_but_for_their_length():
    facts = part("projects", {WORKSPACES: listed(WORKSPACE | {"name": "<!channel> & " + "a" * 300})}).account

    assert facts["projects/wrkspc_1/name"] == "<!channel> & " + "a" * 187


@pytest.mark.parametrize(
    "item",
    [
        None,
        {},
        WORKSPACE | {"id": 7},
        WORKSPACE | {"id": "a/b"},
        WORKSPACE | {"id": ""},
        WORKSPACE | {"name": 7},
        WORKSPACE | {"created_at": "long ago"},
    ],
)
def test_an_item_that_is_not_as_documented_spoils_the_list(item):
    answer = listed(WORKSPACE | {"id": "sound"}, item)

    assert "about workspaces is not as documented (" in why_not({WORKSPACES: answer}, part="projects").why


def test_an_item_that_comes_twice_and_a_list_without_end_spoil_it_too():
    many = listed(*({"id": f"w{number}"} for number in range(10_001)))

    assert "an item comes twice" in why_not({WORKSPACES: listed(WORKSPACE, WORKSPACE)}, part="projects").why
    assert why_not({WORKSPACES: many}, part="projects").why == (
        "Anthropic lists more than 10,000 workspaces; so many are not read."
    )


@pytest.mark.parametrize("name", list(LISTS))
def test_the_same_bytes_of_a_list_on_the_same_day_are_no_reading(name):
    first = hear(LISTS[name], part=name)
    [path, *_] = LISTS[name]
    other = LISTS[name] | {path: LISTS[name][path] | {"new": 1}}

    assert hear(LISTS[name], part=name, seen=first.seen, now=NOW + 3_600) == Heard(None, first.seen)
    assert hear(other, part=name, seen=first.seen).reading is not None


def test_a_list_that_is_refused_is_named():
    assert (
        "does not let this key read invitations (403)"
        in why_not({USERS: listed(USER), INVITES: (403, "")}, part="members").why
    )


# -- doctor -------------------------------------------------------------------------------------------------------

ME = {"/v1/organizations/me": {"id": OURS, "name": "Example Lab", "type": "organization"}}


def test_doctor_hears_what_the_key_reads_and_whose_it_is():
    script = Script({COSTS: page(), **LISTS["projects"], **LISTS["keys"], **LISTS["members"], **ME})
    key, organization = hear_examined(script, MAIN, "projects", "members", "keys")

    assert key.found.startswith("it reads costs, workspaces, members, invitations, API keys; as an admin key it")
    assert organization.found == f"Example Lab ({OURS})"
    assert [query.get("limit") for query in script.queries] == ["31", "1", "1", "1", "1", None]


def hear_examined(script, *parts):
    return ask(Module(10), script, "examine", poll=Poll("anthropic", "K", parts), key=KEY)


def test_doctor_hears_what_the_key_does_not_read():
    with pytest.raises(Unreadable, match="does not let this key read workspaces"):
        hear_examined(Script({COSTS: page(), WORKSPACES: (403, "")}), MAIN, "projects")
