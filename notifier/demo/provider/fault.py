"""One thing that goes wrong on command, as it was ordered."""

from __future__ import annotations

from dataclasses import dataclass

ANYWHERE = "*"


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and where: for paths like *path* (``*`` stands for anything), for *organization* or all.

    *kind* is a name of `kinds.KINDS`. *after* is how many pages are answered before a page token is refused;
    *seconds* is how long to wait, as a text with a fraction.
    """

    kind: str
    path: str = ANYWHERE
    organization: str | None = None
    after: int = 1
    seconds: str = "6.937"
