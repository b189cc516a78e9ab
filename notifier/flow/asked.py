"""What a rule asks, part by part, with what each part comes to: the expressions that are judged, written out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.calendar import DAYS, FOREVER, SECONDS_A_DAY, Duration
from notifier.core.conditions.change import LISTS, Change
from notifier.core.conditions.deadline import Climb, Deadline
from notifier.core.conditions.threshold import Threshold
from notifier.core.conditions.unreadable import Unreadable
from notifier.core.fact import Kind
from notifier.core.facts import UNREAD
from notifier.core.known import say_none
from notifier.core.language.compile import evaluator
from notifier.core.language.printer import bare, listed, written
from notifier.core.language.types import LISTS as OVER_ITEMS
from notifier.core.verdict import Watch
from notifier.core.words import say, say_count, say_list

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.calendar import Locale, Moment, Span
    from notifier.core.language.types import Node
    from notifier.core.rule import Rule
    from notifier.core.verdict import Verdict
    from notifier.core.vocabulary import Vocabulary

MOST_NAMED = 5  # items of a list of which something is so
LITERALS = frozenset({"literal", "money"})
GATES = ("applies_to", "unless", "when", "starting", "ending")


class Came(StrEnum):
    """What an expression came to."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    VALUE = "value"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Part:
    """One expression, or one inside another: its *text*, what it *came* to, and that in words (*said*).

    *field* is the field of the rule in which it stands, empty for one inside another.
    """

    text: str
    came: Came
    said: str
    field: str = ""
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of the rule, whether it has been *crossed*, and *at* which moment it comes where a date says so."""

    text: str
    crossed: bool
    at: Moment | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads expressions on one record: *values* in the order of *vocabulary*, said at *now*."""

    vocabulary: Vocabulary
    values: Sequence[object]
    locale: Locale
    now: Moment

    def part(self, node: Node, field: str = "", text: str = "") -> Part:
        """What *node* comes to, and what everything in it does."""
        inner = bare(node)
        inside = () if inner.op in OVER_ITEMS else inner.args
        parts = tuple(self.part(arg) for arg in inside if bare(arg).op not in LITERALS)
        came, said = self.answer(node)
        return Part(text or written(node, self.vocabulary), came, said, field, parts)

    def answer(self, node: Node) -> tuple[Came, str]:
        """What *node* comes to, and that in words."""
        value, inner = self.value(node), bare(node)
        if node.op == "truth" and inner.kind is not Kind.YESNO and value is not UNREAD:
            return (Came.YES if value else Came.NO), f"{'yes' if value else 'no'}: {self.answer(inner)[1]}"
        if value is UNREAD:
            return Came.UNKNOWN, "not known"
        if value is None:
            return Came.NONE, self._none(inner)
        if inner.kind is Kind.YESNO:
            return (Came.YES if value else Came.NO), ("yes" if value else "no") + self._so(inner)
        return Came.VALUE, self.said(value, inner) + self._so(inner)

    def value(self, node: Node) -> object:
        """The value of *node*; None for none, `UNREAD` for what cannot be known."""
        return evaluator(node, self.locale)(self.values)

    def said(self, value: object, node: Node) -> str:
        """A value in words: a share in percent, a list by its length."""
        if node.kind is Kind.ITEMS:
            return say_count(len(value), "item") if isinstance(value, tuple) else ""
        share = node.op == "divide" and isinstance(value, float)
        return say(value, node.kind, self.locale, self.now, step="%" if share else "") or "none"

    def _none(self, node: Node) -> str:
        if node.op == "fact" and isinstance(node.value, int):
            return say_none(self.vocabulary.facts[node.value])
        return "none"

    def _so(self, node: Node) -> str:
        """Of which items of a list it is so."""
        if node.op not in OVER_ITEMS:
            return ""
        scope = listed(node, self.vocabulary)
        items = self.values[self.vocabulary.collections[scope][0]]
        judge = evaluator(node.args[0], self.locale)
        everything = tuple(self.values)
        so = (
            [each.id for each in items if judge(everything + each.values) is True]
            if isinstance(items, tuple)
            else []
        )
        more = [f"{len(so) - MOST_NAMED:,} more"] if len(so) > MOST_NAMED else []
        return f": {say_list([*so[:MOST_NAMED], *more])}" if so else ""


def asked(rule: Rule, reader: Reader) -> Iterator[Part]:
    """What *rule* judges, and what else it asks, field by field."""
    kind = rule.condition
    yield reader.part(kind.asked, type(kind).__name__.lower(), _condition(rule, reader.vocabulary))
    for field in GATES:
        node = getattr(kind.gates, field)
        if node is not None:
            yield reader.part(node, field)


def _condition(rule: Rule, vocabulary: Vocabulary) -> str:
    """What the condition's own field says; it may be more than the expression that is judged."""
    kind, text = rule.condition, written(rule.condition.asked, vocabulary)
    if isinstance(kind, Deadline) and kind.every is not None:
        return f"every {kind.every} after {text}"
    if isinstance(kind, Change):
        if kind.watched in LISTS:
            return f"{kind.watched} {rule.each}"
        return text if kind.watched is Watch.CHANGES else f"{text} {kind.watched}"
    return kind.source if isinstance(kind, Unreadable) else text


def rungs(rule: Rule, verdict: Verdict, reader: Reader) -> tuple[Rung, ...]:
    """The rule's steps, from the widest to the tightest; nothing where it has but one."""
    kind, reached = rule.condition, rule.policy.rank(verdict.step)
    if isinstance(kind, Deadline):
        day = verdict.anchor if verdict.anchor is not None else reader.value(kind.date)
        if not isinstance(day, int):
            return tuple(Rung(text, crossed=False) for text in kind.ladder)
        moments = Climb(reader.locale, kind.steps, closes=False).moments(day)
        return tuple(
            Rung(step.text, at <= reader.now, at if at < FOREVER else None)
            for step, at in zip(kind.steps, moments, strict=True)
        )
    if isinstance(kind, Threshold):
        return tuple(Rung(text, rank <= reached) for rank, text in enumerate(kind.ladder))
    return ()


def timing(rule: Rule) -> Iterator[tuple[str, str]]:
    """What the rule says of time besides: its fields `for`, `per`, `repeat` and `escalate`."""
    said = rule.timing
    if said.lasting is not None:
        yield "for", say_span(said.lasting)
    if isinstance(rule.condition, Threshold) and rule.condition.per:
        yield "per", rule.condition.per
    if said.repeat is not None:
        times = f", {say_count(said.repeat.times, 'time')}" if said.repeat.times is not None else ""
        yield "repeat", f"every {said.repeat.every}{times}"
    if said.escalate:
        yield "escalate", say_list([f"after {each.after} to {each.to}" for each in said.escalate])


def say_span(span: Span) -> str:
    """``6 hours``, ``2 days``, ``3 working days``."""
    if isinstance(span, Duration):
        return str(span)
    if span % SECONDS_A_DAY == 0:
        return str(Duration(span // SECONDS_A_DAY, DAYS))
    return say_count(span // 3_600, "hour") if span % 3_600 == 0 else say_count(span // 60, "minute")
