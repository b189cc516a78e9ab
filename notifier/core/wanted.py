"""What is looked for in the answer of a JSON interface: where each fact stands there, and how it is written.

A value that is missing, or of another type than the fact, is an error and never a zero; JSON's null says that
there is none.
"""

from __future__ import annotations

import re
from dataclasses import astuple, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from notifier.core.amounts import CENT, exact, rounded
from notifier.core.calendar import parse_duration
from notifier.core.costs import utc_day
from notifier.core.fact import Kind
from notifier.core.keys import refuse_key
from notifier.core.money import MICRO, Money, micro
from notifier.core.pointer import follow

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.core.facts import Observed

CENTS, SECONDS, MILLISECONDS = "cents", "seconds", "milliseconds"
# In what a fact of a kind may be counted, where it is not counted as people write it.
UNITS = {Kind.MONEY: (CENTS,), Kind.DATE: (SECONDS, MILLISECONDS)}
# What one value of an answer can say, and how it is written there.
WRITTEN = {
    Kind.MONEY: 'an amount such as 412.5 or "412.50"',
    Kind.NUMBER: "a number",
    Kind.DATE: 'a date such as "2026-11-22" or "2026-11-22T09:00:00Z"',
    Kind.DURATION: 'a duration such as "3 weeks"',
    Kind.TEXT: "a text",
    Kind.YESNO: "true or false",
}  # fmt: skip
MOST_TEXT = 2_000
YEARS = range(1970, 2200)
_NUMBER = re.compile(r"[-+]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][-+]?[0-9]{1,4})?")
_SHAPES = ((type(None), "null"), (bool, "true or false"), ((int, Decimal), "a number"), (str, "a text"),
           (list, "a list"), (dict, "an object"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class Wanted:
    """One *fact* of *kind*, and where it stands: *at* is a JSON pointer.

    *unit* is how it is counted there, '' as people do; *currency* is that of an amount. *grant* is the grant whose
    fact it is, '' for one of the account.
    """

    fact: str
    kind: Kind
    at: str
    unit: str = ""
    currency: str = ""
    grant: str = ""

    def read(self, document: object) -> Observed:
        """What *document* says of the fact; None where it says null.

        Raises:
            ValueError: it says nothing of it, or nothing of its kind. The sentence holds nothing of the document.
        """
        try:
            found = follow(document, self.at)
        except LookupError:
            raise ValueError(f"has nothing at {self.at}, where `{self.fact}` is looked for") from None
        if found is None:
            return None
        try:
            return self._value(found)
        except (ValueError, ArithmeticError):
            raise ValueError(
                f"has {_shape(found)} at {self.at} that is not {self.written}, for `{self.fact}`"
            ) from None

    @property
    def written(self) -> str:
        """How the fact is written where it stands."""
        return f"a whole number of {self.unit}" if self.unit in UNITS[Kind.DATE] else WRITTEN[self.kind]

    def _value(self, found: object) -> Observed:
        if self.kind is Kind.YESNO:
            if isinstance(found, bool):
                return found
        elif self.kind is Kind.MONEY:
            return Money(rounded(exact(found), CENT if self.unit == CENTS else MICRO), self.currency)
        elif self.kind is Kind.NUMBER:
            return _micro(found) / MICRO
        elif self.kind is Kind.DATE and self.unit:
            return _day_of(found, 1_000 if self.unit == MILLISECONDS else 1)
        elif isinstance(found, str):
            return _text(self.kind, found)
        raise ValueError


def dump_wanted(wanted: Iterable[Wanted]) -> list[list[str]]:
    """*wanted* as JSON, for `Poll.settings`."""
    return [[str(field) for field in astuple(each)] for each in wanted]


def load_wanted(stored: Iterable[Iterable[str]]) -> tuple[Wanted, ...]:
    """What `dump_wanted` made JSON of."""
    return tuple(_loaded(*each) for each in stored)


def _loaded(fact: str, kind: str, *rest: str) -> Wanted:
    return Wanted(fact, Kind(kind), *rest)


def _shape(found: object) -> str:
    return next((shape for kind, shape in _SHAPES if isinstance(found, kind)), "something")


def _micro(found: object) -> int:
    """A number, or a text that is one, in millionths.

    Raises:
        ValueError: it is none, not finite, or beyond a million million.
        ArithmeticError: its exponent is beyond belief.
    """
    is_number = isinstance(found, (int, Decimal)) and not isinstance(found, bool)
    if not is_number and not (isinstance(found, str) and _NUMBER.fullmatch(found)):
        raise ValueError
    return micro(str(found))


def _day_of(found: object, units_a_second: int) -> date:
    """The UTC day of a moment that is counted since 1970."""
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError  # noqa: TRY004  a wrong value, not a wrong call
    return _believed(date.fromordinal(utc_day(found // units_a_second)))


def _text(kind: Kind, text: str) -> Observed:
    if kind is Kind.DATE:
        return _date(text)
    if kind is Kind.DURATION:
        return parse_duration(text)
    if len(text) > MOST_TEXT:
        raise ValueError
    refuse_key(text)
    return " ".join(text.encode("utf-8", "replace").decode().split())


def _date(text: str) -> date:
    """A day, or the UTC day of a moment; without a zone it is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return _believed((moment if moment.tzinfo is None else moment.astimezone(UTC)).date())


def _believed(day: date) -> date:
    if day.year not in YEARS:
        raise ValueError
    return day
