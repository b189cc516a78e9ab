"""One tiny request says whether a model answers: at most once a day, by the code alone, nothing of the answer."""

import asyncio
import json
from datetime import date

import httpx
import pytest

from notifier.core.account import MAIN, Poll
from notifier.core.facts import Reading
from notifier.net import Net
from notifier.ports import Examined, Question, Unreadable
from notifier.sources.openai_probe import OpenAIProbe
from tests.sources.openai_bench import A_DAY, LAB, NOW, Script, error

KEY = "sk-proj-very-secret"
MODEL = "gpt-5-nano"
ANSWER = {"id": "resp_1", "object": "response", "status": "incomplete", "output": [{"text": "a private answer"}]}
MODELS = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}


def provider(answer=ANSWER, models=MODELS, headers=None):
    script = Script(headers=headers)
    script.paths = {"/models": [models], "/responses": [answer]}
    return script


def question(*, before=None, model=MODEL, url="", **fields):
    async def kept():
        return before

    poll = Poll("openai-probe", "LAB_PROBE", (MAIN,), url=url, settings=json.dumps({"model": model}))
    return Question(poll=poll, before=kept, **{"account": LAB, "key": KEY, "now": NOW} | fields)


def ask(script, source=None, what="read", **asked):
    async def once():
        net = Net(httpx.MockTransport(script))
        found = source or OpenAIProbe(net)
        found._net = net
        try:
            return await getattr(found, what)(question(**asked))
        finally:
            await net.aclose()

    return asyncio.run(once())


def why_not(script, **asked):
    with pytest.raises(Unreadable) as unreadable:
        ask(script, **asked)
    return unreadable.value


def test_an_answer_says_ok_and_which_models_the_key_sees():
    models = {"data": [{"id": MODEL, "shutdown_date": None}, {"id": "gpt-4.1", "shutdown_date": "2025-01-31"}]}
    reading = ask(provider(models=models)).reading

    assert reading == Reading(
        "openai-probe",
        NOW,
        {
            "probe_said": "ok",
            "models": (MODEL, "gpt-4.1"),
            f"models/{MODEL}/visible": True,
            f"models/{MODEL}/retires_on": None,
            "models/gpt-4.1/visible": True,
            "models/gpt-4.1/retires_on": date(2025, 1, 31),
        },
    )
    assert "private" not in repr(reading)


def test_the_request_is_tiny_and_is_not_kept_by_the_provider():
    sent = []
    script = provider()
    ask(lambda request: sent.append(request) or script(request))

    assert [(each.method, each.url.path) for each in sent] == [("GET", "/v1/models"), ("POST", "/v1/responses")]
    body = json.loads(sent[1].content)
    assert (body["model"], body["max_output_tokens"], body["store"]) == (MODEL, 16, False)
    assert {each.headers["authorization"] for each in sent} == {f"Bearer {KEY}"}


@pytest.mark.parametrize(
    ("status", "code", "kind", "said"),
    [
        (429, "credit_balance_exhausted", "insufficient_quota", "credits exhausted"),
        (429, "insufficient_quota", "insufficient_quota", "credits exhausted"),
        (429, None, "insufficient_quota", "credits exhausted"),
        (429, "billing_not_active", None, "credits exhausted"),
        (429, "organization_spend_limit_exceeded", "insufficient_quota", "spend limit reached"),
        (429, "project_spend_limit_exceeded", "insufficient_quota", "spend limit reached"),
        (400, "billing_hard_limit_reached", None, "spend limit reached"),
        (429, "organization_usage_limit_exceeded", "insufficient_quota", "usage limit reached"),
        (404, "model_not_found", "invalid_request_error", "model not found"),
        (403, "model_not_found", "invalid_request_error", "model not found"),
    ],
)
def test_a_refusal_is_classified_by_its_code_and_not_by_its_type(status, code, kind, said):
    reading = ask(provider((status, error(f"{KEY} is out", code, kind)))).reading

    assert reading.account["probe_said"] == said


def test_a_refused_key_says_nothing_about_credits_whatever_its_code():
    why_not(provider((401, error("no", "insufficient_quota"))))


A_KEY = "a key of a project, made under Settings > Project > API keys"


@pytest.mark.parametrize(
    ("answer", "why", "again_in"),
    [
        (
            (401, error(f"Incorrect API key provided: {KEY}", "invalid_api_key")),
            f"OpenAI refused the key of the probe (401): it is wrong or revoked; put in {A_KEY}.",
            None,
        ),
        (
            (401, error("Missing scopes: api.responses.write")),
            (
                f"OpenAI does not let this key ask for a request (401): the probe takes {A_KEY}, "
                "with the scope api.responses.write."
            ),
            None,
        ),
        (
            (403, error("Missing scopes: api.responses.write")),
            (
                f"OpenAI does not let this key ask for a request (403): the probe takes {A_KEY}, "
                "with the scope api.responses.write."
            ),
            None,
        ),
        (
            (429, error("Rate limit reached. Please try again in 6.2s.", "rate_limit_exceeded")),
            "OpenAI asked the probe to wait (429).",
            7,
        ),
        ((500, ""), "OpenAI failed when probed (500); see status.openai.com if it lasts.", None),
        ((502, "<html>"), "OpenAI failed when probed (502); see status.openai.com if it lasts.", None),
        (
            (400, error("Invalid 'max_output_tokens'", "integer_below_min_value")),
            (
                "OpenAI did not accept the probe (400): check the model and the base URL; "
                "if both are right, notifier needs an update."
            ),
            None,
        ),
        (
            (200, "<html>Sign in"),
            (
                "A web page came instead of OpenAI's answer to a request: a proxy or a login page on the way, "
                "or a wrong base URL."
            ),
            None,
        ),
        (
            (200, "ok"),
            (
                "OpenAI's answer to a request is not as documented; "
                "none of it was used, and if this lasts, notifier needs an update."
            ),
            None,
        ),
        (
            {"object": "list"},
            "OpenAI answered the probe, but not as documented; it says nothing about credits.",
            None,
        ),
        (
            ANSWER | {"status": "failed"},
            "OpenAI answered the probe, but not as documented; it says nothing about credits.",
            None,
        ),
        (
            httpx.ReadTimeout(KEY),
            "api.openai.com did not answer in time, so it may have arrived.",
            None,
        ),
    ],
)
def test_any_other_answer_says_nothing_about_credits(answer, why, again_in):
    unreadable = why_not(provider(answer))

    assert (unreadable.why, unreadable.again_in) == (why, again_in)


@pytest.mark.parametrize(
    "answer", [(403, error("Missing scopes: api.model.read")), (401, error("Missing scopes"))]
)
def test_a_key_that_may_not_list_models_probes_all_the_same(answer):
    assert ask(provider(models=answer)).reading.account == {"probe_said": "ok"}


@pytest.mark.parametrize(
    "models",
    [
        (500, ""),
        (401, error("Incorrect API key provided")),
        (200, "<html>"),
        {"data": None},
        {"data": [None]},
        {"data": [{"id": "two words"}]},
        {"data": [{"id": "x", "shutdown_date": "soon"}]},
        {"data": [{"id": "x", "shutdown_date": 7}]},
        {"data": [{"id": "x"}] * 10_001},
    ],
)
def test_where_the_models_cannot_be_read_no_money_is_spent(models):
    script = provider(models=models)
    why_not(script)

    assert [path for path, _ in script.requests] == ["/models"]


def test_another_organization_is_not_used():
    script = provider(headers={"openai-organization": "org-theirs"})
    unreadable = why_not(script, organization="org-ours")

    assert "belongs to the organization org-theirs, but the accounts file names org-ours" in unreadable.why
    assert unreadable.whole
    assert len(script.requests) == 1


@pytest.mark.parametrize(("header", "expected"), [("org-a", "org-a"), ("our-lab", "org-a"), ("org-a", "")])
def test_only_ids_of_organizations_are_compared(header, expected):
    assert ask(provider(headers={"openai-organization": header}), organization=expected).reading is not None


# -- at most once a day -------------------------------------------------------------------------------------------


def test_on_the_same_day_nothing_is_asked_and_the_answer_keeps_its_time():
    source = OpenAIProbe(Net())
    first = ask(provider(), source).reading
    script = provider()
    again = ask(script, source, before=first, now=NOW + 3600)
    restarted = ask(script, before=first, now=NOW + 7200)

    assert (again.reading, restarted.reading) == (first, first)
    assert script.requests == []


@pytest.mark.parametrize(
    "other", [{"now": NOW + A_DAY}, {"model": "gpt-5"}, {"key": "sk-proj-new"}, {"url": "http://127.0.0.1:1/v1"}]
)
def test_another_day_model_key_or_address_is_asked(other):
    source = OpenAIProbe(Net())
    first = ask(provider(), source).reading
    script = provider()
    again = ask(script, source, before=first, **other)

    assert len(script.requests) == 2
    assert again.reading.at == other.get("now", NOW)


def test_a_probe_that_failed_today_is_asked_again():
    source = OpenAIProbe(Net())
    before = Reading("openai-probe", NOW - A_DAY, {"probe_said": "ok"})
    with pytest.raises(Unreadable):
        ask(provider((500, "")), source, before=before)

    assert ask(provider(), source, before=before).reading.at == NOW


# -- doctor -------------------------------------------------------------------------------------------------------


def test_a_good_key_sees_the_model_and_nothing_is_asked_of_it():
    script = provider()

    assert ask(script, what="examine") == [
        Examined("the kind of key", True, "it is a key of a project"),
        Examined("the model", True, f"the key sees {MODEL}"),
    ]
    assert [path for path, _ in script.requests] == ["/models"]


def test_a_model_that_the_key_does_not_see_is_to_be_mended():
    found = ask(provider(), what="examine", model="gpt-9")[1]

    assert (found.good, found.found) == (False, "the key does not see gpt-9")
    assert found.advice


@pytest.mark.parametrize(
    ("key", "good"), [("sk-admin-x", False), ("sk-proj-x", True), ("sk-svcacct-x", True), ("sk-x", None)]
)
def test_the_beginning_of_a_key_says_what_kind_it_is(key, good):
    assert ask(provider(), what="examine", key=key)[0].good is good


def test_a_key_that_may_not_list_models_is_unclear_and_one_that_is_refused_is_to_be_mended():
    unclear = ask(provider(models=(403, error("Missing scopes"))), what="examine")
    refused = ask(provider(models=(401, error(f"Incorrect API key: {KEY}"))), what="examine")

    assert [each.good for each in unclear] == [True, None]
    assert [(each.what, each.good) for each in refused] == [("the key", False)]
    assert KEY not in repr(refused)


def test_without_an_answer_nothing_is_said_of_the_key():
    with pytest.raises(Unreadable):
        ask(provider(models=httpx.ConnectError(KEY)), what="examine")


def what_came_of(script):
    try:
        ask(script)
    except Unreadable as unreadable:
        return f"{unreadable} {unreadable!r}"
    return ""


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 429, 500])
def test_no_error_shows_the_key_or_what_the_provider_says(status):
    hostile = f"<!channel> {KEY}"
    for script in (provider((status, error(hostile, hostile, hostile))), provider(models=(status, hostile))):
        told = what_came_of(script)
        assert KEY not in told
        assert "<!channel>" not in told


def test_an_organization_that_is_called_like_the_key_is_named_nowhere():
    script = provider((500, ""), headers={"openai-organization": f"org-{KEY}"})

    assert KEY not in str(why_not(script, organization="org-ours"))
