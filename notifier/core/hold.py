"""An edit that would tell much at once: what it would tell is held until a person says what becomes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from notifier.core.calendar import Moment

MOST_AT_ONCE = 25  # messages that an edit may tell without anybody being asked


class Stage(StrEnum):
    """How far a hold has come."""

    WEIGHING = "weighing"  # accounts are still judged: how much there is to tell is not known yet
    WAITING = "waiting"  # it is too much: a person is asked
    RELEASED = "released"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Hold:
    """What one edit would tell: the deliveries of *event*, held since *at*.

    *why* is what people did, *count* how many messages it came to, *by* who released or dropped them.
    """

    event: int
    at: Moment
    why: str
    stage: Stage = Stage.WEIGHING
    count: int = 0
    by: str = ""
