"""Texts with plain names in them: ``Accepted {{ accepted_on }}.`` Logic lives in facts or in a draft."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.language.grammar import LanguageError
from notifier.core.vocabulary import Kind, Vocabulary, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable

# What a text may name besides facts, with the kind that its rule must be about.
SPECIAL: dict[str, str] = {
    "value": "what the rule's threshold measures",
    "deadline": "the date that the rule judges",
    "from_today": "how far the deadline is: in 13 days, 3 days ago",
    "step": "the step that was crossed: 2 weeks before, 80%",
    "account": "the account's id",
}
DATED = frozenset({"deadline", "from_today"})  # of these, those that speak of a date
_NAME = re.compile(r"\{\{\s*(.*?)\s*\}\}|(\{\{|\}\}|\{%)")


@dataclass(frozen=True, slots=True)
class Template:
    """A text in pieces: literal text, and the names between it (a fact's place, or a special name)."""

    pieces: tuple[tuple[str, int | str | None], ...]

    def fill(self, said: Callable[[int | str], str]) -> str:
        """The text with each name replaced by what *said* says of it."""
        return "".join(text + ("" if name is None else said(name)) for text, name in self.pieces)


def parse_template(text: str, vocabulary: Vocabulary) -> Template:
    """Read a text and resolve its names.

    Raises:
        LanguageError: an unknown name, or braces that are not a name's; with the offset in *text*.
    """
    pieces: list[tuple[str, int | str | None]] = []
    end = 0
    for match in _NAME.finditer(text):
        if match[2]:
            raise LanguageError(f"`{match[2]}` is not part of a name such as {{{{ accepted_on }}}}", match.start())
        pieces.append((text[end : match.start()], _resolve(match[1], match.start(1), vocabulary)))
        end = match.end()
    return Template((*pieces, (text[end:], None)))


def _resolve(name: str, offset: int, vocabulary: Vocabulary) -> int | str:
    place = vocabulary.place(name)
    if place is not None:
        return place
    if name in SPECIAL:
        return name
    near = suggestion(name, [*vocabulary.places, *SPECIAL])
    raise LanguageError(f"there is no fact `{name}` to put into a text{near}", offset)


def blank(vocabulary: Vocabulary, place: int) -> str:
    """What stands in a text for a fact without a value: a visible blank that says where to find it."""
    fact = vocabulary.facts[place]
    unit = " (amount)" if fact.kind is Kind.MONEY and ":" not in fact.where else ""
    return f"[{fact.where}{unit}]"
