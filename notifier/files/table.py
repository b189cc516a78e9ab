"""Reading a mapping field by field: each wish says what it wants, each fault is noted with its place."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, TypeVar

from notifier.core.keys import refuse_key
from notifier.core.language.grammar import LanguageError
from notifier.core.vocabulary import suggestion
from notifier.files.positions import Fault, Located, Place, each

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
WORD = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
YEARS = range(1970, 2200)  # in which the dates of grants lie; a year beyond them is mistyped


class Table:
    """One mapping of a file. What was asked for is remembered, so that `rest` can name what nobody knows."""

    def __init__(self, located: Located, faults: list[Fault], what: str) -> None:
        self.located, self.faults, self.what = located, faults, what
        self.known: list[str] = []
        self.entries = located.entries or {}
        if located.entries is None:
            self.fault_at(located.place, f"{what} is a mapping of fields, not {located.shape}")

    def fault_at(self, place: Place, why: str) -> None:
        """Note a mistake."""
        self.faults.append(Fault(place, why))

    def fault(self, name: str, why: str) -> None:
        """Note that field *name* is wrong; at the mapping itself if the field is missing."""
        found = self.entries.get(name)
        self.fault_at(found.place if found else self.located.place, why)

    def missing(self, name: str) -> None:
        """Note that field *name* has to be there; of what is no mapping at all, that alone is said."""
        if self.located.entries is not None:
            self.fault_at(self.located.place, f"{self.what} needs `{name}`")

    def get(self, name: str) -> Located | None:
        """The field *name*; None if it is absent or empty."""
        self.known.append(name)
        found = self.entries.get(name)
        return None if found is None or found.absent else found

    def read(self, name: str, convert: Callable[[str], T], *, needed: bool = False) -> T | None:
        """What *convert* makes of the text of field *name*; its ValueError becomes a fault at the right column."""
        found = self.get(name)
        if found is None:
            if needed:
                self.missing(name)
            return None
        return self.convert(found, convert)

    def convert(self, found: Located, convert: Callable[[str], T]) -> T | None:
        """As `read`, for a value that is already at hand."""
        if found.text is None:
            self.fault_at(found.place, f"a single value is wanted here, not {found.shape}")
            return None
        try:
            return convert(found.text)
        except LanguageError as error:
            self.fault_at(found.at(error.offset), error.why)
        except ValueError as error:
            self.fault_at(found.place, str(error))
        return None

    def convert_key(self, name: str, convert: Callable[[str], T]) -> T | None:
        """What *convert* makes of the key *name* itself."""
        try:
            return convert(name)
        except ValueError as error:
            self.fault_at(self.located.keys[name], str(error))
            return None

    def text(self, name: str, *, needed: bool = False) -> str | None:
        """The text of field *name*."""
        return self.read(name, str, needed=needed)

    def word(self, name: str, *, needed: bool = False) -> str | None:
        """An id: small letters, digits, hyphens."""
        return self.read(name, word, needed=needed)

    def day(self, name: str) -> date | None:
        """A date, as 2026-11-22."""
        return self.read(name, day)

    def all(self, name: str) -> Iterator[Located]:
        """The values in the list *name*; a single value counts as a list of one."""
        found = self.get(name)
        return each(found) if found is not None else iter(())

    def table(self, name: str, what: str) -> Table | None:
        """The mapping in field *name*."""
        found = self.get(name)
        return Table(found, self.faults, what) if found is not None else None

    def tables(self, name: str, what: str) -> list[Table]:
        """The mappings in the list *name*."""
        return [Table(item, self.faults, what) for item in self.all(name)]

    def rest(self, *, also: Iterable[str] = ()) -> None:
        """Fault every field that was never asked for, with the one that was probably meant."""
        known = [*self.known, *also]
        for name in self.entries:
            if name not in known:
                near = suggestion(name, known)
                self.fault_at(self.located.keys[name], f"`{name}` is not a field of {self.what}{near}")


def word(text: str) -> str:
    """Check an id.

    Raises:
        ValueError: it has other characters than small letters, digits, hyphens and underscores, or is a key.
    """
    refuse_key(text)
    if WORD.fullmatch(text):
        return text
    fitting = re.sub(r"[^a-z0-9_]+", "-", text.lower()).strip("-_")
    hint = f"; did you mean `{fitting}`?" if WORD.fullmatch(fitting) else ""
    raise ValueError(f"{text!r}: an id has small letters, digits and hyphens{hint}")


def day(text: str) -> date:
    """Read a date.

    Raises:
        ValueError: it is not written as 2026-11-22, there is no such day, or nobody can mean it.
    """
    if not DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2026-11-22")
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"there is no day {text}") from None
    if found.year not in YEARS:
        raise ValueError(f"{text} lies outside the years {YEARS[0]} to {YEARS[-1]}")
    return found


def yes_or_no(text: str) -> bool:
    """Read ``true`` or ``false``.

    Raises:
        ValueError: it is neither.
    """
    if text in {"true", "yes"}:
        return True
    if text in {"false", "no"}:
        return False
    raise ValueError(f"{text!r} is neither true nor false")
