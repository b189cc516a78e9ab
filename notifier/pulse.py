"""The service's pulse: a heartbeat in the database, an answer to who asks, and the dead-man's ping.

A dead-man's switch is told every five minutes that all is well. It is another machine's: when nothing comes, the
service is dead, or cut off, and whoever runs that switch tells people. What is wrong goes there too, at `/fail`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

import structlog

from notifier.core.health import ailments
from notifier.flow.health import backlog, beat
from notifier.ports import Undelivered
from notifier.store.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.clock import Clock
    from notifier.core.health import Rhythm
    from notifier.net import Net
    from notifier.store.store import Store

WELL = range(200, 300)
log = structlog.get_logger()


class Pulse:
    """How one service is. *rhythm* says how its engine goes."""

    def __init__(self, store: Store, clock: Clock, rhythm: Callable[[], Rhythm]) -> None:
        self._store, self._clock, self._rhythm = store, clock, rhythm

    async def ailments(self) -> Sequence[str]:
        """What is wrong now, each a sentence that names nobody; empty if all is well."""
        rhythm, now = self._rhythm(), self._clock.now()
        try:
            waits = await self._store.aread(backlog, now)
        except StoreError:
            return ("The database cannot be read.",)
        return ailments(rhythm, waits, now)

    async def beat(self) -> Sequence[str]:
        """Write a heartbeat; returns what is wrong."""
        try:
            await self._store.awrite(beat, self._clock.now())
        except StoreError as error:
            log.error("no heartbeat", action="no_heartbeat", why=str(error))  # noqa: TRY400  a sentence says it
            return ("The database took no write.",)
        return await self.ailments()


class Switch:
    """A dead-man's switch, as healthchecks has them: an address that is to be asked again and again.

    The *address* is a secret: whoever has it can say that all is well.
    """

    def __init__(self, net: Net, address: str) -> None:
        self._net, self._address = net, address

    async def ping(self, wrong: Sequence[str]) -> None:
        """Say that all is well, or what is *wrong*. A ping that fails is logged; the next one comes anyway."""
        address = failed(self._address) if wrong else self._address
        try:
            answer = await self._net.tell(address, "\n".join(wrong))
        except Undelivered as error:
            log.warning("the ping did not arrive", action="ping_failed", why=error.why)
            return
        if answer.status not in WELL:
            log.warning("the ping was refused", action="ping_failed", why=f"it was answered with {answer.status}")


def failed(address: str) -> str:
    """Where a switch at *address* hears that something is wrong: ``/fail`` below it, before any query."""
    parts = urlsplit(address)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/fail"))
