"""What is compiled says what a naive walk over the same expression says: for every value, for none and unread."""

import operator
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.core.calendar import Calendar, Duration, parse_duration
from notifier.core.facts import UNREAD
from notifier.core.language import compile as compiling
from notifier.core.language.compile import Body, evaluator, in_currency
from notifier.core.language.types import understand
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import Kind
from tests.core.helpers import SMALL, day, locale, record

HERE = locale("Europe/Berlin", closed=["2026-12-25"], rates=[("EUR", 1_100_000)])
DATE, DURATION, MONEY, NUMBER, TEXT, TEXTS, YESNO = Kind
COMPARE = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
JOIN = {"+": operator.add, "-": operator.sub, "*": operator.mul}

# -- the oracle: an expression is its text, and a function from a record (by name) to its value ---------------


def fact_of(name):
    return name, lambda facts: facts[name]


def strictly(compute, *parts, none=None):
    """None where a part is none, else unread where one is unread, else what *compute* says."""

    def walk(facts):
        values = [part(facts) for part in parts]
        if any(value is None for value in values):
            return none
        return UNREAD if any(value is UNREAD for value in values) else compute(*values)

    return walk


def truth(walk):
    return strictly(bool, walk, none=False)


def negated(walk):
    asked = truth(walk)
    return lambda facts: UNREAD if asked(facts) is UNREAD else not asked(facts)


def kleene(parts, decided):
    def walk(facts):
        values = [truth(part)(facts) for part in parts]
        if any(value is decided for value in values):
            return decided
        return UNREAD if any(value is UNREAD for value in values) else not decided

    return walk


def picked(parts, which):
    def walk(facts):
        values = [part(facts) for part in parts]
        known = [value for value in values if value is not None]
        if any(value is UNREAD for value in known):
            return UNREAD
        return which(known) if known else None

    return walk


def shifted(sign):
    def shift(length, start):
        try:
            return HERE.calendar.shift(start, length, sign)
        except OverflowError:
            return None

    return shift


def money_literal(amount, currency):
    rate = {"USD": MICRO, "EUR": 1_100_000}.get(currency)
    value = UNREAD if rate is None else amount * MICRO * rate // MICRO
    return f"{amount} {currency}", lambda _facts: value


def as_money(kind, walk):
    return walk if kind is MONEY else strictly(lambda value: round(value * MICRO), walk)


def comparable(kind, walk):
    return strictly(lambda length: length.nominal_days, walk) if kind is DURATION else walk


# -- random expressions ---------------------------------------------------------------------------------------

LEAVES = {
    DATE: st.sampled_from(["due_on", "other_on"]).map(fact_of)
    | st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(lambda at: (str(at), lambda _facts: at.toordinal())),
    DURATION: st.just(fact_of("lead"))
    | st.sampled_from(["3 weeks", "1 month", "5 working days", "0 days", "99999 years"]).map(
        lambda text: (text, lambda _facts: parse_duration(text))
    ),
    MONEY: st.sampled_from(["granted", "used"]).map(fact_of)
    | st.builds(money_literal, st.integers(0, 500), st.sampled_from(["USD", "EUR", "GBP"])),
    NUMBER: st.sampled_from(["count", "ratio"]).map(fact_of)
    | st.integers(0, 9).map(lambda number: (str(number), lambda _facts: number))
    | st.sampled_from([0.25, 2.5]).map(lambda number: (str(number), lambda _facts: number))
    | st.integers(0, 200).map(lambda percent: (f"{percent}%", lambda _facts: percent / 100)),
    TEXT: st.just(fact_of("title"))
    | st.sampled_from(["a", "it's", "\\", "{x}", "v[0]", "", "\u2028"]).map(
        lambda text: (f'"{text}"', lambda _facts: text)
    ),
    TEXTS: st.just(fact_of("names")),
    YESNO: st.sampled_from(["done", "wanted"]).map(fact_of)
    | st.booleans().map(lambda yes: ("yes" if yes else "no", lambda _facts: yes)),
}


@st.composite
def expressions(draw, kind, levels=4):
    make = GROWN.get(kind)
    if make is None or levels == 0 or draw(st.integers(0, 3)) == 0:
        return draw(LEAVES[kind])
    text, walk = make(draw, levels - 1)
    return f"({text})", walk


def grown_date(draw, levels):
    if draw(st.booleans()):
        word, sign = draw(st.sampled_from([("after", 1), ("before", -1)]))
        length, start = draw(expressions(DURATION, levels)), draw(expressions(DATE, levels))
        return f"{length[0]} {word} {start[0]}", strictly(shifted(sign), length[1], start[1])
    word, which = draw(st.sampled_from([("earliest", min), ("latest", max)]))
    parts = draw(st.lists(expressions(DATE, levels), min_size=1, max_size=3))
    return f"{word} of {', '.join(text for text, _ in parts)}", picked([walk for _, walk in parts], which)


def grown_money(draw, levels):
    form = draw(st.sampled_from(["+", "-", "scaled", "share", "negative"]))
    text, walk = draw(expressions(MONEY, levels))
    if form == "negative":
        return f"-{text}", strictly(operator.neg, walk)
    if form in "+-":
        kind = draw(st.sampled_from([MONEY, NUMBER]))
        other, right = draw(expressions(kind, levels))
        return f"{text} {form} {other}", strictly(JOIN[form], walk, as_money(kind, right))
    other, right = draw(expressions(NUMBER, levels))
    if form == "scaled":
        return f"{text} * {other}", strictly(lambda one, two: round(one * two), walk, right)
    return f"{text} / {other}", strictly(lambda one, two: round(one / two) if two else None, walk, right)


def grown_number(draw, levels):
    sign = draw(st.sampled_from(["+", "-", "*", "/"]))
    kind = draw(st.sampled_from([NUMBER, MONEY])) if sign == "/" else NUMBER
    text, walk = draw(expressions(kind, levels))
    other, right = draw(expressions(kind, levels))
    compute = JOIN.get(sign, lambda one, two: one / two if two else None)
    return f"{text} {sign} {other}", strictly(compute, walk, right)


def grown_yesno(draw, levels):
    form = draw(st.sampled_from(["compare", "beside", "in", "not", "and", "or", "and", "or"]))
    if form == "compare":
        kind = draw(st.sampled_from(list(Kind)))
        ordered = kind in (DATE, DURATION, MONEY, NUMBER)
        return compared(draw, levels, kind, kind, list(COMPARE) if ordered else ["==", "!="])
    if form == "beside":
        return compared(draw, levels, *draw(st.permutations([MONEY, NUMBER])), list(COMPARE))
    if form == "in":
        item, walk = draw(expressions(TEXT, levels))
        word = draw(st.sampled_from(["in", "not in"]))
        found = strictly(lambda one, many: one in many, walk, lambda facts: facts["names"], none=False)
        return f"{item} {word} names", found if word == "in" else negated(found)
    if form == "not":
        text, walk = draw(expressions(draw(st.sampled_from(list(Kind))), levels))
        return f"not {text}", negated(walk)
    kinds = draw(st.lists(st.sampled_from([YESNO, YESNO, YESNO, *Kind]), min_size=2, max_size=4))
    parts = [draw(expressions(kind, levels)) for kind in kinds]
    text = f" {form} ".join(text for text, _ in parts)
    return text, kleene([walk for _, walk in parts], decided=form == "or")


def compared(draw, levels, one, two, operators):
    (text, walk), (other, right) = draw(expressions(one, levels)), draw(expressions(two, levels))
    sign = draw(st.sampled_from(operators))
    if one is two:
        sides = comparable(one, walk), comparable(two, right)
    else:
        sides = as_money(one, walk), as_money(two, right)
    compute = COMPARE["==" if sign == "!=" else sign]
    asked = strictly(compute, *sides, none=False)
    return f"{text} {sign} {other}", negated(asked) if sign == "!=" else asked


GROWN = {DATE: grown_date, MONEY: grown_money, NUMBER: grown_number, YESNO: grown_yesno}

VALUES = {
    DATE: st.integers(day("2025-12-01"), day("2027-02-01")),
    DURATION: st.builds(Duration, st.integers(0, 40), st.sampled_from(["days", "months", "working days"])),
    MONEY: st.integers(-5, 500).map(lambda dollars: dollars * MICRO),
    NUMBER: st.integers(-3, 9) | st.sampled_from([0.0, 0.8, -0.25]),
    TEXT: st.sampled_from(["a", "", "x' or True #", "\n"]),
    TEXTS: st.lists(st.sampled_from(["a", "it's", ""]), max_size=3).map(tuple),
    YESNO: st.booleans(),
}
unknowns = st.sampled_from([None, UNREAD])
records = st.fixed_dictionaries({fact.name: unknowns | VALUES[fact.kind] for fact in SMALL.facts})
typed = st.sampled_from(list(GROWN)).flatmap(lambda kind: st.tuples(st.just(kind), expressions(kind)))


@settings(max_examples=400)
@given(typed, st.lists(records, min_size=1, max_size=8))
def test_compiled_code_says_what_the_naive_walk_says(asked, all_facts):
    kind, (text, walk) = asked
    if len(text) > 1000:
        return
    evaluate = evaluator(understand(text, SMALL, kind), HERE)

    for facts in all_facts:
        expected, actual = walk(facts), evaluate(record(**facts))
        assert (expected, type(expected)) == (actual, type(actual)), (text, facts)


def ask(text, kinds=(), /, *, where=HERE, **facts):
    return evaluator(understand(text, SMALL, *kinds), where)(record(**facts))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("8 - 2 - 1", 5),
        ("8 / 2 / 2", 2.0),
        ("-2 + 5", 3),
        ("80 % - 50%", 0.30000000000000004),
        ("7 / 0", None),
        ("1 / count", None),
    ],
)
def test_operators_bind_as_in_arithmetic(text, value):
    assert ask(text, (NUMBER,)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes or no and no", True),
        ("not no and no", False),
        ("not count == 0 or no", True),
        ("due_on == due_on", False),  # comparison with none is no
        ("due_on != due_on", True),  # and this is its opposite
        ("3 < 2 or 'a' == 'a'", True),
        ("5 GBP > 1 USD", UNREAD),  # nobody stated a rate
        ("5 EUR == 5.5 USD", True),
        ("5 > 4 USD", True),
    ],
)
def test_yes_and_no_bind_as_in_speech(text, value):
    assert ask(text) is value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("done and yes", UNREAD),
        ("done and wanted", False),  # none is no
        ("done and no", False),
        ("no and done", False),
        ("done or yes", True),
        ("yes or done", True),
        ("done or wanted", UNREAD),
        ("not done", UNREAD),
        ("granted - used > 3", False),  # none before unread: none is an answer
    ],
)
def test_unread_stays_unread_unless_the_rest_decides(text, value):
    assert ask(text, done=UNREAD, wanted=None, used=UNREAD) is value


@pytest.mark.parametrize(
    ("names", "value"),
    [(("a", "b"), True), (("b",), False), (None, False), (UNREAD, UNREAD)],
    ids=["named", "not named", "no list", "an unread list"],
)
def test_a_text_is_in_a_list_or_not(names, value):
    assert ask("title in names", title="a", names=names) is value


@pytest.mark.parametrize("wanted", [True, False, None, UNREAD])
def test_a_fact_that_was_not_reached_is_read_where_it_is_needed(wanted):
    expected = UNREAD if wanted is UNREAD else bool(wanted)

    assert ask("(done or wanted) and wanted", done=True, wanted=wanted) is expected
    assert ask("(done and wanted) or wanted", done=False, wanted=wanted) is expected


def test_a_move_counts_the_account_s_own_working_days():
    assert ask("1 working day after 2026-12-24", (DATE,)) == day("2026-12-28")
    assert ask("1 working day after 2026-12-24", (DATE,), where=locale()) == day("2026-12-25")


def test_a_date_that_no_calendar_has_is_none():
    assert ask("99999 years before 2026-12-24", (DATE,)) is None


def test_numbers_beyond_every_sensible_range_are_none_and_raise_nothing():
    huge = "9999999999999999 * " * 19 + "9999999999999999"

    assert ask(f"{huge} * ratio", (NUMBER,), ratio=0.5) is None
    assert ask("granted * ratio", (MONEY,), granted=1, ratio=float("nan")) is None
    assert ask("granted * ratio", (MONEY,), granted=1, ratio=float("inf")) is None


def test_moves_forget_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(compiling, "MOST_REMEMBERED", 2)
    moves = compiling._Moves(locale(), 1)[Duration(1, "days")]

    found = {at: moves[at] for at in range(700_000, 700_010)}

    assert found == {at: Calendar().shift(at, Duration(1, "days"), 1) for at in found}
    assert len(moves) <= 3


@pytest.mark.parametrize(
    "text",
    ["'); import os; ('", "'\\\\\", exec(1), \\\"'", "'__import__'", "'{0} {v}'", "'\\x00 # \\'", "'x1 = v[0]'"],
)
def test_no_text_of_a_file_reaches_the_written_source(text):
    body = Body(HERE)
    body.line(f"return {body.write(understand(f'title == {text}', SMALL))}")
    literal = text[1:-1]

    assert literal not in "\n".join(body._lines)
    assert body.build("v")(record(title=literal)) is True
    assert body.build("v")(record(title="other")) is False


@pytest.mark.parametrize("text", ["__import__", "exec", "v", "x1", "written", "scope", "__builtins__", "v.facts"])
def test_a_name_is_a_fact_or_nothing(text):
    with pytest.raises(ValueError, match="there is no fact"):
        understand(text, SMALL)


def test_an_amount_is_converted_at_a_stated_rate_alone():
    assert in_currency(Money(2_000_000, "EUR"), HERE) == 2_200_000
    assert in_currency(Money(2_000_000, "USD"), HERE) == 2_000_000
    assert in_currency(Money(2_000_000, "GBP"), HERE) is None
