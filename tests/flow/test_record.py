"""People record and take back through the inbox: once each, and of all that is said the newest counts."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifier.core.calendar import FOREVER
from notifier.core.facts import Observed, Reading
from notifier.core.money import Money
from notifier.flow.act import act as take_effect
from notifier.flow.declare import Declaration, declare
from notifier.flow.record import RECORD, UNDO, Observations, Statement, observations
from notifier.flow.subjects import look
from notifier.ports import Act, Tx
from notifier.store.tables import inbox

from .conftest import PROGRAM, World, at, lab

AMOUNT, DAY, SUMMARY = "credits_granted", "credits_granted_on", "summary_submitted_on"
NOW = "2026-03-25 11:00"


def usd(amount: int) -> Money:
    return Money(amount * 10**6, "USD")


class Desk:
    """Somebody who records and takes back in the grant of `lab`, one act a minute."""

    def __init__(self, world: World) -> None:
        self.world, self.acts = world, 0

    def put(self, kind: str, grant: str = "1", name: str | None = None, **said: Observed) -> None:
        self.acts += 1
        act = Act(name or f"act {self.acts}", kind, "lab", grant, said, at(NOW) + 60 * self.acts, "A. Researcher")
        self.world.store.write(lambda tx: tx.put_act(act))

    def record(self, **said: Observed) -> None:
        self.put(RECORD, **said)

    def undo(self, fact: str = AMOUNT) -> None:
        self.put(UNDO, **{fact: None})

    def take_effect(self) -> None:
        self.world.store.write(take_effect, at(NOW) + 3_600)

    def facts(self) -> dict[str, object]:
        """What rules see of the grant."""
        declared = lab()
        program = self.world.rulebook.programs[PROGRAM]
        readings = self.world.store.read(lambda tx: tx.readings(["lab"])["lab"])
        facts = look(program, declared.account, declared.account.grants[0], readings, at(NOW) + 7_200)
        return {name: facts.values[place] for name, place in program.vocabulary.places.items()}

    def counting(self) -> tuple[object, object]:
        """The amount in units, and the day, as rules see them."""
        amount, day = (self.facts()[name] for name in (AMOUNT, DAY))
        return (
            amount // 10**6 if isinstance(amount, int) else amount,
            date.fromordinal(day) if isinstance(day, int) else day,
        )

    def outcomes(self) -> list[str]:
        """What came of each act, oldest first."""

        with self.world.store._readers.connect() as connection:
            return [row.outcome for row in connection.execute(inbox.select().order_by(inbox.c.number))]


@pytest.fixture
def desk(world: World) -> Desk:
    world.declare("2026-03-02 10:00", lab())
    return Desk(world)


# taking back


def test_an_undo_lets_the_one_before_count_again_with_the_day_that_was_said_along(desk: Desk):
    desk.record(credits_granted=usd(900), credits_granted_on=date(2026, 3, 20))
    desk.record(credits_granted=usd(1000), credits_granted_on=date(2026, 3, 24))
    desk.undo()
    desk.take_effect()

    assert desk.counting() == (900, date(2026, 3, 20))
    assert desk.outcomes() == ["recorded", "recorded", "taken back"]


def test_a_day_that_was_said_by_itself_stays(desk: Desk):
    desk.record(credits_granted=usd(900), credits_granted_on=date(2026, 3, 20))
    desk.record(credits_granted_on=date(2026, 3, 19))
    desk.undo()
    desk.take_effect()

    assert desk.counting() == (None, date(2026, 3, 19))


def test_a_corrected_amount_leaves_the_day_of_the_first(desk: Desk):
    desk.record(credits_granted=usd(900), credits_granted_on=date(2026, 3, 20))
    desk.record(credits_granted=usd(1000))
    desk.undo()
    desk.take_effect()

    assert desk.counting() == (900, date(2026, 3, 20))


def test_two_undos_go_back_by_two_and_a_third_finds_nothing(desk: Desk):
    desk.record(credits_granted=usd(900))
    desk.record(credits_granted=usd(1000))
    for _ in range(3):
        desk.undo()
    desk.take_effect()

    assert desk.counting() == (None, None)
    assert desk.outcomes()[2:] == ["taken back", "taken back", "nothing was recorded that could be taken back"]


def test_an_undo_that_names_the_day_too_takes_it_back_once(desk: Desk):
    desk.record(credits_granted_on=date(2026, 3, 18))
    desk.record(credits_granted=usd(900), credits_granted_on=date(2026, 3, 20))
    desk.put(UNDO, credits_granted=None, credits_granted_on=None)
    desk.take_effect()

    assert desk.counting() == (None, date(2026, 3, 18))


def test_the_same_undo_has_one_effect(desk: Desk):
    desk.record(credits_granted=usd(900))
    desk.record(credits_granted=usd(1000))
    for _ in range(2):
        desk.put(UNDO, name="clicked twice", credits_granted=None)
        desk.take_effect()

    assert desk.counting() == (900, None)


def test_recording_again_takes_an_undo_back(desk: Desk):
    desk.record(credits_granted=usd(900))
    desk.undo()
    desk.record(credits_granted=usd(900))
    desk.take_effect()

    assert desk.counting() == (900, None)


def test_where_nothing_is_left_the_file_counts_again(world: World):
    world.declare("2026-03-02 10:00", lab(credits_granted=usd(5000)))
    desk = Desk(world)
    desk.record(credits_granted=usd(1000))
    desk.take_effect()
    recorded = desk.counting()
    desk.undo()
    desk.take_effect()

    assert (recorded, desk.counting()) == ((1000, None), (5000, None))


def test_what_an_undo_brings_back_is_told_again(world: World, desk: Desk):
    def tell(now: str) -> list[str]:
        before = len(world.paper.told)
        world.judge(now)
        asyncio.run(world.deliver(now))
        return world.paper.titles[before:]

    opened = tell("2026-03-24 09:00")
    desk.record(credits_granted=usd(900))
    done = tell("2026-03-25 12:00")
    desk.undo()
    again = tell("2026-03-25 13:00")

    assert [opened, done, again] == [
        ["opened: Credits have not arrived"],
        ["resolved: Done: Credits have not arrived"],
        ["opened: Credits have not arrived"],
    ]


@pytest.mark.parametrize("kind", [RECORD, UNDO])
def test_an_act_about_nothing_known_says_so(desk: Desk, kind: str):
    desk.record(credits_granted=usd(900))
    desk.put(kind, grant="9", credits_granted=usd(1))
    desk.take_effect()

    assert desk.outcomes()[1:] == ["there is no grant '9' on an account 'lab'"]
    assert desk.counting() == (900, None)


def test_a_fact_of_the_whole_account_needs_no_grant(desk: Desk):
    desk.put(RECORD, grant="", affiliation="Institute")
    desk.take_effect()
    recorded = desk.facts()["affiliation"]
    desk.put(UNDO, grant="", affiliation=None)
    desk.take_effect()

    assert (recorded, desk.facts()["affiliation"]) == ("Institute", None)


def test_an_act_that_is_interrupted_has_its_whole_effect_the_next_time(desk: Desk):
    class Killed(Exception):
        pass

    def interrupted(tx: Tx) -> None:
        take_effect(tx, at(NOW) + 3_600)
        raise Killed

    desk.record(credits_granted=usd(900))
    desk.record(credits_granted=usd(1000))
    desk.take_effect()
    desk.undo()
    with pytest.raises(Killed):
        desk.world.store.write(interrupted)
    interrupted_at = desk.counting()
    desk.take_effect()

    assert (interrupted_at, desk.counting()) == ((1000, None), (900, None))


# what is said of a fact, and what of it counts


def known(world: World, declared: Declaration) -> Observations:
    return world.store.read(observations, declared, at(NOW) + 3_600)


def test_what_waits_in_the_inbox_counts_as_if_it_had_had_its_effect(desk: Desk):
    desk.record(credits_granted=usd(900))
    desk.record(credits_granted=usd(1000), credits_granted_on=date(2026, 3, 24))
    desk.put("dance")
    waiting = known(desk.world, lab())
    desk.undo()
    undone = known(desk.world, lab())
    desk.take_effect()

    assert (waiting.value("1", AMOUNT), waiting.value("1", DAY)) == (usd(1000), date(2026, 3, 24))
    assert (undone.value("1", AMOUNT), undone.value("1", DAY)) == (usd(900), None)
    assert undone.log == known(desk.world, lab()).log


def test_what_waits_for_another_account_does_not_count_here(desk: Desk):
    act = Act("a", RECORD, "library", "1", {AMOUNT: usd(1)}, at(NOW), "A. Researcher")
    desk.world.store.write(lambda tx: tx.put_act(act))

    assert known(desk.world, lab()).of("1", AMOUNT) == []


def test_the_file_counts_from_when_it_was_last_changed(world: World):
    world.declare("2026-03-02 10:00", lab(credits_granted=usd(4000)))
    desk = Desk(world)
    desk.record(credits_granted=usd(1000))
    desk.take_effect()
    edited = lab(credits_granted=usd(5000))
    before = known(desk.world, edited).of("1", AMOUNT)
    later = at(NOW) + 1_800
    desk.world.store.write(declare, [edited], later)
    after = known(desk.world, edited).of("1", AMOUNT)

    recorded = Statement("recorded", usd(1000), at(NOW) + 60, "A. Researcher")
    assert before == [Statement("declared", usd(5000), FOREVER), recorded]
    assert after == [Statement("declared", usd(5000), later), recorded]


def test_what_a_source_reads_is_a_statement_too(world: World):
    world.declare("2026-03-02 10:00", lab())
    world.store.write(lambda tx: tx.put_reading("lab", Reading("meter", at(NOW), {}, {"1": {AMOUNT: usd(7)}})))

    assert known(world, lab()).of("1", AMOUNT) == [Statement("meter", usd(7), at(NOW))]


MOMENTS = st.integers(0, 40)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    file=st.lists(st.tuples(MOMENTS, st.integers(1, 3)), min_size=1),
    said=st.lists(st.tuples(MOMENTS, st.integers(1, 3))),
)
def test_what_counts_is_what_rules_are_judged_on(
    world: World, file: list[tuple[int, int]], said: list[tuple[int, int]]
):
    """Edits of the file and records at any moments, in any order: the command says what the rules see."""

    class Undone(Exception):
        pass

    def play(tx: Tx) -> None:
        edits = sorted(file)
        for moment, amount in edits:
            declare(tx, [lab(credits_granted=usd(amount))], at(NOW) + moment)
        for moment, amount in said:
            tx.record("lab", "1", {AMOUNT: usd(amount)}, at(NOW) + moment, "pi")
        declared = lab(credits_granted=usd(edits[-1][1]))
        program, account = world.rulebook.programs[PROGRAM], declared.account
        facts = look(program, account, account.grants[0], tx.readings(["lab"])["lab"], at(NOW) + 100)
        seen = facts.values[program.vocabulary.places[AMOUNT]]

        assert observations(tx, declared, at(NOW) + 100).value("1", AMOUNT) == Money(seen, "USD")
        raise Undone

    with pytest.raises(Undone):
        world.store.write(play)
