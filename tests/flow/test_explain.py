"""Why a rule tells nothing: the first thing that holds its message back, whatever it is, and what comes next."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from notifier.core.account import Override, Pause, Person, Poll
from notifier.core.audience import Ways
from notifier.core.delivery import State
from notifier.core.facts import Reading
from notifier.core.money import Money
from notifier.flow.asked import Came
from notifier.flow.explain import explain
from notifier.flow.poll import miss
from notifier.flow.poll import take as take_in
from notifier.flow.snapshot import take
from notifier.flow.status import Basis, glances
from notifier.flow.subjects import questions
from notifier.flow.why import Why
from notifier.ports import Act, Undelivered

from .conftest import at
from .small import PI, TEAM, group, quiet, small_rules

RULES = """\
version: 1
program: small
facts:
  paid_on: {type: date, ask: "When was it paid?"}
  begun_on: {type: date, ask: "When was it begun?"}
  load: {type: number, ask: "How many are there?"}
rules:
  - {id: late, title: It is late, deadline: 3 weeks after accepted_on, unless: paid_on,
     steps: [on the day, 1 week after], tell: [team]}
  - {id: elsewhere, title: x, while: load > 3, applies_to: "labels.kind == 'x'", tell: [team]}
  - {id: only-when, title: x, while: load > 3, when: paid_on and begun_on, tell: [team]}
  - {id: starts, title: x, while: load > 3, starting: 1 month after accepted_on, tell: [team]}
  - {id: waits, title: x, while: load > 3, starting: begun_on, tell: [team]}
  - {id: ended, title: x, while: load > 3, ending: 1 week after accepted_on, tell: [team]}
  - {id: high, title: x, threshold: load, reaches: [5, 10], tell: [team], repeat: every week}
  - {id: lasting, title: x, while: load > 3, for: 2 days, tell: [team]}
  - {id: limit, title: x, while: spend_limit > 5 or load > 900, tell: [team]}
  - {id: watched, title: x, change: load, tell: [team]}
  - {id: paper, title: "{{ paper.title }}", for_each: papers, deadline: 2 weeks before paper.planned_on,
     unless: paper.submitted_on, steps: [on the day], tell: [team]}
"""
NOON = "2026-03-10 12:00"


@pytest.fixture
def here(world, tmp_path):
    """A world with the rules above, in which the team's channel and the PI's mail can be told."""
    world.rulebook = small_rules(tmp_path / "rules", small=RULES)
    world.reach(TEAM, PI)
    return world


def ours(**facts):
    return group(tell_at="09:00", **facts)


def record(world, now, **said):
    act = Act(f"{now}{sorted(said)}", "record", "lab", "1", said, at(now), "ada")
    world.store.write(lambda tx: tx.put_act(act))
    world.judge(now)


def look(world, declared, rule, now, *, item="", runs=True, ways=None):
    """The explanation of one rule at *now*."""
    snapshot = world.store.read(take, at(now), None)
    basis = Basis(world.rulebook, snapshot, ways=ways or world.outlets.ways)
    (glance,) = glances(basis, [declared], at(now))[0].grants
    asked = questions(glance.account, glance.case.watched)
    question = next(each for each in asked if each.rule.id == f"small/{rule}" and each.subject.item == item)
    return explain(glance.case, question, glance.said, runs=runs)


def first(*given, **more):
    hold = look(*given, **more).first
    return hold.why, hold.said


def test_a_rule_that_is_off_says_why_and_until_when(here):
    declared = ours()
    off = Override("late", "we were asked to wait", until=date(2026, 3, 20).toordinal())
    declared = replace(declared, account=replace(declared.account, overrides=(off,)))
    found = look(here, declared, "late", NOON)

    assert (found.first.why, found.first.said) == (
        Why.OFF,
        "The rule is off for lab through 20 March: we were asked to wait.",
    )
    assert found.next.at == at("2026-03-21 00:00")


@pytest.mark.parametrize(
    ("rule", "said", "why", "words"),
    [
        ("elsewhere", {}, Why.APPLIES_TO, 'The rule does not apply here: `labels.kind == "x"` is no.'),
        ("late", {"paid_on": date(2026, 3, 9)}, Why.DONE, "What it asks for has happened: paid on 9 March."),
        ("only-when", {}, Why.WHEN, "The rule does not apply now: `paid_on and begun_on` is no."),
        ("starts", {}, Why.NOT_STARTED, "The rule starts on 2 April, 09:00 (`1 month after accepted_on`)."),
        ("waits", {}, Why.NOT_STARTED, "The rule has not started: there is no day for `begun_on` yet."),
        ("ended", {}, Why.ENDED, "The rule ended with 9 March (`1 week after accepted_on`)."),
        ("late", {}, Why.NOTHING_CROSSED,
         "It is not time yet: `on the day` of 23 March comes on 23 March, 09:00."),
        ("high", {"load": 3}, Why.NOTHING_CROSSED, "No step is crossed: `load` is 3; the first step is 5."),
        ("high", {}, Why.NOTHING_TO_JUDGE, "There is nothing to judge: load is not known."),
        ("lasting", {"load": 2}, Why.NOTHING_CROSSED, "There is nothing to tell: `load > 3` is no."),
        ("watched", {"load": 2}, Why.NO_CHANGE, "Nothing has changed yet: the first known value is no change."),
    ],
)  # fmt: skip
def test_what_the_rule_itself_holds_back(here, rule, said, why, words):
    here.declare("2026-03-02 10:00", ours())
    record(here, "2026-03-10 11:00", **said)

    assert first(here, ours(), rule, NOON) == (why, words)


def test_an_unread_fact_is_named_with_the_source_that_is_silent(here):
    declared = ours(sources=(Poll("openai", "KEY"),))
    here.declare("2026-03-02 10:00", declared)
    here.store.write(miss, "lab", "openai", "the key was refused", at("2026-03-09 08:00"))
    found = look(here, declared, "limit", NOON)

    assert found.first.why is Why.UNREAD
    assert found.first.said == (
        "Nobody can know it now: spend limit not readable "
        "(openai cannot be read since 9 March, 08:00: the key was refused)."
    )
    asked = found.asked[0]
    assert (asked.came, [each.came for each in asked.parts]) == (Came.UNKNOWN, [Came.UNKNOWN, Came.NO])


def test_what_has_to_last_says_since_when_and_until_when(here):
    here.declare("2026-03-02 10:00", ours())
    record(here, "2026-03-10 08:00", load=4)
    found = look(here, ours(), "lasting", NOON)

    assert (found.first.why, found.first.until) == (Why.LASTING, at("2026-03-12 08:00"))
    assert "it is so since 10 March, 08:00, so until 12 March, 08:00" in found.first.said
    assert found.next.at == at("2026-03-12 08:00")
    assert found.state == "pending"


def test_what_came_before_the_enrolment_is_named_once(here):
    declared = ours()
    late = replace(declared.account.grants[0], enrolled_on=date(2026, 4, 1).toordinal())
    declared = replace(declared, account=replace(declared.account, grants=(late,)))

    why, words = first(here, declared, "late", "2026-04-02 12:00")

    assert why is Why.PASSED
    assert "on 30 March, 09:00, before the grant was enrolled" in words


def told(world, declared=None, now="2026-03-23 09:00"):
    """`late` is open since its day, and was told as far as it can be."""
    world.declare("2026-03-02 10:00", declared or ours())
    world.judge("2026-03-02 10:00")
    world.judge(now)
    asyncio.run(world.deliver(now))


def test_what_was_told_says_when_and_where_and_what_comes(here):
    told(here)
    found = look(here, ours(), "late", "2026-03-24 12:00")

    assert found.first.why is Why.TOLD
    assert found.first.said == (
        "It was told on 23 March, 09:00 to slack:#lab, at `on the day`; the same step is not told twice."
    )
    assert (found.next.at, found.next.what) == (at("2026-03-30 09:00"), "`1 week after` is told")
    assert [(each.text, each.crossed) for each in found.rungs] == [("on the day", True), ("1 week after", False)]


@pytest.mark.parametrize(
    ("kind", "why", "word"), [("ack", Why.ACKNOWLEDGED, "acknowledged"), ("snooze", Why.SNOOZED, "snoozed")]
)
def test_what_a_person_said_is_named_before_that_it_was_told(here, kind, why, word):
    told(here)
    said = {"rule": "small/late", "until": at("2026-03-27 09:00"), "because": "on it"}
    act = Act("a", kind, "lab", "1", said, at("2026-03-23 10:00"), "ada")
    here.store.write(lambda tx: tx.put_act(act))
    here.judge("2026-03-23 10:00")
    found = look(here, ours(), "late", "2026-03-24 12:00")

    assert (found.first.why, found.first.until) == (why, at("2026-03-27 09:00"))
    assert found.first.said.startswith(f"ada {word} it on 23 March, 10:00")
    assert found.first.said.endswith("27 March, 09:00: on it.")
    assert (found.next.at, found.state) == (
        at("2026-03-27 09:00"),
        (kind == "ack" and "acknowledged") or "snoozed",
    )


def test_a_pause_holds_what_is_found_and_stands_beside_what_is_not(here):
    paused = Pause("sabbatical", date(2026, 3, 31).toordinal())
    declared = ours()
    declared = replace(declared, account=replace(declared.account, paused=paused))

    before = look(here, declared, "late", NOON)
    told(here, declared)
    after = look(here, declared, "late", "2026-03-24 12:00")

    assert [each.why for each in before.holds] == [Why.NOTHING_CROSSED, Why.PAUSED]
    assert (after.first.why, after.first.until) == (Why.PAUSED, at("2026-04-01 09:00"))
    assert "paused: sabbatical" in after.first.said


def test_quiet_hours_say_where_and_until_when(here):
    declared = quiet(ours(), team="20:00-10:00")
    told(here, declared)
    found = look(here, declared, "late", "2026-03-23 09:05")

    assert (found.first.why, found.first.until) == (Why.QUIET, at("2026-03-23 10:00"))
    assert found.first.said == "It is quiet at slack:#lab until 23 March, 10:00; what is not urgent waits."


def test_a_failing_destination_says_what_it_said(here):
    here.papers[TEAM].fails.append(Undelivered("the channel is archived.", whole=True))
    told(here)

    why, words = first(here, ours(), "late", "2026-03-23 09:00:10")

    assert (why, words) == (Why.FAILING, "slack:#lab cannot be told: the channel is archived. It is tried again.")


def test_what_was_given_up_says_how_to_tell_it_again(here):
    here.papers[TEAM].fails.append(Undelivered("no such channel", permanent=True))
    told(here)

    assert first(here, ours(), "late", "2026-03-23 12:00") == (
        Why.GIVEN_UP,
        "It was given up for slack:#lab: no such channel. `retry` tells it again.",
    )


def test_an_edit_that_is_held_names_release_and_drop(here):
    told(here)

    for each in here.deliveries():
        here.store.write(lambda tx, each=each: tx.put_delivery(replace(each, state=State.HELD, why="")))

    why, words = first(here, ours(), "late", "2026-03-24 12:00")

    assert (why, words) == (Why.HELD, "An edit would tell much at once: it waits for `release` or `drop`.")


def test_what_is_back_at_a_step_that_was_told_says_so(here):
    here.declare("2026-03-02 10:00", ours())
    record(here, "2026-03-03 08:00", load=4, paid_on=date(2026, 3, 2))
    record(here, "2026-03-03 09:00", begun_on=date(2026, 3, 2))
    asyncio.run(here.deliver("2026-03-03 09:00"))
    undo = Act("u", "undo", "lab", "1", {"begun_on": None}, at("2026-03-04 08:00"), "ada")
    here.store.write(lambda tx: tx.put_act(undo))
    here.judge("2026-03-04 08:00")
    record(here, "2026-03-05 08:00", begun_on=date(2026, 3, 2))

    why, words = first(here, ours(), "only-when", NOON)

    assert (why, words) == (
        Why.BACK,
        "It is back at `holds`, which had been told before: the same is not told again.",
    )


def test_what_is_due_says_whether_anybody_is_there_to_tell_it(here):
    here.declare("2026-03-02 10:00", ours())
    here.judge("2026-03-02 10:00")

    assert first(here, ours(), "late", "2026-03-23 09:01", runs=True) == (
        Why.DUE,
        "It is about to be told to slack:#lab.",
    )
    assert first(here, ours(), "late", "2026-03-23 09:01", runs=False)[0] is Why.NOT_RUNNING


def test_nobody_to_tell_is_said_first_and_where_it_goes_instead(here):
    declared = ours()
    declared = replace(declared, account=replace(declared.account, people={"team": Person(("slack:#gone",))}))
    nowhere = Ways({}.__contains__, "mailto:office@example.edu")
    found = look(here, declared, "late", "2026-03-24 12:00", ways=nowhere)

    assert found.first.why is Why.NOBODY
    assert found.first.said == (
        "Nobody of lab can be told by their addresses: it goes to mailto:office@example.edu instead."
    )


def test_a_change_that_was_told_says_when(here):
    here.declare("2026-03-02 10:00", ours())
    record(here, "2026-03-03 08:00", load=1)
    record(here, "2026-03-05 08:00", load=2)

    why, words = first(here, ours(), "watched", NOON)

    assert (why, words) == (
        Why.TOLD,
        "The last change was told on 5 March; nothing has changed since the service looked.",
    )


def test_an_item_has_its_own_facts_with_who_recorded_them(here):
    declared = ours()
    papers = {"papers": ("bots",), "papers/bots/title": "Bots", "papers/bots/planned_on": date(2026, 3, 20)}
    declared = replace(declared, facts={**declared.facts, **papers})
    here.declare("2026-03-02 10:00", declared)
    act = Act(
        "p", "record", "lab", "", {"papers/bots/submitted_on": date(2026, 3, 5)}, at("2026-03-06 08:00"), "ada"
    )
    here.store.write(lambda tx: tx.put_act(act))
    here.judge("2026-03-06 08:00")
    found = look(here, declared, "paper", NOON, item="bots")
    known = {each.known.fact.name: each.known for each in found.inputs}

    assert (found.first.why, found.first.said) == (
        Why.DONE,
        "What it asks for has happened: paper submitted on 5 March.",
    )
    submitted, planned = known["paper.submitted_on"], known["paper.planned_on"]
    assert (submitted.source, submitted.by, submitted.at) == ("recorded", "ada", at("2026-03-06 08:00"))
    assert (planned.source, planned.at) == ("declared", at("2026-03-02 10:00"))


def test_facts_have_their_source_and_age_and_what_they_follow_from(here):
    declared = ours(sources=(Poll("openai", "KEY"),))
    here.declare("2026-03-02 10:00", declared)
    read = Reading("openai", at("2026-03-10 07:00"), {"spend_limit": Money(4_000_000, "USD")})
    here.store.write(take_in, "lab", read)
    found = look(here, declared, "limit", NOON)
    (limit, _) = found.inputs

    assert (limit.known.source, limit.known.at, limit.known.value) == ("openai", at("2026-03-10 07:00"), 4_000_000)
    assert found.next.at == at("2026-03-12 07:00")
    assert "too old to count" in found.next.what
    assert (found.asked[0].text, found.asked[0].said) == ("spend_limit > 5 or load > 900", "no")


def test_a_reminder_is_what_comes_next(here):
    here.declare("2026-03-02 10:00", ours())
    record(here, "2026-03-10 08:00", load=6)
    asyncio.run(here.deliver("2026-03-10 08:00"))
    found = look(here, ours(), "high", NOON)

    assert (found.first.why, found.next.at, found.next.what) == (
        Why.TOLD,
        at("2026-03-17 09:00"),
        "a reminder is told",
    )
    assert found.timing == (("repeat", "every 1 week"),)


def test_without_a_database_it_is_explained_all_the_same(here):
    found = look(here, ours(), "late", "2026-03-24 12:00", runs=False)

    assert found.first.why is Why.NOT_RUNNING
    assert [each.why for each in look(here, ours(), "late", NOON, runs=False).holds] == [Why.NOTHING_CROSSED]
