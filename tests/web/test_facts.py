"""Facts are taken from who knows the token, and from nobody else; every refusal is an answer that says why."""

import asyncio
import json
from contextlib import asynccontextmanager
from decimal import Decimal

import pytest

from notifier.core.account import Account
from notifier.flow.push import Mistake, Mistaken, NotAllowed, NotKept, TooOften
from notifier.web import facts
from notifier.web.server import Site
from tests.core.helpers import locale

TOKEN = "fake-push-token-0123456789"
BODY = b'{"facts": {"credits_left": "412.50 USD", "gpu_hours": 3}}'
BEARER, JSON = f"Authorization: Bearer {TOKEN}", "Content-Type: application/json"


class Desk:
    """A desk that takes everything of the account `lab`, or fails as a test says."""

    def __init__(self, fails=None, admits=None):
        self.fails, self.admits = fails, admits
        self.asked, self.taken = asyncio.Event(), []

    async def admit(self, account, token):
        self.asked.set()
        if account != "lab" or token != TOKEN.encode():
            raise NotAllowed
        if self.admits is not None:
            raise self.admits
        return Account("lab", locale(), push="LAB_PUSH_TOKEN")

    async def take(self, account, document, key):
        if self.fails is not None:
            raise self.fails
        self.taken.append((account.id, document, key))
        return list(document["facts"])


async def well():
    return ()


@asynccontextmanager
async def serving(desk):
    site = Site.open("127.0.0.1", 0)
    running = asyncio.create_task(site.serve(well, desk))
    try:
        async with asyncio.timeout(10):
            yield site.port
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


@pytest.fixture(autouse=True)
def at_once(monkeypatch):
    monkeypatch.setattr(facts, "REFUSED_AFTER", 0.0)


async def ask(port, *headers, body=BODY, path="/facts/lab", method="POST", length=True):
    """Send one request as it stands; returns status, headers and body."""
    counted = [f"Content-Length: {len(body)}"] if length else []
    head = "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", "Connection: close", *counted, *headers])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(head.encode("latin-1") + b"\r\n\r\n" + body)
    answer = (await reader.read()).decode()
    writer.close()
    top, _, said = answer.partition("\r\n\r\n")
    status, *lines = top.split("\r\n")
    named = (line.partition(": ") for line in lines)
    return int(status.split()[1]), {name.lower(): value for name, _, value in named}, said


def push(*headers, desk=None, **more):
    async def scenario():
        async with serving(desk or Desk()) as port:
            return await ask(port, *headers, **more)

    return asyncio.run(scenario())


def test_facts_are_taken_from_who_knows_the_token():
    desk = Desk()
    status, headers, body = push(BEARER, JSON, "Idempotency-Key: run-17", desk=desk)

    assert (status, json.loads(body)) == (202, {"accepted": ["credits_left", "gpu_hours"]})
    assert headers["cache-control"] == "no-store"
    assert desk.taken == [("lab", {"facts": {"credits_left": "412.50 USD", "gpu_hours": Decimal(3)}}, "run-17")]


@pytest.mark.parametrize("bearer", [f"authorization: BEARER {TOKEN}", f"Authorization: Bearer   {TOKEN}  "])
@pytest.mark.parametrize("kind", ["Content-Type: Application/JSON ; charset=UTF-8", f'{JSON};charset="utf-8"'])
def test_headers_may_be_written_as_the_standards_allow(bearer, kind):
    assert push(bearer, kind)[0] == 202


REFUSED = [
    ("/facts/lab", []),
    ("/facts/lab", ["Authorization: Bearer wrong"]),
    ("/facts/lab", [f"Authorization: Basic {TOKEN}"]),
    ("/facts/lab", ["Authorization: Bearer "]),
    ("/facts/lab", [f"Authorization: {TOKEN}"]),
    ("/facts/lab", [BEARER, "Authorization: Bearer other"]),
    ("/facts/lab", [BEARER, BEARER]),
    ("/facts/lab", ["Authorization: Bearer \xff\xfe"]),
    ("/facts/nobody", [BEARER]),
    ("/facts/lab%00", [BEARER]),
    ("/facts/%ff%fe", [BEARER]),
    ("/facts/LAB", [BEARER]),
]


@pytest.mark.parametrize(("path", "headers"), REFUSED)
def test_no_token_a_wrong_one_and_an_unknown_account_are_answered_alike(path, headers):
    desk = Desk()
    status, said, body = push(*headers, JSON, path=path, desk=desk)

    assert (status, said["www-authenticate"]) == (401, "Bearer")
    assert json.loads(body) == {
        "error": "the account or the token is wrong; the token goes into Authorization: Bearer"
    }
    assert desk.taken == []


def test_every_refusal_waits_as_long_whatever_was_looked_up_for_it(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    class Waits:
        def __getattr__(self, name):
            return sleep if name == "sleep" else getattr(asyncio, name)

    monkeypatch.setattr(facts, "REFUSED_AFTER", 0.25)
    monkeypatch.setattr(facts, "asyncio", Waits())
    for path in ("/facts/lab", "/facts/nobody"):
        assert push("Authorization: Bearer wrong", JSON, path=path)[0] == 401

    assert slept == [0.25, 0.25]


def test_who_knows_no_token_learns_nothing_of_what_is_wrong_with_the_rest():
    assert push("Content-Type: text/plain", body=b"{")[0] == 401
    assert push(JSON, body=b"x" * (facts.MOST + 1))[0] == 401


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("path", ["/facts/lab", "/facts/nobody"])
def test_facts_are_posted_and_nothing_else(method, path):
    status, headers, _ = push(BEARER, JSON, method=method, path=path)

    assert (status, headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    "path", ["/facts", "/facts/", "/facts/lab/", "/facts/lab/x", "/facts/lab%2Fx", "/Facts/lab"]
)
def test_nothing_else_is_there(path):
    assert push(BEARER, JSON, path=path)[0] == 404


def test_without_a_desk_there_is_nothing_to_push_to():
    async def scenario():
        async with serving(None) as port:
            return await ask(port, BEARER, JSON)

    assert asyncio.run(scenario())[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        [],
        ["Content-Type: text/plain"],
        ["Content-Type: application/x-www-form-urlencoded"],
        ["Content-Type: application/json; charset=latin-1"],
        [JSON, "Content-Type: text/plain"],
        [JSON, "Content-Encoding: gzip"],
    ],
)
def test_a_body_that_is_not_said_to_be_plain_json_is_refused(headers):
    status, _, body = push(BEARER, *headers)

    assert status == 415
    assert "the body has to" in json.loads(body)["error"]


def test_a_body_may_be_as_large_as_64_kb_and_no_larger():
    padded = BODY[:-1] + b" " * (facts.MOST - len(BODY)) + b"}"

    assert push(BEARER, JSON, body=padded)[0] == 202
    assert push(BEARER, JSON, body=padded + b" ")[0] == 413


def in_chunks(*chunks):
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in (*chunks, b""))


def test_a_body_in_chunks_is_bounded_too():
    chunked = "Transfer-Encoding: chunked"
    small, large = in_chunks(BODY[:10], BODY[10:]), in_chunks(*[b" " * 30_000] * 3)

    assert push(BEARER, JSON, chunked, body=small, length=False)[0] == 202
    assert push(BEARER, JSON, chunked, body=large, length=False)[0] == 413


def test_a_length_that_lies_is_refused_or_ends_with_the_request():
    desk = Desk()
    statuses = [
        push(BEARER, JSON, "Content-Length: 5", desk=desk)[0],  # two lengths
        push(BEARER, JSON, "Content-Length: -5", length=False, desk=desk)[0],
        push(BEARER, JSON, "Content-Length: " + "9" * 30, length=False, desk=desk)[0],
        push(BEARER, JSON, "Content-Length: 999999", length=False, desk=desk)[0],
        push(BEARER, JSON, "Content-Length: 10", length=False, desk=desk)[0],  # what is there of it is not JSON
    ]

    assert statuses == [400, 400, 400, 413, 400]
    assert desk.taken == []


def test_a_body_that_does_not_come_is_not_waited_for(monkeypatch):
    monkeypatch.setattr(facts, "LONGEST_BODY", 0.05)
    status, headers, _ = push(BEARER, JSON, "Content-Length: 50", body=b"{", length=False)

    assert (status, headers["connection"]) == (408, "close")


def test_who_hangs_up_in_the_middle_pushed_nothing():
    desk = Desk()

    async def scenario():
        async with serving(desk) as port:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(f"POST /facts/lab HTTP/1.1\r\nHost: x\r\n{BEARER}\r\n{JSON}\r\n".encode())
            writer.write(b"Content-Length: 50\r\n\r\n{")
            await desk.asked.wait()
            writer.close()
            return (await ask(port, BEARER, JSON))[0]

    assert asyncio.run(scenario()) == 202
    assert len(desk.taken) == 1


@pytest.mark.parametrize("key", ["", "x" * 201, "a\xe9b", "tab\tulator"])
def test_a_key_that_cannot_be_one_is_refused(key):
    status, _, body = push(BEARER, JSON, f"Idempotency-Key: {key}")

    assert status == 400
    assert json.loads(body)["error"] == "Idempotency-Key is given once, with 1 to 200 printable characters"


def test_two_keys_are_one_too_many():
    assert push(BEARER, JSON, "Idempotency-Key: a", "Idempotency-Key: b")[0] == 400


def test_json_that_is_none_is_refused_in_words():
    status, _, body = push(BEARER, JSON, body=b'{"facts": {"a": NaN}}')

    assert status == 400
    assert json.loads(body) == {"error": "the body has a NaN or an Infinity, which JSON does not have"}


def test_all_mistakes_come_at_once():
    mistakes = Mistaken(
        Mistake("credits_lefft", "there is no such fact"), Mistake("at", "is still to come \u202e")
    )
    status, _, body = push(BEARER, JSON, desk=Desk(mistakes))

    assert status == 422
    assert json.loads(body) == {
        "mistakes": [
            {"fact": "credits_lefft", "why": "there is no such fact"},
            {"fact": "at", "why": "is still to come \u202e"},
        ]
    }


def test_too_many_pushes_are_told_when_to_come_again():
    status, headers, body = push(BEARER, JSON, desk=Desk(admits=TooOften(17)))

    assert (status, headers["retry-after"]) == (429, "17")
    assert json.loads(body) == {"error": "too many pushes in a minute"}


@pytest.mark.parametrize("desk", [Desk(NotKept()), Desk(admits=NotKept())])
def test_a_database_that_takes_nothing_is_said(desk):
    status, headers, body = push(BEARER, JSON, desk=desk)

    assert (status, headers["retry-after"]) == (503, "30")
    assert json.loads(body) == {"error": "it could not be kept; nothing of it is"}


def test_a_fault_costs_one_answer_and_shows_nothing():
    desk = Desk(RuntimeError(f"with {TOKEN} in it"))

    async def scenario():
        async with serving(desk) as port:
            first = await ask(port, BEARER, JSON)
            desk.fails = None
            return first, await ask(port, BEARER, JSON)

    (status, _, body), (again, _, _) = asyncio.run(scenario())
    assert (status, again) == (500, 202)
    assert TOKEN not in body


def test_several_requests_on_one_connection_are_each_looked_at():
    desk = Desk()
    good = f"POST /facts/lab HTTP/1.1\r\nHost: x\r\n{BEARER}\r\n{JSON}\r\nContent-Length: {len(BODY)}\r\n"
    bad = good.replace(TOKEN, "wrong")
    both = (good + "\r\n").encode() + BODY + (bad + "Connection: close\r\n\r\n").encode() + BODY

    async def scenario():
        async with serving(desk) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(both)
            answer = await reader.read()
            writer.close()
            return answer.decode()

    answer = asyncio.run(scenario())
    assert [answer.count("HTTP/1.1 202"), answer.count("HTTP/1.1 401")] == [1, 1]
    assert len(desk.taken) == 1
