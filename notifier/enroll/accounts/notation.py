"""How values are written in the accounts file: the plainest way that every reader of YAML understands alike."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Final

# Words and amounts with a unit. What might be a number, a date, a comment or a bracket stands in quotes.
_PLAIN = re.compile(
    r"[^\W\d_](?:[\w ./@()+'?!;%&=\u2013\u2014\u2026\u2019-]|:(?=\S))*|\d+(?:\.\d+)? [A-Za-z][A-Za-z ]*"
)
_NOT_TEXT: Final = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
_SHORT: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
_IN_LINES: Final = frozenset({"people", "defaults"})  # the rest that has parts is short enough for brackets


def scalar(value: object) -> str:
    """Return one value as it is written, on one line; it may stand in brackets too."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false"}.get(value, "null")  # type: ignore[arg-type]  # None has its own word
    if isinstance(value, int | float):
        return repr(value)
    text = str(value)
    is_plain = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _NOT_TEXT
    if is_plain and text.isprintable():
        return text
    return single_quoted(text) if '"' in text else double_quoted(text)


def double_quoted(text: str) -> str:
    r"""Return *text* in double quotes; what cannot be seen is written out, as `\u202e`."""
    return f'"{"".join(_SHORT.get(letter) or _escaped(letter) for letter in text)}"'


def single_quoted(text: str) -> str:
    """Return *text* in single quotes, or in double ones where a letter has to be written out."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'" if text.isprintable() else double_quoted(text)


def inline(value: object) -> str:
    """Return a value with all its parts on one line, in brackets."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{scalar(key)}: {inline(entry)}' for key, entry in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(map(inline, value))}]"
    return scalar(value)


def lines(entry: Mapping[str, object]) -> list[str]:
    """Return a mapping with one field a line, what is below it in brackets; people have a line each."""
    written = []
    for name, value in entry.items():
        if name in _IN_LINES and isinstance(value, Mapping) and value:
            written += [f"{scalar(name)}:", *(f"  {line}" for line in lines(value))]
        else:
            written.append(f"{scalar(name)}: {inline(value)}")
    return written


def indented(several: list[str], columns: int) -> list[str]:
    """Return the lines, moved to the right."""
    return [f"{' ' * columns}{line}" for line in several]


def as_item(several: list[str]) -> list[str]:
    """Return the lines as one item of a list."""
    return [f"{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(several)]


def _escaped(letter: str) -> str:
    if letter.isprintable():
        return letter
    written = f"{ord(letter):x}"
    sign, width = next(each for each in (("x", 2), ("u", 4), ("U", 8)) if len(written) <= each[1])
    return f"\\{sign}{written:0>{width}}"
