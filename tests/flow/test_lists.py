"""Items come, change and go, and lists cannot be read: what is told of it, once, and what stands still."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest

from notifier.core.facts import Costs, Reading
from notifier.core.money import Money
from notifier.flow.poll import take

from .books import account, fail, listed, look, poll, rulebook
from .conftest import World, at

JOINED = "  - {id: joined, title: '{{ member.name }} joined', change: added to members, tell: [team]}\n"
LEFT = "  - {id: left, title: '{{ member.name }} left', change: removed from members, tell: [team]}\n"
ROBOT = """\
  - id: robot
    title: "{{ member.name }}"
    for_each: members
    while: member.is_service_account
    tell: [team]
"""
PAPER = """\
  - id: paper
    title: "{{ paper.title }}"
    for_each: papers
    deadline: paper.planned_on
    steps: [1 week before]
    unless: paper.submitted_on
    tell: [team]
"""
BUDGET = """\
  - id: budget
    title: "{{ project.name }}"
    for_each: projects
    threshold: project.spend(this month) / project.monthly_budget
    reaches: [80%]
    when: not project.paused
    tell: [project.owner]
"""
SILENT = "  - {id: silent, title: Silent, unreadable: any, for: 1 day, tell: [team]}\n"
GRANT = ("g1", "demo", "2026-03-02")
ADA, BOB, EVE = ({"name": name} for name in ("Ada", "Bob", "Eve"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "rules"


def begin(world: World, folder: Path, rules: str, now: str = "2026-06-01 10:00", **more: object) -> None:
    world.rulebook = rulebook(folder, demo=rules)
    world.declare(now, account(GRANT, **more))


# -- who joins, who leaves ------------------------------------------------------------------------------------


def test_the_first_list_that_is_known_tells_nothing_and_whoever_joins_later_is_told_once(
    world: World, folder: Path
):
    begin(world, folder, JOINED)
    assert look(world, "2026-06-01 10:00") == []  # nobody has answered yet
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    assert look(world, "2026-06-01 11:00") == []

    poll(world, "2026-06-02 11:00", members={"m1": ADA, "m2": BOB})
    assert look(world, "2026-06-02 11:00") == ["opened joined m2"]
    poll(world, "2026-06-03 11:00", members={"m1": ADA, "m2": BOB, "m3": EVE})
    assert look(world, "2026-06-03 11:00") == ["opened joined m3"]
    asyncio.run(world.deliver("2026-06-03 11:00"))
    assert [headline for headline, *_ in world.paper.heard()] == ["Bob joined", "Eve joined"]


def test_a_first_list_that_is_empty_is_known_too(world: World, folder: Path):
    begin(world, folder, JOINED)
    poll(world, "2026-06-01 11:00", members={})
    assert look(world, "2026-06-01 11:00") == []

    poll(world, "2026-06-02 11:00", members={"m1": ADA})
    assert look(world, "2026-06-02 11:00") == ["opened joined m1"]


def test_a_restart_tells_nobody_again(world: World, folder: Path):
    begin(world, folder, JOINED)
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    look(world, "2026-06-01 11:00")
    poll(world, "2026-06-02 11:00", members={"m1": ADA, "m2": BOB})
    look(world, "2026-06-02 11:00")

    world.restart()
    begin(world, folder, JOINED, now="2026-06-02 12:00")
    poll(world, "2026-06-02 12:00", members={"m2": BOB, "m1": ADA})

    assert look(world, "2026-06-02 12:00") == []


def test_who_joins_while_the_list_cannot_be_read_is_told_when_it_can(world: World, folder: Path):
    begin(world, folder, JOINED)
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    look(world, "2026-06-01 11:00")
    fail(world, "2026-06-02 11:00")
    assert look(world, "2026-06-08 11:00") == []  # too old to count: unread

    poll(world, "2026-06-09 11:00", members={"m1": ADA, "m2": BOB})
    assert look(world, "2026-06-09 11:00") == ["opened joined m2"]


def test_who_leaves_and_comes_back_is_told_again(world: World, folder: Path):
    begin(world, folder, JOINED)
    for now, members in (("2026-06-01", {"m1": ADA, "m2": BOB}), ("2026-06-02", {"m1": ADA})):
        poll(world, f"{now} 11:00", members=members)
        assert look(world, f"{now} 11:00") == []

    poll(world, "2026-06-03 11:00", members={"m1": ADA, "m2": BOB})
    assert look(world, "2026-06-03 11:00") == ["opened joined m2"]


def test_who_leaves_is_told_once_and_only_where_the_list_was_read(world: World, folder: Path):
    begin(world, folder, LEFT)
    poll(world, "2026-06-01 11:00", members={"m1": ADA, "m2": BOB})
    look(world, "2026-06-01 11:00")
    assert look(world, "2026-06-09 11:00") == []  # unread is not gone

    poll(world, "2026-06-09 12:00", members={"m1": ADA})
    assert look(world, "2026-06-09 12:00") == ["opened left m2"]
    poll(world, "2026-06-09 13:00", members={"m1": ADA, "m3": EVE})
    assert look(world, "2026-06-09 13:00") == []


def test_a_rule_that_comes_later_knows_who_is_there(world: World, folder: Path):
    begin(world, folder, LEFT)
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    look(world, "2026-06-01 11:00")
    world.rulebook = rulebook(folder, demo=LEFT + JOINED)
    assert look(world, "2026-06-01 12:00") == []

    poll(world, "2026-06-02 11:00", members={"m1": ADA, "m2": BOB})
    assert look(world, "2026-06-02 11:00") == ["opened joined m2"]


def test_a_rule_that_does_not_apply_tells_nobody_and_remembers_who_is_there(world: World, folder: Path):
    unless_robot = JOINED.replace("tell:", "when: not member.is_service_account, tell:")
    begin(world, folder, unless_robot)
    poll(world, "2026-06-01 11:00", members={})
    look(world, "2026-06-01 11:00")

    poll(world, "2026-06-02 11:00", members={"m1": ADA, "robot": {"name": "R", "is_service_account": True}})
    assert look(world, "2026-06-02 11:00") == ["opened joined m1"]


# -- items of which something is so ---------------------------------------------------------------------------


def test_each_item_has_an_alert_of_its_own(world: World, folder: Path):
    begin(world, folder, ROBOT)
    robots = {name: {"is_service_account": True} for name in ("r1", "r2")}
    poll(world, "2026-06-01 11:00", members={**robots, "m1": ADA})
    assert look(world, "2026-06-01 11:00") == ["opened robot r1", "opened robot r2"]

    poll(world, "2026-06-02 11:00", members={"r1": robots["r1"], "r2": {"is_service_account": False}, "m1": ADA})
    assert look(world, "2026-06-02 11:00") == ["resolved robot r2"]


def test_an_item_that_vanishes_closes(world: World, folder: Path):
    begin(world, folder, ROBOT)
    poll(world, "2026-06-01 11:00", members={"r1": {"name": "R1", "is_service_account": True}})
    look(world, "2026-06-01 11:00")
    asyncio.run(world.deliver("2026-06-01 11:00"))

    poll(world, "2026-06-02 11:00", members={})
    assert look(world, "2026-06-02 11:00") == ["closed robot r1"]
    assert look(world, "2026-06-03 11:00") == []
    asyncio.run(world.deliver("2026-06-03 11:00"))
    assert "r1" in world.paper.told[-1].message.headline  # its own name is gone with it


def test_behind_a_list_that_is_unread_everything_stands_still(world: World, folder: Path):
    begin(world, folder, ROBOT)
    robot = {"r1": {"name": "R1", "is_service_account": True}}
    poll(world, "2026-06-01 11:00", members=robot)
    assert look(world, "2026-06-01 11:00") == ["opened robot r1"]
    assert look(world, "2026-06-12 11:00") == []

    poll(world, "2026-06-12 12:00", members=robot)
    assert look(world, "2026-06-12 12:00") == []
    poll(world, "2026-06-12 13:00", members={})
    assert look(world, "2026-06-12 13:00") == ["closed robot r1"]


def test_a_paper_that_is_taken_from_the_file_closes_and_one_that_is_handed_in_is_done(world: World, folder: Path):
    said = {name: {"title": name.upper(), "planned_on": date(2026, 6, 15)} for name in ("a", "b", "c")}
    begin(world, folder, PAPER, facts=listed(papers=said))
    assert look(world, "2026-06-08 08:59") == []
    assert look(world, "2026-06-08 09:00") == ["opened paper a", "opened paper b", "opened paper c"]

    world.store.write(
        lambda tx: tx.record("lab", "", {"papers/a/submitted_on": date(2026, 6, 8)}, at("2026-06-08 10:00"), "me")
    )
    world.store.write(lambda tx: tx.wake("lab"))
    assert look(world, "2026-06-08 10:00") == ["resolved paper a"]
    begin(world, folder, PAPER, now="2026-06-08 11:00", facts=listed(papers={name: said[name] for name in "ac"}))
    assert look(world, "2026-06-08 11:00") == ["closed paper b"]


def test_a_rule_that_is_taken_out_closes_the_alerts_of_its_items(world: World, folder: Path):
    begin(world, folder, ROBOT + JOINED)
    poll(world, "2026-06-01 11:00", members={"r1": {"name": "R1", "is_service_account": True}})
    look(world, "2026-06-01 11:00")
    world.rulebook = rulebook(folder, demo=JOINED)

    assert look(world, "2026-06-01 12:00") == ["closed robot r1"]


def test_an_owner_named_by_the_item_hears_of_its_own_item_alone(world: World, folder: Path):
    world.reach("slack:#lab", "mailto:a@example.edu")
    budget = Money(100_000_000, "USD")
    projects = {
        "thesis": {"owner": "pi", "monthly_budget": budget},
        "group": {"owner": "team", "monthly_budget": budget},
        "rests": {"owner": "team", "monthly_budget": budget, "paused": True},
    }
    begin(world, folder, BUDGET, facts=listed(projects=projects))
    spent = {
        f"projects/{name}": Costs.by_day("USD", {date(2026, 6, 3).toordinal(): 85_000_000}) for name in projects
    }
    world.store.write(take, "lab", Reading("openai", at("2026-06-04 11:00"), spends=spent))
    look(world, "2026-06-04 11:00")

    told = {(each.subject.item, each.destination) for each in world.deliveries()}
    assert told == {("thesis", "mailto:a@example.edu"), ("group", "slack:#lab")}


# -- what cannot be read --------------------------------------------------------------------------------------


def test_a_source_that_stays_silent_is_told_after_a_day_and_resolved_when_it_answers(world: World, folder: Path):
    begin(world, folder, SILENT)
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    look(world, "2026-06-01 11:00")
    assert fail(world, "2026-06-01 12:00")
    assert look(world, "2026-06-01 12:00") == []
    assert not fail(world, "2026-06-01 13:00", "something else")  # no news
    assert world.store.read(lambda tx: tx.next_moment()) == at("2026-06-02 12:00")
    assert look(world, "2026-06-02 11:59") == []
    assert look(world, "2026-06-02 12:00") == ["opened silent"]

    assert poll(world, "2026-06-02 13:00", members={"m1": ADA})  # it says what it said, and that is news
    assert look(world, "2026-06-02 13:00") == ["resolved silent"]
    assert not poll(world, "2026-06-02 14:00", members={"m1": ADA})


def test_a_short_silence_is_told_to_nobody(world: World, folder: Path):
    begin(world, folder, SILENT)
    poll(world, "2026-06-01 11:00", members={"m1": ADA})
    fail(world, "2026-06-01 12:00")
    look(world, "2026-06-01 12:00")
    poll(world, "2026-06-02 11:00", members={"m1": ADA})

    assert look(world, "2026-06-02 11:00") == []
    assert look(world, "2026-06-04 12:00") == []


def test_a_source_that_never_answered_is_silent_since_it_was_first_asked(world: World, folder: Path):
    begin(world, folder, SILENT)
    fail(world, "2026-06-01 10:00")
    look(world, "2026-06-01 10:00")

    assert look(world, "2026-06-02 10:00") == ["opened silent"]


def test_an_answer_after_a_long_silence_is_news_whatever_it_says(world: World, folder: Path):
    begin(world, folder, ROBOT)
    robot = {"r1": {"name": "R1", "is_service_account": True}}
    assert poll(world, "2026-06-01 11:00", members=robot)
    assert not poll(world, "2026-06-01 12:00", members=robot)

    assert poll(world, "2026-06-05 12:00", members=robot)


def test_silence_speaks_of_the_account_once_however_many_grants_it_has(world: World, folder: Path):
    world.rulebook = rulebook(folder, demo=SILENT)
    world.declare("2026-06-01 10:00", account(GRANT, ("g2", "demo", "2026-04-02")))
    fail(world, "2026-06-01 10:00")
    look(world, "2026-06-01 10:00")

    assert look(world, "2026-06-02 10:00") == ["opened silent"]
