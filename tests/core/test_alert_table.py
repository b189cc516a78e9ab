"""One alert's life, every field of every answer: what laws leave open is fixed here."""

from __future__ import annotations

from dataclasses import replace

from notifier.core.alert import Advance, Alert, Cause, Policy, Reason, Transition, advance
from notifier.core.calendar import FOREVER
from notifier.core.verdict import CLOSED, DONE, Finding, Verdict

POLICY = Policy(("wide", "near", "late"))
DAY, OTHER_DAY = 739_000, 739_030


def judged(step: str | None, *, anchor: int | None = DAY, since: int = 0, until: int = FOREVER) -> Verdict:
    return Verdict(Finding.JUDGED, step, "late" if step or anchor else None, anchor, since, until)


def go(
    alert: Alert | None, verdict: Verdict, now: int, cause: Cause = Cause.MOMENT, heard_from: int = 0
) -> Advance:
    return advance(POLICY, alert, verdict, cause, now, heard_from=heard_from)


def test_a_whole_life_opened_escalated_resolved_and_opened_again():
    opened = go(None, judged("wide", until=200), 100)
    assert opened == Advance(
        Alert(open=True, opened_at=100, step="wide", anchor=DAY, told=True, episode=1, seq=1),
        (Transition(Reason.OPENED, 100, 1, 1, "wide", DAY),),
        200,
    )
    escalated = go(opened.alert, judged("near", until=300), 200)
    assert escalated == Advance(
        Alert(open=True, opened_at=100, step="near", anchor=DAY, told=True, episode=1, seq=2, told_at=200),
        (Transition(Reason.ESCALATED, 200, 1, 2, "near", DAY),),
        300,
    )
    resolved = go(escalated.alert, DONE, 250, Cause.PERSON)
    assert resolved == Advance(
        Alert(open=False, opened_at=100, step=None, anchor=None, told=False, episode=1, seq=3),
        (Transition(Reason.RESOLVED, 250, 1, 3, "near", DAY),),
        FOREVER,
    )
    again = go(resolved.alert, judged("near"), 400)
    assert again == Advance(
        Alert(open=True, opened_at=400, step="near", anchor=DAY, told=True, episode=2, seq=1),
        (Transition(Reason.OPENED, 400, 2, 1, "near", DAY),),
        FOREVER,
    )
    third = go(go(again.alert, DONE, 450).alert, judged("late"), 500)
    assert third.alert is not None
    assert (third.alert.episode, third.alert.seq) == (3, 1)


def test_a_rule_that_does_not_apply_closes_and_keeps_what_was_said():
    opened = go(None, judged("near"), 100).alert
    closed = go(opened, replace(CLOSED, until=900), 300)

    assert closed == Advance(
        Alert(open=False, opened_at=100, step="near", anchor=DAY, told=False, episode=1, seq=2),
        (Transition(Reason.CLOSED, 300, 1, 2, "near", DAY),),
        900,
    )
    reopened = go(closed.alert, judged("near", until=950), 900)
    assert reopened == Advance(
        Alert(open=True, opened_at=900, step="near", anchor=DAY, told=False, episode=2, seq=0, told_at=100),
        (),
        950,
    )
    ended = go(reopened.alert, DONE, 920)
    assert ended == Advance(Alert(open=False, opened_at=900, step=None, episode=2, seq=0), (), FOREVER)


def test_a_date_that_moves_out_of_reach_resolves_and_is_forgotten():
    opened = go(None, judged("near"), 100).alert
    moved = go(opened, judged(None, anchor=OTHER_DAY, until=700), 300, Cause.FACTS)

    assert moved == Advance(
        Alert(open=False, opened_at=100, step=None, anchor=None, told=False, episode=1, seq=2),
        (Transition(Reason.RESOLVED, 300, 1, 2, "near", DAY),),
        700,
    )


def test_a_date_that_moves_within_reach_is_told_with_the_new_date():
    opened = go(None, judged("near"), 100).alert

    assert go(opened, judged("wide", anchor=OTHER_DAY), 300).transitions == (
        Transition(Reason.MOVED, 300, 1, 2, "wide", OTHER_DAY),
    )


def test_an_edit_that_takes_the_step_away_closes_instead_of_calling_it_done():
    opened = go(None, judged("near"), 100).alert
    gone = Advance(
        Alert(open=False, opened_at=100, step=None, anchor=None, told=False, episode=1, seq=2),
        (Transition(Reason.CLOSED, 300, 1, 2, "near", DAY),),
        FOREVER,
    )

    assert advance(Policy(("soon",)), opened, judged(None), Cause.RULES, 300) == gone


def test_what_is_remembered_but_not_crossed_stays_closed():
    opened = go(None, judged("near"), 100).alert
    closed = go(opened, CLOSED, 200).alert

    assert go(closed, judged(None, until=800), 300) == Advance(closed, (), 800)


def test_a_step_that_came_before_the_enrolment_stands_and_one_that_came_with_it_is_told():
    before = go(None, judged("near", since=99), 500, heard_from=100)
    assert before.transitions == (Transition(Reason.STANDING, 500, 1, 1, "near", DAY),)
    assert go(None, judged("near", since=100), 500, heard_from=100).transitions[0].reason is Reason.OPENED
    assert go(None, judged("near", since=0), 500, heard_from=100).transitions[0].reason is Reason.OPENED
    assert go(None, judged("near", since=1), 500, heard_from=100).transitions[0].reason is Reason.STANDING


def test_whoever_says_nothing_of_the_enrolment_hears_of_every_step():
    assert advance(POLICY, None, judged("near", since=1), Cause.MOMENT, 5).transitions[0].reason is Reason.OPENED


def test_what_comes_back_from_before_enrolment_is_told_as_news_not_as_a_first_look():
    first = go(None, judged("near", since=1), 500, heard_from=100)
    over = go(first.alert, DONE, 600, Cause.PERSON)
    again = go(over.alert, judged("near", since=1), 700, Cause.PERSON, heard_from=100)

    assert [each.transitions[0].reason for each in (first, over, again)] == [
        Reason.STANDING,
        Reason.RESOLVED,
        Reason.OPENED,
    ]
