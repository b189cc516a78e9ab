"""A project that rests: its alerts are judged and shown, only what is urgent is told, the rest when it is over."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from notifier.core.costs import Costs
from notifier.core.facts import Observed, Reading
from notifier.core.money import MICRO, Money
from notifier.files.rulebook import read_rulebook
from notifier.flow.declare import Declaration
from tests.flow.conftest import World, at, lab, utc

if TYPE_CHECKING:
    from pathlib import Path

RULES = """\
version: 1
program: openai-researcher-access
rules:
  - id: budget
    for_each: projects
    title: "{{ project.name }} has used {{ value }}"
    threshold: project.spend(this month) / project.monthly_budget
    reaches: [80%, 200%]
    per: month
    urgent: from 200%
    tell: [team]
  - id: paused-spends
    for_each: projects
    title: "{{ project.name }} is paused, yet spends"
    while: project.paused and project.spend(this month) > 1 USD
    tell: [team]
"""


@pytest.fixture
def world(world: World, tmp_path: Path) -> World:
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "openai.yaml").write_text(RULES, encoding="utf-8")
    faults: list[object] = []
    world.rulebook = read_rulebook(folder, "rules", faults)  # type: ignore[arg-type]
    assert not faults
    return world


def resting(until: str | None) -> Declaration:
    declared = lab(polled=True)
    facts: dict[str, Observed] = {
        "projects": ("thesis",),
        "projects/thesis/monthly_budget": Money(100 * MICRO, "USD"),
        "projects/thesis/paused": True,
        "projects/thesis/paused_because": "field work",
    }
    facts |= {"projects/thesis/paused_until": date.fromisoformat(until)} if until else {}
    return replace(declared, facts={**declared.facts, **facts})


def spend(world: World, now: str, amount: int) -> None:
    costs = Costs.by_day("USD", {date(2026, 3, 5).toordinal(): amount * MICRO})
    told = Reading("openai", utc(now), {"projects": ("p1",), "projects/p1/name": "thesis"}, costs=costs)
    world.store.write(lambda tx: tx.put_reading("lab", replace(told, spends={"projects/p1": costs})))
    world.store.write(lambda tx: tx.wake("lab"))
    world.judge(now)
    asyncio.run(world.deliver(now))


def test_what_is_not_urgent_waits_for_the_end_of_the_pause(world: World) -> None:
    world.declare("2026-03-02 12:00", resting("2026-03-10"))
    spend(world, "2026-03-06 12:00", 90)

    assert world.paper.titles == ["opened: thesis is paused, yet spends"]

    spend(world, "2026-03-11 07:00", 90)
    asyncio.run(world.deliver("2026-03-11 09:00"))
    told = ["resolved: Done: thesis is paused, yet spends", "opened: thesis has used 90%"]
    assert world.paper.titles[1:] == told


def test_what_is_urgent_is_told_at_once(world: World) -> None:
    world.declare("2026-03-02 12:00", resting(None))
    spend(world, "2026-03-06 12:00", 250)

    assert sorted(world.paper.titles) == ["opened: thesis has used 250%", "opened: thesis is paused, yet spends"]


def test_an_item_that_is_taken_out_of_the_file_closes_its_alert(world: World) -> None:
    world.declare("2026-03-02 12:00", resting(None))
    spend(world, "2026-03-06 12:00", 250)
    world.declare("2026-03-06 13:00", lab(polled=True))
    world.store.write(
        lambda tx: tx.put_reading("lab", Reading("openai", at("2026-03-06 13:30"), {"projects": ()}))
    )
    world.store.write(lambda tx: tx.wake("lab"))
    world.judge("2026-03-06 14:00")
    asyncio.run(world.deliver("2026-03-06 14:00"))

    assert sorted(world.paper.titles[2:]) == [
        "closed: No longer watched: thesis has used 200%",
        "closed: No longer watched: thesis is paused, yet spends",
    ]
