"""What every rule may ask besides its condition: unless, when, starting, ending. Unread is never yes or no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core import verdict
from notifier.core.calendar import FOREVER
from notifier.core.facts import UNREAD
from notifier.core.verdict import Finding
from tests.core.helpers import DAY, SMALL, condition, day, locale, moment, record

BERLIN = "Europe/Berlin"
DUE = {"deadline": "due_on", "steps": ["on the day", "1 week after"]}
FULL = {"threshold": "count", "reaches": ["10"]}


def judged(fields, now="2026-11-25 12:00", **facts):
    facts = {"due_on": day("2026-11-24"), **facts}
    return condition(**fields).bind(locale(BERLIN))(record(**facts), moment(now, BERLIN))


@pytest.mark.parametrize(
    ("done", "wanted", "finding"),
    [
        (True, True, Finding.DONE),
        (True, False, Finding.DONE),
        (True, UNREAD, Finding.DONE),
        (False, True, Finding.JUDGED),
        (None, True, Finding.JUDGED),  # not recorded is no
        (False, False, Finding.CLOSED),
        (False, None, Finding.CLOSED),
        (False, UNREAD, Finding.UNKNOWN),
        (UNREAD, True, Finding.UNKNOWN),
        (UNREAD, False, Finding.CLOSED),  # whatever it is, the rule does not apply
        (UNREAD, UNREAD, Finding.UNKNOWN),
    ],
)
def test_unless_resolves_and_when_closes(done, wanted, finding):
    fields = DUE | {"unless": "done", "when": "wanted"}

    assert judged(fields, done=done, wanted=wanted).finding is finding


def test_what_is_unread_is_judged_again_at_the_next_step():
    unknown = judged(DUE | {"unless": "done"}, done=UNREAD)

    assert (unknown.finding, unknown.until) == (Finding.UNKNOWN, moment("2026-12-01 09:00", BERLIN))


def test_an_unread_gate_forbids_nothing_where_nothing_is_found():
    found = judged(FULL | {"when": "wanted"}, count=9.5, wanted=UNREAD)

    assert (found.finding, found.step, found.keep) == (Finding.JUDGED, None, "10")
    assert judged(FULL | {"when": "wanted"}, wanted=UNREAD).finding is Finding.CLOSED


WINDOW = FULL | {"starting": "due_on", "ending": "other_on"}


@pytest.mark.parametrize(
    ("now", "finding", "until"),
    [
        ("2026-11-24 08:59", Finding.CLOSED, "2026-11-24 09:00"),
        ("2026-11-24 09:00", Finding.JUDGED, "2026-11-27 00:00"),
        ("2026-11-26 23:59", Finding.JUDGED, "2026-11-27 00:00"),
        ("2026-11-27 00:00", Finding.CLOSED, None),
    ],
)
def test_a_rule_applies_from_the_hour_of_telling_to_the_end_of_the_last_day(now, finding, until):
    found = judged(WINDOW, now, count=11, other_on=day("2026-11-26"))

    assert (found.finding, found.until) == (finding, moment(until, BERLIN) if until else FOREVER)


@pytest.mark.parametrize(
    ("start", "end", "finding"),
    [
        (None, None, Finding.CLOSED),  # nothing says that it has begun
        ("2026-11-20", None, Finding.JUDGED),
        (None, UNREAD, Finding.CLOSED),
        (UNREAD, None, Finding.UNKNOWN),
        (UNREAD, "2026-11-24", Finding.CLOSED),  # over, whenever it began
        (UNREAD, "2026-11-25", Finding.UNKNOWN),
        ("2026-11-20", UNREAD, Finding.UNKNOWN),
        ("2026-11-26", UNREAD, Finding.CLOSED),  # not begun, whenever it ends
        ("2026-11-26", "2026-11-24", Finding.CLOSED),
    ],
)
def test_an_unread_edge_makes_unknown_unless_the_other_decides(start, end, finding):
    days = [text if text is None or text is UNREAD else day(text) for text in (start, end)]

    assert judged(WINDOW, count=11, due_on=days[0], other_on=days[1]).finding is finding


def test_a_window_that_ends_before_it_begins_never_opens():
    for now in (
        "2026-11-01 12:00",
        "2026-11-24 12:00",
        "2026-11-25 12:00",
        "2026-11-26 12:00",
        "2026-11-30 12:00",
    ):
        found = judged(WINDOW, count=11, due_on=day("2026-11-26"), other_on=day("2026-11-24"), now=now)

        assert found.finding is Finding.CLOSED
    assert found.until == FOREVER


def test_the_end_of_a_window_is_known_even_while_its_beginning_is_not():
    found = judged(WINDOW, count=11, due_on=UNREAD, other_on=day("2026-11-30"))

    assert found.until == moment("2026-12-01 00:00", BERLIN)


def test_windows_forget_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(verdict, "MOST_REMEMBERED", 2)
    judge = condition(**WINDOW).bind(locale(BERLIN))
    ends = [day("2026-11-20") + later for later in range(12)]
    now = moment("2026-11-25 12:00", BERLIN)

    found = [judge(record(count=11, due_on=day("2026-11-20"), other_on=end), now).finding for end in ends]

    assert found == [Finding.CLOSED] * 5 + [Finding.JUDGED] * 7


def test_only_an_ending_or_only_a_starting_may_be_asked():
    assert judged(FULL | {"ending": "other_on"}, count=11).finding is Finding.JUDGED
    assert judged(FULL | {"ending": "2026-11-24"}, count=11).finding is Finding.CLOSED
    assert judged(FULL | {"starting": "2026-11-26"}, count=11).finding is Finding.CLOSED


def test_a_condition_names_the_facts_that_decide_once_each_in_reading_order():
    asked = condition(**WINDOW, unless="done and count", when="granted < used")

    assert [SMALL.facts[place].name for place in asked.places()] == ["count", "done", "granted", "used"]


def test_a_number_beyond_every_sensible_range_closes_and_raises_nothing():
    fields = {"threshold": "granted * ratio", "reaches": ["1 USD"]}

    assert judged(fields, granted=1, ratio=float("inf")).finding is Finding.CLOSED


maybe = st.sampled_from([None, UNREAD])
dates = st.integers(day("2026-11-15"), day("2026-12-05")) | maybe
FIELDS = [DUE, FULL, WINDOW, DUE | {"starting": "other_on"}, DUE | {"ending": "other_on"}]


@given(
    st.sampled_from(FIELDS),
    st.sampled_from([{}, {"unless": "done"}, {"when": "wanted"}, {"unless": "done", "when": "wanted"}]),
    st.fixed_dictionaries(
        {
            "due_on": dates,
            "other_on": dates,
            "count": st.sampled_from([5, 9.5, 10]) | maybe,
            "done": st.booleans() | maybe,
            "wanted": st.booleans() | maybe,
        }
    ),
    st.integers(0, 30 * 48),
    st.integers(0, 30 * 48),
)
def test_an_answer_stands_until_it_says(fields, gates, facts, half_hours, later):
    judge = condition(**fields, **gates).bind(locale(BERLIN))
    now = moment("2026-11-12 00:00") + half_hours * 1800
    found = judge(record(**facts), now)
    when = min(now + later * 1800, found.until - 1)

    assert found.until > now
    assert judge(record(**facts), when) == found
    assert judge(record(**facts), now) == found
    assert found.until == FOREVER or found.until - now < 60 * DAY
