"""Values of a rule begin at a step; a program is compiled once for a locale."""

import pytest

from notifier.core.alert import Policy
from notifier.core.calendar import Duration
from notifier.core.language.template import parse_template
from notifier.core.language.types import understand
from notifier.core.rule import Program, Rulebook, Staged
from notifier.core.vocabulary import SERVICE_PROGRAM, Kind
from tests.core.helpers import SMALL, condition, day, locale, moment, record, rule

TELL = Staged(((0, "team"), (2, "pi"), (1, "office")))


@pytest.mark.parametrize(
    ("rank", "all_of_them", "the_last"),
    [
        (-1, ("team",), "team"),
        (0, ("team",), "team"),
        (1, ("team", "office"), "office"),
        (5, ("team", "pi", "office"), "pi"),
    ],
)
def test_a_value_holds_from_its_step_on(rank, all_of_them, the_last):
    assert (TELL.at(rank), TELL.last_at(rank)) == (all_of_them, the_last)


def test_where_nothing_has_begun_there_is_nothing():
    assert (Staged().at(3), Staged().last_at(3), Staged(((2, "draft"),)).last_at(1)) == ((), None, None)


def test_a_program_is_compiled_once_for_each_locale():
    due = rule(parse_template("Due", SMALL), condition(deadline="due_on", steps=["on the day"]))
    formula = understand("lead after due_on", SMALL, Kind.DATE)
    program = Program("program", SMALL, ((1, formula),), rules=(due,))
    here = locale("Europe/Berlin")
    bound = program.bound(here)
    ((place, follows),) = bound.formulas
    ((same, policy, judge),) = bound.judges

    assert program.bound(locale("Europe/Berlin")) is bound
    assert program.bound(locale("UTC")) is not bound
    assert (place, follows(record(due_on=1, lead=Duration(2, "days")))) == (1, 3)
    assert (same, policy) == (due, Policy(("on the day",), locale=here))
    assert judge(record(due_on=day("2026-11-23")), moment("2026-11-23 08:00")).step == "on the day"


def test_a_rulebook_knows_the_programs_of_grants_and_all_drafts():
    one = Program("one", SMALL, drafts={"ask": None, "more": None})
    own, itself = Program("", SMALL), Program(SERVICE_PROGRAM, SMALL, drafts={"help": None})
    book = Rulebook({each.id: each for each in (one, own, itself)})

    assert book.of_grants == {"one": one}
    assert book.drafts == {"ask", "more", "help"}
    assert one.family == {"one": one, "": own, SERVICE_PROGRAM: itself}


def test_a_rulebook_finds_a_rule_by_program_and_id_and_knows_whose_file_it_is_from():
    due = rule(parse_template("Due", SMALL), condition(deadline="due_on", steps=["on the day"]))
    book = Rulebook({"program": Program("program", SMALL, rules=(due,)), "other": Program("other", SMALL)})

    assert book.rule("program", "program/rule") is due
    assert [book.rule("program", "program/gone"), book.rule("gone", "program/rule")] == [None, None]
    assert (book.owns("program", "program/rule"), book.owns("program", "own/rule")) == (True, False)
