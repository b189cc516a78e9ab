"""What is said elsewhere when a destination could not be told: the whole message, and why it comes this way."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.alert import Reason
from notifier.core.message import Answer, Message
from notifier.core.words import say_time

if TYPE_CHECKING:
    from notifier.core.calendar import Moment
    from notifier.core.delivery import Delivery


def place_of(destination: str) -> str:
    """A destination as a text names it: ``#lab-grants``, ``a.researcher@example.edu``, ``the console``."""
    kind, _, address = destination.partition(":")
    return address or f"the {kind}"


def compose_undelivered(lost: Delivery, now: Moment) -> Message:
    """The message of *lost*, which was given up, for whoever hears it instead; nothing of it is left out."""
    where, post = place_of(lost.destination), lost.post
    again = Answer(f"To try {where} again, once it is mended", "retry", f"D{lost.id}")
    if post is None:  # it was given up before it was composed
        post = Message(lost.rule, lost.account, lost.told.reason)
    times = "once" if lost.attempts == 1 else f"{lost.attempts} times"
    since = f" since {say_time(lost.tried_at, now)}" if lost.attempts > 1 else ""
    return replace(
        post,
        headline=f"Could not be told to {where}: {post.headline}",
        topic=f"Could not be told to {where}: {post.topic or post.headline}",
        reason=Reason.UNDELIVERED,
        say=f"{post.say} Tried {times}{since}: {lost.why}".strip(),
        told=f"Told here instead of {where}.",
        answers=(*post.answers, again),
    )
