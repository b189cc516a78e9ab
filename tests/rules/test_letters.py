"""Letters to a program: the question comes at once, a follow-up is shorter and says what it follows."""

from __future__ import annotations

import re

import pytest

from tests.rules.casebook import DRAFTS

LETTERS = sorted(DRAFTS.glob("*.txt"))
FOLLOW_UP = re.compile(r"^Follow-up: 10 working days, (\S+)$", re.MULTILINE)
NOTHING_FOLLOWS = re.compile(r"-again$|follow-up$|^general-update$")


def parts(path):
    """The headers of a draft, and its body without what Jinja reads."""
    headers, _, body = path.read_text(encoding="utf-8").partition("\n\n")
    return headers, re.sub(r"\{%.*?%\}\n?", "", body)


def sentences(body):
    greeting, _, text = body.partition("\n\n")
    assert greeting == "Hello,"
    return re.split(r"(?<=[.?!])\s+", text.strip())


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_the_question_stands_in_the_first_two_sentences(path):
    first, second, *_ = sentences(parts(path)[1])

    assert first.endswith("?") or second.endswith("?")


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_it_is_signed_by_who_writes_it(path):
    assert "{{ pi_name }}" in parts(path)[1]
    assert "{{ organization }}" in parts(path)[1]


@pytest.mark.parametrize("path", LETTERS, ids=lambda path: path.stem)
def test_a_follow_up_is_shorter_and_quotes_the_letter(path):
    headers, body = parts(path)
    named = FOLLOW_UP.search(headers)

    assert (named is None) == bool(NOTHING_FOLLOWS.search(path.stem))
    if named is None:
        return
    following = DRAFTS / f"{named[1]}.txt"
    its_headers, its_body = parts(following)
    assert len(its_body.split()) < len(body.split())
    assert "{{ letter.sent_on }}" in its_body
    assert "{{ letter.subject }}" in its_body
    assert "Subject: Re: {{ letter.subject }}" in its_headers
    assert re.findall(r"^(?:To|Open): .*$", its_headers, re.MULTILINE) == re.findall(
        r"^(?:To|Open): .*$", headers, re.MULTILINE
    )
