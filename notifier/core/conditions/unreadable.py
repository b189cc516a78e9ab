"""``unreadable: <source or any>``: a source of the account could not be read. Read again is clear."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.verdict import CLEAR, Condition, Fields, Finding, Gates, Verdict
from notifier.core.vocabulary import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Locale
    from notifier.core.language.compile import Body
    from notifier.core.language.types import Node

UNREADABLE = "unreadable"  # the only step
FOUND = Verdict(Finding.JUDGED, UNREADABLE, UNREADABLE)
ANY = "any"


@dataclass(frozen=True)
class Unreadable(Condition):
    """A source that could not be read: the one called *source*, or any."""

    fields = {"unreadable": "a source such as `openai`, or `any`"}
    sources: Node
    source: str = ANY

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> Unreadable | None:
        named = fields.each("unreadable", _word)
        sources = fields.parsed("unreadable", "unreadable_sources", Kind.TEXTS) if named else None
        return cls(gates, sources, named[0]) if sources is not None else None

    @property
    def ladder(self) -> tuple[str, ...]:
        return (UNREADABLE,)

    @property
    def asked(self) -> Node:
        return self.sources

    def write(self, body: Body, locale: Locale) -> str:  # noqa: ARG002  the same everywhere
        sources, verdict = body.held(body.write(self.sources)), body.name()
        asked = sources if self.source == ANY else f"{sources} and {body.name(self.source)} in {sources}"
        body.line(f"{verdict} = {body.name(FOUND)} if {asked} else {body.name(CLEAR)}")
        return verdict


def _word(text: str) -> Sequence[str]:
    if text.replace("-", "").replace("_", "").isalnum():
        return [text]
    raise ValueError(f"{text!r} is not the name of a source such as openai, or `any`")
