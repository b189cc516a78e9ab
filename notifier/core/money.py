"""Amounts with a currency, exact: inside they are whole millionths (micro-units) of the currency."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import NamedTuple

MICRO = 1_000_000
MOST_MICRO = 10**18  # a million million units: above it somebody mistyped
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(?:\.\d{3})+")
_AMOUNT = re.compile(r"([-+]?[\d.,_]+)\s*([A-Za-z]{3})")


class Money(NamedTuple):
    """An amount in micro-units of one currency (ISO 4217 code, upper case)."""

    micro: int
    currency: str

    def __str__(self) -> str:
        """Two decimals, thousands apart: ``1,000.00 USD``."""
        return f"{Decimal(self.micro) / MICRO:,.2f} {self.currency}"


def micro(text: str) -> int:
    """Read a plain decimal number as micro-units, without passing through a binary float.

    Raises:
        ValueError: no finite decimal number, or one beyond a million million.
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not an amount") from None
    if not value.is_finite() or abs(value) > MOST_MICRO // MICRO:
        raise ValueError(f"{text!r} is not an amount that anybody was granted")
    return int((value * MICRO).to_integral_value(ROUND_HALF_EVEN))


def parse_money(text: str) -> Money:
    """Read ``1000 USD`` or ``12.50 EUR``.

    Raises:
        ValueError: the text is no amount with a currency; the message says how one is written.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None or "," in match[1]:
        raise ValueError(f"{text!r} is not an amount such as 1000 USD or 12.50 EUR")
    return Money(micro(unambiguous(match[1])), match[2].upper())


def unambiguous(number: str) -> str:
    """*number* itself.

    Raises:
        ValueError: it is written as ``1.000``, which half of the world reads as a thousand.
    """
    if _GROUPED.fullmatch(number.strip()):
        thousands, units = number.replace(".", ""), number.partition(".")[0]
        raise ValueError(f"{number!r} can be read in two ways; write {thousands} or {units}.00")
    return number
