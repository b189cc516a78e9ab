"""Who may push, how often, and that what was taken survives whatever happens next."""

from __future__ import annotations

import asyncio
import re
from contextlib import closing
from dataclasses import replace

import pytest
import structlog

from notifier.clock import Clock
from notifier.core.audience import CONSOLE
from notifier.files.places import read_files
from notifier.flow.act import act as take_effect
from notifier.flow.declare import declare
from notifier.flow.deliver import Outlets
from notifier.flow.push import Mistaken, NotAllowed, NotKept, TooOften
from notifier.pushes import MOST_A_MINUTE, Pushes, unfit
from notifier.service import Service, World
from notifier.store.store import Store
from notifier.web.server import Site
from tests.service.small import Paper, write_files

TOKEN = "fake-push-token-0123456789"
FACTS = {"facts": {"credits_left": "42 USD"}}


class Desk:
    """The desk of two accounts, of which `lab` takes pushes, with a clock that a test sets."""

    def __init__(self, folder, store, secrets):
        self.now, self.news, self.store = 1_800_000_000, 0, store
        places = write_files(folder, "lab", "library")
        files = read_files(places, self.now)
        declared = [
            replace(each, account=replace(each.account, sources=(), push=push))
            for each, push in zip(files.declared, ("LAB_PUSH_TOKEN", ""), strict=True)
        ]
        store.write(declare, declared, self.now)
        clock = Clock(wall=lambda: self.now)
        self.pushes = Pushes(store, clock, secrets.get, lambda: files.rulebook, self.told)

    def told(self):
        self.news += 1

    def admit(self, account="lab", token=None):
        return asyncio.run(self.pushes.admit(account, TOKEN.encode() if token is None else token))

    def push(self, document=FACTS, key=""):
        return asyncio.run(self.pushes.take(self.admit(), document, key))

    def waiting(self):
        return self.store.read(lambda tx: tx.acts())

    def recorded(self):
        return self.store.read(lambda tx: tx.recorded(["lab"])["lab"])


@pytest.fixture
def secrets():
    return {"LAB_PUSH_TOKEN": TOKEN, "": TOKEN}  # no account means the one without a name


@pytest.fixture
def path(tmp_path):
    return tmp_path / "state" / "notifier.db"


@pytest.fixture
def desk(tmp_path, path, secrets):
    with closing(Store.open(path, lock=True)) as store:
        yield Desk(tmp_path, store, secrets)


def test_who_knows_the_token_of_an_account_pushes_its_facts(desk):
    assert desk.admit().id == "lab"
    assert desk.push() == ["credits_left"]

    (act,) = desk.waiting()
    assert (act.kind, act.by, desk.news) == ("push", "pushed with LAB_PUSH_TOKEN", 1)


@pytest.mark.parametrize(
    ("account", "token"),
    [
        ("lab", b""),
        ("lab", b"wrong"),
        ("lab", TOKEN.encode() + b"x"),
        ("lab", TOKEN[:-1].encode()),
        ("library", TOKEN.encode()),  # it takes no pushes
        ("library", b""),
        ("nobody", TOKEN.encode()),
        ("nobody", b""),
        ("notifier", TOKEN.encode()),
        ("", TOKEN.encode()),
        ("lab\0", TOKEN.encode()),
        ("lab' OR 1=1 --", TOKEN.encode()),
    ],
)
def test_nobody_else_does(desk, account, token):
    with pytest.raises(NotAllowed):
        desk.admit(account, token)


@pytest.mark.parametrize(
    ("token", "why"),
    [
        (None, "is neither in the environment nor in the secrets folder"),
        ("short", "is shorter than 16 characters"),
    ],
)
def test_a_token_that_is_missing_or_can_be_guessed_opens_nothing_and_the_log_says_so_once_a_minute(
    desk, secrets, token, why
):
    secrets["LAB_PUSH_TOKEN"] = token
    with structlog.testing.capture_logs() as logged:
        for seconds in (0, 1, 59, 60, 61):
            desk.now = 1_800_000_000 + seconds
            with pytest.raises(NotAllowed):
                desk.admit(token=(token or "").encode())

    assert unfit(token) == why
    assert [(line["action"], line["account"], line["why"]) for line in logged] == [
        ("push_refused", "lab", f"LAB_PUSH_TOKEN {why}")
    ] * 2


def test_the_token_is_looked_up_for_every_push(desk, secrets):
    desk.admit()
    secrets["LAB_PUSH_TOKEN"] = "another-fake-token-0123456789"
    with pytest.raises(NotAllowed):
        desk.admit()
    assert desk.admit(token=b"another-fake-token-0123456789").id == "lab"


def test_a_token_may_have_any_letters(desk, secrets):
    secrets["LAB_PUSH_TOKEN"] = "fälschlich-ein-token-✓"
    assert desk.admit(token="fälschlich-ein-token-✓".encode()).id == "lab"


def test_an_account_takes_sixty_pushes_a_minute_and_says_when_it_takes_more(desk):
    for _ in range(MOST_A_MINUTE):
        desk.admit()
    desk.now += 20
    with pytest.raises(TooOften) as refused:
        desk.admit()
    desk.now += refused.value.again_in

    assert refused.value.again_in == 40
    assert desk.admit().id == "lab"


def test_who_knows_no_token_cannot_use_up_the_minute_of_who_does(desk):
    for _ in range(MOST_A_MINUTE + 1):
        with pytest.raises(NotAllowed):
            desk.admit(token=b"wrong")

    assert desk.admit().id == "lab"


def test_a_clock_that_is_set_back_locks_nobody_out(desk):
    for _ in range(MOST_A_MINUTE):
        desk.admit()
    desk.now -= 86_400

    assert desk.admit().id == "lab"


def test_the_same_key_has_one_effect_and_without_one_every_push_is_its_own(desk):
    for key in ("run-17", "run-17", "", ""):
        desk.push(key=key)
        desk.store.write(take_effect, desk.now)

    assert len(desk.recorded()) == 3
    with pytest.raises(Mistaken, match="other facts were pushed with this key"):
        desk.push({"facts": {"credits_left": "43 USD"}}, "run-17")


def test_the_key_of_one_account_says_nothing_of_another(desk):
    lab = desk.admit()
    library = replace(lab, id="library")
    for account in (lab, library):
        asyncio.run(desk.pushes.take(account, FACTS, "run-17"))

    assert [act.account for act in desk.waiting()] == ["lab", "library"]


def test_a_process_that_dies_before_the_effect_loses_nothing_and_does_nothing_twice(desk, path):
    desk.push(key="run-17")
    desk.store.close()  # between the answer and the effect
    for _ in range(2):
        with closing(Store.open(path, lock=True)) as store:
            desk.store = store
            store.write(take_effect, desk.now)
            assert [entry.fact for entry in desk.recorded()] == ["credits_left"]


def test_a_database_that_takes_nothing_is_told_as_that(desk):
    account = desk.admit()
    desk.store.close()
    with structlog.testing.capture_logs() as logged:
        with pytest.raises(NotKept):
            desk.admit()
        with pytest.raises(NotKept):
            asyncio.run(desk.pushes.take(account, FACTS, ""))

    assert [line["action"] for line in logged] == ["push_not_kept"] * 2
    assert desk.news == 0


def test_the_log_names_the_facts_and_the_secret_by_its_name_and_no_value(desk):
    with structlog.testing.capture_logs() as logged:
        desk.push(key="run-17")
        with pytest.raises(NotAllowed):
            desk.admit(token=b"fake-wrong-token-0123456789")

    assert [(line["action"], line["facts"], line["by"]) for line in logged] == [
        ("pushed", ["credits_left"], "pushed with LAB_PUSH_TOKEN")
    ]
    assert not any(word in str(logged) for word in (TOKEN, "42", "fake-wrong", "run-17"))


# the whole service


async def post(port, body):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /facts/lab HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: Bearer {TOKEN}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())
    answer = (await reader.read()).decode()
    writer.close()
    return answer


class Bell(Paper):
    """A channel that rings when it was written on."""

    def __init__(self):
        super().__init__()
        self.rings = asyncio.Event()

    async def deliver(self, post):
        self.rings.set()
        return await super().deliver(post)


def test_what_is_pushed_to_a_running_service_is_judged_and_told_at_once(tmp_path):
    places = write_files(tmp_path, "lab")
    stated = re.sub(r"key: \{.*?\}", "push: {env: LAB_PUSH_TOKEN}", places.accounts.read_text())
    places.accounts.write_text(stated)
    site, secrets = Site.open("127.0.0.1", 0), {"LAB_PUSH_TOKEN": TOKEN}

    async def scenario(store):
        clock, stopped, paper = Clock(), asyncio.Event(), Bell()
        world = World(clock, store, Outlets({CONSOLE: paper}.get), {}.__getitem__, secrets.get, site=site)
        running = asyncio.create_task(Service(places, read_files(places, clock.now()), world).run(stopped))
        try:
            async with asyncio.timeout(20):
                answer = await post(site.port, '{"facts": {"credits_left": "200 USD"}}')
                await paper.rings.wait()
        finally:
            stopped.set()
            await running
        return answer, paper.told

    with closing(Store.open(places.database, lock=True)) as store:
        answer, told = asyncio.run(scenario(store))

    assert answer.startswith("HTTP/1.1 202")
    assert answer.endswith('{"accepted":["credits_left"]}')
    assert told == ["80% used · lab"]
