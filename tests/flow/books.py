"""Rules written line by line, and accounts to go with them: what tests of lists and of scopes are played with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from notifier.core.account import Account, Grant, Person, Poll
from notifier.core.calendar import Locale
from notifier.core.fact import item_fact
from notifier.core.facts import Costs, Reading
from notifier.core.rule import Rulebook
from notifier.files.positions import Fault
from notifier.files.rulebook import read_rulebook
from notifier.flow.declare import Declaration
from notifier.flow.poll import miss, take

from .conftest import BERLIN, World, at

HEAD = "version: 1\n{program}rules:\n"
PEOPLE = {"pi": Person(("mailto:a@example.edu",), "A. Researcher"), "team": Person(("slack:#lab",))}


def rulebook(folder: Path, **files: str) -> Rulebook:
    """The rulebook of files that hold these rules; the one called ``own`` is a group's own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rules in files.items():
        head = HEAD.format(program="" if name == "own" else f"program: {name}\n")
        (folder / f"{name}.yaml").write_text(head + rules, encoding="utf-8")
    faults: list[Fault] = []
    made = read_rulebook(folder, "rules", faults)
    assert not faults, [str(fault) for fault in faults]
    return made


def account(
    *grants: tuple[str, str, str], facts: Mapping[str, Any] | None = None, polled: bool = True, **more: Any
) -> Declaration:
    """An account called lab with *grants* (id, program, accepted on), and what its file says of its *facts*."""
    own = tuple(Grant(name, program, date(2026, 3, 2).toordinal()) for name, program, _ in grants)
    sources = (Poll("openai", "LAB_KEY"),) if polled else ()
    declared = Account("lab", Locale(BERLIN), PEOPLE, own, sources, **more)
    said = {name: {"grant_id": name, "accepted_on": date.fromisoformat(on)} for name, _, on in grants}
    return Declaration(declared, {"account_name": "lab", **(facts or {})}, said)


def listed(**lists: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """What a source says of lists: ``members={"m1": {"name": "Ada"}}``."""
    said: dict[str, Any] = {}
    for name, items in lists.items():
        said[name] = tuple(items)
        said |= {
            item_fact(name, item, fact): value for item, facts in items.items() for fact, value in facts.items()
        }
    return said


def poll(world: World, now: str, costs: Costs | None = None, **lists: Mapping[str, Mapping[str, Any]]) -> bool:
    """The provider answers; returns whether that was news."""
    return world.store.write(take, "lab", Reading("openai", at(now), listed(**lists), costs=costs))


def fail(world: World, now: str, why: str = "the key is not valid") -> bool:
    """The provider does not answer; returns whether that was news."""
    return world.store.write(miss, "lab", "openai", why, at(now))


def owed(world: World, since: int = 0) -> list[str]:
    """What was decided to be told, in order: reason, rule, grant, item."""
    return [
        " ".join(filter(None, (str(each.told.reason), each.rule.partition("/")[2], each.grant, each.item)))
        for each in world.deliveries()[since:]
    ]


def look(world: World, now: str) -> list[str]:
    """Judge at *now*; what that decided to tell."""
    before = len(world.deliveries())
    world.judge(now)
    return owed(world, before)


def without(declared: Declaration, grant: str) -> Declaration:
    """*declared* without one of its grants."""
    left = tuple(each for each in declared.account.grants if each.id != grant)
    said = {name: facts for name, facts in declared.grants.items() if name != grant}
    return replace(declared, account=replace(declared.account, grants=left), grants=said)
