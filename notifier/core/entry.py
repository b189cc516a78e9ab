"""What was recorded of one account, observation by observation: the newest that was not taken back counts.

People record, and programs push; an entry says which of the two by who it is from.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from notifier.core.facts import Reading

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed

RECORDED = "recorded"  # the source of what people record, and of what programs push
_PUSHED = "pushed with "  # so begins `Entry.by` of what a program pushed; the name of its secret follows


def pushed_with(secret: str) -> str:
    """How what was pushed with the secret of this name says who recorded it: ``pushed with LAB_PUSH_TOKEN``."""
    return _PUSHED + secret


def is_pushed(by: str) -> bool:
    """Whether what *by* recorded was pushed by a program."""
    return by.startswith(_PUSHED)


def said_by(by: str, when: str = "") -> str:
    """Who said it, and *when*: ``recorded 3 November by ada``, ``pushed 3 November with LAB_PUSH_TOKEN``."""
    verb, link, who = ("pushed", "with", by.removeprefix(_PUSHED)) if is_pushed(by) else ("recorded", "by", by)
    return " ".join(filter(None, (verb, when, link, who)))


@dataclass(frozen=True, slots=True)
class Entry:
    """That *by* recorded at *at* what they saw of *fact*; *grant* is empty where the fact is the account's own.

    Where it was taken back, *undone_at* and *undone_by* say when and by whom.
    """

    grant: str
    fact: str
    value: Observed
    at: Moment
    by: str
    undone_at: Moment | None = None
    undone_by: str = ""

    @property
    def undone(self) -> bool:
        """Whether it was taken back."""
        return self.undone_at is not None


@dataclass(slots=True)
class Log:
    """The *entries* of one account, the newest first; of one moment, the one that was written last."""

    entries: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        """Let *entry* count from now on, unless a newer one of its fact is there."""
        older = (place for place, known in enumerate(self.entries) if known.at <= entry.at)
        self.entries.insert(next(older, len(self.entries)), entry)

    def counting(self, grant: str, fact: str) -> Entry | None:
        """The newest observation of *fact* that was not taken back."""
        of_it = (entry for entry in self.entries if (entry.grant, entry.fact) == (grant, fact))
        return next((entry for entry in of_it if not entry.undone), None)

    def said_together(self, grant: str, fact: str) -> list[Entry]:
        """What an undo of *fact* takes back: what counts of it, and its day if that was said along with it.

        The day of a fact is called ``<fact>_on``. Said along with it is what the same person said at the same
        moment, written right after it.
        """
        newest = self.counting(grant, fact)
        if newest is None:
            return []
        place = self.entries.index(newest)
        after = self.entries[place - 1] if place else None
        day = self.counting(grant, f"{fact}_on")
        if day is None or day is not after or (day.at, day.by) != (newest.at, newest.by):
            return [newest]
        return [newest, day]

    def take_back(self, grant: str, fact: str, at: Moment, by: str) -> None:
        """Let what counts of *fact* count no longer; what counted before it counts again, with its own time."""
        newest = self.counting(grant, fact)
        if newest is not None:
            self.entries[self.entries.index(newest)] = replace(newest, undone_at=at, undone_by=by)

    def reading(self, at: Moment) -> Reading:
        """Everything that counts, as the reading that rules are judged on; of *at* where nothing does."""
        account: dict[str, Observed] = {}
        grants: dict[str, dict[str, Observed]] = {}
        since: dict[str, Moment] = {}
        pushed: set[str] = set()
        for entry in self.entries:
            said = grants.setdefault(entry.grant, {}) if entry.grant else account
            if not entry.undone and entry.fact not in said:
                name = f"{entry.grant}/{entry.fact}" if entry.grant else entry.fact
                said[entry.fact], since[name] = entry.value, entry.at
                pushed |= {name} if is_pushed(entry.by) else set()
        spoken_of = {grant: said for grant, said in grants.items() if said}
        newest = max(since.values(), default=at)
        return Reading(RECORDED, newest, account, spoken_of, since=since, pushed=frozenset(pushed))
