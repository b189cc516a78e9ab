"""An office's list of grants: a CSV file as spreadsheets save it, one row per grant."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Final

from notifier.core.vocabulary import suggestion
from notifier.enroll.mails.decoding import text_from
from notifier.enroll.printable import printable

MOST_BYTES: Final = 16_000_000  # as many as an accounts file has at most; 10,000 rows have some 2 MB
COLUMNS: Final = (
    *("account", "program", "accepted_on", "accepted_address", "organization", "credits_requested", "use_case"),
    *("research_ends_on", "affiliation", "pi_name", "pi_position", "pi_email", "team", "time_zone", "currency"),
    *("grant", "key_env"),
)
"""The columns of the list; besides, `label.X` for each label X."""
LABEL: Final = "label."
NEEDED: Final = ("account", "accepted_on")
_SEPARATORS = (";", "\t", ",")


class OfficeError(ValueError):
    """The file cannot be read as a list at all; the text says why, and what to do."""


class HeaderError(ValueError):
    """The header has mistakes: for each its row, its column (counted from one), and what is wrong."""

    def __init__(self, faults: list[tuple[int, int, str]]) -> None:
        super().__init__("; ".join(why for _, _, why in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Row:
    """One row, by its number in the spreadsheet; only the cells in which something stands."""

    number: int
    cells: Mapping[str, str]
    over: int = 0
    """How many cells stand right of the last column."""


def read_office(raw: bytes) -> list[Row]:
    """Read a list with `;`, tabs or commas between its cells, in UTF-8, UTF-16 or Windows Latin.

    Case, blanks and hyphens in the header do not matter. Rows in which nothing stands are left out.

    Raises:
        OfficeError: it is no such list.
        HeaderError: columns that are not known, stand there twice, or are missing; all of them at once.
    """
    if len(raw) > MOST_BYTES:
        raise OfficeError(f"The list has {len(raw):,} bytes; at most {MOST_BYTES:,} are read. Split it.")
    if raw.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise OfficeError("This is a spreadsheet. Save it as CSV (in Excel: Save as, CSV UTF-8).")
    text = text_from(raw)
    if "\x00" in text:
        raise OfficeError("This is no text: it contains NUL bytes. Save the list as CSV UTF-8.")
    separator, text = _separator(text)
    records = _records(text, separator)
    number, header = next(((at, cells) for at, cells in records if any(map(str.strip, cells))), (0, []))
    if not header:
        raise OfficeError("The list is empty: its first row names the columns, such as account, accepted_on.")
    names = _names(number, header)
    rows = (_row(at, cells, names) for at, cells in records)
    return [row for row in rows if row.cells or row.over]


def known_as(header: str) -> str:
    """Return a column's name as it is known: case, blanks, hyphens and a byte order mark do not matter."""
    name = "_".join(header.replace("-", " ").replace("_", " ").casefold().split())
    prefix, dot, label = name.partition(".")
    return f"{LABEL}{label.strip('_')}" if dot and prefix.strip("_") in {"label", "labels"} else name


def _separator(text: str) -> tuple[str, str]:
    """Return what stands between cells, and the text: as Excel's line `sep=;` says, else as the header shows."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first) == len("sep=;"):
        return first[-1], rest
    header = next((line for line in text.split("\n") if line.strip(" ;,\t")), "")
    return max(_SEPARATORS, key=lambda each: (_known(header, each), header.count(each))), text


def _known(header: str, separator: str) -> int:
    names = (known_as(name.strip('" ')) for name in header.split(separator))
    return sum(name in COLUMNS or name.startswith(LABEL) for name in names)


def _records(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Give each record with its number, which is that of its row in a spreadsheet."""
    reader = csv.reader(StringIO(text), delimiter=separator, strict=True)
    try:
        yield from enumerate(reader, start=1)
    except csv.Error as error:
        raise OfficeError(
            f"Line {reader.line_num} is no CSV: {error}. Is there a quote without its other?"
        ) from error


def _names(row: int, header: list[str]) -> list[str]:
    names = [known_as(cell) for cell in header]
    if not any(name in COLUMNS or _is_label(name) or suggestion(name, COLUMNS) for name in names):
        raise OfficeError("This is no list: its first row names the columns, such as account, accepted_on.")
    faults, meant = [], ""
    for at, name in enumerate(names):
        written = printable(" ".join(header[at].split()))[:100]
        if name in names[:at] and name:
            faults.append((row, at + 1, f'column "{written}" stands here twice'))
        elif name and name not in COLUMNS and not _is_label(name):
            near = "; did you mean `label.department`?" if name.startswith("label") else suggestion(name, COLUMNS)
            faults.append((row, at + 1, f'column "{written}" is not known{near or "; --help lists the columns"}'))
            meant += near
    missing = [name for name in NEEDED if name not in names and f"`{name}`" not in meant]
    faults += [(row, 1, f"there is no column {name}") for name in missing]
    if faults:
        raise HeaderError(faults)
    return names


def _is_label(name: str) -> bool:
    return name.startswith(LABEL) and len(name) > len(LABEL)


def _row(number: int, cells: list[str], names: list[str]) -> Row:
    filled = {
        name: text for name, cell in zip(names, cells, strict=False) if name and (text := " ".join(cell.split()))
    }
    nameless = [cell for at, cell in enumerate(cells) if cell.strip() and (at >= len(names) or not names[at])]
    return Row(number, filled, len(nameless))
