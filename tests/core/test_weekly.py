"""A day and an hour of every week: each week once, by the clocks of the recipient."""

from datetime import time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.weekly import Weekly, parse_weekly
from tests.core.helpers import moment, said

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = Weekly()
HOUR = 3600


@pytest.mark.parametrize(
    ("at", "coming"),
    [
        ("2026-11-26 12:00", "2026-11-30 08:00"),
        ("2026-11-30 07:59", "2026-11-30 08:00"),
        ("2026-11-30 08:00", "2026-12-07 08:00"),
        ("2026-03-28 12:00", "2026-03-30 08:00"),
        ("2026-10-19 08:00", "2026-10-26 08:00"),
    ],
)
def test_the_next_slot_is_later_and_at_the_hour_that_clocks_show(at, coming):
    found = MONDAY.next_after(moment(at, "Europe/Berlin"), BERLIN)

    assert said(found, "Europe/Berlin") == coming


@given(st.integers(0, 6), st.times(), st.integers(1_750_000_000, 1_850_000_000))
def test_slots_are_a_week_apart_give_or_take_the_hour_that_clocks_change(day, at, start):
    weekly = Weekly(day, time(at.hour, at.minute))

    first = weekly.next_after(start, BERLIN)
    second = weekly.next_after(first, BERLIN)

    assert start < first <= start + 7 * SECONDS_A_DAY + HOUR
    assert abs(second - first - 7 * SECONDS_A_DAY) <= HOUR
    assert weekly.next_after(first - 1, BERLIN) == first


@pytest.mark.parametrize(
    ("text", "weekly"),
    [
        ("", Weekly(0, time(8))),
        ("Monday 08:00", Weekly(0, time(8))),
        ("friday at 16:30", Weekly(4, time(16, 30))),
        ("off", None),
        (" OFF ", None),
    ],
)
def test_what_people_write(text, weekly):
    assert parse_weekly(text) == weekly


def test_it_is_said_as_a_person_would():
    assert str(Weekly(4, time(16, 30))) == "Friday at 16:30"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Mondai 08:00", "did you mean `monday`?"),
        ("Monday", "needs a day and an hour, as in Monday 08:00, or off"),
        ("Monday 8", "'8' is no time of day such as 08:00"),
        ("Monday 08:00 sharp", "more than a day and an hour"),
    ],
)
def test_a_mistake_is_answered_with_what_is_wrong(text, why):
    with pytest.raises(ValueError, match=r".") as error:
        parse_weekly(text)

    assert why in str(error.value)
