"""The outside world of one run: real, as the settings say, or simulated by the demo."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from notifier.core.audience import CONSOLE
from notifier.core.hold import MOST_AT_ONCE
from notifier.engines.embedded import Embedded
from notifier.flow.deliver import Outlets
from notifier.pulse import Switch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from notifier.channels.console import Console
    from notifier.clock import Clock
    from notifier.core.calendar import Moment
    from notifier.core.message import Answer
    from notifier.engines.engine import Engine
    from notifier.net import Net
    from notifier.ports import Channel, Source
    from notifier.settings import Settings
    from notifier.web.server import Site


class Told(Protocol):
    """Where people are told: every channel that is configured."""

    @property
    def outlets(self) -> Outlets:
        """The channels, as the flow wants them."""

    async def aclose(self) -> None:
        """Close the channels."""


@dataclass(frozen=True, slots=True)
class ConsoleAlone:
    """Where the demo tells: on the console, whatever is configured."""

    console: Channel

    @property
    def outlets(self) -> Outlets:
        """The console."""
        return Outlets({CONSOLE: self.console}.get)

    async def aclose(self) -> None:
        """Nothing is open."""


@dataclass(frozen=True, slots=True)
class Outside:
    """The outside world of one run: real, or simulated by the demo, which has no *settings*.

    *site* is where others may ask whether all is well, if anywhere. A play has an *engine* of its own, and *hears*
    what is told: it gives the channel that takes the console's place.
    """

    source: Callable[[Net], Callable[[str], Source]]
    secret: Callable[[str], str | None]
    settings: Settings | None = None
    hold_above: int = MOST_AT_ONCE
    site: Site | None = None
    engine: Callable[[Callable[[], Awaitable[Moment]], Clock], Engine] = Embedded
    hears: Callable[[Channel], Channel] | None = None

    def ping(self, net: Net) -> Callable[[Sequence[str]], Awaitable[None]] | None:
        """What tells the dead-man's switch; None if there is none."""
        if self.settings is None or self.settings.ping_url is None:
            return None
        return Switch(net, self.settings.ping_url.get_secret_value()).ping

    def destinations(self, net: Net, console: Console, typed: Callable[[Answer], str]) -> Told:
        """Where people are told."""
        if self.settings is None:
            return ConsoleAlone(self.hears(console) if self.hears is not None else console)
        from notifier.destinations import Destinations  # noqa: PLC0415  the demo never reads settings

        return Destinations(self.settings, net, console, typed)
