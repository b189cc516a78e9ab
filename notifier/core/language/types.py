"""Tree to checked tree: every name resolved against the vocabulary, every operation against the types.

What comes out can be compiled without asking anything again, and cannot fail when it runs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, cast

from lark import Token, Tree

from notifier.core.calendar import DAYS, WORKING_DAYS, Duration, parse_duration
from notifier.core.language.grammar import LanguageError, parse
from notifier.core.money import MICRO, parse_money
from notifier.core.vocabulary import Kind, Vocabulary, suggestion

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MEASURES = (Kind.MONEY, Kind.NUMBER)
COMPARABLE = (Kind.DATE, Kind.DURATION, Kind.MONEY, Kind.NUMBER)
FUNCTIONS = ("earliest of", "latest of", "any(…)", "count(…)", "spend(…)", "read_on(…)")
LABELS = "labels."
WINDOWS = "`last 30 days`, `this month`, `yesterday` or `since <date>`"
# Facts that are no value by themselves, and what one asks of them instead.
ASKED_WITH = {Kind.COSTS: "`spend(…)`", Kind.LABELS: "its name, `labels.team`", Kind.MOMENTS: "`read_on(…)`"}
IS_A_HINT = "is a hint: it may stand in a text, and decides nothing"

FACTS = frozenset({"fact"})
LISTS = frozenset({"any of", "count of"})
CALLED = {"any": "any of", "count": "count of"}
PLACED = frozenset({"spent", "read on", "label"})  # their value begins with the place of what they look at


@dataclass(frozen=True, slots=True)
class Node:
    """One operation of a checked expression: what it does, the kind of its result, and on what.

    *value* holds a literal's value, or the place of a fact. Of `any` and `count` it is the place of their list,
    and the first place of an item in the record on which their argument is judged.
    """

    op: str
    kind: Kind
    args: tuple[Node, ...] = ()
    value: object = None

    @property
    def asks_when(self) -> bool:
        """Whether it asks when a fact was observed."""
        return self.op == "read on" or any(arg.asks_when for arg in self.args)

    def read_again(self) -> Iterator[int]:
        """The places of the facts of which it asks when they were observed, in reading order."""
        if self.op == "read on":
            yield cast("tuple[int, int]", self.value)[0]
        for arg in self.args:
            yield from arg.read_again()

    def places(self) -> Iterator[int]:
        """The places of all facts that the expression looks at, in reading order; not those of items in a list."""
        if self.op in FACTS and isinstance(self.value, int):
            yield self.value
        elif self.op in LISTS:
            place, width = cast("tuple[int, int]", self.value)
            yield place
            yield from (each for arg in self.args for each in arg.places() if each < width)
            return
        elif self.op in PLACED:
            yield cast("tuple[int, object]", self.value)[0]
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


def recurring(text: str, vocabulary: Vocabulary) -> tuple[Duration, Node]:
    """What ``every 3 months after accepted_on`` repeats, and from which date on.

    Raises:
        LanguageError: *text* is something else, or its parts are not a duration and a date.
    """
    tree = parse(text)
    if tree.data != "every":
        raise LanguageError("a date that repeats is written `every 3 months after accepted_on`, and nothing else")
    duration, start = _Checker(vocabulary).arguments(tree)
    if not isinstance(duration.value, Duration) or duration.value.unit == WORKING_DAYS or not duration.value:
        raise LanguageError("`every` is followed by days, weeks or months: `every 3 months after accepted_on`")
    if start.kind is not Kind.DATE:
        raise LanguageError(f"`every … after` counts from a date; this is {start.kind.one}", _offset(tree))
    return duration.value, start


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
        if str(tree.data).startswith("window"):
            raise LanguageError(f"{WINDOWS} stands in `spend(…)` alone", _offset(tree))
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
            kind = self.vocabulary.facts[place].kind
            if self.vocabulary.facts[place].hint:
                raise LanguageError(f"`{name}` {IS_A_HINT}", _offset(tree))
            if kind in ASKED_WITH:
                raise LanguageError(f"`{name}` is {kind.one}: ask with {ASKED_WITH[kind]}", _offset(tree))
            return Node("fact", kind, value=place)
        if name.startswith(LABELS) and "labels" in self.vocabulary.places:
            return Node("label", Kind.TEXT, value=(self.vocabulary.places["labels"], name.removeprefix(LABELS)))
        if name in {"yes", "no", "true", "false"}:
            return Node("literal", Kind.YESNO, value=name in {"yes", "true"})
        if name in {"today", "now"}:
            why = f"there is no `{name}`: say from when and until when with `starting` and `ending`"
            raise LanguageError(why, _offset(tree))
        raise LanguageError(f"there is no fact `{name}`{self.vocabulary.suggestion(name)}", _offset(tree))

    def _call(self, tree: Tree[Token]) -> Node:
        name = _text(tree)
        given = next((child.children for child in tree.children[1:] if isinstance(child, Tree)), [])
        arguments = [each for each in given if isinstance(each, Tree)]
        if name in CALLED:
            return self._listed(tree, name, arguments)
        if name == "read_on":
            return self._read_on(tree, arguments)
        one, dot, function = name.rpartition(".")
        if function == "spend":
            return self._spent(tree, one + dot, arguments)
        known = ", ".join(f"`{each}`" for each in FUNCTIONS)
        near = suggestion(name, ("any", "count", "spend", "read_on"))
        raise LanguageError(f"there is no function `{name}(…)`{near or f'; there are {known}'}", _offset(tree))

    def _listed(self, tree: Tree[Token], name: str, arguments: list[Tree[Token]]) -> Node:
        """``any(members, member.is_service_account)``; the argument is judged on the record of each item."""
        lists = self.vocabulary.collections
        if not 1 <= len(arguments) <= 2 or arguments[0].data != "name":  # noqa: PLR2004  a list, and a question
            raise LanguageError(f"it is `{name}(list, yes or no)`, such as `{name}(members, …)`", _offset(tree))
        called = _text(arguments[0])
        if called not in lists:
            near = suggestion(called, lists) or f"; there are {', '.join(f'`{each}`' for each in lists)}"
            raise LanguageError(f"there is no list `{called}`{near}", _offset(arguments[0]))
        place, width = lists[called][0], len(self.vocabulary.facts)
        inner = _Checker(self.vocabulary.scoped(called))
        asked = tuple(as_truth(inner.check(each)) for each in arguments[1:])
        kind = Kind.YESNO if name == "any" else Kind.NUMBER
        return Node(CALLED[name], kind, asked or (Node("literal", Kind.YESNO, value=True),), (place, width))

    def _read_on(self, tree: Tree[Token], arguments: list[Tree[Token]]) -> Node:
        if len(arguments) != 1 or arguments[0].data != "name":
            raise LanguageError("it is `read_on(fact)`, such as `read_on(credits_left)`", _offset(tree))
        fact = self.check(arguments[0])
        if fact.op != "fact" or "." in self.vocabulary.facts[cast("int", fact.value)].name:
            raise LanguageError(
                "`read_on` asks when a fact of the grant or the account was observed", _offset(tree)
            )
        return Node("read on", Kind.DATE, value=(fact.value, self.vocabulary.places["observed"]))

    def _spent(self, tree: Tree[Token], prefix: str, arguments: list[Tree[Token]]) -> Node:
        """``spend(last 30 days)``, ``project.spend(this month)``."""
        place = self.vocabulary.places.get(f"{prefix}costs")
        if place is None:
            raise LanguageError(f"nobody tells what `{prefix.rstrip('.')}` spends", _offset(tree))
        if len(arguments) != 1 or not str(arguments[0].data).startswith("window"):
            raise LanguageError(f"it is `{prefix}spend(…)` with {WINDOWS}", _offset(tree))
        window = str(arguments[0].data).removeprefix("window_")
        length: int | None = None
        if window == "since":
            (day,) = self.arguments(arguments[0])
            if day.kind is not Kind.DATE:
                raise LanguageError(f"`since` is followed by a date; this is {day.kind.one}", _offset(tree))
            return Node("spent", Kind.MONEY, (day,), (place, window, length))
        if window == "last":
            duration = parse_duration(_text(arguments[0]))
            if duration.unit != DAYS:
                raise LanguageError("costs come by the day: `last 30 days`, `last 4 weeks`", _offset(tree))
            length = duration.number
        return Node("spent", Kind.MONEY, value=(place, window, length))

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
        why = "`every … after <date>` is a deadline of its own; nothing else can be made of it"
        raise LanguageError(why, _offset(tree))

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
