"""Tree to checked tree: every name resolved against the vocabulary, every operation against the types.

What comes out can be compiled without asking anything again, and cannot fail when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from lark import Token, Tree

from notifier.core.calendar import parse_duration
from notifier.core.language.grammar import LanguageError, parse
from notifier.core.money import MICRO, parse_money
from notifier.core.vocabulary import Kind, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEASURES = (Kind.MONEY, Kind.NUMBER)
COMPARABLE = (Kind.DATE, Kind.DURATION, Kind.MONEY, Kind.NUMBER)
FUNCTIONS = ("earliest of", "latest of")


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a checked expression: what it does, the kind of its result, and on what.

    *value* holds a literal's value, or the place of a fact.
    """

    op: str
    kind: Kind
    args: tuple[Node, ...] = ()
    value: object = None

    def places(self) -> Iterator[int]:
        """The places of all facts that the expression looks at, in reading order."""
        if self.op == "fact" and isinstance(self.value, int):
            yield self.value
        for arg in self.args:
            yield from arg.places()


def understand(text: str, vocabulary: Vocabulary, *wanted: Kind) -> Node:
    """Read and check one expression whose result is to be one of the kinds *wanted* (none named: a yes or no).

    Raises:
        LanguageError: with the offset in *text*, what is wrong, and what was probably meant.
    """
    node = _Checker(vocabulary).check(parse(text))
    if not wanted:
        return as_truth(node)
    if node.kind not in wanted:
        kinds = " or ".join(kind.one for kind in wanted)
        raise LanguageError(f"this is {node.kind.one}; it should be {kinds}")
    return node


def as_truth(node: Node) -> Node:
    """Any value as a yes or no: yes where it has a value that is not zero, empty or no."""
    return node if node.kind is Kind.YESNO and node.op != "fact" else Node("truth", Kind.YESNO, (node,))


def as_money(node: Node) -> Node:
    """A bare number beside money is in the account's currency."""
    if node.kind is Kind.MONEY:
        return node
    if node.op == "literal" and isinstance(node.value, (int, float)):
        return Node("literal", Kind.MONEY, value=round(node.value * MICRO))
    return Node("as_money", Kind.MONEY, (node,))


class _Checker:
    """Walks one tree. Each ``_name`` method below checks the grammar's alternative of that name."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def check(self, tree: Tree[Token]) -> Node:
        method: Callable[[Tree[Token]], Node] = getattr(self, f"_{tree.data}")
        try:
            return method(tree)
        except LanguageError:
            raise
        except ValueError as error:
            raise LanguageError(str(error), _offset(tree)) from None

    def arguments(self, tree: Tree[Token]) -> list[Node]:
        return [self.check(child) for child in tree.children if isinstance(child, Tree)]

    # -- literals -----------------------------------------------------------------------------------------

    def _duration(self, tree: Tree[Token]) -> Node:
        return Node("literal", Kind.DURATION, value=parse_duration(_text(tree)))

    def _money(self, tree: Tree[Token]) -> Node:
        return Node("money", Kind.MONEY, value=parse_money(_text(tree).replace("_", "")))

    def _percent(self, tree: Tree[Token]) -> Node:
        return Node("literal", Kind.NUMBER, value=float(Decimal(_text(tree).rstrip("% \t")) / 100))

    def _date(self, tree: Tree[Token]) -> Node:
        try:
            day = date.fromisoformat(_text(tree))
        except ValueError:
            raise ValueError(f"`{_text(tree)}` is not a day of the calendar") from None
        return Node("literal", Kind.DATE, value=day.toordinal())

    def _number(self, tree: Tree[Token]) -> Node:
        text = _text(tree).replace("_", "")
        return Node("literal", Kind.NUMBER, value=float(text) if "." in text else int(text))

    def _string(self, tree: Tree[Token]) -> Node:
        return Node("literal", Kind.TEXT, value=_text(tree)[1:-1])

    # -- names and calls ----------------------------------------------------------------------------------

    def _name(self, tree: Tree[Token]) -> Node:
        name = _text(tree)
        place = self.vocabulary.place(name)
        if place is not None:
            return Node("fact", self.vocabulary.facts[place].kind, value=place)
        if name in {"yes", "no", "true", "false"}:
            return Node("literal", Kind.YESNO, value=name in {"yes", "true"})
        if name in {"today", "now"}:
            why = f"there is no `{name}`: say from when and until when with `starting` and `ending`"
            raise LanguageError(why, _offset(tree))
        raise LanguageError(f"there is no fact `{name}`{self.vocabulary.suggestion(name)}", _offset(tree))

    def _call(self, tree: Tree[Token]) -> Node:
        known = ", ".join(f"`{name}`" for name in FUNCTIONS)
        raise LanguageError(f"there is no function `{_text(tree)}(…)`; there are {known}", _offset(tree))

    # -- yes and no ---------------------------------------------------------------------------------------

    def _choice(self, tree: Tree[Token]) -> Node:
        return Node("or", Kind.YESNO, tuple(map(as_truth, self.arguments(tree))))

    def _both(self, tree: Tree[Token]) -> Node:
        return Node("and", Kind.YESNO, tuple(map(as_truth, self.arguments(tree))))

    def _negation(self, tree: Tree[Token]) -> Node:
        return Node("not", Kind.YESNO, tuple(map(as_truth, self.arguments(tree))))

    def _comparison(self, tree: Tree[Token]) -> Node:
        left, right = _comparable(tree, *self.arguments(tree))
        operator = str(tree.children[1])
        if operator not in {"==", "!="} and left.kind not in COMPARABLE:
            raise LanguageError(f"{left.kind.one} has no order; compare it with == or !=", _offset(tree))
        equal = Node("compare", Kind.YESNO, (left, right), "==" if operator == "!=" else operator)
        return Node("not", Kind.YESNO, (equal,)) if operator == "!=" else equal

    def _contained(self, tree: Tree[Token]) -> Node:
        item, items = self.arguments(tree)
        if (item.kind, items.kind) != (Kind.TEXT, Kind.TEXTS):
            why = f"`in` looks for a text in a list of texts; this looks for {item.kind.one} in {items.kind.one}"
            raise LanguageError(why, _offset(tree))
        return Node("in", Kind.YESNO, (item, items))

    def _not_contained(self, tree: Tree[Token]) -> Node:
        return Node("not", Kind.YESNO, (self._contained(tree),))

    # -- arithmetic ---------------------------------------------------------------------------------------

    def _add(self, tree: Tree[Token]) -> Node:
        return self._sum(tree, "+")

    def _subtract(self, tree: Tree[Token]) -> Node:
        return self._sum(tree, "-")

    def _sum(self, tree: Tree[Token], operator: str) -> Node:
        left, right = self.arguments(tree)
        if Kind.DATE in (left.kind, right.kind):
            word = "after" if operator == "+" else "before"
            raise LanguageError(f"a date is moved with words: `3 weeks {word} accepted_on`", _offset(tree))
        if left.kind not in MEASURES or right.kind not in MEASURES:
            raise LanguageError(f"`{operator}` cannot join {left.kind.one} and {right.kind.one}", _offset(tree))
        if Kind.MONEY in (left.kind, right.kind):
            left, right = as_money(left), as_money(right)
        return Node("arithmetic", left.kind, (left, right), operator)

    def _multiply(self, tree: Tree[Token]) -> Node:
        left, right = self.arguments(tree)
        kinds = (left.kind, right.kind)
        if left.kind not in MEASURES or right.kind not in MEASURES or kinds == (Kind.MONEY, Kind.MONEY):
            raise LanguageError(f"`*` cannot join {left.kind.one} and {right.kind.one}", _offset(tree))
        if Kind.MONEY in kinds:
            return Node("scaled", Kind.MONEY, (left, right))
        return Node("arithmetic", Kind.NUMBER, (left, right), "*")

    def _divide(self, tree: Tree[Token]) -> Node:
        left, right = self.arguments(tree)
        if left.kind not in MEASURES or right.kind not in MEASURES:
            raise LanguageError(f"`/` cannot join {left.kind.one} and {right.kind.one}", _offset(tree))
        if right.kind is Kind.MONEY:
            return Node("divide", Kind.NUMBER, (as_money(left), right))
        return Node("share" if left.kind is Kind.MONEY else "divide", left.kind, (left, right))

    def _negative(self, tree: Tree[Token]) -> Node:
        (number,) = self.arguments(tree)
        if number.kind not in MEASURES:
            raise LanguageError(f"{number.kind.one} cannot be negative", _offset(tree))
        zero = Node("literal", number.kind, value=0)
        return Node("arithmetic", number.kind, (zero, number), "-")

    # -- dates --------------------------------------------------------------------------------------------

    def _after(self, tree: Tree[Token]) -> Node:
        return self._moved(tree, 1)

    def _before(self, tree: Tree[Token]) -> Node:
        return self._moved(tree, -1)

    def _moved(self, tree: Tree[Token], sign: int) -> Node:
        duration, day = self.arguments(tree)
        if duration.kind is not Kind.DURATION or day.kind is not Kind.DATE:
            why = f"`{tree.data}` moves a date by a duration; this has {duration.kind.one} and {day.kind.one}"
            raise LanguageError(why, _offset(tree))
        return Node("moved", Kind.DATE, (day, duration), sign)

    def _every(self, tree: Tree[Token]) -> Node:
        raise LanguageError("`every … after` is a step here; a date does not repeat", _offset(tree))

    def _earliest(self, tree: Tree[Token]) -> Node:
        return self._extreme(tree, "min")

    def _latest(self, tree: Tree[Token]) -> Node:
        return self._extreme(tree, "max")

    def _extreme(self, tree: Tree[Token], which: str) -> Node:
        (listed,) = tree.children
        dates = self.arguments(listed) if isinstance(listed, Tree) else []
        if any(node.kind is not Kind.DATE for node in dates):
            raise LanguageError(f"`{tree.data} of` compares dates only", _offset(tree))
        return Node("extreme", Kind.DATE, tuple(dates), which)


def _comparable(tree: Tree[Token], left: Node, right: Node) -> tuple[Node, Node]:
    """Both sides in one kind: money beside a number, and durations by their nominal days."""
    if {left.kind, right.kind} == {Kind.MONEY, Kind.NUMBER}:
        return as_money(left), as_money(right)
    if left.kind is not right.kind:
        raise LanguageError(f"{left.kind.one} cannot be compared with {right.kind.one}", _offset(tree))
    if left.kind is Kind.DURATION:
        return Node("days", Kind.NUMBER, (left,)), Node("days", Kind.NUMBER, (right,))
    return left, right


def _text(tree: Tree[Token]) -> str:
    return str(tree.children[0])


def _offset(tree: Tree[Token]) -> int:
    return int(getattr(tree.meta, "start_pos", 0))
