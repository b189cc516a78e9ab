"""Every rule that is shipped, and every rule of the examples, is seen to tell and seen to be silent.

The cases stand in ``cases/``; `casebook` plays them on a store, with the flow that the service has.
"""

from __future__ import annotations

import re

import pytest

from notifier.core.alert import Reason
from notifier.core.message import Message
from notifier.core.vocabulary import SERVICE_PROGRAM
from tests.rules.casebook import Case, Heard, cases, play, rulebook, rules_to_show

BOOKS = ("shipped", "own", "examples")
NEWS = (Reason.OPENED, Reason.ESCALATED)
NEXT_STANDS_WITHIN = 300  # characters
MOST_WORDS = 150
AMOUNT = re.compile(r"\d[\d,]*\.\d\d [A-Z]{3}")
AGED = re.compile(r"\([^()]*(?:read|recorded|pushed|terms)[^()]*\)")
NEVER_SAID = re.compile(r"\{\{|\}\}|\{%|\bNone\b|\[not known\]|UNREAD")


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_case_tells_what_it_says(case, tmp_path):
    heard = play(case, tmp_path)

    assert [each.told for each in heard] == list(case.tells)
    for each in heard:
        reads_well(each)
        amounts_are_known(each)
        if case.book == "shipped" and each.message.reason in NEWS:
            says_what_to_do(case, each)


@pytest.mark.parametrize("book", BOOKS)
def test_every_rule_has_a_case_that_tells_and_one_that_is_silent(book):
    wanted = {(rule, told) for rule in rules_to_show(book) for told in (True, False)}
    shown = {(case.rule, case.is_told) for case in cases() if case.book == book}

    assert sorted(wanted - shown) == []


@pytest.mark.parametrize("book", BOOKS)
def test_no_case_speaks_of_a_rule_that_is_not_there(book):
    ids = {rule.id for rule in rulebook(book).rules}

    assert sorted({case.rule for case in cases() if case.book == book} - ids) == []


def amounts_are_known(heard: Heard) -> None:
    """Every amount that the message shows stands beside its source and its age."""
    message = heard.message
    letter = f"{message.letter.subject} {message.letter.body}" if message.letter is not None else ""
    shown = set(AMOUNT.findall(f"{message.headline} {message.say} {message.next} {message.hint} {letter}"))
    aged = [group for group in f"{message.known}; {message.hint}".split("; ") if AGED.search(group)]

    assert [each for each in shown if not any(each in group for group in aged)] == [], message


@pytest.mark.parametrize("known", ["", "credits left 5.00 USD", "credits left 7.00 USD (openai, read 13:00 UTC)"])
def test_an_amount_without_its_age_would_be_noticed(known):
    message = Message("5.00 USD left", "lab", Reason.OPENED, known=known)

    with pytest.raises(AssertionError, match=r"5\.00 USD"):
        amounts_are_known(Heard("opened 5 USD", message))


def reads_well(heard: Heard) -> None:
    """Nothing stands there that a person cannot read, and a letter is as short as letters are."""
    message = heard.message
    shown = f"{message.headline} {message.say} {message.next}"

    assert not NEVER_SAID.search(shown), shown
    if message.letter is not None:
        assert len(message.letter.body.split()) <= MOST_WORDS
        assert not NEVER_SAID.search(message.letter.body), message.letter.body


def says_what_to_do(case: Case, heard: Heard) -> None:
    """What a message says: the one thing to do, early; and where to do it, or whom to write to."""
    message = heard.message

    assert message.next
    assert len(f"{message.title} {message.say} ") <= NEXT_STANDS_WITHIN
    assert message.link or message.contact or case.rule.startswith(f"{SERVICE_PROGRAM}/")
