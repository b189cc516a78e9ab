"""Everything that a message about one subject may draw on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.audience import CONSOLE_ONLY, Ways
from notifier.core.language.template import blank
from notifier.core.unread import UNREAD
from notifier.core.words import Blank, say

if TYPE_CHECKING:
    from notifier.core.account import Account
    from notifier.core.alert import Alert
    from notifier.core.calendar import Moment
    from notifier.core.facts import Facts
    from notifier.core.rule import Program
    from notifier.core.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Everything that a message about one subject may draw on, as of *now*; *ways* is how people are reached.

    *alert* is the alert as it stands, where one is known.
    """

    account: Account
    program: Program
    facts: Facts
    now: Moment
    ways: Ways = CONSOLE_ONLY
    alert: Alert | None = None

    @property
    def vocabulary(self) -> Vocabulary:
        """The names of the record: the program's, and those of the item that it is about."""
        return self.program.vocabulary.scoped(self.facts.scope)

    def said(self, place: int) -> str:
        """The fact at *place* in words; a visible blank where it has no value."""
        value, fact = self.facts.values[place], self.vocabulary.facts[place]
        if value is None or value is UNREAD:
            return Blank(fact.none if fact.none and value is None else blank(self.vocabulary, place))
        return say(value, fact.kind, self.account.locale, self.now)

    def names(self) -> dict[str, object]:
        """What a draft may name: every fact in words, or a blank that counts as no; an item's under its name."""
        names: dict[str, object] = {"account": self.account.id}
        items: dict[str, dict[str, str]] = {}
        for place, fact in self.vocabulary.told:
            one, dot, name = fact.name.rpartition(".")
            if dot:
                items.setdefault(one, {})[name] = self.said(place)
            else:
                names[fact.name] = self.said(place)
        return {**items, **names}
