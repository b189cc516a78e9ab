"""``threshold: <number>`` with ``reaches`` or ``falls_to``: a quantity crosses levels.

A level that was told is kept until the quantity has gone back by a tenth of it, so that a value that trembles
around a level is told once. ``clear`` says another point for the first level.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import Duration
from notifier.core.language.compile import in_currency
from notifier.core.language.types import Node, understand
from notifier.core.money import MICRO, Money
from notifier.core.verdict import CLOSED, UNKNOWN, Condition, Fields, Finding, Gates, Verdict
from notifier.core.vocabulary import Kind, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Locale
    from notifier.core.language.compile import Body

KEPT_WITHIN = 0.1  # of the level
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
    }
    quantity: Node
    levels: tuple[Level, ...]
    rises: bool
    clear: Level | None = None

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
        return cls(gates, quantity, _sorted(sized, rises=bool(risen)), bool(risen), next(iter(cleared), None))

    @property
    def ladder(self) -> tuple[str, ...]:
        return tuple(level.text for level in self.levels)

    @property
    def asked(self) -> Node:
        return self.quantity

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
