"""The heartbeat, and the dead-man's switch that hears of it. Its address stands nowhere."""

import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest
import structlog

from notifier.clock import Clock
from notifier.core.health import LATE_AFTER, Rhythm
from notifier.net import Net
from notifier.pulse import Pulse, Switch, failed
from notifier.store.store import Store

SECRET = "5f1c2ab0-hush"
ADDRESS = f"https://switch.example/ping/{SECRET}"


@pytest.fixture
def store(tmp_path):
    with closing(Store.open(tmp_path / "notifier.db", lock=True)) as opened:
        yield opened


def pulse(store, working_since=0):
    clock = Clock()
    long_ago = clock.now() - 86_400
    return Pulse(store, clock, lambda: Rhythm(long_ago, working_since and clock.now() - working_since))


def wake_an_account(store):
    with closing(sqlite3.connect(store._path)) as connection, connection:
        connection.execute("INSERT INTO account (id, declaration, next_moment, woken) VALUES ('lab', '{}', 0, 1)")


def test_without_a_heartbeat_it_is_not_well_and_with_one_it_is(store):
    lives = pulse(store)

    assert [why[:31] for why in asyncio.run(lives.ailments())] == ["The database took no write sinc"]
    assert asyncio.run(lives.beat()) == ()
    assert asyncio.run(lives.ailments()) == ()


def test_work_that_does_not_come_to_its_end_is_noticed(store):
    wake_an_account(store)

    assert asyncio.run(pulse(store, working_since=LATE_AFTER - 60).beat()) == ()
    (why,) = asyncio.run(pulse(store, working_since=LATE_AFTER + 60).beat())
    assert why.startswith("Accounts are to be judged since ")


def test_a_database_that_takes_no_write_is_said_and_logged(store):
    with closing(sqlite3.connect(store._path)) as connection, connection:
        connection.execute("DROP TABLE counter")
    with structlog.testing.capture_logs() as logged:
        assert asyncio.run(pulse(store).beat()) == ("The database took no write.",)

    assert [entry["action"] for entry in logged] == ["no_heartbeat"]
    assert asyncio.run(pulse(store).ailments()) == ("The database cannot be read.",)


def ping(wrong, answer, address=ADDRESS):
    """What a switch hears, and what the log says, when it is pinged and gives *answer*."""
    heard = []

    def give(request):
        heard.append((request.method, str(request.url), request.content.decode(), dict(request.headers)))
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)

    async def once():
        net = Net(httpx.MockTransport(give))
        await Switch(net, address).ping(wrong)
        await net.aclose()

    with structlog.testing.capture_logs() as logged:
        asyncio.run(once())
    return heard, logged


def test_a_switch_hears_that_all_is_well():
    heard, logged = ping([], 200)

    assert [each[:3] for each in heard] == [("POST", ADDRESS, "")]
    assert "authorization" not in heard[0][3]
    assert logged == []


def test_a_switch_hears_what_is_wrong():
    heard, _ = ping(["The work fails since 06:56 UTC.", "The database took no write since 06:51 UTC."], 200)

    said = "The work fails since 06:56 UTC.\nThe database took no write since 06:51 UTC."
    assert [each[:3] for each in heard] == [("POST", f"{ADDRESS}/fail", said)]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (404, "it was answered with 404"),
        (302, "it was answered with 302"),
        (httpx.ConnectError(ADDRESS), "switch.example could not be reached."),
        (httpx.ReadTimeout(ADDRESS), "switch.example did not answer in time, so it may have arrived."),
    ],
)
def test_a_ping_that_fails_is_logged_without_its_address_and_tried_once(answer, why):
    heard, logged = ping([], answer)

    assert len(heard) == 1
    assert [(entry["action"], entry["why"]) for entry in logged] == [("ping_failed", why)]
    assert SECRET not in repr(logged)


@pytest.mark.parametrize(
    ("address", "where"),
    [
        ("https://switch.example/ping/a", "https://switch.example/ping/a/fail"),
        ("https://switch.example/ping/a/", "https://switch.example/ping/a/fail"),
        ("https://switch.example/a?create=1", "https://switch.example/a/fail?create=1"),
        ("http://127.0.0.1:8000/a", "http://127.0.0.1:8000/a/fail"),
    ],
)
def test_what_is_wrong_is_heard_below_the_address(address, where):
    assert failed(address) == where
