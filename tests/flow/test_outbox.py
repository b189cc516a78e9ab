"""The outbox: who hears what in which company, thread and pace; and what a failure costs: nothing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date

import pytest

from notifier.core.account import Pause
from notifier.core.alert import Cause, Reason, Transition
from notifier.core.delivery import Destination, Doubt, State
from notifier.core.money import Money
from notifier.core.rule import Rulebook
from notifier.core.subject import Subject
from notifier.flow.act import NEVER_TELL, RETRY
from notifier.flow.declare import Declaration
from notifier.flow.deliver import Outcome, Parcel, prepare, tell_in_turn
from notifier.flow.hold import begin, drop, weigh
from notifier.flow.settle import settle
from notifier.ports import Act, Post, Undelivered
from notifier.store.store import Store

from .conftest import PROGRAM, World, at, lab

DAY = "2026-03-24 10:00"  # a day after the program's three weeks
WEEK_LATER = "2026-03-31 10:00"
SLACK, MAIL = "slack:#lab", "mailto:a@example.edu"
GRANTED = {"credits_granted": Money(10**9, "USD"), "credits_granted_on": date(2026, 3, 24)}


def office(number: int) -> list[Declaration]:
    """So many accounts with the same people, each of which has the same to tell."""
    return [replace(lab(), account=replace(lab().account, id=f"lab-{n:02}")) for n in range(1, number + 1)]


def tell(world: World, now: str) -> None:
    world.judge(now)
    asyncio.run(world.deliver(now))


def act(world: World, kind: str, about: str, now: str, name: str = "act", **said: object) -> None:
    account = about if kind == "record" else "notifier"
    done = Act(name, kind, account, "1" if kind == "record" else about, said, at(now), "ada")
    world.store.write(lambda tx: tx.put_act(done))


def states(world: World) -> list[State]:
    return [each.state for each in world.deliveries()]


# -- who hears ------------------------------------------------------------------------------------------------


def test_each_role_hears_through_its_first_address_that_can_be_told(world):
    world.reach(SLACK, MAIL)
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)

    assert {name: paper.titles for name, paper in world.papers.items()} == {
        SLACK: ["opened: Credits have not arrived"],
        MAIL: ["opened: Credits have not arrived"],
    }
    assert world.paper.told == []


def test_who_cannot_be_told_is_named_to_those_who_can(world):
    world.reach(SLACK)
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)

    [post] = world.papers[SLACK].told
    assert post.message.told.startswith("Told: team (#lab); PI (A. Researcher) cannot be reached; again on")


def test_where_nobody_can_be_told_the_fallback_hears_and_else_the_console(world):
    world.reach("mailto:office@example.edu")
    world.declare("2026-03-02 10:00", lab())
    tell(world, "2026-03-16 10:00")
    world.fallback = "mailto:office@example.edu"
    tell(world, DAY)

    assert [post.message.step for post in world.paper.told] == ["1 week before"]
    assert [post.message.step for post in world.papers["mailto:office@example.edu"].told] == ["1 day after"]


# -- threads --------------------------------------------------------------------------------------------------


def test_what_follows_goes_on_with_the_thread_and_changes_its_first_post(world):
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    tell(world, WEEK_LATER)
    first, second = world.paper.told

    assert (first.parent, first.above, first.thread) == (None, None, first.id)
    assert (second.parent, second.thread, second.topic) == (first.key, first.id, first.topic)
    assert second.above == second.message
    assert second.worse
    assert second.id != first.id


def test_an_end_is_no_worsening_and_a_new_beginning_begins_a_new_thread(world):
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    act(world, "record", "lab", WEEK_LATER, **GRANTED)
    tell(world, WEEK_LATER)
    world.store.write(lambda tx: tx.put_act(Act("undo", "undo", "lab", "1", GRANTED, at(WEEK_LATER), "ada")))
    tell(world, "2026-04-01 10:00")
    first, done, again = world.paper.told

    assert (done.parent, done.worse, done.message.headline) == (first.key, False, "Done: Credits have not arrived")
    assert (again.parent, again.thread) == (None, again.id)


def test_the_name_of_a_thread_says_the_day_and_not_how_far_it_is(world):
    world.declare("2026-03-02 10:00", lab(**GRANTED))
    tell(world, "2027-01-01 09:00")
    tell(world, "2027-02-05 09:00")
    first, second = (post for post in world.paper.told if post.message.headline.startswith("Free"))

    assert first.message.title == "Free access ends in 60 days · lab"
    assert second.message.title == "Free access ends in 25 days · lab"
    assert first.topic == second.topic == "Free access ends on 2 March · lab"


def test_two_databases_never_take_each_others_posts_for_their_own(world, tmp_path, shipped):
    other = World(Store.open(tmp_path / "other.db", lock=True), shipped)
    for each in (world, other):
        each.declare("2026-03-02 10:00", lab())
        tell(each, DAY)
    other.store.close()

    assert world.paper.told[0].key == other.paper.told[0].key
    assert world.paper.told[0].id != other.paper.told[0].id


# -- tables ---------------------------------------------------------------------------------------------------


def test_three_are_told_one_by_one_and_four_in_a_table(world):
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)
    assert len(world.paper.told) == 3

    more = [replace(each, account=replace(each.account, id=f"more-{each.account.id}")) for each in office(4)]
    world.declare(DAY, *office(3), *more)
    tell(world, DAY)
    [table] = world.paper.told[3:]

    assert table.message.title == "Credits have not arrived · 4 accounts"
    assert [line.about for line in table.message.lines] == [f"more-lab-{n:02}" for n in range(1, 5)]
    assert all(line.letter is not None and line.state == "1 day after" for line in table.message.lines)
    assert states(world) == [State.DONE] * 7


def test_long_tables_are_cut_into_posts_of_about_the_same_length(world):
    world.declare("2026-03-02 10:00", *office(60))
    tell(world, DAY)

    assert [len(post.message.lines) for post in world.paper.told] == [20, 20, 20]


def test_a_table_goes_on_as_one_thread_and_each_line_keeps_its_state(world):
    world.declare("2026-03-02 10:00", *office(5))
    tell(world, DAY)
    act(world, "record", "lab-02", "2026-03-25 10:00", **GRANTED)
    tell(world, "2026-03-25 10:00")
    tell(world, WEEK_LATER)
    table, done, later = world.paper.told

    assert (done.parent, done.message.title) == (table.key, "Done: Credits have not arrived · lab-02")
    assert [line.state for line in done.above.lines] == ["1 day after", "done", *["1 day after"] * 3]
    assert done.above.lines[1].letter is None
    assert later.thread == table.thread
    assert [line.about for line in later.message.lines] == ["lab-01", "lab-03", "lab-04", "lab-05"]
    assert [line.state for line in later.above.lines] == ["1 week after", "done", *["1 week after"] * 3]


def test_a_table_of_alerts_that_were_told_apart_begins_a_thread_and_changes_theirs(world):
    for number, declared in enumerate(office(4)):
        world.declare(f"2026-03-02 1{number}:00", *office(4)[: number + 1])
        tell(world, f"2026-03-16 1{number}:00")
        assert world.paper.told[-1].message.about == declared.account.id
    tell(world, DAY)
    table = world.paper.told[-1]

    assert (table.parent, len(table.message.lines)) == (None, 4)
    assert [receipt for receipt, _ in table.others] == [post.key for post in world.paper.told[:4]]
    assert [message.title for _, message in table.others] == [
        f"Credits have not arrived · lab-0{n}" for n in range(1, 5)
    ]


def test_a_table_is_frozen_as_one_and_shares_what_comes_of_it(world):
    world.declare("2026-03-02 10:00", *office(4))
    world.judge(DAY)
    world.paper.fails = [Undelivered("busy", again_in=60)]
    asyncio.run(world.deliver(DAY))
    assert states(world) == [State.DUE, State.JOINED, State.JOINED, State.JOINED]
    act(world, "record", "lab-02", "2026-03-24 10:00", **GRANTED)
    world.judge("2026-03-24 10:00")

    asyncio.run(world.deliver("2026-03-24 10:05"))
    table, done = world.paper.told

    assert [line.state for line in table.message.lines] == ["1 day after"] * 4
    assert (done.message.headline, done.parent) == ("Done: Credits have not arrived", table.key)
    assert states(world) == [State.DONE] * 5


# -- failures -------------------------------------------------------------------------------------------------


def test_slack_accepted_and_mail_refused_means_that_only_the_mail_is_tried_again(world):
    world.reach(SLACK, MAIL)
    world.papers[MAIL].fails = [Undelivered("greylisted, come back later")]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    assert (len(world.papers[SLACK].told), len(world.papers[MAIL].told)) == (1, 0)

    asyncio.run(world.deliver("2026-03-24 10:01"))

    assert (len(world.papers[SLACK].told), len(world.papers[MAIL].told)) == (1, 1)


def test_a_destination_that_fails_as_a_whole_is_tried_with_one_post_and_the_others_wait_unfrozen(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("rate limited", again_in=600, whole=True)]
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)
    first, *others = world.deliveries()

    assert (first.state, first.attempts, first.post is None) == (State.DUE, 1, False)
    assert {(each.state, each.attempts, each.post) for each in others} == {(State.DUE, 0, None)}
    [destination] = world.store.read(lambda tx: tx.destinations())
    assert (destination.next_slot, destination.why) == (at("2026-03-24 10:10"), "rate limited")
    assert world.store.read(lambda tx: tx.next_moment(at(DAY))) == at("2026-03-24 10:10")


def test_a_wait_that_a_destination_asked_for_outlives_a_restart(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("rate limited", again_in=600, whole=True)]
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)
    world.restart()

    asyncio.run(world.deliver("2026-03-24 10:09"))
    assert world.papers[SLACK].told == []
    asyncio.run(world.deliver("2026-03-24 10:10"))
    assert len(world.papers[SLACK].told) == 3
    assert [each.why for each in world.store.read(lambda tx: tx.destinations())] == [""]


def test_a_destination_has_its_pace_and_the_others_do_not_wait_for_it(world):
    world.reach(SLACK, MAIL)
    world.papers[SLACK].pace = 1
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)
    assert (len(world.papers[SLACK].told), len(world.papers[MAIL].told)) == (1, 3)
    world.judge(DAY)  # their letters are items now
    assert world.store.read(lambda tx: tx.next_moment(at(DAY))) == at(DAY) + 1

    asyncio.run(world.deliver("2026-03-24 10:00:01"))
    asyncio.run(world.deliver("2026-03-24 10:00:02"))
    assert len(world.papers[SLACK].told) == 3


def test_nothing_is_claimed_for_a_destination_that_is_being_told(world):
    world.reach(SLACK, MAIL)
    world.declare("2026-03-02 10:00", lab())
    world.judge(DAY)
    parcels = world.store.write(prepare, world.rulebook, at(DAY), world.boot, world.outlets, {SLACK})

    assert [parcel.delivery.destination for parcel in parcels] == [MAIL]
    assert world.store.read(lambda tx: tx.next_moment(at(DAY), {SLACK})) > at(DAY)


def test_it_is_tried_for_more_than_five_days_and_then_told_elsewhere_with_the_cause(world):
    world.reach(SLACK, MAIL)
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-16 10:00")
    world.papers[SLACK].fails = [Undelivered("no answer")] * 500
    begun = now = at("2026-03-16 10:00")
    while world.deliveries()[0].state is not State.GIVEN_UP:
        (parcel,) = world.store.write(prepare, world.rulebook, now, world.boot, world.outlets)
        settle_failed(world, parcel, now)
        tried, now = now, world.store.read(lambda tx, at=now: tx.next_moment(at))

    assert 5 * 86_400 < tried - begun < 8 * 86_400
    asyncio.run(world.deliver("2026-03-24 08:00"))
    [told] = world.papers[MAIL].told
    assert told.message.title == "Could not be told to #lab: Credits have not arrived · lab"
    assert told.message.say.endswith("no answer")
    assert "Tried" in told.message.say


def settle_failed(world: World, parcel: Parcel, now: int) -> None:
    failed = Outcome(parcel, error=Undelivered("no answer"))
    world.store.write(settle, [failed], now, world.outlets.ways)


@pytest.mark.parametrize(
    ("fallback", "reached", "where"),
    [
        ("mailto:office@example.edu", ["mailto:office@example.edu", SLACK, MAIL], "mailto:office@example.edu"),
        ("", [SLACK, MAIL], MAIL),
        ("", [SLACK], "console"),
    ],
    ids=["the fallback", "another address of the account", "the console"],
)
def test_what_is_refused_for_ever_is_told_elsewhere_at_once_with_its_letter(world, fallback, reached, where):
    world.reach(*reached)
    world.fallback = fallback
    world.papers[SLACK].fails = [Undelivered("#lab is archived", permanent=True, whole=True)]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    told = (world.papers | {"console": world.paper})[where].told[-1]

    assert told.message.headline == "Could not be told to #lab: Credits have not arrived"
    assert told.message.say.endswith("Tried once: #lab is archived")
    assert told.message.letter is not None
    assert told.message.answers[-1].rest.startswith("D")


def test_where_the_fallback_fails_too_the_next_one_hears_and_at_last_the_console(world):
    world.reach(SLACK, MAIL)
    for paper in world.papers.values():
        paper.fails = [Undelivered("gone", permanent=True)] * 3
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-16 10:00")
    asyncio.run(world.deliver("2026-03-16 10:00"))

    assert [post.message.headline for post in world.paper.told] == [
        "Could not be told to #lab: Credits have not arrived"
    ]
    assert [each.state for each in world.deliveries()] == [State.GIVEN_UP, State.GIVEN_UP, State.DONE]


def test_what_the_console_cannot_tell_is_told_to_nobody_and_stays_in_sight(world):
    world.paper.fails = [Undelivered("the disk is gone", permanent=True)]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)

    assert states(world) == [State.GIVEN_UP]


def test_a_table_that_is_given_up_is_told_elsewhere_as_a_whole(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("revoked", permanent=True, whole=True)]
    world.declare("2026-03-02 10:00", *office(3), *named("other", 3))
    tell(world, DAY)

    assert [post.message.headline for post in world.paper.told] == [
        "Could not be told to #lab: Credits have not arrived"
    ]
    assert State.GIVEN_UP in states(world)


def named(prefix: str, number: int) -> list[Declaration]:
    return [
        replace(each, account=replace(each.account, id=f"{prefix}-{each.account.id}")) for each in office(number)
    ]


# -- doubt ----------------------------------------------------------------------------------------------------


def lose_the_answer(world: World) -> None:
    """Tell it, and lose the answer."""
    world.declare("2026-03-02 10:00", lab())
    world.judge(DAY)
    (parcel,) = world.store.write(prepare, world.rulebook, at(DAY), world.boot, world.outlets)
    asyncio.run(world.paper.deliver(parcel.post))
    world.restart()


def test_what_may_have_arrived_is_asked_about_and_not_told_twice(world):
    lose_the_answer(world)
    asyncio.run(world.deliver("2026-03-24 10:01"))

    assert len(world.paper.told) == 1
    assert states(world) == [State.DONE]


def test_an_answer_that_was_lost_is_asked_about_too(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge(DAY)
    world.paper.fails = [Undelivered("no answer came", unknown=True)]
    asyncio.run(world.deliver(DAY))
    assert [each.doubt for each in world.deliveries()] == [Doubt.UNKNOWN]
    world.paper.told.append(
        world.store.write(prepare, world.rulebook, at("2026-03-24 10:01"), "first", world.outlets)[0].post
    )
    world.restart()
    asyncio.run(world.deliver("2026-03-24 10:02"))

    assert len(world.paper.told) == 1


def test_a_channel_that_cannot_be_asked_sends_it_again(world):
    lose_the_answer(world)
    world.paper.dumb = True
    asyncio.run(world.deliver("2026-03-24 10:01"))

    first, second = world.paper.told
    assert (first.id, first.message) == (second.id, second.message)


def test_or_a_person_is_asked_and_says_send_it_again(world):
    lose_the_answer(world)
    world.paper.dumb, world.resend = True, False
    asyncio.run(world.deliver("2026-03-24 10:01"))
    [lost] = world.deliveries()
    assert (lost.state, lost.why) == (
        State.GIVEN_UP,
        "it may have arrived, and nobody can be asked: `retry` sends it again",
    )

    act(world, RETRY, f"D{lost.id}", "2026-03-24 11:00")
    tell(world, "2026-03-24 11:00")
    assert len(world.paper.told) == 2
    assert states(world) == [State.DONE]


def test_a_failure_that_is_certain_is_not_asked_about(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge(DAY)
    world.paper.fails = [Undelivered("connection refused", whole=True)]
    asyncio.run(world.deliver(DAY))
    world.paper.dumb, world.resend = True, False
    asyncio.run(world.deliver("2026-03-24 10:01"))

    assert states(world) == [State.DONE]


# -- what a person says ---------------------------------------------------------------------------------------


def give_up(world: World, *accounts: Declaration) -> None:
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("archived", permanent=True, whole=True)]
    world.declare("2026-03-02 10:00", *accounts)
    tell(world, DAY)


@pytest.mark.parametrize("word", ["D1", "1", SLACK], ids=["a delivery", "its number", "a destination"])
def test_retry_tells_what_was_given_up(world, word):
    give_up(world, lab())
    act(world, RETRY, word, "2026-03-25 10:00")
    tell(world, "2026-03-25 10:00")

    assert world.papers[SLACK].titles == ["opened: Credits have not arrived"]
    assert world.store.read(lambda tx: tx.troubled()) == []


def test_retry_of_a_table_tells_the_whole_table(world):
    give_up(world, *office(4))
    act(world, RETRY, "D3", "2026-03-25 10:00")
    tell(world, "2026-03-25 10:00")

    [table] = world.papers[SLACK].told
    assert len(table.message.lines) == 4
    assert [each.state for each in world.deliveries() if each.destination == SLACK] == [State.DONE] * 4


def test_given_up_a_second_time_it_is_told_elsewhere_a_second_time(world):
    give_up(world, lab())
    world.papers[SLACK].fails = [Undelivered("still archived", permanent=True, whole=True)]
    act(world, RETRY, "D1", "2026-03-25 10:00")
    tell(world, "2026-03-25 10:00")

    assert [post.message.say.rpartition(": ")[2] for post in world.paper.told] == ["archived", "still archived"]


def test_drop_is_never_told_and_the_same_act_twice_has_one_effect(world):
    give_up(world, lab())
    act(world, NEVER_TELL, SLACK, "2026-03-25 10:00")
    act(world, NEVER_TELL, SLACK, "2026-03-25 10:00")
    tell(world, "2026-03-25 10:00")

    [lost, _] = world.deliveries()
    assert (lost.state, lost.why) == (State.DROPPED, "dropped by ada")
    assert world.papers[SLACK].told == []


def test_what_is_told_already_can_neither_be_tried_again_nor_dropped(world):
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    for kind in (RETRY, NEVER_TELL):
        act(world, kind, "D1", DAY, name=kind)
    tell(world, "2026-03-25 10:00")

    assert states(world) == [State.DONE]
    assert len(world.paper.told) == 1


# -- rare ways ------------------------------------------------------------------------------------------------


def test_a_table_whose_turn_did_not_come_is_told_in_the_company_of_that_day(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("down", again_in=60, whole=True)]
    world.declare("2026-03-02 10:00", *office(30))
    tell(world, DAY)
    first, second = world.deliveries()[:15], world.deliveries()[15:]
    assert [each.state for each in first] == [State.DUE, *[State.JOINED] * 14]
    assert {(each.state, each.leader, each.post, each.attempts) for each in second} == {(State.DUE, 0, None, 0)}

    act(world, "record", "lab-20", "2026-03-24 10:00", **GRANTED)
    tell(world, "2026-03-24 10:02")
    assert [len(post.message.lines) for post in world.papers[SLACK].told] == [15, 14]


def test_what_waits_for_a_destination_that_is_down_for_days_is_given_up_too(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("down", again_in=6 * 3600, whole=True)] * 500
    world.declare("2026-03-02 10:00", *office(3))
    world.judge("2026-03-16 10:00")
    for hours in range(0, 7 * 24, 7):
        moment = at("2026-03-16 10:00") + hours * 3600
        parcels = world.store.write(prepare, world.rulebook, moment, world.boot, world.outlets)
        outcomes = asyncio.run(all_of(world, parcels))
        world.store.write(settle, outcomes, moment, world.outlets.ways)

    there = [each for each in world.deliveries() if each.destination == SLACK]
    assert {each.state for each in there} == {State.GIVEN_UP}
    assert {each.why for each in there} == {"down"}


async def all_of(world: World, parcels: list[Parcel]) -> list[Outcome]:
    there = [parcel for parcel in parcels if parcel.delivery.destination == SLACK]
    return [outcome async for outcome in tell_in_turn(there, world.outlets)]


def test_a_thread_that_an_older_release_began_goes_on(world):
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    [told] = world.deliveries()
    world.store.write(lambda tx: tx.put_delivery(replace(told, around=None)))
    tell(world, WEEK_LATER)
    first, second = world.paper.told

    assert (second.parent, second.thread, second.topic) == (first.key, first.id, first.topic)
    assert second.above == second.message


def test_a_first_message_whose_letter_cannot_be_filled_comes_without_it(world):
    def torn(_: object) -> str:
        raise ValueError("a hole in the paper")

    program = world.rulebook.programs[PROGRAM]
    drafts = {name: replace(draft, body=torn) for name, draft in program.drafts.items()}
    world.rulebook = Rulebook({PROGRAM: replace(program, drafts=drafts)}, "torn")
    world.declare("2026-03-25 10:00", lab(enrolled="2026-03-25"))
    tell(world, "2026-03-25 10:00")

    [post] = world.paper.told
    assert post.message.headline == "Now watched"
    assert post.message.letter is None
    assert post.message.say.endswith("The letter is missing: a hole in the paper")


def test_a_first_message_of_a_rule_that_is_gone_says_so(world):
    world.declare("2026-03-25 10:00", lab(enrolled="2026-03-25"))
    world.judge("2026-03-25 10:00")
    world.rulebook = Rulebook({}, "gone")
    asyncio.run(world.deliver("2026-03-25 10:00"))

    assert world.paper.titles == ["closed: No longer watched: openai-researcher-access/credits-not-allocated"]


def test_what_is_told_elsewhere_of_a_delivery_that_nobody_knows_says_so(world):
    told = Transition(Reason.UNDELIVERED, at(DAY), 1, 1, None, None)
    world.store.write(
        lambda tx: tx.owe(Subject("notifier/undelivered", "notifier", "99"), told, "console", Cause.MOMENT, 1)
    )
    asyncio.run(world.deliver(DAY))

    assert world.paper.titles == ["closed: No longer watched: notifier/undelivered"]


# -- what a careless change would break -------------------------------------------------------------------------


def remembered(world: World, name: str = SLACK) -> Destination:
    [found] = world.store.read(lambda tx: tx.destinations([name]))
    return found


def test_what_was_tried_is_not_overtaken_for_it_may_have_arrived(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-16 10:00")
    world.paper.fails = [Undelivered("no answer came", unknown=True, again_in=9 * 86_400)]
    asyncio.run(world.deliver("2026-03-16 10:00"))
    tell(world, DAY)
    asyncio.run(world.deliver("2026-03-25 10:00"))

    assert [post.message.step for post in world.paper.told] == ["1 week before", "1 day after"]


def test_a_pace_does_not_make_forget_that_a_destination_fails(world):
    world.reach(SLACK)
    world.papers[SLACK].pace = 1
    world.papers[SLACK].fails = [Undelivered("down", again_in=60, whole=True)] * 2
    world.declare("2026-03-02 10:00", *office(2))
    tell(world, DAY)
    tell(world, "2026-03-24 10:05")

    assert (remembered(world).failures, remembered(world).failing_since) == (2, at(DAY))


def test_a_wait_that_is_shorter_than_the_pace_does_not_shorten_it(world):
    world.reach(SLACK)
    world.papers[SLACK].pace = 60
    world.papers[SLACK].fails = [Undelivered("rate limited", again_in=7, whole=True)]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)

    assert remembered(world).next_slot == at(DAY) + 60


def test_a_destination_that_works_again_is_remembered_as_one_that_never_failed(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("down", again_in=60, whole=True)]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    tell(world, "2026-03-24 10:05")

    assert remembered(world) == Destination(SLACK, next_slot=at("2026-03-24 10:01"))


def test_a_post_says_since_when_it_is_tried_and_not_since_when_it_is_due(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-24 09:00")
    world.paper.fails = [Undelivered("busy", again_in=60)]
    for now in (DAY, "2026-03-24 10:05"):
        asyncio.run(world.deliver(now))

    assert [post.since for post in world.paper.told] == [at(DAY)]


def test_where_a_destination_is_refused_for_ever_the_others_are_given_up_untried(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("#lab is archived", permanent=True, whole=True)]
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)

    assert world.papers[SLACK].told == []
    assert [each.state for each in world.deliveries() if each.destination == SLACK] == [State.GIVEN_UP] * 3
    assert len(world.paper.told) == 3


def test_where_one_post_is_refused_the_others_are_told(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("too long", permanent=True)]
    world.declare("2026-03-02 10:00", *office(3))
    tell(world, DAY)

    assert [post.message.about for post in world.papers[SLACK].told] == ["lab-02", "lab-03"]


def test_what_failed_by_itself_and_then_had_no_turn_stays_frozen(world):
    world.reach(SLACK)
    world.papers[SLACK].fails = [
        *(Undelivered("busy", again_in=60), Undelivered("busy", again_in=60, unknown=True)),
        Undelivered("down", again_in=60, whole=True),
    ]
    world.declare("2026-03-02 10:00", *office(2))
    tell(world, DAY)
    before = [each for each in world.deliveries() if each.destination == SLACK]
    asyncio.run(world.deliver("2026-03-24 10:05"))
    _, second = (each for each in world.deliveries() if each.destination == SLACK)

    assert (second.state, second.attempts, second.doubt, second.why) == (State.DUE, 1, Doubt.UNKNOWN, "down")
    assert second.post == before[1].post is not None
    assert (second.around, second.tried_at) == (before[1].around, at(DAY))


def test_news_is_not_given_up_because_its_destination_has_failed_for_long(world):
    world.reach(SLACK)
    world.declare("2026-03-02 10:00", *office(2))
    failing = Destination(SLACK, failing_since=at("2026-03-10 10:00"), failures=9, why="down")
    world.store.write(lambda tx: tx.put_destination(failing))
    world.papers[SLACK].fails = [Undelivered("down", again_in=60, whole=True)]
    tell(world, DAY)

    assert [each.state for each in world.deliveries() if each.destination == SLACK] == [State.DUE] * 2


def test_who_shares_a_table_is_given_up_with_it(world):
    give_up(world, *office(4))

    there = [each for each in world.deliveries() if each.destination == SLACK]
    assert [(each.state, each.why) for each in there] == [(State.GIVEN_UP, "archived")] * 4


def test_a_fault_in_a_channel_leaves_a_doubt_and_what_arrived_leaves_none(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge(DAY)
    world.paper.fails = [RuntimeError("torn")]
    asyncio.run(world.deliver(DAY))
    assert [each.doubt for each in world.deliveries()] == [Doubt.UNKNOWN]

    asyncio.run(world.deliver("2026-03-24 10:01"))
    assert [(each.state, each.doubt) for each in world.deliveries()] == [(State.DONE, Doubt.NONE)]


def test_a_doubt_outlives_a_failure_that_is_certain(world):
    lose_the_answer(world)
    find, world.paper.find = world.paper.find, refused
    asyncio.run(world.deliver("2026-03-24 10:01"))
    assert [(each.state, each.doubt) for each in world.deliveries()] == [(State.DUE, Doubt.UNKNOWN)]

    world.paper.find = find
    asyncio.run(world.deliver("2026-03-24 10:05"))
    assert len(world.paper.told) == 1
    assert states(world) == [State.DONE]


async def refused(_: Post) -> str:
    raise Undelivered("connection refused", whole=False)


def test_retry_of_what_may_have_arrived_asks_the_channel_and_tells_nothing_twice(world):
    lose_the_answer(world)
    world.paper.dumb, world.resend = True, False
    asyncio.run(world.deliver("2026-03-24 10:01"))
    assert states(world) == [State.GIVEN_UP]

    world.paper.dumb = False
    act(world, RETRY, "D1", "2026-03-24 11:00")
    tell(world, "2026-03-24 11:00")
    assert len(world.paper.told) == 1
    assert states(world) == [State.DONE]


def test_retry_gives_it_six_days_more(world):
    world.reach(SLACK)
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-16 10:00")
    [owed] = world.deliveries()
    lost = {"attempts": 31, "tried_at": at("2026-03-16 10:00"), "why": "no answer"}
    world.store.write(lambda tx: tx.put_delivery(replace(owed, state=State.GIVEN_UP, **lost)))
    world.papers[SLACK].fails = [Undelivered("no answer")]
    act(world, RETRY, "D1", "2026-03-23 08:00")
    tell(world, "2026-03-23 08:00")

    assert [(each.state, each.attempts) for each in world.deliveries()] == [(State.DUE, 32)]


@pytest.mark.parametrize("whole", [False, True], ids=["the delivery waits", "the destination waits"])
def test_retry_ends_a_wait(world, whole):
    world.reach(SLACK)
    world.papers[SLACK].fails = [Undelivered("busy", again_in=6 * 3600, whole=whole)]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    act(world, RETRY, SLACK, "2026-03-24 10:01")
    tell(world, "2026-03-24 10:01")

    assert world.papers[SLACK].titles == ["opened: Credits have not arrived"]


def test_each_post_of_a_thread_follows_the_newest_one(world):
    world.declare("2026-03-02 10:00", lab())
    for now in (DAY, WEEK_LATER, "2026-04-07 10:00"):
        tell(world, now)
    first, second, third = world.paper.told

    assert (second.parent, third.parent) == (first.key, second.key)
    assert first.thread == second.thread == third.thread


def test_a_table_follows_the_newest_post_about_any_of_its_lines(world):
    world.declare("2026-03-02 10:00", *office(5))
    tell(world, DAY)
    worse = Transition(Reason.ESCALATED, at("2026-03-25 10:00"), 1, 7, "1 day after", None)
    subject = Subject(f"{PROGRAM}/credits-not-allocated", "lab-05", "1")
    world.store.write(lambda tx: tx.owe(subject, worse, "console", Cause.MOMENT, 99))
    asyncio.run(world.deliver("2026-03-25 10:00"))
    tell(world, WEEK_LATER)
    table, reply, later = world.paper.told

    assert (len(later.message.lines), later.thread) == (5, table.thread)
    assert later.parent == reply.key


def test_a_table_with_something_new_begins_a_thread_of_its_own(world):
    world.declare("2026-03-02 10:00", *office(5))
    tell(world, DAY)
    world.declare("2026-03-24 11:00", *office(6))
    tell(world, WEEK_LATER)
    first, second = world.paper.told

    assert [line.about for line in second.message.lines] == [f"lab-0{n}" for n in range(1, 7)]
    assert (second.parent, second.thread) == (None, second.id)
    [(receipt, says)] = second.others
    assert receipt == first.key
    assert [line.state for line in says.lines] == ["1 week after"] * 5


# -- found by a tester: each fails ------------------------------------------------------------------------------


def test_what_rested_in_a_pause_is_told_at_its_destinations_pace(world):
    world.reach(SLACK)
    world.papers[SLACK].pace = 1
    pause = Pause("sabbatical", date(2026, 3, 25).toordinal())
    world.declare("2026-03-02 10:00", *(replace(e, account=replace(e.account, paused=pause)) for e in office(3)))
    tell(world, DAY)
    over = "2026-03-26 09:00"
    tell(world, over)

    assert len(world.papers[SLACK].told) == 1
    world.judge(over)  # its letter is an item now
    assert world.store.read(lambda tx: tx.next_moment(at(over))) == at(over) + 1


def test_what_is_tried_again_is_looked_for_since_its_first_attempt(world):
    lose_the_answer(world)
    find, world.paper.find = world.paper.find, archived
    asyncio.run(world.deliver("2026-03-24 10:01"))
    assert [(each.state, each.doubt) for each in world.deliveries()] == [(State.GIVEN_UP, Doubt.UNKNOWN)]

    world.paper.find = find
    act(world, RETRY, "D1", "2026-03-24 11:00")
    world.judge("2026-03-24 11:00")
    parcels = world.store.write(prepare, world.rulebook, at("2026-03-24 11:00"), world.boot, world.outlets)
    [parcel] = (each for each in parcels if each.delivery.id == 1)
    assert parcel.post.since == at(DAY)


async def archived(_: Post) -> str:
    raise Undelivered("archived", permanent=True, whole=True)


def test_what_a_person_may_still_drop_overtakes_nothing(world):
    world.declare("2026-03-02 10:00", lab())
    world.judge("2026-03-16 10:00")  # and the console is not reached
    world.store.write(begin, "The accounts files were edited", at(DAY))
    world.declare(DAY, lab(use_case="Why models agree"), *office(4))
    world.judge(DAY)
    world.store.write(weigh, 3, at(DAY))
    asyncio.run(world.deliver(DAY))

    assert world.store.write(drop, 2, "ada") == "dropped"
    tell(world, "2026-03-24 11:00")

    assert "1 week before" in [post.message.step for post in world.paper.told]


def test_a_person_who_wants_to_be_asked_is_asked_again_when_the_answer_is_lost_again(world):
    lose_the_answer(world)
    world.paper.dumb, world.resend = True, False
    asyncio.run(world.deliver("2026-03-24 10:01"))
    act(world, RETRY, "D1", "2026-03-24 11:00")
    world.paper.fails = [Undelivered("no answer came", unknown=True, again_in=60)]
    tell(world, "2026-03-24 11:00")
    asyncio.run(world.deliver("2026-03-24 11:05"))

    assert len(world.paper.told) == 1
    assert world.deliveries()[0].state is State.GIVEN_UP


def test_the_end_of_what_was_dropped_unheard_is_no_news(world):
    world.paper.fails = [Undelivered("busy")]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    act(world, NEVER_TELL, "D1", DAY)
    act(world, "record", "lab", "2026-03-25 10:00", name="came", **GRANTED)
    tell(world, "2026-03-25 10:00")

    assert world.paper.told == []


def test_the_end_of_what_others_heard_is_news_to_all(world):
    world.reach(SLACK, MAIL)
    world.papers[MAIL].fails = [Undelivered("busy")]
    world.declare("2026-03-02 10:00", lab())
    tell(world, DAY)
    mail = next(each for each in world.deliveries() if each.destination == MAIL)
    act(world, NEVER_TELL, f"D{mail.id}", DAY)
    act(world, "record", "lab", "2026-03-25 10:00", name="came", **GRANTED)
    tell(world, "2026-03-25 10:00")

    assert world.papers[SLACK].titles[-1] == "resolved: Done: Credits have not arrived"
