"""The wiring in one process: real store, engine and files; a source and a channel that are sheets of paper."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from notifier.clock import Clock
from notifier.core.account import MAIN
from notifier.core.audience import CONSOLE
from notifier.core.calendar import utc
from notifier.core.facts import Costs, Reading
from notifier.core.money import Money
from notifier.files.places import Places, read_files
from notifier.flow.deliver import Outlets
from notifier.ports import Act, Examined, Heard, Post, Question, Unreadable
from notifier.service import Service, World
from notifier.store.store import Store

SHIPPED = Path(__file__).parents[2] / "rules"
KEY = "sk-admin-never-to-be-seen-4711"
TODAY = utc(Clock().now()).date()
ACCOUNT = """
  - id: {name}
    key: {{env: {variable}, reads: [costs]}}
    people: {{pi: mailto:a@example.edu}}
    grants:
      - id: "1"
        program: openai-researcher-access
        accepted_on: {accepted}
        enrolled_on: {accepted}
        batches: [{{amount: 1000 USD, granted_on: {accepted}}}]
"""


def account(name: str, variable: str = "KEY") -> str:
    return ACCOUNT.format(name=name, variable=variable, accepted=TODAY - timedelta(days=35))


@dataclass
class Meter:
    """A source: what each account has spent, or the error that it raises."""

    spent: dict[str, int | Exception] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    parts: Mapping[str, int] = field(default_factory=lambda: {MAIN: 1800})

    async def read(self, question: Question) -> Heard:
        self.asked.append((question.account.id, question.key))
        spent = self.spent.get(question.account.id, 0)
        if isinstance(spent, Exception):
            raise spent
        costs = Costs.by_day("USD", {TODAY.toordinal(): spent * 10**6})
        said = {"spend_limit": None, "last_spend_on": TODAY}
        return Heard(Reading(question.name, question.now, said, costs=costs))

    async def examine(self, question: Question) -> Sequence[Examined]:  # noqa: ARG002  as the port has it
        return ()


@dataclass
class Paper:
    """A channel that is written on; a test may wait for the next line."""

    pace: int = 0
    told: list[Post] = field(default_factory=list)
    written: asyncio.Queue[str] = field(default_factory=asyncio.Queue)

    async def deliver(self, post: Post) -> str:
        self.told.append(post)
        self.written.put_nowait(post.message.title)
        return post.key

    async def find(self, post: Post) -> str | None:
        return next((told.key for told in self.told if told.key == post.key), None)


@dataclass
class House:
    """A running service and its surroundings."""

    places: Places
    store: Store
    meter: Meter
    paper: Paper
    logged: list[dict[str, object]]
    round_over: asyncio.Event = field(default_factory=asyncio.Event)

    async def logs(self, action: str) -> dict[str, object]:
        while True:
            for entry in self.logged:
                if entry.get("action") == action:
                    return entry
            await asyncio.sleep(0.02)

    def write_accounts(self, *accounts: str) -> None:
        self.places.accounts.write_text("version: 1\naccounts:" + "".join(accounts), encoding="utf-8")


def live(
    folder: Path,
    *accounts: str,
    scenario: Callable[[House], object],
    meter: Meter | None = None,
    hold_above: int = 25,
) -> House:
    """Run the service on *accounts* while *scenario* plays."""
    places = Places(folder / "rules", folder / "accounts.yaml", folder / "state")
    shutil.copytree(SHIPPED, places.rules)
    store = Store.open(places.database, lock=True)

    async def play() -> House:
        with structlog.testing.capture_logs() as logged:
            house = House(places, store, meter or Meter(), Paper(), logged)
            house.write_accounts(*accounts)
            clock, stopped = Clock(), asyncio.Event()
            secrets, sources = {"KEY": KEY, "OTHER": KEY}, {"openai": house.meter}
            world = World(
                *(
                    clock,
                    store,
                    Outlets({CONSOLE: house.paper}.get),
                    sources.__getitem__,
                    secrets.get,
                ),
                hold_above=hold_above,
                first_round=house.round_over.set,
            )
            running = asyncio.create_task(Service(places, read_files(places, clock.now()), world).run(stopped))
            try:
                async with asyncio.timeout(20):
                    await house.round_over.wait()
                    await scenario(house)  # type: ignore[misc]
            finally:
                stopped.set()
                await running
        return house

    try:
        return asyncio.run(play())
    finally:
        store.close()


def test_costs_are_polled_and_judged(tmp_path):
    async def scenario(house: House) -> None:
        assert await house.paper.written.get() == "Credits are running low, 83% used · lab"

    house = live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"lab": 831}))
    assert house.meter.asked == [("lab", KEY)]


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (Unreadable("the provider refuses the key (401)"), "the provider refuses the key (401)"),
        (RuntimeError(f"cannot read with {KEY}"), "a fault in the source: RuntimeError at test_service.py:"),
    ],
    ids=["a source that cannot be read", "a source that is broken"],
)
def test_a_failing_source_costs_only_its_account_and_never_shows_the_key(tmp_path, error, why):
    async def scenario(house: House) -> None:
        assert await house.paper.written.get() == "Credits are running low, 83% used · library"

    meter = Meter({"lab": error, "library": 831})
    house = live(tmp_path, account("lab"), account("library", "OTHER"), scenario=scenario, meter=meter)

    assert [post.message.about for post in house.paper.told] == ["library"]
    assert any(str(entry.get("why", "")).startswith(why) for entry in house.logged)
    written = b"".join(path.read_bytes() for path in house.places.state.iterdir() if path.is_file())
    assert KEY.encode() not in written
    assert KEY not in repr(house.logged)


def test_a_missing_secret_is_named_without_a_guess(tmp_path):
    async def scenario(house: House) -> None:
        entry = await house.logs("poll_failed")
        assert entry["why"] == "the secret NOT_SET is neither in the environment nor in the secrets folder"

    live(tmp_path, account("lab", "NOT_SET"), scenario=scenario)


def test_a_new_account_is_polled_at_once_and_the_others_are_left_alone(tmp_path):
    async def scenario(house: House) -> None:
        house.write_accounts(account("lab"), account("library"))
        assert await house.paper.written.get() == "Credits are running low, 90% used · library"

    house = live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"library": 900}))
    assert [name for name, _ in house.meter.asked] == ["lab", "library"]


def test_a_faulty_edit_of_the_rules_leaves_the_last_good_ones_in_force(tmp_path):
    async def scenario(house: House) -> None:
        path = house.places.rules / "openai-researcher-access.yaml"
        path.write_text(path.read_text().replace("credits_used / credits_granted", "credits_usd"))
        entry = await house.logs("edit_rejected")
        assert "there is no fact `credits_usd`; did you mean `credits_used`?" in str(entry["fault"])

    house = live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"lab": 831}))
    assert [post.message.headline for post in house.paper.told] == ["Credits are running low, 83% used"]


def test_a_faulty_edit_of_the_rules_is_an_alert_of_the_service_until_it_is_mended(tmp_path):
    async def scenario(house: House) -> None:
        path = house.places.rules / "openai-researcher-access.yaml"
        good = path.read_text()
        path.write_text(good.replace("credits_used / credits_granted", "credits_usd"))
        assert "credits_usd" in str(await rejected(house, expected=True))
        path.write_text(good)
        assert await rejected(house, expected=False) is None

    live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"lab": 831}))


async def rejected(house: House, *, expected: bool) -> object:
    """What the service says of itself about its rules, once it is as *expected*: a mistake, or none."""
    async with asyncio.timeout(10):
        while True:
            heard = (await house.store.aread(lambda tx: tx.readings(["notifier"])))["notifier"]
            said = next((each.account.get("rules_rejected") for each in heard if each.source == "service"), None)
            if (said is not None) is expected:
                return said
            await asyncio.sleep(0.02)


def test_a_digest_is_due_within_a_week_and_told(tmp_path):
    async def scenario(house: House) -> None:
        await house.paper.written.get()
        now = Clock().now()
        [(recipient, at)] = (await house.store.aread(lambda tx: tx.digests())).items()
        assert recipient == CONSOLE
        assert now < at <= now + 7 * 86_400 + 3_600
        await house.store.awrite(lambda tx: tx.put_digest(recipient, now))
        house.places.wake.touch()
        assert "digest of" in await house.paper.written.get()

    live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"lab": 831}))


def test_an_edit_of_the_rules_is_taken_over(tmp_path):
    async def scenario(house: House) -> None:
        path = house.places.rules / "openai-researcher-access.yaml"
        path.write_text(path.read_text().replace("reaches: [50%,", "reaches: [30%, 50%,"))
        assert await house.paper.written.get() == "Credits are running low, 40% used · lab"

    live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"lab": 400}))


def test_a_faulty_account_keeps_its_last_good_version_and_the_others_go_on(tmp_path):
    async def scenario(house: House) -> None:
        house.write_accounts(account("lab").replace("grants:", "grant:"), account("library"))
        entry = await house.logs("edit_rejected")
        assert "`grant` is not a field of an account; did you mean `grants`?" in str(entry["fault"])
        assert await house.paper.written.get() == "Credits are running low, 90% used · library"
        known = await house.store.aread(lambda tx: tx.account_ids())
        assert known == ["lab", "library", "notifier"]

    live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"library": 900}))


def test_what_was_recorded_without_a_knock_is_seen_once_watching_has_begun(tmp_path):
    async def scenario(house: House) -> None:
        assert await house.paper.written.get() == "Credits have not arrived · lab"
        said = {"credits_granted": Money(10**9, "USD")}
        act = Act("a", "record", "lab", "1", said, Clock().now(), "A. Researcher")
        await house.store.awrite(lambda tx: tx.put_act(act))
        assert await house.paper.written.get() == "Done: Credits have not arrived · lab"

    without = "\n".join(line for line in account("lab").splitlines() if "batches" not in line)
    live(tmp_path, without + "\n", scenario=scenario)


def test_a_first_start_that_would_tell_much_asks_and_a_release_while_it_runs_tells(tmp_path):
    names = [f"lab-{number}" for number in range(3)]

    async def scenario(house: House) -> None:
        assert await house.paper.written.get() == "3 messages are held · notifier"
        act = Act("a", "release", "notifier", "1", {}, Clock().now(), "A. Researcher")
        await house.store.awrite(lambda tx: tx.put_act(act))
        house.places.wake.touch()
        told = {await house.paper.written.get() for _ in names}
        assert told == {f"Credits are running low, 83% used · {name}" for name in names}

    meter = Meter(dict.fromkeys(names, 831))
    live(tmp_path, *map(account, names), scenario=scenario, meter=meter, hold_above=2)


def test_an_import_that_would_tell_much_is_held_with_what_its_first_polls_bring(tmp_path):
    names = [f"lab-{number}" for number in range(3)]

    async def scenario(house: House) -> None:
        house.write_accounts(account("lab"), *map(account, names))
        assert await house.paper.written.get() == "3 messages are held · notifier"
        assert house.paper.told[-1].message.say.startswith("The accounts files were edited")

    meter = Meter(dict.fromkeys(names, 831))
    house = live(tmp_path, account("lab"), scenario=scenario, meter=meter, hold_above=2)
    assert len(house.paper.told) == 1


def test_while_the_rules_have_a_mistake_edits_of_accounts_are_judged_by_the_last_good_ones(tmp_path):
    async def scenario(house: House) -> None:
        path = house.places.rules / "openai-researcher-access.yaml"
        path.write_text(path.read_text().replace("credits_used / credits_granted", "credits_usd"))
        await house.logs("edit_rejected")
        house.write_accounts(account("lab"), account("library"))
        assert await house.paper.written.get() == "Credits are running low, 90% used · library"

    live(tmp_path, account("lab"), scenario=scenario, meter=Meter({"library": 900}))
