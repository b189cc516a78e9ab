"""Every field of every answer, where alerts move by themselves, change, or are acted on."""

from dataclasses import replace

from notifier.core.alert import (
    Acted,
    Advance,
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
    appeared,
    disappeared,
    hand_over,
    known_list,
    reopen,
    snooze,
)
from notifier.core.calendar import FOREVER
from notifier.core.timing import Timing, parse_escalation, parse_repeat
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict, Watch
from tests.core.helpers import locale, moment

UTC = locale("UTC")
BEGIN, DAY = moment("2026-11-02 10:00"), 86_400
NINE = BEGIN - 3_600
LADDER = ("wide", "near", "late")
TIMED = Policy(
    LADDER,
    Timing(repeat=parse_repeat("every day, 2 times"), escalate=(parse_escalation("2 days", "office"),)),
    UTC,
)
LASTING = Policy(LADDER, Timing(lasting=DAY), UTC)


def judged(step, *, anchor=7, keep=None, until=FOREVER, mark=None):
    return Verdict(Finding.JUDGED, step, keep or step, anchor, 0, until, mark)


def go(policy, alert, verdict, now, cause=Cause.MOMENT):
    return advance(policy, alert, verdict, cause, now)


WIDE = judged("wide")
OPEN = Alert(open=True, opened_at=BEGIN, step="wide", anchor=7, told=True, seq=1)


# -- by itself ------------------------------------------------------------------------------------------------


def test_reminded_and_passed_on():
    opened = go(TIMED, None, replace(WIDE, until=BEGIN + 9 * DAY), BEGIN)
    first = go(TIMED, opened.alert, WIDE, NINE + DAY)
    second = go(TIMED, first.alert, WIDE, NINE + 2 * DAY)

    assert opened.until == NINE + DAY
    assert first == Advance(
        replace(OPEN, seq=2, reminders=1),
        (Transition(Reason.REMINDED, NINE + DAY, 1, 2, "wide", 7),),
        NINE + 2 * DAY,
    )
    assert second == Advance(
        replace(OPEN, seq=4, reminders=2, passed_on=1),
        (
            Transition(Reason.REMINDED, NINE + 2 * DAY, 1, 3, "wide", 7),
            Transition(Reason.PASSED_ON, NINE + 2 * DAY, 1, 4, "wide", 7, ("office",)),
        ),
        FOREVER,
    )
    assert go(TIMED, second.alert, replace(WIDE, until=BEGIN + 3 * DAY), BEGIN + 2 * DAY).until == BEGIN + 3 * DAY


def test_what_opened_without_a_word_is_asked_of_people_from_its_first_reminder_on():
    silent = replace(OPEN, told=False, seq=0, told_at=BEGIN - DAY)
    reminded = go(TIMED, silent, WIDE, NINE + DAY)
    resolved = go(TIMED, reminded.alert, DONE, BEGIN + DAY)

    assert reminded.alert == replace(silent, told=True, seq=1, reminders=2, asked_at=NINE + DAY)
    assert reminded.until == NINE + 3 * DAY  # two days after they were asked
    assert resolved.alert == Alert(open=False, opened_at=BEGIN, step=None, seq=2, reminders=0)


def test_the_clock_set_back_counts_from_now():
    ahead = replace(OPEN, told_at=BEGIN + 5 * DAY, asked_at=BEGIN + 4 * DAY, reminders=1)

    assert go(TIMED, ahead, WIDE, BEGIN) == Advance(
        replace(ahead, told_at=BEGIN, asked_at=BEGIN), (), NINE + 2 * DAY
    )
    assert go(TIMED, replace(ahead, open=False), CLOSED, BEGIN).alert.told_at == BEGIN + 5 * DAY


# -- pending --------------------------------------------------------------------------------------------------


def test_pending_from_the_beginning():
    first = go(LASTING, None, judged("wide", until=BEGIN + 9 * DAY), BEGIN)
    unread = go(LASTING, first.alert, UNKNOWN, BEGIN + 10)
    moved = go(LASTING, unread.alert, judged("wide", anchor=8), BEGIN + 20)
    opened = go(LASTING, moved.alert, judged("near", anchor=8), BEGIN + DAY)

    pending = Alert(open=False, opened_at=BEGIN, step=None, anchor=7, episode=0, pending_since=BEGIN)
    assert first == Advance(pending, (), BEGIN + DAY)
    assert unread.alert == replace(pending, unread_since=BEGIN + 10)
    assert moved == Advance(replace(pending, anchor=8), (), BEGIN + DAY)
    assert opened == Advance(
        Alert(open=True, opened_at=BEGIN + DAY, step="near", anchor=8, told=True, episode=1, seq=1),
        (Transition(Reason.OPENED, BEGIN + DAY, 1, 1, "near", 8),),
        FOREVER,
    )


def test_pending_beyond_what_is_remembered_is_at_rest_when_it_falls_back():
    remembered = replace(OPEN, open=False, told=False)
    pending = go(LASTING, remembered, judged("near"), BEGIN + 10)
    unread = go(LASTING, pending.alert, UNKNOWN, BEGIN + 20)

    assert pending == Advance(replace(remembered, pending_since=BEGIN + 10), (), BEGIN + 10 + DAY)
    assert unread.alert.state is AlertState.UNKNOWN
    assert go(LASTING, unread.alert, judged(None, keep="wide", until=99), BEGIN + 30) == Advance(
        remembered, (), 99
    )
    back = go(LASTING, unread.alert, WIDE, BEGIN + 30)  # what was told is crossed again: it opens without a word
    assert back.alert == replace(
        OPEN, opened_at=BEGIN + 30, told=False, episode=2, seq=0, told_at=BEGIN, pending_since=None
    )


def test_pending_beyond_what_is_open_goes_on_with_what_is_open():
    unread = replace(OPEN, unread_since=BEGIN + 5)
    pending = go(LASTING, unread, judged("late"), BEGIN + 10)
    moved = go(LASTING, OPEN, judged("wide", anchor=8), BEGIN + 10)

    assert pending == Advance(replace(OPEN, pending_since=BEGIN + 10), (), BEGIN + 10 + DAY)
    assert moved.alert == replace(OPEN, pending_since=BEGIN + 10)  # it is still about the date that was told
    told = go(LASTING, moved.alert, judged("wide", anchor=8), BEGIN + 10 + DAY)
    assert told.alert == replace(OPEN, anchor=8, seq=2, told_at=BEGIN + 10 + DAY)
    assert [each.reason for each in told.transitions] == [Reason.MOVED]


# -- periods --------------------------------------------------------------------------------------------------


def test_another_period_wipes_what_was_open_or_pending():
    monthly = replace(TIMED, periodic=True)
    busy = replace(OPEN, told_at=BEGIN + 5, reminders=1, asked_at=BEGIN + 6, passed_on=1, owner="pi", seq=4)
    acknowledged = replace(busy, hold=AlertHold(HoldKind.ACKNOWLEDGED, "ada", 1, FOREVER, "", "wide"))
    over = go(monthly, acknowledged, judged(None, anchor=8), BEGIN + 10)
    again = go(monthly, over.alert, judged("wide", anchor=8), BEGIN + DAY)

    assert over == Advance(replace(busy, open=False, told=False, step=None, anchor=None, told_at=0, asked_at=0,
                                   reminders=0), (), FOREVER)  # fmt: skip
    assert again.alert == Alert(
        open=True, opened_at=BEGIN + DAY, step="wide", anchor=8, told=True, episode=2, seq=1
    )
    unread = replace(busy, pending_since=BEGIN + 7, unread_since=BEGIN + 8)
    at_once = go(monthly, unread, judged("near", anchor=8), BEGIN + 10)
    assert at_once.alert == Alert(
        open=True, opened_at=BEGIN + 10, step="near", anchor=8, told=True, episode=2, seq=1
    )
    assert [each.reason for each in at_once.transitions] == [Reason.OPENED]


# -- what changes ---------------------------------------------------------------------------------------------

WATCHING = Policy(("changed",), watch=Watch.CHANGES)


def test_a_change():
    first = go(WATCHING, None, judged("changed", mark="1", until=99), 5)
    second = go(WATCHING, first.alert, judged("changed", mark="2", until=99), 6)
    known = Alert(open=False, opened_at=5, step=None, episode=0, mark="1")

    assert first == Advance(known, (), 99)
    assert second == Advance(
        Alert(open=False, opened_at=6, step=None, episode=1, seq=1, mark="2"),
        (Transition(Reason.OPENED, 6, 1, 1, "changed", 7),),
        99,
    )
    assert go(WATCHING, known, replace(DONE, until=99), 7) == Advance(replace(known, mark=None), (), 99)
    assert go(WATCHING, known, replace(CLOSED, mark="3", until=99), 7) == Advance(known, (), 99)
    assert go(WATCHING, known, judged("changed", until=99), 7) == Advance(known, (), 99)
    assert go(WATCHING, None, replace(DONE, until=99), 7) == Advance(None, (), 99)


def test_what_is_open_when_a_rule_becomes_one_of_changes():
    compared = go(WATCHING, OPEN, judged("changed", mark="2", until=99), BEGIN + 6, Cause.RULES)

    assert compared == Advance(
        Alert(open=False, opened_at=BEGIN, step=None, seq=2, mark="2"),
        (Transition(Reason.CLOSED, BEGIN + 6, 1, 2, "wide", 7),),
        99,
    )


def test_lists():
    policy, here = replace(WATCHING, watch=Watch.ADDED), judged("changed", mark="true", until=99)
    seen = Alert(open=False, opened_at=5, step=None, episode=0, mark="here")
    gone = replace(seen, mark="gone")

    assert known_list(5) == seen
    assert appeared(policy, None, None, here, Cause.FACTS, 5) == Advance(seen, (), 99)
    assert appeared(policy, seen, seen, here, Cause.FACTS, 6) == Advance(seen, (), 99)
    assert appeared(policy, seen, replace(gone, episode=3), here, Cause.FACTS, 6) == Advance(
        replace(seen, opened_at=6, episode=4, seq=1), (Transition(Reason.OPENED, 6, 4, 1, "changed", 7),), 99
    )
    assert disappeared(policy, seen, Cause.FACTS, 6) == Advance(gone, (), FOREVER)
    assert disappeared(policy, gone, Cause.FACTS, 6) == Advance(gone, (), FOREVER)
    left = replace(policy, watch=Watch.REMOVED)
    assert disappeared(left, seen, Cause.RULES, 6) == Advance(gone, (), FOREVER)
    assert disappeared(left, seen, Cause.FACTS, 6) == Advance(
        replace(gone, opened_at=6, episode=1, seq=1),
        (Transition(Reason.OPENED, 6, 1, 1, "changed", None),),
        FOREVER,
    )


# -- what people do -------------------------------------------------------------------------------------------


def test_what_people_say_of_it():
    hold = AlertHold(HoldKind.SNOOZED, "ada", BEGIN + 5, BEGIN + 9, "later", "wide")
    spoken = replace(OPEN, seq=2, acted_by="ada", because="later")

    assert snooze(OPEN, "ada", BEGIN + 9, "later", BEGIN + 5) == Acted(
        replace(spoken, hold=hold), Transition(Reason.SNOOZED, BEGIN + 5, 1, 2, "wide", 7)
    )
    assert acknowledge(OPEN, "ada", BEGIN + 9, "later", BEGIN + 5) == Acted(
        replace(spoken, hold=replace(hold, kind=HoldKind.ACKNOWLEDGED)),
        Transition(Reason.ACKNOWLEDGED, BEGIN + 5, 1, 2, "wide", 7),
    )
    assert hand_over(OPEN, "pi", "ada", "later", BEGIN + 5) == Acted(
        replace(spoken, owner="pi", asked_at=BEGIN + 5), Transition(Reason.HANDED_OVER, BEGIN + 5, 1, 2, "wide", 7)
    )
    assert reopen(replace(OPEN, hold=hold, reminders=3), "ada", "later", BEGIN + 5) == Acted(
        replace(spoken, told_at=BEGIN + 5, asked_at=BEGIN + 5),
        Transition(Reason.REOPENED, BEGIN + 5, 1, 2, "wide", 7),
    )


def test_what_lapses_at_the_moment_at_which_it_opens_again_is_over():
    hold = AlertHold(HoldKind.ACKNOWLEDGED, "ada", BEGIN, BEGIN + 50, "", "wide")
    closed = replace(OPEN, open=False, told=False, hold=hold, asked_at=BEGIN + 1, unread_since=None)

    assert go(Policy(LADDER), closed, WIDE, BEGIN + 49).alert.hold == hold
    assert go(Policy(LADDER), closed, WIDE, BEGIN + 50).alert == replace(
        OPEN, opened_at=BEGIN + 50, told=False, episode=2, seq=0, told_at=BEGIN
    )
