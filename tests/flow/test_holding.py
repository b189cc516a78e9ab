"""What an edit would tell is told at once if it is little; if it is much, one message asks and waits."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from notifier.core.account import Poll
from notifier.core.calendar import DAYS, Duration
from notifier.core.delivery import State
from notifier.core.facts import Costs, Reading
from notifier.core.hold import Stage
from notifier.core.message import Answer
from notifier.core.money import Money
from notifier.flow.act import act
from notifier.flow.declare import Declaration, declare
from notifier.flow.hold import begin, weigh
from notifier.flow.poll import take
from notifier.ports import Act

from .conftest import World, at, lab

DAY = "2026-03-24 10:00"  # a day after the program's three weeks
MOST = 3


def office(number: int) -> list[Declaration]:
    """So many accounts, each of which has something to tell on `DAY`."""
    one = lab()
    return [replace(one, account=replace(one.account, id=f"lab-{n}")) for n in range(1, number + 1)]


def take_over(world: World, declared: list[Declaration], now: str, why: str = "The accounts files were edited"):
    """What the service does with an edit, up to the point at which its size is known."""
    world.store.write(begin, why, at(now))
    world.store.write(declare, declared, at(now))
    world.judge(now)
    world.store.write(weigh, MOST, at(now), world.outlets.ways)


def answer(world: World, verb: str, event: int, now: str, act_id: str = "one") -> None:
    done = Act(act_id, verb, "notifier", str(event), {}, at(now), "ada")
    world.store.write(lambda tx: tx.put_act(done))
    world.store.write(act, at(now))


def deliver(world: World, now: str) -> None:
    asyncio.run(world.deliver(now))


def stages(world: World) -> list[Stage]:
    return [hold.stage for hold in world.store.read(lambda tx: tx.holds())]


def test_what_is_little_is_told_at_once(world):
    take_over(world, office(MOST), DAY)
    deliver(world, DAY)

    assert world.paper.titles == ["opened: Credits have not arrived"] * MOST
    assert stages(world) == []


def test_what_is_much_is_held_and_asked_about_once(world):
    take_over(world, office(MOST + 4), DAY)
    deliver(world, DAY)
    [post] = world.paper.told

    assert post.message.headline == "7 messages are held"
    assert post.message.say.startswith(
        "The accounts files were edited, 09:00 UTC. That would tell 7 messages at once"
    )
    assert post.message.rows == (*(f"Credits have not arrived · lab-{n}" for n in range(1, 6)), "and 2 more")
    assert post.message.answers == (
        Answer("To tell them", "release", "1"),
        Answer("To tell none of them", "drop", "1"),
    )
    assert stages(world) == [Stage.WAITING]


@pytest.mark.parametrize(
    ("fallback", "where"),
    [("", "console"), ("mailto:office@example.edu", "mailto:office@example.edu")],
    ids=["the console", "the fallback"],
)
def test_of_what_several_would_hear_one_is_asked(world, fallback, where):
    world.reach("slack:#lab", "mailto:a@example.edu", "mailto:office@example.edu")
    world.fallback = fallback
    take_over(world, office(MOST + 1), DAY)
    deliver(world, DAY)

    told = {name: paper.titles for name, paper in (world.papers | {"console": world.paper}).items() if paper.told}
    assert told == {where: ["held: 8 messages are held"]}


def test_who_would_hear_all_of_it_is_asked(world):
    world.reach("slack:#lab")
    take_over(world, office(MOST + 1), DAY)
    deliver(world, DAY)

    assert world.papers["slack:#lab"].titles == ["held: 4 messages are held"]
    assert world.paper.told == []


def test_released_they_are_told_and_nothing_is_asked_again(world):
    take_over(world, office(MOST + 1), DAY)
    deliver(world, DAY)
    answer(world, "release", 1, "2026-03-24 11:00")
    deliver(world, "2026-03-24 11:00")

    assert [headline for headline, _, _ in world.paper.heard()[1:]] == ["Credits have not arrived"] * (MOST + 1)
    assert stages(world) == [Stage.RELEASED]


def test_dropped_they_are_never_told_and_what_comes_next_is(world):
    take_over(world, office(MOST + 1), DAY)
    answer(world, "drop", 1, "2026-03-24 11:00")
    world.judge("2026-03-31 10:00")
    deliver(world, "2026-03-31 10:00")

    assert world.paper.titles[0] == "held: 4 messages were dropped"
    assert [step for _, _, step in world.paper.heard()[1:]] == ["1 week after"] * (MOST + 1)


def test_what_was_dropped_ends_without_a_word(world):
    take_over(world, office(MOST + 1), DAY)
    answer(world, "drop", 1, "2026-03-24 11:00")
    said = {"credits_granted": Money(10**9, "USD")}
    recorded = Act("two", "record", "lab-1", "1", said, at("2026-03-25 10:00"), "ada")
    world.store.write(lambda tx: tx.put_act(recorded))
    world.judge("2026-03-25 10:00")
    deliver(world, "2026-03-25 10:00")

    assert world.paper.titles == ["held: 4 messages were dropped"]


def test_a_moment_that_comes_meanwhile_is_told_and_overtakes_what_is_held(world):
    take_over(world, office(MOST + 1), DAY)
    deliver(world, DAY)
    world.judge("2026-03-31 10:00")
    deliver(world, "2026-03-31 10:00")
    answer(world, "release", 1, "2026-03-31 11:00")
    deliver(world, "2026-03-31 11:00")

    assert [step for _, _, step in world.paper.heard()[1:]] == ["1 week after"] * (MOST + 1)


def test_a_moment_that_comes_while_an_edit_is_weighed_is_not_held(world):
    take_over(world, [lab()], "2026-03-23 10:00")
    world.store.write(begin, "The rules were edited", at(DAY))
    world.judge(DAY)
    deliver(world, DAY)

    assert world.paper.titles == ["escalated: Credits have not arrived"]


def test_the_first_answer_of_a_source_belongs_to_the_edit(world):
    world.store.write(begin, "The service was started", at(DAY))
    polled = [
        replace(each, account=replace(each.account, sources=(Poll("openai", "KEY"),))) for each in office(MOST + 1)
    ]
    granted = {"credits_granted": Money(10**9, "USD"), "credits_granted_on": polled[0].grants["1"]["accepted_on"]}
    world.store.write(
        declare, [replace(each, grants={"1": {**each.grants["1"], **granted}}) for each in polled], at(DAY)
    )
    world.judge(DAY)
    for each in polled:
        spent = Reading("openai", at(DAY), costs=Costs.by_day("USD", {739_690: 850 * 10**6}))
        world.store.write(take, each.account.id, spent)
        world.judge(DAY)
    deliver(world, DAY)
    assert world.paper.told == []

    world.store.write(weigh, MOST, at(DAY))
    deliver(world, DAY)
    assert world.paper.titles == ["held: 4 messages are held"]


def test_an_edit_of_the_rules_that_would_tell_much_is_held(world, tmp_path):
    world.declare("2026-03-10 10:00", *office(MOST + 1))
    world.judge("2026-03-10 10:00")
    world.edit({"write_after: {default: 3 weeks}": "write_after: {default: 1 week}"}, tmp_path)
    world.store.write(begin, "The rules were edited", at("2026-03-10 11:00"))
    world.judge("2026-03-10 11:00")
    world.store.write(weigh, MOST, at("2026-03-10 11:00"))
    deliver(world, "2026-03-10 11:00")

    assert [post.message.headline for post in world.paper.told] == ["4 messages are held"]


def test_a_crash_while_an_edit_is_weighed_loses_nothing(world):
    world.store.write(begin, "The accounts files were edited", at(DAY))
    world.store.write(declare, office(MOST), at(DAY))
    world.judge(DAY)
    world.restart()
    take_over(world, office(MOST), "2026-03-24 10:05", "The service was started")
    deliver(world, "2026-03-24 10:05")

    assert world.paper.titles == ["opened: Credits have not arrived"] * MOST


def test_two_edits_are_held_each_for_itself(world):
    take_over(world, office(MOST + 1), DAY)
    more = office(2 * MOST + 2)
    take_over(world, more, "2026-03-24 11:00")
    deliver(world, "2026-03-24 11:00")
    first, second = (hold.event for hold in world.store.read(lambda tx: tx.holds()))
    answer(world, "release", second, "2026-03-24 12:00")
    deliver(world, "2026-03-24 12:00")

    assert {account for _, account, _ in world.paper.heard()[2:]} == {f"lab-{n}" for n in range(5, 9)}
    assert {each.event for each in world.deliveries() if each.state is State.HELD} == {first}


@pytest.mark.parametrize(
    ("second", "outcome"),
    [("release", "ada has released it already"), ("drop", "ada has released it already")],
)
def test_the_second_answer_has_no_effect(world, second, outcome):
    take_over(world, office(MOST + 1), DAY)
    answer(world, "release", 1, "2026-03-24 11:00")
    deliver(world, "2026-03-24 11:00")
    answer(world, second, 1, "2026-03-24 12:00", "two")

    assert outcome in outcomes(world)
    assert {each.state for each in world.deliveries()} == {State.DONE}


def test_an_answer_to_what_is_not_held_says_so(world):
    answer(world, "release", 7, DAY)

    assert "nothing is held under the number 7" in outcomes(world)


def outcomes(world: World) -> list[str]:
    with world.store._readers.connect() as connection:
        return [row[0] for row in connection.exec_driver_sql("SELECT outcome FROM inbox")]


def test_several_standing_rules_of_one_grant_count_as_one_message(world):
    late = replace(lab(accepted="2025-01-06", enrolled="2026-03-24"))
    take_over(world, [replace(late, account=replace(late.account, id=f"lab-{n}")) for n in range(MOST)], DAY)
    deliver(world, DAY)

    assert len(world.paper.told) == MOST
    assert stages(world) == []


def test_an_edit_during_an_edit_is_weighed_with_it(world):
    world.store.write(begin, "The accounts files were edited", at(DAY))
    take_over(world, office(MOST), DAY)

    assert stages(world) == []


def test_what_is_still_being_weighed_cannot_be_answered(world):
    world.store.write(begin, "The accounts files were edited", at(DAY))
    answer(world, "drop", 1, DAY)

    assert "nothing is held under the number 1" in outcomes(world)
    assert stages(world) == [Stage.WEIGHING]


def test_what_an_edit_tells_and_takes_back_counts_once(world, tmp_path):
    world.store.write(begin, "The accounts files were edited", at(DAY))
    world.store.write(declare, office(MOST), at(DAY))
    world.judge(DAY)
    said = {**lab().grants["1"], "write_after": Duration(10, DAYS)}
    moved = [replace(each, grants={"1": said}) for each in office(MOST)]
    world.store.write(declare, moved, at("2026-03-24 10:01"))
    world.judge("2026-03-24 10:01")
    assert len(world.deliveries()) == 2 * MOST

    world.store.write(weigh, MOST, at("2026-03-24 10:01"))
    assert stages(world) == []


def test_an_edit_of_accounts_that_are_known_is_held_too_and_a_further_edit_lets_nothing_go(world):
    world.declare("2026-03-10 10:00", *office(MOST + 1))
    world.judge("2026-03-10 10:00")
    said = {**lab().grants["1"], "write_after": Duration(7, DAYS)}
    sooner = [replace(each, grants={"1": said}) for each in office(MOST + 1)]
    take_over(world, sooner, "2026-03-10 11:00")
    renamed = [replace(each, account=replace(each.account, labels={"a": "b"})) for each in sooner]
    take_over(world, renamed, "2026-03-10 12:00")
    deliver(world, "2026-03-10 12:00")

    assert [post.message.headline for post in world.paper.told] == ["4 messages are held"]
