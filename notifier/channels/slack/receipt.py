"""What finds a post again in Slack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_WRITTEN = re.compile(r"([A-Z0-9]+)/(\d+\.\d+)/(\d+\.\d+)")


@dataclass(frozen=True, slots=True)
class Receipt:
    """The *channel*, the first message of the thread (*root*) and the message itself (*ts*), as Slack names them.

    Written ``C0123ABC/1719000000.000100/1719000300.000200``.
    """

    channel: str
    root: str
    ts: str

    def __str__(self) -> str:
        return f"{self.channel}/{self.root}/{self.ts}"

    @classmethod
    def read(cls, text: str | None) -> Receipt | None:
        """The receipt written as *text*; None for one of another channel."""
        found = _WRITTEN.fullmatch(text or "")
        return cls(*found.groups()) if found else None

    @classmethod
    def of(cls, channel: str, message: Mapping[str, Any]) -> Receipt:
        """The receipt of *message*. A reply whose thread is gone stands by itself, and begins a thread anew."""
        ts = str(message["ts"])
        return cls(channel, str(message.get("thread_ts") or ts), ts)
