"""A state holds or not; a source could be read or not."""

import pytest

from notifier.core.facts import UNREAD
from notifier.core.verdict import CLOSED, DONE, UNKNOWN, Finding, Verdict
from notifier.core.vocabulary import Kind, Owner
from tests.core.helpers import SMALL, condition, fact, locale, read_condition, record

HOLDS = Verdict(Finding.JUDGED, "holds", "holds")
CLEAR = Verdict(Finding.JUDGED)
WATCHED = SMALL.extended([fact("unreadable_sources", Kind.TEXTS, Owner.DERIVED)])


def judged(fields, vocabulary=SMALL, **facts):
    return condition(vocabulary, **fields).bind(locale())(record(vocabulary, **facts), 0)


@pytest.mark.parametrize(
    ("done", "verdict"), [(True, HOLDS), (False, CLEAR), (None, CLEAR), (UNREAD, UNKNOWN)], ids=str
)
def test_yes_is_a_finding_no_is_clear_and_unread_is_unknown(done, verdict):
    assert judged({"while": "done"}, done=done) == verdict


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("count > 3", HOLDS),
        ("granted", HOLDS),
        ("not done", HOLDS),
        ("count < 3", CLEAR),
        ("yes", HOLDS),
        ("no", CLEAR),
    ],
)
def test_anything_that_is_so_or_not_may_be_asked(text, verdict):
    assert judged({"while": text}, count=5, granted=1) == verdict


@pytest.mark.parametrize(
    ("gates", "verdict"),
    [
        ({"unless": "wanted"}, DONE),
        ({"when": "not wanted"}, CLOSED),
        ({"applies_to": "not wanted"}, CLOSED),
        ({"applies_to": "not wanted", "unless": "wanted"}, CLOSED),  # what it does not apply to is not done either
        ({"when": "not wanted", "unless": "wanted"}, DONE),
        ({"unless": "ratio"}, UNKNOWN),
        ({"when": "ratio"}, UNKNOWN),
        ({"applies_to": "ratio"}, UNKNOWN),
        ({"applies_to": "ratio or wanted"}, HOLDS),
    ],
)
def test_it_asks_what_every_rule_may_ask(gates, verdict):
    assert judged({"while": "done", **gates}, done=True, wanted=True, ratio=UNREAD) == verdict


def test_it_has_one_step_and_is_asked_for_its_state():
    made = condition(**{"while": "done", "applies_to": "wanted", "starting": "due_on"})

    assert (made.ladder, made.periodic, made.watch) == (("holds",), False, None)
    assert made.places() == [SMALL.places["done"], SMALL.places["wanted"]]
    assert [node.kind for node in made.expressions()] == [Kind.YESNO, Kind.YESNO, Kind.DATE]


def test_a_fault_is_noted_with_its_field():
    assert read_condition({"while": "dome"}) == (
        None,
        [("while", "there is no fact `dome`; did you mean `done`?")],
    )


# -- sources --------------------------------------------------------------------------------------------------

PARTLY, WHOLLY = (Verdict(Finding.JUDGED, step, step) for step in ("in part", "unreadable"))


@pytest.mark.parametrize(
    ("asked", "sources", "verdict"),
    [
        ("any", (), CLEAR),
        ("any", ("openai",), WHOLLY),
        ("any", ("openai members",), PARTLY),
        ("any", ("openai members", "openai keys"), PARTLY),
        ("any", ("openai members", "openai"), WHOLLY),
        ("any", ("openai members", "billing"), WHOLLY),
        ("openai", ("openai",), WHOLLY),
        ("openai", ("other", "openai"), WHOLLY),
        ("openai", ("other", "openai keys"), PARTLY),
        ("openai", ("other",), CLEAR),
        ("openai", ("openai-probe",), CLEAR),
        ("openai", (), CLEAR),
    ],
)
def test_a_source_that_could_not_be_read_is_a_finding_and_so_are_its_parts(asked, sources, verdict):
    assert judged({"unreadable": asked}, WATCHED, unreadable_sources=sources) == verdict


def test_its_steps_and_what_it_looks_at():
    made = condition(WATCHED, unreadable="any")

    assert made.ladder == ("in part", "unreadable")
    assert made.places() == [WATCHED.places["unreadable_sources"]]


@pytest.mark.parametrize("name", ["open-ai", "open_ai", "openai2"])
def test_a_source_has_a_plain_name(name):
    assert condition(WATCHED, unreadable=name).source == name


@pytest.mark.parametrize("name", ["", "openai or other", "open.ai"])
def test_what_is_no_source_is_refused(name):
    made, faults = read_condition({"unreadable": name}, WATCHED)

    assert made is None
    assert faults == [("unreadable", f"{name!r} is not the name of a source such as openai, or `any`")]


def test_a_value_may_begin_at_its_only_step():
    made = condition(**{"while": "done"})

    assert [made.as_tight(text) for text in ("holds", " holds ", "80%")] == [0, 0, None]
