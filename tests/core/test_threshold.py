"""A quantity crosses levels; one that trembles around a level is told once."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calendar import Duration
from notifier.core.facts import UNREAD
from notifier.core.money import MICRO
from notifier.core.verdict import CLOSED, UNKNOWN, Finding
from tests.core.helpers import condition, locale, read_condition, record

SHARES = {"threshold": "used / granted", "reaches": ["80%", "50%", "100%"]}


def judged(fields, where=None, **facts):
    return condition(**fields).bind(where or locale())(record(**facts), 0)


def seen(fields, where=None, **facts):
    verdict = judged(fields, where, **facts)
    return verdict.finding, verdict.step, verdict.keep


@pytest.mark.parametrize(
    ("used", "step", "keep"),
    [
        (0, None, None),
        (449_999, None, None),
        (450_000, None, "50%"),
        (499_999, None, "50%"),
        (500_000, "50%", "50%"),
        (719_999, "50%", "50%"),
        (720_001, "50%", "80%"),
        (799_999, "50%", "80%"),
        (800_000, "80%", "80%"),
        (900_000, "80%", "100%"),
        (999_999, "80%", "100%"),
        (1_000_000, "100%", "100%"),
        (9_000_000, "100%", "100%"),
        (-1, None, None),
    ],
)
def test_a_share_of_money_crosses_exactly_at_its_level_and_is_kept_for_a_tenth(used, step, keep):
    for scale in (1, 7, 1_000_000):
        actual = seen(SHARES, used=used * scale, granted=1_000_000 * scale)
        assert actual == (Finding.JUDGED, step, keep)


@given(st.integers(1, 10**9), st.sampled_from([50, 80, 100]))
def test_an_exact_share_always_reaches_its_level(units, percent):
    verdict = judged(SHARES, used=units * percent, granted=units * 100)

    assert verdict.step == f"{percent}%"


RUNWAY = {"threshold": "lead", "falls_to": ["3 days", "30 days", "2 weeks"], "clear": "45 days"}


@pytest.mark.parametrize(
    ("days", "step", "keep"),
    [
        (46, None, None),
        (45, None, "30 days"),
        (31, None, "30 days"),
        (30, "30 days", "30 days"),
        (15, "30 days", "2 weeks"),  # 14 days and a tenth are 15.4
        (14, "2 weeks", "2 weeks"),
        (3, "3 days", "3 days"),
        (0, "3 days", "3 days"),
    ],
)
def test_a_length_falls_to_its_levels_and_is_clear_at_another(days, step, keep):
    assert seen(RUNWAY, lead=Duration(days, "days")) == (Finding.JUDGED, step, keep)


def test_a_clear_on_the_wrong_side_does_not_undo_the_level():
    fields = {"threshold": "count", "reaches": ["10"], "clear": "12"}

    assert seen(fields, count=10) == (Finding.JUDGED, "10", "10")
    assert seen(fields, count=9.99) == (Finding.JUDGED, None, None)


@pytest.mark.parametrize(
    ("count", "step", "keep"),
    [(-0.1, None, None), (0, "0", "0"), (8.9, "0", "0"), (9, "0", "10"), (10, "10", "10")],
)
def test_a_level_of_zero_has_no_tenth(count, step, keep):
    assert seen({"threshold": "count", "reaches": ["0", "10"]}, count=count) == (Finding.JUDGED, step, keep)


@given(st.lists(st.integers(1, 60), min_size=1, max_size=5, unique=True), st.booleans(), st.integers(0, 700))
def test_the_verdict_is_the_one_that_a_person_reads_off_the_ladder(levels, rises, tenths):
    value = tenths / 10
    fields = {"threshold": "count", "reaches" if rises else "falls_to": [str(level) for level in levels]}
    ladder = sorted(levels, reverse=not rises)
    crossed = [level for level in ladder if (value >= level if rises else value <= level)]
    kept = [level for level in ladder if (value >= level - 0.1 * level if rises else value <= level + 0.1 * level)]

    assert seen(fields, count=value) == (
        Finding.JUDGED,
        str(crossed[-1]) if crossed else None,
        str(kept[-1]) if kept else None,
    )


@pytest.mark.parametrize("fields", [SHARES, RUNWAY, {"threshold": "used", "reaches": ["5 USD"]}])
def test_none_closes_and_unread_is_unknown(fields):
    assert judged(fields) == CLOSED
    assert judged(fields, used=UNREAD, granted=1, lead=UNREAD) == UNKNOWN


def test_a_bare_number_beside_money_is_in_the_account_s_currency():
    fields = {"threshold": "used", "reaches": ["25", "2.5"]}

    assert condition(**fields).ladder == ("2.5", "25")
    assert judged(fields, used=25 * MICRO).step == "25"
    assert judged(fields, used=2 * MICRO + 499_999).step is None


def test_levels_in_another_currency_count_at_the_stated_rate_or_are_unknown():
    fields = {"threshold": "used", "reaches": ["10 EUR"]}
    with_rate = locale(rates=[("EUR", 1_100_000)])

    assert judged(fields, with_rate, used=11 * MICRO).step == "10 EUR"
    assert judged(fields, with_rate, used=11 * MICRO - 1).step is None
    assert judged(fields, locale(), used=11 * MICRO) == UNKNOWN
    assert judged(fields, locale()) == CLOSED


def test_a_clear_without_a_rate_leaves_the_tenth():
    fields = {"threshold": "used", "reaches": ["10"], "clear": "1 EUR"}

    assert judged(fields, used=9 * MICRO).keep == "10"
    assert judged(fields, used=9 * MICRO - 1).keep is None


def test_levels_in_several_currencies_stay_in_the_order_they_are_written():
    assert condition(threshold="used", reaches=["10 EUR", "5 USD"]).ladder == ("10 EUR", "5 USD")


@pytest.mark.parametrize(
    ("quantity", "finding"),
    [("5", Finding.JUDGED), ("3 weeks", Finding.JUDGED), ("5 USD", Finding.JUDGED), ("5 GBP", Finding.UNKNOWN)],
)
def test_even_a_quantity_that_never_changes_is_judged(quantity, finding):
    level = {"3 weeks": "1 week"}.get(quantity, "1")

    assert judged({"threshold": quantity, "reaches": [level]}).finding is finding


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"threshold": "used"}, []),
        ({"threshold": "due_on", "reaches": ["3"]}, ["threshold"]),
        ({"threshold": "used", "reaches": ["3"], "falls_to": ["4"]}, ["falls_to"]),
        ({"threshold": "count", "reaches": ["3 USD"]}, ["reaches"]),
        ({"threshold": "lead", "falls_to": ["3", "2 weeks"], "clear": "5 USD"}, ["falls_to", "clear"]),
        ({"threshold": "count", "reaches": ["-3", "x", "1 + 1"]}, ["reaches", "reaches", "reaches"]),
    ],
)
def test_every_fault_is_noted_with_its_field(fields, faults):
    made, noted = read_condition(fields)

    assert made is None
    assert [name for name, _ in noted] == faults


def test_a_fault_says_what_a_level_is():
    _, faults = read_condition({"threshold": "count", "reaches": ["-3", "3 USD"]})

    assert faults == [
        ("reaches", "'-3' is not a level such as 80%, 3, 200 USD or 2 weeks"),
        ("reaches", "`3 USD` is an amount, the threshold is a number"),
    ]
