"""Checked tree to text again: what a person wrote, in one way of writing it. Reading that gives the same tree."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from notifier.core.calendar import DAYS, MONTHS, Duration
from notifier.core.language.types import LABELS, LISTS, Node
from notifier.core.money import MICRO, Money
from notifier.core.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.core.vocabulary import Vocabulary

# How tightly each form of the grammar binds; what binds less than its place asks for stands in parentheses.
LEAST, OR, AND, NOT, COMPARISON, SUM, PRODUCT, MOVED, ATOM = range(9)
BINDS = {"extreme": LEAST, "or": OR, "and": AND, "not": NOT, "compare": COMPARISON, "in": COMPARISON,
         "moved": MOVED, "scaled": PRODUCT, "divide": PRODUCT, "share": PRODUCT}  # fmt: skip
SIGNS = {"+": SUM, "-": SUM, "*": PRODUCT}
UNWRITTEN = frozenset({"truth", "days", "as_money"})  # what the checker adds where a place asks for it
LARGEST_SHARE = 2  # up to here a fraction is written in percent
MOST_NUMBER = 99_999  # of a duration


def written(node: Node, vocabulary: Vocabulary) -> str:
    """The expression *node*, whose places are those of *vocabulary*, as a person writes it."""
    return _Printer(vocabulary).write(node, LEAST)


def bare(node: Node) -> Node:
    """*node* without what is not written: the asking for a yes or no, for an amount, for days."""
    while node.op in UNWRITTEN:
        node = node.args[0]
    return node


class _Printer:
    """Writes one tree. Each ``_name`` method writes the operation of that name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def write(self, node: Node, place: int) -> str:
        node = bare(node)
        if _binds(node) < place:
            return f"({self.write(node, LEAST)})"
        method: Callable[[Node], str] = getattr(self, f"_{node.op.replace(' ', '_')}")
        return method(node)

    # -- leaves ---------------------------------------------------------------------------------------------

    def _literal(self, node: Node) -> str:
        value = node.value
        if isinstance(value, bool):
            return "yes" if value else "no"
        if node.kind is Kind.DATE:
            return _date(cast("int", value))
        if node.kind is Kind.MONEY:
            return _amount(cast("int", value))
        if isinstance(value, Duration):
            return _duration(value)
        return _quoted(value) if isinstance(value, str) else _number(cast("float", value))

    def _money(self, node: Node) -> str:
        assert isinstance(node.value, Money)
        return f"{_amount(node.value.micro)} {node.value.currency}"

    def _fact(self, node: Node) -> str:
        return self.vocabulary.facts[cast("int", node.value)].name

    def _label(self, node: Node) -> str:
        return LABELS + cast("tuple[int, str]", node.value)[1]

    def _read_on(self, node: Node) -> str:
        return f"read_on({self.vocabulary.facts[cast('tuple[int, int]', node.value)[0]].name})"

    def _spent(self, node: Node) -> str:
        place, window, length = cast("tuple[int, str, int | None]", node.value)
        asked = {"month": "this month", "yesterday": "yesterday"}.get(window, "")
        if window == "last":
            asked = f"last {_duration(Duration(length or 0, DAYS))}"
        elif window == "since":
            asked = f"since {self.write(node.args[0], SUM)}"
        return f"{self.vocabulary.facts[place].name.removesuffix('costs')}spend({asked})"

    def _any_of(self, node: Node) -> str:
        return self._listed(node, "any")

    def _count_of(self, node: Node) -> str:
        return self._listed(node, "count")

    def _listed(self, node: Node, called: str) -> str:
        scope, (asked,) = listed(node, self.vocabulary), node.args
        if asked.op == "literal" and asked.value is True:
            return f"{called}({scope})"
        inner = _Printer(self.vocabulary.scoped(scope))
        return f"{called}({scope}, {inner.write(asked, OR)})"

    # -- yes and no -----------------------------------------------------------------------------------------

    def _or(self, node: Node) -> str:
        return self._joined(node, " or ", AND)

    def _and(self, node: Node) -> str:
        return self._joined(node, " and ", NOT)

    def _joined(self, node: Node, word: str, place: int) -> str:
        return word.join(self.write(arg, place) for arg in node.args)

    def _not(self, node: Node) -> str:
        denied = bare(node.args[0])
        if denied.op == "compare" and denied.value == "==":
            return self._between(denied, "!=", SUM)
        if denied.op == "in":
            return self._between(denied, "not in", SUM)
        return f"not {self.write(denied, NOT)}"

    def _compare(self, node: Node) -> str:
        return self._between(node, cast("str", node.value), SUM)

    def _in(self, node: Node) -> str:
        return self._between(node, "in", SUM)

    def _between(self, node: Node, word: str, place: int, after: int | None = None) -> str:
        """The two sides of *word*, each as tight as its *place*; *after* is the second's, where it is tighter."""
        first, second = node.args
        return f"{self.write(first, place)} {word} {self.write(second, place if after is None else after)}"

    # -- numbers and dates ----------------------------------------------------------------------------------

    def _arithmetic(self, node: Node) -> str:
        if _negative(node):
            return f"-{self.write(node.args[1], ATOM)}"
        sign = cast("str", node.value)
        place = SIGNS[sign]
        return self._between(node, sign, place, place + 1)

    def _scaled(self, node: Node) -> str:
        return self._between(node, "*", PRODUCT, MOVED)

    def _divide(self, node: Node) -> str:
        return self._between(node, "/", PRODUCT, MOVED)

    def _share(self, node: Node) -> str:
        return self._between(node, "/", PRODUCT, MOVED)

    def _moved(self, node: Node) -> str:
        day, duration = node.args
        word = "after" if node.value == 1 else "before"
        return f"{self.write(duration, ATOM)} {word} {self.write(day, MOVED)}"

    def _extreme(self, node: Node) -> str:
        dates = ", ".join(self.write(arg, SUM) for arg in node.args)
        return f"{'earliest' if node.value == 'min' else 'latest'} of {dates}"


def listed(node: Node, vocabulary: Vocabulary) -> str:
    """The list of which *node* asks `any` or `count`."""
    assert node.op in LISTS
    collection = vocabulary.facts[cast("tuple[int, int]", node.value)[0]].items
    assert collection is not None
    return collection.name


def _negative(node: Node) -> bool:
    return node.op == "arithmetic" and node.value == "-" and node.args[0] == Node("literal", node.kind, value=0)


def _binds(node: Node) -> int:
    if _negative(node):
        return ATOM
    return SIGNS[cast("str", node.value)] if node.op == "arithmetic" else BINDS.get(node.op, ATOM)


def _date(day: int) -> str:
    return date.fromordinal(day).isoformat()


def _amount(micro: int) -> str:
    return _plain(Decimal(micro) / MICRO)


def _number(value: float) -> str:
    if isinstance(value, int):
        return str(value)
    exact = Decimal(repr(value))
    share = _plain(exact * 100)
    return f"{share}%" if value <= LARGEST_SHARE and float(Decimal(share) / 100) == value else f"{exact:f}"


def _plain(number: Decimal) -> str:
    """Without an exponent, and without zeros at the end of a fraction."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _duration(value: Duration) -> str:
    if value.unit == MONTHS and value.number > MOST_NUMBER:
        return f"{value.number // 12} years"
    return str(value)


def _quoted(text: str) -> str:
    return f"'{text}'" if '"' in text else f'"{text}"'
