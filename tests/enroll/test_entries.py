"""What is written into the accounts file means what was meant, to every reader of YAML."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from notifier.enroll.accounts.notation import double_quoted, inline, lines, scalar, single_quoted

VALUES = st.recursive(
    st.text() | st.dates() | st.booleans() | st.none() | st.integers(),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(), each, max_size=3),
    max_leaves=6,
)


def _meant(text):
    return YAML(typ="safe", pure=True).load(text)


@given(st.dictionaries(st.sampled_from(["people", "terms", "a b", "1", "no"]), VALUES, max_size=3))
def test_whatever_is_written_in_lines_comes_back(entry):
    assert (_meant("\n".join(lines(entry))) or {}) == entry


@given(st.lists(VALUES, max_size=3))
def test_whatever_is_written_in_brackets_comes_back(values):
    assert _meant(f"x: {inline(values)}   # comment") == {"x": values}


@given(st.text())
def test_quotes_hold_everything_on_one_line(text):
    for written in (single_quoted(text), double_quoted(text)):
        assert _meant(f"[{written}]") == [text]
        assert written.isprintable()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("lab", "lab"),
        ("3 weeks", "3 weeks"),
        ("5000.50 USD", "5000.50 USD"),
        ("mailto:a@example.edu", "mailto:a@example.edu"),
        ("Müller's group (3)", "Müller's group (3)"),
        ("slack:#lab", '"slack:#lab"'),
        ("09:00", '"09:00"'),
        ("2024", '"2024"'),
        ("2024-02", '"2024-02"'),
        ("1e5", '"1e5"'),
        ("=1+1", '"=1+1"'),
        ('say "hi"', "'say \"hi\"'"),
        ("a\u202eb", '"a\\u202eb"'),
        (date(2026, 3, 31), "2026-03-31"),
    ],
)
def test_a_value_is_written_as_plainly_as_it_can_be(value, written):
    assert scalar(value) == written


@pytest.mark.parametrize("word", ["yes", "No", "on", "OFF", "y", "N", "true", "NULL"])
def test_a_word_that_older_readers_take_for_something_else_stands_in_quotes(word):
    assert scalar(word) == f'"{word}"'
    assert re.fullmatch(r"[a-z]+", scalar(f"{word}sir".lower()))
