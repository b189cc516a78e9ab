"""What an alert does by itself: `for`, `repeat`, `escalate`, `per`; and what a `change` rule remembers."""

import pytest

from notifier.core.alert import (
    Alert,
    AlertState,
    Cause,
    Policy,
    Reason,
    Transition,
    advance,
    appeared,
    disappeared,
    known_list,
)
from notifier.core.calendar import FOREVER, parse_span
from notifier.core.timing import Timing, parse_escalation, parse_repeat
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict, Watch
from tests.core.helpers import locale, moment, said

LADDER = ("wide", "near", "late")
BERLIN = locale("Europe/Berlin", closed=["2026-12-24", "2026-12-25"])
CLEAR = Verdict(Finding.JUDGED)


def crossed(step, anchor=None, until=FOREVER):
    return Verdict(Finding.JUDGED, step, step, anchor, 0, until)


WIDE, NEAR, LATE = map(crossed, LADDER)


def policy(lasting=None, repeat=None, escalate=(), **more):
    timing = Timing(
        parse_span(lasting) if lasting else None,
        parse_repeat(repeat) if repeat else None,
        tuple(parse_escalation(*each) for each in escalate),
    )
    return Policy(LADDER, timing, BERLIN, **more)


class Life:
    """An alert under one policy, looked at when one likes; keeps what was told and what the last look decided."""

    def __init__(self, under, alert=None):
        self.policy, self.alert, self.until = under, alert, None

    def look(self, at, verdict, cause=Cause.MOMENT):
        decided = advance(self.policy, self.alert, verdict, cause, moment(at, "Europe/Berlin"))
        self.alert = decided.alert
        self.until = "never" if decided.until == FOREVER else said(decided.until, "Europe/Berlin")
        return [f"{told.reason} {', '.join(told.to) or told.step}" for told in decided.transitions]


# -- for ------------------------------------------------------------------------------------------------------


def test_what_does_not_last_is_never_told():
    life = Life(policy("6 hours"))

    assert life.look("2026-11-02 10:00", WIDE) == []
    assert (life.alert.state, life.alert.open, life.until) == (AlertState.PENDING, False, "2026-11-02 16:00")
    assert life.look("2026-11-02 15:59", CLEAR) == []
    assert life.alert.state is AlertState.CLOSED
    assert life.look("2026-11-02 16:00", WIDE) == []  # it begins anew
    assert life.look("2026-11-02 21:59", WIDE) == []
    assert life.look("2026-11-02 22:00", WIDE) == ["opened wide"]
    assert (life.alert.episode, life.alert.pending_since) == (1, None)


def test_the_step_that_is_told_is_the_one_crossed_then():
    life = Life(policy("1 day"))
    life.look("2026-11-02 10:00", WIDE)

    assert life.look("2026-11-03 09:00", NEAR) == []  # tighter: but the time is that of the finding
    assert life.look("2026-11-03 10:00", NEAR) == ["opened near"]
    assert life.look("2026-11-03 11:00", LATE) == []
    assert (life.alert.state, life.alert.step) == (AlertState.FIRING, "near")
    assert life.look("2026-11-03 12:00", NEAR) == []  # fallen back: reset
    assert life.look("2026-11-03 13:00", LATE) == []
    assert life.look("2026-11-04 11:00", LATE) == []
    assert life.look("2026-11-04 13:00", LATE) == ["escalated late"]


def test_the_time_runs_on_while_unread_but_nothing_is_told_before_it_is_known():
    life = Life(policy("6 hours"))
    life.look("2026-11-02 10:00", WIDE)

    assert life.look("2026-11-02 12:00", UNKNOWN) == []
    assert (life.alert.state, life.alert.unread_since) == (
        AlertState.UNKNOWN,
        moment("2026-11-02 12:00", "Europe/Berlin"),
    )
    assert life.look("2026-11-02 18:00", UNKNOWN) == []
    assert life.look("2026-11-02 19:00", WIDE) == ["opened wide"]


@pytest.mark.parametrize("verdict", [CLEAR, DONE, CLOSED])
def test_what_is_over_while_it_is_pending_is_over_without_a_word(verdict):
    life = Life(policy("6 hours"))
    life.look("2026-11-02 10:00", UNKNOWN)
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-02 11:00", UNKNOWN)

    assert life.look("2026-11-02 12:00", verdict) == []
    assert (life.alert.live, life.alert.unread_since) == (False, None)


def test_working_days_of_for_are_those_of_the_calendar():
    life = Life(policy("2 working days"))
    life.look("2026-12-23 15:00", WIDE)  # a Wednesday; the 24th and 25th are closed, then a weekend

    assert life.until == "2026-12-29 15:00"


def test_an_edit_lets_pass_what_it_crosses_but_not_what_was_pending():
    life = Life(policy("1 day"))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-03 10:00", WIDE)

    assert life.look("2026-11-04 10:00", NEAR, Cause.RULES) == []
    assert (life.alert.step, life.alert.pending_since) == ("near", None)
    assert life.look("2026-11-05 10:00", LATE) == []
    assert life.look("2026-11-05 12:00", LATE, Cause.RULES) == []
    assert life.look("2026-11-06 10:00", LATE) == ["escalated late"]


def test_an_edit_at_the_very_moment_loses_nothing_that_was_pending():
    life = Life(policy("1 day"))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-03 10:00", WIDE)
    life.look("2026-11-05 10:00", LATE)

    assert life.look("2026-11-06 10:00", LATE, Cause.RULES) == ["escalated late"]


def test_what_was_pending_when_the_grant_was_enrolled_stands_as_all_that_came_before():
    under, since = policy("1 day"), moment("2026-11-01 09:00")
    verdict = Verdict(Finding.JUDGED, "wide", "wide", 7, since)
    first = advance(under, None, verdict, Cause.FACTS, since + 90_000, heard_from=since + 1)
    then = advance(under, first.alert, verdict, Cause.MOMENT, since + 90_000 + 86_400, heard_from=since + 1)

    assert [told.reason for told in then.transitions] == [Reason.STANDING]
    assert then.alert.episode == 1


def test_a_clock_set_back_does_not_stretch_what_is_counted():
    life = Life(policy("6 hours", "every day", [("1 day", "office")]))
    life.look("2026-11-05 10:00", WIDE)
    life.look("2026-11-02 10:00", WIDE)

    assert life.until == "2026-11-02 16:00"
    assert life.look("2026-11-02 16:00", WIDE) == ["opened wide"]
    life.look("2026-11-05 10:00", NEAR)
    assert life.look("2026-11-05 16:00", NEAR) == ["escalated near"]
    life.look("2026-11-03 08:00", NEAR)
    assert life.until == "2026-11-04 09:00"  # a day after now, not after the 5th


# -- repeat ---------------------------------------------------------------------------------------------------


def test_reminders_come_at_the_hour_of_telling_counted_from_the_step_that_was_told():
    life = Life(policy(repeat="every 3 working days, 2 times"))
    life.look("2026-11-05 16:00", WIDE)  # a Thursday

    assert life.until == "2026-11-10 09:00"
    assert life.look("2026-11-10 08:59", WIDE) == []
    assert life.look("2026-11-10 09:00", WIDE) == ["reminded wide"]
    assert life.until == "2026-11-13 09:00"
    assert life.look("2026-11-12 10:00", NEAR) == ["escalated near"]  # and begins anew
    assert life.look("2026-11-17 09:00", NEAR) == ["reminded near"]
    assert life.look("2026-11-20 09:00", NEAR) == ["reminded near"]
    assert life.until == "never"


def test_after_downtime_one_reminder_is_told_and_the_missed_ones_count():
    life = Life(policy(repeat="every day, 4 times"))
    life.look("2026-11-02 10:00", WIDE)

    assert life.look("2026-11-05 12:00", WIDE) == ["reminded wide"]
    assert (life.alert.reminders, life.until) == (3, "2026-11-06 09:00")
    assert life.look("2026-11-30 12:00", WIDE) == ["reminded wide"]
    assert life.look("2026-12-01 12:00", WIDE) == []


def test_nobody_is_reminded_of_what_is_unread_closed_or_resolved():
    life = Life(policy(repeat="every day"))
    life.look("2026-11-02 10:00", WIDE)

    assert life.look("2026-11-03 10:00", UNKNOWN) == []
    assert life.look("2026-11-04 10:00", WIDE) == ["reminded wide"]
    assert life.look("2026-11-05 10:00", CLOSED) == ["closed wide"]
    assert life.look("2026-11-06 10:00", CLOSED) == []


def test_what_came_back_without_a_word_is_reminded_of_in_its_turn_and_then_its_end_is_told():
    life = Life(policy(repeat="every week"))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-04 10:00", CLOSED)

    assert life.look("2026-11-05 10:00", WIDE) == []
    assert (life.until, life.alert.told) == ("2026-11-09 09:00", False)
    assert life.look("2026-11-09 09:00", WIDE) == ["reminded wide"]
    assert life.look("2026-11-09 10:00", DONE) == ["resolved wide"]
    assert life.look("2026-11-09 11:00", WIDE) == ["opened wide"]
    assert life.until == "2026-11-16 09:00"


def test_what_cannot_be_counted_any_more_never_comes():
    life = Life(policy(repeat="every 99999 months", escalate=[("99999 months", "office")]))
    life.look("2026-11-02 10:00", WIDE)

    assert life.until == "never"


# -- escalate -------------------------------------------------------------------------------------------------


def test_what_nobody_answers_is_passed_on_once_to_each():
    life = Life(policy(escalate=[("3 working days", "office"), ("1 week", "dean")]))
    life.look("2026-12-22 16:00", WIDE)  # a Tuesday; 24 and 25 December are closed

    assert life.until == "2026-12-29 09:00"
    assert life.look("2026-12-29 09:00", WIDE) == ["passed on office, dean"]  # for a week has passed as well
    assert life.look("2026-12-30 09:00", NEAR) == ["escalated near"]
    assert life.look("2027-01-30 09:00", NEAR) == []


def test_a_transition_that_passes_on_names_those_who_alone_hear_it():
    under = policy(escalate=[("1 day", "office"), ("2 days", "dean")])
    opened = advance(under, None, WIDE, Cause.FACTS, moment("2026-11-02 10:00", "Europe/Berlin"))
    later = moment("2026-11-04 09:00", "Europe/Berlin")
    passed = advance(under, opened.alert, WIDE, Cause.MOMENT, later)

    assert passed.transitions == (Transition(Reason.PASSED_ON, later, 1, 2, "wide", None, ("office", "dean")),)
    resolved = advance(under, passed.alert, DONE, Cause.FACTS, later)
    assert (resolved.alert.passed_on, resolved.transitions[0].to) == (2, ())  # they hear of its end as well


def test_an_escalation_is_counted_from_the_opening_not_from_tighter_steps():
    life = Life(policy(escalate=[("2 days", "office")]))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-03 10:00", NEAR)

    assert life.look("2026-11-04 09:00", NEAR) == ["passed on office"]


def test_another_opening_is_passed_on_again():
    life = Life(policy(escalate=[("1 day", "office")]))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-03 10:00", WIDE)
    life.look("2026-11-04 10:00", DONE)
    life.look("2026-11-05 10:00", WIDE)

    assert life.alert.passed_on == 0
    assert life.look("2026-11-06 09:00", WIDE) == ["passed on office"]


def test_what_opened_without_a_word_is_not_passed_on():
    life = Life(policy(escalate=[("1 day", "office")]))
    life.look("2026-11-02 10:00", WIDE)
    life.look("2026-11-02 11:00", CLOSED)
    life.look("2026-11-02 12:00", WIDE)

    assert life.look("2026-11-20 12:00", WIDE) == []
    assert life.look("2026-11-20 13:00", NEAR) == ["opened near"]
    assert life.look("2026-11-21 09:00", NEAR) == ["passed on office"]


# -- per ------------------------------------------------------------------------------------------------------


def test_a_new_period_closes_without_a_word_and_tells_anew():
    life = Life(policy(repeat="every week", escalate=[("1 day", "office")], periodic=True))
    november, december = 1, 2
    life.look("2026-11-20 10:00", crossed("near", november))
    life.look("2026-11-21 10:00", crossed("near", november))

    assert life.look("2026-12-01 00:00", Verdict(Finding.JUDGED, anchor=december)) == []
    assert (life.alert.open, life.alert.told_at, life.alert.step) == (False, 0, None)
    assert life.look("2026-12-10 00:00", crossed("wide", december)) == ["opened wide"]
    assert (life.alert.passed_on, life.alert.episode) == (0, 2)


def test_what_is_crossed_at_once_in_a_new_period_is_told_as_opened():
    life = Life(policy(periodic=True))
    life.look("2026-11-20 10:00", crossed("near", 1))

    assert life.look("2026-12-01 00:00", crossed("near", 2)) == ["opened near"]
    assert life.look("2026-12-02 00:00", UNKNOWN) == []
    assert life.look("2027-01-02 00:00", CLOSED) == ["closed near"]
    assert life.look("2027-01-02 00:00", crossed("near", 3)) == ["opened near"]


def test_what_is_pending_ends_with_its_period():
    life = Life(policy("1 day", periodic=True))
    life.look("2026-11-30 20:00", crossed("near", 1))
    life.look("2026-12-01 00:00", crossed("near", 2))

    assert life.until == "2026-12-02 00:00"


# -- change ---------------------------------------------------------------------------------------------------


def is_now(mark):
    return Verdict(Finding.JUDGED, "changed", "changed", mark=mark)


@pytest.mark.parametrize(
    ("watch", "marks", "told"),
    [
        (Watch.CHANGES, ["1", "1", "2", "1"], [2, 3]),
        (Watch.RISES, ["1", "2", "1", "10", "9"], [1, 3]),
        (Watch.FALLS, ["10", "9", "10", "9.5"], [1, 3]),
        (Watch.CHANGES, ['"a"', UNKNOWN, '"a"', UNKNOWN, '"b"'], [4]),
        (Watch.CHANGES, ['"a"', CLOSED, '"a"', CLOSED, '"b"'], [4]),
        (Watch.CHANGES, ['"a"', DONE, '"b"', '"c"'], [3]),
        (Watch.CHANGES, [UNKNOWN, CLOSED, DONE, '["a"]', '["a", "b"]'], [4]),
    ],
)
def test_a_change_is_told_when_the_last_known_value_was_another(watch, marks, told):
    life = Life(Policy(("changed",), watch=watch))
    heard = [life.look("2026-11-02 10:00", is_now(each) if isinstance(each, str) else each) for each in marks]

    assert [number for number, told in enumerate(heard) if told] == told
    assert all(each in ([], ["opened changed"]) for each in heard)
    assert life.alert.state is AlertState.CLOSED
    assert life.alert.episode == len(told)


def test_an_edit_of_the_rules_only_remembers_what_is_now():
    life = Life(Policy(("changed",), watch=Watch.CHANGES))
    life.look("2026-11-02 10:00", is_now("1"))

    assert life.look("2026-11-02 11:00", is_now("2"), Cause.RULES) == []
    assert life.look("2026-11-02 12:00", is_now("2")) == []
    assert life.look("2026-11-02 13:00", is_now("1"), Cause.EDITED) == ["opened changed"]


def test_a_rule_of_which_an_edit_makes_a_change_closes_what_is_open():
    life = Life(policy())
    life.look("2026-11-02 10:00", WIDE)
    life.policy = Policy(("changed",), watch=Watch.CHANGES)

    assert life.look("2026-11-02 11:00", is_now("1"), Cause.RULES) == ["closed wide"]
    assert (life.alert.live, life.alert.mark) == (False, "1")


ADDED, REMOVED = (Policy(("changed",), watch=watch) for watch in (Watch.ADDED, Watch.REMOVED))
IN = Verdict(Finding.JUDGED, "changed", "changed", mark="true")
LIST = known_list(1)


def test_an_item_is_news_where_the_list_was_known_before():
    first = appeared(ADDED, None, None, IN, Cause.FACTS, 5)
    later = appeared(ADDED, LIST, None, IN, Cause.FACTS, 6)

    assert first.transitions == ()
    assert appeared(ADDED, LIST, first.alert, IN, Cause.FACTS, 6).transitions == ()
    assert later.transitions == (Transition(Reason.OPENED, 6, 1, 1, "changed", None),)
    assert later.alert == Alert(open=False, opened_at=6, step=None, episode=1, seq=1, mark="here")
    assert appeared(ADDED, LIST, later.alert, IN, Cause.FACTS, 7).alert is later.alert


def test_an_item_that_was_gone_and_is_back_is_news_again():
    there = appeared(ADDED, None, None, IN, Cause.FACTS, 5).alert
    gone = disappeared(ADDED, there, Cause.FACTS, 6)
    back = appeared(ADDED, LIST, gone.alert, IN, Cause.FACTS, 7)

    assert (gone.transitions, gone.alert.mark) == ((), "gone")
    assert [told.reason for told in back.transitions] == [Reason.OPENED]


def test_an_item_that_leaves_is_news_once_where_that_is_watched():
    there = appeared(REMOVED, LIST, None, IN, Cause.FACTS, 5)
    gone = disappeared(REMOVED, there.alert, Cause.FACTS, 6)

    assert there.transitions == ()
    assert gone.transitions == (Transition(Reason.OPENED, 6, 1, 1, "changed", None),)
    assert disappeared(REMOVED, gone.alert, Cause.FACTS, 7).transitions == ()
    assert appeared(REMOVED, LIST, gone.alert, IN, Cause.FACTS, 8).transitions == ()


@pytest.mark.parametrize("verdict", [CLOSED, DONE])
def test_an_item_for_which_the_rule_does_not_apply_is_seen_without_a_word(verdict):
    seen = appeared(ADDED, LIST, None, verdict, Cause.FACTS, 5)

    assert (seen.transitions, seen.alert.mark) == ((), "here")
    assert appeared(ADDED, LIST, seen.alert, IN, Cause.FACTS, 6).transitions == ()


def test_an_item_of_which_nothing_is_known_yet_is_not_seen():
    assert appeared(ADDED, LIST, None, UNKNOWN, Cause.FACTS, 5).alert is None
    assert appeared(ADDED, LIST, None, IN, Cause.RULES, 5).transitions == ()
    assert disappeared(REMOVED, known_list(1), Cause.RULES, 5).transitions == ()
