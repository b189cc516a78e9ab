"""Values are said as a person reads them."""

from zoneinfo import ZoneInfo

import pytest

from notifier.core.calendar import FOREVER, Duration, Locale
from notifier.core.facts import UNREAD
from notifier.core.vocabulary import Kind
from notifier.core.words import (
    Blank,
    iso,
    plain,
    say,
    say_count,
    say_day,
    say_distance,
    say_list,
    say_local_time,
    say_number,
    say_time,
)
from tests.core.helpers import day, locale, moment

NOW = moment("2026-11-22 14:05")
BERLIN = locale("Europe/Berlin", currency="EUR")


def test_a_blank_is_visible_and_counts_as_no():
    assert (str(Blank("[id]")), bool(Blank("[id]"))) == ("[id]", False)


def test_a_day_has_its_year_where_it_is_another_one():
    assert [say_day(day(at), BERLIN, NOW) for at in ("2026-03-01", "2024-03-11")] == ["1 March", "11 March 2024"]
    assert say_day(day("2027-01-01"), BERLIN, moment("2026-12-31 23:30")) == "1 January"  # already 2027 in Berlin


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-11-22 00:00", "00:00 UTC"),
        ("2026-11-03 14:05", "3 November, 14:05 UTC"),
        ("2025-11-22 14:05", "22 November 2025, 14:05 UTC"),
    ],
)
def test_a_moment_has_its_day_where_it_is_another_one(at, text):
    assert say_time(moment(at), NOW) == text


def test_a_local_time_is_the_one_on_the_account_s_wall():
    assert say_local_time(moment("2026-12-01 08:00"), BERLIN, NOW) == "1 December, 09:00"


@pytest.mark.parametrize(
    ("at", "text"),
    [
        ("2026-11-22", "today"),
        ("2026-11-23", "in 1 day"),
        ("2026-12-05", "in 13 days"),
        ("2026-11-19", "3 days ago"),
        ("2026-11-21", "1 day ago"),
        ("2022-11-22", "1,461 days ago"),
    ],
)
def test_a_distance_is_counted_in_calendar_days(at, text):
    assert say_distance(day(at), BERLIN, NOW) == text


@pytest.mark.parametrize(
    ("value", "step", "text"),
    [(0.8, "80%", "80%"), (0.806, "80%", "81%"), (3, "3", "3"), (3.0, "", "3"), (1234.56, "", "1,234.6")],
)
def test_a_number_is_said_as_its_step_is_written(value, step, text):
    assert say_number(value, step) == text


def test_what_is_one_is_counted_as_one():
    assert [say_count(number, "message") for number in (0, 1, 1234)] == [
        "0 messages",
        "1 message",
        "1,234 messages",
    ]


def test_a_list_is_spoken():
    assert [say_list(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (UNREAD, Kind.MONEY, "not readable"),
        (day("2026-03-01"), Kind.DATE, "1 March"),
        (1_500_000, Kind.MONEY, "1.50 EUR"),
        (0.5, Kind.NUMBER, "0.5"),
        (7, Kind.NUMBER, "7"),
        (("a", "b"), Kind.TEXTS, "a and b"),
        (True, Kind.YESNO, "yes"),
        (False, Kind.YESNO, "no"),
        ("as it is", Kind.TEXT, "as it is"),
        (Duration(21, "days"), Kind.DURATION, "3 weeks"),
    ],
)
def test_a_value_is_said_by_its_kind(value, kind, text):
    assert say(value, kind, BERLIN, NOW) == text


def test_records_and_logs_get_iso():
    assert iso(NOW) == "2026-11-22T14:05:00Z"


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Kiritimati"])
def test_what_has_no_end_never_comes(zone):
    assert say_local_time(FOREVER, Locale(ZoneInfo(zone)), 0) == "never"


@pytest.mark.parametrize(
    ("text", "keep", "shown"),
    [
        ("Ada Lovelace, Zürich", "", "Ada Lovelace, Zürich"),
        ("a\x1b[31mb", "", "a [31mb"),
        ("a\u202eb\u2066c", "", "a b c"),
        ("a\nb\tc", "\n", "a\nb c"),
        ("\ud800", "", " "),
        ("a\u2028b", "", "a b"),
        ("a\u00a0b", "", "a\u00a0b"),  # not printable, and yet only a space
    ],
)
def test_what_acts_instead_of_being_read_becomes_a_space(text, keep, shown):
    assert plain(text, keep) == shown
