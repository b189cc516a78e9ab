"""A date that comes again and again: which occurrence is judged, what answers it, and when it is over."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Date

from notifier.core.calendar import FOREVER
from notifier.core.conditions import deadline
from notifier.core.conditions.deadline import parse_steps
from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, UNKNOWN, Finding
from notifier.core.vocabulary import Kind
from tests.core.helpers import DAY, SMALL, condition, day, locale, moment, read_condition, record, said
from tests.core.test_deadline import CLOSED_DAYS, ZONES, ladder_of, ladders

STEPS = ["1 week before", "on the day", "1 week after"]


def quarterly(**more):
    return condition(**{"deadline": "every 3 months after due_on", "steps": STEPS, **more})


def judged(now, made, *, zone="Europe/Berlin", closed=(), due="2026-01-31", answered=None, **facts):
    days = {"due_on": due, "other_on": answered}
    days = {name: day(at) if isinstance(at, str) else at for name, at in days.items()}
    return made.bind(locale(zone, closed=closed))(record(**days, **facts), moment(now, zone))


def seen(now, made, **more):
    verdict = judged(now, made, **more)
    anchor = None if verdict.anchor is None else str(date.fromordinal(verdict.anchor))
    return verdict.finding.name, verdict.step, anchor


# -- by example -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-02-01 12:00", ("JUDGED", None, "2026-04-30")),  # the start itself is no occurrence
        ("2026-04-23 08:59", ("JUDGED", None, "2026-04-30")),
        ("2026-04-23 09:00", ("JUDGED", "1 week before", "2026-04-30")),
        ("2026-04-30 09:00", ("JUDGED", "on the day", "2026-04-30")),
        ("2026-05-07 09:00", ("JUDGED", "1 week after", "2026-04-30")),
        ("2026-05-08 08:59", ("JUDGED", "1 week after", "2026-04-30")),
        ("2026-05-08 09:00", ("CLOSED", None, None)),  # a day after its last step
        ("2026-07-24 08:59", ("CLOSED", None, None)),
        ("2026-07-24 09:00", ("JUDGED", "1 week before", "2026-07-31")),  # months clamp, and do not stay clamped
        ("2026-10-24 09:00", ("JUDGED", "1 week before", "2026-10-31")),  # the clocks go back in between
        ("2026-10-30 09:00", ("JUDGED", "on the day", "2026-10-31")),  # a Saturday: known on Friday
    ],
)
def test_a_life_of_a_quarterly_date(now, expected):
    assert seen(now, quarterly()) == expected


def test_its_hour_is_that_of_the_account_s_clocks_on_both_sides_of_a_dst_night():
    daily = condition(deadline="every 1 day after due_on", steps=["on the day"])
    seconds = [judged(f"2026-10-{at} 09:00", daily, due="2026-10-20").since for at in ("23", "26")]

    assert [said(at, "Europe/Berlin")[-5:] for at in seconds] == ["09:00", "09:00"]
    assert (seconds[1] - seconds[0]) % DAY == 3_600


def test_with_an_unless_that_is_no_date_it_stays_open_until_the_next_begins():
    made = quarterly(unless="done")

    assert seen("2026-07-24 08:59", made) == ("JUDGED", "1 week after", "2026-04-30")
    assert seen("2026-07-24 09:00", made) == ("JUDGED", "1 week before", "2026-07-31")
    assert seen("2026-07-24 09:00", made, done=True) == ("DONE", None, None)
    assert made.answered_on is None
    assert made.resolves is made.gates.unless


def test_a_date_in_unless_answers_one_occurrence_only():
    made = quarterly(unless="other_on")

    assert made.resolves is None
    assert made.answered_on.value == SMALL.places["other_on"]
    assert seen("2026-05-01 12:00", made, answered="2026-05-01") == ("DONE", None, None)
    assert seen("2026-07-24 08:59", made, answered="2026-05-01") == ("DONE", None, None)
    assert seen("2026-07-24 09:00", made, answered="2026-05-01") == ("JUDGED", "1 week before", "2026-07-31")


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        ("2026-01-31", "JUDGED"),  # on the day of the start
        ("2026-03-16", "JUDGED"),  # the middle between 31 January and 30 April: nearer to neither
        ("2026-03-17", "DONE"),  # early, but for this one
        ("2026-04-30", "DONE"),
        ("2026-12-31", "DONE"),
    ],
)
def test_what_is_recorded_answers_the_occurrence_that_it_lies_nearest_to(answered, expected):
    assert seen("2026-04-30 12:00", quarterly(unless="other_on"), answered=answered)[0] == expected


def test_what_answered_an_occurrence_stands_until_the_next_one_begins():
    verdict = judged("2026-05-01 12:00", quarterly(unless="other_on"), answered="2026-05-01")

    assert (verdict.finding, said(verdict.until, "Europe/Berlin")) == (Finding.DONE, "2026-07-24 09:00")


@pytest.mark.parametrize(
    ("due", "answered", "verdict"),
    [(None, None, CLOSED), (UNREAD, None, UNKNOWN), ("2026-01-31", UNREAD, UNKNOWN), (None, UNREAD, CLOSED)],
)
def test_without_a_beginning_there_is_nothing_and_unread_is_unknown(due, answered, verdict):
    assert judged("2026-04-30 12:00", quarterly(unless="other_on"), due=due, answered=answered) == verdict


def test_the_next_begins_before_the_steps_of_the_last_are_over():
    weekly = condition(deadline="every 1 week after due_on", steps=["1 day before", "2 weeks after"])

    assert seen("2026-02-12 12:00", weekly, due="2026-01-30") == ("JUDGED", "1 day before", "2026-02-13")
    assert said(judged("2026-02-12 12:00", weekly, due="2026-01-30").until, "Europe/Berlin") == "2026-02-19 09:00"


def test_several_occurrences_that_are_known_on_one_day_are_told_as_the_last():
    daily = condition(deadline="every 1 day after due_on", steps=["on the day"])

    # Saturday and Sunday are both known on Friday, and so is Friday itself.
    assert seen("2026-02-06 09:00", daily) == ("JUDGED", "on the day", "2026-02-08")


def test_at_the_end_of_the_calendar_nothing_comes_any_more():
    yearly = condition(deadline="every 1 year after due_on", steps=["on the day"])
    verdict = judged("9999-06-01 09:00", yearly, due="9999-01-01")

    assert (verdict.finding, verdict.step, verdict.until) == (Finding.JUDGED, None, FOREVER)
    answered = condition(deadline="every 1 year after due_on", steps=["on the day"], unless="other_on")
    assert judged("9999-06-01 09:00", answered, due="9999-01-01", answered="9999-01-01").until == FOREVER


def test_occurrences_have_an_end(monkeypatch):
    monkeypatch.setattr(deadline, "MOST_OCCURRENCES", 3)
    monthly = condition(deadline="every 1 month after due_on", steps=["on the day"])

    assert seen("2026-04-30 12:00", monthly) == ("JUDGED", "on the day", "2026-04-30")
    assert judged("2027-04-30 12:00", monthly).finding is Finding.CLOSED


def test_it_begins_and_ends_as_every_rule_may():
    made = quarterly(starting="1 month after due_on", ending="2026-06-30")

    assert seen("2026-02-01 12:00", made)[0] == "CLOSED"
    assert seen("2026-04-23 09:00", made)[1] == "1 week before"
    assert seen("2026-07-24 09:00", made)[0] == "CLOSED"


def test_it_is_periodic_and_is_asked_for_its_beginning():
    made = quarterly()

    assert made.periodic
    assert not condition(deadline="due_on", steps=["on the day"]).periodic
    assert (made.asked.kind, made.asked.value) == (Kind.DATE, SMALL.places["due_on"])


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("every 3 months", "it ends where"),
        ("every 3 months after granted", "`every … after` counts from a date; this is an amount"),
        ("every 5 working days after due_on", "`every` is followed by days, weeks or months"),
        ("2026-01-01", None),
    ],
)
def test_a_fault_is_noted_with_its_field(text, fault):
    _, faults = read_condition({"deadline": text, "steps": ["on the day"]})

    assert [(name, why.startswith(fault)) for name, why in faults] == ([("deadline", True)] if fault else [])


def test_a_step_of_an_amended_ladder_begins_at_the_first_as_tight():
    made = condition(deadline="due_on", steps=STEPS)

    assert [
        made.as_tight(text) for text in ("2 weeks before", "3 days before", "1 day after", "2 weeks after")
    ] == [
        *(0, 1, 2, None),
    ]
    assert made.as_tight("soon") is None


# -- brute force ----------------------------------------------------------------------------------------------

lengths = st.sampled_from([(1, "months"), (3, "months"), (1, "weeks"), (10, "days"), (12, "months")])
starts = st.dates(date(2025, 12, 25), date(2026, 3, 31))
unlesses = st.sampled_from([None, "done", "other_on"])


def occurrence(start, every, number):
    moved = Date(start.year, start.month, start.day).add(**{every[1]: every[0] * number})
    return date(moved.year, moved.month, moved.day)


def expected(start, every, ladder, zone, unless, answered, now):
    """(finding, step, day) as a person finds it who writes all occurrences down."""
    written = [(occurrence(start, every, number), *ladder_of(occurrence(start, every, number), *ladder, zone))
               for number in range(1, 80)]  # fmt: skip
    begun = [at for at, (_, steps, _) in enumerate(written) if min(told for _, told in steps) <= now]
    newest = begun[-1] if begun else 0
    due, steps, closing = written[newest]
    next_begins = min(told for _, told in written[newest + 1][1])
    before = occurrence(start, every, newest)  # the occurrence before it; the start for the first
    if (
        unless == "other_on"
        and answered is not None
        and answered.toordinal() * 2 > before.toordinal() + due.toordinal()
    ):
        return Finding.DONE, None, None
    if unless is None and now >= min(closing, next_begins):
        return Finding.CLOSED, None, None
    crossed = [text for text, told in steps if told <= now]
    return Finding.JUDGED, crossed[-1] if crossed else None, due.toordinal()


@given(
    starts,
    lengths,
    ladders,
    st.sampled_from(ZONES),
    unlesses,
    st.none() | st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(0, 320 * 24), min_size=1, max_size=12),
)
def test_the_verdict_is_the_one_that_brute_force_finds(start, every, ladder, zone, unless, answered, hours):
    listed, on_the_day = ladder
    texts = {parse_steps(f"{number} {unit}s {word}")[0].text for number, unit, word in listed}
    fields = {
        "deadline": f"every {every[0]} {every[1]} after due_on",
        "steps": [*texts, *["on the day"] * on_the_day],
    }
    made = condition(**fields, **({"unless": unless} if unless else {}))
    judge = made.bind(locale(zone, closed=CLOSED_DAYS))
    facts = record(due_on=start.toordinal(), other_on=answered and answered.toordinal())

    for hour in hours:
        now = moment("2026-01-01 00:00") + hour * 3_600
        verdict = judge(facts, now)
        assert (verdict.finding, verdict.step, verdict.anchor) == expected(
            *(start, every, ladder, zone, unless, answered, now)
        ), said(now, zone)
        assert verdict.until > now
        assert judge(facts, min(verdict.until, now + 400 * DAY) - 1) == verdict, said(verdict.until, zone)
