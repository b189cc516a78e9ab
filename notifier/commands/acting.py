"""What the commands that act on an open alert share: which one is meant, until when, and the way to the inbox."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import click

from notifier.clock import Clock
from notifier.commands.common import stop, user
from notifier.commands.database import look, put
from notifier.commands.known import where
from notifier.core.alert import AlertState
from notifier.core.audience import said as role_said
from notifier.core.calendar import FOREVER, Locale, parse_duration, parse_span
from notifier.core.vocabulary import suggestion
from notifier.core.words import plain, say_list, say_local_time
from notifier.files.places import read_files
from notifier.files.table import day
from notifier.flow.acting import said_of
from notifier.ports import Act

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from notifier.core.account import Account
    from notifier.core.alert import Alert
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.rule import Rule
    from notifier.core.subject import Subject
    from notifier.files.places import Files, Places
    from notifier.ports import Tx

MOST_NAMED = 10  # of what there is, where somebody names something that is not there
LONGEST_REASON = 300  # characters
TAKES_EFFECT = "It takes effect now, or as soon as the service next runs."


@dataclass(frozen=True, slots=True)
class Options:
    """The commands' options; each command has those that it needs."""

    grant: str | None = None
    until: str | None = None
    length: str | None = None
    because: str = ""
    to: str | None = None
    value: str | None = None
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    demo: bool = False


@dataclass(frozen=True)
class Meant:
    """The open *alert* that a person means, and all that is needed to act on it at *now*."""

    places: Places
    account: Account
    subject: Subject
    alert: Alert
    now: Moment

    @cached_property
    def files(self) -> Files:
        """What the files say now; mistakes in them forbid no act."""
        return read_files(self.places, self.now)

    @property
    def rule(self) -> Rule | None:
        """The rule behind the alert, as it holds for the account; None if it cannot be read."""
        book, today = self.files.rulebook, self.account.locale.day_of(self.now)
        programs = (book.program(name, self.account, today) for name in book.programs)
        rules = (rule for program in programs if program is not None for rule in program.rules)
        return next((rule for rule in rules if rule.id == self.subject.rule), None)

    @property
    def named(self) -> str:
        """How sentences name the alert: ``credits-used of lab, grant 2026``."""
        item = f" {self.subject.item}" if self.subject.item else ""
        return plain(f"{short(self.subject.rule)}{item} of {self.account.about(self.subject.grant)}")

    def when(self, moment: Moment) -> str:
        """A moment in the account's zone."""
        return say_local_time(moment, self.account.locale, self.now)

    def act(self, kind: str, because: str = "", **said: Observed) -> None:
        """Leave an act of whoever types this in the inbox."""
        because = " ".join(plain(because).split())
        if len(because) > LONGEST_REASON:
            stop(f"--because has {len(because)} characters; {LONGEST_REASON} are the most")
        everything = said_of(self.subject, because=because, **said)
        account, grant = self.subject.account, self.subject.grant
        put(self.places, [Act(uuid.uuid4().hex, kind, account, grant, everything, self.now, user())])


def short(rule: str) -> str:
    """A rule's id without its program."""
    return rule.rpartition("/")[2]


def meant(account: str, rule: str, item: str | None, options: Options) -> Meant:
    """The open alert that is meant; ends if there is none, or several, and says what there is."""
    places, now = where(options.rules, options.accounts, demo=options.demo, state=options.state), Clock().now()
    if not places.database.exists():
        stop("the service has not run here yet: `run` starts it, and what it tells can be answered then")
    known, alerts = look(places, lambda tx: _known(tx, account))
    if known is None:
        ids = look(places, lambda tx: tx.account_ids())
        stop(f"there is no account `{account}`{suggestion(account, ids) or there(ids)}")
    of_rule = {subject: alert for subject, alert in alerts.items() if rule in (subject.rule, short(subject.rule))}
    is_open = [subject for subject, alert in of_rule.items() if alert.open]
    if not is_open:
        stop(_not_open(rule, known, of_rule, alerts, read_files(places, now)))
    subject = _one(_of_grant(is_open, options.grant), item)
    return Meant(places, known, subject, alerts[subject], now)


def _known(tx: Tx, account: str) -> tuple[Account | None, dict[Subject, Alert]]:
    return next(iter(tx.accounts([account])), None), tx.alerts([account])


def _not_open(
    rule: str, account: Account, of_rule: dict[Subject, Alert], alerts: dict[Subject, Alert], files: Files
) -> str:
    """Why nothing of *rule* can be acted on, and what could be."""
    is_open = sorted({short(subject.rule) for subject, alert in alerts.items() if alert.open})
    others = f"; open there: {say_list(is_open)}" if is_open else ""
    pending = [alert for alert in of_rule.values() if alert.state is AlertState.PENDING]
    if pending:
        return f"`{rule}` is pending for {account.id}: it has not lasted long enough to be told{others}"
    names = {name for each in files.rulebook.rules for name in (each.id, short(each.id))}
    if rule in names or of_rule:
        return f"`{rule}` is not open for {account.id}{others or '; nothing is open there'}"
    near = suggestion(rule, is_open) or suggestion(rule, names)
    return f"there is no rule `{rule}`{near or others}"


def _of_grant(subjects: Sequence[Subject], grant: str | None) -> list[Subject]:
    """Those of *grant*, or all where none was named and there is no choice."""
    grants = list(dict.fromkeys(subject.grant for subject in subjects))
    if grant is None and len(grants) > 1:
        stop(f"it is open for several grants; say which with --grant: {say_list(grants)}")
    if grant is not None and grant not in grants and "" not in grants:
        stop(f"it is not open for a grant `{grant}`{suggestion(grant, grants) or there(grants)}")
    return [subject for subject in subjects if grant is None or subject.grant in (grant, "")]


def _one(subjects: Sequence[Subject], item: str | None) -> Subject:
    by_item = {subject.item: subject for subject in subjects}
    if item is None and len(by_item) == 1:
        return next(iter(by_item.values()))
    if item is None:
        stop(f"it is open for several items; say which{there(by_item)}")
    if item not in by_item:
        none = "; it is not judged item by item" if list(by_item) == [""] else there(by_item)
        stop(f"it is not open for `{item}`{suggestion(item, by_item) or none}")
    return by_item[item]


def there(known: Iterable[str]) -> str:
    """``; there are a, b and 3 more``."""
    names = list(known)
    more = [f"{len(names) - MOST_NAMED:,} more"] if len(names) > MOST_NAMED else []
    return f"; there {'are' if len(names) > 1 else 'is'} {say_list(names[:MOST_NAMED] + more) or 'none'}"


def until(options: Options, otherwise: str | None, locale: Locale, now: Moment) -> Moment:
    """The moment that ``--until`` or ``--for`` name; *otherwise* is the length without them.

    Ends if they name none that is still to come.
    """
    if options.until is not None and options.length is not None:
        stop("`--until` names a day and `--for` a length: one of them is enough")
    if options.until is None and options.length is None and otherwise is None:
        stop("say how long with `--for`, such as 3 days, or with `--until`, such as 2026-12-01")
    try:
        at = (
            _on(options.until, locale) if options.until else _after(options.length or otherwise or "", locale, now)
        )
    except ValueError as error:
        stop(f"{'--until' if options.until else '--for'} {error}")
    if at <= now:
        stop(f"--until {options.until} is over: at {locale.tell_at:%H:%M} of that day it would end")
    if at >= FOREVER:
        stop("that is further away than any calendar goes; what is never to be told is better switched `off`")
    return at


def _on(text: str, locale: Locale) -> Moment:
    return locale.tells(day(text).toordinal())


def _after(text: str, locale: Locale, now: Moment) -> Moment:
    """Days end at the hour of telling, hours and minutes where they end."""
    try:
        duration = parse_duration(text)
    except ValueError:
        return locale.after(now, parse_span(text))
    if not duration:
        raise ValueError(f"{text!r} is no time at all")
    return locale.tells_after(now, duration)


def role(account: Account, named: str | None) -> str:
    """The role that is named; ends if nobody holds it."""
    if named is None:
        stop(f"say with --to to whom{there(account.people)}")
    if named not in account.people:
        stop(f"nobody is `{named}` for {account.id}{suggestion(named, account.people) or there(account.people)}")
    return named


def person(account: Account, held: str) -> str:
    """``PI (A. Researcher)``."""
    return plain(f"{role_said(held)} ({account.people[held]})")


def say(*lines: str) -> None:
    """Print what came of it, and when it counts."""
    for line in (*lines, TAKES_EFFECT):
        click.echo(line)
