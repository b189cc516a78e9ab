"""What the service asks of an engine: to call the work when it is due. Who waits for what is the engine's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from notifier.core.health import Rhythm


class Engine(Protocol):
    """Calls the work at the next moment, which the work itself returns, and whenever `nudge` is called."""

    def start(self) -> None:
        """Begin: the first work is due at once."""

    def nudge(self) -> None:
        """Something happened: work now, or right after the work that is going on."""

    def nudged(self) -> bool:
        """Whether somebody nudged since this was last asked: for who works without having started the engine."""

    def every(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """Call *job* about every so many *seconds*; one of the same *name* is replaced."""

    def spread(self, name: str, seconds: int, job: Callable[[], Awaitable[None]]) -> None:
        """As `every`, for many jobs that begin together: the first comes within *seconds*, by the job's *name*."""

    def no_longer(self, name: str) -> None:
        """Stop calling the job called *name*."""

    def rhythm(self) -> Rhythm:
        """Since when it runs on this clock, and how the work goes."""

    async def stop(self) -> None:
        """End: no new work begins."""
