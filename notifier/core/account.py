"""An account as it is declared: its people, its locale, its grants, and where its state is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Locale


MAIN = ""  # the part of a source without which the others say little: costs, a balance


@dataclass(frozen=True, slots=True)
class Person:
    """Who fills a role, and where to reach them (``mailto:…``, ``slack:#channel``), in order of preference.

    *position* is what a letter writes below their name (``PhD student``), *language* an ISO 639 code. *quiet* are
    hours in which only what is urgent is told (`notifier.core.quiet`), *digest* when the weekly digest comes
    (`notifier.core.weekly`), both as they are written, by the clocks of *zone*; empty: the account's.
    """

    reach: tuple[str, ...]
    name: str = ""
    position: str = ""
    language: str = ""
    quiet: str = ""
    digest: str = ""
    zone: str = ""

    def __str__(self) -> str:
        """How a message names them: by name if there is one, else by their first address."""
        return self.name or self.address or "nobody"

    @property
    def address(self) -> str:
        """The first address without its scheme: ``#lab-grants``, ``a.researcher@example.edu``."""
        return self.reach[0].partition(":")[2] if self.reach else ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Judged and shown, but only what is urgent is told: through *until*, or until somebody takes it away."""

    because: str
    until: Day | None = None

    def holds(self, day: Day) -> bool:
        """Whether the pause is still on *day*."""
        return self.until is None or day <= self.until


@dataclass(frozen=True, slots=True)
class Override:
    """One rule of a program, off or with other fields for one account, through *until* (None: for good).

    *fields* is what is set instead, as JSON; empty where the rule is off.
    """

    rule: str
    because: str
    fields: str = ""
    until: Day | None = None

    @property
    def off(self) -> bool:
        """Whether the rule does not apply at all."""
        return not self.fields


@dataclass(frozen=True, slots=True)
class Grant:
    """One acceptance under one program. Steps before *enrolled_on* count as passed."""

    id: str
    program: str
    enrolled_on: Day | None = None
    paused: Pause | None = None


@dataclass(frozen=True, slots=True)
class Poll:
    """What is polled of an account: which *parts* of what a *source* can read, with which secret, how often.

    *key* is the name of the secret; '' where none is needed. *every* is in seconds; 0: as often as is usual for
    the source. *url* is where it is asked instead of the usual place. *name* is what its readings are called, the
    source's own name where it is empty; *settings* is what only this source understands, as JSON. The part '' is
    the main one.
    """

    source: str
    key: str = ""
    parts: tuple[str, ...] = (MAIN,)
    every: int = 0
    url: str = ""
    name: str = ""
    settings: str = ""

    @property
    def readings(self) -> tuple[str, ...]:
        """What the readings of its parts are called: ``openai``, ``openai members``."""
        return tuple(self.reading(part) for part in self.parts)

    def reading(self, part: str) -> str:
        """What the reading of *part* is called."""
        return reading_name(self.name or self.source, part)


def reading_name(source: str, part: str) -> str:
    """What the reading of *part* of a source is called: the source's name for the main one."""
    return f"{source} {part}" if part else source


def is_part(reading: str) -> bool:
    """Whether the *reading* so called is that of a part which is not the main one."""
    return " " in reading


@dataclass(frozen=True, slots=True)
class Account:
    """One API organization. *sources* is what is polled of it.

    *push* is the name of the secret with which programs push facts; '' where none may.
    """

    id: str
    locale: Locale
    people: dict[str, Person] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    sources: tuple[Poll, ...] = ()
    labels: dict[str, str] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    paused: Pause | None = None
    push: str = ""

    @property
    def readings(self) -> tuple[str, ...]:
        """What its readings from sources outside are called, in the order in which they are asked."""
        return tuple(name for poll in self.sources for name in poll.readings)

    def in_force(self, day: Day) -> tuple[Override, ...]:
        """The overrides that hold on *day*."""
        if not self.overrides:
            return ()
        return tuple(each for each in self.overrides if each.until is None or day <= each.until)

    def pause(self, grant: str, day: Day) -> Pause | None:
        """The pause of *grant*, or of the whole account, that holds on *day*; the one that lasts longest."""
        pauses = [each.paused for each in self.grants if each.id == grant] + [self.paused]
        holding = [pause for pause in pauses if pause is not None and pause.holds(day)]
        return max(holding, key=lambda pause: pause.until or FOREVER, default=None)

    def about(self, grant: str) -> str:
        """How a message names a subject: the account alone while it has one grant."""
        return self.id if len(self.grants) <= 1 or not grant else f"{self.id}, grant {grant}"
