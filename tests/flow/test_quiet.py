"""Quiet hours delay what can wait, and drop nothing: each test lives through a night."""

import asyncio
from dataclasses import replace
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from notifier.core.account import Pause, Person
from notifier.core.alert import Cause, Reason, Transition
from notifier.core.audience import Ways
from notifier.core.delivery import Doubt, State
from notifier.core.quiet import parse_quiet
from notifier.core.subject import Subject
from notifier.flow.deliver import prepare
from notifier.flow.quiet import end_of_quiet, hours
from notifier.flow.record import RECORD
from notifier.ports import Act, Undelivered
from tests.flow.conftest import BERLIN, World, at
from tests.flow.small import PI, TEAM, group, quiet, small_rules

NIGHT = "20:00-08:00"


@pytest.fixture
def night(world, tmp_path):
    """A world whose only account is told at 23:00, and whose team sleeps then."""
    small = World(world.store, small_rules(tmp_path / "rules"))
    small.reach(TEAM, PI)
    small.declare("2026-03-02 10:00", quiet(group(), team=NIGHT))
    return small


def pass_on(world, now):
    """Judge and tell at *now*; what the team has heard by then."""
    world.judge(now)
    asyncio.run(world.deliver(now))
    return heard(world)


def heard(world, where=TEAM):
    return [f"{post.message.reason}: {post.message.step}" for post in world.papers[where].told]


def record(world, now, **said):
    act = Act(now, RECORD, "lab", "1", said, at(now), "ada")
    world.store.write(lambda tx: tx.put_act(act))


def states(world):
    return [(each.told.step, each.state) for each in world.deliveries() if each.destination == TEAM]


def test_what_can_wait_comes_at_the_end_of_the_quiet_hours(night):
    assert pass_on(night, "2026-03-23 23:00") == []
    [resting] = night.deliveries()
    assert (resting.state, resting.due_at, resting.why) == (State.HELD, at("2026-03-24 08:00"), "quiet hours")
    assert night.store.read(lambda tx: tx.next_moment(at("2026-03-23 23:01"))) == at("2026-03-24 08:00")

    assert pass_on(night, "2026-03-24 07:59") == []
    assert pass_on(night, "2026-03-24 08:00") == ["opened: on the day"]


def test_what_is_urgent_is_told_at_once_and_overtakes_what_rests(night):
    pass_on(night, "2026-03-23 23:00")
    pass_on(night, "2026-03-24 08:00")
    assert pass_on(night, "2026-03-24 23:00") == ["opened: on the day"]

    assert pass_on(night, "2026-03-25 23:00") == ["opened: on the day", "escalated: 2 days after"]
    assert pass_on(night, "2026-03-26 08:00") == ["opened: on the day", "escalated: 2 days after"]


def test_what_is_overtaken_in_the_night_is_told_as_it_stands_in_the_morning(night, tmp_path):
    hourly = small_rules(tmp_path / "other")
    night.rulebook = hourly
    pass_on(night, "2026-03-23 23:00")
    night.store.write(lambda tx: tx.rouse("lab"))
    night.judge("2026-03-24 23:00")

    assert pass_on(night, "2026-03-25 07:00") == []
    assert pass_on(night, "2026-03-25 08:00") == ["escalated: 1 day after"]
    assert states(night) == [("on the day", State.DROPPED), ("1 day after", State.DONE)]


def test_what_opens_and_ends_in_one_night_is_not_told_at_all(night):
    pass_on(night, "2026-03-23 23:00")
    record(night, "2026-03-24 02:00", credits_granted=1.0)

    assert pass_on(night, "2026-03-24 02:00") == []
    assert pass_on(night, "2026-03-24 09:00") == []
    assert {state for _, state in states(night)} == {State.DROPPED}


def test_the_end_of_what_was_told_by_day_waits_for_the_morning(night):
    pass_on(night, "2026-03-23 23:00")
    pass_on(night, "2026-03-24 08:00")
    record(night, "2026-03-24 22:00", credits_granted=1.0)

    assert pass_on(night, "2026-03-24 22:00") == ["opened: on the day"]
    assert pass_on(night, "2026-03-25 08:00") == ["opened: on the day", "resolved: on the day"]


def test_only_the_recipient_who_sleeps_waits(night):
    pass_on(night, "2026-04-25 23:00")

    assert heard(night, PI) == ["opened: 1 week before"]
    assert "opened: 1 week before" not in heard(night)


def test_other_quiet_hours_take_effect_on_what_rests_already(night):
    pass_on(night, "2026-03-23 23:00")

    night.declare("2026-03-24 01:00", quiet(group(), team="20:00-01:00"))

    assert pass_on(night, "2026-03-24 01:00") == ["opened: on the day"]


def test_quiet_hours_that_begin_take_effect_on_what_rests_already(night):
    pass_on(night, "2026-03-23 23:00")

    night.declare("2026-03-24 01:00", quiet(group(), team="20:00-10:00"))

    assert pass_on(night, "2026-03-24 09:00") == []
    assert pass_on(night, "2026-03-24 10:00") == ["opened: on the day"]


def test_what_failed_by_day_is_not_tried_again_at_night(night):
    night.declare("2026-03-02 11:00", quiet(group(), team="23:30-08:00"))
    night.papers[TEAM].fails = [Undelivered("busy", unknown=True)]
    pass_on(night, "2026-03-23 23:29")
    before = next(each for each in night.deliveries() if each.destination == TEAM)

    assert pass_on(night, "2026-03-23 23:59") == []
    [resting] = night.deliveries()
    assert (resting.state, resting.due_at) == (State.HELD, at("2026-03-24 08:00"))
    assert (resting.attempts, resting.doubt, resting.post) == (1, Doubt.UNKNOWN, before.post)
    assert pass_on(night, "2026-03-24 08:00") == ["opened: on the day"]


def test_what_was_being_told_when_the_process_died_is_asked_about_in_the_morning(night):
    night.declare("2026-03-02 11:00", quiet(group(), team="23:30-08:00"))
    night.judge("2026-03-23 23:00")
    [parcel] = night.store.write(prepare, night.rulebook, at("2026-03-23 23:00"), night.boot, night.outlets)
    asyncio.run(night.papers[TEAM].deliver(parcel.post))
    night.restart()

    assert pass_on(night, "2026-03-23 23:45") == ["opened: on the day"]
    [resting] = night.deliveries()
    assert (resting.state, resting.doubt) == (State.HELD, Doubt.UNKNOWN)
    assert pass_on(night, "2026-03-24 08:00") == ["opened: on the day"]
    assert states(night) == [("on the day", State.DONE)]


def test_what_could_not_be_told_elsewhere_is_urgent_if_it_was(night):
    night.declare("2026-03-02 11:00", quiet(group(), team="", pi=NIGHT))
    night.papers[TEAM].fails = [Undelivered("no such channel", permanent=True)]
    for now in ("2026-03-23 23:00", "2026-03-24 23:00"):
        pass_on(night, now)
    night.papers[TEAM].fails = [Undelivered("no such channel", permanent=True)]
    pass_on(night, "2026-03-25 23:00")

    assert [post.message.urgent for post in night.papers[PI].told] == [True]
    pass_on(night, "2026-03-26 08:00")
    assert len(night.papers[PI].told) == 2


def test_a_pause_that_ends_at_night_is_followed_by_the_rest_of_the_night(night):
    lab = quiet(group(tell_at="06:00"), team=NIGHT)
    paused = replace(lab, account=replace(lab.account, paused=Pause("holiday", date(2026, 3, 23).toordinal())))
    night.declare("2026-03-20 10:00", paused)
    pass_on(night, "2026-03-23 09:00")
    [resting] = night.deliveries()
    assert (resting.why, resting.due_at) == ("paused: holiday", at("2026-03-24 06:00"))

    assert pass_on(night, "2026-03-24 06:00") == []
    assert pass_on(night, "2026-03-24 08:00") == ["escalated: 1 day after"]


def test_the_clocks_are_those_of_the_person_where_they_live_elsewhere(night):
    far = group(people={"team": Person((TEAM,), quiet=NIGHT, zone="America/New_York")})
    night.declare("2026-03-02 11:00", far)

    assert pass_on(night, "2026-03-23 23:00") == ["opened: on the day"]


def test_a_question_about_what_is_held_waits_for_the_morning_too(night):
    subject = Subject("notifier/held", "notifier", "1")
    told = Transition(Reason.HELD, at("2026-03-23 22:00"), 1, 1, None, None)
    night.store.write(lambda tx: tx.owe(subject, told, TEAM, Cause.MOMENT, tx.new_event()))

    assert pass_on(night, "2026-03-23 22:00") == []
    [resting] = night.deliveries()
    assert resting.due_at == at("2026-03-24 08:00")


@pytest.mark.parametrize(
    ("several", "now", "end"),
    [
        (("20:00-08:00", "22:00-09:00"), "2026-03-23 23:00", "2026-03-24 09:00"),
        (("20:00-23:30", "23:00-09:00"), "2026-03-23 21:00", "2026-03-24 09:00"),
        (("20:00-08:00",), "2026-03-23 19:00", None),
        (("08:00-20:00", "20:00-08:00"), "2026-03-23 19:00", None),
        (("08:00-21:00", "20:00-08:00"), "2026-03-23 20:30", "2026-03-23 21:00"),
        ((), "2026-03-23 23:00", None),
    ],
)
def test_a_place_that_several_name_is_quiet_for_each_of_them_unless_that_were_always(several, now, end):
    found = end_of_quiet([(parse_quiet(text), BERLIN) for text in several], at(now))

    assert found == (end and at(end))


def test_who_is_told_by_another_address_does_not_make_this_one_quiet():
    account = quiet(group(), pi=NIGHT).account

    def there(destination):
        return list(hours([account], destination, Ways(lambda _: True)))

    assert there(TEAM) == []
    assert there(PI) == [(parse_quiet(NIGHT), ZoneInfo("Europe/Berlin"))]
