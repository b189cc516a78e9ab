"""Who spends, which days are read again, and what is laid over what was kept."""

import json

import pytest
from structlog.testing import capture_logs

from notifier import net
from notifier.core.account import Account
from notifier.core.facts import Costs, Reading
from notifier.net import Net
from notifier.sources.openai.reader import OpenAI
from notifier.sources.openai.rows import model_of
from tests.sources.openai_bench import (
    A_DAY,
    COSTS,
    GROUPS,
    NOW,
    TODAY,
    Script,
    bucket,
    by_day,
    charging,
    days,
    error,
    hear,
    midnight,
    page,
    question,
    read,
    row,
    why_not,
)

# -- who spends ---------------------------------------------------------------------------------------------------


def test_projects_and_models_have_costs_of_their_own():
    rows = [
        row("1.5", project_id="proj_1", line_item="gpt-5-2025-08-07, input"),
        row("0.5", project_id="proj_1", line_item="gpt-5-2025-08-07, output"),
        row("2", project_id="proj_2", line_item="web search tool calls"),
        row("4", line_item="gpt-5-2025-08-07, input"),
    ]
    reading = read(Script(page(bucket(days(1)), bucket(TODAY, *rows))))

    assert by_day(reading.costs) == {days(1): 0, TODAY: 8_000_000}
    assert {item: by_day(costs) for item, costs in reading.spends.items()} == {
        "projects/proj_1": {TODAY: 2_000_000},
        "projects/proj_2": {TODAY: 2_000_000},
        "models/gpt-5-2025-08-07": {TODAY: 6_000_000},
    }
    assert reading.account["projects"] == ("proj_1", "proj_2")
    assert "models" not in reading.account, "a model that cost nothing can be used all the same"


@pytest.mark.parametrize(
    ("line", "model"),
    [
        ("gpt-5.5-2026-04-23, cached input", "gpt-5.5-2026-04-23"),
        ("o3, output", "o3"),
        ("computer-use-preview, input", "computer-use-preview"),
        ("gpt-audio-mini-2025-12-15 audio, input", "gpt-audio-mini-2025-12-15"),
        ("priority | gpt-5.6-sol, output, long context", "gpt-5.6-sol"),
        ("ft:gpt-4o-2024-08-06:lab::9xYz, input", "ft:gpt-4o-2024-08-06:lab::9xYz"),
        ("gpt-4o-2024-08-06", "gpt-4o-2024-08-06"),
        ("web search tool calls", None),
        ("Vector storage", None),
        ("GPT-4 Turbo", None),
        ("fine-tuning", None),
        ("embeddings", None),
        ("Storage, daily", None),
        ("<!channel>-1, input", None),
        (", input", None),
        ("", None),
    ],
)
def test_a_line_of_the_bill_names_its_model(line, model):
    assert model_of(line) == model


@pytest.mark.parametrize("groups", [{"project_id": ""}, {"project_id": None}, {}])
def test_a_row_without_a_project_belongs_to_none(groups):
    assert read(Script(page(bucket(TODAY, row(1, **groups))))).spends == {}


@pytest.mark.parametrize(
    "groups",
    [
        {"project_id": "proj/../1"},
        {"project_id": 7},
        {"project_id": "p" * 129},
        {"project_id": "<!channel>"},
        {"line_item": 7},
    ],
)
def test_a_group_that_is_none_spoils_the_whole_reading(groups):
    assert "is not as documented" in why_not(Script(page(bucket(TODAY, row(1, **groups))))).why


# -- groupings ----------------------------------------------------------------------------------------------------

NO_GROUPS = (400, error("Invalid value for group_by."))


def test_a_grouping_that_is_refused_is_given_up_for_fewer_groups():
    script = Script(NO_GROUPS, page(bucket(TODAY, row(1, project_id="proj_1"))))
    reading = read(script)

    assert script.groups == [GROUPS, ["project_id"]]
    assert list(reading.spends) == ["projects/proj_1"]


def test_a_proxy_that_checks_questions_may_refuse_a_grouping_too():
    script = Script((422, {"title": "Invalid request"}), page(bucket(TODAY, 1)))

    assert read(script).costs.totals == (1_000_000,)
    assert script.groups == [GROUPS, ["project_id"]]


def test_without_any_group_there_are_costs_all_the_same():
    script = Script(NO_GROUPS, NO_GROUPS, page(bucket(TODAY, 1)))

    assert read(script).costs.totals == (1_000_000,)
    assert script.groups == [GROUPS, ["project_id"], []]


def test_a_question_that_is_refused_also_without_groups_is_a_failure():
    script = Script(NO_GROUPS, NO_GROUPS, NO_GROUPS, page())

    assert "did not accept the question for costs (400)" in why_not(script).why
    assert len(script.asked) == 3


def test_a_grouping_refused_in_a_later_window_begins_with_fewer_groups_from_the_first():
    script = Script(page(bucket(days(400), row(1, project_id="p"))), NO_GROUPS)
    read(script, days_back=400)

    starts = [asked["start_time"] for asked in script.asked]
    assert script.groups == [GROUPS, GROUPS, *[["project_id"]] * 3]
    assert starts[2:] == [*starts[:2], starts[4]]


def test_a_later_page_that_is_refused_is_a_failure_and_no_matter_of_groups():
    script = Script(page(bucket(days(1), 1), then="a"), NO_GROUPS, page())

    assert "did not accept the question for costs (400)" in why_not(script).why
    assert len(script.asked) == 2


def test_what_was_refused_is_not_asked_for_again_for_a_day_and_in_vain_for_no_other_account():
    source, script = OpenAI(Net(), days_back=10), Script()
    script.at(COSTS, NO_GROUPS, page())
    hear(script, source=source)
    later = {}
    for name, asked in {
        "the same account": {"now": NOW + A_DAY - 1},
        "another account": {"account": Account("other", question().account.locale), "now": NOW + 1},
        "a day later": {"now": NOW + A_DAY},
    }.items():
        again = Script(page())
        hear(again, source=source, **asked)
        later[name] = again.groups

    assert later == {
        "the same account": [["project_id"]],
        "another account": [GROUPS],
        "a day later": [GROUPS],
    }


# -- only what may have changed -----------------------------------------------------------------------------------


def kept(*amounts, last=TODAY, at=NOW, spends=None, currency="USD", **facts):
    """A reading of *amounts* a day, the last of them on *last*."""
    series = {last.toordinal() - back: amount for back, amount in enumerate(reversed(amounts))}
    return Reading("openai", at, facts, costs=Costs.by_day(currency, series), spends=spends or {})


def test_after_the_first_reading_only_the_open_days_are_asked_for():
    script = Script(page(bucket(days(3), 30), bucket(days(2), 20), bucket(days(1)), bucket(TODAY, 1)))
    reading = read(script, before=kept(*[1_000_000] * 6), days_back=400)

    assert [asked["start_time"] for asked in script.asked] == [str(midnight(days(3)))]
    assert "end_time" not in script.asked[0]
    assert by_day(reading.costs) == {
        days(5): 1_000_000,
        days(4): 1_000_000,
        days(3): 30_000_000,
        days(2): 20_000_000,
        days(1): 0,
        TODAY: 1_000_000,
    }


def test_after_a_long_silence_everything_since_then_is_asked_for():
    script = Script()
    read(script, before=kept(1, last=days(500), at=NOW - 500 * A_DAY), days_back=400)

    assert [asked["start_time"] for asked in script.asked] == [
        str(midnight(days(503 - 180 * n))) for n in range(3)
    ]


def test_a_late_correction_within_the_open_days_is_kept_and_nothing_older_is_lost():
    bill = {days(n): [1] for n in range(-2, 10)}
    first = read(Script().at(COSTS, charging(bill)), days_back=9)
    bill |= {days(3): [9], days(8): [5]}
    corrected = read(Script().at(COSTS, charging(bill)), days_back=9, before=first)
    later = read(Script().at(COSTS, charging(bill)), days_back=9, before=corrected, now=NOW + A_DAY)

    assert by_day(later.costs) == {days(n): 9_000_000 if n == 3 else 1_000_000 for n in range(9, -2, -1)}


def test_an_open_day_that_is_read_anew_replaces_projects_and_models_too():
    spends = {"projects/a": Costs.by_day("USD", {days(9).toordinal(): 1, days(1).toordinal(): 2})}
    script = Script(page(bucket(days(1), row("0.000005", project_id="b"))))
    reading = read(script, before=kept(1, 0, 0, 0, 0, 0, 0, 0, 2, 0, spends=spends))

    assert {item: by_day(costs) for item, costs in reading.spends.items()} == {
        "projects/a": {days(9): 1},
        "projects/b": {days(1): 5},
    }


@pytest.mark.parametrize(
    "before",
    [
        None,
        Reading("openai", NOW, {"last_spend_on": None}),
        kept(1, currency="EUR"),
        kept(7, 0, 0, 0, 0),
    ],
    ids=["nothing was kept", "no costs were kept", "in another currency", "nothing was kept of projects"],
)
def test_where_too_little_was_kept_everything_is_asked_for(before):
    grouped = page(bucket(days(1), row(1, project_id="p")))
    script = Script().at(COSTS, grouped)
    reading = read(script, before=before, days_back=9)

    assert midnight(days(9)) in [int(asked["start_time"]) for asked in map(dict, script.asked_of(COSTS))]
    assert by_day(reading.costs)[days(1)] == 1_000_000
    assert reading.costs.currency == "USD"


def test_where_no_costs_were_kept_everything_is_asked_for_also_without_groups():
    script = Script().at(COSTS, charging({days(9): [1], TODAY: [1]}))

    reading = read(script, before=Reading("openai", NOW, {"last_spend_on": None}), days_back=9)
    assert reading.costs.total() == 2_000_000


def test_where_nothing_was_spent_before_nothing_is_asked_for_twice():
    script = Script(page(bucket(TODAY, row(1, project_id="p"))))
    reading = read(script, before=kept(0, 0, 0, 0, 0), days_back=400)

    assert len(script.asked) == 1
    assert list(reading.spends) == ["projects/p"]


def test_the_currency_that_was_kept_holds_while_no_row_names_one():
    assert read(Script(page(bucket(TODAY))), before=kept(5, 0, 0, 0, 0, currency="EUR")).costs.currency == "EUR"


def test_a_sum_with_what_was_kept_that_is_beyond_belief_is_refused():
    before = kept(10**18, 0, 0, 0, 0)

    assert "beyond belief" in why_not(Script(page(bucket(TODAY, 10))), before=before).why


# -- refunds ------------------------------------------------------------------------------------------------------


def test_a_refund_is_dated_by_its_day_and_noted_in_the_log_once():
    refund = page(bucket(days(1), 5, -2), bucket(TODAY, 1))
    with capture_logs() as log:
        first = read(Script(refund))
        again = read(Script(refund), before=first)

    assert first.account["last_refund_on"] == again.account["last_refund_on"] == days(1)
    assert [(each["action"], each["account"], each["day"]) for each in log] == [
        ("refund_seen", "lab", "2024-06-02")
    ]


def test_a_refund_that_is_older_than_the_open_days_is_remembered():
    before = kept(1, 1, 1, 1, 1, last_refund_on=days(200))

    assert read(Script(page(bucket(TODAY, 1))), before=before).account["last_refund_on"] == days(200)


# -- the same bytes -----------------------------------------------------------------------------------------------


def test_the_same_bytes_on_the_same_day_are_not_understood_again():
    whole = hear(Script(page(bucket(days(9), 1), bucket(TODAY, 1))))
    first = hear(Script(page(bucket(TODAY, 1))), before=whole.reading, seen=whole.seen)
    second = hear(Script(page(bucket(TODAY, 1))), before=Exception("not looked at"), seen=first.seen)

    assert first.reading == whole.reading
    assert second == (None, first.seen)


def test_the_same_bytes_are_not_even_parsed(monkeypatch):
    before = read(Script(page(bucket(TODAY, 1))))
    first = hear(Script(page(bucket(TODAY, 1))), before=before)
    parsed = []
    monkeypatch.setattr(net, "_parse", parsed.append)

    assert hear(Script(page(bucket(TODAY, 1))), before=before, seen=first.seen).reading is None
    assert parsed == []


def test_another_byte_is_looked_at_and_means_the_same():
    before = read(Script(page(bucket(TODAY, 1))))
    first = hear(Script(page(bucket(TODAY, 1))), before=before)
    spaced = json.dumps(page(bucket(TODAY, 1)), indent=1)
    second = hear(Script((200, spaced)), before=first.reading, seen=first.seen)

    assert second.reading == first.reading
    assert second.seen != first.seen


def test_the_same_bytes_of_another_day_key_or_address_are_looked_at():
    before = read(Script(page(bucket(TODAY, 1))))
    first = hear(Script(page(bucket(TODAY, 1))), before=before)
    for asked in ({"now": NOW + A_DAY}, {"key": "sk-admin-other"}, {"url": "https://eu.api.openai.com/v1"}):
        again = hear(Script(page(bucket(TODAY, 1))), before=before, seen=first.seen, **asked)
        assert again.reading is not None


def test_a_page_fewer_or_more_is_looked_at():
    def pages(count):
        return Script(
            *(page(bucket(days(count - n), 1), then=str(n) if n < count else None) for n in range(count + 1))
        )

    before = read(pages(0))
    two = hear(pages(1), before=before, seen=hear(Script(), before=before).seen)
    one = Script(page(bucket(days(1), 1), then="1"), page())

    assert hear(one, before=before, seen=two.seen).reading is not None
    assert hear(pages(1), before=before, seen=two.seen).reading is None


def test_what_is_gone_from_the_store_is_read_whole_again():
    first = hear(Script(page(bucket(TODAY, 1))), before=read(Script(page(bucket(TODAY, 1)))))
    script = Script().at(COSTS, charging({days(399): [7], TODAY: [2]}))
    again = hear(script, before=None, seen=first.seen, days_back=400)

    assert again.reading.costs.total() == 9_000_000
    assert len(script.asked_of(COSTS)) == 4  # the open days, then three windows
