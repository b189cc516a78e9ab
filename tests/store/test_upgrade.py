"""A database of the previous release goes on where that stopped: what it had queued is told, word for word."""

import asyncio
import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field

import pytest
from alembic import command
from sqlalchemy import create_engine

from notifier.core.alert import Alert, Cause, Reason, Transition
from notifier.core.delivery import Doubt, State
from notifier.core.rule import Rulebook
from notifier.core.subject import Subject
from notifier.flow.deliver import Outlets, prepare, tell_in_turn
from notifier.flow.settle import settle
from notifier.store.migrating import configuration
from notifier.store.store import Store

pytestmark = pytest.mark.usefixtures("real_migrations")

OPENED = Transition(Reason.OPENED, 100, 5, 1, "1 day after", 739_000)
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


@pytest.mark.parametrize("version", ["0002", "0003"])
@pytest.mark.parametrize("state", ["due", "claimed"])
def test_what_was_queued_is_told_as_it_was_frozen(path, state, version):
    left_behind(path, state, version=version)
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


def test_what_belongs_together_stays_together(path):
    """A place in a thread, a leader and an alert, as release 0003 wrote them; and the numbers go on."""
    left_behind(path, "done", "joined", version="0003")
    place = {
        "v": 1,
        "thread": "t1",
        "topic": "Credits · lab",
        "began": 0,
        "parent": None,
        "others": [],
        "worse": True,
    }
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE delivery SET around = ?, tried_at = 90 WHERE id = 1", (json.dumps(place),))
        connection.execute("UPDATE delivery SET leader = 1, doubt = 'resend', trying_since = 80 WHERE id = 2")
        connection.execute(
            "INSERT INTO alert VALUES ('lab-0', '1', 'p/late', 1, 100, '1 day after', 739000, 1, NULL, 2, 3)"
        )
    late = Subject("p/late", "lab-0", "1")
    with closing(Store.open(path, lock=True)) as store:
        first, second = store.read(lambda tx: tx.deliveries())
        store.write(lambda tx: tx.owe(late, OPENED, "console", Cause.MOMENT, 9))
        store.write(lambda tx: tx.owe(late, OPENED, "console", Cause.MOMENT, 9))

        assert (first.around.thread, first.around.worse, first.tried_at) == ("t1", True, 90)
        assert (second.leader, second.doubt, second.trying_since) == (1, Doubt.RESEND, 80)
        assert (first.key, first.item) == ("p/late|lab-0|1|1|1|console", "")
        assert [each.id for each in store.read(lambda tx: tx.deliveries())] == [1, 2, 3]
        assert store.read(lambda tx: tx.alerts(["lab-0"])) == {
            late: Alert(True, 100, "1 day after", 739_000, told=True, episode=2, seq=3)
        }


def test_each_database_has_a_number_of_its_own_and_keeps_it(path, tmp_path):
    left_behind(path)
    numbers = []
    for each in (path, path, tmp_path / "other.db"):
        with closing(Store.open(each, lock=True)) as store:
            numbers.append(store.read(lambda tx: tx.installation()))

    assert numbers[0] == numbers[1] != numbers[2]
