"""From facts to a message: told once, at the right moment, through every interruption."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

from notifier.core.delivery import State
from notifier.core.facts import Costs, Reading
from notifier.core.message import Answer
from notifier.core.money import Money
from notifier.core.rule import Rulebook
from notifier.flow.deliver import Outlets, prepare
from notifier.flow.deliver import tell as tell_parcel
from notifier.flow.poll import miss, take
from notifier.flow.settle import settle
from notifier.ports import Act, Undelivered

from .conftest import PROGRAM, World, at, lab, utc

MISSING = f"{PROGRAM}/credits-not-allocated"


def tell(world: World, now: str) -> list[str]:
    """Judge and deliver at *now*; what was told that was not told before."""
    before = len(world.paper.told)
    world.judge(now)
    asyncio.run(world.deliver(now))
    return world.paper.titles[before:]


def record(world: World, now: str, act: str = "act", **said: object) -> None:
    world.store.write(lambda tx: tx.put_act(Act(act, "record", "lab", "1", said, at(now), "A. Researcher")))


def test_the_flagship_rule_speaks_at_nine_the_day_after_the_promise_is_broken(world: World):
    world.declare("2026-03-02 10:00", lab())

    assert tell(world, "2026-03-02 10:00") == []
    assert tell(world, "2026-03-16 09:00") == ["opened: Credits have not arrived"]
    assert tell(world, "2026-03-24 08:59:59") == []
    assert tell(world, "2026-03-24 09:00") == ["escalated: Credits have not arrived"]
    letter = world.paper.told[-1].message.letter

    assert letter is not None
    assert letter.to == "researcheraccess@openai.com"
    assert "accepted on 2 March" in letter.body


def test_the_next_moment_is_the_next_step(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-02 10:00")

    assert world.store.read(lambda tx: tx.next_moment()) == at("2026-03-16 09:00")


def test_after_three_weeks_of_downtime_only_the_tightest_step_is_told(world: World):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-02 10:00")

    assert tell(world, "2026-04-08 12:00") == ["opened: Credits have not arrived"]
    assert world.paper.told[-1].message.step == "2 weeks after"


def test_recorded_credits_resolve_it_once(world: World):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-24 09:00")
    record(world, "2026-03-25 11:00", credits_granted=Money(10**9, "USD"), credits_granted_on=date(2026, 3, 25))
    record(world, "2026-03-25 11:00", credits_granted=Money(10**9, "USD"), credits_granted_on=date(2026, 3, 25))

    assert tell(world, "2026-03-25 11:00") == ["resolved: Done: Credits have not arrived"]
    assert world.paper.told[-1].message.say == "Now known: credits granted 1,000.00 USD."
    assert tell(world, "2026-04-30 11:00") == []


def test_an_act_for_a_grant_that_does_not_exist_has_no_effect(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.store.write(lambda tx: tx.put_act(Act("a", "record", "lab", "9", {}, at("2026-03-02 11:00"), "me")))
    world.store.write(lambda tx: tx.put_act(Act("b", "dance", "lab", "1", {}, at("2026-03-02 11:00"), "me")))

    assert tell(world, "2026-03-02 12:00") == []
    assert world.store.read(lambda tx: tx.acts()) == []


def test_a_crash_before_the_channel_was_reached_tells_after_the_restart(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    assert len(world.store.write(prepare, world.rulebook, at("2026-03-24 09:00"), world.boot, world.outlets)) == 1
    assert asyncio.run(world.deliver("2026-03-24 09:01")) == []

    world.restart()
    asyncio.run(world.deliver("2026-03-24 09:02"))

    assert world.paper.titles == ["opened: Credits have not arrived"]


def test_a_crash_after_the_channel_was_reached_tells_nothing_twice(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    (parcel,) = world.store.write(prepare, world.rulebook, at("2026-03-24 09:00"), world.boot, world.outlets)
    asyncio.run(world.paper.deliver(parcel.post))

    world.restart()
    asyncio.run(world.deliver("2026-03-24 09:02"))

    assert world.paper.titles == ["opened: Credits have not arrived"]
    assert [delivery.state for delivery in world.deliveries()] == [State.DONE]


def test_after_a_first_attempt_the_bytes_never_change(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    world.paper.fails = [Undelivered("busy", again_in=3600)]
    asyncio.run(world.deliver("2026-03-24 09:00"))
    first = world.deliveries()[0].post
    world.declare("2026-03-24 09:10", lab(use_case="Something that nobody has read yet"))

    asyncio.run(world.deliver("2026-03-24 09:59"))
    assert world.paper.told == []
    asyncio.run(world.deliver("2026-03-24 10:00"))

    assert [post.message for post in world.paper.told] == [first]


def test_a_refusal_for_ever_is_given_up_and_kept_with_its_cause(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    world.paper.fails = [Undelivered("no such channel", permanent=True)]
    asyncio.run(world.deliver("2026-03-24 09:00"))

    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.why) == (State.GIVEN_UP, "no such channel")


def test_a_broken_channel_is_asked_and_tried_again_and_what_it_says_is_not_kept(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    world.paper.fails = [RuntimeError("token xoxb-4711")]
    asyncio.run(world.deliver("2026-03-24 09:00"))
    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.why) == (State.DUE, "a fault in the channel: RuntimeError")

    asyncio.run(world.deliver("2026-03-24 09:01"))
    assert world.paper.titles == ["opened: Credits have not arrived"]


def test_a_destination_that_is_not_there_is_given_up(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    parcels = world.store.write(prepare, world.rulebook, at("2026-03-24 09:00"), world.boot, world.outlets)
    outcomes = [asyncio.run(tell_parcel(parcel, Outlets({}.get))) for parcel in parcels]
    world.store.write(settle, outcomes, at("2026-03-24 09:00"), world.outlets.ways)

    (delivery,) = world.deliveries()
    assert (delivery.state, delivery.why) == (State.GIVEN_UP, "there is no destination 'console'")


def test_what_was_opened_and_resolved_before_anybody_heard_is_not_told(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    record(world, "2026-03-24 09:01", credits_granted=Money(10**9, "USD"))

    assert tell(world, "2026-03-24 09:02") == []
    assert {delivery.state for delivery in world.deliveries()} == {State.DROPPED}


def test_of_several_steps_that_nobody_heard_the_newest_is_told(world: World):
    world.declare("2026-03-02 10:00", lab())
    for now in ("2026-03-16 09:00", "2026-03-24 09:00", "2026-03-30 09:00"):
        world.judge(now)
    asyncio.run(world.deliver("2026-03-30 09:00"))

    assert [post.message.step for post in world.paper.told] == ["1 week after"]


def test_an_ended_grant_is_named_as_ended_with_what_is_owed_and_nothing_else(world: World):
    world.declare("2026-11-22 10:00", lab(accepted="2024-03-11", enrolled="2026-11-22"))

    assert tell(world, "2026-11-22 10:00") == ["standing: This grant ended on 11 March 2025"]
    message = world.paper.told[0].message
    assert message.say == "Still owed:"
    assert [row.partition(".")[0] for row in message.rows] == [
        "One-page summary is due (11 March 2025, 621 days ago)"
    ]
    assert message.letter is not None
    assert message.answers == (
        Answer("When did you send the one-page summary?", "record", "lab summary_submitted_on today"),
    )
    assert tell(world, "2028-11-22 10:00") == []


def test_steps_before_enrolment_are_asked_together_and_later_ones_told(world: World):
    world.declare("2026-03-25 10:00", lab(enrolled="2026-03-25"))

    assert tell(world, "2026-03-25 10:00") == ["standing: Now watched"]
    assert tell(world, "2026-03-30 09:00") == ["escalated: Credits have not arrived"]


def test_an_edit_of_the_rules_does_not_surprise_whoever_edits(world: World, tmp_path):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-24 09:00")
    world.edit({'"every week after, 4 times"': '3 days after, "every week after, 4 times"'}, tmp_path)

    assert tell(world, "2026-03-28 12:00") == []
    assert tell(world, "2026-03-30 09:00") == ["escalated: Credits have not arrived"]


def test_a_removed_rule_closes_its_alert_with_one_line(world: World, tmp_path):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-24 09:00")
    world.edit({"id: credits-not-allocated": "id: credits-missing"}, tmp_path)

    told = tell(world, "2026-03-24 10:00")

    assert f"closed: No longer watched: {MISSING}" in told
    assert tell(world, "2026-03-24 11:00") == []


def test_a_program_whose_file_is_gone_leaves_everything_as_it_was(world: World):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-24 09:00")
    whole = world.rulebook
    world.rulebook = type(whole)({}, "empty")

    assert tell(world, "2026-03-30 09:00") == []
    world.rulebook = whole
    assert tell(world, "2026-03-30 10:00") == []
    assert tell(world, "2026-04-06 09:00") == ["escalated: Credits have not arrived"]


def test_an_account_taken_out_of_the_file_is_forgotten_without_a_word(world: World):
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-24 09:00")
    world.declare("2026-03-24 10:00")

    assert tell(world, "2026-03-30 09:00") == []
    assert [alert.open for alert in world.store.read(lambda tx: tx.alerts(["lab"])).values()] == [False] * 1


def reading(now: str, spent: int) -> Reading:
    costs = Costs.by_day("USD", {date(2026, 4, 1).toordinal(): spent * 10**6})
    return Reading("openai", utc(now), {"spend_limit": None}, costs=costs)


GRANTED = {"credits_granted": Money(10**9, "USD"), "credits_granted_on": date(2026, 3, 10)}


def test_a_budget_threshold_is_told_when_the_costs_cross_it(world: World):
    world.declare("2026-03-10 10:00", lab(polled=True, **GRANTED))
    world.store.write(take, "lab", reading("2026-04-02 10:00", 700))

    assert tell(world, "2026-04-02 12:00") == ["opened: Credits are running low, 70% used"]
    world.store.write(take, "lab", reading("2026-04-02 10:30", 810))
    assert tell(world, "2026-04-02 12:30") == ["escalated: Credits are running low, 81% used"]


def test_a_poll_that_changed_nothing_makes_no_work(world: World):
    world.declare("2026-03-10 10:00", lab(polled=True, **GRANTED))
    assert world.store.write(take, "lab", reading("2026-04-02 10:00", 700))
    tell(world, "2026-04-02 12:00")
    before = world.store.read(lambda tx: tx.next_moment())

    assert not world.store.write(take, "lab", reading("2026-04-02 11:00", 700))
    assert world.store.read(lambda tx: tx.next_moment()) == before


def test_a_provider_that_cannot_be_read_resolves_nothing_and_is_read_again(world: World):
    world.declare("2026-03-10 10:00", lab(polled=True, **GRANTED))
    world.store.write(take, "lab", reading("2026-04-02 10:00", 810))
    tell(world, "2026-04-02 12:00")
    world.store.write(miss, "lab", "openai", "the provider answers with 500", utc("2026-04-03 10:00"))

    assert tell(world, "2026-04-05 12:00") == []
    (alert,) = [alert for alert in world.store.read(lambda tx: tx.alerts(["lab"])).values() if alert.open]
    assert alert.unread_since is not None

    assert world.store.write(take, "lab", reading("2026-04-06 10:00", 810))
    assert tell(world, "2026-04-06 12:00") == []
    (alert,) = [alert for alert in world.store.read(lambda tx: tx.alerts(["lab"])).values() if alert.open]
    assert alert.unread_since is None


def test_an_unread_spend_limit_is_not_taken_for_a_missing_one(world: World):
    world.declare("2026-03-02 10:00", lab(polled=True, **GRANTED))
    told = tell(world, "2027-02-17 09:00")

    assert not any("Nothing stops" in title for title in told)
    world.store.write(take, "lab", reading("2027-02-17 10:00", 10))
    assert "opened: Nothing stops paid usage after 2 March" in tell(world, "2027-02-17 12:00")


def test_a_letter_that_cannot_be_filled_costs_the_letter_and_not_the_message(world: World):
    def torn(_: object) -> str:
        raise ValueError("a hole in the paper")

    program = world.rulebook.programs[PROGRAM]
    drafts = {name: replace(draft, body=torn) for name, draft in program.drafts.items()}
    world.rulebook = Rulebook({PROGRAM: replace(program, drafts=drafts)}, "torn")
    world.declare("2026-03-02 10:00", lab())

    assert tell(world, "2026-03-24 09:00") == ["opened: Credits have not arrived"]
    message = world.paper.told[0].message
    assert message.letter is None
    assert message.say.endswith("The letter is missing: a hole in the paper")


def test_a_grant_without_a_day_of_enrolment_counts_from_when_it_was_first_seen(world: World):
    world.declare("2026-03-25 10:00", lab(enrolled=None))

    assert tell(world, "2026-03-25 10:00") == ["standing: Now watched"]
    world.declare("2026-03-28 10:00", lab(enrolled=None, use_case="Why models agree"))
    assert tell(world, "2026-03-30 09:00") == ["escalated: Credits have not arrived"]
    (account,) = world.store.read(lambda tx: tx.accounts(["lab"]))
    assert account.grants[0].enrolled_on == date(2026, 3, 25).toordinal()
