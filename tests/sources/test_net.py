"""One request, one answer; what goes wrong is one sentence without the key and without the question."""

import asyncio
import socket
import ssl
from contextlib import contextmanager
from decimal import Decimal
from threading import Thread

import httpx
import pytest

from notifier import net
from notifier.net import Net
from notifier.ports import Undelivered, Unreadable

KEY = "sk-admin-very-secret"
URL = "https://provider.example/v1/costs"
QUESTION = {"start_time": 1, "page": "cursor-in-question"}


def ask(transport=None, url=URL, key=KEY, params=QUESTION, **kwargs):
    async def once():
        connections = Net(transport)
        try:
            return await connections.get_json(url, params=params, bearer=key, **kwargs)
        finally:
            await connections.aclose()

    return asyncio.run(once())


def saying(*args, **kwargs):
    return httpx.MockTransport(lambda _: httpx.Response(*args, **kwargs))


def failing(error):
    def fail(request):
        raise error

    return httpx.MockTransport(fail)


@contextmanager
def listener(talk):
    """A server on this machine that accepts one connection and hands it to *talk*."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                talk(connection)

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/v1/costs"
        thread.join(5)


def test_a_number_with_a_fraction_arrives_as_it_was_written():
    answer = ask(saying(200, text='{"value": 0.1000000000000000055511151231257827, "count": 3}'))

    assert {"value": Decimal("0.1000000000000000055511151231257827"), "count": 3} == answer.body


def test_what_is_not_finite_arrives_as_what_it_is():
    body = ask(saying(200, text="[NaN, Infinity, -Infinity]")).body

    assert [str(number) for number in body] == ["NaN", "Infinity", "-Infinity"]


def test_the_key_travels_as_bearer_and_the_question_as_query():
    heard = []
    ask(httpx.MockTransport(lambda request: heard.append(request) or httpx.Response(200, json={})))

    assert [f"Bearer {KEY}"] == [request.headers["authorization"] for request in heard]
    assert [f"{URL}?start_time=1&page=cursor-in-question"] == [str(request.url) for request in heard]


def heard_by(**kwargs):
    """The request that a question makes."""
    heard = []
    ask(httpx.MockTransport(lambda request: heard.append(request) or httpx.Response(200, json={})), **kwargs)
    return heard[0]


def test_a_name_may_come_twice_in_a_query():
    request = heard_by(params=[("group_by", "project_id"), ("group_by", "line_item"), ("limit", 1)])

    assert request.url.query == b"group_by=project_id&group_by=line_item&limit=1"


def test_an_address_keeps_its_own_query_where_nothing_is_asked_for():
    assert heard_by(url=f"{URL}?own=1", params=()).url.query == b"own=1"


def test_a_key_may_travel_in_another_header_or_there_is_none():
    request = heard_by(key=None, headers={"x-api-key": KEY, "anthropic-version": "2023-06-01"})

    assert (request.headers["x-api-key"], request.headers["anthropic-version"]) == (KEY, "2023-06-01")
    assert "authorization" not in request.headers
    assert "authorization" not in heard_by(key=None).headers


@pytest.mark.parametrize("key", ["", f"{KEY}\r\nX-Other: 1", f"{KEY}\u200b"])
def test_a_key_in_another_header_that_cannot_be_one_is_refused_before_anything_quotes_it(key):
    with pytest.raises(Unreadable, match=r"^The key for provider\.example is empty or has") as unreadable:
        ask(failing(AssertionError("asked")), key=None, headers={"x-api-key": key})

    assert KEY not in str(unreadable.value)
    assert unreadable.value.whole


def test_the_bytes_of_an_answer_are_there_and_parsed_only_when_asked_for(monkeypatch):
    parsed = []
    monkeypatch.setattr(net, "_parse", lambda raw: parsed.append(raw) or {"x": 1})
    answer = ask(saying(200, content=b'{"x": 1}'))

    assert (answer.raw, parsed) == (b'{"x": 1}', [])
    assert answer.body is answer.body
    assert parsed == [b'{"x": 1}']


NOON = "Mon, 03 Jun 2024 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7),
        ({"Retry-After": " 0 "}, 1),
        ({"Retry-After": "999999999"}, 86_400),
        ({"Retry-After": "-7"}, None),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "\u0667".encode()}, None),
        ({"Retry-After": "Mon, 03 Jun 2024 12:01:30 GMT", "Date": NOON}, 90),
        ({"Retry-After": "Mon, 03 Jun 2024 11:00:00 GMT", "Date": NOON}, 1),
        ({"Retry-After": "Mon, 03 Jun 2024 12:01:30 GMT"}, None),
        ({"Retry-After": "Mon, 03 Jun 2024 12:01:30", "Date": NOON}, None),
    ],
)
def test_the_wait_that_the_header_asks_for_is_handed_on_in_seconds(headers, seconds):
    assert ask(saying(429, headers=headers)).again_in == seconds


def enveloped(message):
    return ask(saying(429, json={"error": {"message": message, "code": None}}))


def test_where_no_header_says_it_the_wait_in_the_text_counts():
    assert enveloped("Please slow down and try again after 6.937 seconds.").again_in == 7
    assert enveloped("Try again in 2s.").again_in == 2
    assert enveloped("Please slow down.").again_in is None
    both = {"headers": {"Retry-After": "9"}, "json": {"error": {"message": "try again in 2s"}}}
    assert ask(saying(429, **both)).again_in == 9


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ('{"error": {"code": "Model_Not_Found"}}', "model_not_found"),
        ('{"error": {"code": null}}', ""),
        ('{"error": {"code": 7}}', ""),
        ('{"error": "no"}', ""),
        ("[]", ""),
        ("<html>", ""),
    ],
)
def test_the_envelope_of_an_error_can_be_looked_into(body, said):
    assert ask(saying(400, text=body)).error("code") == said


@pytest.mark.parametrize(
    ("body", "page"),
    [("<html>", True), (" \n<!doctype html>", True), ("nothing", False), ("{}", False), ("", False)],
)
def test_a_web_page_is_told_from_other_texts(body, page):
    assert ask(saying(200, text=body)).is_page is page


@pytest.mark.parametrize(
    "text", ["<html>", "", '{"value": 1', "[" * 100_000, '{"value": 1e9999999999999999999}', "\xff\xfe\x00"]
)
def test_what_is_no_json_is_handed_on_as_text(text):
    assert isinstance(ask(saying(502, content=text.encode("latin-1"))).body, str)


def test_a_redirect_is_an_answer_and_the_key_goes_nowhere_else():
    heard = []

    def move(request):
        heard.append(request.url.host)
        return httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    assert ask(httpx.MockTransport(move)).status == 302
    assert heard == ["provider.example"]


def test_headers_are_found_in_any_case():
    assert ask(saying(429, headers={"Retry-After": "7"})).headers["retry-after"] == "7"


def under(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (httpx.ConnectTimeout(KEY), "provider.example took no connection within 10 seconds."),
        (httpx.ReadTimeout(KEY), "provider.example did not answer in time."),
        (httpx.ReadError(KEY), "provider.example broke off the connection or did not speak HTTP."),
        (httpx.RemoteProtocolError(KEY), "provider.example broke off the connection or did not speak HTTP."),
        (httpx.DecodingError(KEY), "provider.example broke off the connection or did not speak HTTP."),
        (OSError(KEY), "provider.example broke off the connection or did not speak HTTP."),
        (httpx.ConnectError(KEY), "provider.example could not be reached."),
        (
            under(httpx.ConnectError(KEY), ExceptionGroup("", [ConnectionRefusedError(KEY)])),
            "provider.example refused the connection.",
        ),
        (
            under(httpx.ConnectError(KEY), socket.gaierror(KEY)),
            "provider.example was not found: its name has no address here.",
        ),
        (
            under(httpx.ConnectError(KEY), ssl.SSLCertVerificationError(KEY)),
            (
                "provider.example could not prove who it is (TLS): "
                "its certificate or this machine's clock may be wrong."
            ),
        ),
    ],
)
def test_each_failure_of_the_network_is_a_sentence_of_our_own(failure, said):
    with pytest.raises(Unreadable) as unreadable:
        ask(failing(failure))

    assert said == unreadable.value.why == str(unreadable.value)
    assert (unreadable.value.again_in, unreadable.value.whole) == (None, True)


def test_a_port_where_nobody_listens_refuses():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    with pytest.raises(Unreadable, match=r"^127\.0\.0\.1 refused the connection\.$"):
        ask(url=f"http://127.0.0.1:{port}/")


def test_plain_text_where_tls_was_expected_is_named():
    with (
        listener(lambda connection: connection.sendall(b"220 mail\r\n")) as url,
        pytest.raises(Unreadable, match="TLS"),
    ):
        ask(url=url.replace("http:", "https:"))


def test_a_connection_that_is_reset_is_unreadable():
    def hang_up(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")

    with listener(hang_up) as url, pytest.raises(Unreadable, match="broke off"):
        ask(url=url)


def test_an_answer_that_trickles_in_for_ever_is_given_up(monkeypatch):
    monkeypatch.setattr(net, "MOST_SECONDS", 0.3)

    def trickle(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        while connection.recv(65536):
            pass

    with listener(trickle) as url, pytest.raises(Unreadable, match=r"^127\.0\.0\.1 did not answer in time\.$"):
        ask(url=url)


def test_an_answer_beyond_the_limit_is_not_read_to_its_end():
    sent = []

    class Endless(httpx.AsyncByteStream):
        async def __aiter__(self):
            while True:
                sent.append(1)
                yield b"x" * 1_000_000

    with pytest.raises(Unreadable, match=r"^provider\.example answered with more than 5 MB\.$") as unreadable:
        ask(saying(200, stream=Endless()))

    assert not unreadable.value.whole, "another question may have a shorter answer"

    assert len(sent) == 6


@pytest.mark.parametrize("key", ["", "sk-admin-secret\n", "sk-admin secret", "sk-admin-secret\u200b"])
def test_a_key_that_cannot_be_one_is_refused_before_anything_quotes_it(key):
    with pytest.raises(Unreadable, match=r"^The key for provider\.example is empty or has") as unreadable:
        ask(failing(AssertionError("asked")), key=key)

    assert "sk-admin" not in str(unreadable.value)


@pytest.mark.parametrize("url", ["ftp://provider.example/v1", "provider.example", "https://[::1", "https://"])
def test_an_address_that_is_none_is_said_to_be_none(url):
    with pytest.raises(Unreadable, match="cannot be asked"):
        ask(url=url)


def test_no_text_of_a_failure_has_the_key_or_the_question():
    with pytest.raises(Unreadable) as unreadable:
        ask(failing(httpx.ReadError(f"{URL}?page=cursor-in-question with {KEY}")))

    assert KEY not in str(unreadable.value)
    assert "cursor-in-question" not in str(unreadable.value)
    assert unreadable.value.__suppress_context__
    assert unreadable.value.__cause__ is None


def test_connections_are_kept_until_closed_and_can_be_opened_again():
    async def thrice():
        connections = Net(saying(200, json={}))
        await connections.get_json(URL, params={}, bearer=KEY)
        first = connections._client
        await connections.get_json(URL, params={}, bearer=KEY)
        kept = connections._client is first
        await connections.aclose()
        await connections.aclose()
        return kept, first.is_closed, connections._client

    assert asyncio.run(thrice()) == (True, True, None)


def test_the_environment_names_no_proxy(monkeypatch):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")

    def answer(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with listener(answer) as url:
        assert ask(url=url).body == {}


# -- telling -----------------------------------------------------------------------------------------------------


def tell(transport=None, url=URL, key=KEY, body=None):
    async def once():
        connections = Net(transport)
        try:
            return await connections.post_json(url, body={"say": "käse"} if body is None else body, bearer=key)
        finally:
            await connections.aclose()

    return asyncio.run(once())


def untold(*args, **kwargs):
    with pytest.raises(Undelivered) as raised:
        tell(*args, **kwargs)
    return raised.value


def test_what_is_told_travels_once_as_json_with_the_key():
    heard = []
    answer = tell(
        httpx.MockTransport(lambda request: heard.append(request) or httpx.Response(202, headers={"X": "1"}))
    )

    assert (answer.status, answer.headers["x"]) == (202, "1")
    assert [(each.method, str(each.url), each.content) for each in heard] == [
        ("POST", URL, b'{"say": "k\\u00e4se"}')
    ]
    assert heard[0].headers["content-type"] == "application/json"
    assert heard[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("status", [200, 302, 400, 500])
def test_every_status_is_an_answer_to_what_was_told(status):
    assert tell(saying(status, headers={"Location": "https://elsewhere.example/"})).status == status


@pytest.mark.parametrize(
    "failure",
    [httpx.ConnectError(KEY), httpx.ConnectTimeout(KEY), httpx.PoolTimeout(KEY)],
    ids=lambda failure: type(failure).__name__,
)
def test_without_a_connection_nothing_was_told(failure):
    error = untold(failing(failure))

    assert (error.permanent, error.whole, error.unknown) == (False, True, False)


@pytest.mark.parametrize(
    ("failure", "whole"),
    [
        (httpx.ReadTimeout(KEY), True),
        (httpx.WriteTimeout(KEY), True),
        (TimeoutError(KEY), True),
        (httpx.ReadError(KEY), False),
        (httpx.WriteError(KEY), False),
        (httpx.RemoteProtocolError(KEY), False),
        (OSError(KEY), False),
    ],
    ids=lambda failure: type(failure).__name__,
)
def test_without_an_answer_nobody_knows_what_was_told(failure, whole):
    error = untold(failing(failure))

    assert (error.permanent, error.whole, error.unknown) == (False, whole, True)
    assert error.why.startswith("provider.example ")
    assert error.why.endswith(", so it may have arrived.")
    assert KEY not in error.why
    assert error.__suppress_context__


def test_an_answer_to_what_was_told_that_breaks_off_is_unknown():
    def hang_up(connection):
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\n{")

    with listener(hang_up) as url:
        assert untold(url=url).unknown


@pytest.mark.parametrize("url", ["ftp://provider.example/v1", "provider.example", "https://[::1"])
def test_an_address_that_is_none_can_never_be_told(url):
    error = untold(url=url)

    assert (error.permanent, error.whole, error.unknown) == (True, True, False)


@pytest.mark.parametrize("key", ["", "SG secret", "SG.secret\n"])
def test_a_key_that_cannot_be_one_tells_nothing(key):
    error = untold(failing(AssertionError("asked")), key=key)

    assert (error.permanent, error.whole) == (True, True)
    assert "secret" not in error.why


def test_a_text_travels_once_as_text_and_without_a_key():
    heard = []

    async def once():
        connections = Net(httpx.MockTransport(lambda request: heard.append(request) or httpx.Response(200)))
        try:
            return await connections.tell(URL, "käse")
        finally:
            await connections.aclose()

    assert asyncio.run(once()).status == 200
    assert [(each.method, str(each.url), each.content.decode()) for each in heard] == [("POST", URL, "käse")]
    assert heard[0].headers["content-type"] == "text/plain; charset=utf-8"
    assert "authorization" not in heard[0].headers


class Looked(list):
    """Notes the modules that Python looks for, and finds none of them."""

    def find_spec(self, name, *_):
        self.append(name)


def test_no_library_is_looked_for_once_a_first_request_was_made(monkeypatch):
    with pytest.raises(Unreadable):
        ask(url="http://127.0.0.1:1/")
    looked = Looked()
    monkeypatch.setattr(net.sys, "meta_path", [looked, *net.sys.meta_path])
    with pytest.raises(Unreadable):
        ask(url="http://127.0.0.1:1/")

    assert looked == []
