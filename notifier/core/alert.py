"""An alert's life, all of it: from the first sighting to the resolution.

Rule 1: everything that decides whether anybody is told stands in this file, in `advance`. Nothing else in the
product opens, escalates or closes an alert. `advance` is pure: it neither reads a clock nor a database, and
the same arguments always give the same answer.

What an alert remembers outlives its being open. *step* and *anchor* are the tightest step that was told or
passed, and the date it was about. They are the product's memory of "we have said this":

    verdict            alert closed                      alert open
    -----------------  --------------------------------  ---------------------------------------------------
    step crossed       tighter than remembered, or        tighter than kept: tell ESCALATED (or MOVED, if
                       another anchor: tell OPENED;       the date is another one); else nothing new
                       else it opens without a word
    nothing crossed    -                                  RESOLVED, and the memory is wiped
    DONE               -                                  RESOLVED, and the memory is wiped
    CLOSED             -                                  CLOSED, and the memory is kept: if the rule
                                                          applies again, the same step is not told again
    UNKNOWN            -                                  it stands still: unread never resolves

Two rules bend this, both towards silence. Steps that came before the grant was enrolled are not told one by
one: what they leave open when the grant is first seen becomes STANDING, which is said in a single message. And
when the cause is an edit of the rules, steps that an *open* alert newly crosses count as passed: the person who
edits is not surprised.

Two laws hold (tests/core/test_alert.py): with unchanged facts `advance` does nothing at any moment before
`until`; and a timeline that hops from `until` to `until` tells what an hourly one tells.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.verdict import Finding, Verdict

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Moment

NOTHING_TOLD = -1  # the rank of "no step at all"


class Cause(StrEnum):
    """What made us look. Nothing else makes work."""

    FACTS = "facts changed"
    MOMENT = "a moment came"
    RULES = "rules edited"
    PERSON = "a person acted"
    EDITED = "accounts edited"  # facts changed, because people changed the accounts files


class Reason(StrEnum):
    """Why a transition is worth telling; it reaches the message, the log and the delivery's row."""

    OPENED = "opened"
    ESCALATED = "escalated"
    MOVED = "moved"
    RESOLVED = "resolved"
    CLOSED = "closed"
    STANDING = "standing"
    HELD = "held"  # of an edit, not of an alert: it would tell so much that a person is asked first
    UNDELIVERED = "undelivered"  # of a delivery: it was given up, and is told elsewhere


@dataclass(frozen=True, slots=True)
class Policy:
    """What `advance` needs to know of a rule: its steps' texts, from the widest to the tightest."""

    ladder: tuple[str, ...]

    def rank(self, step: str | None) -> int:
        """How tight *step* is. A step that is no longer on the ladder was told, but forbids nothing."""
        return self.ladder.index(step) if step in self.ladder else NOTHING_TOLD


@dataclass(frozen=True, slots=True)
class Alert:
    """An open finding, or the memory of one. See the module's table for *step* and *anchor*.

    *episode* counts openings from 1, *seq* the transitions within an episode from 1. *told* is whether
    anybody heard of this episode: only then is its end worth a word. Moments are as everywhere.
    """

    open: bool
    opened_at: Moment
    step: str | None
    anchor: Day | None = None
    told: bool = False
    unread_since: Moment | None = None
    episode: int = 1
    seq: int = 0


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of an alert that is worth telling."""

    reason: Reason
    at: Moment
    episode: int
    seq: int
    step: str | None
    anchor: Day | None


@dataclass(frozen=True, slots=True)
class Advance:
    """What `advance` decided: the alert as it is now, what to tell, and until when nothing moves by itself."""

    alert: Alert | None
    transitions: tuple[Transition, ...]
    until: Moment


def advance(
    policy: Policy,
    alert: Alert | None,
    verdict: Verdict,
    cause: Cause,
    now: Moment,
    *,
    heard_from: Moment = 0,
) -> Advance:
    """Let *verdict* act on *alert* (None: never seen) at *now*.

    Steps that came before *heard_from* (the start of the day of enrolment) count as passed.
    """
    if verdict.finding is Finding.JUDGED:
        return _climb(policy, alert, verdict, cause, now, heard_from)
    if verdict.finding is Finding.UNKNOWN:
        return _stand_still(alert, verdict, now)
    return _end(alert, verdict, Reason.RESOLVED if verdict.finding is Finding.DONE else Reason.CLOSED, now)


def _stand_still(alert: Alert | None, verdict: Verdict, now: Moment) -> Advance:
    """Unread is not OK, and not a finding either: what is open stays open."""
    if alert is not None and alert.open and alert.unread_since is None:
        alert = replace(alert, unread_since=now)
    return Advance(alert, (), verdict.until)


def _end(alert: Alert | None, verdict: Verdict, reason: Reason, now: Moment) -> Advance:
    """Close what is open. Only a rule that does not apply keeps the memory: else, coming back is news."""
    if alert is None:
        return Advance(None, (), verdict.until)
    wiped = verdict.finding is not Finding.CLOSED
    ended = replace(
        alert,
        open=False,
        told=False,
        unread_since=None,
        step=None if wiped else alert.step,
        anchor=None if wiped else alert.anchor,
    )
    if not (alert.open and alert.told):
        return Advance(ended, (), verdict.until)
    ended = replace(ended, seq=alert.seq + 1)
    told = Transition(reason, now, alert.episode, ended.seq, alert.step, alert.anchor)
    return Advance(ended, (told,), verdict.until)


def _climb(
    policy: Policy, alert: Alert | None, verdict: Verdict, cause: Cause, now: Moment, heard_from: Moment
) -> Advance:
    kept = _kept(policy, alert, verdict)
    crossed = policy.rank(verdict.step)
    if max(kept, crossed) == NOTHING_TOLD:
        # An edit that takes a step away has not brought anything back within its limits.
        return _end(alert, verdict, Reason.CLOSED if cause is Cause.RULES else Reason.RESOLVED, now)
    if crossed == NOTHING_TOLD and not (alert and alert.open):
        return Advance(alert, (), verdict.until)  # remembered, but nothing to open for
    risen = _opened(alert, now)
    step = policy.ladder[max(kept, crossed)]
    if (risen.step, risen.anchor, risen.unread_since) != (step, verdict.anchor, None):
        risen = replace(risen, step=step, anchor=verdict.anchor, unread_since=None)
    reason = _reason(alert, verdict, cause, heard_from) if crossed > kept else None
    if reason is None:
        return Advance(risen, (), verdict.until)
    risen = replace(risen, told=True, seq=risen.seq + 1)
    told = Transition(reason, now, risen.episode, risen.seq, risen.step, risen.anchor)
    return Advance(risen, (told,), verdict.until)


def _kept(policy: Policy, alert: Alert | None, verdict: Verdict) -> int:
    """The tightest step that needs no telling: remembered, about the same date, and not fallen below."""
    if alert is None or alert.anchor != verdict.anchor:
        return NOTHING_TOLD
    return min(policy.rank(alert.step), policy.rank(verdict.keep))


def _opened(alert: Alert | None, now: Moment) -> Alert:
    if alert is None:
        return Alert(open=True, opened_at=now, step=None)
    if alert.open:
        return alert
    return replace(alert, open=True, opened_at=now, episode=alert.episode + 1, seq=0)


def _reason(alert: Alert | None, verdict: Verdict, cause: Cause, heard_from: Moment) -> Reason | None:
    """Why the newly crossed step is told; None if it only counts as passed."""
    is_open = alert is not None and alert.open
    if 0 < verdict.since < heard_from and (is_open or alert is None):
        return None if is_open else Reason.STANDING
    if is_open and cause is Cause.RULES:
        return None
    if alert is None or not (alert.open and alert.told):
        return Reason.OPENED
    return Reason.ESCALATED if alert.anchor == verdict.anchor else Reason.MOVED
