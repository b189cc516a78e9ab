"""`repeat` and `escalate` as they are written, and the moments at which they come."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calendar import FOREVER, Duration
from notifier.core.timing import NO_TIMING, Escalation, Repeat, Timing, in_order, parse_escalation, parse_repeat
from tests.core.helpers import locale, moment

HERE = locale("Europe/Berlin", closed=["2026-12-24", "2026-12-25"])


def at(text):
    return moment(text, "Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "repeat"),
    [
        ("every week, 4 times", Repeat(Duration(7, "days"), 4)),
        ("every 3 working days", Repeat(Duration(3, "working days"))),
        ("every day,1 time", Repeat(Duration(1, "days"), 1)),
        ("every  2  months ,  60 times", Repeat(Duration(2, "months"), 60)),
        ("every P2W", Repeat(Duration(14, "days"))),
        ("every working day", Repeat(Duration(1, "working days"))),
    ],
)
def test_a_repetition_is_read(text, repeat):
    assert parse_repeat(text) == repeat


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("weekly", "'weekly' is not a repetition such as `every week, 4 times` or `every 3 working days`"),
        ("every", "is not a repetition"),
        ("every week, often", "is not a repetition"),
        ("every fortnight", "'1 fortnight' is not a duration such as"),
        ("every 0 days", "'0 days' is no time at all"),
        ("every week, 0 times", "it may be repeated 1 to 60 times, not 0; without a number: always"),
        ("every week, 61 times", "it may be repeated 1 to 60 times, not 61"),
        ("every 6 hours", "'6 hours' is not a duration"),
    ],
)
def test_what_is_no_repetition_is_answered_with_what_is(text, why):
    with pytest.raises(ValueError) as raised:
        parse_repeat(text)
    assert why in str(raised.value)


def test_an_escalation_is_read_and_the_earliest_comes_first():
    weeks, days, calendar = (parse_escalation(*each) for each in [("2 weeks", "a"), ("10 working days", "b"),
                                                                  ("13 days", "c")])  # fmt: skip

    assert days == Escalation(Duration(10, "working days"), "b")
    assert in_order([weeks, days, calendar]) == (calendar, weeks, days)
    assert in_order([parse_escalation("15 days", "a"), days])[0].to == "b"  # ten working days are two weeks
    assert in_order([parse_escalation("1 day", "z"), parse_escalation("1 day", "a")])[0].to == "a"
    assert in_order([parse_escalation("1 month", "a"), parse_escalation("29 days", "b")])[0].to == "b"
    with pytest.raises(ValueError, match="is no time at all"):
        parse_escalation("0 days", "office")
    with pytest.raises(ValueError, match="is not a duration such as"):
        parse_escalation("soon", "office")


def test_without_a_word_there_is_no_timing():
    assert Timing() == NO_TIMING == Timing(None, None, ())


@pytest.mark.parametrize(
    ("repeat", "told", "number", "comes"),
    [
        ("every week", "2026-11-05 16:00", 1, "2026-11-12 09:00"),
        ("every week", "2026-11-05 16:00", 3, "2026-11-26 09:00"),
        ("every month", "2026-08-31 09:00", 1, "2026-09-30 09:00"),
        ("every month", "2026-08-31 09:00", 2, "2026-10-31 09:00"),  # counted from the beginning
        ("every 2 working days", "2026-12-22 16:00", 1, "2026-12-28 09:00"),
        ("every day", "2026-03-28 16:00", 1, "2026-03-29 09:00"),  # a night of 23 hours
    ],
)
def test_a_reminder_comes_at_the_hour_of_telling(repeat, told, number, comes):
    assert parse_repeat(repeat).nth(at(told), number, HERE) == at(comes)


def test_what_has_come_is_counted_and_the_next_is_named():
    repeat, told = parse_repeat("every week, 3 times"), at("2026-11-05 16:00")

    assert repeat.come(told, 0, at("2026-11-12 08:59"), HERE) == (0, at("2026-11-12 09:00"))
    assert repeat.come(told, 0, at("2026-11-12 09:00"), HERE) == (1, at("2026-11-19 09:00"))
    assert repeat.come(told, 1, at("2026-11-12 09:00"), HERE) == (1, at("2026-11-19 09:00"))
    assert repeat.come(told, 0, at("2026-11-25 09:00"), HERE) == (2, at("2026-11-26 09:00"))
    assert repeat.come(told, 2, at("2027-11-25 09:00"), HERE) == (3, FOREVER)
    assert repeat.come(told, 3, at("2026-11-12 09:00"), HERE) == (3, FOREVER)
    assert repeat.come(told, 4, at("2026-11-12 09:00"), HERE) == (4, FOREVER)  # an edit has made them fewer


@given(
    st.integers(0, 400), st.integers(0, 20), st.sampled_from(["every day", "every 3 working days", "every month"])
)
def test_however_late_one_looks_the_next_is_still_to_come(days, before, every):
    told = at("2026-08-31 16:00")
    now = told + days * 86_400
    reminders, coming = parse_repeat(every).come(told, before, now, HERE)

    assert reminders >= before
    assert coming > now
    assert reminders == before or parse_repeat(every).nth(told, reminders, HERE) <= now
