"""What one account wants otherwise: a pause delays what is not urgent; an override changes one rule."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date

from notifier.core.account import Override, Pause
from notifier.core.delivery import State
from notifier.core.money import Money
from notifier.flow.declare import Declaration
from notifier.ports import Act, Undelivered

from .conftest import PROGRAM, World, at, lab

MISSING, ENDS = f"{PROGRAM}/credits-not-allocated", f"{PROGRAM}/access-ends"


def paused(because: str = "sabbatical", until: str | None = None, *, grant: bool = False, **facts) -> Declaration:
    one = lab(**facts)
    pause = Pause(because, date.fromisoformat(until).toordinal() if until else None)
    if grant:
        grants = tuple(replace(each, paused=pause) for each in one.account.grants)
        return replace(one, account=replace(one.account, grants=grants))
    return replace(one, account=replace(one.account, paused=pause))


def overridden(rule: str, until: str | None = None, **fields: object) -> Declaration:
    one = lab()
    last = date.fromisoformat(until).toordinal() if until else None
    override = Override(rule, "field work", json.dumps(fields) if fields else "", last)
    return replace(one, account=replace(one.account, overrides=(override,)))


def tells(world: World, *moments: str) -> list[str]:
    """What is told when each of *moments* comes."""
    for now in moments:
        world.judge(now)
        asyncio.run(world.deliver(now))
    return [f"{post.message.step}: {post.message.headline}" for post in world.paper.told]


# -- pauses ---------------------------------------------------------------------------------------------------


def test_what_is_not_urgent_waits_for_the_end_of_a_pause(world):
    world.declare("2026-03-02 10:00", paused(until="2026-03-29"))

    assert tells(world, "2026-03-16 10:00", "2026-03-24 10:00", "2026-03-29 23:00") == []
    [resting] = [each for each in world.deliveries() if each.state is State.HELD]
    assert (resting.why, resting.due_at) == ("paused: sabbatical", at("2026-03-30 09:00"))
    assert world.store.read(lambda tx: tx.next_moment()) == at("2026-03-30 09:00")
    assert tells(world, "2026-03-30 09:00") == ["1 week after: Credits have not arrived"]


def test_what_resolved_itself_during_a_pause_is_not_told_afterwards(world):
    world.declare("2026-03-02 10:00", paused(until="2026-03-29"))
    tells(world, "2026-03-24 10:00")
    said = {"credits_granted": Money(10**9, "USD")}
    recorded = Act("one", "record", "lab", "1", said, at("2026-03-25 10:00"), "ada")
    world.store.write(lambda tx: tx.put_act(recorded))

    assert tells(world, "2026-03-25 10:00", "2026-03-30 09:00") == []
    assert {each.state for each in world.deliveries()} == {State.DROPPED}


def test_urgent_is_told_although_paused(world):
    world.declare("2026-03-02 10:00", paused(until="2028-01-01", renewed=None))
    told = tells(world, "2027-02-01 10:00", "2027-03-01 10:00")

    assert told == ["1 working day before: Free access ends in 1 day"]


def test_that_something_urgent_is_over_is_not_urgent(world):
    world.declare("2026-03-02 10:00", paused(until="2028-01-01"))
    tells(world, "2027-03-01 10:00")
    world.declare("2027-03-01 11:00", paused(until="2028-01-01", renewed_by="2"))

    assert tells(world, "2027-03-01 11:00") == ["1 working day before: Free access ends in 1 day"]


def test_a_pause_without_an_end_lasts_until_it_is_taken_away(world):
    world.declare("2026-03-02 10:00", paused())
    assert tells(world, "2026-03-24 10:00", "2026-04-24 10:00") == []

    world.declare("2026-04-24 11:00", lab())
    assert tells(world, "2026-04-24 11:00") == ["4 weeks after: Credits have not arrived"]


def test_a_pause_that_is_made_longer_counts_at_once(world):
    world.declare("2026-03-02 10:00", paused(until="2026-03-29"))
    tells(world, "2026-03-24 10:00")
    world.declare("2026-03-26 10:00", paused(until="2026-04-04"))

    assert tells(world, "2026-03-26 10:00", "2026-03-30 09:00", "2026-04-04 10:00") == []
    assert tells(world, "2026-04-05 09:00") == ["1 week after: Credits have not arrived"]


def test_a_paused_grant_rests_alone(world):
    one = paused(until="2026-03-29", grant=True)
    other = replace(one.account.grants[0], id="2", paused=None)
    both = replace(
        one,
        account=replace(one.account, grants=(*one.account.grants, other)),
        grants={**one.grants, "2": {**one.grants["1"], "grant_id": "2"}},
    )
    world.declare("2026-03-02 10:00", both)
    tells(world, "2026-03-24 10:00")

    assert [post.message.about for post in world.paper.told] == ["lab, grant 2"]


def test_what_was_begun_before_the_pause_is_told_to_its_end(world):
    world.declare("2026-03-02 10:00", lab())
    world.paper.fails = [Undelivered("the line is dead")]
    assert tells(world, "2026-03-24 10:00") == []
    world.declare("2026-03-24 10:01", paused())

    assert tells(world, "2026-03-24 10:02") == ["1 day after: Credits have not arrived"]


# -- overrides ------------------------------------------------------------------------------------------------


def test_a_rule_that_is_off_tells_nothing_and_the_others_do(world):
    world.declare("2026-03-02 10:00", overridden("credits-not-allocated"))

    assert tells(world, "2026-03-24 10:00", "2027-01-02 10:00") == ["60 days before: Free access ends in 59 days"]


def test_an_override_may_name_the_rule_with_its_program(world):
    world.declare("2026-03-02 10:00", overridden(MISSING))

    assert tells(world, "2026-03-24 10:00") == []


def test_an_override_lapses_and_what_stands_then_is_told(world):
    world.declare("2026-03-02 10:00", overridden(MISSING, until="2026-03-29"))
    assert tells(world, "2026-03-24 10:00") == []
    assert world.store.read(lambda tx: tx.next_moment()) == at("2026-03-30 00:00")

    assert tells(world, "2026-03-30 00:00") == ["1 day after: Credits have not arrived"]


def test_fields_are_set_for_one_account_alone(world):
    one = overridden(
        MISSING,
        steps=["3 days after"],
        title="Where are the credits of {{ account }}?",
        tell=["pi"],
        draft="summary",
    )
    other = replace(lab(), account=replace(lab().account, id="other"))
    world.declare("2026-03-02 10:00", one, other)
    told = tells(world, "2026-03-24 10:00", "2026-03-26 10:00")

    assert told == ["1 day after: Credits have not arrived", "3 days after: Where are the credits of lab?"]
    assert world.paper.told[1].message.told.startswith("Told: PI (A. Researcher)")


def test_an_open_alert_closes_when_its_rule_is_switched_off(world):
    world.declare("2026-03-02 10:00", lab())
    tells(world, "2026-03-24 10:00")
    world.declare("2026-03-24 11:00", overridden(MISSING))
    tells(world, "2026-03-24 11:00")

    assert world.paper.titles == [
        "opened: Credits have not arrived",
        "closed: No longer watched: Credits have not arrived",
    ]


def test_an_override_that_fits_the_rules_no_longer_leaves_the_rule_as_it_is_written(world):
    world.declare("2026-03-02 10:00", overridden(MISSING, steps=["no step at all"]))

    assert tells(world, "2026-03-24 10:00") == ["1 day after: Credits have not arrived"]
