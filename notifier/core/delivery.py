"""What to do with a delivery: is it still worth telling, when to try again, and what may be told together."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from notifier.core.alert import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.message import Message, Told

FIRST_RETRY = 30  # seconds
LONGEST_RETRY = 6 * 3600


class State(StrEnum):
    """Where a delivery stands."""

    DUE = "due"  # to be told, at `due_at` or after it
    HELD = "held"  # held back until `due_at`: too much at once, or paused; what comes later does not wait for it
    CLAIMED = "claimed"  # being told now; after a crash the channel is asked whether it was
    DONE = "done"
    DROPPED = "dropped"  # overtaken before anybody was told
    GIVEN_UP = "given up"


@dataclass(frozen=True, slots=True)
class Delivery:
    """One transition owed to one destination: the outbox row.

    *event* is shared by the transitions of one event. *post* is the content as frozen at the first claim;
    None before it. *boot* names the process that claimed it.
    """

    id: int
    rule: str
    account: str
    grant: str
    episode: int
    seq: int
    destination: str
    event: int
    told: Told
    state: State = State.DUE
    due_at: Moment = 0
    attempts: int = 0
    boot: str = ""
    post: Message | None = None
    receipt: str = ""
    why: str = ""

    @property
    def key(self) -> str:
        """What names it towards a channel: the alert, the episode, the transition, the destination."""
        return f"{self.rule}|{self.account}|{self.grant}|{self.episode}|{self.seq}|{self.destination}"


def retry_after(attempts: int) -> int:
    """Seconds to wait after *attempts* failures: 30 s, doubling, at most six hours."""
    return min(FIRST_RETRY << min(attempts - 1, 16), LONGEST_RETRY)


def overtaken(waiting: Sequence[Delivery]) -> set[int]:
    """The ids of deliveries that later ones make pointless, among those of one alert and destination.

    They have not been attempted and are in order. What was opened and is already over is not told at all; of
    several steps only the newest is.
    """
    dropped: set[int] = set()
    opened: list[Delivery] = []
    for delivery in waiting:
        if delivery.told.reason in (Reason.RESOLVED, Reason.CLOSED):
            if opened and opened[0].told.reason in (Reason.OPENED, Reason.STANDING):
                dropped.add(delivery.id)
            dropped.update(earlier.id for earlier in opened)
            opened = []
        else:
            opened.append(delivery)
    dropped.update(earlier.id for earlier in opened[:-1])
    return dropped


def posts(claimed: Sequence[Delivery]) -> list[list[Delivery]]:
    """Which deliveries make one post: what was standing at enrolment together, everything else by itself."""
    together: dict[object, list[Delivery]] = {}
    for delivery in claimed:
        standing = delivery.told.reason is Reason.STANDING
        subject = (delivery.event, delivery.account, delivery.grant, delivery.destination)
        together.setdefault(subject if standing else delivery.id, []).append(delivery)
    return list(together.values())
