"""The service watches itself: what fails is an alert like any other, and reaches whoever runs the service."""

import asyncio

import pytest

from notifier.core.account import Person, Poll
from notifier.core.delivery import State
from notifier.core.facts import Reading
from notifier.flow import itself
from notifier.flow.poll import miss, take
from notifier.ports import Undelivered
from tests.flow.conftest import World, at
from tests.flow.small import PI, TEAM, group, small_rules

NOW, LATER, MUCH_LATER = "2026-03-23 23:00", "2026-03-23 23:05", "2026-03-23 23:59"
OPERATOR = "mailto:operator@example.edu"
DOWN = Undelivered("connection refused", whole=True)


@pytest.fixture
def watching(world, tmp_path):
    small = World(world.store, small_rules(tmp_path / "rules"))
    small.reach(TEAM, PI, OPERATOR)
    declare(small, {"operator": Person((OPERATOR,))})
    return small


def declare(world, operator, now="2026-03-02 10:00", *more):
    world.declare(now, group(), *more, itself.declaration(group(tell_at="09:00").account.locale, operator))


def pass_on(world, now):
    world.judge(now)
    asyncio.run(world.deliver(now))
    world.judge(now)
    asyncio.run(world.deliver(now))


def heard(world, where=OPERATOR):
    return [f"{post.message.reason}: {post.message.headline}" for post in world.papers[where].told]


def reading(world):
    found = world.store.read(lambda tx: tx.readings(["notifier"]))["notifier"]
    return next((each for each in found if each.source == itself.SOURCE), None)


def test_a_destination_that_fails_is_told_to_who_runs_the_service(watching):
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    assert heard(watching) == ["opened: #lab cannot be told"]
    assert watching.papers[OPERATOR].told[0].message.say == "connection refused, and 1 wait"
    facts = reading(watching).account
    assert facts["destinations"] == (TEAM,)
    assert str(facts[f"destinations/{TEAM}/failing_since"]) == "2026-03-23"


def test_once_it_works_again_that_is_told_too(watching):
    watching.papers[TEAM].fails = [DOWN]
    pass_on(watching, NOW)

    pass_on(watching, MUCH_LATER)

    assert heard(watching)[1].startswith(("resolved:", "closed:"))
    assert reading(watching).account["destinations"] == ()
    assert [each.state for each in watching.deliveries() if each.destination == TEAM] == [State.DONE]


def test_while_nothing_changes_nothing_is_written_and_nobody_is_judged(watching):
    watching.papers[TEAM].fails = [DOWN, DOWN]
    pass_on(watching, NOW)
    before = reading(watching)

    pass_on(watching, LATER)

    assert reading(watching) == before
    assert len(heard(watching)) == 1


def test_what_fails_is_not_told_through_itself_alone(watching):
    declare(watching, {"operator": Person((TEAM,))})
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    assert [post.message.headline for post in watching.paper.told] == ["#lab cannot be told"]
    waiting = [each.destination for each in watching.deliveries() if each.account == "notifier"]
    assert sorted(waiting) == ["console", TEAM]


def test_the_fallback_hears_it_before_the_console_does(watching):
    watching.fallback = PI
    declare(watching, {"operator": Person((TEAM,))})
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    assert heard(watching, PI) == ["opened: #lab cannot be told"]
    assert watching.paper.told == []


def test_a_fallback_that_fails_as_well_leaves_the_console(watching):
    watching.fallback = TEAM
    declare(watching, {})
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    assert [post.message.headline for post in watching.paper.told] == ["#lab cannot be told"]


def test_without_people_of_its_own_the_fallback_hears_it(watching):
    watching.fallback = OPERATOR
    declare(watching, {})
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    assert heard(watching) == ["opened: #lab cannot be told"]


def test_a_provider_that_several_accounts_cannot_read_is_named_once(watching):
    sources = (Poll("openai", "KEY"),)
    two = [group("a", sources=sources), group("b", sources=sources)]
    declare(watching, {"operator": Person((OPERATOR,))}, "2026-03-02 11:00", *two)
    assert watching.store.write(miss, "a", "openai", "timed out", at("2026-03-03 10:00"))
    pass_on(watching, "2026-03-03 10:00")
    assert heard(watching) == []

    assert watching.store.write(miss, "b", "openai", "timed out", at("2026-03-03 10:01"))
    assert not watching.store.write(miss, "b", "openai", "timed out", at("2026-03-03 10:02"))
    pass_on(watching, "2026-03-03 10:03")
    assert heard(watching) == ["opened: openai cannot be read for 2 accounts"]
    assert watching.papers[OPERATOR].told[0].message.say == "timed out"

    watching.store.write(take, "a", Reading("openai", at("2026-03-03 11:00"), {}))
    pass_on(watching, "2026-03-03 11:00")
    assert reading(watching).account["providers"] == ()
    assert len(heard(watching)) == 2


def test_an_edit_that_was_rejected_is_told_until_it_is_mended(watching):
    watching.store.write(itself.reject, itself.Rejected("rules/small.yaml:3:1: no", 2), at("2026-03-03 10:00"))
    pass_on(watching, "2026-03-03 10:00")
    assert sorted(heard(watching)) == [
        "opened: The accounts were not taken over",
        "opened: The rules were not taken over",
    ]

    watching.store.write(itself.reject, itself.Rejected(), at("2026-03-03 11:00"))
    pass_on(watching, "2026-03-03 11:00")
    assert len(heard(watching)) == 4


def test_what_was_rejected_stands_while_other_things_change(watching):
    watching.store.write(itself.reject, itself.Rejected("rules/small.yaml:3:1: no"), at("2026-03-03 10:00"))
    since = reading(watching).at
    watching.papers[TEAM].fails = [DOWN]

    pass_on(watching, NOW)

    found = reading(watching)
    assert found.account["rules_rejected"] == "rules/small.yaml:3:1: no"
    assert found.since["rules_rejected"] == since


def test_to_say_the_same_again_is_no_news(watching):
    for now in ("2026-03-03 10:00", "2026-03-03 11:00"):
        watching.store.write(itself.reject, itself.Rejected(accounts=1), at(now))

    assert reading(watching).at == at("2026-03-03 10:00")


def test_its_facts_do_not_grow_old(watching):
    watching.papers[TEAM].fails = [DOWN] * 99
    pass_on(watching, NOW)

    pass_on(watching, "2026-03-28 23:00")

    alerts = watching.store.read(lambda tx: tx.alerts(["notifier"]))
    [alert] = [each for subject, each in alerts.items() if subject.item == TEAM]
    assert alert.open
    assert alert.unread_since is None
