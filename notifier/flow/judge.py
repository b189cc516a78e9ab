"""Facts to alerts: the accounts that are due are judged in batches, and everything they cause commits together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Advance, Alert, Cause, Policy, advance
from notifier.core.audience import CONSOLE_ONLY, Ways, audience
from notifier.core.calendar import FOREVER, Locale, Moment
from notifier.core.facts import Expected, Facts, Reading, assemble
from notifier.core.verdict import CLOSED
from notifier.flow.hold import weighing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.account import Account, Grant
    from notifier.core.rule import Program, Rule, Rulebook
    from notifier.ports import Subject, Tx

MOST_AT_ONCE = 500


def judge(tx: Tx, rulebook: Rulebook, now: Moment, ways: Ways = CONSOLE_ONLY) -> int:
    """Judge at most 500 accounts that are due at *now*; returns how many were. Call again until none is.

    What is told is owed to the destinations through which *ways* reach people.
    """
    due = dict(tx.due(now, rulebook.fingerprint, MOST_AT_ONCE))
    if not due:
        return 0
    event, edit = tx.new_event(), weighing(tx)
    readings, alerts = tx.readings(due), _by_account(tx.alerts(due))
    for account in tx.accounts(due):
        cause = due[account.id]
        held = edit is not None and cause in (Cause.RULES, Cause.EDITED)
        number = edit.event if edit and held else event
        judgement = _Judgement(tx, account, cause, now, number, ways, held=held)
        for grant in account.grants:
            judgement.judge(grant, rulebook, readings.get(account.id, []), alerts.get(account.id, {}))
        judgement.close_vanished(rulebook, alerts.get(account.id, {}))
        tx.arm(account.id, judgement.until, rulebook.fingerprint)
    return len(due)


def look(program: Program, account: Account, grant: Grant, readings: Sequence[Reading], now: Moment) -> Facts:
    """What is known of *grant* at *now*, ready to be judged."""
    expected = Expected(account.id, account.locale, frozenset(name for name, _ in account.sources))
    formulas = program.bound(account.locale).formulas
    return assemble(program.vocabulary, formulas, readings, expected, grant.id, now)


def heard_from(grant: Grant, locale: Locale) -> Moment:
    """The start of the day of enrolment: steps before it count as passed."""
    return 0 if grant.enrolled_on is None else locale.ends(grant.enrolled_on - 1)


def _by_account(alerts: Mapping[Subject, Alert]) -> dict[str, dict[Subject, Alert]]:
    by_account: dict[str, dict[Subject, Alert]] = {}
    for subject, alert in alerts.items():
        by_account.setdefault(subject[1], {})[subject] = alert
    return by_account


class _Judgement:
    """One account being judged for one cause; what follows is written to the transaction as it is found."""

    def __init__(
        self, tx: Tx, account: Account, cause: Cause, now: Moment, event: int, ways: Ways, *, held: bool = False
    ) -> None:
        self.tx, self.account, self.cause, self.now, self.event = tx, account, cause, now, event
        self.ways, self.held = ways, held
        self.today = account.locale.day_of(now)
        ends = [each.until for each in account.in_force(self.today) if each.until is not None]
        self.until: Moment = min(map(account.locale.ends, ends), default=FOREVER)

    def judge(
        self, grant: Grant, rulebook: Rulebook, readings: Sequence[Reading], alerts: Mapping[Subject, Alert]
    ) -> None:
        """Judge every rule of the grant's program. Without its file nothing is known, so nothing moves."""
        program = rulebook.program(grant.program, self.account, self.today)
        if program is None:
            return
        facts = look(program, self.account, grant, readings, self.now)
        self.until = min(self.until, facts.fresh_until)
        since = heard_from(grant, self.account.locale)
        for rule, policy, judge in program.bound(self.account.locale).judges:
            subject = (rule.id, self.account.id, grant.id)
            before = alerts.get(subject)
            verdict = judge(facts.values, self.now)
            after = advance(policy, before, verdict, self.cause, self.now, heard_from=since)
            self.until = min(self.until, after.until)
            if after.alert != before:
                self.write(subject, after, rule, policy)

    def write(self, subject: Subject, after: Advance, rule: Rule | None, policy: Policy) -> None:
        """The alert's new state and what it owes to whom, in the same transaction."""
        assert after.alert is not None
        self.tx.put_alert(subject, after.alert)
        for transition in after.transitions:
            hears = audience(self.account, rule, policy, transition.step, self.ways)
            for destination in hears.destinations:
                self.tx.owe(subject, transition, destination, self.cause, self.event, held=self.held)

    def close_vanished(self, rulebook: Rulebook, alerts: Mapping[Subject, Alert]) -> None:
        """Close what no rule or no grant stands behind any more."""
        grants = {grant.id: grant.program for grant in self.account.grants}
        for subject, alert in alerts.items():
            rule, _, grant = subject
            gone = grant not in grants
            unread = not gone and grants[grant] not in rulebook.programs
            if not alert.open or unread or (not gone and rulebook.rule(grants[grant], rule)):
                continue
            self.write(subject, advance(Policy(()), alert, CLOSED, self.cause, self.now), None, Policy(()))
