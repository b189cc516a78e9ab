"""One question to the simulated provider, and what its query says."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from notifier.core.calendar import SECONDS_A_DAY
from notifier.demo.provider.reply import invalid

if TYPE_CHECKING:
    from notifier.core.calendar import Moment

_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")
_EPOCH = date(1970, 1, 1).toordinal()
_YES_OR_NO = {"true": True, "false": False}


class Query:
    """The parameters of a question. What is not known is ignored, as the real provider does."""

    def __init__(self, text: str) -> None:
        self._pairs = parse_qsl(text, max_num_fields=1000)

    def one(self, name: str) -> str | None:
        """The last value of *name*; None if there is none."""
        return next((value for key, value in reversed(self._pairs) if key == name), None)

    def many(self, name: str) -> tuple[str, ...]:
        """Every value of *name* in the three spellings that clients use: repeated, with brackets, with commas."""
        return tuple(part for value in self.whole(name) for part in value.split(",") if part)

    def whole(self, name: str) -> tuple[str, ...]:
        """Every value of *name*, repeated or with brackets; a comma belongs to it, as in ``gpt-5, input``."""
        return tuple(value for key, value in self._pairs if key in {name, f"{name}[]"})

    def whole_number(self, name: str, default: int | None = None) -> int:
        """The number *name*; *default* if it is not given.

        Raises:
            Refused: it is no whole number, or it is missing and there is no default.
        """
        text = self.one(name)
        if text is None and default is not None:
            return default
        if text is None or not _WHOLE_NUMBER.fullmatch(text):
            raise invalid(f"Missing or invalid value for '{name}': an integer is expected.", name)
        return int(text)

    def yes_or_no(self, name: str) -> bool:
        """The truth value *name*; no if it is not given.

        Raises:
            Refused: it is neither ``true`` nor ``false``.
        """
        text = self.one(name) or "false"
        if text not in _YES_OR_NO:
            raise invalid(f"Invalid value for '{name}': a boolean is expected.", name)
        return _YES_OR_NO[text]

    def choice(self, name: str, among: tuple[str, ...]) -> str:
        """The value of *name*, which is the first *among* if it is not given.

        Raises:
            Refused: it is none of these.
        """
        text = self.one(name) or among[0]
        if text not in among:
            raise invalid(f"Invalid value for '{name}': it is one of {', '.join(among)}.", name)
        return text

    def seal(self) -> str:
        """What this very question is recognized by, whichever page of its answer is asked for."""
        question = sorted(pair for pair in self._pairs if pair[0] != "page")
        return blake2b(repr(question).encode(), digest_size=6).hexdigest()

    def __str__(self) -> str:
        return "&".join(f"{name}={value}" for name, value in self._pairs)


@dataclass(frozen=True, slots=True)
class Request:
    """One question. The key that it came with is nowhere shown."""

    method: str
    path: str
    query: Query
    bearer: str = field(default="", repr=False)
    content: bytes = b""


def day_of(moment: Moment) -> date:
    """The UTC day of *moment*."""
    return date.fromordinal(_EPOCH + moment // SECONDS_A_DAY)


def midnight(day: date) -> Moment:
    """The moment at which *day* begins in UTC."""
    return (day.toordinal() - _EPOCH) * SECONDS_A_DAY
