"""What is said when an edit would tell so much that a person is asked first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.hold import Stage
from notifier.core.message import Answer, Message
from notifier.core.words import say_count, say_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from notifier.core.calendar import Moment
    from notifier.core.hold import Hold

ALL_OR_NONE = "they are meant; then tell them all, or none"


def compose_held(hold: Hold, count: int, sample: Sequence[str], now: Moment, known: str = "") -> Message:
    """Ask once: *count* messages, the titles of some of them, and the two commands that answer.

    *known* says how old the figures in the titles are.
    """
    if hold.stage is not Stage.WAITING:  # answered before anybody was asked
        headline = f"{_messages(hold.count, 'was', 'were')} {hold.stage}"
        return Message(headline, "notifier", Reason.HELD, say=f"By {hold.by}, {say_time(now, now)}.")
    one = count == 1
    more = [f"and {count - len(sample):,} more"] if count > len(sample) else []
    told = f"{say_count(count, 'message')} at once, so {'it has not gone' if one else 'none of them went'} out yet"
    listed = "The first" if more else "It is" if one else "They are"
    return Message(
        headline=f"{_messages(count, 'is', 'are')} held",
        about="notifier",
        reason=Reason.HELD,
        say=f"{hold.why}, {say_time(hold.at, now)}. That would tell {told}. "
        f"What comes up meanwhile is told as always. {listed}:",
        next=f"Look whether {'it is meant; then tell it, or not' if one else ALL_OR_NONE}.",
        known=known,
        rows=(*sample, *more),
        answers=(
            Answer("To tell it" if one else "To tell them", "release", str(hold.event)),
            Answer("Not to tell it" if one else "To tell none of them", "drop", str(hold.event)),
        ),
    )


def _messages(count: int, one: str, several: str) -> str:
    """``1 message is``, ``37 messages are``."""
    return f"{say_count(count, 'message')} {one if count == 1 else several}"
