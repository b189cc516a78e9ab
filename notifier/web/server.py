"""The server: uvicorn in the loop of the service, on a socket that was opened before anything else began."""

from __future__ import annotations

import asyncio
import socket
from contextlib import contextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING

import uvicorn

from notifier.web.app import app

if TYPE_CHECKING:
    from collections.abc import Generator

    from notifier.web.app import Ailments
    from notifier.web.facts import Desk

LAST_ANSWERS = 2  # seconds that a stop waits for answers that are being given
SILENCE = 10  # seconds after which a connection that asks nothing is closed
MOST_AT_ONCE = 100  # connections


class Site:
    """One open address. It answers from `serve` on."""

    def __init__(self, listening: socket.socket) -> None:
        self._listening = listening

    @classmethod
    def open(cls, host: str, port: int) -> Site:
        """Take *port* of *host*, an address of this machine; `::` is every address, of both kinds.

        Raises:
            OSError: it cannot be had.
        """
        if ip_address(host).version == 4:  # noqa: PLR2004  the version is its name
            return cls(socket.create_server((host, port)))
        both = host == "::" and socket.has_dualstack_ipv6()
        return cls(socket.create_server((host, port), family=socket.AF_INET6, dualstack_ipv6=both))

    @property
    def port(self) -> int:
        """The port that it has."""
        return int(self._listening.getsockname()[1])

    def close(self) -> None:
        """Give the port back, where nothing was served; closing again does nothing."""
        self._listening.close()

    async def serve(self, ailments: Ailments, desk: Desk | None = None) -> None:
        """Answer until cancelled; then finish what is being answered, and give the port back."""
        server = _Server(
            uvicorn.Config(
                app(ailments, desk),
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                limit_concurrency=MOST_AT_ONCE,
                timeout_keep_alive=SILENCE,
                timeout_graceful_shutdown=LAST_ANSWERS,
            )
        )
        running = asyncio.create_task(server.serve([self._listening]))
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            server.should_exit = True
            await running
            raise


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: `notifier run` has its own, and stops everything."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Capture none."""
        yield
