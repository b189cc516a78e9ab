"""How everything stands for one recipient of digests: the grants of all accounts on which they are named.

An office has thousands of them: they are looked at in batches, the most pressing are kept, the rest is counted.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from notifier.core.delivery import State as Delivered
from notifier.core.digest import DAYS_AHEAD, MOST_COMING, MOST_FINE, MOST_NEEDS, MOST_TROUBLES, Listed, Outlook
from notifier.core.known import BALANCES, SOURCES
from notifier.core.message import Line
from notifier.core.scene import Scene
from notifier.core.undelivered import place_of
from notifier.core.words import say_count, say_day, say_local_time
from notifier.flow.ahead import Ahead, ahead
from notifier.flow.balance import balance, say_credits
from notifier.flow.declare import SOURCE as DECLARED
from notifier.flow.finding import Case, OpenAlert, judged, said
from notifier.flow.headline import State, headline
from notifier.flow.hold import ACCOUNT as ITSELF
from notifier.flow.snapshot import Snapshot
from notifier.flow.subjects import NO_GRANT, SERVICE_GRANT, failing, watched_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.account import Account, Grant
    from notifier.core.audience import Ways
    from notifier.core.calendar import Day, Locale, Moment
    from notifier.core.delivery import Delivery
    from notifier.core.rule import Rulebook
    from notifier.ports import Tx

MOST_AT_ONCE = 500  # accounts
NEED_A_PERSON = (State.NEEDS_YOU, State.UNREADABLE)
WORDS = {
    State.FINE: "running",
    State.ENDS_SOON: "ending soon",
    State.WAITS: "waiting for credits",
    State.PAUSED: "paused",
    State.OVER: "over",
}
Rank = tuple[int, bool, int, str]


@dataclass(frozen=True, slots=True)
class Recipient:
    """A destination that hears digests, and on which *accounts* it is named.

    *every* says when (``Monday at 08:00``), *locale* is where it is at home.
    """

    destination: str
    accounts: tuple[str, ...]
    locale: Locale
    every: str

    @property
    def runs_the_service(self) -> bool:
        """Whether it is named on the account of the service itself: then it hears of what fails anywhere."""
        return ITSELF in self.accounts


@dataclass(slots=True)
class _Tally:
    """What was found so far; of every list only the most pressing are kept."""

    recipient: Recipient
    now: Moment
    grants: int = 0
    needs: list[tuple[Rank, Line]] = field(default_factory=list)
    coming: list[tuple[Moment, str, Case, Ahead]] = field(default_factory=list)
    fine: list[tuple[str, Line]] = field(default_factory=list)
    states: Counter[State] = field(default_factory=Counter)
    will_come: int = 0
    service: list[Line] = field(default_factory=list)
    unread: list[tuple[Moment, Line]] = field(default_factory=list)
    reached: set[str] = field(default_factory=set)
    oldest: tuple[Moment, str, str] | None = None

    def shorten(self) -> None:
        """Let go of what will not be said."""
        self.needs = sorted(self.needs, key=lambda each: each[0])[:MOST_NEEDS]
        self.coming = sorted(self.coming, key=lambda each: each[:2])[:MOST_COMING]
        self.fine = sorted(self.fine, key=lambda each: each[0])[: MOST_FINE + 1]


def outlook(
    tx: Tx, rulebook: Rulebook, recipient: Recipient, now: Moment, ways: Ways, before: Delivery | None = None
) -> Outlook:
    """Look at everything that concerns *recipient*; *before* is the digest that they were owed last."""
    tally = _Tally(recipient, now)
    troubled = tx.troubled()
    for start in range(0, len(recipient.accounts), MOST_AT_ONCE):
        ids = recipient.accounts[start : start + MOST_AT_ONCE]
        _look(rulebook, ways, tally, _snapshot(tx, ids, troubled))
        tally.shorten()
    few = sum(tally.states.values()) <= MOST_FINE
    unread = sorted(tally.unread, key=lambda each: each[0])
    return Outlook(
        accounts=len(set(recipient.accounts) - {ITSELF}),
        grants=tally.grants,
        every=recipient.every,
        needs=Listed(tuple(line for _, line in tally.needs), tally.grants - sum(tally.states.values())),
        coming=Listed(tuple(found.line(case) for *_, case, found in tally.coming), tally.will_come),
        fine=Listed(tuple(line for _, line in tally.fine) if few else (), sum(tally.states.values())),
        states=tuple((WORDS[state], tally.states[state]) for state in State if tally.states[state]),
        service=Listed(tuple(tally.service[:MOST_TROUBLES]), len(tally.service)),
        troubles=_troubles(troubled, recipient),
        failing=_failing(tx, tally),
        unread=Listed(tuple(line for _, line in unread[:MOST_TROUBLES]), len(unread)),
        oldest=_oldest(tally),
        rules=_rules(rulebook, before, recipient.locale, now),
        watched=len(set(tx.account_ids()) - {ITSELF}) if recipient.runs_the_service else None,
    )


def _snapshot(tx: Tx, ids: Sequence[str], troubled: Sequence[Delivery]) -> Snapshot:
    """What the service remembers of the accounts *ids*; of what was owed, only what could not be told."""
    lost: dict[tuple[str, str], list[Delivery]] = {}
    for each in troubled:
        lost.setdefault((each.account, each.grant), []).append(each)
    accounts = {account.id: account for account in tx.accounts(ids)}
    return Snapshot(accounts, tx.readings(ids), tx.failures(ids), tx.alerts(ids), lost)


def _look(rulebook: Rulebook, ways: Ways, tally: _Tally, snapshot: Snapshot) -> None:
    """Take in the accounts of *snapshot*, as the service knows them."""
    unreadable = failing(snapshot.failures)
    for name, account in snapshot.accounts.items():
        tally.reached |= {to for person in account.people.values() if (to := ways.to(person.reach)) is not None}
        _age(account, snapshot, tally)
        readings = snapshot.readings.get(name, ())
        known = watched_of(rulebook, account, readings, tally.now, unreadable.get(name, ()))
        for each in known:
            scene = Scene(account, each.program, each.facts, tally.now, ways)
            terms = rulebook.programs.get(each.grant.program, each.program)
            _count(Case(scene, each.grant, terms, snapshot, each.leads, each.leads_program), tally)
        judged_ones = {each.grant.id for each in known}
        for grant in account.grants:
            if grant.id not in judged_ones:
                _miss(account, grant, tally)


def _miss(account: Account, grant: Grant, tally: _Tally) -> None:
    """Take in a grant that nobody can judge."""
    about = account.about(grant.id)
    says = f"cannot be judged: the rules of its program `{grant.program}` cannot be read"
    tally.grants += 1
    tally.needs.append(((State.UNREADABLE.rank, True, 0, about), Line(about, says)))


def _count(case: Case, tally: _Tally) -> None:
    """Take in one grant; an account without grants counts only where something of it needs a person."""
    alerts, unknown = judged(case)
    if case.grant == SERVICE_GRANT:
        tally.service += [_of_the_service(case, alert) for alert in alerts]
        return
    found = list(ahead(case, DAYS_AHEAD))
    tally.will_come += len(found)
    tally.coming += [(each.told.at, case.scene.account.id, case, each) for each in found]
    if case.grant == NO_GRANT and not any(alert.pressing for alert in alerts):
        return
    state, says = headline(case, alerts, unknown)
    about = case.scene.account.about(case.grant.id)
    tally.grants += 1
    if state in NEED_A_PERSON:
        line = Line(about, says.removeprefix(f"{State.NEEDS_YOU}: "), state=_words(case), share=_share(case))
        tally.needs.append((_rank(state, alerts, about, case.today), line))
    else:
        tally.states[state] += 1
        tally.fine.append((about, Line(about, says, state=_words(case), share=_share(case))))


def _of_the_service(case: Case, alert: OpenAlert) -> Line:
    message = said(case, alert)
    return Line(message.headline, message.say, state=message.next)


def _rank(state: State, alerts: Sequence[OpenAlert], about: str, today: Day) -> Rank:
    """What a person looks at first: what needs them, what is urgent, the earliest date, or else today."""
    urgent = any(alert.urgent for alert in alerts)
    dates = [alert.anchor for alert in alerts if alert.pressing and alert.anchor]
    return state.rank, not urgent, min(dates, default=today), about


def _share(case: Case) -> float | None:
    standing = balance(case.scene)
    return None if _is_over(standing.days_left) else standing.used_share


def _is_over(days_left: int | None) -> bool:
    return days_left is not None and days_left < 0


def _words(case: Case) -> str:
    """``83% used, 168.60 USD of 1,000.00 USD left; access ends on 31 May, in 9 days; used up about 20 May …``."""
    standing, account, now = balance(case.scene), case.scene.account, case.scene.now
    if _is_over(standing.days_left) or case.grant == NO_GRANT:
        return ""
    used = say_credits(standing, account.locale)
    parts = [used if standing.used_share is not None else f"credits {used}"]
    if standing.ends is not None and standing.days_left is not None:
        left = f"in {say_count(standing.days_left, 'day')}" if standing.days_left else "today"
        parts.append(f"access ends on {say_day(standing.ends, account.locale, now)}, {left}")
    place = case.scene.program.vocabulary.place("runs_out_on")
    runs_out = case.scene.facts.values[place] if place is not None else None
    if isinstance(runs_out, int) and runs_out > standing.today:
        outlasts = standing.ends is not None and runs_out > standing.ends
        day = say_day(runs_out, account.locale, now)
        parts.append("not used up by then at this pace" if outlasts else f"used up about {day} at this pace")
    return "; ".join(parts)


def _age(account: Account, snapshot: Snapshot, tally: _Tally) -> None:
    """How old the account's figures are, and which of its sources are silent."""
    locale = tally.recipient.locale
    for source, since, why in snapshot.failing(account):
        said = f"{source}, since {say_local_time(since, locale, tally.now)}: {why}"
        tally.unread.append((since, Line(account.id, said)))
    heard = [each for each in snapshot.readings.get(account.id, ()) if each.source != DECLARED]
    of_money = [each for each in heard if each.costs is not None or BALANCES & each.account.keys()] or heard
    newest = max(((each.at, account.id, each.source) for each in of_money), default=None)
    if newest is not None and account.id != ITSELF:
        tally.oldest = newest if tally.oldest is None else min(tally.oldest, newest)


def _oldest(tally: _Tally) -> str:
    if not set(tally.recipient.accounts) - {ITSELF}:
        return ""
    if tally.oldest is None:
        return "no figures yet: nothing was read, and nobody has recorded any"
    at, account, source = tally.oldest
    said = say_local_time(at, tally.recipient.locale, tally.now)
    return f"the oldest figures are those of {account}, {said} ({SOURCES.get(source, source)})"


def _troubles(troubled: Sequence[Delivery], recipient: Recipient) -> Listed:
    """What was given up and is neither told nor dropped since; the newest first."""
    concerns = set(recipient.accounts)
    lost = [
        each
        for each in reversed(troubled)
        if each.state is Delivered.GIVEN_UP
        and not each.leader
        and (each.account in concerns or recipient.runs_the_service)
    ]
    return Listed(tuple(_lost(each) for each in lost[:MOST_TROUBLES]), len(lost))


def _lost(each: Delivery) -> Line:
    return Line(f"to {place_of(each.destination)}", each.post.title if each.post else each.account, state=each.why)


def _failing(tx: Tx, tally: _Tally) -> Listed:
    """The destinations that cannot be told now: of the accounts' people; for who runs the service, of anybody."""
    everywhere = tally.recipient.runs_the_service
    found = [
        each for each in tx.destinations() if each.failing_since and (everywhere or each.name in tally.reached)
    ]
    lines = [
        Line(
            place_of(each.name),
            f"since {say_local_time(each.failing_since, tally.recipient.locale, tally.now)}: {each.why}",
        )
        for each in found[:MOST_TROUBLES]
    ]
    return Listed(tuple(lines), len(found))


def version(rulebook: Rulebook) -> str:
    """What names the rules in force, short enough to be kept with each digest."""
    return rulebook.fingerprint[:12]


def _rules(rulebook: Rulebook, before: Delivery | None, locale: Locale, now: Moment) -> str:
    """Whether the rules are still those by which the last digest was made."""
    if before is None or before.told.step is None:
        return ""
    day = say_day(locale.day_of(before.told.at), locale, now)
    if before.told.step == version(rulebook):
        return f"the rules are those of the last digest, {day}"
    return f"the rules were edited since the last digest, {day}"
