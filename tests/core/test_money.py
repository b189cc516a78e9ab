"""An amount is exact to a millionth, or it is refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.money import MICRO, MOST_MICRO, Money, micro, parse_money

amounts = st.integers(-MOST_MICRO, MOST_MICRO)


@given(amounts)
def test_an_amount_of_up_to_six_decimals_is_read_exactly(number):
    assert number == micro(f"{Decimal(number) / MICRO:f}")


@given(amounts, st.sampled_from(["USD", "EUR", "jpy"]))
def test_an_amount_with_its_currency_is_read_exactly(number, currency):
    text = f"{Decimal(number) / MICRO:f} {currency}"

    assert Money(number, currency.upper()) == parse_money(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1000 USD", Money(1_000_000_000, "USD")),
        ("12.50 EUR", Money(12_500_000, "EUR")),
        ("0.000001 usd", Money(1, "USD")),
        ("-3USD", Money(-3_000_000, "USD")),
        ("1_000 USD", Money(1_000_000_000, "USD")),
        ("0.0000005 USD", Money(0, "USD")),  # half to even
        ("0.0000015 USD", Money(2, "USD")),
    ],
)
def test_amounts_as_people_write_them(text, expected):
    assert expected == parse_money(text)


@pytest.mark.parametrize("text", ["1,000 USD", "1.000,50 EUR", "1000", "USD", "12 dollars", "", "5 USD x", "$5"])
def test_what_is_no_amount_is_answered_with_how_one_is_written(text):
    with pytest.raises(ValueError) as refused:
        parse_money(text)

    assert f"{text!r} is not an amount such as 1000 USD or 12.50 EUR" == str(refused.value)


@pytest.mark.parametrize("text", ["nan", "sNaN", "inf", "-inf", "1e30", "1e999999", "1000000000000.000001"])
def test_no_finite_amount_and_no_absurd_one_is_taken(text):
    with pytest.raises(ValueError, match="is not an amount that anybody was granted"):
        micro(text)


@pytest.mark.parametrize("text", ["", "1.2.3", "1,5", "ten", "1e99999999999999999999"])
def test_what_is_no_number_is_named(text):
    with pytest.raises(ValueError, match=r"is not an amount$"):
        micro(text)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1_000_000_000, "USD"), "1,000.00 USD"),
        (Money(-12_345_600, "EUR"), "-12.35 EUR"),
        (Money(0, "USD"), "0.00 USD"),
    ],
)
def test_an_amount_is_said_with_two_decimals(money, text):
    assert text == str(money)


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ("1.000 USD", "write 1000 or 1.00"),
        ("12.500 EUR", "write 12500 or 12.00"),
        ("1.000.000 USD", "write 1000000"),
    ],
)
def test_an_amount_that_half_of_the_world_reads_otherwise_is_refused_with_both_readings(text, readings):
    with pytest.raises(ValueError, match=readings):
        parse_money(text)


@pytest.mark.parametrize("text", ["0.925 USD", "1.00 USD", "1000 USD", "1.0000 USD", "1234.567 USD"])
def test_an_amount_that_can_be_read_in_one_way_is_taken(text):
    assert parse_money(text).currency == "USD"
