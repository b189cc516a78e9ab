"""A running service shows others that it lives, where anybody asks: it pings, and answers whether all is well."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing

from notifier.clock import Clock
from notifier.core.audience import CONSOLE
from notifier.files.places import read_files
from notifier.flow.deliver import Outlets
from notifier.service import Service, World
from notifier.store.store import Store
from notifier.web.server import Site
from tests.service.small import Meter, Paper, write_files


def live(folder, scenario: Callable[[Store], Awaitable[None]], **watchers: object) -> None:
    """Run the service on one account while *scenario* plays."""
    places = write_files(folder, "lab")

    async def play(store: Store) -> None:
        clock, stopped = Clock(), asyncio.Event()
        outlets = Outlets({CONSOLE: Paper()}.get)
        world = World(clock, store, outlets, {"openai": Meter()}.__getitem__, {"KEY": "sk-x"}.get, **watchers)
        running = asyncio.create_task(Service(places, read_files(places, clock.now()), world).run(stopped))
        try:
            async with asyncio.timeout(20):
                await scenario(store)
        finally:
            stopped.set()
            await running

    with closing(Store.open(places.database, lock=True)) as store:
        asyncio.run(play(store))


async def answer(port: int) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    try:
        return (await reader.read()).decode()
    finally:
        writer.close()


def test_it_pings_when_it_starts_and_the_database_took_that_heartbeat(tmp_path):
    pinged: asyncio.Queue[Sequence[str]] = asyncio.Queue()

    async def scenario(store: Store) -> None:
        assert tuple(await pinged.get()) == ()
        assert await store.aread(lambda tx: tx.beaten_at()) > 0

    live(tmp_path, scenario, ping=pinged.put)


def test_it_answers_whether_all_is_well(tmp_path):
    site = Site.open("127.0.0.1", 0)

    async def scenario(_: Store) -> None:
        said = await answer(site.port)
        assert said.startswith("HTTP/1.1 200 OK")
        assert said.endswith('{"status":"ok"}')

    live(tmp_path, scenario, site=site)


def test_where_nobody_asks_there_is_no_heartbeat(tmp_path):
    round_over = asyncio.Event()

    async def scenario(store: Store) -> None:
        await round_over.wait()
        assert await store.aread(lambda tx: tx.beaten_at()) == 0

    live(tmp_path, scenario, first_round=round_over.set)
