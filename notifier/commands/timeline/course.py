"""The past as it came: at each moment what people had recorded by then, so that no recorded fact undoes it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.commands.timeline.supposed import scene_at
from notifier.core.entry import RECORDED, Entry, Log

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.commands.timeline.supposed import Supposed
    from notifier.core.account import Grant
    from notifier.core.calendar import Moment
    from notifier.core.facts import Reading
    from notifier.core.scene import Scene


def course(
    known: Scene, grant: Grant, readings: Sequence[Reading], log: Log, supposed: Sequence[Supposed]
) -> list[Scene]:
    """What was known of *grant* from each moment on at which people recorded anything of it or took it back.

    What is *supposed* counts from its own moments on. Empty where nobody recorded anything.
    """
    recorded = {at for entry in log.entries if entry.grant in {"", grant.id} for at in _moments(entry)}
    if not recorded:
        return []
    others = [reading for reading in readings if reading.source != RECORDED]
    moments = sorted({0, *recorded, *(each.at for each in supposed)})
    return [scene_at(at, known, grant, [*others, _by_then(log, at)], supposed) for at in moments]


def _moments(entry: Entry) -> Iterator[Moment]:
    """When *entry* began to count, and when it was taken back."""
    yield entry.at
    if entry.undone_at is not None:
        yield entry.undone_at


def _by_then(log: Log, at: Moment) -> Reading:
    """What people had recorded at *at* and not taken back by then."""
    return Log([_as_of(entry, at) for entry in log.entries if entry.at <= at]).reading(at)


def _as_of(entry: Entry, at: Moment) -> Entry:
    later = entry.undone_at is not None and entry.undone_at > at
    return replace(entry, undone_at=None, undone_by="") if later else entry
