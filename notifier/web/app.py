"""The addresses that are answered, and with what. Nothing here changes anything, and nothing names anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    Ailments = Callable[[], Awaitable[Sequence[str]]]

HEALTH = "/healthz"
NOT_KEPT = {"Cache-Control": "no-store"}
WELL, ILL = 200, 503


def app(ailments: Ailments) -> Starlette:
    """The application. *ailments* finds what is wrong with the service now, each a sentence that names nobody."""

    async def health(_: Request) -> JSONResponse:
        wrong = list(await ailments())
        said: dict[str, object] = {"status": "late", "reasons": wrong} if wrong else {"status": "ok"}
        return JSONResponse(said, ILL if wrong else WELL, NOT_KEPT)

    made = Starlette(routes=[Route(HEALTH, health)])
    made.router.redirect_slashes = False  # an address that is nearly right is wrong, for machines too
    return made
