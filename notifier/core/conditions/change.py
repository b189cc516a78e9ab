"""``change: <fact> [rises or falls]``, ``added to <list>``, ``removed from <list>``: something is not as it was.

The first known value is no change. What it was is remembered by the alert (`notifier.core.alert`); the verdict
only carries what it is now.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.language.types import COMPARABLE, Node
from notifier.core.unread import UNREAD
from notifier.core.verdict import CLOSED, UNKNOWN, Condition, Fields, Finding, Gates, Verdict, Watch
from notifier.core.vocabulary import TOLD, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Locale
    from notifier.core.language.compile import Body

CHANGED = "changed"  # the only step
MOST_REMEMBERED = 50_000
LISTS = (Watch.ADDED, Watch.REMOVED)
PRESENT = Verdict(Finding.JUDGED, CHANGED, CHANGED, mark="true")
_LIST = re.compile(r"(added\s+to|removed\s+from)\s+(\S+)")
_FACT = re.compile(r"(.+?)(?:\s+(rises|falls))?")


@dataclass(frozen=True)
class Change(Condition):
    """A fact that changes, in any direction or one, or a list that gains or loses an item, as *watched* says."""

    fields = {"change": "`<fact>`, `<fact> rises`, `<fact> falls`, `added to <list>`, `removed from <list>`"}
    fact: Node
    watched: Watch = Watch.CHANGES

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> Change | None:
        (text,) = fields.each("change", lambda text: [text]) or [""]
        if found := _LIST.fullmatch(text):
            fact = fields.parsed("change", found[2], Kind.ITEMS)
            return cls(gates, fact, Watch(" ".join(found[1].split()))) if fact is not None else None
        words = _FACT.fullmatch(text)
        fact = fields.parsed("change", words[1], *TOLD) if words else None
        if fact is None or words is None:
            return None
        if words[2] and fact.kind not in COMPARABLE:
            fields.fault("change", f"{fact.kind.one} neither rises nor falls; write `change: {words[1]}`")
            return None
        return cls(gates, fact, Watch(words[2]) if words[2] else Watch.CHANGES)

    @property
    def watch(self) -> Watch:
        return self.watched

    @property
    def ladder(self) -> tuple[str, ...]:
        return (CHANGED,)

    @property
    def asked(self) -> Node:
        return self.fact

    def write(self, body: Body, locale: Locale) -> str:  # noqa: ARG002  the same everywhere
        if self.watched in LISTS:
            return body.name(PRESENT)
        way = self.watched is not Watch.CHANGES and self.fact.kind is Kind.DURATION
        fact = Node("days", Kind.NUMBER, (self.fact,)) if way else self.fact
        value, verdict = body.held(body.write(fact)), body.name()
        body.line(f"{verdict} = {body.name(_Marked())}[{value}]")
        return verdict


class _Marked(dict[object, Verdict]):
    """For each value the verdict that carries it; none is nothing to compare with, unread may be anything."""

    def __init__(self) -> None:
        super().__init__({None: CLOSED, UNREAD: UNKNOWN})

    def __missing__(self, value: object) -> Verdict:
        if len(self) > MOST_REMEMBERED:
            self.clear()
            self.update({None: CLOSED, UNREAD: UNKNOWN})
        self[value] = marked = Verdict(Finding.JUDGED, CHANGED, CHANGED, mark=mark(value))
        return marked


def mark(value: object) -> str:
    """*value* of a record as an alert remembers it: a number the same whether it is whole by chance or by kind."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    listed: Sequence[object] | object = list(value) if isinstance(value, tuple) else value
    return json.dumps(listed, ensure_ascii=False)
