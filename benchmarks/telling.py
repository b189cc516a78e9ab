"""What it costs to tell: one durable delivery beside what the channel itself costs, a mail, a message for Slack.

    python -m benchmarks.telling [deliveries]

CPU time of this process. A durable delivery is claimed, composed from the rules, frozen, told and noted, in the
transactions that the service makes: here to a channel that costs nothing, each destination in its own lane.
"""

from __future__ import annotations

import asyncio
import logging
import platform
import sys
import tempfile
import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from notifier.channels.mail.address import Sender
from notifier.channels.mail.mime import mail
from notifier.channels.slack.blocks import blocks
from notifier.clock import Clock
from notifier.core.audience import Ways
from notifier.files.places import Places, read_files
from notifier.flow.declare import declare
from notifier.flow.deliver import Outlets
from notifier.flow.judge import judge
from notifier.lanes import Lanes
from notifier.store.store import Store

if TYPE_CHECKING:
    from notifier.core.message import Answer
    from notifier.core.rule import Rulebook
    from notifier.ports import Examined, Post

PROJECT = Path(__file__).resolve().parents[1]
ACCOUNT = """\
  - id: lab-{number}
    program: openai-researcher-access
    accepted_on: {accepted}
    enrolled_on: {accepted}
    people: {{pi: "mailto:lab-{number}@example.edu", team: "mailto:team-{number}@example.edu"}}
"""


class Nowhere:
    """A channel that costs nothing."""

    pace = 0

    def __init__(self) -> None:
        self.told: list[Post] = []

    async def deliver(self, post: Post) -> str:
        """Keep the post."""
        self.told.append(post)
        return post.id

    async def find(self, post: Post) -> None:
        """Nothing is ever in doubt here."""

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  nothing to look at
        """Nothing to look at."""
        return []

    async def aclose(self) -> None:
        """Nothing is open."""


def owed(folder: Path, deliveries: int) -> tuple[Store, Rulebook, Outlets, Nowhere]:
    """A store in which so many deliveries are owed, each to an address of its own."""
    accepted = (datetime.now(UTC) - timedelta(days=30)).date()  # noqa: TID251  a measurement
    rows = [ACCOUNT.format(number=number, accepted=accepted) for number in range(deliveries // 2)]
    (folder / "accounts.yaml").write_text("version: 1\naccounts:\n" + "".join(rows), encoding="utf-8")
    places = Places(PROJECT / "rules", folder / "accounts.yaml", folder / "state")
    now = Clock().now()
    files, store = read_files(places, now), Store.open(places.database, lock=True)
    channel = Nowhere()
    outlets = Outlets(lambda _: channel, Ways(lambda address: address.startswith("mailto:")))
    store.write(declare, files.declared, now)
    while store.write(judge, files.rulebook, now, outlets.ways):
        pass
    return store, files.rulebook, outlets, channel


async def tell_all(store: Store, rulebook: Rulebook, outlets: Outlets) -> None:
    """Let the lanes tell everything that is owed."""
    free = asyncio.Event()
    lanes = Lanes(store, Clock(), outlets, "boot", free.set)
    while True:
        free.clear()
        await lanes.fill(rulebook, Clock().now())
        if not lanes.busy:
            return
        await free.wait()


def command(answer: Answer) -> str:
    """How a message says an answer is typed."""
    return f"notifier {answer.verb} {answer.rest}"


def main() -> None:
    """Measure and print."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    deliveries = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    figures: defaultdict[str, float] = defaultdict(float)
    with tempfile.TemporaryDirectory() as name:
        store, rulebook, outlets, channel = owed(Path(name), deliveries)
        begun = time.process_time()
        asyncio.run(tell_all(store, rulebook, outlets))
        figures["one durable delivery, with its message composed"] = (time.process_time() - begun) / len(
            channel.told
        )
        store.close()
    sender, posts = Sender("notifier", "notifier@example.edu"), channel.told[:300]
    for what, made in (
        ("a mail with its letter, as bytes", lambda post: bytes(mail(post, sender, command))),
        ("a message as blocks of Slack", lambda post: blocks(post.message, command)),
    ):
        begun = time.process_time()
        for post in posts:
            made(post)
        figures[what] = (time.process_time() - begun) / len(posts)
    print(f"{platform.platform()}, Python {platform.python_version()}, {len(channel.told):,} deliveries")
    for what, seconds in figures.items():
        print(f"{what}: {seconds * 1e6:,.0f} µs")


if __name__ == "__main__":
    main()
