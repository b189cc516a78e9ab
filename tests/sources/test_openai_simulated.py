"""Against the simulated provider, over real connections: everything is read, every fault has its consequence."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from notifier import net
from notifier.core.account import MAIN, Account, Poll
from notifier.core.calendar import Locale
from notifier.core.money import Money
from notifier.demo.provider import Organization, Provider
from notifier.demo.provider.kinds import KINDS
from notifier.demo.provider.sample import ADMIN_KEY, COSTS_ONLY_KEY, PROJECT_KEY, SPENT, sample
from notifier.net import Net
from notifier.ports import Question, Unreadable
from notifier.sources import Sources

TODAY = date(2026, 11, 27)
NOW = int(datetime(2026, 11, 27, 14, 5, tzinfo=UTC).timestamp())
LAB = Account("lab", Locale(ZoneInfo("Europe/Berlin")))
PARTS = (MAIN, "limits", "projects", "members", "keys", "models")


@pytest.fixture(scope="module")
def running():
    provider = Provider([sample(TODAY)], lambda: TODAY)
    provider.start()
    yield provider
    provider.stop()


@pytest.fixture
def provider(running):
    yield running
    running.take_back()


def ask(provider, part=MAIN, kind="openai", verb="read", *, key=ADMIN_KEY, before=None, **more):
    async def kept():
        return before

    async def once():
        connections = Net()
        settings = json.dumps({"model": "gpt-5"})
        poll = Poll(kind, "KEY", PARTS if kind == "openai" else (MAIN,), url=provider.url, settings=settings)
        fields = {"account": LAB, "now": NOW, "organization": "org-sample"} | more
        question = Question(poll=poll, key=key, part=part, before=kept, **fields)
        try:
            return await getattr(Sources(connections)(kind), verb)(question)
        finally:
            await connections.aclose()

    return asyncio.run(once())


def why_not(provider, *args, **more):
    with pytest.raises(Unreadable) as unreadable:
        ask(provider, *args, **more)
    return unreadable.value.why


def test_everything_is_read(provider):
    readings = {part: ask(provider, part).reading for part in PARTS}

    costs = readings[MAIN].costs
    assert (costs.total(), len(costs.days)) == (int(SPENT * 1_000_000), 401)
    assert readings["limits"].account["spend_limit"] == Money(400_000_000, "USD")
    assert readings["projects"].account["projects/proj_old/archived"] is True
    assert readings["members"].account["members"] == ("user_ada", "user_bo")
    assert readings["keys"].account["keys/key_main/is_ours"] is True
    assert readings["models"].account["models"] == ("gpt-5", "gpt-5-mini")


def test_who_spends_adds_up_to_the_account(provider):
    total = ask(provider).reading.costs.total()
    for part, collection in ((MAIN, "projects/"), ("keys", "keys/")):
        spends = ask(provider, part).reading.spends
        assert total == sum(each.total() for item, each in spends.items() if item.startswith(collection))


@pytest.mark.parametrize("as_text", [True, False])
def test_costs_are_read_to_the_last_cent(as_text):
    since = TODAY - timedelta(80)
    organization = Organization.having_spent(
        Decimal(830), key=ADMIN_KEY, since=since, until=TODAY, amounts_as_text=as_text
    )
    provider = Provider([organization], lambda: TODAY)
    provider.start()
    try:
        costs = ask(provider, organization="").reading.costs
    finally:
        provider.stop()

    assert costs.since(since.toordinal()) == Money(830_000_000, "USD")
    assert costs.days[-1] == TODAY.toordinal()


def test_after_the_first_reading_four_days_are_asked_for_and_then_nothing_is_new(provider):
    first = ask(provider)
    provider.forget()
    second = ask(provider, before=first.reading, seen=first.seen)
    third = ask(provider, before=second.reading, seen=second.seen)

    assert second.reading == first.reading
    assert third == (None, second.seen)
    assert len(provider.requests) == 2


REFUSED = "refused the key (401)"
FAILED = "failed when asked for costs"
CUT = "broke off the connection"
# What goes wrong when costs are asked for, and what the sentence says; None: they are read all the same.
FAULTS = {
    "401": REFUSED,
    "401-scope": "read costs (401): it takes an admin key with the scope api.usage.read",
    "403": "read costs (403): it takes an admin key with the scope api.usage.read",
    "403-country": "from this country or region (403)",
    "other-organization": "belongs to the organization org-",
    "empty": None,
    "400-grouping": None,
    "400-page": None,
    "same-page": "over and over",
    "429": "asked to wait",
    "429-header": "asked to wait",
    "500": f"{FAILED} (500)",
    "502": f"{FAILED} (502)",
    "html": "A web page came instead",
    "truncated": CUT,
    "hang": "did not answer in time",
    "reset": CUT,
    "amounts-text": None,
    "amounts-zero": None,
    "amounts-nan": "not finite",
    "amounts-infinite": "not finite",
    "amounts-negative": None,
    "unknown-fields": None,
}
OF_MODELS = {
    "credit_balance_exhausted": "credits exhausted",
    "organization_spend_limit_exceeded": "spend limit reached",
    "project_spend_limit_exceeded": "spend limit reached",
    "organization_usage_limit_exceeded": "usage limit reached",
    "insufficient_quota": "credits exhausted",
    "model-403": "model not found",
    "model-404": "model not found",
}


def test_every_fault_that_can_be_played_is_tried():
    assert sorted(KINDS) == sorted({**FAULTS, **OF_MODELS})


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_has_its_consequence(provider, monkeypatch, fault):
    monkeypatch.setattr(net, "MOST_SECONDS", 0.5 if fault == "hang" else 20)
    provider.play(fault)
    said = FAULTS[fault]
    told = ask(provider).reading if said is None else why_not(provider)

    if said is None:
        assert told.costs is not None
    else:
        assert said in told
        assert ADMIN_KEY not in told


@pytest.mark.parametrize("code", OF_MODELS)
def test_the_probe_tells_apart_why_a_model_does_not_answer(provider, code):
    provider.play(code)
    reading = ask(provider, kind="openai-probe", key=PROJECT_KEY).reading

    assert reading.account["probe_said"] == OF_MODELS[code]


def test_the_probe_is_answered_while_there_are_credits(provider):
    reading = ask(provider, kind="openai-probe", key=PROJECT_KEY).reading

    assert reading.account["probe_said"] == "ok"
    assert reading.account["models"] == ("gpt-5", "gpt-5-mini")


@pytest.mark.parametrize("key", [ADMIN_KEY, "fake-unknown-key"])
def test_a_key_of_another_kind_probes_nothing(provider, key):
    why_not(provider, kind="openai-probe", key=key)


def test_a_key_for_costs_alone_reads_costs_and_no_more(provider):
    reading = ask(provider, key=COSTS_ONLY_KEY).reading

    assert reading.account["projects"] == ("proj_teaching", "proj_thesis")
    for part in PARTS[1:]:
        assert f"Or leave `{part}` out" in why_not(provider, part, key=COSTS_ONLY_KEY)


def test_doctor_tells_the_keys_apart(provider):
    found = {
        key: ask(provider, verb="examine", key=key) for key in (ADMIN_KEY, COSTS_ONLY_KEY, "fake-unknown-key")
    }

    assert [sum(each.good is False for each in lines) for lines in found.values()] == [0, 4, 1]
