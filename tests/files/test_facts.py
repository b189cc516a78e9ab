"""What a rules file adds to the vocabulary, and how people write a fact's value."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calendar import Duration
from notifier.core.money import Money
from notifier.core.vocabulary import Kind, Owner
from notifier.files.facts import read_value
from tests.files.books import HEAD, book, rule

ONE_OF = "9:6: a fact has one of `default:`, `is:` or `type:` (with `ask:`)"


def with_facts(text):
    """A rules file with *text* below its facts: it begins at line 9."""
    return HEAD.replace("rules:\n", f"{text}\nrules:\n") + rule()


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("  x: {}", ONE_OF),
        ("  x: {default: }", ONE_OF),
        ("  x: {ask: When?}", ONE_OF),
        ("  x: {default: 3 weeks, is: accepted_on}", ONE_OF),
        ("  x: 3 weeks", "9:6: a fact is a mapping of fields, not a value"),
        ("  x: {type: date}", "9:6: a fact needs `ask`"),
        (
            "  x: {type: day, ask: When?}",
            "9:13: 'day' is not a type; there are date, duration, amount, money, number, text, yes or no",
        ),
        ("  x: {default: 3 weeks, ask: When?}", "9:25: `ask` is not a field of a fact"),
        (
            "  x: {type: date, ask: When?, aks: no}",
            "9:31: `aks` is not a field of a fact; did you mean `ask`?",
        ),
        (
            "  x: {default: 3 weeks after accepted_on}",
            "9:16: a default is a single value: 3 weeks, 2026-11-22, 200 USD, 80%",
        ),
        ("  x: {default: -3}", "9:16: a default is a single value: 3 weeks, 2026-11-22, 200 USD, 80%"),
        ("  x: {default: 3 parsecs}", "9:18: `parsecs` is not a unit of time; write days, weeks, months"),
        ("  x: {is: credits_lft}", "9:11: there is no fact `credits_lft`; did you mean `credits_left`?"),
        (
            "  x: {is: 'earliest of ends_on, summry_on'}",
            "9:33: there is no fact `summry_on`; did you mean `summary_on`?",
        ),
        (
            "  x: {is: 1 week after later}\n  later: {default: 2026-01-01}",
            "9:24: `later` stands further down; a formula uses the facts above it",
        ),
        ("  x: {is: x}", "9:11: there is no fact `x`"),
        (
            "  accepted_on: {default: 2026-01-01}",
            "9:3: there is a fact `accepted_on` already; choose another name",
        ),
        ("  ends_on: {default: 2026-01-01}", "9:3: `ends_on` stands here twice; it was first at line 7"),
        ("  deadline: {default: 3 weeks}", "9:3: `deadline` is a word of the language; choose another name"),
        ("  last: {default: 3 weeks}", "9:3: `last` is a word of the language; choose another name"),
        (
            "  write-to: {default: 3 weeks}",
            "9:3: 'write-to': a fact's name has small letters, digits and underscores; did you mean `write_to`?",
        ),
        ("  3d: {default: 3}", "9:3: '3d': a fact's name has small letters, digits and underscores"),
    ],
)
def test_a_mistake_is_said_with_its_place(tmp_path, text, fault):
    _, faults = book(tmp_path / "rules", demo=with_facts(text))

    assert faults == [f"rules/demo.yaml:{fault}"]


def test_only_the_definition_is_at_fault_not_every_use_of_it(tmp_path):
    used = rule(deadline="y", say="'{{ y }}'")
    drafts = {"ask": "To: a@example.edu\nSubject: {{ y }}\n\nUntil {{ y }}.\n"}
    text = HEAD.replace("rules:\n", "  y: {is: acepted_on}\nrules:\n")
    _, faults = book(tmp_path / "rules", drafts, demo=text + used)

    assert faults == ["rules/demo.yaml:9:11: there is no fact `acepted_on`; did you mean `accepted_on`?"]


def test_terms_formulas_and_questions_become_facts_with_their_owners(tmp_path):
    added = ["  share: {default: 80%}", "  soon: {is: write_after before ends_on}"]
    asked = "  topped_up: {type: amount, ask: Much?}"
    rulebook, faults = book(tmp_path / "rules", demo=with_facts("\n".join([*added, asked])))
    program = rulebook.programs["demo"]
    facts = {fact.name: fact for fact in program.vocabulary.facts}

    assert faults == []
    assert facts["write_after"].default == Duration(21, "days")
    assert facts["share"].default == pytest.approx(0.8)
    assert (facts["soon"].kind, facts["soon"].owner) == (Kind.DATE, Owner.DERIVED)
    assert facts["soon"].formula == "write_after before ends_on"
    assert (facts["topped_up"].kind, facts["topped_up"].owner) == (Kind.MONEY, Owner.RECORDED)
    assert facts["topped_up"].where == "Much?"
    assert [place for place, _ in program.formulas] == [
        program.vocabulary.places[name] for name in ("ends_on", "soon")
    ]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (Kind.DATE, "2026-11-22", date(2026, 11, 22)),
        (Kind.DURATION, "P3W", Duration(21, "days")),
        (Kind.MONEY, "1000", Money(1_000_000_000, "EUR")),
        (Kind.MONEY, "12.50", Money(12_500_000, "EUR")),
        (Kind.MONEY, "12.50 usd", Money(12_500_000, "USD")),
        (Kind.NUMBER, "2.5", 2.5),
        (Kind.YESNO, "yes", True),
        (Kind.YESNO, "false", False),
        (Kind.TEXT, " two\n lines ", "two lines"),
        (Kind.TEXT, "half a letter: \udcff", "half a letter: ?"),
    ],
)
def test_a_value_is_read_as_people_write_it(kind, text, value):
    assert read_value(kind, text, "EUR") == value


@pytest.mark.parametrize(
    ("kind", "text", "why"),
    [
        (Kind.DATE, "22.11.2026", "'22.11.2026' is not a date such as 2026-11-22"),
        (Kind.DATE, "20261122", "'20261122' is not a date such as 2026-11-22"),
        (Kind.DATE, "2026-W47-7", "'2026-W47-7' is not a date such as 2026-11-22"),
        (Kind.DATE, "2026-02-30", "there is no day 2026-02-30"),
        (Kind.DATE, "\u0662026-11-22", "'\u0662026-11-22' is not a date such as 2026-11-22"),
        (Kind.MONEY, "1,000 USD", "'1,000 USD' is not an amount such as 1000 USD or 12.50 EUR"),
        (Kind.MONEY, "a lot", "'a lot' is not an amount such as 1000 USD or 12.50 EUR"),
        (Kind.MONEY, "NaN", "'NaN' is not an amount such as 1000 USD or 12.50 EUR"),
        (Kind.NUMBER, "Infinity", "'Infinity' is not an amount that anybody was granted"),
        (Kind.YESNO, "perhaps", "'perhaps' is neither true nor false"),
        (Kind.TEXT, "x" * 2_001, "a text has at most 2,000 characters, this has 2,001"),
    ],
)
def test_a_value_that_is_none_says_how_one_is_written(kind, text, why):
    with pytest.raises(ValueError) as raised:
        read_value(kind, text, "EUR")

    assert str(raised.value) == why


@given(st.sampled_from(Kind), st.text(max_size=30))
def test_whatever_is_written_is_a_value_or_a_value_error(kind, text):
    with suppress(ValueError):
        assert read_value(kind, text, "EUR") is not None
