"""What will be told in the next weeks if nothing but time changes: one line for each alert, no letter composed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Alert, Cause, Reason, advance
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.message import OVER, Line, Told, filler
from notifier.core.words import say_day
from notifier.flow.subjects import Question, questions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.calendar import Moment
    from notifier.flow.finding import Case

MOST_HOPS = 1_000  # as for a timeline: past it something is wrong with the rule, not with time


@dataclass(frozen=True, slots=True)
class Ahead:
    """The next message about one alert: *question* is what finds it, *told* what it will tell, and when."""

    question: Question
    told: Told

    def line(self, case: Case) -> Line:
        """``3 December · lab · The summary is due in 2 weeks``, as it will be said then, without the letter."""
        account, now = case.scene.account, case.scene.now
        scene = replace(case.scene, facts=self.question.facts, now=self.told.at)
        title = filler(self.question.rule, self.told, scene)(self.question.rule.title)
        title += " (again)" if self.told.reason is Reason.REMINDED else ""
        day = account.locale.day_of(self.told.at)
        return Line(account.about(case.grant.id), title, say_day(day, account.locale, now))


def ahead(case: Case, days: int) -> Iterator[Ahead]:
    """What comes about the grant of *case* within so many *days*: of each alert what comes first.

    What a pause holds comes when it is over, and not at all while it has no end.
    """
    locale, now = case.scene.account.locale, case.scene.now
    until = now + days * SECONDS_A_DAY
    for question in questions(case.scene.account, case.watched):
        told = _first(question, case.snapshot.alerts.get(question.subject), now, until)
        if told is None:
            continue
        urgent = bool(question.rule.urgent.at(question.policy.rank(told.step)))
        pause = None if urgent else case.scene.account.pause(case.grant.id, locale.day_of(told.at))
        if pause is not None and pause.until is None:
            continue
        at = told.at if pause is None or pause.until is None else locale.tells(pause.until + 1)
        if at <= until:
            yield Ahead(question, replace(told, at=at))


def _first(question: Question, alert: Alert | None, now: Moment, until: Moment) -> Told | None:
    """What is told next of *alert* by *until*; its end is not told ahead."""
    at = now
    for _ in range(MOST_HOPS):
        verdict = question.judge(question.facts.values, at)
        after = advance(
            *(question.policy, alert, verdict, Cause.MOMENT, at),
            heard_from=question.heard_from,
        )
        for told in after.transitions:
            if at > now and told.reason not in OVER:
                return Told(told.reason, at, told.step, told.anchor)
        alert, at = after.alert, after.until
        if at > until:
            return None
    return None
