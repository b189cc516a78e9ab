"""The connections to Slack: one session for everything, made in the running loop with the first question.

One question, one answer: nothing is repeated, no redirect is followed, no proxy is taken from the environment.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from notifier.channels.slack.answers import Refusal, garbled, limited, lost, unreached
from notifier.ports import Undelivered

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

CONNECT_SECONDS = 10
MOST_SECONDS = 30  # for a whole answer
TOO_MANY, SERVER_ERROR = 429, 500
# The libraries write what is sent, and a webhook's address with it, to a logger that lets details through.
QUIET = logging.getLogger(__name__)
QUIET.setLevel(logging.WARNING)


class _LedElsewhere(aiohttp.ClientError):
    """The address answered with another address. A token goes to the host that it was meant for, to no other."""


UNREACHED: Sequence[tuple[type[Exception], str]] = (
    (
        aiohttp.ClientSSLError,
        "Slack could not prove who it is (TLS): its certificate or this machine's clock may be wrong.",
    ),
    (aiohttp.ClientConnectorDNSError, "Slack was not found: its name has no address here."),
    (aiohttp.ClientConnectorError, "Slack could not be reached: the connection was refused."),
    (aiohttp.ConnectionTimeoutError, f"Slack took no connection within {CONNECT_SECONDS} seconds."),
    (aiohttp.InvalidURL, "Slack's address is none: it has to begin with https://."),
    (_LedElsewhere, "Slack's address led elsewhere: a network that wants a login may stand between."),
)
T = TypeVar("T")


async def _refuse_redirect(*_: object) -> None:
    raise _LedElsewhere


class Session:
    """One HTTP session; given back with `aclose`, made anew with the next question."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._session: aiohttp.ClientSession | None = None

    def here(self) -> aiohttp.ClientSession:
        """The session; to be called in the loop that uses it."""
        if self._session is None or self._session.closed:
            trace = aiohttp.TraceConfig()
            trace.on_request_redirect.append(_refuse_redirect)
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=self._seconds, sock_connect=CONNECT_SECONDS),
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[trace],
            )
        return self._session

    async def aclose(self) -> None:
        """Close the connections that are open."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class Wire:
    """Slack's Web API as one bot sees it."""

    def __init__(self, token: str, url: str, seconds: float = MOST_SECONDS) -> None:
        self._session = Session(seconds)
        self._fit = _is_fit(token.strip())
        self._client = AsyncWebClient(token=token, base_url=url, logger=QUIET, retry_handlers=[])
        self._client.proxy = None  # the library takes one from the environment

    async def ask(self, method: str, **fields: str) -> Mapping[str, Any]:
        """What *method* answers; nothing is told by asking.

        Raises:
            Refusal: Slack says no, and why.
            Undelivered: no answer of Slack's came.
        """
        return (await self._call(method, telling=False, data=fields))[0]

    async def scopes(self) -> tuple[Mapping[str, Any], frozenset[str] | None]:
        """Whose token it is, and the permissions it has; None where Slack does not say. Raises as `ask` does."""
        said, headers = await self._call("auth.test", telling=False, data={})
        granted = headers.get("X-OAuth-Scopes")
        return said, None if granted is None else frozenset(each.strip() for each in granted.split(","))

    async def change(self, method: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Change what was told before: asked twice, it has the same effect. Raises as `ask` does."""
        return (await self._call(method, telling=False, json=dict(fields)))[0]

    async def tell(self, method: str, fields: Mapping[str, Any]) -> Mapping[str, Any]:
        """Tell something new: where no answer comes, it may have been told. Raises as `ask` does."""
        return (await self._call(method, telling=True, json=dict(fields)))[0]

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.aclose()

    async def _call(
        self, method: str, *, telling: bool, **content: dict[str, Any]
    ) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        if not self._fit:
            raise Undelivered(
                "The token for Slack is empty or has characters that no token has: copy it again.",
                permanent=True,
                whole=True,
            )
        self._client.session = self._session.here()
        status, headers, data = await answered(lambda: self._answer(method, content), telling=telling)
        return _read(status, headers, data, telling=telling), headers

    async def _answer(self, method: str, content: dict[str, Any]) -> tuple[int, Mapping[str, str], object]:
        try:
            response = await self._client.api_call(method, **content)
        except SlackApiError as error:
            said = error.response  # Slack's, or the HTTP library's if the answer could not be read
            status = getattr(said, "status_code", 0) or getattr(said, "status", 0)
            return status, said.headers, getattr(said, "data", None)
        return response.status_code, response.headers, response.data


class Hook:
    """An incoming webhook."""

    def __init__(self, url: str, seconds: float = MOST_SECONDS) -> None:
        self._session = Session(seconds)
        self._fit = _is_fit(url.strip()) and url.strip().startswith(("https://", "http://"))
        self._client = AsyncWebhookClient(url=url.strip(), logger=QUIET, retry_handlers=[])
        self._client.proxy = None  # the library takes one from the environment

    async def post(self, body: Mapping[str, Any]) -> None:
        """Tell *body*.

        Raises:
            Refusal: Slack says no, and why.
            Undelivered: no answer of Slack's came.
        """
        if not self._fit:
            raise Undelivered(
                "The address of the Slack webhook is not one: copy it again.", permanent=True, whole=True
            )
        self._client.session = self._session.here()
        status, headers, said = await answered(lambda: self._answer(body), telling=True)
        if status == TOO_MANY:
            raise limited(headers)
        if said in ("ok", '{"ok":true}'):
            return
        if said.isascii() and said.replace("_", "").isalnum():
            raise Refusal(said)
        raise garbled(status, telling=True)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._session.aclose()

    async def _answer(self, body: Mapping[str, Any]) -> tuple[int, Mapping[str, str], str]:
        response = await self._client.send_dict(dict(body))
        return response.status_code, response.headers, response.body.strip()


def _is_fit(secret: str) -> bool:
    """Whether *secret* can be sent: otherwise the error of the HTTP library would quote it."""
    return bool(secret) and secret.isascii() and secret.isprintable() and " " not in secret


def _read(status: int, headers: Mapping[str, str], data: object, *, telling: bool) -> Mapping[str, Any]:
    """The answer if it is a yes."""
    if status == TOO_MANY:
        raise limited(headers)
    if not isinstance(data, dict) or "ok" not in data:
        raise garbled(status, telling=telling)
    if data["ok"] is True:
        return data
    code = str(data.get("error", ""))
    if code in ("ratelimited", "rate_limited"):
        raise limited(headers)
    if status >= SERVER_ERROR:
        raise garbled(status, telling=telling)
    raise Refusal(code, str(data.get("needed", "")))


async def answered(question: Callable[[], Awaitable[T]], *, telling: bool) -> T:
    """What *question* answers. The libraries' own texts are left out: some of them quote the request."""
    try:
        return await question()
    except (aiohttp.ClientError, OSError) as error:
        for kind, why in UNREACHED:
            if isinstance(error, kind):
                raise unreached(why) from None
        how = "did not answer in time" if isinstance(error, TimeoutError) else "broke off before it had answered"
        raise lost(f"Slack {how}.", telling=telling) from None
    except (ValueError, TypeError, AttributeError):
        raise garbled(200, telling=telling) from None  # the library could not read the answer
