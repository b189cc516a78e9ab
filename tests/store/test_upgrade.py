"""A database of the previous release goes on where that stopped: what it had queued is told, word for word."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from alembic import command
from sqlalchemy import create_engine

from notifier.core.delivery import State
from notifier.core.rule import Rulebook
from notifier.flow.deliver import Outlets, prepare, tell_in_turn
from notifier.flow.settle import settle
from notifier.store.migrating import configuration
from notifier.store.store import Store

FROZEN = {  # as release 0002 wrote it, without what came later
    "v": 1,
    "headline": "Credits have not arrived",
    "about": "lab",
    "reason": "opened",
    "urgent": False,
    "step": "1 day after",
    "say": "Accepted 11 March 2024.",
    "next": "Send the letter.",
    "contact": "",
    "link": "",
    "known": "",
    "told": "Told: team (#lab).",
    "answers": [["When done", "record", "lab credits_granted AMOUNT"]],
    "rows": [],
    "letter": {
        "name": "missing", "to": "help@example.edu", "cc": "", "opens": "", "subject": "Where?", "body": "Hello\n",
        "blanks": 0,
    },
}  # fmt: skip
COLUMNS = (
    'rule, account, "grant", episode, seq, destination, event, cause, reason, at, step, anchor, state, due_at, '
    "attempts, boot, post, receipt, why"
)


@dataclass
class Paper:
    told: list = field(default_factory=list)
    arrived: set = field(default_factory=set)
    pace = 0

    async def deliver(self, post):
        self.told.append(post)
        return post.key

    async def find(self, post):
        return post.key if post.key in self.arrived else None


def left_behind(path, *states, version="0002"):
    """A database of release *version* with a delivery in each of *states*, each with its frozen post."""
    path.parent.mkdir()
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = configuration()
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()
    with closing(sqlite3.connect(path)) as connection, connection:
        for number, state in enumerate(states):
            said = ("p/late", f"lab-{number}", "1", 1, 1, "console", 1, "a moment came", "opened", 100)
            row = (*said, "1 day after", None, state, 100, 1, "old", json.dumps(FROZEN), "", "")
            connection.execute(f"INSERT INTO delivery ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)


async def tell(store, paper):
    outlets = Outlets({"console": paper}.get)
    parcels = store.write(prepare, Rulebook(), 200, "new", outlets)
    outcomes = [outcome async for outcome in tell_in_turn(parcels, outlets)]
    store.write(settle, outcomes, 200, outlets.ways)


@pytest.mark.parametrize("state", ["due", "claimed"])
def test_what_was_queued_is_told_as_it_was_frozen(path, state):
    left_behind(path, state)
    paper = Paper()
    with closing(Store.open(path, lock=True)) as store:
        asyncio.run(tell(store, paper))
        [delivery] = store.read(lambda tx: tx.deliveries())

    [post] = paper.told
    assert (post.message.headline, post.message.say) == ("Credits have not arrived", "Accepted 11 March 2024.")
    assert post.message.letter.body == "Hello\n"
    assert post.message.answers[0].rest == "lab credits_granted AMOUNT"
    assert (post.thread, post.topic) == (post.id, "Credits have not arrived · lab")
    assert delivery.state is State.DONE


def test_what_arrived_before_the_upgrade_is_asked_about(path):
    left_behind(path, "claimed")
    paper = Paper(arrived={"p/late|lab-0|1|1|1|console"})
    with closing(Store.open(path, lock=True)) as store:
        asyncio.run(tell(store, paper))

        assert paper.told == []
        assert [each.state for each in store.read(lambda tx: tx.deliveries())] == [State.DONE]


def test_each_database_has_a_number_of_its_own_and_keeps_it(path, tmp_path):
    left_behind(path)
    numbers = []
    for each in (path, path, tmp_path / "other.db"):
        with closing(Store.open(each, lock=True)) as store:
            numbers.append(store.read(lambda tx: tx.installation()))

    assert numbers[0] == numbers[1] != numbers[2]
