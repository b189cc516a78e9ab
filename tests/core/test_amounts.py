"""An amount is taken exactly however a provider writes it, or refused; it is rounded once."""

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.amounts import CENT, MOST, NoAmount, currency, exact, rounded
from notifier.core.money import MICRO


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (7, Decimal(7)),
        (Decimal("12.50"), Decimal("12.5")),
        ("12.50", Decimal("12.5")),
        ("-.5", Decimal("-0.5")),
        ("+1e3", Decimal(1000)),
        ("0E-6176", Decimal(0)),
        (Decimal("0E-6176"), Decimal(0)),
        (Decimal("-2.5"), Decimal("-2.5")),
        ("1e-400", Decimal("1e-400")),
        ("1" * 9, Decimal("1" * 9)),
        (MOST, MOST),
        (-MOST, -MOST),
    ],
)
def test_an_amount_is_taken_exactly_however_it_is_written(written, number):
    assert exact(written) == number


@pytest.mark.parametrize("written", [None, True, [], {}, 1.5, "much", "", " 1", "1_000", "\u0661", "0x1", "1,5"])
def test_what_is_no_number_is_refused(written):
    with pytest.raises(NoAmount, match=r"^an amount is no number$"):
        exact(written)


@pytest.mark.parametrize("written", ["NaN", "sNaN", "inf", "-Infinity", "1" * 201])
def test_words_and_endless_digits_are_no_numbers(written):
    with pytest.raises(NoAmount, match=r"^an amount is no number$"):
        exact(written)


@pytest.mark.parametrize(
    "written",
    [Decimal("NaN"), Decimal("sNaN"), Decimal("-Infinity"), MOST + 1, -MOST - 1, "1e10", Decimal("1e999999999")],
)
def test_what_is_not_finite_or_beyond_belief_is_refused(written):
    with pytest.raises(NoAmount, match=r"^an amount is not finite or beyond belief$"):
        exact(written)


@pytest.mark.parametrize(
    ("number", "unit", "micro"),
    [
        ("0.0000005", MICRO, 0),
        ("0.0000015", MICRO, 2),
        ("0.00000050000000000000000000000000001", MICRO, 1),
        ("-0.0000015", MICRO, -2),
        ("0E-6176", MICRO, 0),
        ("123.45", CENT, 1_234_500),
        ("0.00005", CENT, 0),
        ("0.00015", CENT, 2),
    ],
)
def test_an_amount_is_rounded_to_micro_units_half_to_even(number, unit, micro):
    assert rounded(Decimal(number), unit) == micro


@given(st.decimals(-MOST, MOST, places=30))
def test_rounding_errs_by_half_a_micro_unit_at_most(number):
    with localcontext(prec=80):
        assert abs(number * MICRO - rounded(number)) <= Decimal("0.5")


def test_a_currency_is_a_code_of_three_letters_in_any_case():
    assert (currency("usd"), currency("EUR")) == ("USD", "EUR")


@pytest.mark.parametrize("code", ["dollars", "", "US", "U$D", "ÜSD", 840, None])
def test_any_other_currency_is_refused(code):
    with pytest.raises(NoAmount, match=r"^a currency is no code of three letters$"):
        currency(code)
