"""What is answered over HTTP: whether all is well, to whoever asks, and nothing else."""

import asyncio
import json
import signal
import socket
from contextlib import asynccontextmanager, closing

import pytest

from notifier.web.server import Site


async def get(port, path="/healthz", method="GET", host="127.0.0.1"):
    reader, writer = await asyncio.open_connection(host, port)
    writer.write(f"{method} {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    answer = (await reader.read()).decode()
    writer.close()
    head, _, body = answer.partition("\r\n\r\n")
    status, *headers = head.split("\r\n")
    return int(status.split()[1]), dict(line.lower().split(": ", 1) for line in headers), body


@asynccontextmanager
async def serving(*wrong, ailments=None):
    async def said():
        return wrong

    site = Site.open("127.0.0.1", 0)
    running = asyncio.create_task(site.serve(ailments or said))
    try:
        async with asyncio.timeout(10):
            yield site.port
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_all_is_well():
    async def scenario():
        async with serving() as port:
            return await get(port)

    status, headers, body = asyncio.run(scenario())
    assert (status, json.loads(body)) == (200, {"status": "ok"})
    assert headers["content-type"] == "application/json"
    assert headers["cache-control"] == "no-store"
    assert "server" not in headers


def test_what_is_late_is_said_with_the_reason():
    async def scenario():
        async with serving("Messages are to be told since 06:56 UTC.") as port:
            return await get(port)

    status, _, body = asyncio.run(scenario())
    assert status == 503
    assert json.loads(body) == {"status": "late", "reasons": ["Messages are to be told since 06:56 UTC."]}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("HEAD", "/healthz", 200), ("POST", "/healthz", 405), ("GET", "/", 404), ("GET", "/healthz/", 404)],
)
def test_nothing_else_is_answered(method, path, status):
    async def scenario():
        async with serving() as port:
            return await get(port, path, method)

    assert asyncio.run(scenario())[0] == status


def test_a_judgement_that_fails_costs_one_answer_and_shows_nothing_of_it():
    async def broken():
        raise RuntimeError("the name of an account")

    async def scenario():
        async with serving(ailments=broken) as port:
            return [await get(port), await get(port)]

    for status, _, body in asyncio.run(scenario()):
        assert status == 500
        assert "account" not in body


def test_a_stop_gives_the_port_back_and_leaves_the_signals_to_the_service():
    async def scenario():
        before = signal.getsignal(signal.SIGTERM)
        async with serving() as port:
            await get(port)
            assert signal.getsignal(signal.SIGTERM) is before
        with pytest.raises(OSError, match="Connect call failed"):
            await get(port)

    asyncio.run(scenario())


def test_a_port_that_somebody_has_cannot_be_had():
    with closing(Site.open("127.0.0.1", 0)) as taken, pytest.raises(OSError, match="in use"):
        Site.open("127.0.0.1", taken.port)


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="this machine has no IPv6")
def test_every_address_means_both_kinds():
    async def well():
        return ()

    async def scenario():
        site = Site.open("::", 0)
        running = asyncio.create_task(site.serve(well))
        try:
            return (await get(site.port))[0]
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    assert asyncio.run(scenario()) == 200
