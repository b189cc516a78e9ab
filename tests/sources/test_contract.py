"""What every source promises: its parts, its readings, no empty reading for a failure, no key in any text."""

from datetime import date
from importlib import import_module
from pkgutil import iter_modules

import httpx
import pytest
from structlog.testing import capture_logs

from notifier.core.account import MAIN
from notifier.core.builtin import BUILT_IN, COLLECTIONS
from notifier.core.fact import Kind, Owner, split_item_fact
from notifier.core.money import Money
from notifier.net import Net
from notifier.ports import Examined, Unreadable
from notifier.sources import Sources, kinds
from notifier.store.readings import decode_reading, encode_reading
from tests.sources.contract import BENCHES, NOW, Played, ask

PARTS = [(bench, part) for bench in BENCHES.values() for part in bench.module.PARTS]
every_part = pytest.mark.parametrize(("bench", "part"), PARTS, ids=[bench.poll().reading(p) for bench, p in PARTS])
every_kind = pytest.mark.parametrize("bench", BENCHES.values(), ids=BENCHES)
TYPES = {Kind.DATE: date, Kind.MONEY: Money, Kind.TEXT: str, Kind.TEXTS: tuple, Kind.YESNO: bool, Kind.NUMBER: int}


def test_every_kind_of_source_is_tried():
    assert sorted(BENCHES) == sorted(kinds())


@pytest.mark.parametrize("kind", kinds())
def test_a_source_is_made_by_its_kind_also_after_all_its_parts_were_imported(kind):
    module = BENCHES[kind].module
    for part in iter_modules(getattr(module, "__path__", ())):
        import_module(f"{module.__name__}.{part.name}")
    assert Sources(Net())(kind).parts == module.PARTS


@every_kind
def test_a_source_says_which_parts_it_has_the_main_one_first(bench):
    module = bench.module

    assert next(iter(module.PARTS)) == MAIN
    assert module.source(None).parts == module.PARTS
    assert all(5 * 60 <= every <= 86_400 for every in module.PARTS.values())
    assert module.MAIN_IS
    assert module.MAIN_IS not in module.PARTS
    assert isinstance(module.BY_KEY_ALONE, bool)
    assert not any(" " in part for part in (*module.PARTS, module.MAIN_IS))


@every_part
def test_a_reading_is_called_as_it_was_asked_for_and_is_of_now(bench, part):
    reading = ask(bench, Played(bench.answers), part).reading

    assert (reading.source, reading.at) == (bench.poll().reading(part), NOW)
    assert reading.account or reading.grants or reading.spends or reading.costs


def fact_of(name):
    """The entry of the vocabulary behind *name*, of the account or of an item."""
    if "/" not in name:
        return next((fact for fact in BUILT_IN if fact.name == name), None)
    collection, item, called = split_item_fact(name)
    assert item
    return next((fact for fact in COLLECTIONS[collection].facts if fact.name == called), None)


@every_part
def test_everything_that_is_told_is_a_polled_fact_of_its_kind(bench, part):
    reading = ask(bench, Played(bench.answers), part).reading
    for name, value in reading.account.items():
        fact = fact_of(name)
        assert fact is not None, name
        if fact.kind is Kind.ITEMS:
            assert isinstance(value, tuple)
            assert all(isinstance(each, str) for each in value)
            continue
        declared = {"projects": ("name",)}.get(name.partition("/")[0], ())  # the provider's name, else the file's
        assert fact.owner is Owner.POLLED or fact.name in declared, name
        assert value is None or isinstance(value, TYPES[fact.kind]), name
    for item, costs in reading.spends.items():
        assert COLLECTIONS[item.partition("/")[0]], item
        assert costs.total()


@every_part
def test_a_reading_can_be_kept(bench, part):
    reading = ask(bench, Played(bench.answers), part).reading

    assert decode_reading(reading.source, reading.at, encode_reading(reading)) == reading


@every_kind
def test_what_is_said_to_be_told_is_told(bench):
    for part, facts in getattr(bench.module, "TELLS", {}).items():
        reading = ask(bench, Played(bench.answers), part).reading
        told = {*reading.account, *(["costs"] if reading.costs is not None else [])}
        assert set(facts) <= told


ERROR = {"error": {"message": "{key} <!channel>", "type": "{key}", "param": None, "code": "{key}"}}
FAILURES = {
    **{str(status): (status, ERROR) for status in (301, 400, 401, 403, 404, 418, 429, 500, 502, 503)},
    "a page of a gateway": (502, "<html>{key}"),
    "a page instead": (200, "<html>{key}"),
    "no JSON": (200, "{key} <!channel>"),
    "half a body": (200, '{"data": ['),
    "null": (200, "null"),
    "a list": (200, "[]"),
    "an empty object": (200, "{}"),
    "an error that says it is none": (200, ERROR),
    "nobody there": httpx.ConnectError("{key}"),
    "a hang": httpx.ReadTimeout("{key}"),
    "a reset": httpx.ReadError("{key}"),
    "another fault of the connection": OSError("{key}"),
}


def failing(bench, name):
    answer = FAILURES[name]
    if isinstance(answer, Exception):
        return Played({}, type(answer)(bench.key))
    status, body = answer
    if isinstance(body, str):
        return Played({}, (status, body.replace("{key}", bench.key)))
    error = {name: value and value.replace("{key}", bench.key) for name, value in body["error"].items()}
    return Played({}, (status, {"error": error}))


@every_part
def test_a_failure_is_unreadable_and_never_an_empty_reading_and_shows_no_key(bench, part):
    for name in FAILURES:
        played = failing(bench, name)
        with capture_logs() as log, pytest.raises(Unreadable) as unreadable:
            ask(bench, played, part)
        error = unreadable.value
        told = f"{error} {error.why} {error!r} {log}"
        assert bench.key not in told, name
        assert "<!channel>" not in told, name
        assert error.why == " ".join(error.why.split()), name
        asked = [(request.method, request.url) for request in played.requests]
        assert len(set(asked)) == len(asked), f"{name}: a source never tries again by itself"


@every_part
def test_one_answer_that_is_missing_is_no_part_of_a_reading(bench, part):
    whole = Played(bench.answers)
    ask(bench, whole, part)
    for request in whole.requests:
        broken = Played(bench.answers | {request.url.path: (500, "")})
        with pytest.raises(Unreadable):
            ask(bench, broken, part)


@every_part
def test_the_same_bytes_say_nothing_new(bench, part):
    first = ask(bench, Played(bench.answers), part)
    second = ask(bench, Played(bench.answers), part, before=first.reading, seen=first.seen)
    played = Played(bench.answers)  # the second question may be another one than the first: for fewer days
    third = ask(bench, played, part, before=first.reading, seen=second.seen)

    assert second.reading in (None, first.reading)
    assert third.reading is None or (bench.once_a_day and third.reading == first.reading and not played.requests)


@pytest.mark.parametrize(
    ("bench", "part"),
    [(bench, part) for bench, part in PARTS if not bench.once_a_day],
    ids=[bench.poll().reading(part) for bench, part in PARTS if not bench.once_a_day],
)
def test_other_bytes_on_the_same_day_are_a_reading(bench, part):
    first = ask(bench, Played(bench.answers), part)
    again = ask(bench, Played(bench.answers), part, before=first.reading, seen=first.seen)
    changed = Played(bench.answers | bench.other)
    other = ask(bench, changed, part, before=first.reading, seen=again.seen)

    assert other.reading is not None
    assert other.reading != first.reading
    assert other.reading == ask(bench, Played(bench.answers | bench.other), part, before=first.reading).reading


@every_part
def test_only_the_provider_is_asked_and_the_key_stands_in_a_header_alone(bench, part):
    played = Played(bench.answers)
    ask(bench, played, part)

    assert {request.url.host for request in played.requests} == {bench.host}
    for request in played.requests:
        assert bench.key not in str(request.url)
        assert any(bench.key in value for value in request.headers.values())
        assert bench.key.encode() not in request.content


@every_kind
def test_a_good_key_is_found_to_be_good(bench):
    found = ask(bench, Played(bench.answers), verb="examine")

    assert found
    assert all(isinstance(each, Examined) for each in found)
    assert not [each for each in found if each.good is False and each.what != "the key"]
    assert bench.key not in repr(found)


def found_in(bench, played):
    try:
        return repr(ask(bench, played, verb="examine"))
    except Unreadable as unreadable:
        return f"{unreadable} {unreadable!r}"


@every_kind
def test_what_is_found_of_a_key_that_is_refused_or_not_answered_does_not_show_it(bench):
    for name in FAILURES:
        found = found_in(bench, failing(bench, name))
        assert bench.key not in found, name
        assert "<!channel>" not in found, name
