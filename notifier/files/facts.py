"""Facts in files: the values that people write for them, and the facts that a rules file adds."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.calendar import Duration, parse_duration
from notifier.core.keys import refuse_key
from notifier.core.language.grammar import LanguageError
from notifier.core.language.template import SPECIAL
from notifier.core.language.types import Node, understand
from notifier.core.money import Money, micro, parse_money, unambiguous
from notifier.core.vocabulary import TOLD, Fact, Kind, Owner, Vocabulary
from notifier.files.table import Table, day, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Collection

    from notifier.core.facts import Observed
    from notifier.files.positions import Located

KINDS = {"date": Kind.DATE, "duration": Kind.DURATION, "amount": Kind.MONEY, "money": Kind.MONEY,
         "number": Kind.NUMBER, "text": Kind.TEXT, "yes or no": Kind.YESNO}  # fmt: skip
MOST_TEXT = 2_000
NAME = re.compile(r"[a-z_][a-z0-9_]{0,62}")
# What the language and its texts already give a meaning to.
RESERVED = frozenset(SPECIAL) | {
    *("and", "or", "not", "in", "after", "before", "every", "earliest", "latest", "of", "since", "last", "this"),
    *("month", "yesterday", "today", "now", "yes", "no", "true", "false"),
}


def read_value(kind: Kind, text: str, currency: str) -> Observed:
    """Read a fact's value as a person writes it; a bare number is an amount in *currency*.

    Raises:
        ValueError: the text is no such value; the message says how one is written.
    """
    match kind:
        case Kind.DATE:
            return day(text)
        case Kind.DURATION:
            return parse_duration(text)
        case Kind.MONEY:
            is_bare = text.replace(".", "").isdigit()
            return Money(micro(unambiguous(text)), currency) if is_bare else parse_money(text)
        case Kind.NUMBER:
            return micro(text) / 1_000_000
        case Kind.YESNO:
            return yes_or_no(text)
        case _:
            if len(text) > MOST_TEXT:
                raise ValueError(f"a text has at most {MOST_TEXT:,} characters, this has {len(text):,}")
            refuse_key(text)
            return " ".join(
                text.encode("utf-8", "replace").decode().split()
            )  # a terminal may hand in half letters


def read_facts(
    table: Table, vocabulary: Vocabulary, *, grant: bool = True
) -> tuple[Vocabulary, list[tuple[int, Node]]]:
    """Add what the mapping ``facts:`` of a rules file defines to *vocabulary*; its formulas with their places.

    A formula may use the facts that stand before it. The facts are those of a *grant*, else of the account; what
    follows from a grant's facts is a grant's.
    """
    formulas: list[tuple[int, Node]] = []
    for name, located in table.entries.items():
        table.known.append(name)
        if table.convert_key(name, _name) is None or _taken(table, name, vocabulary):
            continue
        below = table.entries.keys() - set(table.known)
        fact, formula = _fact(name, Table(located, table.faults, "a fact"), vocabulary, below)
        if fact is not None:
            asked = [vocabulary.facts[place].grant for place in formula.places()] if formula is not None else []
            vocabulary = vocabulary.extended([replace(fact, grant=grant or any(asked))])
        if formula is not None:
            formulas.append((vocabulary.places[name], formula))
    return vocabulary, formulas


def _taken(table: Table, name: str, vocabulary: Vocabulary) -> bool:
    if name in vocabulary.places:
        table.fault_at(table.located.keys[name], f"there is a fact `{name}` already; choose another name")
    elif name in RESERVED:
        table.fault_at(table.located.keys[name], f"`{name}` is a word of the language; choose another name")
    return name in vocabulary.places or name in RESERVED


def _fact(
    name: str, table: Table, vocabulary: Vocabulary, below: Collection[str]
) -> tuple[Fact | None, Node | None]:
    label = name.replace("_", " ")
    given = [key for key in ("default", "is", "type") if table.get(key)]
    if len(given) != 1 and table.located.entries is not None:
        table.fault_at(table.located.place, "a fact has one of `default:`, `is:` or `type:` (with `ask:`)")
    fact, formula = None, None
    if found := table.get("default"):
        fact = _term(name, label, found, table, vocabulary)
    elif formula := table.read("is", lambda text: _formula(text, vocabulary, below)):
        written = table.text("is")
        fact = Fact(name, formula.kind, Owner.DERIVED, f"{label}: follows from other facts", formula=written)
    elif kind := table.read("type", _kind):
        ask = table.text("ask", needed=True)
        fact = Fact(name, kind, Owner.RECORDED, ask or label, ask=ask or "")
    table.rest(also=() if fact else ("ask",))
    return fact, formula


def _formula(text: str, vocabulary: Vocabulary, below: Collection[str]) -> Node:
    try:
        return understand(text, vocabulary, *TOLD)
    except LanguageError as error:
        for name in below:
            if error.why.startswith(f"there is no fact `{name}`"):
                why = f"`{name}` stands further down; a formula uses the facts above it"
                raise LanguageError(why, error.offset) from None
        raise


def _term(name: str, label: str, found: Located, table: Table, vocabulary: Vocabulary) -> Fact | None:
    literal = table.convert(found, lambda text: understand(text, vocabulary, *TOLD))
    if literal is None:
        return None
    if literal.op not in {"literal", "money"}:
        table.fault("default", "a default is a single value: 3 weeks, 2026-11-22, 200 USD, 80%")
        return None
    assert isinstance(literal.value, (int, float, str, Duration, Money))
    return Fact(name, literal.kind, Owner.DECLARED, f"{label}: a term of the program", default=literal.value)


def _name(text: str) -> str:
    if NAME.fullmatch(text):
        return text
    fitting = re.sub(r"[^a-z0-9_]+", "_", text.lower()).strip("_")
    hint = f"; did you mean `{fitting}`?" if NAME.fullmatch(fitting) else ""
    raise ValueError(f"{text!r}: a fact's name has small letters, digits and underscores{hint}")


def _kind(text: str) -> Kind:
    if text in KINDS:
        return KINDS[text]
    raise ValueError(f"{text!r} is not a type; there are {', '.join(KINDS)}")
