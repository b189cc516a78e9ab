"""What a message says of reminders, of what was passed on, and of what people did."""

from dataclasses import replace

import pytest

from notifier.core.account import Grant
from notifier.core.alert import Alert, AlertHold, HoldKind, Reason
from notifier.core.message import Answer, Told, care, compose, story
from notifier.core.timing import Timing, parse_repeat
from tests.core.helpers import condition, day, moment
from tests.core.test_message import BERLIN, DECLARED, LAB, MISSING, VOCABULARY, scene

NOW = moment("2026-11-24 10:00", BERLIN)
OPENED = moment("2026-11-16 09:00", BERLIN)
HELD = AlertHold(HoldKind.ACKNOWLEDGED, "ada", NOW, moment("2026-12-03 09:00", BERLIN), "on it.", "1 day after")
OPEN = Alert(open=True, opened_at=OPENED, step="1 day after", anchor=day("2026-11-22"), told=True)
WEEKLY = replace(MISSING, timing=Timing(repeat=parse_repeat("every 2 days")))


def said(reason, alert, rule=MISSING):
    told = Told(reason, NOW, alert.step if alert else "1 day after", day("2026-11-22"))
    return compose(rule, told, replace(scene(DECLARED, now=NOW), alert=alert), people="team (#lab)")


@pytest.mark.parametrize(
    ("reason", "changed", "headline", "says"),
    [
        (Reason.REMINDED, {}, "Still open: ", "Open since 16 November."),
        (
            Reason.PASSED_ON,
            {"asked_at": moment("2026-11-18 12:00", BERLIN)},
            "Passed on: ",
            "Nobody has answered since 18 November.",
        ),
        (Reason.PASSED_ON, {}, "Passed on: ", "Nobody has answered since 16 November."),
        (
            Reason.LAPSED,
            {"acted_by": "ada"},
            "Open again: ",
            "What ada said of it holds no longer, and it is still open.",
        ),
        (Reason.LAPSED, {}, "Open again: ", "What somebody said of it holds no longer, and it is still open."),
        (
            Reason.ACKNOWLEDGED,
            {"acted_by": "ada", "because": "on it.", "hold": HELD},
            "Acknowledged: ",
            "ada sees to it until 3 December, 09:00: on it.",
        ),
        (
            Reason.SNOOZED,
            {"acted_by": "ada", "hold": replace(HELD, kind=HoldKind.SNOOZED)},
            "Snoozed: ",
            "ada wants it quiet until 3 December, 09:00.",
        ),
        (
            Reason.HANDED_OVER,
            {"acted_by": "ada", "because": "on leave", "owner": "pi"},
            "Handed over: ",
            "ada handed it over to PI: on leave.",
        ),
        (Reason.REOPENED, {"acted_by": "bob"}, "Reopened: ", "bob took back what was said of it."),
        (Reason.ESCALATED, {"acted_by": "ada"}, "", ""),
    ],
)
def test_what_has_become_of_it_comes_before_what_the_rule_says(reason, changed, headline, says):
    message = said(reason, replace(OPEN, **changed))

    assert message.headline == f"{headline}Credits have not arrived"
    assert (
        message.say
        == f"{says} Accepted 1 November; you should write 3 weeks later: 22 November, 2 days ago.".strip()
    )
    assert message.letter is not None
    assert message.topic == "Credits have not arrived"


def test_of_an_alert_that_nobody_remembers_only_the_rule_speaks():
    assert said(Reason.REMINDED, None).say.startswith("Accepted 1 November")
    assert story(Told(Reason.REMINDED, NOW, None, None), scene(DECLARED, now=NOW)) == ""


@pytest.mark.parametrize(
    ("reason", "urgent"),
    [(Reason.ESCALATED, True), (Reason.REMINDED, True), (Reason.LAPSED, True), (Reason.PASSED_ON, True)]
    + [(each, False) for each in (Reason.ACKNOWLEDGED, Reason.SNOOZED, Reason.HANDED_OVER, Reason.REOPENED)],
)
def test_what_people_did_is_never_urgent(reason, urgent):
    assert said(reason, replace(OPEN, step="1 week after")).urgent is urgent


@pytest.mark.parametrize(
    ("changed", "rule", "again"),
    [
        ({}, MISSING, "again on 29 November, 09:00 (1 week after)"),
        ({}, WEEKLY, "again on 26 November, 09:00 (a reminder)"),  # every 2 days since the 16th
        ({"told_at": NOW}, WEEKLY, "again on 26 November, 09:00 (a reminder)"),
        ({"hold": HELD}, WEEKLY, "again on 29 November, 09:00 (1 week after)"),  # tighter: told all the same
        ({"hold": replace(HELD, until=NOW + 3_600)}, WEEKLY, "again on 24 November, 11:00 (if it is still open)"),
        (
            {"hold": replace(HELD, kind=HoldKind.SNOOZED)},
            WEEKLY,
            "again on 3 December, 09:00 (if it is still open)",
        ),
        ({"open": False}, WEEKLY, "again on 29 November, 09:00 (1 week after)"),
    ],
)
def test_it_says_when_it_speaks_again(changed, rule, again):
    assert said(Reason.REMINDED, replace(OPEN, **changed), rule).told == f"Told: team (#lab); {again}."


def test_where_nothing_comes_any_more_it_says_so_by_not_saying_when():
    last = replace(OPEN, step="1 week after")
    told = Told(Reason.REMINDED, moment("2026-11-30 09:00", BERLIN), "1 week after", day("2026-11-22"))
    at = replace(scene(DECLARED, now=told.at), alert=last)

    assert compose(MISSING, told, at, people="team").told == "Told: team."


def test_a_person_reads_how_to_say_that_they_see_to_it_and_how_to_take_that_back():
    at = scene(DECLARED, now=NOW)
    several = replace(at, account=replace(LAB, grants=(*LAB.grants, Grant("h", "p"))))
    opened, acknowledged = (Told(each, NOW, None, None) for each in (Reason.OPENED, Reason.ACKNOWLEDGED))

    assert care(MISSING, opened, at) == (Answer("If you see to it", "ack", "lab credits-not-allocated"),)
    assert care(MISSING, acknowledged, several) == (
        Answer("To take that back", "reopen", "lab credits-not-allocated --grant g"),
    )
    held = replace(at, alert=replace(OPEN, hold=HELD))
    assert care(MISSING, opened, held)[0].verb == "reopen"
    assert care(MISSING, opened, replace(at, alert=OPEN))[0].verb == "ack"
    account_wide = replace(MISSING, of_account=True)
    assert care(account_wide, opened, several)[0].rest == "lab credits-not-allocated"
    changes = replace(MISSING, condition=condition(VOCABULARY, change="credits_granted"))
    assert care(changes, opened, at) == ()
