"""Whether the service does its work: nothing that is due is late, and the database took a write lately.

One judgement for everybody who asks: the check of the machine that it runs on, and the dead-man's switch that it
pings. What is said names no account, no address and nothing that anybody was told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.words import say_time

if TYPE_CHECKING:
    from notifier.core.calendar import Moment

BEAT_EVERY = 5 * 60  # seconds between two heartbeats
LATE_AFTER = 10 * 60  # seconds after which what is due is late: a full lane, a slow provider take some minutes
WRITTEN_WITHIN = 3 * BEAT_EVERY  # seconds: one heartbeat may be missed


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How the engine goes, on the clock as it is set now.

    *since*: when it was started, or its clock was last moved; nothing can be late for longer. *working_since*:
    since when there is work that has not come to its end; 0 if there is none. *failing_since*: when the work
    began to raise; 0 if it does not.
    """

    since: Moment
    working_since: Moment = 0
    failing_since: Moment = 0


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits: since when an account is to be judged, something is to be told, an act is to have its effect.

    Each is the earliest such moment, in the future if nothing waits; 0 is "as soon as possible", which does not
    say since when. *written_at* is when the database last took a heartbeat.
    """

    judge: Moment
    tell: Moment
    act: Moment
    written_at: Moment


def ailments(rhythm: Rhythm, backlog: Backlog, now: Moment) -> tuple[str, ...]:
    """What is wrong with the service at *now*, each a sentence for a person; empty if it is well."""
    due = {
        "Accounts are to be judged": backlog.judge,
        "Messages are to be told": backlog.tell,
        "Something that a person said waits to have its effect": backlog.act,
    }
    found = [
        f"{what} since {say_time(began, now)}."
        for what, moment in due.items()
        if now - (began := max(moment or rhythm.working_since or now, rhythm.since)) > LATE_AFTER
    ]
    failing = max(rhythm.failing_since, rhythm.since)
    if rhythm.failing_since and now - failing > LATE_AFTER:
        found.append(f"The work fails since {say_time(failing, now)}.")
    written = max(backlog.written_at, rhythm.since)
    if now - written > WRITTEN_WITHIN:
        found.append(f"The database took no write since {say_time(written, now)}.")
    return tuple(found)
