"""``threshold: <number>`` with ``reaches`` or ``falls_to``: a quantity crosses levels.

A level that was told is kept until the quantity has gone back by a tenth of it, so that a value that trembles
around a level is told once. ``clear`` says another point for the first level.
"""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.calendar import Duration
from notifier.core.costs import Spending
from notifier.core.language.compile import in_currency
from notifier.core.language.types import Node, understand
from notifier.core.money import MICRO, Money
from notifier.core.verdict import CLOSED, UNKNOWN, Condition, Fields, Finding, Gates, Verdict
from notifier.core.vocabulary import Kind, Vocabulary, suggestion

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.language.compile import Body

KEPT_WITHIN = 0.1  # of the level
PERIODS = ("day", "week", "month")
NO_FACTS = Vocabulary(())


@dataclass(frozen=True, slots=True)
class Level:
    """One rung of a threshold's ladder: its text as written, and the literal it stands for."""

    text: str
    literal: Node

    def size(self, locale: Locale) -> float | None:
        """The level in the units of the record; None for an amount without a stated rate."""
        value = self.literal.value
        if isinstance(value, Money):
            return in_currency(value, locale)
        if isinstance(value, Duration):
            return value.nominal_days
        assert isinstance(value, (int, float))
        return value * MICRO if self.literal.kind is Kind.MONEY else value


def parse_level(text: str) -> Sequence[Level]:
    """Read ``80%``, ``3``, ``200 USD`` or ``2 weeks``.

    Raises:
        ValueError: the text is no such literal.
    """
    literal = understand(text, NO_FACTS, Kind.NUMBER, Kind.MONEY, Kind.DURATION)
    if literal.op not in {"literal", "money"}:
        raise ValueError(f"{text!r} is not a level such as 80%, 3, 200 USD or 2 weeks")
    return [Level(" ".join(text.split()), literal)]


@dataclass(frozen=True)
class Threshold(Condition):
    """A quantity and the levels it crosses, upwards (*rises*) or downwards."""

    fields = {
        "threshold": "a number, an amount or a duration",
        "reaches": "levels that are crossed upwards (≥): `[50%, 3, 200 USD]`; or",
        "falls_to": "levels that are crossed downwards (≤): `[200 USD, 2 weeks]`",
        "clear": "where the first level counts as gone, if not a tenth behind it",
        "per": "`day`, `week`, `month`: each begins anew without a word",
    }
    quantity: Node
    levels: tuple[Level, ...]
    rises: bool
    clear: Level | None = None
    per: str = ""

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> Threshold | None:
        quantity = fields.expression("threshold", Kind.NUMBER, Kind.MONEY, Kind.DURATION)
        risen, fallen = (fields.each(name, parse_level) for name in ("reaches", "falls_to"))
        clear = fields.each("clear", parse_level)
        if risen and fallen:
            fields.fault("falls_to", "a threshold has `reaches` or `falls_to`, not both")
        levels = risen or fallen
        if quantity is None or not levels:
            return None
        name = "reaches" if risen else "falls_to"
        sized = [_beside(quantity, level, fields, name) for level in levels]
        cleared = [_beside(quantity, level, fields, "clear") for level in clear]
        (per,) = fields.each("per", parse_period) or [""]
        sizes = _sorted(sized, rises=bool(risen))
        return cls(gates, quantity, sizes, bool(risen), next(iter(cleared), None), per)

    @property
    def ladder(self) -> tuple[str, ...]:
        return tuple(level.text for level in self.levels)

    @property
    def asked(self) -> Node:
        return self.quantity

    def as_tight(self, text: str) -> int | None:
        try:
            wanted = parse_level(text)[0]
        except ValueError:
            return None
        sizes, size = [_own_size(level) for level in self.levels], _own_size(wanted)
        if wanted.literal.kind is not self.levels[0].literal.kind:
            return None
        tight = [rank for rank, each in enumerate(sizes) if (each >= size if self.rises else each <= size)]
        return next(iter(tight), None)

    @property
    def periodic(self) -> bool:
        return bool(self.per)

    def write(self, body: Body, locale: Locale) -> str:
        in_days = Node("days", Kind.NUMBER, (self.quantity,))
        quantity = in_days if self.quantity.kind is Kind.DURATION else self.quantity
        value, verdict, (bounds, verdicts) = body.held(body.write(quantity)), body.name(), self.regions(locale)
        sign = "" if self.rises else "-"
        unknown, closed, table = body.name(UNKNOWN), body.name(CLOSED), body.name(verdicts)
        found = f"{table}[{body.name(bisect_right)}({body.name(bounds)}, {sign}{value})]"
        if bounds is None:
            found = unknown  # the levels are amounts in a currency that has no rate here
        known = f"{unknown} if {value} is UNREAD else {found}"
        body.line(f"{verdict} = {closed} if {value} is None else {known}")
        if self.per:
            costs = next(_costs_of(self.quantity), None)
            spending = "None" if costs is None else f"v[{costs}]"
            body.line(f"{verdict} = {body.name(Period(locale, self.per))}({verdict}, {spending}, now)")
        return verdict

    def regions(self, locale: Locale) -> tuple[list[float] | None, list[Verdict]]:
        """The bounds between which the verdict is the same, and the verdict of each region.

        Falling levels are negated, so that both directions climb.
        """
        sizes = [level.size(locale) for level in self.levels]
        cleared = self.clear.size(locale) if self.clear else None
        if any(size is None for size in sizes):
            return None, []
        sign = 1 if self.rises else -1
        crossed = [sign * size for size in sizes if size is not None]
        kept = [size - KEPT_WITHIN * abs(size) for size in crossed]
        if cleared is not None:
            kept[0] = min(crossed[0], sign * cleared)
        bounds = sorted({*crossed, *kept})
        lows = [float("-inf"), *bounds]
        return bounds, [Verdict(Finding.JUDGED, self.at(crossed, low), self.at(kept, low)) for low in lows]

    def at(self, sizes: list[float], low: float) -> str | None:
        """The tightest level whose size the quantity has reached when it is at least *low*."""
        reached = [level.text for level, size in zip(self.levels, sizes, strict=True) if size <= low]
        return reached[-1] if reached else None


def parse_period(text: str) -> Sequence[str]:
    """Read ``day``, ``week`` or ``month``.

    Raises:
        ValueError: the text is none of these.
    """
    if text in PERIODS:
        return [text]
    raise ValueError(f"{text!r} is not a period{suggestion(text, PERIODS) or '; there are day, week, month'}")


class Period:
    """The period that a verdict is about, as its anchor: its first day.

    Where costs are judged it is the period of their last reading, since only a reading moves them; else that of
    the account's own day, and the verdict stands to its end.
    """

    def __init__(self, locale: Locale, per: str) -> None:
        self.locale, self.per = locale, per

    def __call__(self, verdict: Verdict, spending: object, now: Moment) -> Verdict:
        """*verdict* as that of the period of *spending*, or of *now*."""
        if verdict.finding is not Finding.JUDGED:
            return verdict
        if isinstance(spending, Spending):
            return replace(verdict, anchor=self.first_day(spending.day))
        today = self.locale.day_of(now)
        anchor, ends = self.first_day(today), self.locale.ends(self.last_day(today))
        return replace(verdict, anchor=anchor, until=min(verdict.until, ends))

    def first_day(self, day: Day) -> Day:
        """The first day of the period of *day*."""
        if self.per == "month":
            return date.fromordinal(day).replace(day=1).toordinal()
        return day - (day - 1) % 7 if self.per == "week" else day

    def last_day(self, day: Day) -> Day:
        """The last day of the period of *day*."""
        if self.per == "month":
            first = date.fromordinal(day).replace(day=1)
            return first.toordinal() + monthrange(first.year, first.month)[1] - 1
        return self.first_day(day) + 6 if self.per == "week" else day


def _costs_of(node: Node) -> Iterator[int]:
    """The places of the costs that *node* looks at."""
    if node.op == "spent":
        assert isinstance(node.value, tuple)
        yield node.value[0]
    for arg in node.args:
        yield from _costs_of(arg)


def _beside(quantity: Node, level: Level, fields: Fields, name: str) -> Level:
    """*level* in the kind of *quantity*: a bare number beside an amount is an amount."""
    if quantity.kind is Kind.MONEY and level.literal.kind is Kind.NUMBER:
        return Level(level.text, Node("literal", Kind.MONEY, value=level.literal.value))
    if quantity.kind is not level.literal.kind:
        fields.fault(name, f"`{level.text}` is {level.literal.kind.one}, the threshold is {quantity.kind.one}")
    return level


def _sorted(levels: list[Level], *, rises: bool) -> tuple[Level, ...]:
    """From the widest to the tightest. Amounts in several currencies stay in the order they are written."""
    currencies = {getattr(level.literal.value, "currency", None) for level in levels}
    if len(currencies) > 1:
        return tuple(levels)
    return tuple(sorted(levels, key=_own_size, reverse=not rises))


def _own_size(level: Level) -> float:
    """Its size in its own unit or currency: enough to sort by."""
    value = level.literal.value
    if isinstance(value, Money):
        return value.micro
    return value.nominal_days if isinstance(value, Duration) else float(str(value))
