"""What is read from an answer is exactly what stands there, or an error that says what is wanted: never a zero."""

import json
from contextlib import suppress
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.calendar import Duration
from notifier.core.fact import Kind
from notifier.core.money import Money
from notifier.core.wanted import WRITTEN, Wanted, dump_wanted, load_wanted

CENTS = Wanted("balance", Kind.MONEY, "/left", "cents", "USD")


def of(kind, unit=""):
    return Wanted("balance", kind, "/left", unit, "USD" if kind is Kind.MONEY else "")


def document(written):
    """As net parses it: numbers with a fraction are decimals."""
    return json.loads(f'{{"left": {written}}}', parse_float=Decimal, parse_constant=Decimal)


@pytest.mark.parametrize(
    ("wanted", "written", "value"),
    [
        (of(Kind.MONEY), "412.5", Money(412_500_000, "USD")),
        (of(Kind.MONEY), '"412.50"', Money(412_500_000, "USD")),
        (of(Kind.MONEY), "-3", Money(-3_000_000, "USD")),
        (of(Kind.MONEY), '"0E-6176"', Money(0, "USD")),
        (of(Kind.MONEY), "0.30000000000000000000000000000001", Money(300_000, "USD")),
        (of(Kind.MONEY), "0.00000050000000000000000000000000000000001", Money(1, "USD")),
        (CENTS, "41250", Money(412_500_000, "USD")),
        (CENTS, '"123.45"', Money(1_234_500, "USD")),
        (of(Kind.NUMBER), "3", 3),
        (of(Kind.NUMBER), '"2.5"', 2.5),
        (of(Kind.NUMBER), "5e11", 500_000_000_000),
        (of(Kind.DATE), '"2026-11-22"', date(2026, 11, 22)),
        (of(Kind.DATE), '"2026-11-22T23:30:00-05:00"', date(2026, 11, 23)),
        (of(Kind.DATE), '"2026-11-22T09:00:00"', date(2026, 11, 22)),
        (of(Kind.DATE), '"2026-11-22T23:59:59.999Z"', date(2026, 11, 22)),
        (of(Kind.DATE, "seconds"), "1795392000", date(2026, 11, 23)),
        (of(Kind.DATE, "seconds"), "1795391999", date(2026, 11, 22)),
        (of(Kind.DATE, "milliseconds"), "1795392000000", date(2026, 11, 23)),
        (of(Kind.DURATION), '"3 weeks"', Duration(21, "days")),
        (of(Kind.YESNO), "true", True),
        (of(Kind.YESNO), "false", False),
        (of(Kind.TEXT), '" two\\n lines\\ud800"', "two lines?"),
        (of(Kind.MONEY), "null", None),
        (of(Kind.TEXT), "null", None),
    ],
)
def test_a_value_is_what_stands_there(wanted, written, value):
    assert wanted.read(document(written)) == value


@pytest.mark.parametrize(
    ("wanted", "written", "why"),
    [
        (of(Kind.MONEY), "true", "true or false at /left that is not an amount"),
        (of(Kind.MONEY), '"1,000.00"', "a text at /left that is not an amount"),
        (of(Kind.MONEY), '"412.50 USD"', "a text at /left that is not an amount"),
        (of(Kind.MONEY), '"1_000"', "a text at /left that is not an amount"),
        (of(Kind.MONEY), '""', "a text at /left that is not an amount"),
        (of(Kind.MONEY), "{}", "an object at /left that is not an amount"),
        (of(Kind.MONEY), "[1]", "a list at /left that is not an amount"),
        (of(Kind.MONEY), "NaN", "a number at /left that is not an amount"),
        (of(Kind.MONEY), "-Infinity", "a number at /left that is not an amount"),
        (of(Kind.MONEY), '"NaN"', "a text at /left that is not an amount"),
        (of(Kind.MONEY), "1e13", "a number at /left that is not an amount"),
        (of(Kind.MONEY), "1e999999999", "a number at /left that is not an amount"),
        (CENTS, "1e999999999999999999", "a number at /left that is not an amount"),
        (of(Kind.NUMBER), '"many"', "a text at /left that is not a number"),
        (of(Kind.NUMBER), "1e999999999999999999", "a number at /left that is not a number"),
        (of(Kind.NUMBER), "NaN", "a number at /left that is not a number"),
        (of(Kind.NUMBER), "1e13", "a number at /left that is not a number"),
        (of(Kind.NUMBER), "false", "true or false at /left that is not a number"),
        (of(Kind.DATE), "1795392000", "a number at /left that is not a date"),
        (of(Kind.DATE), '"22.11.2026"', "a text at /left that is not a date"),
        (of(Kind.DATE), '"0001-01-01"', "a text at /left that is not a date"),
        (of(Kind.DATE), '"0001-01-01T00:00:00+14:00"', "a text at /left that is not a date"),
        (of(Kind.DATE, "seconds"), '"1795392000"', "a text at /left that is not a whole number of seconds"),
        (of(Kind.DATE, "seconds"), "1795392000.5", "a number at /left that is not a whole number of seconds"),
        (of(Kind.DATE, "seconds"), "1795392000000", "a number at /left that is not a whole number of seconds"),
        (of(Kind.DATE, "seconds"), "1" * 40, "a number at /left that is not a whole number of seconds"),
        (of(Kind.DATE, "milliseconds"), "true", "that is not a whole number of milliseconds"),
        (of(Kind.DURATION), '"soon"', "a text at /left that is not a duration"),
        (of(Kind.DURATION), "3", "a number at /left that is not a duration"),
        (of(Kind.YESNO), '"yes"', "a text at /left that is not true or false"),
        (of(Kind.YESNO), "1", "a number at /left that is not true or false"),
        (of(Kind.TEXT), "7", "a number at /left that is not a text"),
        (of(Kind.TEXT), json.dumps("a" * 2_001), "a text at /left that is not a text"),
        (of(Kind.TEXT), '"sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7"', "a text at /left that is not a text"),
    ],
)  # fmt: skip
def test_what_is_no_such_value_is_an_error_that_repeats_nothing_of_it(wanted, written, why):
    with pytest.raises(ValueError) as refused:
        wanted.read(document(written))

    assert why in str(refused.value)
    assert str(refused.value).endswith(", for `balance`")
    assert "sk-proj" not in str(refused.value)


@pytest.mark.parametrize("answer", [{}, [], "left", None, 7, {"right": 1}, {"left": 1}])
def test_what_is_not_there_is_an_error_and_no_zero(answer):
    with pytest.raises(ValueError) as refused:
        Wanted("balance", Kind.MONEY, "/data/left", "", "USD").read(answer)

    assert str(refused.value) == "has nothing at /data/left, where `balance` is looked for"


@given(st.decimals(-(10**9), 10**9, places=6))
def test_an_amount_passes_through_no_float(amount):
    for written in (f"{amount:f}", f'"{amount:f}"'):
        assert of(Kind.MONEY).read(document(written)) == Money(int(amount * 1_000_000), "USD")


scalars = st.none() | st.booleans() | st.integers() | st.decimals() | st.text()
anything = scalars | st.lists(scalars, max_size=2) | st.dictionaries(st.text(), scalars, max_size=2)


@given(anything, st.sampled_from(sorted(WRITTEN)), st.sampled_from(["", "seconds", "milliseconds", "cents"]))
def test_whatever_stands_there_is_a_value_or_one_kind_of_error(found, kind, unit):
    with suppress(ValueError):
        of(kind, unit if kind in {Kind.MONEY, Kind.DATE} else "").read({"left": found})


def test_what_is_wanted_survives_being_stored():
    wanted = (CENTS, of(Kind.DATE, "seconds"), Wanted("credits_granted", Kind.MONEY, "/a~1b", "", "EUR", "2026"))

    assert load_wanted(json.loads(json.dumps(dump_wanted(wanted)))) == wanted
