"""An account as it is declared: its people, its locale, its grants, and where its state is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Locale


@dataclass(frozen=True, slots=True)
class Person:
    """Who fills a role, and where to reach them (``mailto:…``, ``slack:#channel``), in order of preference."""

    reach: tuple[str, ...]
    name: str = ""

    def __str__(self) -> str:
        """How a message names them: by name if there is one, else by their first address."""
        return self.name or self.address or "nobody"

    @property
    def address(self) -> str:
        """The first address without its scheme: ``#lab-grants``, ``a.researcher@example.edu``."""
        return self.reach[0].partition(":")[2] if self.reach else ""


@dataclass(frozen=True, slots=True)
class Grant:
    """One acceptance under one program. Steps before *enrolled_on* count as passed."""

    id: str
    program: str
    enrolled_on: Day | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One API organization. *sources* are those that can be read, each with the name of its key's secret."""

    id: str
    locale: Locale
    people: dict[str, Person] = field(default_factory=dict)
    grants: tuple[Grant, ...] = ()
    sources: tuple[tuple[str, str], ...] = ()

    def about(self, grant: str) -> str:
        """How a message names a subject: the account alone while it has one grant."""
        return self.id if len(self.grants) <= 1 or not grant else f"{self.id}, grant {grant}"
