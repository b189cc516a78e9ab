"""How a person answers a message about an item: with which command, and under which name that is recorded."""

from datetime import date

import pytest

from notifier.core.account import Account, Grant
from notifier.core.assemble import assemble
from notifier.core.facts import Expected, Reading
from notifier.core.message import Answer, answers, asked_of_people, recorded_as
from notifier.core.rule import Program
from notifier.core.scene import Scene
from notifier.core.subject import Subject
from notifier.core.vocabulary import BUILT_IN, Kind, Owner, Vocabulary
from tests.core.helpers import condition, fact, locale, moment, rule

NOW = moment("2026-11-22 14:05")
HERE = locale()
BOOKS = Vocabulary(BUILT_IN)
SAID = Reading(
    "recorded",
    NOW,
    {"papers": ("review bots",)},
    {"g": {"letters/ask/sent_on": date(2026, 11, 1), "batches": ("1",)}},
)


def about(listed, item, unless, *grants):
    """The rule that *unless* ends, of an *item* of a list, and the scene in which it is told."""
    words = BOOKS.scoped(listed)
    made = rule(
        "a title", condition(words, **{"while": "pi_name", "unless": unless}), each=listed, vocabulary=words
    )
    record = assemble(BOOKS, (), [SAID], Expected("lab", HERE, grants=("g",)), "g", NOW)
    found = next(each for each in record.values[BOOKS.collections[listed][0]] if each.id == item)
    account = Account("lab", HERE, grants=tuple(Grant(name, "p") for name in ("g", *grants)))
    return made, Scene(account, Program("p", BOOKS), record.of(listed, found), NOW)


@pytest.mark.parametrize(
    ("listed", "item", "unless", "answer"),
    [
        ("papers", "review bots", "paper.submitted_on", Answer("When done", "done", "lab rule 'review bots'")),
        ("letters", "ask", "letter.sent_by", Answer("When done", "done", 'lab rule ask --value "..."')),
        ("letters", "ask", "letter.answered_on", Answer("When an answer came", "answered", "lab ask")),
        ("papers", "review bots", "paper.published_on", None),  # the file says that
    ],
)
def test_what_ends_it_is_said_with_the_item(listed, item, unless, answer):
    assert answers(*about(listed, item, unless)) == ((answer,) if answer else ())


def test_of_several_grants_the_command_names_the_one():
    done, answered = (
        answers(*about("letters", "ask", unless, "other")) for unless in ("letter.sent_by", "letter.answered_on")
    )

    assert done[0].rest == 'lab rule ask --grant g --value "..."'
    assert answered[0].rest == "lab ask --grant g"


def test_a_question_may_be_asked_in_other_words():
    made, scene = about("letters", "ask", "letter.answered_on")

    assert answers(made, scene, when="When did the answer come?")[0].when == "When did the answer come?"


@pytest.mark.parametrize(
    ("listed", "item", "unless", "name", "grant"),
    [
        ("papers", "review bots", "paper.submitted_on", "papers/review bots/submitted_on", ""),
        ("letters", "ask", "letter.answered_on", "letters/ask/answered_on", "g"),
        ("papers", "review bots", "credits_granted", "credits_granted", "g"),
    ],
)
def test_what_is_recorded_has_the_name_that_readings_give_it(listed, item, unless, name, grant):
    made, scene = about(listed, item, unless)
    asked = asked_of_people(made, scene)

    assert recorded_as(made, asked, Subject("program/rule", "lab", "g", item)) == (name, grant)


def test_a_name_with_another_prefix_is_not_the_item_s():
    made, _ = about("papers", "review bots", "paper.submitted_on")
    other = fact("account.note", Kind.TEXT, Owner.RECORDED, grant=False)

    assert recorded_as(made, other, Subject("program/rule", "lab", "g", "review bots")) == ("account.note", "")
