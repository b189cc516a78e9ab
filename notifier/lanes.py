"""Telling, beside everything else: one lane for each destination, in which one post goes after the other.

A slow destination holds up nobody else, and no judging. What came of each post is noted before its lane goes on,
so that a crash leaves at most one post of each destination in doubt; lanes that wait for that share a transaction.
"""

from __future__ import annotations

import asyncio
from itertools import groupby
from typing import TYPE_CHECKING

import structlog

from notifier.core.audience import CONSOLE
from notifier.core.words import plain
from notifier.flow.deliver import Outcome, prepare, tell_in_turn
from notifier.flow.settle import settle
from notifier.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.clock import Clock
    from notifier.core.calendar import Moment
    from notifier.core.rule import Rulebook
    from notifier.flow.deliver import Outlets, Parcel
    from notifier.store.store import Store

LANES_AT_ONCE = 16  # destinations that are told at the same moment
PATIENCE = 3  # seconds that a stop waits for what is being told
log = structlog.get_logger()


class Lanes:
    """The lanes of one process. *nudge* is called whenever one of them has become free."""

    def __init__(self, store: Store, clock: Clock, outlets: Outlets, boot: str, nudge: Callable[[], None]) -> None:
        self._store, self._clock, self._outlets, self._boot = store, clock, outlets, boot
        self._nudge = nudge
        self._lanes: dict[str, asyncio.Task[None]] = {}
        self._unsettled: list[Outcome] = []
        self._settling = asyncio.Lock()

    @property
    def busy(self) -> frozenset[str]:
        """The destinations that are being told now."""
        return frozenset(self._lanes)

    @property
    def room(self) -> int:
        """How many more destinations can be told at this moment."""
        return LANES_AT_ONCE - len(self._lanes)

    async def one_is_free(self) -> None:
        """Wait until one of the lanes that are busy now has told everything that it was given."""
        if self._lanes:
            await asyncio.wait(self._lanes.values(), return_when=asyncio.FIRST_COMPLETED)

    async def fill(self, rulebook: Rulebook, now: Moment) -> None:
        """Claim what is due and let it be told; returns before it is.

        No more is claimed than there is room for: after a crash, all that was claimed has to be asked about.
        """
        await self._settle()  # what a full disk refused the last time
        while self.room and (parcels := await self._prepare(rulebook, now)):
            ordered = sorted(parcels, key=_destination)
            for destination, some in groupby(ordered, key=_destination):
                self._lanes[destination] = asyncio.create_task(self._tell(destination, list(some)))

    async def _prepare(self, rulebook: Rulebook, now: Moment) -> list[Parcel]:
        return await self._store.awrite(
            prepare, rulebook, now, self._boot, self._outlets, self.busy, most_destinations=self.room
        )

    async def stop(self) -> None:
        """Let what is being told come to its end, if that is soon; the next start asks about the rest."""
        lanes = list(self._lanes.values())
        if lanes:
            await asyncio.wait(lanes, timeout=PATIENCE)
        for lane in lanes:
            lane.cancel()
        await asyncio.gather(*lanes, return_exceptions=True)
        try:
            await self._settle()
        except Exception as error:  # the next start asks about it
            log.exception("noting what was told failed", action="settle_failed", error=type(error).__name__)

    async def _tell(self, destination: str, parcels: Sequence[Parcel]) -> None:
        left, begun = list(parcels), True  # whether the first that is left is being told
        try:
            async for outcome in tell_in_turn(parcels, self._outlets):
                left.remove(outcome.parcel)
                self._unsettled.append(outcome)
                self._note(outcome)
                begun = False
                await self._settle()
                begun = True
        except Exception as error:  # whatever it is, the other lanes go on, and `fill` notes what is left
            log.exception("noting what was told failed", action="settle_failed", error=type(error).__name__)
            self._unsettled += [_not_begun(parcel) for parcel in left]
        except asyncio.CancelledError:  # a stop: what is being told may arrive, the others cannot
            self._unsettled += [_not_begun(parcel) for parcel in left[begun:]]
            raise
        finally:
            del self._lanes[destination]
            self._nudge()

    async def _settle(self) -> None:
        """Note everything that came since the last transaction; who waits here shares the next one."""
        async with self._settling:
            outcomes, self._unsettled = self._unsettled, []
            if not outcomes:
                return
            try:
                await self._store.awrite(settle, outcomes, self._clock.now(), self._outlets.ways)
            except BaseException:
                self._unsettled = outcomes + self._unsettled
                raise

    def _note(self, outcome: Outcome) -> None:
        """Say in the log what was told where, and what was not; the words of a failure hold no secret."""
        error, delivery = outcome.error, outcome.parcel.delivery
        if error is None and delivery.destination != CONSOLE:
            title = plain(outcome.parcel.post.message.title)
            log.info("told", action="told", delivery=delivery.id, destination=delivery.destination, title=title)
        if error is not None and outcome.tried:
            log.warning(
                "not told",
                action="undelivered",
                delivery=delivery.id,
                destination=delivery.destination,
                attempt=delivery.attempts,
                permanent=error.permanent,
                why=error.why,
            )


def _destination(parcel: Parcel) -> str:
    return parcel.delivery.destination


def _not_begun(parcel: Parcel) -> Outcome:
    return Outcome(parcel, error=Undelivered("its turn did not come"), tried=False)
