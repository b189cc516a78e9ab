"""Letters as items of a grant: how long each waits, and what one that follows another says of both."""

from datetime import date

import pytest

from notifier.core.assemble import assemble
from notifier.core.calendar import Duration
from notifier.core.facts import Expected, Reading
from notifier.core.letter import FOLLOW_UP_AFTER, Draft
from notifier.core.letters import letters_of
from notifier.core.vocabulary import BUILT_IN, SERVICE, Vocabulary
from tests.core.helpers import day, locale, moment

BOOKS = Vocabulary(BUILT_IN)
NOW = moment("2026-11-22 12:00")


def draft(name, follow_up="", after=FOLLOW_UP_AFTER):
    return Draft(name, str, str, "a@example.edu", "", "", follow_up, after)


DRAFTS = {each.name: each for each in (draft("ask", "ask-again", Duration(5, "days")), draft("ask-again"))}


def letters(drafts=DRAFTS, **said):
    """Each letter's facts; *said*: ``ask={"sent_on": "2026-11-01"}``."""
    facts = {
        f"letters/{name.replace('_', '-')}/{fact}": date.fromisoformat(on)
        for name, days in said.items()
        for fact, on in days.items()
    }
    expected = Expected("lab", locale(), grants=("g",), drafts=drafts)
    record = assemble(BOOKS, (), [Reading("recorded", NOW, {}, {"g": facts})], expected, "g", NOW)
    return letters_of(BOOKS, record.values)


def test_a_letter_waits_as_long_as_its_draft_says_and_else_two_weeks():
    known = letters(
        ask={"sent_on": "2026-11-01"}, ask_again={"sent_on": "2026-11-09"}, gone={"sent_on": "2026-11-09"}
    )

    assert {name: each["follow_up_after"] for name, each in known.items()} == {
        "ask": Duration(5, "days"),
        "ask-again": FOLLOW_UP_AFTER,
        "gone": FOLLOW_UP_AFTER,
    }


def test_a_letter_that_was_followed_up_says_when():
    known = letters(ask={"sent_on": "2026-11-01"}, ask_again={"sent_on": "2026-11-09"})

    assert known["ask"]["followed_up_on"] == day("2026-11-09")
    assert known["ask-again"]["followed_up_on"] is None
    assert known["ask"]["answered_on"] is None


@pytest.mark.parametrize(
    ("ask", "again"),
    [
        ({"sent_on": "2026-11-10"}, {"sent_on": "2026-11-09"}),  # it followed an earlier one
        ({}, {"sent_on": "2026-11-09"}),
        ({"sent_on": "2026-11-10"}, {}),
    ],
)
def test_what_was_not_sent_after_it_does_not_follow_it(ask, again):
    said = {name: days for name, days in {"ask": ask, "ask_again": again}.items() if days}

    assert [each["followed_up_on"] for each in letters(**said).values()] == [None] * len(said)


def test_on_the_same_day_it_follows():
    known = letters(ask={"sent_on": "2026-11-09"}, ask_again={"sent_on": "2026-11-09"})

    assert known["ask"]["followed_up_on"] == day("2026-11-09")


@pytest.mark.parametrize(
    ("ask", "again", "answered"),
    [
        (None, "2026-11-12", ("2026-11-12", "2026-11-12")),  # an answer to either answers both
        ("2026-11-12", None, ("2026-11-12", "2026-11-12")),
        ("2026-11-09", None, ("2026-11-09", "2026-11-09")),
        ("2026-11-08", None, ("2026-11-08", None)),  # it came before the second went out
        ("2026-11-10", "2026-11-12", ("2026-11-10", "2026-11-12")),
        (None, None, (None, None)),
    ],
)
def test_an_answer_to_either_answers_both(ask, again, answered):
    said = {"ask": {"sent_on": "2026-11-01"}, "ask_again": {"sent_on": "2026-11-09"}}
    said["ask"] |= {"answered_on": ask} if ask else {}
    said["ask_again"] |= {"answered_on": again} if again else {}
    known = letters(**said)

    assert tuple(known[name]["answered_on"] for name in ("ask", "ask-again")) == tuple(
        on and day(on) for on in answered
    )


def test_a_draft_that_follows_itself_follows_nothing():
    known = letters({"ask": draft("ask", "ask")}, ask={"sent_on": "2026-11-01"})

    assert known["ask"]["followed_up_on"] is None


def test_without_letters_nothing_is_known_of_any():
    assert letters() == {}
    assert letters_of(BOOKS, (None,) * len(BUILT_IN)) == {}
    assert letters_of(Vocabulary(SERVICE), (None,) * len(SERVICE)) == {}
