"""Asking and telling over HTTP: the one module that imports httpx.

One request, one answer: nothing is retried, no redirect is followed, no proxy is taken from the environment.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import cached_property
from importlib.util import find_spec
from math import ceil
from socket import gaierror
from typing import TYPE_CHECKING

import httpx

from notifier.ports import Undelivered, Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

Params = Mapping[str, str | int] | Sequence[tuple[str, str | int]]  # pairs where a name comes more than once

# At each of its locks httpcore asks for a library that only other loops need, and Python looks for what is missing
# in every folder anew, four times a request, a tenth of a millisecond each. None says that it is not there.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # the documented way to say so

CONNECT_SECONDS = 10
READ_SECONDS = 30
MOST_SECONDS = 60  # for a whole answer: one that trickles in never runs into the other two limits
MOST_BYTES = 5 * 1024 * 1024
LONGEST_WAIT = 86_400  # seconds: who asks for more is asked again once a day
NO_HEADERS: Mapping[str, str] = {}
_SECONDS = re.compile(r"\d{1,9}", re.ASCII)
_WAIT = re.compile(r"try again (?:after|in) (\d{1,6}(?:\.\d{1,9})?) ?s", re.ASCII)


class Answer:
    """What a server said: its *status*, its *headers*, found in any case, and the *raw* bytes of its body."""

    def __init__(self, status: int, headers: Mapping[str, str], raw: bytes) -> None:
        self.status, self.headers, self.raw = status, headers, raw

    @cached_property
    def body(self) -> object:
        """Parsed JSON, numbers with a fraction as `Decimal`, or else the text; parsed when first asked for."""
        return _parse(self.raw)

    def error(self, field: str) -> str:
        """What *field* of the envelope ``{"error": {…}}`` says, in lower case; '' if it does not.

        For looking into, never for showing: such texts may quote the key.
        """
        error = self.body.get("error") if isinstance(self.body, dict) else None
        text = error.get(field) if isinstance(error, dict) else None
        return text.lower() if isinstance(text, str) else ""

    @property
    def is_page(self) -> bool:
        """Whether a web page came instead of JSON: a proxy, or a login page of the network."""
        return isinstance(self.body, str) and self.raw.lstrip()[:1] == b"<"

    @property
    def again_in(self) -> int | None:
        """The seconds after which it wants to be asked again, 1 to a day; None if it does not say.

        Retry-After counts; where there is none, what the text of the error says [seen: the wait stood only there].
        """
        stated = self.headers.get("retry-after", "").strip()
        seconds = int(stated) if _SECONDS.fullmatch(stated) else _until(stated, self.headers.get("date", ""))
        if seconds is None and (in_words := _WAIT.search(self.error("message"))) is not None:
            seconds = ceil(Decimal(in_words[1]))
        return None if seconds is None else min(max(seconds, 1), LONGEST_WAIT)


class Net:
    """The connections of the process; made with the first request, given back with `aclose`.

    *transport* takes the place of the network, for tests.
    """

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._transport = transport
        self._client: httpx.AsyncClient | None = None

    async def get_json(
        self,
        url: str,
        *,
        params: Params = (),
        bearer: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> Answer:
        """Ask for *url* once, with the key *bearer*, or with *headers* that carry it, or without any.

        Every status is an answer; it is the caller who knows what a 404 means.

        Raises:
            Unreadable: no whole answer came. The sentence names the host, never the key nor the query. Nothing
                else could be read there either, unless the answer was only too long.
        """
        host = _host(url)
        if not all(map(_can_travel, [*headers.values(), *([] if bearer is None else [bearer])])):
            raise Unreadable(_unusable(host), whole=True)
        said = dict(headers) if bearer is None else {**headers, "Authorization": f"Bearer {bearer}"}
        try:
            return await self._ask("GET", url, said, params=params)
        except FAILURES as failure:
            raise Unreadable(f"{host} {_kind(failure)}.", whole=not isinstance(failure, _TooLarge)) from None

    async def post_json(self, url: str, *, body: object, bearer: str) -> Answer:
        """Tell *url* once what *body* says, as JSON, with the key *bearer*. Every status is an answer.

        Raises:
            Undelivered: no whole answer came. Without a connection nothing can have arrived; with one it is
                *unknown*. The sentence names the host, never the key nor what was told.
        """
        if not _can_travel(bearer):
            raise Undelivered(_unusable(_host(url)), permanent=True, whole=True)
        told = json.dumps(body, allow_nan=False).encode()
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/json"}
        return await self._post(url, told, headers)

    async def tell(self, url: str, text: str) -> Answer:
        """Tell *url* once what *text* says; there is no key, the address is the secret. Every status is an answer.

        Raises:
            Undelivered: no whole answer came. The sentence names the host, never the rest of the address.
        """
        return await self._post(url, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})

    async def _post(self, url: str, told: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            return await self._ask("POST", url, headers, content=told)
        except FAILURES as failure:
            why = f"{_host(url)} {_kind(failure)}"
            if isinstance(failure, NOT_ASKED):
                permanent = isinstance(failure, NO_ADDRESS)
                raise Undelivered(f"{why}.", permanent=permanent, whole=True) from None
            # Who does not answer will not answer the next one either; who broke off may well.
            silent = isinstance(failure, (httpx.TimeoutException, TimeoutError))
            raise Undelivered(f"{why}, so it may have arrived.", unknown=True, whole=silent) from None

    async def aclose(self) -> None:
        """Close all connections; a later request would open new ones."""
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def _ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        *,
        params: Params = (),
        content: bytes | None = None,
    ) -> Answer:
        said = {"Accept": "application/json", "User-Agent": "notifier", **headers}
        asked = self._connections().stream(method, url, params=_query(params), content=content, headers=said)
        async with asyncio.timeout(MOST_SECONDS), asked as response:
            raw = bytearray()
            async for chunk in response.aiter_bytes():
                raw += chunk
                if len(raw) > MOST_BYTES:
                    raise _TooLarge
            return Answer(response.status_code, response.headers, bytes(raw))

    def _connections(self) -> httpx.AsyncClient:
        if self._client is None:
            self._client = httpx.AsyncClient(
                transport=self._transport,
                timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
                follow_redirects=False,  # a key goes to the host that it was meant for, to no other
                trust_env=False,
            )
        return self._client


class _TooLarge(Exception):
    """The answer is longer than anything that is asked for."""


# What can go wrong; of these, what goes wrong before anything was asked; of these, what a settings file causes.
FAILURES = (httpx.HTTPError, httpx.InvalidURL, OSError, _TooLarge)
NO_ADDRESS = (httpx.UnsupportedProtocol, httpx.InvalidURL)
NOT_ASKED = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, *NO_ADDRESS)


def _can_travel(bearer: str) -> bool:
    """Whether a key is one. Otherwise the error of the HTTP library would quote the header with the key in it."""
    return bool(bearer) and bearer.isascii() and bearer.isprintable() and " " not in bearer


def _unusable(host: str) -> str:
    return f"The key for {host} is empty or has characters that no key has: copy it again."


def _query(params: Params) -> httpx.QueryParams | None:
    """*params* in their order; None where there are none, for an empty query would take away the address's own."""
    pairs = params.items() if isinstance(params, Mapping) else params
    return httpx.QueryParams([(name, str(value)) for name, value in pairs]) if params else None


def _until(date: str, now: str) -> int | None:
    """The seconds from *now* to *date*, both as headers have them; None where one of them is no date."""
    try:
        return int((parsedate_to_datetime(date) - parsedate_to_datetime(now)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _host(url: str) -> str:
    try:
        return httpx.URL(url).host or "The address"
    except httpx.InvalidURL:
        return "The address"


def _parse(raw: bytes) -> object:
    try:
        # Money never passes through a float; NaN is kept as such, so that it can be refused by name.
        return json.loads(raw, parse_float=Decimal, parse_constant=Decimal)
    except (ValueError, ArithmeticError, RecursionError):
        return raw.decode("utf-8", "replace")


def _kind(failure: Exception) -> str:
    """What happened, as the end of a sentence that begins with the host.

    The HTTP library's own texts are left out: some of them quote the request.
    """
    if isinstance(failure, _TooLarge):
        return f"answered with more than {MOST_BYTES // 1024 // 1024} MB"
    if isinstance(failure, (httpx.InvalidURL, httpx.UnsupportedProtocol)):
        return "cannot be asked: it is no http or https address"
    if isinstance(failure, httpx.ConnectTimeout):
        return f"took no connection within {CONNECT_SECONDS} seconds"
    if isinstance(failure, (httpx.TimeoutException, TimeoutError)):
        return "did not answer in time"
    if isinstance(failure, httpx.ConnectError):
        return _kind_of_refusal(failure)
    return "broke off the connection or did not speak HTTP"


def _kind_of_refusal(failure: Exception) -> str:
    causes = list(_causes(failure))
    if any(isinstance(cause, ssl.SSLError) for cause in causes):
        return "could not prove who it is (TLS): its certificate or this machine's clock may be wrong"
    if any(isinstance(cause, gaierror) for cause in causes):
        return "was not found: its name has no address here"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return "refused the connection"
    return "could not be reached"


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    """*failure* and what lies under it: the library wraps the system's own error more than once."""
    while failure is not None:
        yield failure
        if isinstance(failure, BaseExceptionGroup):
            yield from failure.exceptions
        failure = failure.__cause__ or failure.__context__
