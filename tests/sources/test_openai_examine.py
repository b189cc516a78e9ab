"""What `doctor` says of an admin key: what it is, can read, should not be able to read, whose it is, its end."""

import asyncio

import httpx
import pytest

from notifier.core.account import MAIN
from notifier.net import Net
from notifier.ports import Examined, Unreadable
from notifier.sources.openai.reader import OpenAI
from tests.sources.openai_bench import (
    A_DAY,
    COSTS,
    KEY,
    NOW,
    TODAY,
    Script,
    bucket,
    error,
    listing,
    midnight,
    page,
    question,
)

SHOWN = f"{KEY[:8]}...{KEY[-3:]}"
REFUSED = (403, error("Missing scopes: api.management.read"))
OWN = "made by an owner under Settings > Organization > Admin keys"


def admin_key(**fields):
    return {"id": "key_1", "redacted_value": SHOWN, "created_at": 1, "expires_at": None, **fields}


def organization(header="org-ours", **answers):
    known = {
        "costs": page(bucket(TODAY, 1)),
        "projects": listing(),
        "users": listing(),
        "admin_api_keys": listing(admin_key()),
    }
    return Script(headers={"openai-organization": header} if header else {}, **known | answers)


def examine(script, **asked):
    async def once():
        net = Net(httpx.MockTransport(script))
        try:
            return await OpenAI(net).examine(question(**{"organization": "org-ours"} | asked))
        finally:
            await net.aclose()

    return asyncio.run(once())


def said(script, what, **asked):
    return next(each for each in examine(script, **asked) if each.what == what)


def test_a_good_key_is_good_in_every_respect_and_little_is_asked():
    script = organization()
    found = examine(script)

    assert [(each.what, each.good) for each in found] == [
        ("the kind of key", True),
        ("what it is to read", True),
        ("its organization", True),
        ("its end", True),
    ]
    assert not any(each.advice for each in found)
    assert [(path, dict(pairs).get("limit")) for path, pairs in script.requests] == [
        (COSTS, "1"),
        ("/organization/spend_limit", None),
        ("/organization/projects", "1"),
        ("/organization/users", "1"),
        ("/organization/admin_api_keys", "100"),
    ]


def test_what_it_can_read_is_named():
    assert said(organization(), "what it is to read").found == (
        "it can read costs, the spend limit, projects, members and admin keys"
    )


@pytest.mark.parametrize(
    ("key", "good", "found"),
    [
        ("sk-admin-x", True, "it is an admin key; whether it may also change things, reading does not show"),
        ("sk-proj-x", False, "it is a project key, which uses models and reads no organization"),
        ("sk-svcacct-x", False, "it is the key of a service account, which reads no organization"),
        ("sk-x", None, "its beginning does not say what kind of key it is"),
    ],
)
def test_the_beginning_of_a_key_says_what_kind_it_is(key, good, found):
    advice = f"Put in an admin key, {OWN}." if good is False else ""

    assert said(organization(), "the kind of key", key=key) == Examined("the kind of key", good, found, advice)


def test_what_is_wanted_and_may_not_be_read_is_to_be_mended_or_left_out():
    script = organization(users=REFUSED)

    assert said(script, "members") == Examined(
        "members",
        False,
        "it may not read members (403)",
        (
            "It takes the scope api.management.read. "
            "Or let it read less: `reads: [costs, limits, projects, keys, models]`."
        ),
    )


def test_what_needs_several_areas_leaves_out_all_that_need_the_refused_one():
    advice = said(organization(projects=(403, error("no"))), "projects").advice

    assert advice == (
        "It takes the scope api.management.read (Organization Administration: Read). "
        "Or let it read less: `reads: [costs, members]`."
    )


def test_where_several_areas_are_refused_one_line_leaves_them_all_out():
    found = examine(organization(spend_limit=REFUSED, projects=REFUSED, users=REFUSED, admin_api_keys=REFUSED))
    advice = {each.advice for each in found if each.good is False}

    assert advice == {"It takes the scope api.management.read. Or let it read less: `reads: [costs]`."}


def test_where_only_costs_are_wanted_nothing_can_be_left_out():
    script = organization(costs=(403, error("Missing scopes: api.usage.read")))
    found = said(script, "costs", parts=(MAIN,))

    assert found.advice == "It takes the scope api.usage.read."


def test_a_key_that_reads_more_than_is_used_should_be_another_one():
    found = said(organization(), "what else it can read", parts=(MAIN,))

    assert found == Examined(
        "what else it can read",
        False,
        "it can also read the spend limit, projects, members and admin keys, which nothing here asks for",
        (
            "Make another key and put it in: one with the scope api.usage.read alone is enough for costs. "
            "Or let it be used: `reads: [costs, limits, projects, keys, models, members]`."
        ),
    )


def test_a_key_that_reads_only_costs_is_well_where_only_costs_are_wanted():
    narrow = organization(spend_limit=REFUSED, projects=REFUSED, users=REFUSED, admin_api_keys=REFUSED)
    found = examine(narrow, parts=(MAIN,))

    assert [each.what for each in found] == [
        "the kind of key",
        "what it is to read",
        "its organization",
        "its end",
    ]
    assert [each.good for each in found] == [True, True, True, None]


def test_other_parts_need_other_keys_to_be_made_narrower():
    assert "one with less" in said(organization(), "what else it can read", parts=(MAIN, "limits")).advice


@pytest.mark.parametrize("answer", [(500, ""), (429, error("slow down")), (400, error("no")), (404, error("no"))])
def test_where_the_answer_does_not_tell_it_is_unclear(answer):
    assert said(organization(users=answer), "members").good is None


@pytest.mark.parametrize(
    ("key", "found"),
    [
        (KEY, "OpenAI refuses it (401): it is wrong, revoked or not allowed from this network address"),
        (
            "sk-proj-x",
            (
                "OpenAI refuses it (401): it is wrong, revoked or not allowed from this network address; "
                "it is a project key, which uses models and reads no organization"
            ),
        ),
    ],
)
def test_a_key_that_is_refused_is_asked_once(key, found):
    script = organization(costs=(401, error(f"Incorrect API key provided: {key}")))

    assert examine(script, key=key) == [
        Examined("the key", False, found, f"Put in an admin key of the organization, {OWN}.")
    ]
    assert len(script.requests) == 1


WITH_ORGANIZATION = "it belongs to org-1; with `organization: org-1` answers of any other would be refused"


@pytest.mark.parametrize(
    ("header", "declared", "good", "found"),
    [
        ("org-ours", "org-ours", True, "it belongs to org-ours, as the accounts file says"),
        ("org-theirs", "org-ours", False, "it belongs to org-theirs, but the accounts file names org-ours"),
        ("org-1", "", None, WITH_ORGANIZATION),
        ("", "org-ours", None, "no answer names the organization"),
        ("<!channel>", "org-ours", None, "no answer names the organization"),
    ],
)  # fmt: skip
def test_whose_key_it_is_is_compared(header, declared, good, found):
    examined = said(organization(header), "its organization", organization=declared)

    assert (examined.good, examined.found) == (good, found)
    assert bool(examined.advice) == (good is False)


@pytest.mark.parametrize(
    ("expires_at", "good", "found"),
    [
        (None, True, "it does not expire"),
        (midnight(TODAY) + 31 * A_DAY, True, "it expires on 4 July"),
        (midnight(TODAY) + 30 * A_DAY, False, "it expires on 3 July (in 30 days)"),
        (midnight(TODAY) + A_DAY, False, "it expires on 4 June (in 1 day)"),
        (NOW, False, "it expires on 3 June (today)"),
    ],
)
def test_when_the_key_ends_is_said_and_a_month_before_what_to_do(expires_at, good, found):
    examined = said(organization(admin_api_keys=listing(admin_key(expires_at=expires_at))), "its end")

    assert (examined.good, examined.found) == (good, found)
    assert bool(examined.advice) == (good is False)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        (REFUSED, "it may not read admin keys, so that nobody can say when it expires"),
        (listing(), "which of the admin keys it is cannot be told, so neither when it expires"),
        (
            listing(admin_key(redacted_value="sk-admin...zzz")),
            "which of the admin keys it is cannot be told, so neither when it expires",
        ),
        ({"data": [None]}, "which of the admin keys it is cannot be told, so neither when it expires"),
        ({}, "which of the admin keys it is cannot be told, so neither when it expires"),
    ],
)
def test_when_the_key_ends_may_not_be_known(keys, found):
    assert said(organization(admin_api_keys=keys), "its end") == Examined("its end", None, found)


def test_a_page_of_the_network_is_no_answer_about_a_key():
    with pytest.raises(Unreadable, match="A web page came"):
        examine(organization(costs=(200, "<html>")))


def test_without_an_answer_nothing_is_said():
    with pytest.raises(Unreadable, match="could not be reached"):
        examine(organization(users=httpx.ConnectError(KEY)))


@pytest.mark.parametrize(
    "script",
    [
        organization(),
        organization(users=(403, error(f"{KEY} <!channel>"))),
        organization(admin_api_keys=(500, f"{KEY} <!channel>")),
        organization(f"org-{KEY}"),
    ],
)
def test_no_finding_shows_the_key(script):
    found = repr(examine(script))

    assert KEY not in found
    assert "<!channel>" not in found
