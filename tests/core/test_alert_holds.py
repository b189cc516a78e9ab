"""What people say of an open alert: acknowledged, snoozed, handed over, reopened."""

import pytest

from notifier.core.alert import (
    Acted,
    Alert,
    AlertHold,
    AlertState,
    Cause,
    HoldKind,
    Policy,
    Reason,
    Transition,
    acknowledge,
    advance,
    hand_over,
    reopen,
    snooze,
)
from notifier.core.calendar import FOREVER
from notifier.core.timing import Timing, parse_escalation, parse_repeat
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict
from tests.core.helpers import locale, moment

LADDER = ("wide", "near", "late")
TIMING = Timing(repeat=parse_repeat("every week"), escalate=(parse_escalation("3 days", "office"),))
POLICY = Policy(LADDER, TIMING, locale("UTC"))
START, DAY = moment("2026-11-02 10:00"), 86_400
CLEAR = Verdict(Finding.JUDGED, anchor=1)


def crossed(step, anchor=1, keep=None):
    return Verdict(Finding.JUDGED, step, keep or step, anchor)


WIDE, NEAR, LATE = map(crossed, LADDER)


class Life:
    """An open alert that was told at day 0, and what became of it, day by day."""

    def __init__(self, verdict=WIDE, policy=POLICY):
        self.policy, self.alert, self.until = policy, None, None
        assert self.on(0, verdict) == [f"opened {verdict.step}"]

    def on(self, day, verdict, cause=Cause.MOMENT):
        decided = advance(self.policy, self.alert, verdict, cause, START + int(day * DAY))
        self.alert, self.until = decided.alert, decided.until
        return [f"{told.reason} {told.step}" for told in decided.transitions]

    def ack(self, day, days, by="ada"):
        return self.keep(acknowledge(self.alert, by, START + (day + days) * DAY, "on it", START + day * DAY))

    def snooze(self, day, days):
        return self.keep(snooze(self.alert, "ada", START + (day + days) * DAY, "not now", START + day * DAY))

    def hand_over(self, day, to):
        return self.keep(hand_over(self.alert, to, "ada", "on leave", START + day * DAY))

    def reopen(self, day):
        return self.keep(reopen(self.alert, "bob", "not done", START + day * DAY))

    def keep(self, acted):
        self.alert = acted.alert
        return f"{acted.told.reason} {acted.told.step}" if acted.told else ""


# -- acknowledged ---------------------------------------------------------------------------------------------


def test_an_acknowledgement_says_who_until_when_and_why():
    alert = Alert(open=True, opened_at=1, step="near", anchor=7, told=True, seq=2)
    hold = AlertHold(HoldKind.ACKNOWLEDGED, "ada", 50, 90, "on it", "near")

    acted = acknowledge(alert, "ada", 90, "on it", 50)

    assert acted == Acted(
        Alert(True, 1, "near", 7, True, None, 1, 3, hold=hold, acted_by="ada", because="on it"),
        Transition(Reason.ACKNOWLEDGED, 50, 1, 3, "near", 7),
    )
    assert acknowledge(acted.alert, "ada", 90, "on it", 60) == Acted(acted.alert, None)  # twice is once
    assert acknowledge(acted.alert, "bob", 90, "on it", 60).told is not None


def test_neither_reminders_nor_passing_on_before_it_lapses_and_then_it_asks_again_once():
    life = Life()
    life.ack(1, 12)

    assert life.on(2, WIDE) == []
    assert (life.alert.state, life.until) == (AlertState.ACKNOWLEDGED, START + 13 * DAY)
    assert life.on(12.9, WIDE) == []
    assert life.on(13, WIDE) == ["lapsed wide"]
    assert life.on(13.1, WIDE) == []
    assert life.alert.state is AlertState.FIRING
    assert life.on(16, WIDE) == ["passed on wide"]  # three days after it asked again
    assert life.on(20, WIDE) == ["reminded wide"]


def test_a_tighter_step_is_told_and_ends_it():
    life = Life()
    life.ack(1, 30)

    assert life.on(2, NEAR) == ["escalated near"]
    assert life.alert.hold is None
    assert life.on(5, NEAR) == ["passed on near"]  # asked again on day 2
    assert life.on(9, NEAR) == ["reminded near"]


def test_it_covers_its_step_also_when_it_is_crossed_again():
    life = Life(LATE)
    life.ack(1, 30)

    assert life.on(2, crossed("wide")) == []  # fallen below what is kept
    assert life.alert.step == "wide"
    assert life.on(3, NEAR) == []
    assert life.on(4, LATE) == []
    assert life.alert.state is AlertState.ACKNOWLEDGED


def test_another_date_is_told_all_the_same():
    life = Life(LATE)
    life.ack(1, 30)

    assert life.on(2, crossed("wide", anchor=2)) == ["moved wide"]
    assert life.alert.hold is None


@pytest.mark.parametrize(("verdict", "told"), [(DONE, "resolved"), (CLEAR, "resolved"), (CLOSED, "closed")])
def test_its_end_is_told(verdict, told):
    life = Life()
    life.ack(1, 30)

    assert life.on(2, verdict) == [f"{told} wide"]


def test_what_is_resolved_is_not_acknowledged_when_it_comes_back():
    life = Life()
    life.ack(1, 30)
    life.on(2, DONE)

    assert life.on(3, WIDE) == ["opened wide"]
    assert life.alert.state is AlertState.FIRING


def test_what_closed_and_comes_back_at_the_same_step_is_still_acknowledged():
    life = Life()
    life.ack(1, 10)
    life.on(2, CLOSED)

    assert life.alert.state is AlertState.CLOSED
    assert life.on(3, WIDE) == []
    assert life.alert.state is AlertState.ACKNOWLEDGED
    assert life.on(11, WIDE) == ["lapsed wide"]


def test_what_lapsed_while_it_was_closed_is_over_without_a_word():
    life = Life()
    life.ack(1, 2)
    life.on(2, CLOSED)
    life.on(5, CLOSED)

    assert life.on(6, WIDE) == []
    assert life.alert.hold is None


def test_what_comes_back_about_another_date_is_not_acknowledged():
    life = Life()
    life.ack(1, 30)
    life.on(2, CLOSED)

    assert life.on(3, crossed("wide", anchor=2)) == ["opened wide"]
    assert life.alert.hold is None


def test_acknowledged_unread_and_read_again_is_still_acknowledged():
    life = Life()
    life.ack(1, 10)

    assert life.on(2, UNKNOWN) == []
    assert life.alert.state is AlertState.UNKNOWN
    assert life.on(3, WIDE) == []
    assert life.alert.state is AlertState.ACKNOWLEDGED


def test_nothing_lapses_while_unread():
    life = Life()
    life.ack(1, 2)

    assert life.on(4, UNKNOWN) == []
    assert life.until == FOREVER
    assert life.on(5, WIDE) == ["lapsed wide"]


def test_a_step_that_comes_as_it_lapses_is_what_is_told():
    life = Life()
    life.ack(1, 2)

    assert life.on(3, NEAR) == ["escalated near"]
    assert life.on(3.1, NEAR) == []


def test_what_is_pending_goes_on_and_what_is_tighter_then_is_told():
    life = Life(policy=Policy(LADDER))
    life.policy = Policy(LADDER, Timing(lasting=DAY), locale("UTC"))
    life.ack(1, 30)

    assert life.on(2, NEAR) == []
    assert life.until == START + 3 * DAY
    assert life.on(3, NEAR) == ["escalated near"]


def test_it_reminds_too_while_only_hysteresis_keeps_it_open():
    life = Life()

    assert life.on(2, Verdict(Finding.JUDGED, keep="wide", anchor=1)) == []
    assert life.until == START + 3 * DAY - 3_600
    assert life.on(7, Verdict(Finding.JUDGED, keep="wide", anchor=1)) == ["reminded wide", "passed on wide"]


# -- snoozed --------------------------------------------------------------------------------------------------


def test_a_snooze_holds_steps_dates_and_reminders_and_tells_once_what_is_open_then():
    life = Life()
    assert life.snooze(1, 13) == "snoozed wide"

    assert life.on(2, NEAR) == []
    assert (life.alert.state, life.alert.step) == (AlertState.SNOOZED, "near")
    assert life.on(3, crossed("late", anchor=2)) == []
    assert life.on(8, crossed("late", anchor=2)) == []
    assert life.until == START + 14 * DAY
    assert life.on(14, crossed("late", anchor=2)) == ["lapsed late"]
    assert life.on(14.5, crossed("late", anchor=2)) == []


def test_a_snooze_lets_the_resolution_through_but_no_closing():
    resolved, closed = Life(), Life()
    resolved.snooze(1, 5)
    closed.snooze(1, 5)

    assert resolved.on(2, DONE) == ["resolved wide"]
    assert closed.on(2, CLOSED) == []
    assert closed.on(3, NEAR) == []  # it opens again, quietly
    assert closed.alert.state is AlertState.SNOOZED
    assert closed.on(4, DONE) == []  # and nobody knew of that
    assert closed.on(5, NEAR) == ["opened near"]


def test_what_opens_under_a_snooze_is_told_when_it_is_over():
    life = Life()
    life.snooze(1, 5)
    life.on(2, CLOSED)
    life.on(3, NEAR)

    assert life.on(6, NEAR) == ["lapsed near"]
    assert life.on(7, DONE) == ["resolved near"]


def test_a_snooze_goes_over_the_end_of_a_period_and_an_acknowledgement_does_not():
    under = Policy(LADDER, periodic=True)
    snoozed, acknowledged = Life(policy=under), Life(policy=under)
    snoozed.snooze(1, 9)
    acknowledged.ack(1, 9)

    assert snoozed.on(2, crossed("near", anchor=2)) == []
    assert snoozed.on(10, crossed("near", anchor=2)) == ["lapsed near"]
    assert acknowledged.on(2, crossed("wide", anchor=2)) == ["opened wide"]


def test_a_snooze_goes_on_while_a_new_period_has_nothing_to_tell():
    life = Life(policy=Policy(LADDER, periodic=True))
    life.snooze(1, 9)
    nothing = Verdict(Finding.JUDGED, anchor=2)

    assert [life.on(day, nothing) for day in (2, 3)] == [[], []]
    assert life.alert.state is AlertState.CLOSED
    assert life.on(4, crossed("near", anchor=2)) == []
    assert life.on(5, crossed("wide", anchor=3)) == []
    assert life.on(6, DONE) == []  # nobody knew of it
    assert life.on(7, crossed("near", anchor=3)) == ["opened near"]  # what is resolved is not snoozed any more


def test_a_snooze_that_was_over_before_anything_came_is_over():
    life = Life(policy=Policy(LADDER, periodic=True))
    life.snooze(1, 2)
    life.on(2, Verdict(Finding.JUDGED, anchor=2))

    assert life.on(4, crossed("near", anchor=2)) == ["opened near"]


def test_an_edit_that_takes_the_step_away_is_not_told_under_a_snooze():
    life = Life()
    life.snooze(1, 5)

    assert life.on(2, CLEAR, Cause.RULES) == []


def test_a_snooze_takes_the_place_of_an_acknowledgement():
    life = Life()
    life.ack(1, 30)
    life.snooze(2, 2)

    assert life.on(3, NEAR) == []
    assert life.on(4, NEAR) == ["lapsed near"]


# -- handed over ----------------------------------------------------------------------------------------------


def test_whom_it_is_handed_over_to_has_the_full_time():
    life = Life()
    life.ack(1, 30)

    assert life.hand_over(2, "pi") == "handed over wide"
    assert (life.alert.owner, life.alert.hold, life.alert.acted_by, life.alert.because) == (
        *("pi", None),
        *("ada", "on leave"),
    )
    assert life.hand_over(2, "pi") == ""
    assert life.on(3, WIDE) == []
    assert life.on(5, WIDE) == ["passed on wide"]
    life.on(6, DONE)
    assert life.alert.owner == "pi"  # who hears that it is over
    life.on(7, WIDE)
    assert (life.alert.owner, life.alert.acted_by, life.alert.because) == ("", "", "")


def test_it_is_not_passed_on_to_those_whose_it_is():
    life = Life()
    life.hand_over(1, "office")

    assert life.on(4, WIDE) == []
    assert (life.alert.passed_on, life.alert.seq) == (1, 2)


def test_what_is_snoozed_stays_so_when_it_is_handed_over():
    life = Life()
    life.snooze(1, 30)
    life.hand_over(2, "pi")

    assert life.alert.state is AlertState.SNOOZED


# -- reopened -------------------------------------------------------------------------------------------------


def test_reopened_it_is_as_if_nobody_had_said_anything_and_counts_from_then():
    life = Life()
    assert life.reopen(1) == ""  # nothing to take back
    life.ack(1, 30)

    assert life.reopen(8) == "reopened wide"
    assert (life.alert.hold, life.alert.acted_by, life.alert.because) == (None, "bob", "not done")
    assert life.on(8, WIDE) == []
    assert life.on(11, WIDE) == ["passed on wide"]
    assert life.on(15, WIDE) == ["reminded wide"]


def test_a_step_that_a_snooze_kept_quiet_is_told_when_it_is_reopened():
    told, quiet = Life(), Life()
    told.snooze(1, 30)
    quiet.snooze(1, 30)
    told.reopen(2)
    quiet.on(2, NEAR)
    quiet.reopen(3)

    assert told.on(2, WIDE) == []
    assert quiet.on(3, NEAR) == ["lapsed near"]


def test_what_opened_under_a_snooze_is_told_when_it_is_reopened():
    life = Life()
    life.snooze(1, 30)
    life.on(2, CLOSED)
    life.on(3, WIDE)
    life.reopen(4)

    assert life.on(4, WIDE) == ["lapsed wide"]
