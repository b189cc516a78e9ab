"""How long credits last and what lapses: ranges that hold the truth, of a pace that one job does not move."""

from math import inf, sqrt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifier.core.costs import Costs, Spending
from notifier.core.forecast import LONGEST_RUNWAY, MOST_WEEKS, Forecast, forecast, pace_change
from tests.core.played import POINTS, USED, asked, played
from tests.core.series import COMMON

TODAY = 739_600
DOLLAR = 1_000_000
AMOUNTS = st.one_of(st.just(0), st.integers(0, 100 * DOLLAR))
HISTORIES = st.lists(AMOUNTS, min_size=1, max_size=90)
SPENT = HISTORIES.filter(lambda days: sum(days) > 1000)
LEFT = st.integers(0, 10_000 * DOLLAR)
AHEAD = st.integers(0, 700)


def spending(days, today=TODAY, **more):
    """The last closed days, the newest last, in micro-units."""
    amounts = {today - len(days) + number: amount for number, amount in enumerate(days)}
    return Spending(Costs.by_day("USD", amounts | more.get("also", {})), today)


def weeks(*several):
    """Whole weeks, the oldest first, each spent on its first day."""
    return spending([amount for week in several for amount in (week, 0, 0, 0, 0, 0, 0)])


def endless(days):
    return tuple(inf if day is None else day for day in days)


def steady(each=2 * DOLLAR, days=91):
    return [each] * days


# -- the usual day --------------------------------------------------------------------------------------------


def test_where_every_day_costs_the_same_that_is_the_usual_day():
    assert forecast(spending(steady(2_345_678))).usual_daily == 2_345_678


def test_a_usual_week_is_worth_half_of_one_six_weeks_later():
    falling = forecast(spending(steady(2000, 7 * 6) + steady(1000, 7 * 6))).usual_daily

    assert falling == pytest.approx((2000 * 1 + 1000 * 2) / 3, rel=0.001)


def test_half_a_year_counts_and_nothing_before():
    recent = steady(1000, 26 * 7)

    assert forecast(spending(steady(9000, 70) + recent)) == forecast(spending(recent))
    assert forecast(spending([*steady(9000, 70), *recent[7:]])).usual_daily > 1000


@pytest.mark.parametrize("times", [5, 22])
def test_one_runaway_job_does_not_move_the_usual_day(times):
    days = steady(1000)
    days[40] *= times

    assert forecast(spending(days)).usual_daily == 1000


def test_the_dearest_week_counts_as_the_second():
    assert forecast(weeks(700, 900, 700, 1100, 700)) == forecast(weeks(700, 900, 700, 900, 700))


def test_a_single_dear_week_keeps_a_quarter_of_itself():
    weights = [630, 707, 794, 891, 1000]
    quarter = sum(weight * week for weight, week in zip(weights, [1750, 7, 7, 7, 7], strict=True))

    assert forecast(weeks(7000, 7, 7, 7, 7)).usual_daily == quarter // (7 * sum(weights))


def test_among_three_weeks_none_is_cut():
    daily = forecast(weeks(7000, 7000, 14_000)).usual_daily

    assert daily > 1333


def test_bursts_and_idle_weeks_come_to_their_mean():
    days = ([7000] * 3 + [0] * 18) * 6

    assert forecast(spending(days)).usual_daily == pytest.approx(1000, rel=0.15)


def test_weekends_weigh_the_same_on_every_day_of_the_week():
    days = ([1400] * 5 + [0] * 2) * 20

    assert {forecast(spending(days[:-cut])).usual_daily for cut in range(1, 8)} == {1000}


def test_with_less_than_a_week_the_last_seven_days_count():
    assert forecast(spending([7000])).usual_daily == 1000


@pytest.mark.parametrize("days", [[], [0] * 40, [5] + [0] * (7 * MOST_WEEKS), [500, -900, 100]])
def test_where_nothing_was_spent_the_usual_day_costs_nothing(days):
    assert forecast(spending(days)) == Forecast(0)


def test_costs_of_the_open_day_do_not_count_yet():
    also = {TODAY: 10**9}

    assert forecast(spending(steady(), also=also)) == forecast(spending(steady()))
    assert forecast(spending([], also=also)) == Forecast(0)


# -- how sure it is -------------------------------------------------------------------------------------------


def by_hand(several):
    """Doubt and scatter, as docs/forecast.md words them; *several* weeks, the newest first, none of them cut."""
    weights = [round(1000 * 0.5 ** (age / 6)) for age in range(len(several))]
    usual = sum(weight * week for weight, week in zip(weights, several, strict=True)) / sum(weights)
    alike = sum(weights) ** 2 / sum(weight**2 for weight in weights)
    off = sum(weight * (week / usual - 1) ** 2 for weight, week in zip(weights, several, strict=True)) / sum(
        weights
    )
    variance = (alike * off + 4 * 0.25) / (alike + 3)
    return 4 * variance / alike, 7 * variance


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=MOST_WEEKS - 1))
def test_doubt_and_scatter_are_what_a_person_works_out(several):
    several = [1000 * week for week in [*several, max(several)]]  # the dearest comes twice, so that none is cut
    said = forecast(weeks(*reversed(several)))

    assert (said.doubt, said.scatter) == pytest.approx(by_hand(several))


def test_the_longer_the_same_is_seen_the_narrower_is_the_range():
    widths = []
    for days in (7, 14, 28, 56, 112, 182):
        earliest, expected, latest = endless(forecast(spending(steady(days=days))).runs_out(200 * DOLLAR))
        widths.append((latest - earliest) / expected)

    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2
    assert widths[-1] < 0.4


@given(st.integers(1, 10**9), st.integers(1, 900), st.integers(84, 400))
def test_a_constant_series_has_the_exact_date_and_a_narrow_range(each, lasts, days):
    earliest, expected, latest = forecast(spending(steady(each, days))).runs_out(each * lasts)

    assert expected == lasts
    assert earliest >= lasts * 0.75 - 3
    assert latest <= lasts * 1.35 + 4


# -- the run-out date and the remainder -----------------------------------------------------------------------


@given(st.integers(1, 10**7), st.floats(0, 4), st.floats(0, 60), AHEAD)
def test_the_range_of_the_spend_is_an_even_reach_in_roots(usual, doubt, scatter, days):
    said, plenty = Forecast(usual, doubt, scatter), 10**15
    middle, off = sqrt(days), 0.7 * sqrt(doubt * days + scatter)
    least, most = (plenty - amount for amount in reversed(said.unused(plenty, days)[::2]))

    if days:
        assert most == pytest.approx(usual * (middle + off) ** 2, abs=2)
        assert least == pytest.approx(usual * max(middle - off, 0) ** 2, abs=2)
    else:
        assert least == most == 0


@given(SPENT, LEFT, AHEAD)
def test_the_range_holds_what_is_expected(days, left, ahead):
    said = forecast(spending(days))
    earliest, expected, latest = endless(said.runs_out(left))
    least, rest, most = said.unused(left, ahead)

    assert earliest <= expected <= latest
    assert 0 <= least <= rest <= most <= left


@given(SPENT, LEFT, AHEAD)
def test_date_and_remainder_say_the_same(days, left, ahead):
    said = forecast(spending(days))
    part_of_a_day = (0, max(said.usual_daily - 1, 0), 0)  # what is expected is counted in whole days
    for runs_out, rest, most in zip(
        endless(said.runs_out(left)), said.unused(left, ahead), part_of_a_day, strict=True
    ):
        if ahead < runs_out < LONGEST_RUNWAY:
            assert rest > 0
        if ahead > runs_out:
            assert rest <= most


@given(SPENT, LEFT, LEFT)
def test_with_more_left_nothing_is_earlier_and_no_less_remains(days, left, more):
    said = forecast(spending(days))
    pairs = [
        (endless(said.runs_out(left)), endless(said.runs_out(left + more))),
        (said.unused(left, 100), said.unused(left + more, 100)),
    ]

    assert all(one <= other for both in pairs for one, other in zip(*both, strict=True))


@given(SPENT, LEFT, AHEAD, AHEAD)
def test_later_no_more_remains(days, left, ahead, further):
    said = forecast(spending(days))
    pairs = zip(said.unused(left, ahead), said.unused(left, ahead + further), strict=True)

    assert all(now >= later for now, later in pairs)


@given(SPENT, LEFT, st.integers(2, 1000))
def test_in_another_unit_it_is_the_same(days, left, times):
    one, other = forecast(spending(days)), forecast(spending([times * day for day in days]))
    assume(one.usual_daily >= 1000)  # below, whole micro-units are too coarse to compare

    assert times * one.usual_daily <= other.usual_daily < times * (one.usual_daily + 1)
    assert (other.doubt, other.scatter) == pytest.approx((one.doubt, one.scatter), rel=0.02)
    same = one._replace(usual_daily=times * one.usual_daily)
    assert same.runs_out(times * left) == one.runs_out(left)
    assert same.unused(times * left, 90) == pytest.approx(
        [times * rest for rest in one.unused(left, 90)], abs=times
    )


@given(HISTORIES, st.integers(-500_000, 500_000), st.integers(0, 400))
def test_neither_the_date_nor_idle_days_before_the_first_costs_matter(days, later, idle):
    here, there = spending(days), spending([0] * idle + days, TODAY + later)

    assert forecast(there) == forecast(here)
    assert pace_change(there) == pace_change(here)


@pytest.mark.parametrize("left", [0, -5 * DOLLAR])
@pytest.mark.parametrize("said", [Forecast(0), Forecast(1000, 0.1, 2.0)])
def test_what_is_used_up_has_run_out_and_leaves_nothing(said, left):
    assert said.runs_out(left) == (0, 0, 0)
    assert said.unused(left, 30) == (0, 0, 0)


def test_where_nothing_is_spent_no_date_is_said_and_nothing_is_certain():
    assert Forecast(0).runs_out(500) == (None, None, None)
    assert Forecast(0).unused(500, 30) == (0, 500, 500)


@pytest.mark.parametrize("said", [Forecast(0), Forecast(1000, 0.1, 2.0)])
@pytest.mark.parametrize("days", [0, -3])
def test_on_the_last_day_what_is_left_remains(said, days):
    assert said.unused(500, days) == (500, 500, 500)


def test_beyond_ten_years_no_date_is_said():
    within, beyond = (Forecast(10).runs_out(10 * days) for days in (LONGEST_RUNWAY - 1, LONGEST_RUNWAY))

    assert within[1] == LONGEST_RUNWAY - 1
    assert beyond[1] is None


def test_a_pace_that_is_hardly_known_may_never_use_it_up():
    earliest, expected, latest = Forecast(1000, doubt=2.1, scatter=7.0).runs_out(100_000)

    assert (earliest, expected) == (22, 100)
    assert latest is None


def test_what_one_burst_can_use_up_may_run_out_today():
    assert Forecast(1000, doubt=0.5, scatter=20.0).runs_out(9_000)[0] == 0


# -- four times in five ---------------------------------------------------------------------------------------


def test_the_ranges_hold_four_truths_in_five():
    grants = [played(family, number, used) for family in COMMON for used in USED for number in range(6)]
    for days in POINTS.values():
        said = [answer for grant in grants if (answer := asked(grant, days)) is not None]
        for held in ([each.runs_out.held for each in said], [each.rest.held for each in said]):
            assert sum(held) >= 0.8 * len(said) > 50


# -- changes of pace ------------------------------------------------------------------------------------------

WORKING = ([1400] * 5 + [0] * 2) * 10  # a usual day costs 1000


def test_a_pace_that_goes_on_is_one():
    assert pace_change(spending(steady())) == 1.0


def test_no_end_of_a_week_changes_the_pace():
    assert {pace_change(spending(WORKING[:-cut])) for cut in range(1, 8)} == {1.0}


def test_where_spending_stopped_the_pace_is_nothing_after_a_week():
    assert pace_change(spending(steady() + [0] * 6)) == pytest.approx(1 / 7)
    assert pace_change(spending(steady() + [0] * 7)) == 0.0


@pytest.mark.parametrize(("times", "days"), [(20, 1), (11, 2), (8, 3), (5, 5)])
def test_a_runaway_job_is_seen_the_sooner_the_more_it_costs(times, days):
    for weekday in range(7):
        before = WORKING[: len(WORKING) - weekday]
        assert pace_change(spending(before + [times * 1000 + 1400] * days)) >= 3
        assert pace_change(spending(before + [times * 1000 // 2] * (days - 1))) < 3


def test_an_earlier_runaway_job_does_not_hide_a_later_one():
    days = steady(1000)
    days[30] = 100_000

    assert pace_change(spending([*days, 20_000])) >= 2.5


def test_a_pace_is_usual_after_two_weeks_before_the_last():
    assert pace_change(spending(steady(days=20))) is None
    assert pace_change(spending(steady(days=21))) == 1.0


@pytest.mark.parametrize("days", [[], [5] + [0] * (7 * MOST_WEEKS) + [9] * 7, [-5] * 40])
def test_nothing_is_no_pace_to_compare_with(days):
    assert pace_change(spending(days)) is None


def test_a_week_of_refunds_is_no_pace():
    assert pace_change(spending(steady(days=28) + [-5] * 7)) == 0.0
