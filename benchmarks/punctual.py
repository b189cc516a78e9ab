"""How long after its moment an alert is committed and told: the real service, store, engine and clock.

    python -m benchmarks.punctual [accounts]

Sets the hour of telling to the next full minute, lets the service sleep, and measures from that minute on. Takes
up to a minute and a half.
"""

from __future__ import annotations

import asyncio
import platform
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from notifier.clock import Clock
from notifier.core.audience import CONSOLE
from notifier.files.places import Places, read_files
from notifier.flow.deliver import Outlets
from notifier.ports import Source
from notifier.service import Service, World
from notifier.store.store import Store

if TYPE_CHECKING:
    from notifier.ports import Examined, Post

PROJECT = Path(__file__).resolve().parents[1]
EACH_HEARS = 2  # messages: at the start that a week is left, and at the moment that it is over
PROGRAM = "openai-researcher-access"
GRANT = "  - {{id: lab-{number}, program: {program}, accepted_on: {accepted}, enrolled_on: {accepted}}}\n"


class Stopwatch:
    """A channel that notes when it is reached: the alert was committed before."""

    pace = 0

    def __init__(self, expected: int) -> None:
        self.told: list[float] = []
        self.expected, self.complete = expected, asyncio.Event()

    async def deliver(self, post: Post) -> str:
        """Note the time of each alert: a table tells several."""
        alerts = max(len(post.message.lines), 1)
        self.told += [time.time()] * alerts  # noqa: TID251  a measurement
        if len(self.told) >= self.expected:
            self.complete.set()
        return post.key

    async def find(self, post: Post) -> str | None:
        """The key, if it was told: nobody asks, because nothing crashes here."""
        return post.key if self.told else None

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  nobody asks a stopwatch
        """Nothing to look at."""
        return []

    async def aclose(self) -> None:
        """Nothing is open."""


def write_accounts(folder: Path, accounts: int, moment: datetime) -> Places:
    """Accounts whose flagship rule speaks at *moment*."""
    accepted = (moment - timedelta(days=22)).date()
    head = f'version: 1\ndefaults: {{time_zone: UTC, tell_at: "{moment:%H:%M}"}}\naccounts:\n'
    text = head + "".join(
        GRANT.format(number=number, program=PROGRAM, accepted=accepted) for number in range(accounts)
    )
    (folder / "accounts.yaml").write_text(text, encoding="utf-8")
    return Places(PROJECT / "rules", folder / "accounts.yaml", folder / "state")


async def measure(places: Places, store: Store, accounts: int, moment: datetime) -> list[float]:
    """Run the service until everybody was told; the seconds after *moment*, in order."""
    watch, clock, stopped = Stopwatch(EACH_HEARS * accounts), Clock(), asyncio.Event()
    outlets = Outlets({CONSOLE: watch}.get)
    world = World(clock, store, outlets, dict[str, Source]().__getitem__, lambda _: None, hold_above=accounts)
    running = asyncio.create_task(Service(places, read_files(places, clock.now()), world).run(stopped))
    await watch.complete.wait()
    stopped.set()
    await running
    return [told - moment.timestamp() for told in watch.told[-accounts:]]


def main() -> None:
    """Measure once and print."""
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    soon = datetime.now(UTC) + timedelta(seconds=5 + accounts / 200)  # noqa: TID251  a measurement
    moment = soon.replace(second=0, microsecond=0) + timedelta(minutes=1)
    with tempfile.TemporaryDirectory() as name:
        places = write_accounts(Path(name), accounts, moment)
        store = Store.open(places.database, lock=True)
        late = asyncio.run(measure(places, store, accounts, moment))
        store.close()
    print(f"{platform.platform()}, Python {platform.python_version()}, {accounts} alerts due at one moment")
    print(f"the first was told {late[0] * 1000:.1f} ms after it, the last {late[-1] * 1000:.1f} ms")


if __name__ == "__main__":
    main()
