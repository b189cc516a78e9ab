"""An alert's life, all of it: from the first sighting to the resolution.

Rule 1: everything that decides whether anybody is told stands in this file. `advance` is what time and facts do
to an alert; `acknowledge`, `snooze`, `hand_over` and `reopen` are what people do. Nothing else in the product
opens, escalates or closes one. All of it is pure: it neither reads a clock nor a database, and the same arguments
always give the same answer.

What an alert remembers outlives its being open. *step* and *anchor* are the tightest step that was told or
passed, and the date or period it was about. They are the product's memory of "we have said this":

    verdict            alert closed                      alert open
    -----------------  --------------------------------  ---------------------------------------------------
    step crossed       tighter than remembered, or        tighter than kept: tell ESCALATED (or MOVED, if
                       another anchor: tell OPENED;       the date is another one); else nothing new
                       else it opens without a word
    ... with `for`     it is pending: told only once      the same; what is kept goes on meanwhile
                       something tighter than what is
                       remembered has lasted so long;
                       then the step crossed then
    nothing crossed    pending no more                    RESOLVED, and the memory is wiped
    DONE               pending no more                    RESOLVED, and the memory is wiped
    CLOSED             pending no more                    CLOSED, and the memory is kept: if the rule
                                                          applies again, the same step is not told again
    UNKNOWN            the time of `for` runs on          it stands still: unread never resolves, and
                                                          nothing is told before it is known again
    another period     -                                  it closes without a word, and the memory is wiped:
    (`per`)                                               what is crossed in the new one is told OPENED

While it is open and nobody has said anything of it, it speaks by itself at the hour of telling:

    `repeat`           REMINDED, so long after the step was last told, and again; what was missed counts as passed.
                       A tighter step begins anew
    `escalate`         PASSED_ON, to the next role, once each, so long after people knew of it; whatever is told
                       from then on is told to that role as well

What a person said of an open alert holds until a moment, or is ended by `reopen`:

    hold               acknowledged                       snoozed
    -----------------  --------------------------------  ---------------------------------------------------
    a tighter step,    tell it; the hold is over           it is remembered, not told
    another date
    a step that was    not told: the hold covers it        -
    covered, again
    reminders,         none                               none
    passing on
    RESOLVED           told; the hold is over              told, if anybody knew; the hold is over
    CLOSED             told                               not told
    its end            LAPSED asks again, once             LAPSED tells once what is open then

A `change` rule has no steps and is never open: its alert is the *mark* of what was last known, and each change is
told OPENED and is over at once.

Two rules bend all this towards silence. Steps that came before the grant was enrolled are not told one by
one: what they leave open when the grant is first seen becomes STANDING, which is said in a single message. And
when the cause is an edit of the rules, steps that an *open* alert newly crosses count as passed, and a changed
mark is only remembered: the person who edits is not surprised.

Two laws hold (tests/core/test_alert_laws.py): with unchanged facts `advance` does nothing at any moment before
`until`; and a timeline that hops from `until` to `until` tells what an hourly one tells.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from notifier.core.calendar import FOREVER
from notifier.core.timing import NO_TIMING
from notifier.core.verdict import Finding, Verdict, Watch

if TYPE_CHECKING:
    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.timing import Timing

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
    REMINDED = "reminded"
    PASSED_ON = "passed on"
    LAPSED = "lapsed"  # an acknowledgement or a snooze is over
    RESOLVED = "resolved"
    CLOSED = "closed"
    STANDING = "standing"
    ACKNOWLEDGED = "acknowledged"
    SNOOZED = "snoozed"
    HANDED_OVER = "handed over"
    REOPENED = "reopened"
    HELD = "held"  # of an edit, not of an alert: it would tell so much that a person is asked first
    UNDELIVERED = "undelivered"  # of a delivery: it was given up, and is told elsewhere
    DIGEST = "digest"  # of no alert: how everything stands, every week


@dataclass(frozen=True, slots=True)
class Policy:
    """What `advance` needs to know of a rule: its steps' texts, from the widest to the tightest, and its *timing*.

    *locale* is where the timing's days are counted: needed wherever there is one. *periodic* says that another
    anchor is another period (`per`), *watch* what a `change` rule watches.
    """

    ladder: tuple[str, ...]
    timing: Timing = NO_TIMING
    locale: Locale | None = None
    periodic: bool = False
    watch: Watch | None = None

    def rank(self, step: str | None) -> int:
        """How tight *step* is. A step that is no longer on the ladder was told, but forbids nothing."""
        return self.ladder.index(step) if step in self.ladder else NOTHING_TOLD

    @property
    def here(self) -> Locale:
        """Where days are counted."""
        assert self.locale is not None, "a rule with timing is bound to a locale"
        return self.locale

    def lasted(self, since: Moment) -> Moment:
        """When what was first seen at *since* has lasted as long as `for` asks."""
        span = self.timing.lasting
        return since if span is None else self.here.after(since, span)

    def reminded(self, alert: Alert, now: Moment) -> tuple[int, Moment]:
        """How many reminders of *alert* have come by *now*, and when the next one does."""
        if self.timing.repeat is None:
            return alert.reminders, FOREVER
        return self.timing.repeat.come(alert.last_told, alert.reminders, now, self.here)

    def passed_on(self, alert: Alert, now: Moment) -> tuple[int, Moment]:
        """To how many roles *alert* is to have been passed on by *now*, and when the next one follows."""
        passed = alert.passed_on
        for escalation in self.timing.escalate[passed:]:
            coming = self.here.tells_after(alert.since_asked, escalation.after)
            if coming > now:
                return passed, coming
            passed += 1
        return passed, FOREVER


class HoldKind(StrEnum):
    """How a person holds an alert."""

    ACKNOWLEDGED = "acknowledged"  # somebody cares: no reminders, until it lapses or a tighter step comes
    SNOOZED = "snoozed"  # nothing but its resolution is told before the snooze is over


class AlertState(StrEnum):
    """How an alert stands, derived from what it remembers: of several, the first that holds."""

    UNKNOWN = "unknown"
    SNOOZED = "snoozed"
    ACKNOWLEDGED = "acknowledged"
    FIRING = "firing"
    PENDING = "pending"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AlertHold:
    """A person's word on an alert: *by* whom, *at* which moment, *until* which moment, *because* of what.

    *step* is the tightest step that was crossed when they said it: an acknowledgement covers it.
    """

    kind: HoldKind
    by: str
    at: Moment
    until: Moment
    because: str = ""
    step: str | None = None


@dataclass(frozen=True, slots=True)
class Alert:
    """An open finding, or the memory of one. See the module's table for *step* and *anchor*.

    *episode* counts openings from 1 (0: it never was open), *seq* the transitions within an episode from 1. *told*
    is whether anybody heard of this episode: only then is its end worth a word. Moments are as everywhere.

    *pending_since* is when the finding came that `for` holds back. *told_at* is when a step was last told, and
    *reminders* how many reminders have come since. *passed_on* is how many roles of `escalate` have been told,
    counted from *asked_at*: since then people know of it and nobody has said anything. Both moments are 0 where
    they are *opened_at*. *hold* is what a person said, *owner* the role that it was handed over to ('' for the
    rule's own), *acted_by* and *because* are of the person who acted last. *mark* is the last known value of what
    a `change` rule watches.

    Who heard of an episode (*passed_on*, *owner*) and who acted are remembered until the next one begins.
    """

    open: bool
    opened_at: Moment
    step: str | None
    anchor: Day | None = None
    told: bool = False
    unread_since: Moment | None = None
    episode: int = 1
    seq: int = 0
    pending_since: Moment | None = None
    told_at: Moment = 0
    reminders: int = 0
    passed_on: int = 0
    hold: AlertHold | None = None
    owner: str = ""
    mark: str | None = None
    asked_at: Moment = 0
    acted_by: str = ""
    because: str = ""

    @property
    def last_told(self) -> Moment:
        """When a step was last told."""
        return self.told_at or self.opened_at

    @property
    def since_asked(self) -> Moment:
        """Since when people know of it, and nobody has said anything."""
        return self.asked_at or self.opened_at

    @property
    def newest(self) -> Moment:
        """The newest moment from which something is counted."""
        return max(self.opened_at, self.told_at, self.asked_at, self.pending_since or 0)

    @property
    def live(self) -> bool:
        """Whether something is found: it is open, or pending."""
        return self.open or self.pending_since is not None

    @property
    def state(self) -> AlertState:
        """How it stands."""
        if not self.live:
            return AlertState.CLOSED
        if self.unread_since is not None:
            return AlertState.UNKNOWN
        if not self.open:
            return AlertState.PENDING
        return AlertState.FIRING if self.hold is None else AlertState(self.hold.kind.value)


@dataclass(frozen=True, slots=True)
class Transition:
    """A change of an alert that is worth telling. *to* are the roles that alone hear it (none: all of its)."""

    reason: Reason
    at: Moment
    episode: int
    seq: int
    step: str | None
    anchor: Day | None
    to: tuple[str, ...] = ()


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
    if alert is not None and alert.live and alert.newest > now:
        alert = _set_back(alert, now)
    if policy.watch is not None:
        return _compare(policy, alert, verdict, cause, now)
    if verdict.finding is Finding.JUDGED:
        return _climb(policy, alert, verdict, cause, now, heard_from)
    if verdict.finding is Finding.UNKNOWN:
        return _stand_still(alert, verdict, now)
    return _end(alert, verdict, Reason.RESOLVED if verdict.finding is Finding.DONE else Reason.CLOSED, now)


def _set_back(alert: Alert, now: Moment) -> Alert:
    """The clock was set back: what is counted from a moment that has not come yet is counted from now."""
    pending = None if alert.pending_since is None else min(alert.pending_since, now)
    told_at, asked_at = min(alert.last_told, now), min(alert.since_asked, now)
    return replace(alert, told_at=told_at, asked_at=asked_at, pending_since=pending)


# -- a finding, or none ---------------------------------------------------------------------------------------


def _stand_still(alert: Alert | None, verdict: Verdict, now: Moment) -> Advance:
    """Unread is not OK, and not a finding either: what is open stays open, and what is pending pends."""
    if alert is not None and alert.live and alert.unread_since is None:
        alert = replace(alert, unread_since=now)
    return Advance(alert, (), verdict.until)


def _end(alert: Alert | None, verdict: Verdict, reason: Reason, now: Moment) -> Advance:
    """Close what is open. Only a rule that does not apply keeps the memory: else, coming back is news."""
    if alert is None:
        return Advance(None, (), verdict.until)
    ended = replace(alert, open=False, told=False, unread_since=None, pending_since=None)
    if verdict.finding is not Finding.CLOSED:
        ended = replace(_forgotten(ended), hold=None if alert.open else alert.hold)
    snoozed = alert.hold is not None and alert.hold.kind is HoldKind.SNOOZED
    if (snoozed and reason is Reason.CLOSED) or not (alert.open and alert.told):
        return Advance(ended, (), verdict.until)
    ended = replace(ended, seq=alert.seq + 1)
    told = Transition(reason, now, alert.episode, ended.seq, alert.step, alert.anchor)
    return Advance(ended, (told,), verdict.until)


def _forgotten(alert: Alert) -> Alert:
    """Without the memory of what was told. Who heard of it is still known: its end is told to them."""
    return replace(alert, step=None, anchor=None, told_at=0, asked_at=0, reminders=0)


def _climb(
    policy: Policy, alert: Alert | None, verdict: Verdict, cause: Cause, now: Moment, heard_from: Moment
) -> Advance:
    if policy.periodic and alert is not None and alert.anchor not in (None, verdict.anchor):
        alert = _past_period(alert)
    kept = _kept(policy, alert, verdict)
    crossed = policy.rank(verdict.step)
    if max(kept, crossed) == NOTHING_TOLD:
        # An edit that takes a step away has not brought anything back within its limits.
        return _end(alert, verdict, Reason.CLOSED if cause is Cause.RULES else Reason.RESOLVED, now)
    is_open = alert is not None and alert.open
    if crossed > kept and (over := _lasts_until(policy, alert, cause, now)) > now:
        pending = _pending(alert, verdict, now)
        return _speak(policy, pending, None, now, min(verdict.until, over))
    if crossed == NOTHING_TOLD and not is_open:
        return Advance(_at_rest(alert), (), verdict.until)  # remembered, but nothing to open for
    risen = _opened(alert, kept, now)
    step = policy.ladder[max(kept, crossed)]
    if (risen.step, risen.anchor) != (step, verdict.anchor):
        risen = replace(risen, step=step, anchor=verdict.anchor)
    reason = _reason(alert, verdict, cause, heard_from) if crossed > kept else None
    if risen.hold is not None and reason is not None and _holds(policy, risen.hold, alert, verdict):
        reason = None
    return _speak(policy, risen, reason, now, verdict.until)


def _past_period(alert: Alert) -> Alert:
    """The alert after the period it was about: closed without a word. A snooze goes on: it is about what comes."""
    snooze = alert.hold if alert.hold is not None and alert.hold.kind is HoldKind.SNOOZED else None
    ended = replace(alert, open=False, told=False, unread_since=None, pending_since=None)
    return replace(_forgotten(ended), hold=snooze)


def _kept(policy: Policy, alert: Alert | None, verdict: Verdict) -> int:
    """The tightest step that needs no telling: remembered, about the same date, and not fallen below."""
    if alert is None or alert.anchor != verdict.anchor:
        return NOTHING_TOLD
    return min(policy.rank(alert.step), policy.rank(verdict.keep))


def _lasts_until(policy: Policy, alert: Alert | None, cause: Cause, now: Moment) -> Moment:
    """When the news of now will have lasted as long as `for` asks; *now* where it need not last at all.

    What an edit makes an open alert cross counts as passed at once, unless something was pending already.
    """
    if policy.timing.lasting is None:
        return now
    began = alert.pending_since if alert is not None else None
    if began is None and cause is Cause.RULES and alert is not None and alert.open:
        return now
    return policy.lasted(now if began is None else began)


def _pending(alert: Alert | None, verdict: Verdict, now: Moment) -> Alert:
    """The alert while `for` holds the news of it back. What was open before goes on as it was."""
    if alert is None:
        return Alert(False, now, None, verdict.anchor, episode=0, pending_since=now)
    since = now if alert.pending_since is None else alert.pending_since
    anchor = verdict.anchor if alert.step is None else alert.anchor
    return replace(alert, pending_since=since, unread_since=None, anchor=anchor)


def _at_rest(alert: Alert | None) -> Alert | None:
    """A closed alert of which nothing is pending any more."""
    return replace(alert, pending_since=None, unread_since=None) if alert is not None and alert.live else alert


def _opened(alert: Alert | None, kept: int, now: Moment) -> Alert:
    """The alert as an open one. What opens with nothing *kept* is another episode for everybody."""
    if alert is None:
        return Alert(open=True, opened_at=now, step=None)
    if alert.open:
        at_rest = alert.pending_since is None and alert.unread_since is None
        return alert if at_rest else replace(alert, pending_since=None, unread_since=None)
    hold = alert.hold
    if hold is not None and (hold.until <= now or (kept == NOTHING_TOLD and hold.kind is HoldKind.ACKNOWLEDGED)):
        hold = None
    opened = replace(
        alert, open=True, opened_at=now, episode=alert.episode + 1, seq=0, told_at=alert.last_told, asked_at=0,
        hold=hold, pending_since=None, unread_since=None,
    )  # fmt: skip
    if kept == NOTHING_TOLD:
        return replace(opened, passed_on=0, owner="", acted_by="", because="")
    return opened


def _reason(alert: Alert | None, verdict: Verdict, cause: Cause, heard_from: Moment) -> Reason | None:
    """Why the newly crossed step is told; None if it only counts as passed."""
    is_open = alert is not None and alert.open
    is_new = alert is None or alert.episode == 0
    if 0 < verdict.since < heard_from and (is_open or is_new):
        return None if is_open else Reason.STANDING
    if is_open and cause is Cause.RULES and alert is not None and alert.pending_since is None:
        return None
    if alert is None or not (alert.open and alert.told):
        return Reason.OPENED
    return Reason.ESCALATED if alert.anchor == verdict.anchor else Reason.MOVED


def _holds(policy: Policy, hold: AlertHold, alert: Alert | None, verdict: Verdict) -> bool:
    """Whether *hold* keeps the newly crossed step of *verdict* from being told."""
    if hold.kind is HoldKind.SNOOZED:
        return True
    same = alert is not None and alert.anchor == verdict.anchor
    return same and policy.rank(verdict.step) <= policy.rank(hold.step)


# -- what an open alert says ----------------------------------------------------------------------------------


def _speak(policy: Policy, alert: Alert, reason: Reason | None, now: Moment, until: Moment) -> Advance:
    """Tell a step for *reason*, or what has come by itself; *until* is when the verdict or `for` moves it next."""
    if not alert.open:
        return Advance(alert, (), until)
    told: list[Transition] = []
    if reason is None and alert.hold is not None and alert.hold.until <= now:
        reason = Reason.LAPSED
    if reason is not None:
        alert = _step_told(alert, now)
        told.append(_transition(alert, reason, now))
    if alert.hold is not None:
        return Advance(alert, tuple(told), min(until, alert.hold.until))
    if policy.timing.repeat is None and not policy.timing.escalate:
        return Advance(alert, tuple(told), until)
    return _by_itself(policy, alert, told, now, until)


def _step_told(alert: Alert, now: Moment) -> Alert:
    """After a step was told: reminders begin anew, what a person said is over, and it is for people to answer."""
    at = 0 if now == alert.opened_at else now
    asked_at = alert.asked_at if alert.told and alert.hold is None else at
    return replace(alert, told=True, seq=alert.seq + 1, told_at=at, reminders=0, hold=None, asked_at=asked_at)


def _transition(alert: Alert, reason: Reason, now: Moment, to: tuple[str, ...] = ()) -> Transition:
    return Transition(reason, now, alert.episode, alert.seq, alert.step, alert.anchor, to)


def _by_itself(policy: Policy, alert: Alert, told: list[Transition], now: Moment, until: Moment) -> Advance:
    """Remind, and pass on. Of the reminders that were missed one is told; the others count as passed."""
    reminders, next_reminder = policy.reminded(alert, now)
    if reminders > alert.reminders:
        asked_at = alert.asked_at if alert.told else now
        alert = replace(alert, told=True, seq=alert.seq + 1, reminders=reminders, asked_at=asked_at)
        told.append(_transition(alert, Reason.REMINDED, now))
    if not alert.told:
        return Advance(alert, tuple(told), min(until, next_reminder))
    passed, next_role = policy.passed_on(alert, now)
    if passed > alert.passed_on:
        due = policy.timing.escalate[alert.passed_on : passed]
        roles = tuple(each.to for each in due if each.to != alert.owner)  # whose it is knows of it
        alert = replace(alert, seq=alert.seq + bool(roles), passed_on=passed)
        told += [_transition(alert, Reason.PASSED_ON, now, roles)] if roles else []
    return Advance(alert, tuple(told), min(until, next_reminder, next_role))


# -- what changes ---------------------------------------------------------------------------------------------


def _compare(policy: Policy, alert: Alert | None, verdict: Verdict, cause: Cause, now: Moment) -> Advance:
    """A `change` rule: tell when what is watched is not what was last known of it. Nothing stays open."""
    if alert is not None and alert.live:  # an edit made another kind of rule of it
        ended = _end(alert, verdict, Reason.CLOSED, now)
        compared = _compare(policy, ended.alert, verdict, cause, now)
        return replace(compared, transitions=(*ended.transitions, *compared.transitions))
    if verdict.finding is Finding.DONE and alert is not None and alert.mark is not None:
        return Advance(replace(alert, mark=None), (), verdict.until)
    if verdict.finding is not Finding.JUDGED or verdict.mark is None:
        return Advance(alert, (), verdict.until)
    before = alert.mark if alert is not None else None
    if before == verdict.mark:
        return Advance(alert, (), verdict.until)
    known = _marked(alert, verdict.mark, now)
    if before is None or cause is Cause.RULES or not _is_news(policy.watch, before, verdict.mark):
        return Advance(known, (), verdict.until)
    return _told_at_once(known, verdict, now)


def _is_news(watch: Watch | None, before: str, after: str) -> bool:
    """Whether the change from *before* to *after*, both marks, goes the way that is watched."""
    if watch not in (Watch.RISES, Watch.FALLS):
        return True
    was, is_now = json.loads(before), json.loads(after)
    return bool(is_now > was) if watch is Watch.RISES else bool(is_now < was)


def _marked(alert: Alert | None, mark: str, now: Moment) -> Alert:
    if alert is None:
        return Alert(open=False, opened_at=now, step=None, episode=0, mark=mark)
    return replace(alert, mark=mark)


def _told_at_once(alert: Alert, verdict: Verdict, now: Moment) -> Advance:
    """An episode that is over as soon as it is told."""
    alert = replace(alert, opened_at=now, episode=alert.episode + 1, seq=1)
    told = Transition(Reason.OPENED, now, alert.episode, 1, verdict.step, verdict.anchor)
    return Advance(alert, (told,), verdict.until)


HERE, GONE = "here", "gone"  # the marks of an item of a list that is watched


def known_list(now: Moment) -> Alert:
    """What is remembered of a list once all its items have been seen: from then on a new one is news."""
    return Alert(open=False, opened_at=now, step=None, episode=0, mark=HERE)


def appeared(
    policy: Policy, listed: Alert | None, alert: Alert | None, verdict: Verdict, cause: Cause, now: Moment
) -> Advance:
    """An item is in the list that a `change` rule watches; *listed* is the list's own row, `known_list`.

    It is news if the list was known before, and it was not in it. An item for which the rule does not apply is
    remembered as any other; one of which that is unknown is not seen yet.
    """
    if verdict.finding is Finding.UNKNOWN or (alert is not None and alert.mark == HERE):
        return Advance(alert, (), verdict.until)
    seen = _marked(alert, HERE, now)
    applies = verdict.finding is Finding.JUDGED
    if policy.watch is not Watch.ADDED or listed is None or cause is Cause.RULES or not applies:
        return Advance(seen, (), verdict.until)
    return _told_at_once(seen, verdict, now)


def disappeared(policy: Policy, alert: Alert, cause: Cause, now: Moment) -> Advance:
    """An item that was in the list that a `change` rule watches is no longer in it; the list itself was read."""
    if alert.mark != HERE:
        return Advance(alert, (), FOREVER)
    gone = replace(alert, mark=GONE)
    if policy.watch is not Watch.REMOVED or cause is Cause.RULES:
        return Advance(gone, (), FOREVER)
    return _told_at_once(gone, Verdict(Finding.JUDGED, policy.ladder[0]), now)


# -- what people do -------------------------------------------------------------------------------------------


class Acted(NamedTuple):
    """An alert after a person acted on it, and what is worth telling of that; None where nothing changed."""

    alert: Alert
    told: Transition | None


def acknowledge(alert: Alert, by: str, until: Moment, because: str, now: Moment) -> Acted:
    """Somebody cares about the open *alert*: no reminders, no passing on, until it lapses at *until*."""
    return _held(alert, AlertHold(HoldKind.ACKNOWLEDGED, by, now, until, because, alert.step))


def snooze(alert: Alert, by: str, until: Moment, because: str, now: Moment) -> Acted:
    """Nothing of the open *alert* is told before *until*, but its resolution."""
    return _held(alert, AlertHold(HoldKind.SNOOZED, by, now, until, because, alert.step))


def _held(alert: Alert, hold: AlertHold) -> Acted:
    if alert.hold is not None and replace(alert.hold, at=hold.at) == hold:
        return Acted(alert, None)
    reason = Reason.SNOOZED if hold.kind is HoldKind.SNOOZED else Reason.ACKNOWLEDGED
    return _acted(replace(alert, hold=hold), reason, hold.by, hold.because, hold.at)


def hand_over(alert: Alert, to: str, by: str, because: str, now: Moment) -> Acted:
    """From now on the role *to* cares about the open *alert*, and has the full time to say so."""
    if alert.owner == to:
        return Acted(alert, None)
    snoozed = alert.hold is not None and alert.hold.kind is HoldKind.SNOOZED
    handed = replace(alert, owner=to, hold=alert.hold if snoozed else None, asked_at=now)
    return _acted(handed, Reason.HANDED_OVER, by, because, now)


def reopen(alert: Alert, by: str, because: str, now: Moment) -> Acted:
    """Take back what was said of the open *alert*. A step that a snooze kept quiet is told at the next look."""
    hold = alert.hold
    if hold is None:
        return Acted(alert, None)
    quiet = hold.kind is HoldKind.SNOOZED and (hold.step != alert.step or not alert.told)
    left = replace(hold, until=min(hold.until, now)) if quiet else None
    return _acted(
        replace(alert, hold=left, told_at=now, reminders=0, asked_at=now), Reason.REOPENED, by, because, now
    )


def _acted(alert: Alert, reason: Reason, by: str, because: str, now: Moment) -> Acted:
    alert = replace(alert, seq=alert.seq + 1, acted_by=by, because=because)
    return Acted(alert, _transition(alert, reason, now))
