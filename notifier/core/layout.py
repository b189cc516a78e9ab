"""The record of one subject while it is being laid out: whoever works something out reads and writes it here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER, Locale, Moment
from notifier.core.facts import EMPTY, NOBODY, UNREAD, Expected, Formula, Observed, Reading, inside
from notifier.core.heard import ItemsHeard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from notifier.core.vocabulary import Vocabulary


class Layout:
    """What is known of *grant* at *now*, place by place, and until when it holds."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        readings: Sequence[Reading],
        expected: Expected,
        grant: str,
        now: Moment,
    ) -> None:
        self.vocabulary, self.readings, self.expected, self.grant = vocabulary, readings, expected, grant
        self.locale: Locale = expected.locale
        self.now = now
        self.values: list[object] = [None] * len(vocabulary.facts)
        self.origins = bytearray([NOBODY] * len(vocabulary.facts))
        self.observed = [-1] * len(vocabulary.facts)
        self.fresh_until = FOREVER
        self.items = ItemsHeard()
        self.silent = bool(expected.sources - {reading.source for reading in readings})  # one never answered
        for origin, reading in enumerate(readings):
            self.hear(origin, reading, reading.account, "")
            self.hear(origin, reading, reading.grants.get(grant, EMPTY), grant + "/")

    def hear(self, origin: int, reading: Reading, said: Mapping[str, Observed], prefix: str) -> None:
        """Take in what *reading* said of the account, or of the grant (*prefix* ``grant/``)."""
        places, since, lists = self.vocabulary.places, reading.since, self.vocabulary.collections
        for name, value in said.items():
            place = places.get(name)
            at = since.get(prefix + name, reading.at) if since else reading.at
            if "/" in name or (name in lists and lists[name][0] == place):
                self.items.hear(name, value, origin, at)
            elif place is not None and at >= self.observed[place]:  # else: a term that is no longer in its file
                self.values[place] = inside(value, self.locale)
                self.origins[place], self.observed[place] = origin, at

    def fill_in(self) -> None:
        """Defaults where nobody spoke; unread where nobody answered, or too long ago."""
        for place, default in self.vocabulary.defaults:
            if self.origins[place] == NOBODY:
                self.values[place] = inside(default, self.locale)
        for place, max_age in self.vocabulary.polled:
            if self.origins[place] == NOBODY:
                self.values[place] = UNREAD if self.silent else None
            elif not self.counts(self.observed[place] + max_age):
                self.values[place] = UNREAD
        self.put("labels", self.expected.labels)
        self.put("currency", self.locale.currency)
        self.put("granted_model_names", self.get("granted_models"))
        self.put("unreadable_sources", ())
        if self.expected.moments:
            self.put("observed", tuple(self.observed))
        if self.expected.unreadable:
            self.put("unreadable_sources", tuple(name for name, _ in self.expected.unreadable))
            self.put("unreadable_because", "; ".join(dict.fromkeys(why for _, why in self.expected.unreadable)))

    def counts(self, until: Moment) -> bool:
        """Whether what counts until *until* still does; if so, the record has to be made anew then."""
        if until > self.now:
            self.fresh_until = min(self.fresh_until, until)
            return True
        return False

    def get(self, name: str) -> object:
        """The value of the fact *name*; None too where the vocabulary has no such fact."""
        place = self.vocabulary.places.get(name)
        return None if place is None else self.values[place]

    def put(self, name: str, value: object, origin: int = NOBODY) -> None:
        """Set the fact *name*, worked out from what the reading *origin* said; nothing without such a fact."""
        place = self.vocabulary.places.get(name)
        if place is not None:
            self.values[place], self.origins[place] = value, origin

    def origin_of(self, name: str) -> int:
        """Which reading the fact *name* came from, or `NOBODY`."""
        place = self.vocabulary.places.get(name)
        return NOBODY if place is None else self.origins[place]

    def follow(self, formulas: Iterable[Formula]) -> None:
        """Work out the facts that follow from others, in their order."""
        for place, formula in formulas:
            self.values[place] = formula(self.values)
