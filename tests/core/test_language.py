"""Every form of the language is read; every mistake is answered with its place and what was probably meant."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.core.calendar import Duration
from notifier.core.language.grammar import MOST_CHARACTERS, MOST_LEVELS, LanguageError, parse
from notifier.core.language.types import Node, understand
from notifier.core.money import Money
from notifier.core.vocabulary import BUILT_IN, Kind, Vocabulary
from tests.core.helpers import SMALL, day, fact

EVERY = "`every … after <date>` is a deadline of its own; nothing else can be made of it"
ANY = tuple(Kind)
PIECES = [
    "due_on",
    "granted",
    "done",
    "3",
    "80%",
    "5USD",
    "2w",
    "'x'",
    "and",
    "or",
    "not",
    "in",
    "after",
    "before",
    "every",
    ",",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "<=",
    "==",
    "!=",
    "of",
    "earliest",
    "latest",
    "2026-01-31",
    "spend",
    "last",
    "since",
]
BOOKS = Vocabulary(BUILT_IN)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("3 weeks after due_on", Kind.DATE),
        ("lead before due_on", Kind.DATE),
        ("3 weeks after 1 month before due_on", Kind.DATE),
        ("earliest of due_on, other_on, 12 months after due_on", Kind.DATE),
        ("latest of due_on, 2026-11-22", Kind.DATE),
        ("2026-11-22", Kind.DATE),
        ("3 weeks", Kind.DURATION),
        ("2w", Kind.DURATION),
        ("P3W", Kind.DURATION),
        ("5 working days", Kind.DURATION),
        ("200 USD", Kind.MONEY),
        ("1_000.50 EUR", Kind.MONEY),
        ("-granted", Kind.MONEY),
        ("granted - used", Kind.MONEY),
        ("granted + 5", Kind.MONEY),
        ("used * 80%", Kind.MONEY),
        ("2 * used", Kind.MONEY),
        ("used / 2", Kind.MONEY),
        ("used / granted", Kind.NUMBER),
        ("5 / granted", Kind.NUMBER),
        ("1_000 + 2.5 * (count - -1)", Kind.NUMBER),
        ("80%", Kind.NUMBER),
        ("80 % - 5", Kind.NUMBER),
        ('"a text"', Kind.TEXT),
        ("names", Kind.TEXTS),
        ("yes", Kind.YESNO),
        ("used > 80% * granted", Kind.YESNO),
        ("used >= 25 USD and not done", Kind.YESNO),
        ("not not done or due_on and lead", Kind.YESNO),
        ("title in names", Kind.YESNO),
        ("title not in names", Kind.YESNO),
        ("title == 'x'", Kind.YESNO),
        ("done != yes", Kind.YESNO),
        ("due_on <= 2 weeks before other_on", Kind.YESNO),
        ("lead < 3 weeks", Kind.YESNO),
        ("granted == 200", Kind.YESNO),
        ("ratio > granted", Kind.YESNO),
        ("(done)", Kind.YESNO),
        ("notable == 1", None),  # a name that begins like an operator
    ],
)
def test_every_form_of_the_language_has_its_type(text, kind):
    vocabulary = SMALL.extended([fact("notable", Kind.NUMBER)])
    node = understand(text, vocabulary, *ANY)

    assert (kind or Kind.YESNO) is node.kind


def test_a_fact_of_the_grant_or_the_account_may_say_so():
    assert understand("grant.renewed_by", BOOKS, Kind.TEXT) == understand("renewed_by", BOOKS, Kind.TEXT)
    assert understand("account.organization", BOOKS, *ANY) == understand("organization", BOOKS, *ANY)


def test_a_function_that_does_not_exist_is_refused_by_name():
    known = "`earliest of`, `latest of`, `any(…)`, `count(…)`, `spend(…)`, `read_on(…)`"

    assert mistake("soon(due_on)") == (f"there is no function `soon(…)`; there are {known}", 0)
    assert mistake("spent(yesterday)") == ("there is no function `spent(…)`; did you mean `spend`?", 0)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("80%", 0.8),
        ("12.5 %", 0.125),
        ("1_000", 1000),
        ("0.5", 0.5),
        ("3 weeks", Duration(21, "days")),
        ("200 USD", Money(200_000_000, "USD")),
        ("2026-11-22", day("2026-11-22")),
        ("'it'", "it"),
        ("no", False),
        ("true", True),
    ],
)
def test_literals_have_the_value_that_is_written(text, value):
    assert value == understand(text, SMALL, *ANY).value


def mistake(text, *kinds, vocabulary=SMALL):
    with pytest.raises(LanguageError) as refused:
        understand(text, vocabulary, *kinds)
    assert refused.value.why == str(refused.value)
    return refused.value.why, refused.value.offset


VALUE = "a value should come"
AFTER_A_NAME = "an operator such as + or >= or `(` or `after` or `and` or `before` or `or` or … should come"


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("", f"it ends where {VALUE}", 0),
        ("due_on >", f"it ends where {VALUE}", 8),
        ("(done", "it ends where `)` should come", 5),
        ("done)", "`)` stands where the end should come", 4),
        ("1 * * 2", f"`*` stands where {VALUE}", 4),
        ("done order", f"`order` stands where {AFTER_A_NAME}", 5),
        ("3 weks after due_on", "`weks` is not a unit of time; did you mean `weeks`?", 2),
        ("3 xx", "`xx` is not a unit of time; write days, weeks, months", 2),
        ("count = 3", "`=` is not a comparison; did you mean `==`?", 6),
        ("done & done", "`&` is not part of the language; did you mean `and`?", 5),
        ("done | done", "`|` is not part of the language; did you mean `or`?", 5),
        ("!done", "`!` is not part of the language; did you mean `not`?", 0),
        ("count > Wanted", "`Wanted`: names are written in small letters", 8),
        ("done; done", "`;` is not part of the language", 4),
        ("'open", "a text in quotes begins here and does not end", 0),
        ("__import__('os').system", "`.` is not part of the language", 16),
        ("f(3", "it ends where `)` or a comma should come", 3),
    ],
)
def test_a_mistake_of_grammar_is_answered_at_its_place(text, why, offset):
    assert (why, offset) == mistake(text)


@pytest.mark.parametrize(
    ("text", "why", "offset"),
    [
        ("done and credit_used", "there is no fact `credit_used`", 9),
        ("grantd > 3", "there is no fact `grantd`; did you mean `granted`?", 0),
        ("today", "there is no `today`: say from when and until when with `starting` and `ending`", 0),
        ("due_on < now", "there is no `now`: say from when and until when with `starting` and `ending`", 9),
        ("account.due_on", "there is no fact `account.due_on`; did you mean `due_on`?", 0),
        ("__import__", "there is no fact `__import__`", 0),
        ("title < 'b'", "a text has no order; compare it with == or !=", 0),
        ("done < yes", "a yes or no has no order; compare it with == or !=", 0),
        ("due_on == 3", "a date cannot be compared with a number", 0),
        ("title in 'a'", "`in` looks for a text in a list of texts; this looks for a text in a text", 0),
        (
            "count not in names",
            "`in` looks for a text in a list of texts; this looks for a number in a list of texts",
            0,
        ),
        ("due_on + 3 weeks", "a date is moved with words: `3 weeks after accepted_on`", 0),
        ("due_on - lead", "a date is moved with words: `3 weeks before accepted_on`", 0),
        ("lead + 3", "`+` cannot join a duration and a number", 0),
        ("granted * granted", "`*` cannot join an amount and an amount", 0),
        ("title * 2", "`*` cannot join a text and a number", 0),
        ("2 / lead", "`/` cannot join a number and a duration", 0),
        ("-due_on", "a date cannot be negative", 0),
        ("3 after due_on", "`after` moves a date by a duration; this has a number and a date", 0),
        ("lead before lead", "`before` moves a date by a duration; this has a duration and a duration", 0),
        ("every 3 months after due_on", EVERY, 0),
        ("earliest of due_on, 3", "`earliest of` compares dates only", 0),
        ("latest of count", "`latest of` compares dates only", 0),
        ("2026-13-01 == due_on", "`2026-13-01` is not a day of the calendar", 0),
    ],
)
def test_a_mistake_of_meaning_is_answered_at_its_place(text, why, offset):
    assert (why, offset) == mistake(text)


def test_what_is_asked_for_must_be_of_its_kind():
    assert mistake("3", Kind.DATE) == ("this is a number; it should be a date", 0)
    assert mistake("due_on", Kind.NUMBER, Kind.MONEY) == ("this is a date; it should be a number or an amount", 0)


def test_an_expression_is_bounded_in_length():
    assert parse("1" + " " * (MOST_CHARACTERS - 1)).data == "number"
    assert mistake("1" * 1001) == ("an expression may have 1,000 characters, this has 1,001", 0)


@pytest.mark.parametrize("link", ["1 + ", "- ", "not ", "1 day after ", "earliest of "])
def test_an_expression_is_bounded_in_depth(link):
    last = "due_on" if "day" in link or "of" in link else "1"
    deepest = link * (MOST_LEVELS // 2 - 1) + last

    understand(deepest, SMALL, *ANY)
    assert (f"an expression may nest {MOST_LEVELS} deep", 0) == mistake(link * (MOST_LEVELS + 1) + last, *ANY)


@example("()" * 400)
@example("(" * 1000)
@example("not " * 249 + "no")
@example("- " * 499 + "1")
@example("1 or " * 199 + "1")
@given(st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join) | st.text(max_size=60))
def test_no_text_does_anything_but_be_understood_or_be_refused(text):
    offset = 0
    try:
        understood = isinstance(understand(text, SMALL, *ANY), Node)
    except LanguageError as error:
        understood, offset = bool(error.why), error.offset

    assert understood
    assert 0 <= offset <= len(text)


def test_the_places_of_an_expression_are_in_reading_order():
    node = understand("done and due_on < other_on or done", SMALL)

    assert list(node.places()) == [9, 0, 1, 9]
