"""A mail that only says that mail arrives, for ``notifier doctor --send``."""

from __future__ import annotations

from secrets import token_hex

from notifier.core.alert import Reason
from notifier.core.message import Message
from notifier.ports import Post


def greeting(to: str) -> Post:
    """A short mail to *to*, each time a new one."""
    name = token_hex(16)
    message = Message(
        headline="A greeting",
        about="notifier",
        reason=Reason.STANDING,
        next="Nothing is to be done.",
        say="Mail from notifier reaches this address. Somebody asked for this test with `notifier doctor`.",
        topic="A greeting",
    )
    return Post(f"greeting|{name}", message, to=to, id=name, thread=name, topic=message.title)
