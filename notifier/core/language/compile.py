"""Checked trees to one Python function.

A rule asks several things of the same record (its date or number, `unless`, `when`, `starting`, `ending`).
They are written into the body of a single function, because at some hundred nanoseconds a rule every call
counts: `python benchmarks/judge.py` shows what it costs. Nothing of a file's text reaches the written body:
literals are handed in by name.

In the written code None is none, `UNREAD` is unread, and a yes-or-no is True, False or `UNREAD` (Kleene).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from notifier.core.calendar import Day, Duration, Locale
from notifier.core.costs import Spending
from notifier.core.facts import UNREAD, Unread
from notifier.core.money import MICRO, Money

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.core.language.types import Node

MOST_REMEMBERED = 50_000


class Body:
    """The body of a function while it is being written; every method returns the name that holds a result."""

    def __init__(self, locale: Locale) -> None:
        self._locale = locale
        self._lines: list[str] = []
        self._depth = 1
        self._count = 0
        self._facts: dict[int, tuple[str, int]] = {}  # place → name, and the depth at which it was read
        self.names: dict[str, object] = {"UNREAD": UNREAD}

    def line(self, text: str) -> None:
        """Write one statement at the present depth."""
        self._lines.append("    " * self._depth + text)

    def name(self, value: object = None) -> str:
        """A fresh name, bound to *value* where one is given."""
        self._count += 1
        name = f"x{self._count}"
        if value is not None:
            self.names[name] = value
        return name

    def held(self, value: str) -> str:
        """A name that holds *value*, so that it can be asked about by identity: a literal cannot."""
        if value.isidentifier():
            return value
        name = self.name()
        self.line(f"{name} = {value}")
        return name

    def build(self, signature: str, otherwise: object = None) -> Callable[..., object]:
        """The finished function.

        An expression whose numbers leave every sensible range gives *otherwise*.
        """
        self.names["otherwise"] = otherwise
        head = [f"def written({signature}):", "  try:"]
        text = "\n".join([*head, *self._lines, "  except (OverflowError, ValueError): return otherwise"])
        scope = dict(self.names)
        exec(compile(text, "<rule>", "exec"), scope)  # noqa: S102  written above from a checked tree alone
        written = scope["written"]
        assert callable(written)
        return written

    def write(self, node: Node) -> str:
        """Write what computes *node*; the name returned holds its value."""
        method: Callable[[Node], str] = getattr(self, f"_{node.op.replace(' ', '_')}")
        return method(node)

    # -- leaves -------------------------------------------------------------------------------------------

    def _literal(self, node: Node) -> str:
        return repr(node.value) if isinstance(node.value, (bool, int, float)) else self.name(node.value)

    def _money(self, node: Node) -> str:
        assert isinstance(node.value, Money)
        return _written(in_currency(node.value, self._locale))

    def _fact(self, node: Node) -> str:
        assert isinstance(node.value, int)
        if node.value not in self._facts:
            self._facts[node.value] = self.name(), self._depth
            self.line(f"{self._facts[node.value][0]} = v[{node.value}]")
        return self._facts[node.value][0]

    # -- yes and no ---------------------------------------------------------------------------------------

    def _truth(self, node: Node) -> str:
        value, result = self.held(self.write(node.args[0])), self.name()
        self.line(f"{result} = UNREAD if {value} is UNREAD else True if {value} else False")
        return result

    def _not(self, node: Node) -> str:
        value, result = self.write(node.args[0]), self.name()
        self.line(f"{result} = UNREAD if {value} is UNREAD else not {value}")
        return result

    def _and(self, node: Node) -> str:
        return self._until(node, decided="False")

    def _or(self, node: Node) -> str:
        return self._until(node, decided="True")

    def _until(self, node: Node, decided: str) -> str:
        """Ask one argument after the other until one decides; an unread one leaves the rest the chance to."""
        result, depth = self.name(), self._depth
        self.line(f"{result} = {self.write(node.args[0])}")
        for arg in node.args[1:]:
            self.line(f"if {result} is not {decided}:")
            self._depth = depth + 1
            value = self.write(arg)
            self.line(f"if {value} is {decided} or {result} is not UNREAD: {result} = {value}")
            self._leave(depth)
        return result

    def _leave(self, depth: int) -> None:
        """Back to *depth*: what was read further in may not have been reached."""
        self._facts = {place: read for place, read in self._facts.items() if read[1] <= depth}
        self._depth = depth

    def _compare(self, node: Node) -> str:
        return self._strict(node, f"{{0}} {node.value} {{1}}", none="False")

    def _in(self, node: Node) -> str:
        return self._strict(node, "{0} in {1}", none="False")

    # -- numbers and dates --------------------------------------------------------------------------------

    def _strict(self, node: Node, formula: str, none: str = "None") -> str:
        """Apply *formula* to the arguments: none if one is none, else unread if one is unread."""
        values, result = [self.write(arg) for arg in node.args], self.name()
        variable = [value for value in values if value.startswith("x") and value not in self.names]
        computed = formula.format(*values)
        if "UNREAD" in values:
            computed = "UNREAD"
        if not variable:
            self.line(f"{result} = {computed}")
            return result
        nones, unreads = (" or ".join(f"{name} is {what}" for name in variable) for what in ("None", "UNREAD"))
        self.line(f"{result} = {none} if {nones} else UNREAD if {unreads} else {computed}")
        return result

    def _arithmetic(self, node: Node) -> str:
        return self._strict(node, f"{{0}} {node.value} {{1}}")

    def _divide(self, node: Node) -> str:
        return self._strict(node, "({0} / {1} if {1} else None)")

    def _share(self, node: Node) -> str:
        return self._strict(node, "(round({0} / {1}) if {1} else None)")

    def _scaled(self, node: Node) -> str:
        return self._strict(node, "round({0} * {1})")

    def _as_money(self, node: Node) -> str:
        return self._strict(node, f"round({{0}} * {MICRO})")

    def _days(self, node: Node) -> str:
        return self._strict(node, "{0}.nominal_days")

    def _moved(self, node: Node) -> str:
        assert isinstance(node.value, int)
        moves, (day, duration) = _Moves(self._locale, node.value), node.args
        if isinstance(duration.value, Duration):
            return self._strict(replace(node, args=(day,)), f"{self.name(moves[duration.value])}[{{0}}]")
        return self._strict(node, f"{self.name(moves)}[{{1}}][{{0}}]")

    # -- lists, labels, costs ------------------------------------------------------------------------------

    def _any_of(self, node: Node) -> str:
        return self._listed(node, _any)

    def _count_of(self, node: Node) -> str:
        return self._listed(node, _count)

    def _listed(self, node: Node, over: Callable[..., object]) -> str:
        """Ask the argument of every item: its record is the present one with the item's values after it."""
        (place, _), (asked,) = cast("tuple[int, int]", node.value), node.args
        judge = self.name(evaluator(asked, self._locale))
        result = self.name()
        self.line(f"{result} = {self.name(over)}(v, v[{place}], {judge})")
        return result

    def _label(self, node: Node) -> str:
        place, label = cast("tuple[int, str]", node.value)
        result = self.name()
        self.line(f"{result} = v[{place}].get({self.name(label)}) if v[{place}] else None")
        return result

    def _read_on(self, node: Node) -> str:
        fact, observed = cast("tuple[int, int]", node.value)
        result, day_of = self.name(), self.name(self._locale.day_of)
        self.line(f"{result} = {day_of}(v[{observed}][{fact}]) if v[{observed}][{fact}] >= 0 else None")
        return result

    def _spent(self, node: Node) -> str:
        place, window, length = cast("tuple[int, str, int | None]", node.value)
        given = [self.write(arg) for arg in node.args]
        asked = self.name(_Window(self._locale, window, length))
        result = self.name()
        self.line(f"{result} = {asked}({', '.join([f'v[{place}]', *given])})")
        return result

    def _extreme(self, node: Node) -> str:
        values = ", ".join(self.write(arg) for arg in node.args)
        pick, result = self.name(_minimum if node.value == "min" else _maximum), self.name()
        self.line(f"{result} = {pick}(({values},))")
        return result


class _Moves(dict[Duration, "_Moved"]):
    """Remembered moves of dates, by the duration that they are moved by."""

    def __init__(self, locale: Locale, sign: int) -> None:
        super().__init__()
        self.locale, self.sign = locale, sign

    def __missing__(self, duration: Duration) -> _Moved:
        moved = self[duration] = _Moved(self.locale, self.sign, duration)
        return moved


class _Moved(dict[Day, object]):
    """Remembered moves of dates by one duration; many accounts share the same dates."""

    def __init__(self, locale: Locale, sign: int, duration: Duration) -> None:
        super().__init__()
        self.locale, self.sign, self.duration = locale, sign, duration

    def __missing__(self, day: Day) -> object:
        if len(self) > MOST_REMEMBERED:
            self.clear()
        try:
            self[day] = moved = self.locale.calendar.shift(day, self.duration, self.sign)
        except OverflowError:
            self[day] = moved = None  # no such date, so nothing falls due on it
        return moved


class _Window:
    """What was spent in a window of costs, in micro-units of the account's currency."""

    def __init__(self, locale: Locale, window: str, days: int | None) -> None:
        self.locale, self.window, self.days = locale, window, days

    def __call__(self, spending: object, since: object = 0) -> object:
        """None where nobody tells costs or the date is none, else unread where one of them is."""
        if spending is None or since is None:
            return None
        if not isinstance(spending, Spending) or not isinstance(since, int):
            return UNREAD
        match self.window:
            case "last":
                spent = spending.last(self.days or 0)
            case "month":
                spent = spending.this_month()
            case "yesterday":
                spent = spending.yesterday()
            case _:
                spent = spending.since(since)
        return self.locale.exchange(spent, spending.costs.currency, UNREAD)


def _any(record: tuple[object, ...], items: object, judge: Callable[[Sequence[object]], object]) -> object:
    """Whether one of *items* is so; no where there is no list, unread where nobody knows (Kleene)."""
    if not isinstance(items, tuple):
        return UNREAD if items is UNREAD else False
    found = [judge(record + item.values) for item in items]
    if any(each is True for each in found):
        return True
    return UNREAD if any(each is UNREAD for each in found) else False


def _count(record: tuple[object, ...], items: object, judge: Callable[[Sequence[object]], object]) -> object:
    """How many of *items* are so; unread where that could still change, none where there is no list."""
    if not isinstance(items, tuple):
        return UNREAD if items is UNREAD else None
    found = [judge(record + item.values) for item in items]
    return UNREAD if any(each is UNREAD for each in found) else sum(each is True for each in found)


def _minimum(values: Sequence[object]) -> object:
    return _pick(values, min)


def _maximum(values: Sequence[object]) -> object:
    return _pick(values, max)


def _pick(values: Sequence[object], which: Callable[[list[int]], int]) -> object:
    known = [value for value in values if isinstance(value, int)]
    if any(isinstance(value, Unread) for value in values):
        return UNREAD
    return which(known) if known else None


def in_currency(money: Money, locale: Locale) -> int | None:
    """An amount written in a rules file, in micro-units of the account's currency; None without a rate."""
    return locale.exchange(money.micro, money.currency, None)


def _written(value: int | None) -> str:
    """A literal for written code: an amount that cannot be converted is unread."""
    return "UNREAD" if value is None else repr(value)


def evaluator(node: Node, locale: Locale) -> Callable[[Sequence[object]], object]:
    """A function from a record's values to the value of one expression: None for none, `UNREAD` for unread."""
    body = Body(locale)
    body.line(f"return {body.write(node)}")
    return body.build("v")
