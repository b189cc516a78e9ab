"""Dates move as calendars do, and are told at the account's own hour, whatever its clocks do at night."""

from datetime import date, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Date, Instant, PlainDateTime

from notifier.core.calendar import (
    DAYS,
    FOREVER,
    MONTHS,
    MOST_DAYS_SHIFTED,
    WORKING_DAYS,
    Calendar,
    Duration,
    Locale,
    parse_duration,
    parse_span,
    utc,
)
from tests.core.helpers import day, locale, moment, said

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",  # its clocks move by half an hour
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "America/Santiago",  # midnight itself is skipped
    "Pacific/Apia",  # skipped a whole day in 2011
    "UTC",
)
days = st.dates(date(1980, 1, 1), date(2080, 12, 31)).map(date.toordinal)
calendars = st.frozensets(st.integers(day("2026-01-01"), day("2026-12-31")), max_size=40).map(Calendar)


def as_whenever(number):
    at = date.fromordinal(number)
    return Date(at.year, at.month, at.day)


@given(days, st.integers(-600, 600))
def test_months_clamp_as_the_oracle_says(start, months):
    moved = Calendar().shift(start, Duration(abs(months), MONTHS), 1 if months >= 0 else -1)

    assert as_whenever(start).add(months=months) == as_whenever(moved)


@pytest.mark.parametrize(
    ("start", "duration", "sign", "expected"),
    [
        ("2024-02-29", "1 year", 1, "2025-02-28"),
        ("2024-02-29", "4 years", 1, "2028-02-29"),
        ("2024-02-29", "1 year", -1, "2023-02-28"),
        ("2026-01-31", "1 month", 1, "2026-02-28"),
        ("2028-01-31", "1 month", 1, "2028-02-29"),
        ("2026-03-31", "1 month", -1, "2026-02-28"),
        ("2026-12-31", "2 months", 1, "2027-02-28"),
        ("2026-01-15", "12 months", -1, "2025-01-15"),
        ("2024-03-11", "3 weeks", 1, "2024-04-01"),
        ("2024-03-11", "0 days", 1, "2024-03-11"),
        ("2026-11-20", "1 working day", 1, "2026-11-23"),  # Friday, then Monday
        ("2026-11-21", "1 working day", 1, "2026-11-23"),  # a Saturday does not count itself
        ("2026-11-23", "5 working days", -1, "2026-11-16"),
        ("2026-11-22", "0 working days", 1, "2026-11-22"),
    ],
)
def test_a_date_moves_by_a_duration(start, duration, sign, expected):
    assert day(expected) == Calendar().shift(day(start), parse_duration(duration), sign)


@given(st.integers(day("2026-01-01"), day("2026-12-31")), st.integers(0, 60), st.sampled_from([1, -1]), calendars)
def test_working_days_are_those_that_a_person_counts_one_by_one(start, count, sign, calendar):
    at, counted = start, 0
    while counted < count:
        at += sign
        if date.fromordinal(at).isoweekday() <= 5 and at not in calendar.closed:
            counted += 1

    assert at == calendar.shift(start, Duration(count, WORKING_DAYS), sign)


@given(st.integers(day("2026-01-01"), day("2026-12-31")), calendars)
def test_the_last_open_day_is_the_newest_worked_one_that_is_not_later(start, calendar):
    worked = (at for at in range(start, start - 100, -1) if calendar.is_open(at))

    assert next(worked) == calendar.last_open(start)


@pytest.mark.parametrize(
    ("start", "duration", "sign"),
    [
        (date.max.toordinal(), Duration(1, DAYS), 1),
        (1, Duration(1, DAYS), -1),
        (date.max.toordinal(), Duration(1, MONTHS), 1),
        (40, Duration(99_999, MONTHS), -1),
        (date.max.toordinal(), Duration(3, WORKING_DAYS), 1),
        (day("2026-01-01"), Duration(MOST_DAYS_SHIFTED, WORKING_DAYS), 1),
    ],
)
def test_a_date_that_no_calendar_has_is_an_overflow(start, duration, sign):
    with pytest.raises(OverflowError):
        Calendar().shift(start, duration, sign)


def test_a_calendar_without_working_days_ends_the_count():
    closed = Calendar(frozenset(range(day("2026-01-01"), day("2026-01-01") + MOST_DAYS_SHIFTED + 7)))

    with pytest.raises(OverflowError, match="too few working days"):
        closed.shift(day("2026-01-01"), Duration(1, WORKING_DAYS), 1)


# -- moments ----------------------------------------------------------------------------------------------


@given(days, st.sampled_from(ZONES), st.times().map(lambda at: at.replace(second=0, microsecond=0)))
def test_a_day_is_told_at_the_local_hour_as_the_oracle_says(number, zone, tell_at):
    at = date.fromordinal(number)
    plain = PlainDateTime(at.year, at.month, at.day, tell_at.hour, tell_at.minute)
    oracle = plain.assume_tz(zone, disambiguation="compatible").timestamp()

    here = Locale(ZoneInfo(zone), tell_at)

    assert (oracle, oracle) == (here.tells(number), here.tells(number))  # the second comes from memory


@given(days, st.sampled_from(ZONES))
def test_a_day_ends_with_the_midnight_after_it(number, zone):
    at = date.fromordinal(number + 1)
    oracle = PlainDateTime(at.year, at.month, at.day).assume_tz(zone, disambiguation="compatible").timestamp()

    assert oracle == locale(zone).ends(number)


@given(st.integers(0, moment("2080-01-01 00:00")), st.sampled_from(ZONES))
def test_the_day_of_a_moment_is_the_one_on_the_wall(seconds, zone):
    oracle = Instant.from_timestamp(seconds).to_tz(zone).date()

    assert oracle == as_whenever(locale(zone).day_of(seconds))


@pytest.mark.parametrize(
    ("zone", "on", "tell_at", "in_utc"),
    [
        ("Europe/Berlin", "2026-03-28", "09:00", "2026-03-28 08:00"),
        ("Europe/Berlin", "2026-03-29", "09:00", "2026-03-29 07:00"),
        ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29 01:30"),  # skipped: as much later, 03:30
        ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25 00:30"),  # twice: the first
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08 07:30"),
        ("America/New_York", "2026-11-01", "01:30", "2026-11-01 05:30"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03 15:45"),  # half an hour is skipped
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04 14:45"),
    ],
)
def test_the_nights_on_which_clocks_change(zone, on, tell_at, in_utc):
    assert moment(in_utc) == locale(zone, tell_at).tells(day(on))


def test_the_last_day_of_all_is_never_told_and_never_over():
    last = date.max.toordinal()

    assert (locale().tells(last), locale().ends(last), locale().ends(last - 1)) == (FOREVER, FOREVER, FOREVER)


def test_a_moment_is_an_aware_datetime_in_utc_at_the_edges():
    assert utc(moment("2026-03-29 07:00")).isoformat() == "2026-03-29T07:00:00+00:00"


def test_locales_that_say_the_same_are_one_key_whatever_they_remember():
    asked, fresh = locale("Europe/Berlin"), locale("Europe/Berlin")
    asked.tells(day("2026-01-01"))

    assert {asked: "bound"}[fresh] == "bound"
    assert Locale(ZoneInfo("UTC")).tell_at == time(9)


# -- durations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3 weeks", Duration(21, DAYS)),
        ("2w", Duration(14, DAYS)),
        ("P3W", Duration(21, DAYS)),
        ("P10D", Duration(10, DAYS)),
        ("P2Y", Duration(24, MONTHS)),
        ("P1M", Duration(1, MONTHS)),
        ("1 day", Duration(1, DAYS)),
        (" 4 d ", Duration(4, DAYS)),
        ("5 working days", Duration(5, WORKING_DAYS)),
        ("1 Working  Day", Duration(1, WORKING_DAYS)),
        ("12 months", Duration(12, MONTHS)),
        ("1y", Duration(12, MONTHS)),
        ("2 years", Duration(24, MONTHS)),
    ],
)
def test_durations_are_read_in_every_form(text, expected):
    assert expected == parse_duration(text)


@pytest.mark.parametrize(
    "text", ["", "3", "weeks", "-3 weeks", "3 wochen", "1.5 weeks", "P3", "PT3H", "3 m", "999999 d"]
)
def test_what_is_no_duration_is_answered_with_how_one_is_written(text):
    with pytest.raises(ValueError) as refused:
        parse_duration(text)

    assert f"{text!r} is not a duration such as 3 weeks, 2w, P3W, 5 working days, 12 months" == str(refused.value)


@given(st.integers(0, 99_999), st.sampled_from([DAYS, WORKING_DAYS, MONTHS]))
def test_a_duration_reads_back_as_it_is_said(number, unit):
    duration = Duration(number, unit)

    assert duration == parse_duration(str(duration))


@pytest.mark.parametrize(
    ("duration", "text", "days_long"),
    [
        (Duration(21, DAYS), "3 weeks", 21),
        (Duration(7, DAYS), "1 week", 7),
        (Duration(10, DAYS), "10 days", 10),
        (Duration(0, DAYS), "0 days", 0),
        (Duration(1, WORKING_DAYS), "1 working day", 1),
        (Duration(7, WORKING_DAYS), "7 working days", 7),
        (Duration(2, MONTHS), "2 months", 60),
    ],
)
def test_a_duration_is_said_as_a_person_would(duration, text, days_long):
    assert (text, days_long, days_long > 0) == (str(duration), duration.nominal_days, bool(duration))


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati", "America/New_York"])
def test_forever_falls_on_the_last_day_of_the_calendar_in_every_zone(zone):
    assert Locale(ZoneInfo(zone)).day_of(FOREVER) == date.max.toordinal()


# -- how long something lasts ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("30 minutes", 1_800),
        ("90min", 5_400),
        ("1 Hour", 3_600),
        (" 6 h ", 21_600),
        ("1 day", 86_400),
        ("2 weeks", 14 * 86_400),
        ("P3D", 3 * 86_400),
        ("3 working days", Duration(3, WORKING_DAYS)),
    ],
)
def test_how_long_something_lasts_is_read_in_seconds_or_working_days(text, span):
    assert parse_span(text) == span


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("soon", "'soon' is not a length of time such as 30 minutes, 6 hours, 1 day, 3 working days"),
        ("6 m", "'6 m' is not a length of time such as"),
        ("2 months", "'2 months' has no fixed length; write days or weeks, such as 30 days"),
        ("0 minutes", "'0 minutes' is no time at all; leave it out"),
        ("0 days", "'0 days' is no time at all; leave it out"),
        ("0 working days", "'0 working days' is no time at all; leave it out"),
    ],
)
def test_what_lasts_no_certain_time_is_refused(text, why):
    with pytest.raises(ValueError) as refused:
        parse_span(text)

    assert str(refused.value).startswith(why)


@pytest.mark.parametrize(
    ("began", "span", "over"),
    [
        ("2026-11-20 16:00", "6 hours", "2026-11-20 22:00"),
        ("2026-11-20 16:00", "1 working day", "2026-11-23 16:00"),
        ("2026-11-21 16:00", "1 working day", "2026-11-23 16:00"),  # begun on a Saturday
        ("2026-12-23 16:00", "2 working days", "2026-12-29 16:00"),  # two closed days, and a weekend
        ("2026-03-28 16:00", "1 day", "2026-03-29 17:00"),  # 24 hours, over a night of 23
        ("2026-03-27 16:00", "1 working day", "2026-03-30 16:00"),
    ],
)
def test_what_has_lasted_so_long_is_over(began, span, over):
    here = locale("Europe/Berlin", closed=["2026-12-24", "2026-12-25"])

    assert said(here.after(moment(began, "Europe/Berlin"), parse_span(span)), "Europe/Berlin") == over


def test_what_lasts_longer_than_the_calendar_is_never_over():
    here = locale("Europe/Berlin")

    assert here.after(FOREVER - 5, 6) == FOREVER
    assert here.after(FOREVER, parse_span("1 working day")) == FOREVER
    assert here.after(0, Duration(99_999, WORKING_DAYS)) == FOREVER
    assert here.tells_after(0, Duration(99_999, MONTHS)) == FOREVER


def test_the_hour_of_telling_so_much_later():
    here, began = locale("Europe/Berlin", "08:30"), moment("2026-11-20 16:00", "Europe/Berlin")

    assert said(here.tells_after(began, parse_duration("3 working days")), "Europe/Berlin") == "2026-11-25 08:30"
