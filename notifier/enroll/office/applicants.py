"""One row of an office's list into what the accounts file should say, or into everything that is wrong with it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from notifier.core.vocabulary import suggestion
from notifier.enroll.accounts.entries import Entry, Wanted, person
from notifier.enroll.accounts.ids import as_id, is_id
from notifier.enroll.office.cells import amount_of, day_of, plain
from notifier.enroll.office.rows import LABEL, NEEDED, Row

T = TypeVar("T")
Form = Callable[[str], str]
_ADDRESS = re.compile(r"[^\s@:<>,;]+@[^\s@:<>,;]+")
_BETWEEN = re.compile(r"[\s,;]+")


class RowError(ValueError):
    """The row cannot be used; a fault for each cell that is wrong."""

    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("; ".join(faults))


@dataclass(frozen=True, slots=True)
class Forms:
    """How single values of the accounts file are checked.

    Each returns the text, or raises a ValueError that says how such a value is written.
    """

    time_zone: Form
    currency: Form
    reach: Form
    variable: Form


@dataclass(frozen=True, slots=True)
class Applicant:
    """What one row says: of which account and grant (None: not named), and what the file should say of them."""

    account: str
    grant: str | None
    wanted: Wanted


def applicant(
    row: Row, programs: Sequence[str], usual: str | None, forms: Forms, currency_of: Callable[[str], str]
) -> Applicant:
    """Read one row. *currency_of* says in which currency an account's bare amounts are.

    A row without a program means the *usual* one.

    Raises:
        RowError: it cannot be used; everything that is wrong with it at once.
    """
    cells = _Cells(row)
    if row.over:
        cells.faults.append("more cells than columns: a text with the list's separator stands in quotes")
    account, grant = cells.take("account", _id), cells.take("grant", _given_id)
    program = cells.take("program", lambda text: _program(text, programs)) or _usual(programs, usual, cells)
    accepted_on = cells.take("accepted_on", day_of)
    own = _account(cells, forms)
    fields = _grant(cells, lambda text: amount_of(text, str(own.get("currency") or currency_of(account or ""))))
    cells.faults += [f"{name} is empty" for name in NEEDED if name not in row.cells]
    if cells.faults:
        raise RowError(cells.faults)
    assert account is not None
    assert program is not None
    return Applicant(account, grant, Wanted(program, accepted_on, own, {"accepted_on": accepted_on, **fields}))


class _Cells:
    """The cells of one row while they are read; what is wrong with each is gathered."""

    def __init__(self, row: Row) -> None:
        self.cells, self.faults = row.cells, list[str]()

    def take(self, column: str, convert: Callable[[str], T]) -> T | None:
        """What *convert* makes of a cell; None if nothing stands there or it is faulty."""
        text = self.cells.get(column)
        try:
            return None if text is None else convert(plain(text))
        except ValueError as error:
            self.faults.append(f"{column} {error}")
            return None


def _account(cells: _Cells, forms: Forms) -> Entry:
    names = [name for name in cells.cells if name.startswith(LABEL)]
    labels = {name.removeprefix(LABEL): cells.take(name, str) for name in names}
    pi = person(cells.take("pi_name", str), cells.take("pi_position", str), cells.take("pi_email", _address))
    team = cells.take("team", lambda text: [_reach(each, forms.reach) for each in _BETWEEN.split(text) if each])
    people = {"pi": pi, "team": {"reach": team} if team else {}}
    variable = cells.take("key_env", forms.variable)
    entry: Entry = {
        "organization": cells.take("organization", str),
        "affiliation": cells.take("affiliation", str),
        "time_zone": cells.take("time_zone", forms.time_zone),
        "currency": cells.take("currency", lambda text: forms.currency(text.upper())),
        "labels": labels,
        "key": {"env": variable} if variable else {},
        "people": {role: each for role, each in people.items() if each},
    }
    return {name: value for name, value in entry.items() if value}


def _grant(cells: _Cells, amount: Form) -> Entry:
    entry: Entry = {
        "accepted_address": cells.take("accepted_address", _address),
        "credits_requested": cells.take("credits_requested", amount),
        "use_case": cells.take("use_case", str),
        "research_ends_on": cells.take("research_ends_on", day_of),
    }
    return {name: value for name, value in entry.items() if value is not None}


def _id(text: str) -> str:
    name = text if is_id(text) else as_id(text)
    if not name:
        raise ValueError(f'"{text}" cannot be made into an id; write one, such as chem-3')
    return name


def _given_id(text: str) -> str:
    if not is_id(text):
        raise ValueError(
            f'"{text}" is not an id: small letters, digits and hyphens, such as {as_id(text) or 2026}'
        )
    return text


def _address(text: str) -> str:
    bare = text.removeprefix("mailto:")
    if not _ADDRESS.fullmatch(bare):
        raise ValueError(f'"{text}" is not an address such as a.researcher@example.edu')
    return bare


def _reach(text: str, check: Form) -> str:
    """Return where a team is reached; a bare address is one of mail, a bare `#channel` one of Slack."""
    scheme = "" if ":" in text else "slack:" if text.startswith("#") else "mailto:" if "@" in text else ""
    return check(f"{scheme}{text}")


def _program(text: str, programs: Sequence[str]) -> str:
    found = [each for each in programs if each.casefold() == text.casefold()]
    if not found:
        near = suggestion(text.casefold(), programs) or f"; there are {', '.join(programs) or 'none'}"
        raise ValueError(f'"{text}" is not known{near}')
    return found[0]


def _usual(programs: Sequence[str], usual: str | None, cells: _Cells) -> str | None:
    if "program" not in cells.cells and usual is None:
        cells.faults.append(f"program is empty; there are {', '.join(programs) or 'none'}")
    return usual
