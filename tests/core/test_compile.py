"""What is compiled says what a naive walk over the same expression says: for every value, for none and unread."""

import operator
import re
from datetime import UTC, date, datetime
from typing import NamedTuple

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notifier.core.calendar import Calendar, Duration, parse_duration
from notifier.core.costs import Costs, Spending
from notifier.core.facts import UNREAD, Item
from notifier.core.language import compile as compiling
from notifier.core.language.compile import Body, evaluator, in_currency
from notifier.core.language.types import understand
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import TOLD, Collection, Kind
from tests.core.helpers import SMALL, day, fact, locale, moment, record

# The small vocabulary with everything that is looked at in its own way: costs, labels, moments, a list of items.
COSTS = fact("costs", Kind.COSTS)
THINGS = Collection("things", "thing", (*SMALL.facts, COSTS))
RICH = SMALL.extended(
    [
        COSTS,
        fact("labels", Kind.LABELS),
        fact("observed", Kind.MOMENTS),
        fact("things", Kind.ITEMS, items=THINGS),
    ]
)
HERE = locale("Europe/Berlin", closed=["2026-12-25"], rates=[("EUR", 1_100_000)])
DATE, DURATION, MONEY, NUMBER, TEXT, TEXTS, YESNO = TOLD
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


class Ledger(NamedTuple):
    """What was spent on which day, as the oracle keeps it, and the UTC day of the reading."""

    currency: str
    amounts: dict
    read_on: int

    @property
    def inside(self):
        return Spending(Costs.by_day(self.currency, self.amounts), self.read_on)


def last(days):
    return f"last {days} days", lambda at, read_on: read_on - days <= at < read_on


def in_the_month_of(at, read_on):
    one, other = date.fromordinal(at), date.fromordinal(read_on)
    return (one.year, one.month) == (other.year, other.month) or at > read_on


WINDOWS = [
    *map(last, (1, 7, 30)),
    ("last 2 weeks", last(14)[1]),
    ("yesterday", last(1)[1]),
    ("this month", in_the_month_of),
]


def exchanged(ledger, is_in):
    rate = {"USD": MICRO, "EUR": 1_100_000}.get(ledger.currency)
    spent = sum(amount for at, amount in ledger.amounts.items() if is_in(at))
    return UNREAD if rate is None else spent * rate // MICRO


def spent_in(window):
    text, is_in = window
    spent = strictly(
        lambda ledger: exchanged(ledger, lambda at: is_in(at, ledger.read_on)), lambda facts: facts["costs"]
    )
    return f"spend({text})", spent


def spent_since(start):
    text, walk = start
    spent = strictly(
        lambda ledger, since: exchanged(ledger, lambda at: at >= since), lambda facts: facts["costs"], walk
    )
    return f"spend(since {text})", spent


def label(name):
    return f"labels.{name}", lambda facts: (facts["labels"] or {}).get(name)


def read_on(name):
    def walk(facts):
        seconds = facts["observed"][RICH.places[name]]
        if seconds < 0:
            return None
        return datetime.fromtimestamp(seconds, UTC).astimezone(HERE.zone).toordinal()

    return f"read_on({name})", walk


# -- random expressions ---------------------------------------------------------------------------------------

LEAVES = {
    DATE: st.sampled_from(["due_on", "other_on"]).map(fact_of)
    | st.sampled_from(["due_on", "used"]).map(read_on)
    | st.dates(date(2026, 1, 1), date(2027, 1, 1)).map(lambda at: (str(at), lambda _facts: at.toordinal())),
    DURATION: st.just(fact_of("lead"))
    | st.sampled_from(["3 weeks", "1 month", "5 working days", "0 days", "99999 years"]).map(
        lambda text: (text, lambda _facts: parse_duration(text))
    ),
    MONEY: st.sampled_from(["granted", "used"]).map(fact_of)
    | st.sampled_from(WINDOWS).map(spent_in)
    | st.builds(money_literal, st.integers(0, 500), st.sampled_from(["USD", "EUR", "GBP"])),
    NUMBER: st.sampled_from(["count", "ratio"]).map(fact_of)
    | st.integers(0, 9).map(lambda number: (str(number), lambda _facts: number))
    | st.sampled_from([0.25, 2.5]).map(lambda number: (str(number), lambda _facts: number))
    | st.integers(0, 200).map(lambda percent: (f"{percent}%", lambda _facts: percent / 100)),
    TEXT: st.just(fact_of("title"))
    | st.sampled_from(["team", "tier"]).map(label)
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
    form = draw(st.sampled_from(["+", "-", "scaled", "share", "negative", "since"]))
    if form == "since":
        return spent_since(draw(expressions(DATE, levels)))
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
    sign = draw(st.sampled_from(["+", "-", "*", "/", "count"]))
    if sign == "count":
        return listed(draw, levels, sign, counted)
    kind = draw(st.sampled_from([NUMBER, MONEY])) if sign == "/" else NUMBER
    text, walk = draw(expressions(kind, levels))
    other, right = draw(expressions(kind, levels))
    compute = JOIN.get(sign, lambda one, two: one / two if two else None)
    return f"{text} {sign} {other}", strictly(compute, walk, right)


def grown_yesno(draw, levels):
    form = draw(st.sampled_from(["compare", "beside", "in", "not", "any", "and", "or", "and", "or"]))
    if form == "any":
        return listed(draw, levels, form, kleene_any)
    if form == "compare":
        kind = draw(st.sampled_from(TOLD))
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
        text, walk = draw(expressions(draw(st.sampled_from(TOLD)), levels))
        return f"not {text}", negated(walk)
    kinds = draw(st.lists(st.sampled_from([YESNO, YESNO, YESNO, *TOLD]), min_size=2, max_size=4))
    parts = [draw(expressions(kind, levels)) for kind in kinds]
    text = f" {form} ".join(text for text, _ in parts)
    return text, kleene([walk for _, walk in parts], decided=form == "or")


# What an item's facts are called where the record calls them so. Its costs are what its `spend` looks at.
NAMES = ["due_on", "other_on", "lead", "granted", "used", "count", "ratio", "title", "done", "wanted", "costs"]


def listed(draw, levels, name, over):
    """``any(things, …)`` or ``count(things, …)``, about some facts of the thing and some of the whole record."""
    if draw(st.integers(0, 4)) == 0:
        return f"{name}(things)", over(lambda _facts, _thing: True)
    text, walk = draw(expressions(draw(st.sampled_from(TOLD)), min(levels, 2)))
    assume("things" not in text and "read_on" not in text)
    own = draw(st.sets(st.sampled_from(NAMES)))
    written = {"spend" if each == "costs" else each for each in own}
    for each in written:
        text = re.sub(rf"(?<![\w.'\"]){each}(?![\w.'\"])", f"thing.{each}", text)

    def of_item(facts, thing):
        return truth(walk)(facts | {each: thing[each] for each in own})

    return f"{name}(things, {text})", over(of_item)


def kleene_any(asked):
    def walk(facts):
        if facts["things"] is None or facts["things"] is UNREAD:
            return UNREAD if facts["things"] is UNREAD else False
        found = [asked(facts, thing) for thing in facts["things"]]
        return True if True in found else UNREAD if UNREAD in found else False

    return walk


def counted(asked):
    def walk(facts):
        if facts["things"] is None or facts["things"] is UNREAD:
            return facts["things"]
        found = [asked(facts, thing) for thing in facts["things"]]
        return UNREAD if UNREAD in found else found.count(True)

    return walk


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
    Kind.COSTS: st.builds(
        Ledger,
        st.sampled_from(["USD", "USD", "EUR", "GBP"]),
        st.dictionaries(st.integers(day("2026-02-20"), day("2026-04-02")), st.integers(0, 5 * MICRO), max_size=6),
        st.integers(day("2026-02-27"), day("2026-04-02")),
    ),
}
unknowns = st.sampled_from([None, UNREAD])
things = st.fixed_dictionaries({each.name: unknowns | VALUES[each.kind] for each in THINGS.facts})
seconds = st.just(-1) | st.integers(moment("2026-03-01 00:00"), moment("2026-04-01 00:00"))
records = st.fixed_dictionaries(
    {each.name: unknowns | VALUES[each.kind] for each in THINGS.facts}
    | {
        "labels": st.sampled_from([None, {}, {"team": "a"}, {"team": "", "tier": "x"}]),
        "observed": st.lists(seconds, min_size=len(RICH.facts), max_size=len(RICH.facts)).map(tuple),
        "things": unknowns | st.lists(things, max_size=3).map(tuple),
    }
)
typed = st.sampled_from(list(GROWN)).flatmap(lambda kind: st.tuples(st.just(kind), expressions(kind)))


def laid_out(facts):
    """The record that the oracle's *facts* make."""
    costs = facts["costs"].inside if isinstance(facts["costs"], Ledger) else facts["costs"]
    items = facts["things"]
    if isinstance(items, tuple):
        items = tuple(Item(str(at), things_record(thing), b"") for at, thing in enumerate(items))
    return record(RICH, **(facts | {"costs": costs, "things": items}))


def things_record(thing):
    values = [thing[each.name] for each in THINGS.facts]
    return tuple(value.inside if isinstance(value, Ledger) else value for value in values)


@settings(max_examples=400)
@given(typed, st.lists(records, min_size=1, max_size=8))
def test_compiled_code_says_what_the_naive_walk_says(asked, all_facts):
    kind, (text, walk) = asked
    if len(text) > 1000:
        return
    evaluate = evaluator(understand(text, RICH, kind), HERE)

    for facts in all_facts:
        expected, actual = walk(facts), evaluate(laid_out(facts))
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


# -- lists, costs, labels, by example --------------------------------------------------------------------------


def of_things(*done):
    """A record whose things are *done* or not, in this order."""
    places = [each.name for each in THINGS.facts]
    return tuple(
        Item(str(at), tuple(yes if name == "done" else None for name in places), b"")
        for at, yes in enumerate(done)
    )


@pytest.mark.parametrize(
    ("things", "any_of", "count_of"),
    [
        (None, False, None),
        (UNREAD, UNREAD, UNREAD),
        ((), False, 0),
        (of_things(True, False, True), True, 2),
        (of_things(False, None), False, 0),
        (of_things(UNREAD, False), UNREAD, UNREAD),
        (of_things(UNREAD, True), True, UNREAD),  # one is enough for `any`; how many is not known
    ],
    ids=[
        "nobody tells",
        "unread",
        "none there",
        "some",
        "none so",
        "one unread",
        "one unread beside one that is so",
    ],
)
def test_a_question_to_a_list(things, any_of, count_of):
    values = record(RICH, things=things)

    assert evaluator(understand("any(things, thing.done)", RICH), HERE)(values) is any_of
    assert evaluator(understand("count(things, thing.done)", RICH, NUMBER), HERE)(values) == count_of


def test_a_question_to_a_list_may_ask_another_list():
    twice = "any(things, count(things, thing.done) == 2 and not thing.done)"

    assert evaluator(understand(twice, RICH), HERE)(record(RICH, things=of_things(True, False, True))) is True
    assert evaluator(understand(twice, RICH), HERE)(record(RICH, things=of_things(True, True))) is False


SPENT = Spending(
    Costs.by_day(
        "USD", {day("2026-02-28"): 1, day("2026-03-01"): 20, day("2026-03-09"): 300, day("2026-03-10"): 4000}
    ),
    day("2026-03-10"),
)


@pytest.mark.parametrize(
    ("window", "spent"),
    [
        ("yesterday", 300),  # the last closed day; the day of the reading is open
        ("last 1 day", 300),
        ("last 9 days", 320),
        ("last 10 days", 321),
        ("this month", 4320),  # as far as it has gone
        ("since 2026-03-01", 4320),
        ("since 2026-03-10", 4000),
        ("since 2026-03-11", 0),
    ],
)
def test_a_window_ends_at_the_last_closed_day_or_at_the_reading(window, spent):
    values = record(RICH, costs=SPENT)

    assert evaluator(understand(f"spend({window})", RICH, MONEY), HERE)(values) == spent


def test_costs_in_another_currency_count_at_a_stated_rate_or_are_unread():
    asked = understand("spend(yesterday)", RICH, MONEY)
    values = {
        currency: record(RICH, costs=Spending(Costs(currency, SPENT.costs.days, SPENT.costs.totals), SPENT.day))
        for currency in ("EUR", "GBP")
    }

    assert evaluator(asked, HERE)(values["EUR"]) == 330
    assert evaluator(asked, HERE)(values["GBP"]) is UNREAD


@pytest.mark.parametrize(
    ("labels", "value"), [({"team": "bio"}, True), ({"team": "law"}, False), ({}, False), (None, False)]
)
def test_a_label_that_nobody_wrote_is_none(labels, value):
    asked = understand("labels.team == 'bio'", RICH)

    assert evaluator(asked, HERE)(record(RICH, labels=labels)) is value


def test_the_day_of_an_observation_is_that_of_the_account_s_zone():
    observed = [-1] * len(RICH.facts)
    observed[RICH.places["used"]] = moment("2026-03-31 22:30")
    asked = understand("read_on(used)", RICH, DATE)
    values = record(RICH, observed=tuple(observed))

    assert evaluator(asked, HERE)(values) == day("2026-04-01")
    assert evaluator(asked, locale("UTC"))(values) == day("2026-03-31")
    assert evaluator(understand("read_on(granted)", RICH, DATE), HERE)(values) is None
