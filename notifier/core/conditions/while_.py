"""``while: <yes or no>``: a state holds. Yes is a finding, no is clear again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.verdict import CLEAR, UNKNOWN, Condition, Fields, Finding, Gates, Verdict

if TYPE_CHECKING:
    from notifier.core.calendar import Locale
    from notifier.core.language.compile import Body
    from notifier.core.language.types import Node

HOLDS = "holds"  # the only step
FOUND = Verdict(Finding.JUDGED, HOLDS, HOLDS)


@dataclass(frozen=True)
class While(Condition):
    """A state that holds or not."""

    fields = {"while": "a yes or no: yes is a finding, no is clear"}
    state: Node

    @classmethod
    def read(cls, fields: Fields, gates: Gates) -> While | None:
        state = fields.expression("while")
        return cls(gates, state) if state is not None else None

    @property
    def ladder(self) -> tuple[str, ...]:
        return (HOLDS,)

    @property
    def asked(self) -> Node:
        return self.state

    def write(self, body: Body, locale: Locale) -> str:  # noqa: ARG002  a yes or no is the same everywhere
        state, verdict = body.write(self.state), body.name()
        found, clear, unknown = body.name(FOUND), body.name(CLEAR), body.name(UNKNOWN)
        body.line(f"{verdict} = {found} if {state} is True else {unknown} if {state} is UNREAD else {clear}")
        return verdict
