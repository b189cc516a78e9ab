"""Random rules over random timelines, with random acts of people: the laws of alerts hold for all of them.

A timeline is looked at every half hour, or only when something happens or the last look said so.
"""

from bisect import bisect_right
from dataclasses import dataclass, replace

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notifier.core.alert import (
    Advance,
    Cause,
    HoldKind,
    Policy,
    Reason,
    acknowledge,
    advance,
    hand_over,
    reopen,
    snooze,
)
from notifier.core.calendar import FOREVER, parse_span
from notifier.core.facts import UNREAD
from notifier.core.timing import NO_TIMING, Timing, in_order, parse_escalation, parse_repeat
from notifier.core.verdict import DONE, Finding
from tests.core.helpers import condition, day, locale, moment, record, said

TELLINGS = {Reason.OPENED, Reason.ESCALATED, Reason.MOVED, Reason.STANDING}
OPENINGS = {Reason.OPENED, Reason.STANDING}
ENDINGS = {Reason.RESOLVED, Reason.CLOSED}
BY_ITSELF = {Reason.REMINDED, Reason.PASSED_ON, Reason.LAPSED}
ACTS = {Reason.ACKNOWLEDGED, Reason.SNOOZED, Reason.HANDED_OVER, Reason.REOPENED}

TICK = 1800
TICKS = 45 * 48
START = moment("2026-03-10 00:00")
FIRST, LAST = day("2026-03-05"), day("2026-05-01")
BEGUN = {"due_on": day("2026-04-02"), "wanted": True, "count": 5, "done": False}
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")

HARDLY = [None, UNREAD]
dates = st.integers(0, 9).flatmap(
    lambda of_ten: st.integers(FIRST, LAST) if of_ten < 8 else st.sampled_from(HARDLY)
)
values = {
    "due_on": dates,
    "other_on": dates,
    "count": st.sampled_from([*range(13), *HARDLY]),
    "done": st.sampled_from([False, False, True, *HARDLY]),
    "wanted": st.sampled_from([True, True, True, False, *HARDLY]),
}
STEPS = ["2 weeks before", "1 week before", "1 working day before", "on the day", "1 day after", "1 week after"]
deadlines = st.lists(st.sampled_from(STEPS), min_size=1, unique=True).map(
    lambda steps: {"deadline": "due_on", "steps": steps}
)
thresholds = st.builds(
    lambda levels, name, clear, per: {"threshold": "count", name: [str(level) for level in levels]} | clear | per,
    st.lists(st.integers(2, 11), min_size=1, max_size=3, unique=True),
    st.sampled_from(["reaches", "falls_to"]),
    st.sampled_from([{}, {"clear": "6"}]),
    st.sampled_from([{}, {}, {"per": "week"}, {"per": "month"}]),
)
states = st.just({"while": "wanted and not done"})
changes = st.sampled_from(["count", "count rises", "count falls", "due_on"]).map(lambda text: {"change": text})
gates = st.fixed_dictionaries(
    {},
    optional={
        "unless": st.sampled_from(["done", "done and wanted"]),
        "when": st.just("wanted"),
        "starting": st.sampled_from(["other_on", "1 week before due_on"]),
        "ending": st.just("1 week after other_on"),
    },
)
rules = st.builds(lambda asked, asked_too: asked | asked_too, deadlines | thresholds | states | changes, gates)
spans = st.sampled_from(["30 minutes", "6 hours", "1 day", "3 days", "2 working days"]).map(parse_span)
repeats = st.sampled_from(["every day", "every day, 3 times", "every 3 working days", "every week, 2 times"])
escalations = st.lists(
    st.builds(
        parse_escalation,
        st.sampled_from(["1 day", "3 working days", "1 week"]),
        st.sampled_from(["office", "dean"]),
    ),
    max_size=3,
).map(in_order)
repeated = st.none() | repeats.map(parse_repeat)
timings = st.just(NO_TIMING) | st.builds(Timing, st.none() | spans, repeated, escalations)


@dataclass(frozen=True)
class Deed:
    """What a person does to the alert, if it is open; *ticks* is how long it shall hold."""

    kind: str
    ticks: int

    def on(self, alert, now):
        until = now + self.ticks * TICK
        if self.kind == "ack":
            return acknowledge(alert, "ada", until, "on it", now)
        if self.kind == "snooze":
            return snooze(alert, "ada", until, "", now)
        return (
            hand_over(alert, "pi", "ada", "", now) if self.kind == "hand over" else reopen(alert, "ada", "", now)
        )


deeds = st.builds(Deed, st.sampled_from(["ack", "snooze", "hand over", "reopen"]), st.integers(1, 20 * 48))


@dataclass(frozen=True)
class Timeline:
    """What happens when: at a tick new facts, another rule, or something that a person does."""

    zone: str
    rules: list
    timings: list
    facts: dict
    deeds: dict
    heard_from: int

    def __post_init__(self):
        here = locale(self.zone, closed=["2026-04-03", "2026-04-06"])
        bound = [condition(**fields) for fields in self.rules]
        judges = [
            (Policy(made.ladder, timing, here, made.periodic, made.watch), made.bind(here))
            for made, timing in zip(bound, self.timings, strict=False)
        ]
        object.__setattr__(self, "judges", judges)
        known, changes = dict.fromkeys(values), sorted(self.facts)
        records = [record(**(known := known | self.facts[tick])) for tick in changes]
        object.__setattr__(self, "known", (changes, records))

    def at(self, tick):
        """The record, the rule and the cause of looking at *tick*."""
        changes, records = self.known
        edited = len(self.judges) > 1 and tick >= TICKS // 2
        cause = Cause.FACTS if tick in self.facts or tick in self.deeds else Cause.MOMENT
        facts = records[bisect_right(changes, tick) - 1]
        return facts, self.judges[edited], Cause.RULES if self.edit(tick) else cause

    def edit(self, tick):
        return len(self.judges) > 1 and tick == TICKS // 2

    def events(self):
        """The ticks at which something else than time happens."""
        edit = [TICKS // 2] if len(self.judges) > 1 else []
        return sorted({*self.facts, *self.deeds, *edit, TICKS})


facts = st.dictionaries(st.sampled_from(list(values)), st.none(), min_size=1, max_size=3).flatmap(
    lambda some: st.fixed_dictionaries({name: values[name] for name in some})
)


def timelines_of(rules=rules, timings=timings, most_rules=2, deeds=deeds, some_deeds=(0, 4)):
    ticks = st.integers(0, TICKS - 1)
    return st.builds(
        Timeline,
        st.sampled_from(ZONES),
        st.lists(rules, min_size=1, max_size=most_rules),
        st.lists(timings, min_size=2, max_size=2),
        st.dictionaries(ticks, facts, min_size=3, max_size=10).map(lambda facts: {0: BEGUN, **facts}),
        st.dictionaries(ticks, deeds, min_size=some_deeds[0], max_size=some_deeds[1]),
        st.just(0) | st.integers(0, TICKS).map(lambda tick: START + tick * TICK),
    )


timelines = timelines_of()
stepped = timelines_of(deadlines | thresholds | states)
untimed = timelines_of(deadlines | thresholds, st.just(NO_TIMING), some_deeds=(0, 0))
held = timelines_of(
    st.builds(
        dict.__or__,
        st.lists(st.sampled_from(STEPS), min_size=3, unique=True).map(
            lambda steps: {"deadline": "due_on", "steps": steps}
        ),
        st.sampled_from([{}, {"unless": "done"}]),
    )
    | st.just({"threshold": "count", "reaches": ["3", "6", "9"]}),
    timings,
    1,
    st.builds(Deed, st.sampled_from(["ack", "snooze"]), st.integers(4 * 48, 30 * 48)),
    (2, 6),
)
lasting = timelines_of(deadlines | thresholds | states, st.builds(Timing, spans, repeated, escalations), 1)


def looks(timeline, ticks):
    """Each look of a run over *ticks*: (alert before, verdict, policy, cause, now, what was decided).

    What a person did at that tick comes before the look, and is among what it told.
    """
    alert = None
    for tick in ticks:
        facts, (policy, judge), cause = timeline.at(tick)
        now = START + tick * TICK
        verdict = judge(facts, now)
        before, acted = alert, None
        if tick in timeline.deeds and alert is not None and alert.open:
            alert, acted = timeline.deeds[tick].on(alert, now)
        decided = advance(policy, alert, verdict, cause, now, heard_from=timeline.heard_from)
        told = (*([acted] if acted else []), *decided.transitions)
        yield before, verdict, policy, cause, now, replace(decided, transitions=told)
        alert = decided.alert


def hops(timeline):
    """The ticks of a run that looks only when something happened, or when the last look said so."""
    events, ticks = timeline.events(), [0]
    for *_, decided in looks(timeline, ticks):  # the list grows while it is looked at: each look says the next
        assert (decided.until - START) % TICK == 0 or decided.until == FOREVER, said(decided.until, timeline.zone)
        assert decided.until > START + ticks[-1] * TICK
        tick = min((decided.until - START) // TICK, next(event for event in events if event > ticks[-1]))
        if tick == TICKS:
            break
        ticks.append(tick)
    return [*ticks, TICKS]


def told_by(timeline, ticks):
    run = list(looks(timeline, ticks))
    return [transition for *_, decided in run for transition in decided.transitions], run[-1][-1].alert


@settings(max_examples=150)
@given(timelines)
def test_hopping_from_until_to_until_tells_what_half_hourly_looking_tells(timeline):
    assert told_by(timeline, hops(timeline)) == told_by(timeline, range(TICKS + 1))


@settings(max_examples=150)
@given(timelines, st.lists(st.floats(0, 0.999), min_size=3, max_size=3))
def test_with_unchanged_facts_nothing_happens_before_until(timeline, shares):
    ticks = hops(timeline)
    for (*_, now, decided), tick, following in zip(
        looks(timeline, ticks), ticks, [*ticks[1:], TICKS], strict=True
    ):
        facts, (policy, judge), _ = timeline.at(tick)
        end = max(now + 1, min(decided.until, START + following * TICK))
        for share in shares:
            when = now + int((end - now) * share)
            again = advance(
                policy, decided.alert, judge(facts, when), Cause.MOMENT, when, heard_from=timeline.heard_from
            )
            assert again == Advance(decided.alert, (), decided.until)


looked_at = st.sets(st.integers(0, TICKS), max_size=40)


def run_of(timeline, more):
    """A run over the events of *timeline*, and *more* looks."""
    return looks(timeline, sorted({*timeline.events(), *more, 0}))


@settings(max_examples=150)
@given(stepped, looked_at)
def test_each_step_is_told_once_for_each_date_until_it_is_armed_again(timeline, more):
    """Armed again means: resolved, another date or period, or a fall below what hysteresis keeps."""
    told, anchor = set(), None
    for _, verdict, policy, _, _, decided in run_of(timeline, more):
        if verdict.finding is Finding.JUDGED:
            if verdict.anchor != anchor:
                told, anchor = set(), verdict.anchor
            told = {step for step in told if policy.rank(step) <= policy.rank(verdict.keep)}
        for transition in decided.transitions:
            if transition.reason in TELLINGS:
                assert transition.step not in told
                assert transition.step == verdict.step  # and never a wider one after downtime
                assert all(policy.rank(step) < policy.rank(transition.step) for step in told)
                told.add(transition.step)
        if decided.alert is None or decided.alert.step is None:
            told = set()


@settings(max_examples=200)
@given(stepped, looked_at)
def test_the_small_laws(timeline, more):
    named = (0, 0)
    for before, verdict, policy, cause, _, decided in run_of(timeline, more):
        reasons = [told.reason for told in decided.transitions if told.reason not in ACTS]
        assert len([reason for reason in reasons if reason is not Reason.PASSED_ON]) <= 1
        if verdict.finding is Finding.UNKNOWN:  # unread never resolves, and opens nothing; `for` runs on
            assert reasons == []
            assert before is None or before.pending_since == decided.alert.pending_since
            assert (before is not None and before.open) == (decided.alert is not None and decided.alert.open)
        if cause is Cause.RULES and before is not None and before.open and before.pending_since is None:
            assert set(reasons) <= ENDINGS | BY_ITSELF | (OPENINGS if timeline.judges[1][0].periodic else set())
        assert not (policy.periodic and Reason.MOVED in reasons)  # another period is no moved date
        for transition in decided.transitions:
            assert (transition.episode, transition.seq) > named
            named = transition.episode, transition.seq
            if transition.reason in TELLINGS:  # the past before enrolment is standing, and nothing else is
                is_new = before is None or before.episode == 0
                standing = is_new and 0 < verdict.since < timeline.heard_from
                assert (transition.reason is Reason.STANDING) == standing


@settings(max_examples=150)
@given(untimed, looked_at)
def test_as_many_openings_are_told_as_endings(timeline, more):
    assume(all("per" not in fields for fields in timeline.rules))
    openings = endings = 0
    for *_, decided in run_of(timeline, more):
        reasons = [transition.reason for transition in decided.transitions]
        openings += len(OPENINGS.intersection(reasons))
        endings += len(ENDINGS.intersection(reasons))
        is_told = decided.alert is not None and decided.alert.open and decided.alert.told
        assert openings == endings + is_told


@given(untimed)
def test_what_was_opened_is_ended_once_everything_clears(timeline):
    assume(all("per" not in fields for fields in timeline.rules))
    transitions, alert = told_by(timeline, hops(timeline))
    cleared = advance(Policy(()), alert, DONE, Cause.FACTS, START + TICKS * TICK)
    reasons = [transition.reason for transition in (*transitions, *cleared.transitions)]

    assert sum(reason in OPENINGS for reason in reasons) == sum(reason in ENDINGS for reason in reasons)
    assert cleared.alert is None or not cleared.alert.open


@settings(max_examples=200)
@given(held, looked_at)
def test_what_a_person_said_holds(timeline, more):
    """Acknowledged: no reminder, nothing passed on, no step that it covers. Snoozed: nothing but its end."""
    for before, verdict, policy, _, now, decided in run_of(timeline, more):
        hold = before.hold if before is not None and before.open else None
        acted = any(told.reason in ACTS for told in decided.transitions)
        if hold is None or acted or now >= hold.until:
            continue
        reasons = {told.reason for told in decided.transitions}
        assert not reasons & BY_ITSELF
        same = before.anchor == verdict.anchor or verdict.finding is not Finding.JUDGED
        if hold.kind is HoldKind.SNOOZED:
            assert reasons <= {Reason.RESOLVED}
        elif same and policy.rank(verdict.step) <= policy.rank(hold.step):
            assert reasons <= ENDINGS
        if decided.alert.open and not reasons and verdict.finding is not Finding.JUDGED:
            assert decided.alert.hold == hold  # unread, it is held all the same


@settings(max_examples=200)
@given(held, looked_at)
def test_a_hold_that_is_over_is_told_once_while_it_is_open(timeline, more):
    """Told once: by the word that it is over, or by a step that came at the same time."""
    for before, verdict, policy, _, now, decided in run_of(timeline, more):
        hold = before.hold if before is not None and before.open else None
        acted = any(told.reason in ACTS for told in decided.transitions)
        if hold is None or acted or now < hold.until or verdict.finding is not Finding.JUDGED:
            continue
        same_period = not policy.periodic or before.anchor in (None, verdict.anchor)
        if decided.alert.open and same_period:
            told = {told.reason for told in decided.transitions}
            assert len(told & (TELLINGS | {Reason.LAPSED})) == 1
            assert decided.alert.hold is None


@settings(max_examples=200)
@given(timelines, looked_at)
def test_reminders_and_roles_are_counted(timeline, more):
    """Never more reminders than said since a step was told, and no role is told twice of one opening."""
    reminders, roles, episode = 0, 0, 0
    for *_, policy, _, _, decided in run_of(timeline, more):
        for told in decided.transitions:
            if told.episode != episode:
                roles, episode = (0 if told.reason in OPENINGS else roles), told.episode
            if told.reason in TELLINGS | {Reason.LAPSED, Reason.REOPENED}:
                reminders = 0
            reminders += told.reason is Reason.REMINDED
            if told.reason is Reason.REMINDED:
                assert reminders <= (policy.timing.repeat.times or FOREVER)
            if told.reason is Reason.PASSED_ON and not decided.alert.owner:
                coming = tuple(each.to for each in policy.timing.escalate)[roles:]
                assert len(timeline.judges) > 1 or told.to == coming[: len(told.to)]
                roles += len(told.to)


@settings(max_examples=150)
@given(lasting, looked_at)
def test_nothing_is_told_that_has_not_lasted(timeline, more):
    """What `for` asks: whenever a step is told, something tighter than was kept had been crossed so long."""
    for before, _, policy, _, now, decided in run_of(timeline, more):
        for told in decided.transitions:
            if told.reason in TELLINGS:
                assert before is not None
                assert before.pending_since is not None
                assert policy.lasted(before.pending_since) <= now


@given(untimed)
def test_downtime_never_tells_more_and_ends_in_the_same_place(timeline):
    """Three weeks of looking at nothing: the tightest step is told, those it passed are not."""
    assume(len(timeline.rules) == 1)
    quiet = {tick: said_then for tick, said_then in timeline.facts.items() if tick == 0}
    calm = replace(timeline, facts=quiet)
    down = range(21 * 48, TICKS + 1)
    steady, kept = told_by(calm, range(0, TICKS + 1, 12))
    after, woken = told_by(calm, [0, *down])

    assert len(after) <= len(steady)
    assert len([told for told in after if told.at == START + down[0] * TICK]) <= 1
    assert not (woken and woken.open) or (woken.step, woken.anchor) == (kept.step, kept.anchor)


@settings(max_examples=100)
@given(timelines)
def test_after_downtime_of_any_kind_no_storm_comes(timeline):
    """Whatever happened in three weeks: one word to those who hear, and one to those it is passed on to."""
    assume(len(timeline.rules) == 1)
    first = 21 * 48
    early = {tick: said_then for tick, said_then in timeline.facts.items() if tick == 0}
    calm = replace(timeline, facts=early, deeds={tick: deed for tick, deed in timeline.deeds.items() if tick < 48})
    for *_, now, decided in looks(calm, [*range(48), first, first + 1]):
        if now == START + first * TICK:
            assert len([told for told in decided.transitions if not told.to]) <= 1
            assert len([told for told in decided.transitions if told.to]) <= 1
        if now == START + (first + 1) * TICK and timeline.judges[0][0].timing.lasting is None:
            assert decided.transitions == ()  # nothing is left over
