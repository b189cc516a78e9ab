"""What is said when an edit would tell so much that a person is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.hold import Stage
from notifier.core.message import Answer, Message
from notifier.core.words import say_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.hold import Hold


def compose_held(hold: Hold, count: int, sample: Sequence[str], now: Moment) -> Message:
    """Ask once: *count* messages, the titles of some of them, and the two commands that answer."""
    if hold.stage is not Stage.WAITING:  # answered before anybody was asked
        headline = f"{hold.count} messages were {hold.stage}"
        return Message(headline, "notifier", Reason.HELD, say=f"By {hold.by}, {say_time(now, now)}.")
    more = [f"and {count - len(sample):,} more"] if count > len(sample) else []
    return Message(
        headline=f"{count:,} messages are held",
        about="notifier",
        reason=Reason.HELD,
        say=f"{hold.why}, {say_time(hold.at, now)}. That would tell {count:,} messages at once, so none of them "
        f"went out yet. What comes up meanwhile is told as always. {'The first' if more else 'They are'}:",
        next="Look whether they are meant; then tell them all, or none.",
        rows=(*sample, *more),
        answers=(
            Answer("To tell them", "release", str(hold.event)),
            Answer("To tell none of them", "drop", str(hold.event)),
        ),
    )
