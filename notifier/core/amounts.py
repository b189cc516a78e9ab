"""Amounts as providers write them in JSON: taken exactly, checked, and rounded once to micro-units.

Numbers with a fraction arrive as `decimal.Decimal` (`notifier.net`): money never passes through a binary float.
"""

from __future__ import annotations

import re
from decimal import ROUND_HALF_EVEN, Context, Decimal

from notifier.core.money import MICRO

CENT = MICRO // 100  # micro-units in a cent
MOST = Decimal(10) ** 9  # for one amount: beyond it the answer is damaged, and sums would not fit the store
EXACT = Context(prec=100)  # amounts with 30 digits were seen; Python's own 28 would round their sum

_NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d{1,6})?", re.ASCII)
_LONGEST = 200  # characters of an amount in quotes
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)


class NoAmount(ValueError):
    """What should be an amount, or belong to one, does not: the text says what is wrong and quotes nothing."""


def exact(value: object) -> Decimal:
    """A JSON number, or a string that holds one: ``12.5``, ``"12.50"``, ``0E-6176``. Negative ones are taken.

    Raises:
        NoAmount: it is something else, not finite, or beyond a thousand million.
    """
    if not isinstance(value, (int, str, Decimal)) or isinstance(value, bool):
        raise NoAmount("an amount is no number")
    if isinstance(value, str) and (len(value) > _LONGEST or not _NUMBER.fullmatch(value)):
        raise NoAmount("an amount is no number")
    number = Decimal(value)
    if not number.is_finite() or number.copy_abs() > MOST:
        raise NoAmount("an amount is not finite or beyond belief")
    return number


def rounded(number: Decimal, unit: int = MICRO) -> int:
    """*number* in micro-units, half to even; *unit* says how many one is: `MICRO`, or `CENT` for cents."""
    return int(EXACT.multiply(number, Decimal(unit)).to_integral_value(ROUND_HALF_EVEN))


def currency(code: object) -> str:
    """The ISO 4217 code in upper case, as amounts carry it.

    Raises:
        NoAmount: it is no code of three letters.
    """
    if not isinstance(code, str) or not _CURRENCY.fullmatch(code):
        raise NoAmount("a currency is no code of three letters")
    return code.upper()
