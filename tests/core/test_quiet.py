"""Quiet hours end when their clocks say so, on every night of the year, also where clocks change."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.quiet import Quiet, clock_shows, parse_quiet
from tests.core.helpers import day, moment, said

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = 15 * 60  # clocks change at quarters, and the hours below are such
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Pacific/Apia")
# Around the nights in which clocks change, and a plain one; Apia left out a whole day at the end of 2011.
NIGHTS = ("2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03", "2026-06-10",
          "2011-12-29")  # fmt: skip

times = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 45)))
quiets = st.builds(Quiet, times, times, st.frozensets(st.integers(0, 6), max_size=3)).filter(
    lambda quiet: quiet.begins != quiet.over
)


def holds(quiet, at, zone):
    """By the definition: what the clocks show at *at*."""
    local = datetime.fromtimestamp(at, zone)
    now = local.time()
    inside = quiet.begins <= now < quiet.over
    if quiet.begins > quiet.over:
        inside = now >= quiet.begins or now < quiet.over
    return inside or local.weekday() in quiet.days


@given(quiets, st.sampled_from(ZONES), st.sampled_from(NIGHTS), st.integers(0, 3 * 24 * 4))
def test_it_ends_at_the_first_quarter_that_is_not_quiet(quiet, name, night, quarters):
    zone, at = ZoneInfo(name), moment(night) + quarters * QUARTER

    ends = quiet.ends(at, zone)

    expected = at
    while holds(quiet, expected, zone):
        expected += QUARTER
    assert ends == (expected if expected > at else None)


@pytest.mark.parametrize(
    ("at", "ends"),
    [
        ("2026-06-10 19:59", None),
        ("2026-06-10 20:00", "2026-06-11 08:00"),
        ("2026-06-11 07:59", "2026-06-11 08:00"),
        ("2026-06-11 08:00", None),
        ("2026-06-12 21:00", "2026-06-15 08:00"),
        ("2026-06-13 12:00", "2026-06-15 08:00"),
    ],
)
def test_evenings_and_weekends(at, ends):
    quiet = parse_quiet("20:00-08:00, saturday, Sunday")

    found = quiet.ends(moment(at, "Europe/Berlin"), BERLIN)

    assert (found and said(found, "Europe/Berlin")) == ends


def test_an_hour_that_a_spring_night_skips_is_the_moment_of_the_skip():
    assert said(clock_shows(day("2026-03-29"), time(2, 30), BERLIN)) == "2026-03-29 01:00"


def test_an_hour_that_comes_twice_is_the_first_of_the_two_and_then_the_second():
    first = clock_shows(day("2026-10-25"), time(2, 30), BERLIN)

    assert said(first) == "2026-10-25 00:30"
    assert clock_shows(day("2026-10-25"), time(2, 30), BERLIN, after=first) - first == timedelta(hours=1).seconds


@pytest.mark.parametrize(
    ("text", "quiet"),
    [
        ("20:00-08:00", Quiet(time(20), time(8))),
        (" 20:00 - 08:00 ,saturday", Quiet(time(20), time(8), frozenset({5}))),
        ("Saturday, sunday", Quiet(days=frozenset({5, 6}))),
        ("22:00\u20136:30, weekends, monday", Quiet(time(22), time(6, 30), frozenset({0, 5, 6}))),
    ],
)
def test_what_people_write(text, quiet):
    assert parse_quiet(text) == quiet


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("20:00-25:00", "'25:00' is no time of day"),
        ("20:00-20:00", "names no quiet hours"),
        ("", "names no quiet hours"),
        ("satturday", "did you mean `saturday`?"),
        ("at night", "as in 20:00-08:00"),
        ("20-8", "'20-8' is no pair of hours such as 20:00-08:00"),
        ("Sat.", "did you mean `saturday`?"),
        ("20:00-08:00, 12:00-13:00", "two pairs of hours"),
        ("monday, tuesday, wednesday, thursday, friday, saturday, sunday", "quiet for ever"),
    ],
)
def test_a_mistake_is_answered_with_what_is_wrong(text, why):
    with pytest.raises(ValueError, match=r".") as error:
        parse_quiet(text)

    assert why in str(error.value)


def test_a_quiet_that_never_ends_is_looked_through_for_so_many_days_and_no_more():
    begins = moment("2026-11-22 12:00")
    ends = Quiet(days=frozenset(range(7))).ends(begins, ZoneInfo("UTC"))

    assert said(ends) == "2026-12-08 00:00"
