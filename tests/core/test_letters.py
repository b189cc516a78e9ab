"""Letters as items: how long each waits for its answer, and what the one that follows says of it."""

from datetime import date

import pytest

from notifier.core.assemble import assemble
from notifier.core.calendar import WORKING_DAYS, Duration
from notifier.core.facts import Expected, Reading
from notifier.core.letter import Draft
from notifier.core.letters import letters_of
from notifier.core.vocabulary import Vocabulary
from tests.core.helpers import day, locale, moment

BOOKS = Vocabulary()
WEEK, TEN = Duration(7, "days"), Duration(10, WORKING_DAYS)


def draft(name, follow_up="", after=TEN):
    return Draft(
        name, lambda _: name, lambda _: name, "to@example.edu", follow_up=follow_up, follow_up_after=after
    )


DRAFTS = {each.name: each for each in (draft("first", "again", WEEK), draft("again"), draft("loop", "loop"))}


def letters(drafts=DRAFTS, **said):
    """What a record knows of letters; *said* has ``first_sent_on="2026-03-02"``."""
    facts = {}
    for name, value in said.items():
        letter, _, fact = name.partition("_")
        facts[f"letters/{letter}/{fact}"] = date.fromisoformat(value)
    reading = Reading("recorded", moment("2026-03-02 09:00"), grants={"1": facts})
    expected = Expected("lab", locale(), grants=("1",), drafts=drafts)
    return letters_of(BOOKS, assemble(BOOKS, (), [reading], expected, "1", moment("2026-04-01 09:00")).values)


def test_a_letter_waits_as_long_as_its_draft_says_or_ten_working_days():
    known = letters(first_sent_on="2026-03-02", again_drafted_on="2026-03-02", gone_sent_on="2026-03-02")

    assert known["first"]["follow_up_after"] == WEEK
    assert known["again"]["follow_up_after"] == known["gone"]["follow_up_after"] == TEN
    assert known["gone"]["name"] == "gone"


def test_a_letter_is_followed_up_when_the_one_that_its_draft_names_was_sent():
    assert letters(first_sent_on="2026-03-02", again_drafted_on="2026-03-03")["first"]["followed_up_on"] is None
    known = letters(first_sent_on="2026-03-02", again_sent_on="2026-03-12")

    assert known["first"]["followed_up_on"] == day("2026-03-12")
    assert known["again"]["followed_up_on"] is None


def test_what_was_sent_before_it_does_not_follow_it():
    known = letters(first_sent_on="2026-03-12", again_sent_on="2026-03-02", again_answered_on="2026-03-13")

    assert (known["first"]["followed_up_on"], known["first"]["answered_on"]) == (None, None)


def test_a_follow_up_of_what_nobody_sent_follows_nothing():
    assert letters(first_drafted_on="2026-03-02", again_sent_on="2026-03-02")["first"]["followed_up_on"] is None


@pytest.mark.parametrize("answered", ["first", "again"])
def test_an_answer_to_one_answers_both(answered):
    said = {"first_sent_on": "2026-03-02", "again_sent_on": "2026-03-12", f"{answered}_answered_on": "2026-03-13"}
    known = letters(**said)

    assert known["first"]["answered_on"] == known["again"]["answered_on"] == day("2026-03-13")


def test_an_answer_that_came_before_the_follow_up_does_not_answer_that():
    known = letters(first_sent_on="2026-03-02", first_answered_on="2026-03-05", again_sent_on="2026-03-12")

    assert known["first"]["answered_on"] == day("2026-03-05")
    assert known["again"]["answered_on"] is None


def test_a_draft_that_follows_itself_follows_nothing():
    assert letters(loop_sent_on="2026-03-02")["loop"]["followed_up_on"] is None


def test_a_vocabulary_without_letters_knows_none():
    assert letters_of(Vocabulary(()), ()) == {}
