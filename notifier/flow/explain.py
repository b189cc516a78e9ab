"""Why a rule tells what it tells, or nothing: what it asks, on what facts, what holds it back, what comes next.

It decides nothing: the same judging as the service's, looked at from beside.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.alert import Cause, Reason, advance, appeared
from notifier.core.audience import said as role_said
from notifier.core.calendar import FOREVER
from notifier.core.conditions.change import LISTS
from notifier.core.costs import Spending
from notifier.core.fact import Kind
from notifier.core.language.printer import written
from notifier.core.verdict import Finding
from notifier.core.words import say_list
from notifier.flow.asked import asked, rungs, timing
from notifier.flow.finding import judged
from notifier.flow.provenance import FOLLOWS, Known, known_of
from notifier.flow.why import Hold, Matter, holds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.alert import Advance, Alert, AlertState, Transition
    from notifier.core.calendar import Moment
    from notifier.core.verdict import Verdict
    from notifier.flow.asked import Part, Rung
    from notifier.flow.finding import Case
    from notifier.flow.record import Observations
    from notifier.flow.subjects import Question

MOST_HOPS = 500  # moments at which the rule is looked at without a word
NOT_INPUTS = (Kind.ITEMS, Kind.LABELS, Kind.MOMENTS)
SPOKEN = {
    Reason.OPENED: "`{step}` is told",
    Reason.ESCALATED: "`{step}` is told",
    Reason.MOVED: "`{step}` is told",
    Reason.STANDING: "it is named among what was open when the grant was enrolled",
    Reason.REMINDED: "a reminder is told",
    Reason.PASSED_ON: "it is passed on to {to}",
    Reason.LAPSED: "it asks again, if it is still open",
    Reason.RESOLVED: "it is resolved",
    Reason.CLOSED: "it closes",
}


@dataclass(frozen=True, slots=True)
class Next:
    """The next moment at which something happens by itself, and what that is."""

    at: Moment
    what: str


@dataclass(frozen=True, slots=True)
class Input:
    """One fact that the rule looks at; *formula* is what it is worked out from, as its file says."""

    known: Known
    formula: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """Everything there is to say of one rule and one subject."""

    matter: Matter
    inputs: tuple[Input, ...]
    asked: tuple[Part, ...]
    rungs: tuple[Rung, ...]
    timing: tuple[tuple[str, str], ...]
    holds: tuple[Hold, ...]
    next: Next | None

    @property
    def verdict(self) -> Verdict:
        """What the rule says now."""
        return self.matter.verdict

    @property
    def alert(self) -> Alert | None:
        """The alert as it is now; None where there never was one."""
        return self.matter.after.alert

    @property
    def state(self) -> AlertState | None:
        """How the alert stands; None where there never was one."""
        return self.alert.state if self.alert is not None else None

    @property
    def first(self) -> Hold | None:
        """The first thing that holds a message back; None where nothing does."""
        return next(iter(self.holds), None)


def explain(case: Case, question: Question, said: Observations, *, runs: bool) -> Explanation:
    """Explain one *question* of the case; *runs* says whether the service is running."""
    now = case.scene.now
    before = case.snapshot.alerts.get(question.subject)
    verdict = question.judge(question.facts.values, now)
    after = _after(case, question, before, verdict)
    opened = next((each for each in judged(case)[0] if each.question.subject == question.subject), None)
    matter = Matter(case, question, verdict, before, after, opened, runs)
    found = tuple(holds(matter))
    return Explanation(
        matter,
        tuple(_inputs(matter, said)),
        tuple(asked(question.rule, matter.reader)),
        rungs(question.rule, verdict, matter.reader),
        tuple(timing(question.rule)),
        found,
        _next(matter, found),
    )


def _after(case: Case, question: Question, before: Alert | None, verdict: Verdict) -> Advance:
    """What the service would make of *verdict* now."""
    now = case.scene.now
    if question.policy.watch in LISTS:
        listed = case.snapshot.alerts.get(question.subject._replace(item=""))
        return appeared(question.policy, listed, before, verdict, Cause.MOMENT, now)
    return advance(question.policy, before, verdict, Cause.MOMENT, now, heard_from=question.heard_from)


# -- on what facts -----------------------------------------------------------------------------------------------


def _inputs(matter: Matter, said: Observations) -> Iterator[Input]:
    """The facts that the rule looks at, and those that they are worked out from."""
    vocabulary, values = matter.rule.vocabulary, matter.scene.facts.values
    formulas = dict(matter.scene.program.formulas)
    places = [place for node in matter.rule.condition.expressions() for place in node.places()]
    seen = dict.fromkeys(places)
    for place in places:  # grows as formulas are followed
        more = [each for each in (formulas[place].places() if place in formulas else ()) if each not in seen]
        seen |= dict.fromkeys(more)
        places += more
    shown = [place for place in seen if vocabulary.facts[place].kind not in NOT_INPUTS]
    case = replace(matter.case, scene=matter.scene)
    for known in known_of(case, shown, said):
        if isinstance(known.value, Spending) and known.fact.kind is Kind.COSTS:
            known = replace(known, value=known.value.day - 1)  # the last whole day that was read  # noqa: PLW2901
        place = vocabulary.places[known.fact.name]
        followed = known.source == FOLLOWS and place in formulas and values[place] is not None
        yield Input(known, written(formulas[place], vocabulary) if followed else "")


# -- what comes next ---------------------------------------------------------------------------------------------


def _next(matter: Matter, found: tuple[Hold, ...]) -> Next | None:
    """The next moment at which something is told or ends by itself, if no fact changes."""
    coming = [each for each in (_told_next(matter), _given_way(found), _too_old(matter)) if each is not None]
    return min(coming, key=lambda each: each.at, default=None)


def _told_next(matter: Matter) -> Next | None:
    """Hop from moment to moment, as the service does, until something is told."""
    question, alert, step = matter.question, matter.after.alert, matter.after
    if question.policy.watch is not None or matter.rule.off:
        return None
    for _ in range(MOST_HOPS):
        at = step.until
        if at >= FOREVER:
            return None
        verdict = question.judge(question.facts.values, at)
        step = advance(question.policy, alert, verdict, Cause.MOMENT, at, heard_from=question.heard_from)
        if step.transitions:
            return Next(at, _spoken(step.transitions[0]))
        alert = step.alert
    return None


def _spoken(told: Transition) -> str:
    words = SPOKEN.get(told.reason, told.reason.value)
    return words.format(step=told.step or "", to=say_list([role_said(role) for role in told.to]) or "others")


def _given_way(found: tuple[Hold, ...]) -> Next | None:
    """When the first thing that holds the message back gives way, where that is known."""
    first = next(iter(found), None)
    if first is None or first.until is None:
        return None
    return Next(first.until, f"what holds it back now ({first.why}) is over")


def _too_old(matter: Matter) -> Next | None:
    """When facts that count now are too old to count, if nothing is read until then."""
    facts = matter.scene.facts
    polled = any(isinstance(facts.values[place], (int, float, str, Spending)) and _is_polled(matter, place)
                 for node in matter.rule.condition.expressions() for place in node.places())  # fmt: skip
    if not polled or facts.fresh_until >= FOREVER or matter.verdict.finding is Finding.UNKNOWN:
        return None
    return Next(facts.fresh_until, "what was read is too old to count, unless it is read again")


def _is_polled(matter: Matter, place: int) -> bool:
    """Whether a source said what stands at *place*, or a program in its stead."""
    reading, fact = matter.scene.facts.reading_of(place), matter.rule.vocabulary.facts[place]
    sources = matter.scene.account.readings
    return reading is not None and (reading.source in sources or fact.max_age is not None)
