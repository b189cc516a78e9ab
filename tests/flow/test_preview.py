"""What the preview says will be told is what the service tells, with what is supposed as with what is known."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from datetime import date, datetime

import pytest

from notifier.commands.timeline.course import course
from notifier.commands.timeline.supposed import Supposed, read_suppositions, scenes, suppose
from notifier.core.account import Account, Override, Pause
from notifier.core.calendar import FOREVER, Moment
from notifier.core.delivery import State
from notifier.core.entry import Log
from notifier.core.facts import Observed
from notifier.core.money import Money
from notifier.core.rule import Rulebook
from notifier.core.scene import Scene
from notifier.flow.declare import Declaration
from notifier.flow.finding import Case
from notifier.flow.preview import Coming, Life, life
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import look

from .conftest import PROGRAM, World, at, lab

START = "2026-03-02 10:00"
MISSING, USED, ENDS = (f"{PROGRAM}/{name}" for name in ("credits-not-allocated", "credits-used", "access-ends"))
SUMMARY, UNLIMITED = f"{PROGRAM}/summary-due", f"{PROGRAM}/no-spend-limit-before-the-end"
Line = tuple[Moment, str, str, str]


def previewed(rulebook: Rulebook, declared: Declaration, *texts: str, now: str = START) -> Life:
    """The life of the one grant of *declared*, with what the *texts* suppose."""
    account, grant = declared.account, declared.account.grants[0]
    program, readings, faults = rulebook.programs[PROGRAM], [declared.reading(at(START))], list[str]()
    known = Scene(account, program, look(program, account, grant, readings, at(now)), at(now))
    supposed = suppose(read_suppositions(texts, faults), known, faults)
    assert not faults
    return life(Case(known, grant, program, Snapshot()), scenes(known, grant, readings, supposed))


def lines(coming: tuple[Coming, ...]) -> list[Line]:
    return sorted((each.at, each.rule, each.message.step, each.message.reason.value) for each in coming)


def served(world: World, declared: Declaration, *recorded: tuple[str, dict[str, Observed]]) -> list[Line]:
    """What the service tells of *declared* over its whole life while people record; endings by time left out."""
    world.declare(START, declared)
    saying = [(at(day), said) for day, said in recorded]
    now, recorded_at = at(START), {moment for moment, _ in saying}
    while now < FOREVER:
        for moment, said in [each for each in saying if each[0] == now]:
            world.store.write(lambda tx, said=said, at=moment: tx.record("lab", "1", said, at, "a person"))
            world.store.write(lambda tx: tx.wake("lab"))
        local = account_time(declared.account, now)
        world.judge(local)
        asyncio.run(world.deliver(local))
        coming = world.store.read(lambda tx: tx.next_moment())
        # A letter that was offered wakes the account: that means at once, not at the beginning of time.
        now = max(now, min([coming, *(moment for moment, _ in saying if moment > now)]))
    told = [(each.told.at, each.rule, each.told.step or "", each.told.reason.value) for each in world.deliveries()]
    return sorted(each for each in told if each[3] not in ("closed", "resolved") or each[0] in recorded_at)


def account_time(account: Account, moment: Moment) -> str:
    """*moment* as the world takes it: local time in Berlin, which is the account's."""
    return datetime.fromtimestamp(moment, account.locale.zone).replace(tzinfo=None).isoformat(sep=" ")


def with_override(declared: Declaration, *overrides: Override) -> Declaration:
    return replace(declared, account=replace(declared.account, overrides=overrides))


def with_pauses(declared: Declaration, account: Pause | None, grant: Pause | None = None) -> Declaration:
    grants = tuple(replace(each, paused=grant) for each in declared.account.grants)
    return replace(declared, account=replace(declared.account, paused=account, grants=grants))


def day(text: str) -> int:
    return date.fromisoformat(text).toordinal()


# -- the same as the service ----------------------------------------------------------------------------------


def test_the_whole_life_is_what_the_service_tells(world, shipped):
    told = served(world, lab())

    assert told == lines(previewed(shipped, lab()).coming)
    assert len(told) == 23


@pytest.mark.parametrize("on", ["2026-03-10", "2026-03-26", "2026-04-20", "2027-01-15"])
def test_credits_that_are_supposed_are_told_as_if_they_were_recorded_that_day(world, shipped, on):
    said = {"credits_granted": Money(10**9, "USD"), "credits_granted_on": date.fromisoformat(on)}

    assert lines(previewed(shipped, lab(), f"credits_granted=1000 on {on}").coming) == served(
        world, lab(), (f"{on} 00:00", said)
    )


@pytest.mark.parametrize(
    "recorded",
    [
        [("2026-03-20 15:00", {"credits_granted": Money(10**9, "USD"), "credits_granted_on": date(2026, 3, 19)})],
        [
            ("2026-06-01 12:00", {"renewed_by": "2027"}),
            ("2027-02-20 12:00", {"summary_submitted_on": date(2027, 2, 19)}),
        ],
    ],
    ids=["credits", "a renewal and a summary"],
)
def test_what_was_recorded_leaves_the_past_as_the_service_told_it(world, shipped, recorded):
    told = served(world, lab(), *recorded)
    log = Log(world.store.read(lambda tx: tx.recorded(["lab"]))["lab"])
    account, grant = lab().account, lab().account.grants[0]
    readings, now = [lab().reading(at(START)), log.reading(at(START))], at("2027-03-01 12:00")
    program = shipped.programs[PROGRAM]
    known = Scene(account, program, look(program, account, grant, readings, now), now)

    case = Case(known, grant, program, Snapshot())
    assert lines(life(case, course=course(known, grant, readings, log, [])).coming) == told
    assert [each for each in told if each[3] == "resolved"]


def test_amounts_that_cross_levels_are_told_at_the_moment_of_the_supposition(world, shipped):
    texts = [
        "credits_granted=1000 on 2026-03-20",
        "credits_left=450 on 2026-05-01",
        "credits_left=10 on 2026-08-01",
    ]
    granted = {"credits_granted": Money(10**9, "USD"), "credits_granted_on": date(2026, 3, 20)}
    told = served(
        world,
        lab(),
        ("2026-03-20 00:00", granted),
        ("2026-05-01 00:00", {"credits_left": Money(450 * 10**6, "USD")}),
        ("2026-08-01 00:00", {"credits_left": Money(10 * 10**6, "USD")}),
    )

    assert lines(previewed(shipped, lab(), *texts).coming) == told
    assert [(at, step, reason) for at, rule, step, reason in told if rule == USED] == [
        (at_midnight("2026-05-01"), "50%", "opened"),
        (at_midnight("2026-08-01"), "95%", "escalated"),
    ]


def at_midnight(text: str) -> Moment:
    return at(f"{text} 00:00")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("research_ends_on=2026-12-31 on 2026-06-01", {"research_ends_on": date(2026, 12, 31)}),
        ("credits_expire_on=2026-09-01 on 2027-02-01", {"credits_expire_on": date(2026, 9, 1)}),
        ("summary_submitted_on=2027-02-20 on 2027-02-21", {"summary_submitted_on": date(2027, 2, 20)}),
        ("renewed_by=2027 on 2027-02-01", {"renewed_by": "2027"}),
    ],
)
def test_any_fact_may_be_supposed_and_dates_move_with_it(world, shipped, text, said):
    on = text.rpartition(" ")[2]

    assert lines(previewed(shipped, lab(), text).coming) == served(world, lab(), (f"{on} 00:00", said))


@pytest.mark.parametrize(
    "override",
    [
        Override("summary-due", "later", "", day("2027-02-10")),
        Override(MISSING, "we know", "", None),
        Override(
            "access-ends", "fewer", json.dumps({"steps": ["1 week before"], "urgent": "no"}), day("2027-01-20")
        ),
    ],
    ids=["off for a time", "off for good", "other steps for a time"],
)
def test_an_override_holds_as_long_as_it_does_in_the_service(world, shipped, override):
    declared = with_override(lab(), override)

    assert lines(previewed(shipped, declared).coming) == served(world, declared)


# -- what is supposed ------------------------------------------------------------------------------------------


def test_until_the_day_everything_is_as_it_is(shipped):
    known = lines(previewed(shipped, lab()).coming)
    supposed = lines(previewed(shipped, lab(), "credits_granted=1000 on 2026-04-01").coming)
    before = [each for each in known if each[0] < at_midnight("2026-04-01")]

    assert len(before) == 3
    assert supposed[: len(before)] == before
    assert [each for each in supposed if each[1] == MISSING][-1] == (
        at_midnight("2026-04-01"),
        MISSING,
        "1 week after",
        "resolved",
    )


def test_without_a_day_it_counts_from_now(shipped):
    now = "2026-03-25 14:00"
    coming = previewed(shipped, lab(), "credits_granted=1000", now=now).coming

    assert [(each.at, each.state(at(now))) for each in coming if each.rule == MISSING] == [
        (at("2026-03-16 09:00"), "came"),
        (at("2026-03-24 09:00"), "came"),
        (at(now), "done"),
    ]


def test_what_is_supposed_wins_over_what_the_file_says_later(shipped):
    declared = lab(
        credits_granted=Money(10**9, "USD"),
        credits_granted_on=date(2026, 3, 10),
        credits_left=Money(990 * 10**6, "USD"),
    )
    coming = previewed(shipped, declared, "credits_left=40 on 2026-02-01", now="2026-06-01 12:00").coming

    assert [(each.day, each.message.step) for each in coming if each.rule == USED] == [(day("2026-02-01"), "95%")]


def test_what_has_been_crossed_already_is_not_told_as_if_it_came_now(shipped):
    used = lab(
        credits_granted=Money(10**9, "USD"),
        credits_granted_on=date(2026, 3, 10),
        credits_left=Money(400 * 10**6, "USD"),
    )
    alone = previewed(shipped, used).coming
    refilled = previewed(shipped, used, "credits_left=990 on 2026-08-01").coming

    assert [each for each in alone if each.rule == USED] == []
    assert [(each.day, each.state(at(START))) for each in refilled if each.rule == USED] == [
        (day("2026-08-01"), "done")
    ]


@pytest.mark.parametrize(
    ("texts", "said"),
    [
        (
            ["credits_granted=1000 on 2026-04-01"],
            ["1,000.00 USD from 1 April 2026", "_on 1 April 2026 from 1 April 2026"],
        ),
        (["credits_granted=1000"], ["1,000.00 USD from now", "_on 2 March 2026 from now"]),
        (
            ["credits_granted=1000 on 2026-04-01", "credits_granted_on=2026-03-28"],
            ["1,000.00 USD from 1 April 2026", "_on 28 March 2026 from now"],
        ),
    ],
    ids=["the day named", "today", "a day of its own"],
)
def test_an_amount_that_has_a_day_gets_one(shipped, texts, said):
    found = supposed_of(shipped, lab(), *texts)

    assert sorted(str(each).replace("credits_granted", "").strip() for each in found) == sorted(said)
    assert [each.written for each in found if each.fact.name == "credits_granted"] == [True]


def test_a_day_that_is_known_stays_where_no_other_is_named(shipped):
    known = lab(credits_granted_on=date(2026, 3, 1))

    assert [each.fact.name for each in supposed_of(shipped, known, "credits_granted=5")] == ["credits_granted"]


def supposed_of(rulebook: Rulebook, declared: Declaration, *texts: str) -> list[Supposed]:
    account, program = declared.account, rulebook.programs[PROGRAM]
    facts = look(program, account, account.grants[0], [declared.reading(at(START))], at(START))
    faults: list[str] = []
    return suppose(read_suppositions(texts, faults), Scene(account, program, facts, at(START)), faults)


def test_a_grant_that_would_have_ended_is_shown_as_ended(shipped):
    now = "2026-10-01 12:00"
    shown = previewed(shipped, lab(), "research_ends_on=2026-09-01", now=now)

    assert previewed(shipped, lab(), now=now).ended_on is None
    assert shown.ended_on == day("2026-09-01")


# -- pauses and overrides --------------------------------------------------------------------------------------


def test_what_a_pause_holds_is_told_on_the_day_on_which_the_service_tells_it(world, shipped):
    declared = with_pauses(lab(), Pause("sabbatical", day("2026-03-29")))
    world.declare(START, declared)
    world.judge("2026-03-24 10:00")
    asyncio.run(world.deliver("2026-03-24 10:00"))
    [resting] = [each for each in world.deliveries() if each.state is State.HELD]
    held = [each for each in previewed(shipped, declared).coming if each.held]

    assert [(each.day, each.told_on) for each in held] == [
        (day("2026-03-16"), day("2026-03-30")),
        (day("2026-03-24"), day("2026-03-30")),
    ]
    assert resting.due_at == declared.account.locale.tells(held[0].told_on)


def test_urgent_and_past_messages_are_not_held(shipped):
    coming = previewed(shipped, with_pauses(lab(), Pause("for good")), now="2026-03-20 12:00").coming
    free = [(each.message.step, each.rule) for each in coming if each.held is None]

    assert free == [("1 week before", MISSING), ("1 working day before", ENDS), ("on the day", ENDS)]
    assert {each.told_on for each in coming} == {None}


@pytest.mark.parametrize("grant_first", [True, False])
def test_of_two_pauses_the_longer_one_holds(shipped, grant_first):
    short, long = Pause("holidays", day("2026-03-20")), Pause("sabbatical", day("2026-05-31"))
    declared = with_pauses(lab(), *((long, short) if grant_first else (short, long)))
    [first, *_] = previewed(shipped, declared).coming

    assert (first.held, first.told_on) == (long, day("2026-06-01"))


def test_a_rule_that_is_off_is_named_and_neither_told_nor_expected(shipped):
    off = Override("credits-used", "field work", "", day("2026-12-31"))
    set_otherwise = Override(ENDS, "fewer", json.dumps({"title": "The end"}), None)
    earlier = Override(ENDS, "overruled by the next", json.dumps({"title": "The beginning"}), None)
    past = Override(SUMMARY, "long ago", "", day("2026-01-31"))
    shown = previewed(shipped, with_override(lab(), off, earlier, set_otherwise, past))

    assert [(each.rule, each.override) for each in shown.excepted] == [(USED, off), (ENDS, set_otherwise)]
    assert shown.whenever == ()
    assert {each.message.headline for each in shown.coming if each.rule == ENDS} == {"The end"}
    assert UNLIMITED in {each.rule for each in shown.coming}
