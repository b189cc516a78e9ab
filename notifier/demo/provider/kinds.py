"""Everything that can go wrong at the simulated provider, on command: one name for each.

A fault does one of three things: it answers instead, it lets another organization answer, or it twists the answer.
Brackets say where it is known from: [docs] the provider's pages, [seen] live answers.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple

from notifier.demo.provider import twists
from notifier.demo.provider.answers import COSTS, RESPONSES, ROOT
from notifier.demo.provider.books import ZERO, Corrections
from notifier.demo.provider.costs import page_of
from notifier.demo.provider.models import NO_QUOTA
from notifier.demo.provider.records import USAGE
from notifier.demo.provider.reply import (
    HANG,
    HTML,
    RESET,
    SLOW_DOWN,
    Refused,
    Reply,
    invalid,
    missing_scope,
    no_model,
    no_quota,
    wrong_key,
    wrong_page,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.demo.provider.fault import Fault
    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Query, Request

_PAGE = b"<!DOCTYPE html><html><head><title>Something went wrong</title></head><body>Try again</body></html>"
_HALF = b'{"object": "page", "data": [{"object": "bucket", "start_time": 17'
_MISSING = 4_000
_SINGLE = ("/spend_limit", "/model_permissions")


class Kind(NamedTuple):
    """What one name of a fault does; *says* is for people, *spoils* are the requests that it can happen to."""

    says: str
    instead: Callable[[Fault], Refused | Reply] | None = None
    poses: Callable[[Organization], Organization] | None = None
    twist: Callable[[Query, Body], Body] | None = None
    spoils: Callable[[Fault, Request], bool] = lambda _, __: True


def _costs_only(_: Fault, request: Request) -> bool:
    return request.path == COSTS


def _models_only(_: Fault, request: Request) -> bool:
    return request.path == RESPONSES


def _pages_only(_: Fault, request: Request) -> bool:
    return request.path.startswith(ROOT) and not request.path.endswith(_SINGLE)


def _late_pages_only(fault: Fault, request: Request) -> bool:
    return request.path == COSTS and page_of(request.query) > fault.after


def _fine_groups_only(_: Fault, request: Request) -> bool:
    """By key, or by user together with projects: live 400s [seen: PostHog #71784; docstring of the SDK]."""
    groups = request.query.many("group_by")
    projects = "project_id" in groups or bool(request.query.many("project_ids"))
    return request.path == COSTS and ("api_key_id" in groups or ("user_id" in groups and projects))


def _slow_down(fault: Fault) -> Refused:
    """As admin endpoints say it: nowhere but in the text [seen: terraform-provider-openai]."""
    message = SLOW_DOWN.format(seconds=fault.seconds)
    return Refused(HTTPStatus.TOO_MANY_REQUESTS, message, "rate_limit_exceeded")


def _retry_after(fault: Fault) -> Reply:
    seconds = Decimal(fault.seconds).to_integral_value(ROUND_CEILING)
    refusal = Refused(HTTPStatus.TOO_MANY_REQUESTS, "Rate limit reached.", "rate_limit_exceeded")
    return refusal.reply((("Retry-After", str(seconds)),))


def _abroad(_: Fault) -> Refused:
    message = "Country, region, or territory not supported"
    return Refused(HTTPStatus.FORBIDDEN, message, "unsupported_country_region_territory", "request_forbidden")


def _broken(_: Fault) -> Refused:
    message = "The server had an error while processing your request."
    return Refused(HTTPStatus.INTERNAL_SERVER_ERROR, message, type_="server_error")


def _page(status: HTTPStatus, _: Fault) -> Reply:
    return Reply(status, _PAGE, HTML)


def _elsewhere(organization: Organization) -> Organization:
    return replace(organization, id="org-somebody-else")


def _emptied(organization: Organization) -> Organization:
    """One with its main key and nothing else; a project's key opens it no more."""
    return replace(
        organization,
        daily=lambda _: ZERO,
        corrections=Corrections(),
        projects=(),
        users=(),
        invites=(),
        admin_keys=(),
        spend_alerts=(),
        spend_limit_cents=None,
    )


def _amounts(says: str, amount: Callable[[str], str]) -> Kind:
    return Kind(f"amounts of costs {says}", twist=partial(twists.with_amounts, amount), spoils=_costs_only)


def _of_model(says: str, refusal: Callable[[], Refused]) -> Kind:
    return Kind(f"a model answers that {says}", lambda _: refusal(), spoils=_models_only)


_KEYS = {
    "401": Kind("the key is wrong or revoked", lambda _: wrong_key()),
    "401-scope": Kind(
        "the key lacks a scope, said with 401", lambda _: missing_scope(USAGE, HTTPStatus.UNAUTHORIZED)
    ),
    "403": Kind("the key lacks a scope", lambda _: missing_scope(USAGE)),
    "403-country": Kind("the country is not supported", _abroad),
    "other-organization": Kind("another organization stands in the header", poses=_elsewhere),
    "empty": Kind("nobody and nothing is there", poses=_emptied),
}
_QUESTIONS = {
    "400-grouping": Kind(
        "grouping by key, or by user with projects, is refused",
        lambda _: invalid("Grouping by these fields is not available.", "group_by"),
        spoils=_fine_groups_only,
    ),
    "400-page": Kind(
        "the page token is refused after so many pages", lambda _: wrong_page(), spoils=_late_pages_only
    ),
    "same-page": Kind("every page leads to itself", twist=twists.going_in_circles, spoils=_pages_only),
    "429": Kind("too many requests, the wait stands in the text only", _slow_down),
    "429-header": Kind("too many requests, the wait stands in Retry-After", _retry_after),
}
_LINE = {
    "500": Kind("the provider failed", _broken),
    "502": Kind("a gateway answers, with HTML", partial(_page, HTTPStatus.BAD_GATEWAY)),
    "html": Kind("HTML with 200", partial(_page, HTTPStatus.OK)),
    "truncated": Kind(
        "the body ends before its length", lambda _: Reply(HTTPStatus.OK, _HALF, missing=_MISSING)
    ),
    HANG: Kind("nothing is answered until the client leaves", lambda _: Reply(HTTPStatus.OK, instead=HANG)),
    RESET: Kind("the connection is reset", lambda _: Reply(HTTPStatus.OK, instead=RESET)),
}  # fmt: skip
_BODIES = {
    "amounts-text": _amounts("are strings [seen: CodexBar #999]", twists.as_text),
    "amounts-zero": _amounts("are 0E-6176 [seen]", twists.as_zero),
    "amounts-nan": _amounts("are NaN", twists.as_nan),
    "amounts-infinite": _amounts("are Infinity", twists.as_infinity),
    "amounts-negative": _amounts("are negative", twists.as_negative),
    "unknown-fields": Kind("there are fields that no document has", twist=twists.with_unknown_fields),
}
_MODELS = {
    **{code: _of_model(f"it is {code} [docs]", partial(no_quota, code, text)) for code, text in NO_QUOTA.items()},
    "insufficient_quota": _of_model(
        "there is no quota, in the older form", partial(no_quota, "insufficient_quota", "You exceeded your quota.")
    ),
    "model-403": _of_model(
        "the project may not ask it [seen]", partial(no_model, "a-model", HTTPStatus.FORBIDDEN, "proj_1")
    ),
    "model-404": _of_model("it does not exist [seen]", partial(no_model, "a-model", HTTPStatus.NOT_FOUND)),
}
KINDS: dict[str, Kind] = {**_KEYS, **_QUESTIONS, **_LINE, **_BODIES, **_MODELS}
