"""What was understood, for the person who enrolls to check against the mail."""

from collections.abc import Sequence
from textwrap import wrap

from notifier.enroll.acceptance import Found, Understood, Value
from notifier.enroll.printable import printable

_WIDTH = 80  # columns
_GAP = "  "


def report(understood: Understood) -> list[str]:
    """Return the lines to print: what was understood and from which words, what is missing, what was assumed.

    At most 80 columns, except for a value that is longer itself. Nothing that came from the mail can move
    the cursor.
    """
    names = [found.name for found in understood.found] + [*understood.missing, *understood.not_found]
    column = max(map(len, names), default=0)
    sections = [
        ("Understood, and from which words:", _found(understood.found, column)),
        ("Not in the mail, and letters need it:", _missing(understood, column)),
        ("Not found: the wording may have changed, and the program's own terms count:", _not_found(understood)),
        ("Assumed:", [line for sentence in understood.assumptions for line in _wrapped(sentence, _GAP)]),
    ]
    blocks = [[heading, *lines] for heading, lines in sections if lines]
    return [line for block in blocks for line in ("", *block)][1:]


def _found(found: Sequence[Found], column: int) -> list[str]:
    lines = []
    for each in found:
        lines.append(f"{_GAP}{each.name:<{column}}{_GAP}{printable(_shown(each.value))}")
        lines += _wrapped(f'"{each.words}"', " " * (column + 2 * len(_GAP)))
    return lines


def _missing(understood: Understood, column: int) -> list[str]:
    return [f"{_GAP}{ask.name:<{column}}{_GAP}{printable(ask.where)}" for ask in understood.asks]


def _not_found(understood: Understood) -> list[str]:
    return [f"{_GAP}{name}" for name in understood.not_found]


def _wrapped(text: str, indent: str) -> list[str]:
    return wrap(printable(text), _WIDTH, initial_indent=indent, subsequent_indent=indent)


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
