"""Anthropic: costs to the last cent by workspace and model, its lists, or one sentence that says what to do."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.facts import Costs, Reading
from notifier.core.money import Money
from notifier.ports import Heard, Unreadable
from notifier.sources import anthropic
from notifier.sources.anthropic import Anthropic
from tests.sources.provided import NOW, Script, Turns, ask

KEY = "sk-ant-admin01-fake-very-long-key-igAA"
TODAY = date(2026, 11, 27)
COSTS = "/v1/organizations/cost_report"
OURS, OTHER = "abcdef01-1234-5678-1234-567812345678", "fedcba98-1234-5678-1234-567812345678"


def row(cents, workspace=None, model=None, line="Usage", currency="USD"):
    return {"amount": cents, "currency": currency, "description": line, "model": model, "workspace_id": workspace}


def bucket(day, *rows):
    ends = day + timedelta(1)
    return {"starting_at": f"{day}T00:00:00Z", "ending_at": f"{ends}T00:00:00Z", "results": list(rows)}


def page(*buckets, then=None):
    return {"data": list(buckets), "has_more": then is not None, "next_page": then}


def ago(days):
    return TODAY - timedelta(days)


class Module:
    """The source with so many days to read back, as a module hands it out."""

    PARTS = anthropic.PARTS
    __name__ = "notifier.sources.anthropic"

    def __init__(self, days_back):
        self.days_back = days_back

    def source(self, net):
        return Anthropic(net, days_back=self.days_back)


def hear(script, *, days_back=10, **more):
    script = script if isinstance(script, Script) else Script(script)
    return ask(Module(days_back), script, **({"key": KEY} | more))


def read(script, **more):
    return hear(script, **more).reading


def why_not(script, **more):
    with pytest.raises(Unreadable) as unreadable:
        read(script, **more)
    return unreadable.value


def by_day(costs):
    return {date.fromordinal(day): spent for day, spent in costs.of_days()}


# -- costs --------------------------------------------------------------------------------------------------------


def test_costs_come_in_cents_by_day_workspace_and_model():
    sonnet = ("wrkspc_1", "claude-sonnet-4-20250514")
    rows = (
        row("123.78912", *sonnet, "Input"),
        row("6.21088", *sonnet, "Output"),
        row("1000", model="claude-opus-4"),
    )
    days = bucket(ago(3), *rows), bucket(ago(2), row("50", "wrkspc_2", line="Web Search")), bucket(ago(1))
    reading = read({COSTS: page(*days)})

    assert (reading.source, reading.at, reading.costs.currency) == ("anthropic", NOW, "USD")
    assert by_day(reading.costs) == {ago(3): 11_300_000, ago(2): 500_000, ago(1): 0}
    assert {name: by_day(costs) for name, costs in reading.spends.items()} == {
        "projects/wrkspc_1": {ago(3): 1_300_000},
        "projects/wrkspc_2": {ago(2): 500_000},
        "models/claude-sonnet-4-20250514": {ago(3): 1_300_000},
        "models/claude-opus-4": {ago(3): 10_000_000},
    }
    assert reading.account == {"last_spend_on": ago(2), "last_refund_on": None}


def test_the_worked_example_of_the_documentation_is_412_dollars_80():
    reading = read({COSTS: page(bucket(ago(2), row("41280.000000")))})

    assert reading.costs.since(0) == Money(412_800_000, "USD")


def test_it_is_asked_by_day_and_by_both_groups_with_the_admin_key_in_its_header():
    script = Script({COSTS: page()})
    read(script)
    [request] = script.asked

    assert request.url.params.multi_items() == [
        ("starting_at", f"{ago(10)}T00:00:00Z"),
        ("bucket_width", "1d"),
        ("limit", "31"),
        ("group_by[]", "workspace_id"),
        ("group_by[]", "description"),
    ]
    assert request.url.host == "api.anthropic.com"
    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in request.headers


@pytest.mark.parametrize("days_back", [0, 4, 29, 30, 31, 61, 62, 93, 400])
def test_windows_of_31_days_leave_out_none_and_the_last_is_never_a_short_one(days_back):
    script = Script({COSTS: page()})
    read(script, days_back=days_back)
    starts = [date.fromisoformat(query["starting_at"][:10]) for query in script.queries]
    ends = [date.fromisoformat(query["ending_at"][:10]) for query in script.queries[:-1]]

    assert starts[0] <= ago(days_back)
    assert starts[1:] == ends
    assert "ending_at" not in script.queries[-1]
    assert all((end - start).days == 31 for start, end in zip(starts, ends, strict=False))
    assert (TODAY - starts[-1]).days == (30 if len(starts) > 1 else days_back)


def test_each_page_repeats_the_whole_question():
    days = [bucket(ago(3), row("1")), bucket(ago(2), row("2")), bucket(ago(1), row("4"))]
    script = Script({COSTS: Turns([page(days[0], then="a"), page(days[1], then="b"), page(days[2])])})
    reading = read(script)
    question = script.queries[0]

    assert reading.costs.totals == (10_000, 30_000, 70_000)
    assert script.queries == [question, question | {"page": "a"}, question | {"page": "b"}]


def test_a_cursor_that_comes_again_and_pages_without_end_end_the_reading():
    again = Script({COSTS: Turns([page(then=cursor) for cursor in "abab"])})
    endless = Script({COSTS: Turns([page(then=str(number)) for number in range(300)])})

    assert why_not(again).why == "Anthropic sent the same page of costs over and over."
    assert len(again.asked) == 3
    assert why_not(endless).why == "Anthropic sent more than 200 pages of costs."
    assert len(endless.asked) == 200


def test_a_refund_is_taken_as_it_is_and_its_day_is_known():
    reading = read({COSTS: page(bucket(ago(2), row("500")), bucket(ago(1), row("-200")))})

    assert by_day(reading.costs) == {ago(2): 5_000_000, ago(1): -2_000_000}
    assert reading.account == {"last_spend_on": ago(1), "last_refund_on": ago(1)}


@pytest.mark.parametrize(
    ("written", "micro"),
    [('"123.45"', 1_234_500), ("123.45", 1_234_500), ("7", 70_000), ('"0E-6176"', 0), ("1e-400", 0)],
)
def test_an_amount_is_read_exactly_however_it_is_written(written, micro):
    body = json.dumps(page(bucket(ago(2), row("AMOUNT")))).replace('"AMOUNT"', written)

    assert by_day(read({COSTS: body}).costs) == {ago(2): micro}


def changed(**fields):
    return page(bucket(ago(2), row("1")) | fields)


@pytest.mark.parametrize(
    "body",
    [
        "<html>",
        "",
        [],
        {},
        page() | {"data": None},
        page() | {"has_more": None},
        page() | {"has_more": True},
        page(then=7),
        page(then="a" * 1_001),
        page(None),
        changed(results=None),
        changed(results=[None]),
        changed(starting_at=None),
        changed(starting_at=1_795_392_000),
        changed(starting_at="yesterday"),
        changed(starting_at=f"{ago(2)}T01:00:00Z"),
        changed(starting_at=f"{ago(11)}T00:00:00Z"),
        changed(starting_at="2026-12-01T00:00:00Z"),
        changed(starting_at="0001-01-01T00:00:00+14:00"),
        page(bucket(ago(2)), bucket(ago(2))),
        page(bucket(ago(2), row(None))),
        page(bucket(ago(2), row("NaN"))),
        page(bucket(ago(2), row(True))),
        page(bucket(ago(2), row("1", currency=None))),
        page(bucket(ago(2), row("1"), row("1", currency="EUR"))),
        page(bucket(ago(2), row("1", workspace="a/b"))),
        page(bucket(ago(2), row("1", workspace=7))),
        page(bucket(ago(2), row("1", model="two words"))),
        page(bucket(ago(2), row("1", model=["a"]))),
        {"type": "error", "error": {"type": "api_error", "message": "with status 200"}},
    ],
)
def test_a_malformed_answer_spoils_the_whole_reading(body):
    why = why_not({COSTS: body}).why

    assert why.startswith("The answer of Anthropic about costs is not as documented (")


def test_an_organization_that_never_spent_is_empty_and_not_unread():
    reading = read({COSTS: page(bucket(ago(1)))})

    assert reading.account == {"last_spend_on": None, "last_refund_on": None}
    assert (reading.costs.total(), reading.spends) == (0, {})


def kept(**by_days_ago):
    """A reading of yesterday with 1 USD on each day from 40 days ago on."""
    days = {ago(days).toordinal(): 1_000_000 for days in range(1, 41)}
    at = int(datetime(2026, 11, 26, 14, tzinfo=UTC).timestamp())
    costs = Costs.by_day("USD", days)
    return Reading(
        "anthropic", at, {"last_refund_on": ago(30)}, costs=costs, spends={"projects/old": costs}, **by_days_ago
    )


def test_after_the_first_reading_only_the_open_days_are_read_and_laid_over_the_others():
    script = Script({COSTS: page(*(bucket(ago(days), row("300", "new")) for days in range(5, 0, -1)))})
    reading = read(script, days_back=400, before=kept())
    days = by_day(reading.costs)

    assert [query["starting_at"] for query in script.queries] == [f"{ago(5)}T00:00:00Z"]
    assert (days[ago(40)], days[ago(6)], days[ago(5)], days[ago(1)]) == (
        1_000_000,
        1_000_000,
        3_000_000,
        3_000_000,
    )
    assert max(by_day(reading.spends["projects/old"])) == ago(6)
    assert min(by_day(reading.spends["projects/new"])) == ago(5)


def test_a_day_that_was_corrected_to_nothing_is_nothing():
    days = by_day(read({COSTS: page(bucket(ago(3)))}, before=kept()).costs)

    assert (days[ago(3)], days[ago(6)]) == (0, 1_000_000)


def test_after_a_long_silence_everything_since_is_read():
    old = kept()
    late = Reading(old.source, old.at - 60 * 86_400, {}, costs=Costs.by_day("USD", {ago(70).toordinal(): 5}))
    script = Script({COSTS: page()})
    read(script, days_back=400, before=late)

    assert len(script.asked) == 3
    assert date.fromisoformat(script.queries[0]["starting_at"][:10]) <= ago(65)


def test_the_same_bytes_on_the_same_day_are_no_reading():
    answers = {COSTS: page(bucket(ago(1), row("5")))}
    first = hear(answers)

    assert hear(answers, seen=first.seen) == Heard(None, first.seen)
    assert hear({COSTS: page(bucket(ago(1), row("6")))}, seen=first.seen).reading is not None
    assert hear(answers, seen=first.seen, now=NOW + 86_400).reading is not None


CENTS = st.decimals(-1000, 1000, places=10)
ROWS = st.tuples(st.integers(1, 5), CENTS, st.sampled_from(["a", "b"]), st.sampled_from(["x", "y", None]))


@settings(max_examples=40, deadline=None)
@given(st.lists(ROWS, max_size=12))
def test_workspaces_add_up_to_the_account_and_every_row_is_rounded_once(rows):
    days = {days: [] for days in range(5, 0, -1)}
    for number, (at, cents, whose, model) in enumerate(rows):
        days[at].append(row(f"{cents:f}", whose, model, line=str(number)))
    reading = read({COSTS: page(*(bucket(ago(at), *those) for at, those in days.items()))})
    exact = sum(int((Decimal(cents) * 10_000).to_integral_value()) for _, cents, _, _ in rows)
    workspaces = [costs for name, costs in reading.spends.items() if name.startswith("projects/")]

    assert reading.costs.total() == exact
    assert sum(costs.total() for costs in workspaces) == exact


# -- refusals -----------------------------------------------------------------------------------------------------

ADMIN = "an admin key of the organization, made by an admin in the Console under Settings > Admin keys"


@pytest.mark.parametrize(
    ("status", "why", "whole"),
    [
        (401, f"Anthropic refused the key (401): it is wrong, revoked or expired; put in {ADMIN}.", True),
        (403, f"Anthropic does not let this key read costs (403): it takes {ADMIN}.", False),
        (429, "Anthropic asked to wait before costs can be read (429).", True),
        (529, "Anthropic failed when asked for costs (529); see status.claude.com if it lasts.", True),
        (
            400,
            (
                "Anthropic did not accept the question for costs (400): "
                "check the address; if it is right, notifier needs an update."
            ),
            False,
        ),
    ],
)
def test_every_refusal_says_what_to_do(status, why, whole):
    unreadable = why_not({COSTS: (status, {"error": {"message": f"{KEY} <!channel>"}})})

    assert (unreadable.why, unreadable.whole) == (why, whole)


@pytest.mark.parametrize("status", [401, 403])
def test_a_key_that_is_no_admin_key_is_recognized_without_being_shown(status):
    why = why_not({COSTS: (status, "")}, key="sk-ant-api03-fake").why

    assert why.endswith(f"{ADMIN}; this one does not begin with sk-ant-admin.")
    assert "api03" not in why


def whose(organization):
    return httpx.Response(
        200, json=page(bucket(ago(1), row("5"))), headers={"Anthropic-Organization-Id": organization}
    )


def test_nothing_of_another_organization_is_used():
    unreadable = why_not({COSTS: whose(OTHER)}, organization=OURS)

    assert unreadable.whole
    assert unreadable.why == (
        f"Anthropic says that the key is one of the organization {OTHER}, and the accounts file names {OURS}; "
        "none of it was used."
    )


@pytest.mark.parametrize(
    ("theirs", "ours"), [(OURS, OURS), (OURS, OURS.upper()), (OTHER, ""), (OTHER, "org-abc123"), ("?", OURS)]
)
def test_only_what_looks_like_an_id_is_compared(theirs, ours):
    assert read({COSTS: whose(theirs)}, organization=ours) is not None
