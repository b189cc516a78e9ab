"""Every answer of OpenAI has one consequence: it is used whole, or one sentence says what to do."""

import asyncio
import socket
from contextlib import contextmanager
from threading import Thread

import httpx
import pytest

from notifier.core.account import MAIN
from notifier.net import Net
from notifier.ports import Unreadable
from notifier.sources.openai.reader import OpenAI
from tests.sources.openai_bench import (
    A_DAY,
    COSTS,
    KEY,
    PARTS,
    TODAY,
    Script,
    bucket,
    error,
    hear,
    listing,
    page,
    question,
    read,
    why_not,
)

OWN = "made by an owner under Settings > Organization > Admin keys"
WITHOUT_COSTS = " Or leave `costs` out of what is read: `reads:` in the accounts file."
REFUSED_KEY = (
    "OpenAI refused the key (401): it is wrong, revoked or not allowed from this network address; "
    f"put in an admin key of the organization, {OWN}."
)
NEEDS_SCOPE = f"it takes an admin key with the scope api.usage.read, {OWN}.{WITHOUT_COSTS}"
SPENT = (
    "OpenAI answers nothing about costs (429, {}): credits are used up or a limit is reached; "
    "see Settings > Organization > Billing and Limits."
)
FAILED = "OpenAI failed when asked for costs ({}); see status.openai.com if it lasts."
NOT_ACCEPTED = (
    "OpenAI did not accept the question for costs ({}): "
    "check the base URL; if it is right, notifier needs an update."
)
PAGE = (
    "A web page came instead of OpenAI's answer about costs: a proxy or a login page on the way, "
    "or a wrong base URL."
)
HTML = "<!doctype html><title>Sign in</title>"

# What OpenAI answers, in words; the answer; the sentence; whether another part would fare no better.
ANSWERS = {
    "a wrong key": ((401, error(f"Incorrect API key provided: {KEY}", "invalid_api_key")), REFUSED_KEY, True),
    "a missing scope": (
        (403, error("Missing scopes: api.usage.read")),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}",
        False,
    ),
    "a missing scope as it was seen": (
        (
            403,
            error("You have insufficient permissions. Missing scopes: api.usage.read. Check that …"),
        ),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}",
        False,
    ),
    "several scopes": (
        (403, error("Missing scopes: api.new.read model.request")),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}".replace("api.usage.read", "api.new.read"),
        False,
    ),
    "a missing scope as a 401": (
        (401, error(f"{KEY}: Missing scopes: api.usage.read")),
        f"OpenAI does not let this key read costs (401): {NEEDS_SCOPE}",
        False,
    ),
    "another scope that is missing": (
        (403, error("Missing scopes: api.new.read")),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}".replace("api.usage.read", "api.new.read"),
        False,
    ),
    "a scope that is none": (
        (403, error("Missing scopes: api.<!channel>.read")),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}",
        False,
    ),
    "a scope without end": (
        (403, error(f"Missing scopes: api.{'new.' * 9}read")),
        f"OpenAI does not let this key read costs (403): {NEEDS_SCOPE}",
        False,
    ),
    "a country that is not served": (
        (403, error("Country, region, or territory not supported")),
        "OpenAI does not let costs be read from this country or region (403).",
        False,
    ),
    "too many requests": (
        (429, error("slow down", "rate_limit_exceeded")),
        "OpenAI asked to wait before costs can be read (429).",
        True,
    ),
    "no credits": (
        (429, error("You have no credits remaining", "credit_balance_exhausted", "insufficient_quota")),
        SPENT.format("credit_balance_exhausted"),
        True,
    ),
    "no credits in the older form": (
        (429, error("You exceeded your quota", None, "insufficient_quota")),
        SPENT.format("insufficient_quota"),
        True,
    ),
    "a spend limit": (
        (429, error("", "organization_spend_limit_exceeded", "insufficient_quota")),
        SPENT.format("organization_spend_limit_exceeded"),
        True,
    ),
    "a failure": ((500, error("The server had an error")), FAILED.format(500), False),
    "a gateway's page": ((502, HTML), FAILED.format(502), True),
    "an overload": ((503, {}), FAILED.format(503), True),
    "a gateway that waited in vain": ((504, ""), FAILED.format(504), True),
    "no such address": ((404, error("Unknown request URL")), NOT_ACCEPTED.format(404), False),
    "a question that is not accepted": ((400, error("Invalid value")), NOT_ACCEPTED.format(400), False),
    "a redirect": ((302, ""), NOT_ACCEPTED.format(302), False),
    "a page of the network": ((200, HTML), PAGE, True),
    "a page after blank lines": ((200, f"\n\n {HTML}"), PAGE, True),
}


@pytest.mark.parametrize(("answer", "why", "whole"), ANSWERS.values(), ids=ANSWERS)
def test_every_answer_has_one_consequence(answer, why, whole):
    unreadable = why_not(Script().at(COSTS, answer))

    assert unreadable.why == why
    assert (unreadable.whole, unreadable.again_in) == (whole, None)


@pytest.mark.parametrize("status", [401, 403])
def test_a_pasted_project_key_is_recognized_without_being_shown(status):
    unreadable = why_not(Script((status, error("Missing scopes: api.usage.read"))), key="sk-proj-abc")

    assert "; this one is a project key." in unreadable.why
    assert "sk-proj" not in unreadable.why


def test_where_nothing_else_is_read_nothing_can_be_left_out():
    unreadable = why_not(Script((403, error("Missing scopes: api.usage.read"))), parts=(MAIN,))

    assert unreadable.why.endswith(f"{OWN}.")


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


# -- the connection -----------------------------------------------------------------------------------------------


@contextmanager
def listener(sent):
    """A server on this machine that answers one request with the bytes *sent*, then resets the connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(sent)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        thread.join(5)


@pytest.mark.parametrize(
    "sent",
    [b'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"data": [', b"", b"220 mail\r\n"],
    ids=["a truncated body", "a reset", "another protocol"],
)
def test_a_connection_that_breaks_is_no_answer(sent):
    async def ask(url):
        net = Net()
        try:
            await OpenAI(net, url).read(question())
        finally:
            await net.aclose()

    with listener(sent) as url, pytest.raises(Unreadable) as unreadable:
        asyncio.run(ask(url))

    assert unreadable.value.why == "127.0.0.1 broke off the connection or did not speak HTTP."
    assert unreadable.value.whole


@pytest.mark.parametrize(
    ("failure", "why"),
    [
        (httpx.ReadTimeout(KEY), "api.openai.com did not answer in time."),
        (httpx.ConnectTimeout(KEY), "api.openai.com took no connection within 10 seconds."),
        (httpx.ReadError(KEY), "api.openai.com broke off the connection or did not speak HTTP."),
        (httpx.ConnectError(KEY), "api.openai.com could not be reached."),
    ],
    ids=["a hang", "a hang before the connection", "a reset", "nobody there"],
)
def test_without_an_answer_the_sentence_names_the_host_and_no_other_part_is_asked(failure, why):
    unreadable = why_not(Script().at(COSTS, failure))

    assert (unreadable.why, unreadable.whole) == (why, True)


# -- another organization -----------------------------------------------------------------------------------------


def test_the_answer_of_another_organization_is_not_used():
    script = Script(page(bucket(TODAY, 1)), headers={"openai-organization": "org-theirs"})
    unreadable = why_not(script, organization="org-ours")

    assert unreadable.why == (
        "The key belongs to the organization org-theirs, but the accounts file names org-ours: "
        "put in a key of that organization, or correct `organization`. Nothing that it said was used."
    )
    assert unreadable.whole


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("org-ours", "org-ours"),
        ("", "org-ours"),
        ("our-lab-1", "org-ours"),
        ("org-ours", ""),
        ("org-ours", "Our Lab"),
        ("org-<!channel>", "org-ours"),
    ],
)
def test_only_ids_of_organizations_are_compared(named, expected):
    script = Script(page(bucket(TODAY, 1)), headers={"openai-organization": named})

    assert read(script, organization=expected).costs.total() == 1_000_000


def test_a_refusal_of_another_organization_is_first_of_all_another_organization():
    script = Script((403, error("Missing scopes")), headers={"openai-organization": "org-theirs"})

    assert "belongs to the organization org-theirs" in why_not(script, organization="org-ours").why


# -- every part ---------------------------------------------------------------------------------------------------


def whole_organization():
    """A script in which every part finds something."""
    script = Script(headers={"openai-organization": "org-ours"})
    script.at(COSTS, page(bucket(TODAY, 1)))
    script.at("/organization/projects", listing({"id": "proj_1", "created_at": 1}))
    for path in ("users", "invites", "admin_api_keys", "spend_alerts"):
        script.at(f"/organization/{path}", listing())
    for path in ("api_keys", "rate_limits", "spend_alerts"):
        script.at(f"/organization/projects/proj_1/{path}", listing())
    return script


@pytest.mark.parametrize("part", PARTS)
def test_an_empty_organization_is_read_and_not_unread(part):
    reading = read(whole_organization(), part)

    assert reading.source == question(part).name
    lists = {name: value for name, value in reading.account.items() if isinstance(value, tuple)}
    assert set(lists.values()) <= {(), ("proj_1",)}


@pytest.mark.parametrize("part", PARTS)
def test_each_question_of_each_part_may_be_refused_and_then_there_is_no_reading(part):
    ordinary = whole_organization()
    read(ordinary, part)
    for path in {path for path, _ in ordinary.requests}:
        for answer, whole in (((500, ""), False), ((503, ""), True), ((401, error("Incorrect API key")), True)):
            unreadable = why_not(whole_organization().at(path, answer), part)
            assert unreadable.whole == whole, path
        why = why_not(whole_organization().at(path, (403, error("no"))), part).why
        assert f"Or leave `{part or 'costs'}` out of what is read: `reads:` in the accounts file." in why


@pytest.mark.parametrize("part", PARTS)
def test_what_is_not_json_in_any_answer_is_no_reading(part):
    ordinary = whole_organization()
    read(ordinary, part)
    for path in {path for path, _ in ordinary.requests}:
        for body in (HTML, "not JSON", "[]", "null"):
            assert why_not(whole_organization().at(path, (200, body)), part).why


def what_came_of(script, part):
    try:
        hear(script, part)
    except Unreadable as unreadable:
        return f"{unreadable} {unreadable!r}"
    return ""


@pytest.mark.parametrize("part", PARTS)
def test_no_error_ever_shows_the_key_or_what_the_provider_says(part):
    hostile = f"<!channel> {KEY}"
    ordinary = whole_organization()
    read(ordinary, part)
    answers = [(status, error(hostile, hostile)) for status in (200, 301, 400, 401, 403, 418, 429, 500)]
    answers += [(200, hostile), (200, {"data": [{"id": hostile}], "has_more": True, "last_id": hostile})]
    for path in {path for path, _ in ordinary.requests}:
        for answer in answers:
            told = what_came_of(whole_organization().at(path, answer), part)
            assert KEY not in told
            assert "<!channel>" not in told


@pytest.mark.parametrize("part", PARTS)
def test_the_same_bytes_on_the_same_day_say_nothing_new_in_every_part(part):
    first = hear(whole_organization(), part)
    second = hear(whole_organization(), part, before=first.reading, seen=first.seen)
    third = hear(whole_organization(), part, before=first.reading, seen=second.seen)

    assert second.reading is None or second.reading == first.reading
    assert third == (None, second.seen)


@pytest.mark.parametrize("part", PARTS)
def test_the_address_of_the_poll_is_asked_instead_of_the_usual_one(part):
    asked = []

    def remember(request):
        asked.append(request.url)
        return script(request)

    script = whole_organization()
    read(remember, part, url="https://eu.api.openai.com/v1/")

    assert {(url.host, url.path[:4]) for url in asked} == {("eu.api.openai.com", "/v1/")}


def test_an_organization_that_is_called_like_the_key_is_named_nowhere():
    script = Script((500, ""), headers={"openai-organization": f"org-{KEY}"})

    assert KEY not in str(why_not(script, organization="org-ours"))
