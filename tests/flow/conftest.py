"""A store on disk, five rules, accounts by hand, and a channel that is a sheet of paper.

The rules are those that the first release shipped. They stay as they are: the flow is tested on them, whatever is
shipped since; what is shipped now is tested in ``tests/rules``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from notifier.core.account import Account, Grant, Person, Poll
from notifier.core.audience import CONSOLE, Ways
from notifier.core.calendar import Locale, Moment
from notifier.core.delivery import Delivery
from notifier.core.facts import Observed
from notifier.core.message import Message
from notifier.core.rule import Rulebook
from notifier.files.positions import Fault
from notifier.files.rulebook import read_rulebook
from notifier.flow.act import act
from notifier.flow.declare import Declaration, declare
from notifier.flow.deliver import Outcome, Outlets, prepare, tell_in_turn
from notifier.flow.judge import judge
from notifier.flow.settle import settle
from notifier.ports import CannotAsk, Examined, Post
from notifier.store.store import Store

SHIPPED = Path(__file__).parent / "rules"
PROGRAM = "openai-researcher-access"
BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> Moment:
    """A moment, written as local time in Berlin."""
    return int(datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp())


def utc(text: str) -> Moment:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


@dataclass
class Paper:
    """A channel that writes on a sheet of paper, and can be torn or turned over."""

    pace: int = 0
    dumb: bool = False  # it cannot be asked what it has told
    told: list[Post] = field(default_factory=list)
    fails: list[Exception] = field(default_factory=list)

    async def deliver(self, post: Post) -> str:
        if self.fails:
            raise self.fails.pop(0)
        self.told.append(post)
        return post.key

    async def find(self, post: Post) -> str | CannotAsk | None:
        if self.dumb:
            return CannotAsk.CANNOT_ASK
        return post.key if post.key in {told.key for told in self.told} else None

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  nothing to look at
        return []

    async def aclose(self) -> None:
        pass

    @property
    def titles(self) -> list[str]:
        return [f"{post.message.reason}: {post.message.headline}" for post in self.told]

    def heard(self) -> list[tuple[str, str, str]]:
        """What was told of each alert: headline, account and step; a table tells one a line."""
        return [line for post in self.told for line in lines_of(post.message)]


def lines_of(message: Message) -> list[tuple[str, str, str]]:
    alone = [(message.headline, message.about, message.step)]
    return [(line.headline, line.about, line.state) for line in message.lines] or alone


@dataclass
class World:
    """A notifier without its shell: every step is taken by hand, at a time of one's choosing."""

    store: Store
    rulebook: Rulebook
    paper: Paper = field(default_factory=Paper)
    boot: str = "first"
    papers: dict[str, Paper] = field(default_factory=dict)
    fallback: str = ""
    resend: bool = True

    def reach(self, *destinations: str) -> None:
        """Let these addresses be told, each on a sheet of its own, beside the console."""
        self.papers |= {name: Paper() for name in destinations}

    def declare(self, now: str, *declared: Declaration) -> None:
        self.store.write(declare, list(declared), at(now))

    def judge(self, now: str) -> None:
        self.store.write(act, at(now), self.outlets.ways)
        while self.store.write(judge, self.rulebook, at(now), self.outlets.ways):
            pass

    @property
    def outlets(self) -> Outlets:
        papers = {CONSOLE: self.paper, **self.papers}
        ways = Ways(self.papers.__contains__ if self.papers else None, self.fallback)
        return Outlets(papers.get, ways, resend=self.resend)

    async def deliver(self, now: str) -> list[Outcome]:
        outcomes: list[Outcome] = []
        while parcels := self.store.write(prepare, self.rulebook, at(now), self.boot, self.outlets):
            for destination in {parcel.delivery.destination: None for parcel in parcels}:
                there = [parcel for parcel in parcels if parcel.delivery.destination == destination]
                some = [outcome async for outcome in tell_in_turn(there, self.outlets)]
                self.store.write(settle, some, at(now), self.outlets.ways)
                outcomes += some
        return outcomes

    def restart(self) -> None:
        self.boot += "'"

    def deliveries(self) -> list[Delivery]:
        return list(self.store.read(lambda tx: tx.deliveries()))

    def edit(self, change: Mapping[str, str], tmp_path: Path) -> None:
        """Take over the rules with texts replaced."""
        folder = tmp_path / f"edited-{len(change)}-{self.rulebook.fingerprint}"
        (folder / "drafts").mkdir(parents=True)
        shipped = (*SHIPPED.glob("*.yaml"), *SHIPPED.glob("drafts/*.txt"))
        texts = {path.relative_to(SHIPPED): path.read_text(encoding="utf-8") for path in shipped}
        for old, new in change.items():
            assert any(old in text for text in texts.values()), old
            texts = {path: text.replace(old, new) for path, text in texts.items()}
        for path, text in texts.items():
            (folder / path).write_text(text, encoding="utf-8")
        faults: list[Fault] = []
        self.rulebook = read_rulebook(folder, "rules", faults)
        assert not faults


@pytest.fixture(scope="session")
def shipped() -> Rulebook:
    faults: list[Fault] = []
    rulebook = read_rulebook(SHIPPED, "rules", faults)
    assert not faults
    return rulebook


@pytest.fixture
def world(tmp_path: Path, shipped: Rulebook) -> Iterator[World]:
    store = Store.open(tmp_path / "notifier.db", lock=True)
    yield World(store, shipped)
    store.close()


def lab(
    *, enrolled: str | None = "2026-03-02", accepted: str = "2026-03-02", polled: bool = False, **facts: Observed
) -> Declaration:
    """One account called lab with one grant, accepted on a Monday."""
    people = {"pi": Person(("mailto:a@example.edu",), "A. Researcher"), "team": Person(("slack:#lab",))}
    first = date.fromisoformat(enrolled).toordinal() if enrolled else None
    account = Account("lab", Locale(BERLIN), people, (Grant("1", PROGRAM, first),))
    if polled:
        account = replace(account, sources=(Poll("openai", "LAB_KEY"),))
    grant: dict[str, Observed] = {
        "grant_id": "1",
        "accepted_on": date.fromisoformat(accepted),
        "accepted_address": "a@example.edu",
        **facts,
    }
    return Declaration(account, {"account_name": "lab", "organization": "org-1"}, {"1": grant})
