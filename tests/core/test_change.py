"""Something is not as it was: what is watched, and what the alert is given to remember."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifier.core.alert import Cause, Policy, Reason, advance
from notifier.core.calendar import Duration
from notifier.core.conditions import change
from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Watch
from notifier.core.vocabulary import Collection, Kind
from tests.core.helpers import SMALL, condition, fact, locale, read_condition, record

THINGS = Collection("things", "thing", (fact("weight", Kind.NUMBER),))
LISTED = SMALL.extended([fact("things", Kind.ITEMS, items=THINGS)])


def judged(fields, vocabulary=SMALL, **facts):
    return condition(vocabulary, **fields).bind(locale())(record(vocabulary, **facts), 0)


@pytest.mark.parametrize(
    ("text", "watch", "asked"),
    [
        ("granted", Watch.CHANGES, "granted"),
        ("title", Watch.CHANGES, "title"),
        ("granted rises", Watch.RISES, "granted"),
        ("due_on  falls", Watch.FALLS, "due_on"),
        ("lead rises", Watch.RISES, "lead"),
        ("names", Watch.CHANGES, "names"),
    ],
)
def test_a_fact_is_watched_in_any_direction_or_in_one(text, watch, asked):
    made = condition(change=text)

    assert (made.watch, made.asked.value) == (watch, SMALL.places[asked])


def test_an_expression_may_be_watched():
    made = condition(change="granted - used falls")

    assert (made.watch, made.asked.kind) == (Watch.FALLS, Kind.MONEY)


@pytest.mark.parametrize(
    ("text", "watch"), [("added to things", Watch.ADDED), ("removed   from things", Watch.REMOVED)]
)
def test_a_list_is_watched_for_what_comes_or_goes(text, watch):
    made = condition(LISTED, change=text)

    assert (made.watch, made.asked.kind, made.ladder) == (watch, Kind.ITEMS, ("changed",))
    assert judged({"change": text}, LISTED) == change.PRESENT


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("title rises", "a text neither rises nor falls; write `change: title`"),
        ("done falls", "a yes or no neither rises nor falls; write `change: done`"),
        ("added to title", "this is a text; it should be a list of items"),
        ("added to persons", "there is no fact `persons`"),
        ("granted climbs", "`climbs` stands where"),
        ("things", "this is a list of items; it should be a date or"),
    ],
)
def test_a_fault_says_what_may_be_watched(text, fault):
    made, faults = read_condition({"change": text}, LISTED)

    assert made is None
    assert [name for name, _ in faults] == ["change"]
    assert faults[0][1].startswith(fault)


@pytest.mark.parametrize(
    ("facts", "mark"),
    [
        ({"granted": 5}, "5"),
        ({"granted": 0}, "0"),
        ({"granted": None}, None),
    ],
)
def test_a_value_is_remembered_as_it_is(facts, mark):
    verdict = judged({"change": "granted"}, **facts)

    if mark is None:
        assert verdict == CLOSED
    else:
        assert (verdict.finding, verdict.step, verdict.mark) == (Finding.JUDGED, "changed", mark)


@pytest.mark.parametrize("name", ["granted", "title", "names", "lead", "done"])
def test_none_is_nothing_to_compare_with_and_unread_may_be_anything(name):
    assert judged({"change": name}) == CLOSED
    assert judged({"change": name}, **{name: UNREAD}) == UNKNOWN


def test_it_asks_what_every_rule_may_ask():
    assert judged({"change": "granted", "unless": "done"}, granted=5, done=True) == DONE
    assert judged({"change": "granted", "when": "done"}, granted=5) == CLOSED


values = {
    "due_on": st.integers(700_000, 700_009),
    "lead": st.builds(Duration, st.integers(0, 9), st.sampled_from(["days", "months"])),
    "granted": st.integers(-3, 3),
    "ratio": st.sampled_from([0, 0.0, 1, 1.0, 0.5, 1.5]),
    "title": st.sampled_from(["", "a", '"', "ü"]),
    "names": st.lists(st.sampled_from("ab"), max_size=2).map(tuple),
    "done": st.booleans(),
}
pairs = st.sampled_from(list(values)).flatmap(lambda name: st.tuples(st.just(name), values[name], values[name]))


@given(pairs)
def test_two_values_have_one_mark_if_they_are_the_same(pair):
    name, one, other = pair
    judge = condition(change=name).bind(locale())
    marks = [judge(record(**{name: value}), 0).mark for value in (one, other)]

    assert (marks[0] == marks[1]) == (one == other)
    json.loads(marks[0])


@given(
    st.sampled_from(["due_on", "granted", "ratio", "lead"]).flatmap(
        lambda name: st.tuples(st.just(name), values[name], values[name])
    )
)
def test_what_rises_is_told_where_it_is_longer_or_later_or_more(pair):
    name, before, after = pair
    size = (lambda value: value.nominal_days) if name == "lead" else (lambda value: value)
    for word, goes in (("rises", size(after) > size(before)), ("falls", size(after) < size(before))):
        made = condition(change=f"{name} {word}")
        judge, policy = made.bind(locale()), Policy(made.ladder, watch=made.watch)
        known = advance(policy, None, judge(record(**{name: before}), 0), Cause.FACTS, 0)
        moved = advance(policy, known.alert, judge(record(**{name: after}), 0), Cause.FACTS, 9)

        assert known.transitions == ()
        assert [each.reason for each in moved.transitions] == ([Reason.OPENED] if goes else []), (
            word,
            before,
            after,
        )


@pytest.mark.parametrize(
    ("text", "before", "after", "told"),
    [
        ("lead rises", Duration(1, "months"), Duration(2, "days"), False),  # shorter, though two is more than one
        ("lead falls", Duration(1, "months"), Duration(2, "days"), True),
        ("lead rises", Duration(30, "days"), Duration(1, "months"), False),  # as long, nominally
        ("lead", Duration(30, "days"), Duration(1, "months"), True),  # and yet something else
    ],
)
def test_lengths_are_compared_by_how_long_they_are(text, before, after, told):
    made = condition(change=text)
    judge, policy = made.bind(locale()), Policy(made.ladder, watch=made.watch)
    known = advance(policy, None, judge(record(lead=before), 0), Cause.FACTS, 0)

    assert bool(advance(policy, known.alert, judge(record(lead=after), 0), Cause.FACTS, 9).transitions) is told


def test_the_values_remembered_are_forgotten_rather_than_grow_without_end(monkeypatch):
    monkeypatch.setattr(change, "MOST_REMEMBERED", 3)
    judge = condition(change="granted").bind(locale())
    verdicts = [judge(record(granted=at), 0) for at in range(20)]

    assert [verdict.mark for verdict in verdicts] == [str(at) for at in range(20)]
    assert judge(record(), 0) == CLOSED
    assert judge(record(granted=UNREAD), 0) == UNKNOWN
    assert len(change._Marked()) == 2


@pytest.mark.parametrize(
    ("value", "kept"),
    [(1, "1"), (1.0, "1"), (0.5, "0.5"), (True, "true"), (("a", "ü"), '["a", "ü"]'), ("1", '"1"')],
)
def test_a_value_has_one_mark_after_a_restart_too(value, kept):
    """A number that is whole by chance is the one that was remembered, whatever computed it."""
    assert change.mark(value) == kept


def test_the_memory_has_a_bound(monkeypatch):
    monkeypatch.setattr(change, "MOST_REMEMBERED", 3)
    marked = change._Marked()
    for at in range(20):
        _ = marked[at]

    assert len(marked) <= 5
