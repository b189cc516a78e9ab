"""Text to tree: the one grammar for dates, numbers and conditions.

The grammar is LALR(1) and reads every form of the language. What a form may stand for is decided by
`notifier.core.language.types`, which knows the vocabulary.
"""

from __future__ import annotations

import re
from functools import lru_cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedCharacters, UnexpectedToken

from notifier.core.vocabulary import suggestion

MOST_CHARACTERS = 1_000
MOST_LEVELS = 40

GRAMMAR = r"""
?start: choice
?choice: both ("or" both)*
?both: negation ("and" negation)*
?negation: "not" negation -> negation
    | comparison
?comparison: sum
    | sum COMPARE sum -> comparison
    | sum "in" sum -> contained
    | sum "not" "in" sum -> not_contained
?sum: product
    | sum "+" product -> add
    | sum "-" product -> subtract
?product: moved
    | product "*" moved -> multiply
    | product "/" moved -> divide
?moved: atom
    | atom "after" moved -> after
    | atom "before" moved -> before
    | "every" atom "after" moved -> every
    | "earliest" "of" listed -> earliest
    | "latest" "of" listed -> latest
listed: sum ("," sum)*
?atom: "(" choice ")"
    | "-" atom -> negative
    | DURATION -> duration
    | MONEY -> money
    | PERCENT -> percent
    | DATE -> date
    | NUMBER -> number
    | STRING -> string
    | NAME "(" [arguments] ")" -> call
    | NAME -> name
arguments: argument ("," argument)*
?argument: choice
    | "last" DURATION -> window_last
    | "this" "month" -> window_month
    | "yesterday" -> window_yesterday
    | "since" sum -> window_since

COMPARE: "==" | "!=" | "<=" | ">=" | "<" | ">"
DURATION.5: /\d{1,5}\s*(working\s+days?|days?|weeks?|months?|years?|d|w|y)\b/i | /P\d{1,5}[DWMY]\b/
MONEY.5: /\d[\d_]{0,15}(\.\d{1,6})?\s*[A-Z]{3}\b/
PERCENT.5: /\d{1,6}(\.\d{1,6})?\s*%/
DATE.6: /\d{4}-\d{2}-\d{2}/
NUMBER.4: /\d[\d_]{0,15}(\.\d{1,9})?/
STRING: /"[^"\n]*"/ | /'[^'\n]*'/
NAME: /[a-z_][a-z0-9_]*(\.[a-z_][a-z0-9_]*)*/
%ignore /\s+/
"""

_SAID = {
    "NAME": "a name",
    "NUMBER": "a number",
    "DURATION": "a duration such as 3 weeks",
    "MONEY": "an amount such as 200 USD",
    "PERCENT": "a percentage such as 80%",
    "DATE": "a date such as 2026-11-22",
    "STRING": "a text in quotes",
    "COMMA": "a comma",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "$END": "the end",
}
_UNITS = ("days", "weeks", "months", "years", "working days", "day", "week", "month", "year")
_OPERATORS = frozenset({"PLUS", "MINUS", "STAR", "SLASH", "COMPARE", "IN", "NOT"})
_VALUE = frozenset({"NAME", "NUMBER", "DURATION", "MONEY", "PERCENT", "DATE", "STRING", "LPAR"})


class LanguageError(ValueError):
    """An expression is wrong. *offset* is the character of its text (from 0) that the words speak of."""

    def __init__(self, why: str, offset: int = 0) -> None:
        super().__init__(why)
        self.why, self.offset = why, offset


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="basic", propagate_positions=True, maybe_placeholders=False)


def parse(text: str) -> Tree[Token]:
    """Read one expression.

    Raises:
        LanguageError: it does not follow the grammar, is longer than 1,000 characters, or nests deeper than 40.
    """
    if len(text) > MOST_CHARACTERS:
        raise LanguageError(f"an expression may have {MOST_CHARACTERS:,} characters, this has {len(text):,}")
    try:
        tree = _parser().parse(text)
    except UnexpectedCharacters as error:
        offset = error.pos_in_stream or 0
        raise LanguageError(_about_character(text, offset), offset) from None
    except UnexpectedToken as error:
        raise _about_token(text, error) from None
    _refuse_depth(tree)
    return tree


def _refuse_depth(tree: Tree[Token]) -> None:
    """Refuse what the recursive walks over the tree could not follow; `1 + 1 + 1` nests two deep."""
    level = [tree]
    for _ in range(MOST_LEVELS):
        level = [child for parent in level for child in parent.children if isinstance(child, Tree)]
        if not level:
            return
    raise LanguageError(f"an expression may nest {MOST_LEVELS} deep")


def _about_token(text: str, error: UnexpectedToken) -> LanguageError:
    token = error.token
    if token.type == "$END":
        return LanguageError(f"it ends where {_expected(error.accepts or error.expected)} should come", len(text))
    offset = token.start_pos or 0
    if token.type == "NAME" and re.search(r"\d\s*$", text[:offset]):
        near = suggestion(str(token), _UNITS)
        return LanguageError(f"`{token}` is not a unit of time{near or '; write days, weeks, months'}", offset)
    why = f"`{token}` stands where {_expected(error.accepts or error.expected)} should come"
    return LanguageError(why, offset)


def _about_character(text: str, offset: int) -> str:
    character = text[offset]
    rest = text[offset:]
    if character == "=":
        return "`=` is not a comparison; did you mean `==`?"
    if character in "&|":
        return f"`{character}` is not part of the language; did you mean `{'and' if character == '&' else 'or'}`?"
    if character in "\"'":
        return "a text in quotes begins here and does not end"
    if character == "!":
        return "`!` is not part of the language; did you mean `not`?"
    if character.isupper():
        word = re.match(r"\w+", rest)
        return f"`{word[0] if word else character}`: names are written in small letters"
    return f"`{character}` is not part of the language"


def _expected(names: object) -> str:
    expected = {str(name) for name in names} if isinstance(names, (set, frozenset, list)) else set()
    words = []
    if expected >= _VALUE:
        expected -= _VALUE | {"EARLIEST", "LATEST", "EVERY", "NOT", "MINUS"}
        words.append("a value")
    if len(expected & _OPERATORS) > 1:
        expected -= _OPERATORS
        words.append("an operator such as + or >=")
    words += sorted(_SAID.get(name, f"`{name.lower()}`") for name in expected)
    most = 6
    shown = words if len(words) <= most else [*words[:most], "…"]
    return " or ".join(shown) if shown else "something else"
