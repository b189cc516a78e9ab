"""Polling: whose turn it is, who rests, what is remembered, on a real store and with a script for a source."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from zoneinfo import ZoneInfo

import pytest

from notifier import polls
from notifier.clock import Clock
from notifier.core.account import MAIN, Account, Poll
from notifier.core.calendar import Locale
from notifier.core.facts import Reading
from notifier.core.journal import What
from notifier.flow.declare import Declaration, declare
from notifier.polls import Outer, Polls
from notifier.ports import Examined, Heard, Question, Unreadable
from notifier.store.store import Store

NOW = 1_790_000_000
HOUR = 3600
KEY = "fake-key-4711"


@dataclass
class Script:
    """A source with a main part and a slow one: what it says to each, and what it was asked."""

    parts: Mapping[str, int] = field(default_factory=lambda: {MAIN: 1800, "slow": 6 * HOUR})
    says: dict[str, str | Exception | None] = field(default_factory=dict)
    asked: list[Question] = field(default_factory=list)
    most_at_once: int = 0
    _at_once: int = 0

    async def read(self, question: Question) -> Heard:
        self.asked.append(question)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        await asyncio.sleep(0)
        self._at_once -= 1
        said = self.says.get(question.part, "well")
        if isinstance(said, Exception):
            raise said
        seen = str(said).encode()
        if seen == question.seen:
            return Heard(None, seen)
        return Heard(Reading(question.name, question.now, {"probe_said": said}), seen)

    async def examine(self, question: Question) -> Sequence[Examined]:  # noqa: ARG002  as the port has it
        return ()

    @property
    def parts_asked(self) -> list[str]:
        """The parts that were asked since this was last looked at."""
        names = [question.part for question in self.asked]
        self.asked.clear()
        return names


@dataclass
class Desk:
    """Polls on a store, with a script instead of a provider."""

    store: Store
    script: Script = field(default_factory=Script)
    secrets: dict[str, str] = field(default_factory=lambda: {"KEY": KEY})
    now: int = NOW
    news: int = 0
    jobs: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        clock = Clock(lambda: float(self.now), lambda: 0.0)
        self.polls = Polls(Outer(self.store, clock, lambda _: self.script, self.secrets.get), self._hear)

    def _hear(self) -> None:
        self.news += 1

    def follow(self, *declared: Declaration | None, **kept: None) -> list[Account]:
        named = {each.account.id: each for each in declared if each is not None} | kept
        self.store.write(lambda tx: declare(tx, [each for each in declared if each], self.now))
        fresh = self.polls.follow(named, lambda name, every, _: self.jobs.update({name: every}), self.jobs.pop)
        self.news = 0
        return fresh

    def poll(self, *names: str, after: int = 0) -> list[str]:
        """Let so many seconds pass, and poll; returns the parts that were asked."""
        self.now += after
        self.script.asked.clear()
        asyncio.run(self._poll(names or ("lab",)))
        return self.script.parts_asked

    async def _poll(self, names: Sequence[str]) -> None:
        async with asyncio.timeout(10):
            await asyncio.gather(*map(self.polls.poll, names))

    def readings(self) -> dict[str, Reading]:
        read = self.store.read(lambda tx: tx.readings(["lab"]))["lab"]
        return {each.source: each for each in read if each.source != "declared"}

    def failures(self) -> dict[str, str]:
        return {source: why for (_, source), (_, why) in self.store.read(lambda tx: tx.failures(["lab"])).items()}


def lab(name: str = "lab", parts: tuple[str, ...] = (MAIN, "slow"), every: int = 0, **facts: str) -> Declaration:
    account = Account(name, Locale(ZoneInfo("UTC")), sources=(Poll("openai", "KEY", parts, every),))
    return Declaration(account, {"account_name": name, **facts})


@pytest.fixture
def desk(tmp_path):
    store = Store.open(tmp_path / "notifier.db", lock=True)
    yield Desk(store)
    store.close()


def test_every_part_is_kept_by_itself_and_asked_in_its_own_rhythm(desk):
    desk.follow(lab())
    assert desk.poll() == [MAIN, "slow"]
    assert desk.readings().keys() == {"openai", "openai slow"}
    assert desk.jobs == {"poll lab": 1800}
    assert desk.poll(after=60) == []
    assert desk.poll(after=1740) == [MAIN]
    assert desk.poll(after=6 * HOUR - 1800) == [MAIN, "slow"]


def test_a_round_that_comes_a_little_early_by_its_jitter_is_a_round_all_the_same(desk):
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    assert desk.poll(after=1620) == [MAIN]


def test_the_accounts_file_may_ask_for_a_slower_rhythm(desk):
    desk.follow(lab(every=2 * HOUR))
    desk.poll()
    assert desk.jobs == {"poll lab": 2 * HOUR}
    assert desk.poll(after=1800) == []
    assert desk.poll(after=2 * HOUR - 1800) == [MAIN]


def test_what_the_file_says_of_the_organization_and_what_was_kept_goes_with_the_question(desk):
    desk.follow(lab(organization="org-abc"))
    desk.poll()
    desk.now += 1800
    asyncio.run(desk.polls.poll("lab"))
    question = desk.script.asked[0]
    assert (question.organization, question.key, question.name) == ("org-abc", KEY, "openai")
    assert asyncio.run(question.before()) == desk.readings()["openai"]


def test_an_answer_that_is_as_before_is_noted_as_read_and_is_no_news(desk):
    desk.follow(lab())
    desk.poll()
    told = desk.news
    desk.poll(after=1800)
    assert desk.news == told == 2
    assert desk.readings()["openai"].at == NOW + 1800
    desk.script.says[MAIN] = "otherwise"
    desk.poll(after=1800)
    assert desk.news == told + 1
    assert desk.readings()["openai"].account == {"probe_said": "otherwise"}


def test_an_answer_that_is_as_before_is_news_where_the_last_one_had_grown_too_old(desk):
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    desk.poll(after=2 * 86_400)
    assert desk.news == 2


def test_what_was_read_again_after_a_failure_is_read_in_full_and_news(desk):
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    desk.script.says[MAIN] = Unreadable("it is down")
    desk.poll(after=1800)
    assert (desk.failures(), desk.news) == ({"openai": "it is down"}, 2)
    desk.script.says[MAIN] = "well"
    desk.poll(after=1800)
    assert (desk.failures(), desk.news) == ({}, 3)


def test_where_the_reading_is_gone_the_next_round_reads_in_full(desk):
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    desk.store.write(lambda tx: tx.forget("lab", "openai"))
    assert desk.poll(after=1800) == [MAIN]
    assert "openai" not in desk.readings()
    assert desk.poll() == [MAIN]
    assert desk.readings()["openai"].account == {"probe_said": "well"}


def test_a_part_that_fails_leaves_the_others_alone(desk):
    desk.script.says["slow"] = Unreadable("no scope")
    desk.follow(lab())
    assert desk.poll() == [MAIN, "slow"]
    assert desk.failures() == {"openai slow": "no scope"}
    assert desk.poll(after=1800) == [MAIN]


def test_a_refused_key_is_one_failure_and_nothing_else_is_asked(desk):
    desk.script.says[MAIN] = Unreadable("the key is wrong", whole=True)
    desk.follow(lab())
    assert desk.poll() == [MAIN]
    assert desk.failures() == {"openai": "the key is wrong"}


def test_who_keeps_refusing_is_asked_less_and_less_often_up_to_every_six_hours(desk):
    desk.script.says[MAIN] = Unreadable("the key is wrong", whole=True)
    desk.follow(lab())
    asked = [tick for tick in range(0, 24 * HOUR, 1800) if desk.poll(after=1800)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(asked)]
    assert gaps == sorted(gaps)
    assert (gaps[0], gaps[-1]) == (1800, 6 * HOUR)


def test_a_part_that_keeps_refusing_is_asked_less_and_less_often_too(desk):
    desk.script.says["slow"] = Unreadable("no scope")
    desk.script.parts = {MAIN: 1800, "slow": 1800}
    desk.follow(lab())
    asked = [tick for tick in range(0, 24 * HOUR, 1800) if "slow" in desk.poll(after=1800)]
    gaps = [later - sooner for sooner, later in itertools.pairwise(asked)]
    assert (gaps[0], gaps[-1]) == (1800, 6 * HOUR)


def test_another_key_is_tried_at_the_next_round(desk):
    desk.script.says[MAIN] = Unreadable("the key is wrong", whole=True)
    desk.follow(lab())
    for _ in range(6):
        desk.poll(after=6 * HOUR)
    assert desk.poll(after=1800) == []
    desk.secrets["KEY"] = "fake-key-4712"
    desk.script.says[MAIN] = "well"
    assert desk.poll(after=1800) == [MAIN, "slow"]
    assert desk.failures() == {}


def test_a_missing_secret_is_named_and_nobody_is_asked(desk):
    desk.secrets.clear()
    desk.follow(lab())
    assert desk.poll() == []
    assert desk.failures() == {
        "openai": "the secret KEY is neither in the environment nor in the secrets folder",
    }


def test_a_wait_that_the_provider_names_is_obeyed(desk):
    desk.script.says[MAIN] = Unreadable("slow down", 3 * HOUR, whole=True)
    desk.follow(lab())
    desk.poll()
    assert desk.poll(after=3 * HOUR - 60) == []
    assert desk.poll(after=60) == [MAIN]


def test_a_short_wait_is_waited_for_and_is_no_failure(desk, monkeypatch):
    waited = []

    async def sleep(seconds: float) -> None:
        if seconds:
            waited.append(seconds)
            desk.script.says[MAIN] = "well"

    desk.script.says[MAIN] = Unreadable("slow down", 7, whole=True)
    desk.follow(lab())
    monkeypatch.setattr(polls.asyncio, "sleep", sleep)
    assert desk.poll() == [MAIN, MAIN, "slow"]
    assert waited == [7]
    assert desk.failures() == {}
    assert not desk.store.read(lambda tx: [each for each in tx.journal("lab") if each.what is What.UNREADABLE])


def test_a_short_wait_after_which_it_refuses_again_is_a_failure(desk, monkeypatch):
    async def sleep(_: float) -> None: ...

    desk.script.says[MAIN] = Unreadable("slow down", 7, whole=True)
    desk.follow(lab())
    monkeypatch.setattr(polls.asyncio, "sleep", sleep)
    assert desk.poll() == [MAIN, MAIN]
    assert desk.failures() == {"openai": "slow down"}


def test_a_source_that_never_ends_is_given_up(desk, monkeypatch):
    async def read(_: Question) -> Heard:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(polls, "LONGEST_ANSWER", 0.01)
    monkeypatch.setattr(desk.script, "read", read)
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    assert desk.failures() == {"openai": "it did not end its answer within 0.0 minutes"}


def test_a_fault_in_a_source_is_told_by_kind_and_place_never_in_its_words(desk):
    desk.script.says[MAIN] = RuntimeError(f"cannot use {KEY}")
    desk.follow(lab(parts=(MAIN,)))
    desk.poll()
    (why,) = desk.failures().values()
    assert why.startswith("a fault in the source: RuntimeError at test_polls.py:")
    assert KEY not in why


def test_not_more_than_a_few_accounts_are_asked_at_once(desk):
    names = [f"lab-{number}" for number in range(20)]
    desk.follow(*map(lab, names))
    desk.poll(*names)
    assert desk.script.most_at_once == polls.POLLS_AT_ONCE


def test_only_new_and_changed_accounts_are_fresh_and_one_that_is_gone_is_polled_no_more(desk):
    desk.follow(lab(), lab("library"))
    assert [each.id for each in desk.follow(lab(), lab("library", organization="org-a"))] == ["library"]
    assert desk.follow(lab(), library=None) == []
    assert desk.polls.accounts.keys() == {"lab", "library"}
    desk.follow(lab())
    assert desk.jobs.keys() == {"poll lab"}
    assert desk.poll("library") == []


def test_a_changed_account_is_read_whole_at_once(desk):
    desk.follow(lab())
    desk.poll()
    desk.follow(lab(organization="org-b"))
    assert desk.poll(after=60) == [MAIN, "slow"]


@pytest.mark.parametrize(("main", "asked"), [(True, []), (False, [MAIN])])
def test_after_a_restart_what_was_read_lately_is_not_read_again(desk, main, asked):
    desk.follow(lab())
    desk.poll()
    later = Desk(desk.store, now=NOW + 60)
    fresh = later.follow(lab())
    asyncio.run(later.polls.remember(fresh, main=main))
    assert later.poll() == asked


def test_what_is_no_longer_polled_counts_no_more(desk):
    desk.script.says["slow"] = Unreadable("no scope")
    desk.follow(lab())
    desk.poll()
    desk.follow(replace(lab(), account=lab(parts=(MAIN,)).account))
    assert (desk.readings().keys(), desk.failures()) == ({"openai"}, {})
    desk.follow(replace(lab(), account=replace(lab().account, sources=())))
    assert desk.readings() == {}
