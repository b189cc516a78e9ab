"""The addresses that are answered, and with what. Nothing here names anybody to who knows no token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from notifier.web.facts import NOT_KEPT, route

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    from notifier.web.facts import Desk

    Ailments = Callable[[], Awaitable[Sequence[str]]]

HEALTH = "/healthz"
WELL, ILL = 200, 503


def app(ailments: Ailments, desk: Desk | None = None) -> Starlette:
    """The application.

    *ailments* finds what is wrong with the service now, each a sentence that names nobody; *desk* takes the facts
    that programs push. Without it nothing here changes anything.
    """

    async def health(_: Request) -> JSONResponse:
        wrong = list(await ailments())
        said: dict[str, object] = {"status": "late", "reasons": wrong} if wrong else {"status": "ok"}
        return JSONResponse(said, ILL if wrong else WELL, NOT_KEPT)

    made = Starlette(routes=[Route(HEALTH, health), *([route(desk)] if desk is not None else [])])
    made.router.redirect_slashes = False  # an address that is nearly right is wrong, for machines too
    return made
