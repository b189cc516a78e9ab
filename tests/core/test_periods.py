"""``per: day, week, month``: which period a verdict is about, until when; what an amended ladder begins with."""

from calendar import monthrange
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alert import Cause, Policy, Reason, advance
from notifier.core.calendar import FOREVER
from notifier.core.costs import Costs, Spending
from notifier.core.facts import UNREAD
from notifier.core.money import MICRO
from notifier.core.verdict import CLOSED, UNKNOWN, Finding
from notifier.core.vocabulary import Kind
from tests.core.helpers import DAY, SMALL, condition, day, fact, locale, moment, read_condition, record, said

RICH = SMALL.extended([fact("costs", Kind.COSTS)])
PERIODS = ("day", "week", "month")


def counted(per, **more):
    return condition(RICH, threshold="count", reaches=["3"], per=per, **more)


def spent(per):
    return condition(RICH, threshold="spend(this month)", reaches=["80 USD", "100 USD"], per=per)


def costs(read_on, **amounts):
    days = {day(name.replace("_", "-").strip("-")): amount * MICRO for name, amount in amounts.items()}
    return Spending(Costs.by_day("USD", days), day(read_on))


def judged(made, now, zone="Europe/Berlin", **facts):
    return made.bind(locale(zone))(record(RICH, **facts), moment(now, zone))


def first_day(at, per):
    """The first day of the period of *at*, as a person finds it in a calendar."""
    while not (per == "day" or (per == "week" and at.isoweekday() == 1) or (per == "month" and at.day == 1)):
        at -= timedelta(1)
    return at


@given(st.dates(date(2024, 1, 1), date(2028, 1, 1)), st.integers(0, 23), st.sampled_from(PERIODS))
def test_a_period_is_that_of_the_account_s_calendar_and_ends_with_it(at, hour, per):
    verdict = judged(counted(per), f"{at} {hour:02}:30", count=3)
    first = first_day(at, per)
    after = (
        first
        + {"day": timedelta(1), "week": timedelta(7), "month": timedelta(monthrange(first.year, first.month)[1])}[
            per
        ]
    )

    assert (verdict.step, verdict.anchor) == ("3", first.toordinal())
    assert said(verdict.until, "Europe/Berlin") == f"{after} 00:00"


@pytest.mark.parametrize(("zone", "anchor"), [("Asia/Kolkata", "2026-12-01"), ("America/New_York", "2026-11-01")])
def test_a_month_begins_by_the_account_s_own_clocks(zone, anchor):
    made = counted("month").bind(locale(zone))

    assert made(record(RICH, count=3), moment("2026-11-30 20:00")).anchor == day(anchor)


@pytest.mark.parametrize(
    ("per", "anchor"), [("day", "2026-11-30"), ("week", "2026-11-30"), ("month", "2026-11-01")]
)
def test_costs_are_of_the_period_in_which_they_were_read_whatever_the_clock_says(per, anchor):
    read = costs("2026-11-30", _2026_11_05=90)
    verdict = judged(spent(per), "2026-12-01 04:00", costs=read)

    assert (verdict.step, verdict.anchor, verdict.until) == ("80 USD", day(anchor), FOREVER)


def test_costs_beside_other_numbers_decide_the_period_too():
    made = condition(RICH, threshold="(spend(this month) - 5) / granted", reaches=["50%"], per="month")
    verdict = judged(made, "2026-12-01 04:00", costs=costs("2026-11-30", _2026_11_05=90), granted=100 * MICRO)

    assert (verdict.step, verdict.anchor) == ("50%", day("2026-11-01"))


@pytest.mark.parametrize(("found", "verdict"), [(None, CLOSED), (UNREAD, UNKNOWN)])
def test_what_is_none_or_unread_is_of_no_period(found, verdict):
    assert judged(counted("month"), "2026-11-30 12:00", count=found) == verdict
    assert judged(spent("month"), "2026-11-30 12:00", costs=found) == verdict


def test_nothing_crossed_is_of_a_period_too():
    verdict = judged(counted("month"), "2026-11-30 12:00", count=0)

    assert (verdict.finding, verdict.step, verdict.anchor) == (Finding.JUDGED, None, day("2026-11-01"))


def test_a_new_month_closes_silently_and_tells_again():
    made = spent("month")
    here = locale("Europe/Berlin")
    judge = made.bind(here)
    alert, told = None, []
    readings = [
        ("2026-11-20 06:00", costs("2026-11-20", _2026_11_05=85)),
        ("2026-12-01 06:00", costs("2026-11-30", _2026_11_05=85)),  # read late, still November's
        ("2026-12-02 06:00", costs("2026-12-02", _2026_11_05=85, _2026_12_01=1)),
        ("2026-12-20 06:00", costs("2026-12-20", _2026_12_01=99)),
        ("2026-12-21 06:00", costs("2026-12-21", _2026_12_01=101)),
    ]
    for at, read in readings:
        now = moment(at)
        policy = Policy(made.ladder, locale=here, periodic=made.periodic)
        after = advance(policy, alert, judge(record(RICH, costs=read), now), Cause.FACTS, now)
        alert = after.alert
        told += [(at[:10], each.reason, each.step) for each in after.transitions]

    assert told == [
        ("2026-11-20", Reason.OPENED, "80 USD"),
        ("2026-12-20", Reason.OPENED, "80 USD"),
        ("2026-12-21", Reason.ESCALATED, "100 USD"),
    ]


@given(
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 5)), min_size=1, max_size=12), st.sampled_from(PERIODS)
)
def test_a_verdict_of_a_period_stands_until_it_says(looks, per):
    judge = counted(per).bind(locale("Europe/Berlin"))
    for days, count in looks:
        now = moment("2026-10-20 07:00") + days * DAY
        facts = record(RICH, count=count)
        verdict = judge(facts, now)
        assert judge(facts, verdict.until - 1) == verdict
        assert judge(facts, verdict.until).anchor != verdict.anchor


def test_without_per_no_verdict_has_a_period():
    made = condition(RICH, threshold="count", reaches=["3"])

    assert not made.periodic
    assert judged(made, "2026-11-30 12:00", count=3).anchor is None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("months", "'months' is not a period; did you mean `month`?"),
        ("year", "'year' is not a period; there are day, week, month"),
    ],
)
def test_a_period_that_does_not_exist_is_refused(text, why):
    assert read_condition({"threshold": "count", "reaches": ["3"], "per": text})[1] == [("per", why)]


@pytest.mark.parametrize(
    ("fields", "asked"),
    [
        ({"threshold": "used / granted", "reaches": ["50%", "80%"]}, {"60%": 1, "50%": 0, "40%": 0, "90%": None}),
        ({"threshold": "used", "falls_to": ["50 USD", "20 USD"]}, {"30 USD": 1, "60 USD": 0, "10 USD": None}),
        ({"threshold": "lead", "falls_to": ["2 weeks", "3 days"]}, {"1 week": 1, "14 days": 0, "1 day": None}),
        ({"threshold": "count", "reaches": ["3"]}, {"2 USD": None, "lots": None, "80%": 0}),
    ],
)
def test_a_level_of_an_amended_ladder_begins_at_the_first_as_tight(fields, asked):
    made = condition(**fields)

    assert {text: made.as_tight(text) for text in asked} == asked
