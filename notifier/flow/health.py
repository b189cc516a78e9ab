"""How the service is, as far as the store knows; what that means is `notifier.core.health`'s to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.calendar import FOREVER
from notifier.core.health import Backlog
from notifier.flow.hold import waiting

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.ports import Tx


def beat(tx: Tx, now: Moment) -> None:
    """Write something real: that this was written, and when."""
    tx.beat(now)


def backlog(tx: Tx, now: Moment) -> Backlog:
    """What waits in the store at *now*, and when it last took a heartbeat.

    What is to be told to a destination that has to wait does not count, nor does what can be told only later.
    """
    judge = tx.next_moment(now, None)  # without deliveries
    whole = tx.next_moment(now)
    act = min((act.at for act in tx.acts()), default=FOREVER)
    return Backlog(judge, whole if whole < judge else FOREVER, act, tx.beaten_at())


@dataclass(frozen=True, slots=True)
class LeftOver:
    """What a round could not do: sources that cannot be read, messages that failed, edits that ask a person."""

    unread: int
    untold: int
    held: int

    def __bool__(self) -> bool:
        return bool(self.unread or self.untold or self.held)


def unread_because(tx: Tx) -> list[str]:
    """What cannot be read, and why: one sentence for what an account hears in the same words."""
    found: dict[tuple[str, str], list[str]] = {}
    for (account, source), (_, why) in sorted(tx.failures().items()):
        found.setdefault((account, why), []).append(source)
    return [f"{account}: {', '.join(sources)}: {why}" for (account, why), sources in found.items()]


def left_over(tx: Tx) -> LeftOver:
    """What is left over now."""
    return LeftOver(len(tx.failures()), len(tx.troubled()), len(waiting(tx)))
