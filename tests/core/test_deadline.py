"""A date comes nearer or has passed: whenever one looks, the tightest step that has come counts."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whenever import Date, PlainDateTime

from notifier.core.calendar import FOREVER
from notifier.core.conditions import deadline
from notifier.core.conditions.deadline import Climb, parse_steps
from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, UNKNOWN, Finding
from tests.core.helpers import DAY, condition, day, locale, moment, read_condition, record, said

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC")
CLOSED_DAYS = ("2026-04-03", "2026-04-06", "2026-05-01", "2026-10-26", "2026-12-25")


# -- how steps are written ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on the day", ["on the day"]),
        (" on  the day ", ["on the day"]),
        ("2 weeks before", ["2 weeks before"]),
        ("14 days before", ["2 weeks before"]),
        ("P2W after", ["2 weeks after"]),
        ("1 working day before", ["1 working day before"]),
        ("every week after, 3 times", ["1 week after", "2 weeks after", "3 weeks after"]),
        ("every 2 weeks before, 1 time", ["2 weeks before"]),
        ("every month after , 2 times", ["1 month after", "2 months after"]),
        ("every working day after, 2 times", ["1 working day after", "2 working days after"]),
    ],
)
def test_a_step_stands_under_one_text_however_it_is_written(text, expected):
    assert [step.text for step in parse_steps(text)] == expected


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("tomorrow", "'tomorrow' is not a step such as 2 weeks before, on the day,"),
        ("2 weeks", "'2 weeks' is not a step such as"),
        ("2 wochen before", "'2 wochen' is not a duration such as"),
        ("0 days after", "0 days after is `on the day`"),
        ("every week after, 0 times", "a step may repeat 1 to 60 times, not 0"),
        ("every week after, 61 times", "a step may repeat 1 to 60 times, not 61"),
        ("every fortnight after, 2 times", "'1 fortnight' is not a duration such as"),
        ("every week after", "'every week' is not a duration such as"),
    ],
)
def test_a_faulty_step_is_answered_with_how_one_is_written(text, why):
    with pytest.raises(ValueError) as refused:
        parse_steps(text)

    assert str(refused.value).startswith(why)


def test_steps_are_sorted_from_the_widest_to_the_tightest():
    made = condition(
        deadline="due_on",
        steps=[
            "every week after, 2 times",
            "on the day",
            "5 working days before",
            "1 month before",
            "6 days before",
        ],
    )

    assert made.ladder == (
        "1 month before",
        "5 working days before",
        "6 days before",
        "on the day",
        "1 week after",
        "2 weeks after",
    )
    assert made.named("14  days after") == "2 weeks after"
    assert made.named("no  step") == "no step"


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"steps": ["1 day before", "24 hours before"]}, ["steps"]),
        ({"steps": ["14 days before", "2 weeks before", "on the day", "on the day"]}, ["steps", "steps"]),
        ({"deadline": "granted", "steps": ["on the day"]}, ["deadline"]),
        ({"deadline": "due", "steps": ["on the day"]}, ["deadline"]),
    ],
)
def test_every_fault_is_noted_with_its_field(fields, faults):
    _, noted = read_condition({"deadline": "due_on", **fields})

    assert [name for name, _ in noted] == faults


def test_a_deadline_without_steps_is_none():
    assert read_condition({"deadline": "due_on"}) == (None, [])


# -- the oracle: each step's moment worked out day by day -----------------------------------------------------

steps = st.tuples(
    st.integers(1, 9),
    st.sampled_from(["day", "week", "month", "working day"]),
    st.sampled_from(["before", "after"]),
)
ladders = st.tuples(st.lists(steps, max_size=5), st.booleans()).filter(any)
due_dates = st.dates(date(2026, 2, 20), date(2026, 12, 31))
NOMINAL = {"day": 1, "week": 7, "month": 30, "working day": 1.4}


def is_open(at):
    return at.isoweekday() <= 5 and str(at) not in CLOSED_DAYS


def step_day(due, number, unit, word):
    sign = 1 if word == "after" else -1
    if unit == "working day":
        while number:
            due += timedelta(sign)
            number -= is_open(due)
        return due
    moved = Date(due.year, due.month, due.day).add(**{f"{unit}s": sign * number})
    return date(moved.year, moved.month, moved.day)


def told_at(at, zone):
    plain = PlainDateTime(at.year, at.month, at.day, 9)
    return int(plain.assume_tz(zone, disambiguation="compatible").timestamp())


def ladder_of(due, listed, on_the_day, zone):
    """From the widest to the tightest: (text, moment) of each step, and the moment at which the rule closes."""
    named = {}
    for number, unit, word in listed:
        text = parse_steps(f"{number} {unit}s {word}")[0].text
        distance = (1 if word == "after" else -1) * number * NOMINAL[unit]
        named.setdefault(text, (distance, step_day(due, number, unit, word)))
    if on_the_day:
        named["on the day"] = (0, due)
    ordered = sorted(named.items(), key=lambda item: item[1][0])
    in_time = [text for text, (distance, _) in ordered if distance <= 0]
    days = {text: at for text, (_, at) in ordered}
    while in_time and not is_open(days[in_time[-1]]):
        days[in_time[-1]] -= timedelta(1)
    last = max(days.values())
    return [(text, told_at(at, zone)) for text, at in days.items()], told_at(last + timedelta(1), zone)


@given(due_dates, ladders, st.sampled_from(ZONES), st.lists(st.integers(-400 * 24, 400 * 24), max_size=30))
def test_the_verdict_is_the_one_that_brute_force_finds(due, ladder, zone, hours):
    listed, on_the_day = ladder
    expected, closing = ladder_of(due, listed, on_the_day, zone)
    texts = [f"{number} {unit}s {word}" for number, unit, word in listed] + ["on the day"] * on_the_day
    texts = list({parse_steps(text)[0].text: text for text in texts}.values())
    judge = condition(deadline="due_on", steps=texts).bind(locale(zone, closed=CLOSED_DAYS))
    edges = [at + off for _, at in [*expected, ("", closing)] for off in (-1, 0, 1)]

    for now in [*edges, *(told_at(due, zone) + hour * 3600 for hour in hours)]:
        verdict = judge(record(due_on=due.toordinal()), now)
        crossed = [(text, at) for text, at in expected if at <= now]
        if now >= closing:
            assert verdict.finding is Finding.CLOSED, said(now, zone)
        else:
            assert verdict.finding is Finding.JUDGED, said(now, zone)
            assert (verdict.step, verdict.since) == (crossed[-1] if crossed else (None, 0)), said(now, zone)
            assert verdict.anchor == due.toordinal()
            assert now < verdict.until <= closing


@given(
    st.lists(due_dates, min_size=1, max_size=3),
    ladders,
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 2), st.integers(-100 * 24, 100 * 24)), min_size=2, max_size=10),
    st.sampled_from([{}, {"unless": "done"}, {"ending": "1 week after due_on"}]),
)
def test_what_is_remembered_never_shows(dates, ladder, zone, looks, gates):
    listed, on_the_day = ladder
    texts = {parse_steps(f"{number} {unit}s {word}")[0].text for number, unit, word in listed}
    asked = condition(deadline="due_on", steps=[*texts, *["on the day"] * on_the_day], **gates)
    here = locale(zone, closed=CLOSED_DAYS)
    remembering = asked.bind(here)

    for which, hour in looks:
        due = dates[which % len(dates)]
        now = told_at(due, zone) + hour * 3600
        facts = record(due_on=due.toordinal())
        verdict = remembering(facts, now)
        assert verdict == asked.bind(here)(facts, now)
        earlier = now if gates else max(verdict.since, now - DAY)  # an `ending` has its own beginning
        for at in (earlier, min(verdict.until, now + 9 * DAY) - 1):
            assert asked.bind(here)(facts, at) == verdict


# -- by example -----------------------------------------------------------------------------------------------


def judged(now, *, zone="Europe/Berlin", closed=(), due="2026-11-22", facts=None, **fields):
    fields = {
        "deadline": "due_on",
        "steps": ["1 week before", "1 day before", "on the day", "1 week after"],
    } | fields
    values = record(due_on=due if due is UNREAD or due is None else day(due), **(facts or {}))
    return condition(**fields).bind(locale(zone, closed=closed))(values, moment(now, zone))


@pytest.mark.parametrize(
    ("now", "finding", "step"),
    [
        ("2026-11-15 08:59", Finding.JUDGED, None),
        ("2026-11-15 09:00", Finding.JUDGED, "1 week before"),
        ("2026-11-20 08:59", Finding.JUDGED, "1 week before"),
        ("2026-11-20 09:00", Finding.JUDGED, "on the day"),  # due on a Sunday: known on Friday
        ("2026-11-21 09:00", Finding.JUDGED, "on the day"),  # the wider step of Saturday says nothing more
        ("2026-11-29 09:00", Finding.JUDGED, "1 week after"),  # nothing to be known in time: Sunday stays
        ("2026-11-30 08:59", Finding.JUDGED, "1 week after"),
        ("2026-11-30 09:00", Finding.CLOSED, None),  # a day after its last step
    ],
)
def test_a_life_of_a_deadline_hour_by_hour(now, finding, step):
    verdict = judged(now)

    assert (verdict.finding, verdict.step) == (finding, step)


def test_what_must_be_known_in_time_comes_on_the_last_working_day_even_before_holidays():
    closed = ["2026-12-24", "2026-12-25"]

    before = judged("2026-12-23 09:00", due="2026-12-25", closed=closed, steps=["on the day"])
    too_early = judged("2026-12-23 08:59", due="2026-12-25", closed=closed, steps=["on the day"])

    assert (before.step, too_early.step) == ("on the day", None)


def test_with_unless_or_an_ending_it_does_not_close_by_itself():
    late = "2028-01-01 09:00"

    assert judged(late).finding is Finding.CLOSED
    assert judged(late, unless="done").step == "1 week after"
    assert judged(late, ending="other_on").step == "1 week after"


def test_a_date_that_is_none_closes_and_one_that_is_unread_is_unknown():
    assert judged("2026-11-22 09:00", due=None) == CLOSED
    assert judged("2026-11-22 09:00", due=UNREAD) == UNKNOWN


def test_a_step_that_no_calendar_has_never_comes():
    verdict = judged("9999-12-20 09:00", due="9999-12-22", steps=["1 week before", "2 weeks after"])

    assert (verdict.step, verdict.until) == ("1 week before", FOREVER)


def test_the_dates_remembered_are_forgotten_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(deadline, "MOST_REMEMBERED", 3)
    climb = Climb(locale(), tuple(parse_steps("on the day")), closes=True)
    verdicts = {due: climb(due, moment("2026-11-20 09:00")) for due in range(day("2026-11-01"), day("2026-11-30"))}

    assert len(climb.remembered) <= 5
    assert [verdicts[day(due)].step for due in ("2026-11-20", "2026-11-22", "2026-11-23")] == [
        *["on the day"] * 2,
        None,
    ]
    assert climb.remembered[None] == CLOSED
