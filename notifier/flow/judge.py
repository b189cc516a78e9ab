"""Facts to alerts: the accounts that are due are judged in batches, and everything they cause commits together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Advance, Alert, Cause, Policy, advance, appeared, disappeared, known_list
from notifier.core.audience import CONSOLE_ONLY, Ways, audience, besides
from notifier.core.calendar import FOREVER, Moment
from notifier.core.conditions.change import LISTS
from notifier.core.message import OVER
from notifier.core.subject import Subject
from notifier.core.verdict import CLOSED, UNKNOWN
from notifier.flow.acting import threads
from notifier.flow.hold import weighing
from notifier.flow.itself import heard, look_at_itself
from notifier.flow.subjects import (
    Failing,
    Question,
    Watched,
    behind,
    failing,
    items_of,
    lists_watched,
    questions,
    record_of,
    watched_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from notifier.core.account import Account
    from notifier.core.facts import Facts, Reading
    from notifier.core.rule import Rule, Rulebook
    from notifier.ports import Tx

MOST_AT_ONCE = 500


def judge(tx: Tx, rulebook: Rulebook, now: Moment, ways: Ways = CONSOLE_ONLY) -> int:
    """Judge at most 500 accounts that are due at *now*; returns how many were. Call again until none is.

    What is told is owed to the destinations through which *ways* reach people.
    """
    due = dict(tx.due(now, rulebook.fingerprint, MOST_AT_ONCE))
    if not due:
        return 0
    event, edit = tx.new_event(), weighing(tx)
    look_at_itself(tx, due, now)
    readings, alerts = tx.readings(due), _by_account(tx.alerts(due))
    unreadable = failing(tx.failures(due))
    for account in tx.accounts(due):
        cause = due[account.id]
        held = edit is not None and cause in (Cause.RULES, Cause.EDITED)
        number = edit.event if edit and held else event
        judgement = _Judgement(tx, account, cause, now, number, ways, held=held)
        judgement.judge(
            rulebook,
            readings.get(account.id, []),
            alerts.get(account.id, {}),
            unreadable.get(account.id, ()),
        )
        tx.arm(account.id, judgement.until, rulebook.fingerprint)
    return len(due)


def _by_account(alerts: Mapping[Subject, Alert]) -> dict[str, dict[Subject, Alert]]:
    by_account: dict[str, dict[Subject, Alert]] = {}
    for subject, alert in alerts.items():
        by_account.setdefault(subject.account, {})[subject] = alert
    return by_account


class _Judgement:
    """One account being judged for one cause; what follows is written to the transaction as it is found."""

    def __init__(
        self, tx: Tx, account: Account, cause: Cause, now: Moment, event: int, ways: Ways, *, held: bool = False
    ) -> None:
        self.tx, self.account, self.cause, self.now, self.event = tx, account, cause, now, event
        self.ways, self.held = ways, held
        today = account.locale.day_of(now)
        ends = [each.until for each in account.in_force(today) if each.until is not None]
        self.until: Moment = min(map(account.locale.ends, ends), default=FOREVER)

    def judge(
        self,
        rulebook: Rulebook,
        readings: Sequence[Reading],
        alerts: Mapping[Subject, Alert],
        unreadable: Failing,
    ) -> None:
        """Ask every rule of every subject. Without a program's file nothing is known, so nothing moves."""
        known = watched_of(rulebook, self.account, readings, self.now, unreadable)
        asked = set[Subject]()
        for each in known:
            self.until = min(self.until, each.facts.fresh_until)
            for question in questions(self.account, each):
                asked.add(question.subject)
                self.ask(question, alerts)
            asked.update(self.remember_lists(each, alerts))
        for subject, alert in alerts.items():
            if subject not in asked and (alert.live or alert.mark is not None):
                self.vanish(subject, alert, rulebook, known)

    def ask(self, question: Question, alerts: Mapping[Subject, Alert]) -> None:
        """Let the verdict on one subject act on its alert."""
        policy, before = question.policy, alerts.get(question.subject)
        verdict = question.judge(question.facts.values, self.now)
        if policy.watch in LISTS:
            listed = alerts.get(question.subject._replace(item=""))
            after = appeared(policy, listed, before, verdict, self.cause, self.now)
        else:
            heard_from = question.heard_from
            after = advance(policy, before, verdict, self.cause, self.now, heard_from=heard_from)
        self.until = min(self.until, after.until)
        if after.alert != before:
            self.write(question.subject, after, question.rule, question.policy, question.facts)

    def write(
        self, subject: Subject, after: Advance, rule: Rule | None, policy: Policy, facts: Facts | None
    ) -> None:
        """The alert's new state and what it owes to whom, in the same transaction."""
        assert after.alert is not None
        self.tx.put_alert(subject, after.alert)
        for transition in after.transitions:
            if transition.to and self.account.people.keys().isdisjoint(transition.to):
                continue  # nobody holds the role that it is passed on to
            also = besides(rule, facts, after.alert, transition.to)
            hear = audience(self.account, rule, policy, transition.step, self.ways, also).destinations
            if after.alert.owner and transition.reason in OVER:  # the threads in which it was told end too
                hear = tuple(dict.fromkeys([*hear, *threads(self.tx, subject, transition.episode)]))
            for destination in heard(self.tx, self.account, hear, self.ways):
                self.tx.owe(subject, transition, destination, self.cause, self.event, held=self.held)

    def remember_lists(self, known: Watched, alerts: Mapping[Subject, Alert]) -> Iterator[Subject]:
        """Remember of each list that a `change` rule watches that it was seen; yields the rows that say so."""
        for rule in lists_watched(known, self.account.locale):
            subject = Subject(rule.id, self.account.id, "" if rule.of_account else known.grant.id)
            if items_of(rule, known.facts) is not None and subject not in alerts:
                self.tx.put_alert(subject, known_list(self.now))
            yield subject

    def vanish(self, subject: Subject, alert: Alert, rulebook: Rulebook, known: Sequence[Watched]) -> None:
        """Close what no rule, grant or item stands behind any more; what is behind an unread list stands still."""
        if self.is_unknown(subject, rulebook):
            return
        found = behind(subject, known)
        rule, facts = (found[1], found[0].facts) if found is not None else (None, None)
        policy = rule.policy_in(self.account.locale) if rule is not None else Policy(())
        unread = rule is not None and facts is not None and bool(rule.each) and items_of(rule, facts) is None
        if policy.watch in LISTS:
            after = Advance(alert, (), FOREVER) if unread else disappeared(policy, alert, self.cause, self.now)
        else:
            after = advance(policy, alert, UNKNOWN if unread else CLOSED, self.cause, self.now)
        if after.alert != alert:
            record = record_of(rule, facts, subject.item) if rule is not None and facts is not None else None
            self.write(subject, after, rule, policy, record)

    def is_unknown(self, subject: Subject, rulebook: Rulebook) -> bool:
        """Whether the file of the program behind *subject* is missing."""
        missing = {grant.id for grant in self.account.grants if grant.program not in rulebook.programs}
        return subject.grant in missing or (not subject.grant and bool(missing))
