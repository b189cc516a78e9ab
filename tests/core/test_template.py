"""A text holds plain names; an unknown one is an error with its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.language.grammar import LanguageError
from notifier.core.language.template import DATED, SPECIAL, blank, parse_template
from notifier.core.vocabulary import Vocabulary
from tests.core.helpers import SMALL


def filled(text, vocabulary=SMALL):
    return parse_template(text, vocabulary).fill(lambda name: f"<{name}>")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain", "plain"),
        ("", ""),
        ("{{ due_on }}", "<0>"),
        ("due {{due_on}}, spent {{  used  }}.", "due <0>, spent <4>."),
        ("{{ value }} {{ deadline }} {{ from_today }} {{ step }} {{ account }}",
         "<value> <deadline> <from_today> <step> <account>"),
        ("a { b } c", "a { b } c"),
    ],
)  # fmt: skip
def test_names_are_replaced_and_all_else_stays(text, expected):
    assert filled(text) == expected


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("on {{ due_onn }}", "there is no fact `due_onn` to put into a text; did you mean `due_on`?", 6),
        ("{{ valu }}", "there is no fact `valu` to put into a text; did you mean `value`?", 3),
        ("{{ due_on + 1 }}", "there is no fact `due_on + 1` to put into a text; did you mean `due_on`?", 3),
        ("{{ }}", "there is no fact `` to put into a text", 3),
        ("{{ due_on", "`{{` is not part of a name such as {{ accepted_on }}", 0),
        ("a }} b", "`}}` is not part of a name such as {{ accepted_on }}", 2),
        ("{% if due_on %}", "`{%` is not part of a name such as {{ accepted_on }}", 0),
        ("{{ ''.__class__ }}", "there is no fact `''.__class__` to put into a text", 3),
    ],
)
def test_a_mistake_is_answered_at_its_place(text, why, offset):
    with pytest.raises(LanguageError) as refused:
        filled(text)

    assert (refused.value.why, refused.value.offset) == (why, offset)


@given(st.text(st.characters(exclude_characters="{}")))
def test_a_text_without_braces_is_left_as_it_is(text):
    assert filled(text) == text


def test_a_blank_says_where_to_find_what_is_missing():
    vocabulary = Vocabulary()

    assert blank(vocabulary, vocabulary.places["organization"]) == (
        "[organization id: Settings, Organization, General]"
    )
    assert blank(SMALL, SMALL.places["used"]) == "[where used is found (amount)]"


def test_the_names_that_speak_of_a_date_are_special_names():
    assert set(SPECIAL) > DATED
