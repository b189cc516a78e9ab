"""Which pause and which overrides of an account hold on a day, and what they make of a program."""

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from notifier.core.account import Account, Grant, Override, Pause
from notifier.core.calendar import Locale
from notifier.core.rule import Program, Rulebook
from notifier.core.verdict import CLOSED
from tests.core.test_message import MISSING, PROGRAM, USED

HERE = Locale(ZoneInfo("UTC"))
LAB = Account("lab", HERE, grants=(Grant("a", "p"), Grant("b", "p", paused=Pause("strike", 10))))


@pytest.mark.parametrize(
    ("account", "grant", "day", "because"),
    [
        (LAB, "a", 5, None),
        (LAB, "b", 10, "strike"),
        (LAB, "b", 11, None),
        (replace(LAB, paused=Pause("moved")), "a", 99, "moved"),
        (replace(LAB, paused=Pause("moved")), "b", 5, "moved"),  # it lasts longer
        (replace(LAB, paused=Pause("moved", 5)), "b", 5, "strike"),
        (replace(LAB, paused=Pause("moved", 5)), "gone", 5, "moved"),
    ],
)
def test_the_pause_that_lasts_longest_holds(account, grant, day, because):
    pause = account.pause(grant, day)

    assert (pause.because if pause else None) == because


def test_an_override_holds_through_its_last_day():
    brief, lasting = Override("x", "because", until=5), Override("y", "because")
    account = replace(LAB, overrides=(brief, lasting))

    assert [LAB.in_force(5), account.in_force(5), account.in_force(6)] == [(), (brief, lasting), (lasting,)]


def test_without_overrides_the_program_is_itself():
    assert PROGRAM.under(()) is PROGRAM
    assert Rulebook({"p": PROGRAM}).program("p", LAB, 5) is PROGRAM
    assert Rulebook({}).program("p", LAB, 5) is None


def test_a_rule_that_is_off_never_applies_and_the_others_are_untouched():
    off = (Override(MISSING.id, "because"),)
    program = Rulebook({"p": PROGRAM}).program("p", replace(LAB, overrides=off), 5)
    missing, used = program.rules

    assert missing.off
    assert missing.judge(HERE)((), 0) is CLOSED
    assert used is USED
    assert PROGRAM.under(off) is PROGRAM.under(off)  # read once


def test_the_last_of_several_overrides_of_a_rule_counts():
    other = replace(MISSING, contact="technical")
    program = replace(PROGRAM, amend=lambda rule, fields: other if (rule, fields) == (MISSING.id, "{}") else None)
    short = MISSING.id.rpartition("/")[2]
    overrides = (Override(short, "because"), Override(MISSING.id, "because", "{}"))

    assert program.under(overrides).rules == (other, USED)
    assert program.under(overrides[::-1]).rules[0].off


def test_fields_that_fit_no_rule_leave_it_as_it_is_written():
    overrides = (Override(MISSING.id, "because", '{"steps": []}'),)

    assert Program("q", PROGRAM.vocabulary, rules=PROGRAM.rules).under(overrides).rules == PROGRAM.rules
