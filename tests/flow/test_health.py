"""What the store knows of the service's health, whom a round polls, and what it leaves over."""

from contextlib import closing
from dataclasses import replace

import pytest

from notifier.core.calendar import FOREVER
from notifier.core.delivery import Destination, State
from notifier.core.facts import Reading
from notifier.core.health import Backlog
from notifier.core.hold import Hold, Stage
from notifier.flow.health import LeftOver, backlog, beat, left_over
from notifier.flow.poll import last_read
from notifier.store.store import Store
from tests.store.builders import LAB_SLACK, account, act, claim, owe

NOW = 10_000


@pytest.fixture
def store(tmp_path):
    with closing(Store.open(tmp_path / "notifier.db", lock=True)) as opened:
        yield opened


def put(store, *accounts, moment=NOW + 500):
    def write(tx):
        for each in accounts:
            tx.put_account(each)
            tx.arm(each.id, moment, "rules")

    store.write(write)


def test_with_nothing_there_nothing_waits(store):
    assert store.read(backlog, NOW) == Backlog(FOREVER, FOREVER, FOREVER, 0)


def test_a_heartbeat_is_written_and_the_newest_stands(store):
    store.write(beat, NOW)
    store.write(beat, NOW + 300)

    assert store.read(backlog, NOW).written_at == NOW + 300


def test_what_is_to_be_judged_told_and_heeded_waits_since_its_moment(store):
    put(store, account(), moment=NOW - 100)
    assert store.read(backlog, NOW) == Backlog(NOW - 100, FOREVER, FOREVER, 0)

    store.write(owe, 1, at=NOW - 200)
    store.write(lambda tx: tx.put_act(act(at=NOW - 300)))
    store.write(lambda tx: tx.put_act(act("act-2", at=NOW - 250)))

    assert store.read(backlog, NOW) == Backlog(NOW - 100, NOW - 200, NOW - 300, 0)


def test_what_goes_to_a_destination_that_has_to_wait_is_not_late(store):
    store.write(owe, 1, at=NOW - 200)
    store.write(lambda tx: tx.put_destination(Destination(LAB_SLACK, NOW + 60, NOW - 200, 3, "it is down")))

    assert store.read(backlog, NOW).tell == NOW + 60


def test_what_is_being_told_is_not_late(store):
    store.write(owe, 1, at=NOW - 200)
    store.write(claim, NOW, "boot", 10)

    assert store.read(backlog, NOW).tell == FOREVER


@pytest.mark.parametrize(
    ("readings", "fails", "read"),
    [
        ([], False, {}),
        ([Reading("openai", NOW - 1800)], False, {("lab", "openai"): NOW - 1800}),
        ([Reading("openai", NOW - 1800)], True, {}),
        ([Reading("other", NOW)], False, {("lab", "other"): NOW}),
    ],
    ids=["never read", "read", "read, then it failed", "another source was read"],
)
def test_what_was_read_last_is_known_unless_it_failed_since(store, readings, fails, read):
    put(store, account(), account("library"))
    store.write(lambda tx: [tx.put_reading("lab", each) for each in readings])
    if fails:
        store.write(lambda tx: tx.put_failure("lab", "openai", "it is down", NOW))

    assert store.read(last_read, [account(), account("silent")]) == read


def test_a_round_that_did_everything_leaves_nothing_over(store):
    store.write(owe, 1)
    done = [replace(each, state=State.DONE) for each in store.write(claim, NOW, "boot", 10)]
    store.write(lambda tx: [tx.put_delivery(each) for each in done])
    store.write(lambda tx: tx.put_hold(Hold(7, NOW, "an edit", Stage.RELEASED, 30, "A. Researcher")))

    assert store.read(left_over) == LeftOver(0, 0, 0)
    assert not store.read(left_over)


def test_what_a_round_could_not_do_is_counted(store):
    store.write(owe, 1, 2)
    failed = [
        replace(each, state=state, why="it is down")
        for each, state in zip(store.read(lambda tx: tx.deliveries()), (State.GIVEN_UP, State.DUE), strict=True)
    ]
    store.write(lambda tx: [tx.put_delivery(each) for each in failed])
    store.write(lambda tx: tx.put_failure("lab", "openai", "it is down", NOW))
    store.write(lambda tx: tx.put_hold(Hold(7, NOW, "an edit", Stage.WAITING, 30)))

    assert store.read(left_over) == LeftOver(unread=1, untold=2, held=1)
    assert store.read(left_over)
