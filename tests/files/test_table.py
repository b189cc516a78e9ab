"""A mapping is read field by field; what nobody asked for is named, and every mistake is noted."""

import pytest

from notifier.files.positions import parse
from notifier.files.table import Table, day, word, yes_or_no


def table(text):
    faults = []
    return Table(parse(text, "a.yaml", faults), faults, "a thing")


def said(read):
    return [str(fault) for fault in read.faults]


def test_all_mistakes_are_noted_and_reading_goes_on():
    read = table("id: The Lab\nsince: soon\nname: [a]\nnmae: x\n")

    assert [read.word("id"), read.day("since"), read.text("name"), read.text("size", needed=True)] == [None] * 4
    read.rest()
    assert said(read) == [
        "a.yaml:1:5: 'The Lab': an id has small letters, digits and hyphens; did you mean `the-lab`?",
        "a.yaml:2:8: 'soon' is not a date such as 2026-11-22",
        "a.yaml:3:7: a single value is wanted here, not a list",
        "a.yaml:1:1: a thing needs `size`",
        "a.yaml:4:1: `nmae` is not a field of a thing; did you mean `name`?",
    ]


def test_of_what_is_no_mapping_only_that_is_said():
    read = table("[a, b]")

    assert read.text("id", needed=True) is None
    read.rest()
    assert said(read) == ["a.yaml:1:1: a thing is a mapping of fields, not a list"]


def test_an_empty_field_is_missing():
    read = table("id:\nname: ~")

    assert (read.get("id"), read.text("name", needed=True)) == (None, None)
    assert said(read) == ["a.yaml:1:1: a thing needs `name`"]


def test_a_single_value_counts_as_a_list_of_one():
    assert [item.text for item in table("to: a").all("to")] == ["a"]
    assert [item.text for item in table("to: [a, b]").all("to")] == ["a", "b"]
    assert list(table("to:").all("to")) == []


def test_mappings_in_lists_and_fields_are_tables_of_their_own():
    read = table("one: {x: 1}\nmany: [{x: 2}, {x: 3}, y]")

    assert read.table("one", "one").text("x") == "1"
    assert [each.text("x") for each in read.tables("many", "one of many")] == ["2", "3", None]
    assert said(read) == ["a.yaml:2:24: one of many is a mapping of fields, not a value"]


@pytest.mark.parametrize("text", ["lab", "2024", "a-b_c", "x" * 63])
def test_an_id_is_taken_as_it_is(text):
    assert word(text) == text


@pytest.mark.parametrize("text", ["", "-a", "Lab", "a b", "a.b", "a/b", "a|b", "ä", "x" * 64, "a\n"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="an id has small letters, digits and hyphens"):
        word(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2026-1-2", "'2026-1-2' is not a date such as 2026-11-22"),
        ("2026-11-22 ", "'2026-11-22 ' is not a date such as 2026-11-22"),
        ("", "'' is not a date such as 2026-11-22"),
        ("2026-13-01", "there is no day 2026-13-01"),
        ("2027-02-29", "there is no day 2027-02-29"),
        ("0226-11-22", "0226-11-22 lies outside the years 1970 to 2199"),
        ("9999-12-31", "9999-12-31 lies outside the years 1970 to 2199"),
    ],
)
def test_what_is_no_day_is_refused(text, why):
    with pytest.raises(ValueError) as raised:
        day(text)

    assert str(raised.value) == why


@pytest.mark.parametrize("text", ["on", "off", "y", "True", "1", ""])
def test_only_yes_no_true_and_false_are_yes_or_no(text):
    with pytest.raises(ValueError, match="is neither true nor false"):
        yes_or_no(text)
