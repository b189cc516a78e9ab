"""An alert tells each step once, and stands still while unread. Its laws are in test_alert_laws.py."""

import pytest

from notifier.core.alert import Advance, Alert, Cause, Policy, Reason, Transition, advance
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict

LADDER = ("2 weeks before", "1 week before", "on the day", "1 week after")
POLICY = Policy(LADDER)
NOW = 1_000_000


def crossed(step, anchor=1, since=NOW - 10, keep=LADDER[-1], until=NOW + 100):
    return Verdict(Finding.JUDGED, step, keep, anchor, since, until)


def led(*verdicts, policy=POLICY, alert=None, cause=Cause.FACTS, heard_from=0):
    """The alert after *verdicts*, one a second, and the reasons and steps that were told."""
    told = []
    for second, verdict in enumerate(verdicts):
        decided = advance(policy, alert, verdict, cause, NOW + second, heard_from=heard_from)
        alert = decided.alert
        told += [(transition.reason, transition.step) for transition in decided.transitions]
    return alert, told


def test_a_step_that_is_crossed_opens_and_says_everything_that_is_needed_later():
    verdict = crossed("1 week before", anchor=7)

    alert = Alert(open=True, opened_at=NOW, step="1 week before", anchor=7, told=True, seq=1)
    told = Transition(Reason.OPENED, NOW, 1, 1, "1 week before", 7)
    assert advance(POLICY, None, verdict, Cause.FACTS, NOW) == Advance(alert, (told,), verdict.until)


def test_nothing_crossed_is_nothing():
    verdict = crossed(None, since=0)

    assert advance(POLICY, None, verdict, Cause.FACTS, NOW) == Advance(None, (), verdict.until)
    assert [led(verdict)[0] for verdict in (DONE, CLOSED, UNKNOWN)] == [None, None, None]


OPENED, ESCALATED, MOVED = Reason.OPENED, Reason.ESCALATED, Reason.MOVED
RESOLVED, ENDED, STANDING = Reason.RESOLVED, Reason.CLOSED, Reason.STANDING
WIDE, WEEK, DUE, LATE = map(crossed, LADDER)
MOVED_WEEK = crossed("1 week before", anchor=2)
NOT_YET = crossed(None, since=0)
MOVED_AWAY = crossed(None, anchor=2, since=0)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        pytest.param([WIDE, WIDE], [(OPENED, LADDER[0])], id="a step is told once"),
        pytest.param(
            [WIDE, WEEK, DUE],
            [(OPENED, LADDER[0]), (ESCALATED, LADDER[1]), (ESCALATED, LADDER[2])],
            id="each tighter step is told",
        ),
        pytest.param(
            [WIDE, LATE], [(OPENED, LADDER[0]), (ESCALATED, LADDER[3])], id="after downtime only the tightest"
        ),
        pytest.param([DUE, WEEK, DUE], [(OPENED, LADDER[2])], id="a clock set back tells nothing twice"),
        pytest.param([WIDE, NOT_YET, WIDE], [(OPENED, LADDER[0])], id="nor one set back before the first step"),
        pytest.param([WIDE, UNKNOWN, WIDE], [(OPENED, LADDER[0])], id="unread in between is no news"),
        pytest.param(
            [WIDE, UNKNOWN, WEEK],
            [(OPENED, LADDER[0]), (ESCALATED, LADDER[1])],
            id="what came while unread is told",
        ),
        pytest.param([WIDE, DONE], [(OPENED, LADDER[0]), (RESOLVED, LADDER[0])], id="done resolves"),
        pytest.param([WIDE, DONE, DONE], [(OPENED, LADDER[0]), (RESOLVED, LADDER[0])], id="and says so once"),
        pytest.param(
            [WIDE, DONE, WIDE],
            [(OPENED, LADDER[0]), (RESOLVED, LADDER[0]), (OPENED, LADDER[0])],
            id="undone is news",
        ),
        pytest.param([WIDE, CLOSED], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="what does not apply closes"),
        pytest.param(
            [WIDE, CLOSED, WIDE], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="and opens again without a word"
        ),
        pytest.param(
            [WIDE, CLOSED, NOT_YET, WIDE],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0])],
            id="even after a clock set back",
        ),
        pytest.param(
            [WIDE, CLOSED, WIDE, CLOSED], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="and closes without one"
        ),
        pytest.param(
            [WIDE, CLOSED, NOT_YET, WEEK],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[1])],
            id="but not tighter",
        ),
        pytest.param(
            [WIDE, CLOSED, WIDE, WEEK],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[1])],
            id="reopened, then told",
        ),
        pytest.param(
            [WIDE, CLOSED, DONE, WIDE],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[0])],
            id="done wipes the memory",
        ),
        pytest.param(
            [WIDE, MOVED_WEEK], [(OPENED, LADDER[0]), (MOVED, LADDER[1])], id="another date is told as moved"
        ),
        pytest.param([DUE, MOVED_WEEK], [(OPENED, LADDER[2]), (MOVED, LADDER[1])], id="even at a wider step"),
        pytest.param(
            [DUE, MOVED_AWAY], [(OPENED, LADDER[2]), (RESOLVED, LADDER[2])], id="moved out of reach resolves"
        ),
        pytest.param(
            [DUE, CLOSED, MOVED_WEEK],
            [(OPENED, LADDER[2]), (ENDED, LADDER[2]), (OPENED, LADDER[1])],
            id="moved while closed",
        ),
    ],
)
def test_a_life_of_an_alert(verdicts, told):
    assert led(*verdicts)[1] == told


def test_hysteresis_keeps_a_step_and_a_fall_below_it_arms_it_again():
    high = Policy(("50%", "80%"))
    at = {
        share: Verdict(Finding.JUDGED, step, keep)
        for share, step, keep in [
            (81, "80%", "80%"),
            (75, "50%", "80%"),
            (60, "50%", "50%"),
            (46, None, "50%"),
            (40, None, None),
        ]
    }

    def told(*shares):
        return [step for _, step in led(*(at[share] for share in shares), policy=high)[1]]

    assert told(81, 75, 81, 75, 81) == ["80%"]
    assert told(81, 60, 81) == ["80%", "80%"]
    assert told(60, 46, 60) == ["50%"]
    assert told(60, 40, 60) == ["50%", "50%", "50%"]  # opened, resolved, opened
    assert told(46) == []


def test_unread_is_noted_since_when_and_forgotten_when_read():
    alert, _ = led(WIDE, UNKNOWN, UNKNOWN)
    again, _ = led(WIDE, alert=alert)

    assert (alert.open, alert.unread_since, again.unread_since) == (True, NOW + 1, None)
    assert led(UNKNOWN, alert=led(WIDE, UNKNOWN, CLOSED)[0])[0].unread_since is None


def test_an_edit_of_the_rules_tells_nothing_new_of_an_open_alert():
    alert, _ = led(WIDE)
    edited, told = led(DUE, alert=alert, cause=Cause.RULES)

    assert (edited.step, told) == (LADDER[2], [])
    assert led(DUE, alert=edited)[1] == []
    assert led(WIDE, cause=Cause.RULES)[1] == [(OPENED, LADDER[0])]  # but what was not open opens
    assert led(DONE, alert=edited, cause=Cause.RULES)[1] == [(RESOLVED, LADDER[2])]


def test_a_step_that_was_taken_out_of_the_ladder_forbids_nothing():
    alert, _ = led(DUE)
    shorter = Policy((LADDER[0], LADDER[1]))

    assert led(WEEK, alert=alert, policy=shorter)[1] == [(ESCALATED, LADDER[1])]
    assert shorter.rank("on the day") == shorter.rank(None) == -1


def test_what_came_before_enrolment_is_standing_and_later_steps_escalate():
    enrolled = NOW - 5
    alert, told = led(WIDE, heard_from=enrolled)
    later = crossed("1 week before", since=NOW)

    assert told == [(STANDING, LADDER[0])]
    assert led(WEEK, alert=alert, heard_from=enrolled)[1] == []  # also before: passed
    assert led(later, alert=alert, heard_from=enrolled)[1] == [(ESCALATED, LADDER[1])]
    assert led(later, heard_from=enrolled)[1] == [(OPENED, LADDER[1])]
    assert led(later, heard_from=later.since)[1] == [(OPENED, LADDER[1])]  # that very moment is not before
