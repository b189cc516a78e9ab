"""``POST /facts/<account>``: facts from a program that knows the account's token.

| answer | when |
|---|---|
| 202 ``{"accepted": [...]}`` | they are on the disk, and take effect at once |
| 400 ``{"error": ...}`` | the body is not JSON, or a header cannot be used |
| 401 ``{"error": ...}`` | no token, a wrong one, or no such account: neither words nor time say which |
| 408, 413, 415 ``{"error": ...}`` | the body does not come, is larger than 64 KB, is not ``application/json`` |
| 422 ``{"mistakes": [{"fact": ..., "why": ...}]}`` | every mistake of the facts; nothing of them is kept |
| 429 with ``Retry-After`` | more than 60 in a minute |
| 503 with ``Retry-After`` | the database takes nothing now |
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.routing import Route

from notifier.flow.push import KEY, Mistaken, NotAllowed, NotKept, TooOften
from notifier.web.document import NotRead, read

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from starlette.requests import Request

    from notifier.core.account import Account
    from notifier.flow.push import Document

FACTS = "/facts/{account}"
MOST = 64 * 1024  # bytes of a body
LONGEST_BODY = 10  # seconds until a body has to be there
REFUSED_AFTER = 0.2  # seconds that a refused token takes at least, whatever was looked up for it
AGAIN_IN = 30  # seconds after which a database that took nothing may be tried again
MOST_KEY = 200  # characters of an Idempotency-Key
NOT_KEPT = {"Cache-Control": "no-store"}


class Desk(Protocol):
    """Who takes what is pushed: `notifier.pushes.Pushes`."""

    async def admit(self, account: str, token: bytes) -> Account:
        """The account, if *token* opens it. Raises NotAllowed, TooOften, NotKept."""

    async def take(self, account: Account, document: Document, key: str) -> Sequence[str]:
        """Keep what *document* says; returns the facts. Raises Mistaken, NotKept."""


class _Refused(Exception):
    """An answer that is no."""

    def __init__(self, status: int, said: Mapping[str, object] | str, **headers: str) -> None:
        super().__init__(status)
        body = {"error": said} if isinstance(said, str) else said
        more = {name.replace("_", "-"): text for name, text in headers.items()}
        self.answer = JSONResponse(body, status, NOT_KEPT | more)


def route(desk: Desk) -> Route:
    """The address at which *desk* takes facts."""

    async def pushed(request: Request) -> JSONResponse:
        try:
            return JSONResponse({"accepted": list(await _pushed(request, desk))}, 202, NOT_KEPT)
        except _Refused as refused:
            return refused.answer

    return Route(FACTS, pushed, methods=["POST"])


async def _pushed(request: Request, desk: Desk) -> Sequence[str]:
    try:
        account = await _admitted(request, desk)
        _wants_json(request)
        key = _key(request)
        return await desk.take(account, read(await _body(request)), key)
    except NotRead as error:
        raise _Refused(400, str(error)) from None
    except TooOften as error:
        raise _Refused(429, "too many pushes in a minute", Retry_After=str(error.again_in)) from None
    except Mistaken as error:
        mistakes = [{"fact": each.fact, "why": each.why} for each in error.mistakes]
        raise _Refused(422, {"mistakes": mistakes}) from None
    except NotKept:
        raise _Refused(503, "it could not be kept; nothing of it is", Retry_After=str(AGAIN_IN)) from None


async def _admitted(request: Request, desk: Desk) -> Account:
    """The account that is meant, if the token is right; every refusal looks the same and takes as long."""
    pause = asyncio.create_task(asyncio.sleep(REFUSED_AFTER))
    try:
        return await desk.admit(request.path_params["account"], _token(request))
    except NotAllowed:
        await pause
        why = "the account or the token is wrong; the token goes into Authorization: Bearer"
        raise _Refused(401, why, WWW_Authenticate="Bearer") from None
    finally:
        pause.cancel()


def _token(request: Request) -> bytes:
    """The token as it was sent; empty, which is nobody's, where there is none or more than one."""
    given = [value for name, value in request.scope["headers"] if name == b"authorization"]
    scheme, _, token = (given[0] if len(given) == 1 else b"").partition(b" ")
    return bytes(token).strip() if scheme.lower() == b"bearer" else b""


def _wants_json(request: Request) -> None:
    """Refuse a body that is not said to be JSON in UTF-8, as it is."""
    given = request.headers.getlist("content-type")
    kind, _, more = (given[0] if len(given) == 1 else "").partition(";")
    charset = more.strip().lower().replace('"', "")
    if kind.strip().lower() != "application/json" or charset not in {"", "charset=utf-8"}:
        raise _Refused(415, "the body has to be JSON, said by Content-Type: application/json")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _Refused(415, "the body has to come as it is, without Content-Encoding")


def _key(request: Request) -> str:
    """The Idempotency-Key; '' where there is none."""
    given = request.headers.getlist(KEY)
    if not given:
        return ""
    if len(given) > 1 or not 0 < len(given[0]) <= MOST_KEY or not (given[0].isascii() and given[0].isprintable()):
        raise _Refused(400, f"{KEY} is given once, with 1 to {MOST_KEY} printable characters")
    return given[0]


async def _body(request: Request) -> bytes:
    """The whole body, if it is not too large and comes in time."""
    too_large = _Refused(413, f"a body has at most {MOST:,} bytes")
    if int(request.headers.get("content-length", 0)) > MOST:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(LONGEST_BODY):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MOST:
                    raise too_large
    except TimeoutError:
        raise _Refused(408, "the body did not come", Connection="close") from None
    except ClientDisconnect:
        raise _Refused(400, "the body is not whole") from None
    return bytes(body)
