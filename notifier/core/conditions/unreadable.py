"""``unreadable: <source or any>``: a source could not be read, or only in part. Read again is clear.

A source without its main part tells nothing any more; without another part it tells less. The second is a step of
its own, so that the first is told even though the second had been.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from notifier.core.account import is_part
from notifier.core.verdict import CLEAR, Condition, Fields, Finding, Gates, Verdict
from notifier.core.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Locale
    from notifier.core.language.compile import Body
    from notifier.core.language.types import Node

IN_PART, UNREADABLE = "in part", "unreadable"  # the steps: parts alone cannot be read, or a whole source
PARTLY, WHOLLY = (Verdict(Finding.JUDGED, step, step) for step in (IN_PART, UNREADABLE))
ANY = "any"


@dataclass(frozen=True)
class Unreadable(Condition):
    """A source that could not be read, or some of its parts: the one called *source*, or any."""

    fields = {"unreadable": "a source such as `openai`, or `any`; its steps are `in part` and `unreadable`"}
    sources: Node
    source: str = ANY

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> Unreadable | None:
        named = fields.each("unreadable", _word)
        sources = fields.parsed("unreadable", "unreadable_sources", Kind.TEXTS) if named else None
        return cls(gates, sources, named[0]) if sources is not None else None

    @property
    def ladder(self) -> tuple[str, ...]:
        return IN_PART, UNREADABLE

    @property
    def asked(self) -> Node:
        return self.sources

    def write(self, body: Body, locale: Locale) -> str:  # noqa: ARG002  the same everywhere
        sources, verdict = body.held(body.write(self.sources)), body.name()
        found = f"{body.name(partial(_found, self.source))}({sources})"
        body.line(f"{verdict} = {found} if {sources} else {body.name(CLEAR)}")
        return verdict


def _found(asked: str, unread: Sequence[str]) -> Verdict:
    """How much of the source *asked* is among the readings that are *unread*, by their names."""
    concerned = [name for name in unread if asked in (ANY, name.partition(" ")[0])]
    if not concerned:
        return CLEAR
    return PARTLY if all(map(is_part, concerned)) else WHOLLY


def _word(text: str) -> Sequence[str]:
    if text.replace("-", "").replace("_", "").isalnum():
        return [text]
    raise ValueError(f"{text!r} is not the name of a source such as openai, or `any`")
