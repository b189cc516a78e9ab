"""What was understood, for the person who enrolls to check against the mail."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from textwrap import wrap

from notifier.enroll.acceptances.acceptance import Acceptance, Found, Understood, Value
from notifier.enroll.acceptances.recognition import Ask
from notifier.enroll.accounts.differences import Difference
from notifier.enroll.printable import printable

_WIDTH = 80  # columns
_GAP = "  "


def report(understood: Understood) -> list[str]:
    """Return the lines to print: what was understood and from which words, what is out of date, what was assumed.

    At most 80 columns, except for a value that is longer itself. Nothing that came from the mail can move
    the cursor.
    """
    column = max(map(len, [*(found.name for found in understood.found), *understood.not_found]), default=0)
    sections = [
        ("Understood, and from which words:", _found(understood.found, column)),
        (_stale_heading(understood), _stale(understood.found)),
        ("It looks like an acceptance; not found in it:", _not_found(understood, column)),
        ("Assumed:", [line for sentence in understood.assumptions for line in _wrapped(sentence, _GAP)]),
    ]
    blocks = [[heading, *lines] for heading, lines in sections if lines]
    return [line for block in blocks for line in ("", *block)][1:]


def place_of(acceptance: Acceptance) -> str:
    """Say where in its file an acceptance stands: nothing where there is only one place."""
    inside = "the mail forwarded in it" if acceptance.level > 1 else ""
    if acceptance.messages == 1:
        return inside
    return f"message {acceptance.message} of {acceptance.messages}{inside and ', '}{inside}"


def missing(gaps: Sequence[tuple[Ask, str]]) -> list[str]:
    """Return the lines that name what letters need and nobody has said, each with its place, if any."""
    if not gaps:
        return []
    name = max(len(ask.name) for ask, _ in gaps)
    width = max(len(place) for _, place in gaps)
    lines = ["Not in the mail, and letters need it:"]
    for ask, place in gaps:
        head = f"{_GAP}{ask.name:<{name}}{_GAP}{place:<{width}}{_GAP * bool(width)}"
        lines += _wrapped(ask.where, " " * len(head), printable(head))
    return lines


def differing(
    differences: Iterable[Difference], answered: Collection[str] = (), *, indent: str = _GAP
) -> list[str]:
    """Return the lines that show each field of which the file and the mail, or an answer, say different things."""
    lines = []
    for each in differences:
        where = "in your answer" if each.field in answered else "in the mail"
        lines += _wrapped(f"{each.field}: {each.in_file or 'nothing'} in the file, {each.in_mail} {where}", indent)
    return lines


def _found(found: Sequence[Found], column: int) -> list[str]:
    lines = []
    for each in found:
        lines.append(f"{_GAP}{each.name:<{column}}{_GAP}{printable(_shown(each.value))}")
        words = f'"{each.words}"{each.aside and f", {each.aside}"}'
        lines += _wrapped(words, " " * (column + 2 * len(_GAP)))
    return lines


def _stale_heading(understood: Understood) -> str:
    accepted_on, checked_on = understood.value("accepted_on"), understood.checked_on
    if checked_on is None:
        return "Out of date in the mail; ours count:"
    if isinstance(accepted_on, date) and accepted_on > checked_on:
        return f"Ours count, checked {checked_on}; the mail is newer, so see which are right:"
    return f"Out of date in the mail; ours count, checked {checked_on}:"


def _stale(found: Sequence[Found]) -> list[str]:
    lines = []
    for each in found:
        if each.ours:
            lines.append(printable(f"{_GAP}{each.name}: the mail says {_shown(each.value)};"))
            lines.append(printable(f"{_GAP}we use {each.ours}"))
    return lines


def _not_found(understood: Understood, column: int) -> list[str]:
    lines = []
    for name in understood.not_found:
        ours = understood.ours.get(name)
        whose = "" if "." in name else ", the program's term"
        instead = f"{ours}{whose}" if ours else "left out"
        lines.append(printable(f"{_GAP}{name:<{column}}{_GAP}{instead}"))
    return lines


def _wrapped(text: str, indent: str, head: str = "") -> list[str]:
    return wrap(
        printable(text),
        _WIDTH,
        initial_indent=head or indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _shown(value: Value) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)
