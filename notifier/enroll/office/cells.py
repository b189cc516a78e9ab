"""What people write into the cells of a list: dates and amounts, taken only if they can be read in one way."""

import re
import unicodedata
from datetime import date
from decimal import Decimal
from typing import Final

from notifier.core.keys import refuse_key
from notifier.core.money import MICRO, micro

MOST_TEXT: Final = 2_000  # characters, as in the accounts file
_YEARS: Final = range(1970, 2200)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(?::00(?:\.0+)?)?)?")
_DOTS = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4})")
_SLASHES = re.compile(r"(\d{1,2})[/-](\d{1,2})[/-](\d{2}|\d{4})")
_SERIAL = re.compile(r"[34]\d{4}|5\d{4}")  # days since 1900, as Excel counts: 1982 to 2064
_AMOUNT = re.compile(r"(?P<before>[A-Za-z]{3})?\s*(?P<number>\d[\d.,' ]*)\s*(?P<after>[A-Za-z]{3})?")
_GROUPED = re.compile(r"\d{1,3}([.,' ])\d{3}(?:\1\d{3})*")
_SEEN = frozenset("\u200c\u200d")  # joiners: they shape the letters around them in many scripts


def plain(text: str) -> str:
    """Return a cell's text on one line, with single blanks.

    Raises:
        ValueError: it is too long, is a key, or has a character that nobody can see.
    """
    words = " ".join(text.split())
    refuse_key(words)
    if len(words) > MOST_TEXT:
        raise ValueError(f"has {len(words):,} characters; a text has at most {MOST_TEXT:,}")
    for letter in words:
        if not letter.isprintable() and letter not in _SEEN:
            name = unicodedata.name(letter, "a control character").lower()
            raise ValueError(f"has a character that cannot be seen (U+{ord(letter):04X}, {name}); type it anew")
    return words


def day_of(text: str) -> date:
    """Read a date: 2026-03-31, or 31.03.2026 with dots.

    Raises:
        ValueError: it is none, or can be read in two ways.
    """
    if match := _ISO.fullmatch(text):
        year, month, day = map(int, match.groups())
    elif match := _DOTS.fullmatch(text):
        day, month, year = map(int, match.groups())
    elif match := _SLASHES.fullmatch(text):
        raise ValueError(f'"{text}" {_readings(*match.groups())}')
    elif _SERIAL.fullmatch(text):
        raise ValueError(f'"{text}" is a number of days; show the column as dates (2026-03-31), and save it again')
    else:
        raise ValueError(f'"{text}" is not a date such as 2026-03-31')
    try:
        found = date(year, month, day)
    except ValueError:
        raise ValueError(f'"{text}" is not a date such as 2026-03-31: there is no such day') from None
    if found.year not in _YEARS:
        raise ValueError(f'"{text}" lies outside the years {_YEARS[0]} to {_YEARS[-1]}')
    return found


def amount_of(text: str, currency: str) -> str:
    """Return an amount as the accounts file writes it, `5000 USD`; a bare number is in *currency*.

    Raises:
        ValueError: it is none, or its comma or point can be read in two ways.
    """
    match = _AMOUNT.fullmatch(text)
    if match is None or (match["before"] and match["after"]):
        raise ValueError(f'"{text}" is not an amount such as 5000 USD')
    number = _number(match["number"].strip(), text)
    try:
        value = Decimal(micro(number)) / MICRO
    except ValueError:
        raise ValueError(f'"{text}" is not an amount that anybody is granted') from None
    whole = f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
    if Decimal(whole) != value:
        raise ValueError(f'"{text}" has more than two decimals')
    return f"{whole} {(match['before'] or match['after'] or currency).upper()}"


def _number(written: str, text: str) -> str:
    """Return a number without its groups of thousands, with a point before its decimals."""
    marks = [letter for letter in written if not letter.isdigit()]
    kinds = list(dict.fromkeys(marks))
    if len(marks) == 1 and marks[0] in ".," and _GROUPED.fullmatch(written):
        bare = written.replace(marks[0], "")
        either = f"{bare} or {written.replace(',', '.').rstrip('0').rstrip('.')}"
        raise ValueError(f'"{text}" can be read in two ways; write {either}, without a mark between thousands')
    if len(kinds) == 1 and _GROUPED.fullmatch(written):
        return written.replace(kinds[0], "")
    if kinds and marks.count(kinds[-1]) == 1 and kinds[-1] in ".,":
        whole, decimals = written.split(kinds[-1])
        if whole.isdigit() or (len(kinds) == 2 and _GROUPED.fullmatch(whole)):  # noqa: PLR2004  thousands, decimals
            return f"{re.sub(r'[^0-9]', '', whole)}.{decimals or '0'}"
    if not kinds:
        return written
    raise ValueError(f'"{text}" is not an amount such as 5000 USD')


def _readings(first: str, second: str, year: str) -> str:
    """Say how a date with slashes can be meant: which of the two numbers is the day is not the same everywhere."""
    full = year if len(year) == len("2026") else f"20{year}"
    readings = [f"{full}-{month:0>2}-{day:0>2}" for day, month in ((first, second), (second, first))]
    possible = list(dict.fromkeys(each for each in readings if _is_day(each)))
    if not possible:
        return "is not a date such as 2026-03-31"
    said = "can be read in two ways" if len(possible) > 1 else "is not written as everybody reads it"
    return f"{said}; write {' or '.join(possible)}"


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
