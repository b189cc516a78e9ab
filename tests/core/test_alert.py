"""An alert tells each step once, stands still while unread, and needs nobody to look before `until`."""

from dataclasses import dataclass

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from notifier.core.alert import Advance, Alert, Cause, Policy, Reason, Transition, advance
from notifier.core.calendar import FOREVER
from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict
from tests.core.helpers import condition, day, locale, moment, record, said

LADDER = ("2 weeks before", "1 week before", "on the day", "1 week after")
POLICY = Policy(LADDER)
NOW = 1_000_000
TELLINGS = {Reason.OPENED, Reason.ESCALATED, Reason.MOVED, Reason.STANDING}
OPENINGS = {Reason.OPENED, Reason.STANDING}
ENDINGS = {Reason.RESOLVED, Reason.CLOSED}


def crossed(step, anchor=1, since=NOW - 10, keep=LADDER[-1], until=NOW + 100):
    return Verdict(Finding.JUDGED, step, keep, anchor, since, until)


def led(*verdicts, policy=POLICY, alert=None, cause=Cause.FACTS, heard_from=0):
    """The alert after *verdicts*, one a second, and the reasons and steps that were told."""
    told = []
    for second, verdict in enumerate(verdicts):
        decided = advance(policy, alert, verdict, cause, NOW + second, heard_from=heard_from)
        alert = decided.alert
        told += [(transition.reason, transition.step) for transition in decided.transitions]
    return alert, told


# -- by example -----------------------------------------------------------------------------------------------


def test_a_step_that_is_crossed_opens_and_says_everything_that_is_needed_later():
    verdict = crossed("1 week before", anchor=7)

    alert = Alert(open=True, opened_at=NOW, step="1 week before", anchor=7, told=True, seq=1)
    told = Transition(Reason.OPENED, NOW, 1, 1, "1 week before", 7)
    assert advance(POLICY, None, verdict, Cause.FACTS, NOW) == Advance(alert, (told,), verdict.until)


def test_nothing_crossed_is_nothing():
    verdict = crossed(None, since=0)

    assert advance(POLICY, None, verdict, Cause.FACTS, NOW) == Advance(None, (), verdict.until)
    assert [led(verdict)[0] for verdict in (DONE, CLOSED, UNKNOWN)] == [None, None, None]


OPENED, ESCALATED, MOVED = Reason.OPENED, Reason.ESCALATED, Reason.MOVED
RESOLVED, ENDED, STANDING = Reason.RESOLVED, Reason.CLOSED, Reason.STANDING
WIDE, WEEK, DUE, LATE = map(crossed, LADDER)
MOVED_WEEK = crossed("1 week before", anchor=2)
NOT_YET = crossed(None, since=0)
MOVED_AWAY = crossed(None, anchor=2, since=0)


@pytest.mark.parametrize(
    ("verdicts", "told"),
    [
        pytest.param([WIDE, WIDE], [(OPENED, LADDER[0])], id="a step is told once"),
        pytest.param(
            [WIDE, WEEK, DUE],
            [(OPENED, LADDER[0]), (ESCALATED, LADDER[1]), (ESCALATED, LADDER[2])],
            id="each tighter step is told",
        ),
        pytest.param(
            [WIDE, LATE], [(OPENED, LADDER[0]), (ESCALATED, LADDER[3])], id="after downtime only the tightest"
        ),
        pytest.param([DUE, WEEK, DUE], [(OPENED, LADDER[2])], id="a clock set back tells nothing twice"),
        pytest.param([WIDE, NOT_YET, WIDE], [(OPENED, LADDER[0])], id="nor one set back before the first step"),
        pytest.param([WIDE, UNKNOWN, WIDE], [(OPENED, LADDER[0])], id="unread in between is no news"),
        pytest.param(
            [WIDE, UNKNOWN, WEEK],
            [(OPENED, LADDER[0]), (ESCALATED, LADDER[1])],
            id="what came while unread is told",
        ),
        pytest.param([WIDE, DONE], [(OPENED, LADDER[0]), (RESOLVED, LADDER[0])], id="done resolves"),
        pytest.param([WIDE, DONE, DONE], [(OPENED, LADDER[0]), (RESOLVED, LADDER[0])], id="and says so once"),
        pytest.param(
            [WIDE, DONE, WIDE],
            [(OPENED, LADDER[0]), (RESOLVED, LADDER[0]), (OPENED, LADDER[0])],
            id="undone is news",
        ),
        pytest.param([WIDE, CLOSED], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="what does not apply closes"),
        pytest.param(
            [WIDE, CLOSED, WIDE], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="and opens again without a word"
        ),
        pytest.param(
            [WIDE, CLOSED, NOT_YET, WIDE],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0])],
            id="even after a clock set back",
        ),
        pytest.param(
            [WIDE, CLOSED, WIDE, CLOSED], [(OPENED, LADDER[0]), (ENDED, LADDER[0])], id="and closes without one"
        ),
        pytest.param(
            [WIDE, CLOSED, NOT_YET, WEEK],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[1])],
            id="but not tighter",
        ),
        pytest.param(
            [WIDE, CLOSED, WIDE, WEEK],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[1])],
            id="reopened, then told",
        ),
        pytest.param(
            [WIDE, CLOSED, DONE, WIDE],
            [(OPENED, LADDER[0]), (ENDED, LADDER[0]), (OPENED, LADDER[0])],
            id="done wipes the memory",
        ),
        pytest.param(
            [WIDE, MOVED_WEEK], [(OPENED, LADDER[0]), (MOVED, LADDER[1])], id="another date is told as moved"
        ),
        pytest.param([DUE, MOVED_WEEK], [(OPENED, LADDER[2]), (MOVED, LADDER[1])], id="even at a wider step"),
        pytest.param(
            [DUE, MOVED_AWAY], [(OPENED, LADDER[2]), (RESOLVED, LADDER[2])], id="moved out of reach resolves"
        ),
        pytest.param(
            [DUE, CLOSED, MOVED_WEEK],
            [(OPENED, LADDER[2]), (ENDED, LADDER[2]), (OPENED, LADDER[1])],
            id="moved while closed",
        ),
    ],
)
def test_a_life_of_an_alert(verdicts, told):
    assert led(*verdicts)[1] == told


def test_hysteresis_keeps_a_step_and_a_fall_below_it_arms_it_again():
    high = Policy(("50%", "80%"))
    at = {
        share: Verdict(Finding.JUDGED, step, keep)
        for share, step, keep in [
            (81, "80%", "80%"),
            (75, "50%", "80%"),
            (60, "50%", "50%"),
            (46, None, "50%"),
            (40, None, None),
        ]
    }

    def told(*shares):
        return [step for _, step in led(*(at[share] for share in shares), policy=high)[1]]

    assert told(81, 75, 81, 75, 81) == ["80%"]
    assert told(81, 60, 81) == ["80%", "80%"]
    assert told(60, 46, 60) == ["50%"]
    assert told(60, 40, 60) == ["50%", "50%", "50%"]  # opened, resolved, opened
    assert told(46) == []


def test_unread_is_noted_since_when_and_forgotten_when_read():
    alert, _ = led(WIDE, UNKNOWN, UNKNOWN)
    again, _ = led(WIDE, alert=alert)

    assert (alert.open, alert.unread_since, again.unread_since) == (True, NOW + 1, None)
    assert led(UNKNOWN, alert=led(WIDE, UNKNOWN, CLOSED)[0])[0].unread_since is None


def test_an_edit_of_the_rules_tells_nothing_new_of_an_open_alert():
    alert, _ = led(WIDE)
    edited, told = led(DUE, alert=alert, cause=Cause.RULES)

    assert (edited.step, told) == (LADDER[2], [])
    assert led(DUE, alert=edited)[1] == []
    assert led(WIDE, cause=Cause.RULES)[1] == [(OPENED, LADDER[0])]  # but what was not open opens
    assert led(DONE, alert=edited, cause=Cause.RULES)[1] == [(RESOLVED, LADDER[2])]


def test_a_step_that_was_taken_out_of_the_ladder_forbids_nothing():
    alert, _ = led(DUE)
    shorter = Policy((LADDER[0], LADDER[1]))

    assert led(WEEK, alert=alert, policy=shorter)[1] == [(ESCALATED, LADDER[1])]
    assert shorter.rank("on the day") == shorter.rank(None) == -1


def test_what_came_before_enrolment_is_standing_and_later_steps_escalate():
    enrolled = NOW - 5
    alert, told = led(WIDE, heard_from=enrolled)
    later = crossed("1 week before", since=NOW)

    assert told == [(STANDING, LADDER[0])]
    assert led(WEEK, alert=alert, heard_from=enrolled)[1] == []  # also before: passed
    assert led(later, alert=alert, heard_from=enrolled)[1] == [(ESCALATED, LADDER[1])]
    assert led(later, heard_from=enrolled)[1] == [(OPENED, LADDER[1])]
    assert led(later, heard_from=later.since)[1] == [(OPENED, LADDER[1])]  # that very moment is not before


# -- random rules over random timelines -----------------------------------------------------------------------

TICK = 1800
TICKS = 45 * 48
START = moment("2026-03-10 00:00")
FIRST, LAST = day("2026-03-05"), day("2026-05-01")
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC")

values = {
    "due_on": st.integers(FIRST, LAST) | st.sampled_from([None, UNREAD]),
    "other_on": st.integers(FIRST, LAST) | st.sampled_from([None, UNREAD]),
    "count": st.integers(0, 12) | st.sampled_from([None, UNREAD]),
    "done": st.sampled_from([True, False, None, UNREAD]),
    "wanted": st.sampled_from([True, True, False, None, UNREAD]),
}
STEPS = ["2 weeks before", "1 week before", "1 working day before", "on the day", "1 day after", "1 week after"]
deadlines = st.lists(st.sampled_from(STEPS), min_size=1, unique=True).map(
    lambda steps: {"deadline": "due_on", "steps": steps}
)
thresholds = st.builds(
    lambda levels, name, clear: {"threshold": "count", name: [str(level) for level in levels]} | clear,
    st.lists(st.integers(2, 11), min_size=1, max_size=3, unique=True),
    st.sampled_from(["reaches", "falls_to"]),
    st.sampled_from([{}, {"clear": "6"}]),
)
gates = st.fixed_dictionaries(
    {},
    optional={
        "unless": st.sampled_from(["done", "done and wanted"]),
        "when": st.just("wanted"),
        "starting": st.sampled_from(["other_on", "1 week before due_on"]),
        "ending": st.just("1 week after other_on"),
    },
)
rules = st.builds(lambda asked, asked_too: asked | asked_too, deadlines | thresholds, gates)


@dataclass(frozen=True)
class Timeline:
    """What happens when: at a tick new facts, or another rule."""

    zone: str
    rules: list
    facts: dict
    heard_from: int

    def __post_init__(self):
        here = locale(self.zone, closed=["2026-04-03", "2026-04-06"])
        bound = [condition(**fields) for fields in self.rules]
        object.__setattr__(self, "judges", [(Policy(made.ladder), made.bind(here)) for made in bound])

    def at(self, tick):
        """The record, the rule and the cause of looking at *tick*."""
        known = dict.fromkeys(values)
        for when, said_then in self.facts.items():
            known |= said_then if when <= tick else {}
        edited = len(self.judges) > 1 and tick >= TICKS // 2
        cause = Cause.FACTS if tick in self.facts else Cause.MOMENT
        return record(**known), self.judges[edited], Cause.RULES if self.edit(tick) else cause

    def edit(self, tick):
        return len(self.judges) > 1 and tick == TICKS // 2

    def events(self):
        """The ticks at which something else than time happens."""
        return sorted({*self.facts, *([TICKS // 2] if len(self.judges) > 1 else []), TICKS})


timelines = st.builds(
    Timeline,
    st.sampled_from(ZONES),
    st.lists(rules, min_size=1, max_size=2),
    st.dictionaries(st.integers(0, TICKS - 1), st.fixed_dictionaries({}, optional=values), max_size=6).map(
        lambda facts: {0: {"due_on": day("2026-04-02"), "wanted": True}, **facts}
    ),
    st.just(0) | st.integers(0, TICKS).map(lambda tick: START + tick * TICK),
)


def looks(timeline, ticks):
    """Each look of a run over *ticks*: (alert before, verdict, policy, cause, now, what was decided)."""
    alert = None
    for tick in ticks:
        facts, (policy, judge), cause = timeline.at(tick)
        now = START + tick * TICK
        verdict = judge(facts, now)
        decided = advance(policy, alert, verdict, cause, now, heard_from=timeline.heard_from)
        yield alert, verdict, policy, cause, now, decided
        alert = decided.alert


def hops(timeline):
    """The ticks of a run that looks only when something happened, or when the last look said so."""
    tick, events, alert = 0, timeline.events(), None
    while tick < TICKS:
        yield tick
        facts, (policy, judge), cause = timeline.at(tick)
        now = START + tick * TICK
        decided = advance(policy, alert, judge(facts, now), cause, now, heard_from=timeline.heard_from)
        alert = decided.alert
        assert (decided.until - START) % TICK == 0 or decided.until == FOREVER, said(decided.until, timeline.zone)
        tick = min((decided.until - START) // TICK, next(event for event in events if event > tick))
    yield TICKS


def told_by(timeline, ticks):
    run = list(looks(timeline, ticks))
    return [transition for *_, decided in run for transition in decided.transitions], run[-1][-1].alert


@settings(max_examples=80)
@given(timelines)
def test_hopping_from_until_to_until_tells_what_half_hourly_looking_tells(timeline):
    assert told_by(timeline, hops(timeline)) == told_by(timeline, range(TICKS + 1))


@settings(max_examples=100)
@given(timelines, st.lists(st.floats(0, 0.999), min_size=3, max_size=3))
def test_with_unchanged_facts_nothing_happens_before_until(timeline, shares):
    ticks = list(hops(timeline))
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


@settings(max_examples=150)
@given(timelines, st.sets(st.integers(0, TICKS), max_size=40))
def test_each_step_is_told_once_for_each_date_until_it_is_armed_again(timeline, more):
    """Armed again means: resolved, another date, or a fall below what hysteresis keeps."""
    told, anchor = set(), None
    ticks = sorted({*timeline.events(), *more, 0})
    for _, verdict, policy, _, _, decided in looks(timeline, ticks):
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


@settings(max_examples=150)
@given(timelines, st.sets(st.integers(0, TICKS), max_size=40))
def test_the_small_laws(timeline, more):
    named = (0, 0)
    openings = endings = 0
    for before, verdict, _, cause, _, decided in looks(timeline, sorted({*timeline.events(), *more, 0})):
        reasons = [transition.reason for transition in decided.transitions]
        assert len(reasons) <= 1
        if verdict.finding is Finding.UNKNOWN:  # unread never resolves, and opens nothing
            assert reasons == []
            assert (before is not None and before.open) == (decided.alert is not None and decided.alert.open)
        if cause is Cause.RULES and before is not None and before.open:
            assert set(reasons) <= ENDINGS
        for transition in decided.transitions:
            assert (transition.episode, transition.seq) > named
            named = transition.episode, transition.seq
            if transition.reason in TELLINGS:  # the past before enrolment is standing, and nothing else is
                standing = before is None and 0 < verdict.since < timeline.heard_from
                assert (transition.reason is Reason.STANDING) == standing
        openings += len(OPENINGS.intersection(reasons))
        endings += len(ENDINGS.intersection(reasons))
        is_told = decided.alert is not None and decided.alert.open and decided.alert.told
        assert openings == endings + is_told


@given(timelines)
def test_what_was_opened_is_ended_once_everything_clears(timeline):
    transitions, alert = told_by(timeline, hops(timeline))
    cleared = advance(Policy(()), alert, DONE, Cause.FACTS, START + TICKS * TICK)
    reasons = [transition.reason for transition in (*transitions, *cleared.transitions)]

    assert sum(reason in OPENINGS for reason in reasons) == sum(reason in ENDINGS for reason in reasons)
    assert cleared.alert is None or not cleared.alert.open


@given(timelines)
def test_downtime_never_tells_more_and_ends_in_the_same_place(timeline):
    """Three weeks of looking at nothing: the tightest step is told, those it passed are not."""
    assume(len(timeline.rules) == 1)
    quiet = {tick: said_then for tick, said_then in timeline.facts.items() if tick == 0}
    calm = Timeline(timeline.zone, timeline.rules, quiet, timeline.heard_from)
    down = range(21 * 48, TICKS + 1)
    steady, kept = told_by(calm, range(0, TICKS + 1, 12))
    after, woken = told_by(calm, [0, *down])

    assert len(after) <= len(steady)
    assert len([told for told in after if told.at == START + down[0] * TICK]) <= 1
    assert not (woken and woken.open) or (woken.step, woken.anchor) == (kept.step, kept.anchor)
