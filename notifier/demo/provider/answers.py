"""Who may ask what: from a question to its ordinary answer."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.demo.provider import lists, models
from notifier.demo.provider.costs import costs
from notifier.demo.provider.records import MANAGEMENT, USAGE, AdminKey, Project, ProjectKey
from notifier.demo.provider.reply import Refused, missing_scope, wrong_key

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Query, Request

ROOT = "/v1/organization/"
COSTS, MODELS, RESPONSES = f"{ROOT}costs", "/v1/models", "/v1/responses"
_MODEL_SCOPES = {MODELS: "api.model.read", RESPONSES: "api.responses.write"}
_OF_ORGANIZATION: dict[str, Callable[[Organization, Query, date], Body]] = {
    "costs": costs,
    "projects": lists.projects,
    "users": lists.users,
    "invites": lists.invites,
    "admin_api_keys": lists.admin_keys,
    "spend_limit": lists.spend_limit,
    "spend_alerts": lists.spend_alerts,
}
_OF_PROJECT: dict[str, Callable[[Organization, Project, Query, date], Body]] = {
    "api_keys": lists.keys_of,
    "rate_limits": lists.rate_limits_of,
    "model_permissions": lists.permissions_of,
    "spend_limit": lists.spend_limit_of,
    "spend_alerts": lists.spend_alerts_of,
}


def answer(organization: Organization | None, request: Request, today: date) -> Body:
    """The ordinary answer to *request*, asked with a key of *organization*.

    Raises:
        Refused: the key is none or may not ask this, there is no such thing, or the question is not as documented.
    """
    key, project = _opened(organization, request.bearer, today)
    if organization is None or key is None:
        raise wrong_key()
    if request.path in _MODEL_SCOPES:
        return _of_models(organization, key, project, request, today)
    _require_scope(key, USAGE if request.path == COSTS else MANAGEMENT)
    if not request.path.startswith(ROOT):
        raise _unknown()
    _require_method(request, "GET")
    return _of_organization(organization, request, today)


def _opened(
    organization: Organization | None, bearer: str, today: date
) -> tuple[AdminKey | ProjectKey | None, Project | None]:
    """The record of the key, if there is one that holds today."""
    for value, key, project in organization.openings() if organization is not None else ():
        if value == bearer:
            expired = key.expires_on is not None and key.expires_on <= today
            return (None if expired else key), project
    return None, None


def _require_scope(key: AdminKey | ProjectKey, scope: str) -> None:
    """Refuse a project's key, and an admin key that lacks *scope*.

    Only the name of the scope for costs is known from real answers; the other one is our assumption.
    """
    if isinstance(key, ProjectKey) or scope not in key.scopes:
        raise missing_scope(scope)


def _require_method(request: Request, method: str) -> None:
    if request.method != method:
        message = f"Not allowed to {request.method} on {request.path}. (HINT: it takes {method}.)"
        raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, message)


def _of_models(
    organization: Organization,
    key: AdminKey | ProjectKey,
    project: Project | None,
    request: Request,
    today: date,
) -> Body:
    if isinstance(key, AdminKey) or project is None:
        raise missing_scope(_MODEL_SCOPES[request.path])
    if project.archived_on is not None and project.archived_on <= today:
        raise wrong_key()
    if request.path == MODELS:
        _require_method(request, "GET")
        return models.models(organization, project, today)
    _require_method(request, "POST")
    return models.response(organization, project, today, request.content)


def _of_organization(organization: Organization, request: Request, today: date) -> Body:
    parts = request.path.removeprefix(ROOT).split("/")
    if len(parts) == 1 and parts[0] in _OF_ORGANIZATION:
        return _OF_ORGANIZATION[parts[0]](organization, request.query, today)
    if len(parts) != 3 or parts[0] != "projects" or parts[2] not in _OF_PROJECT:  # noqa: PLR2004  projects/id/what
        raise _unknown()
    project = organization.project(parts[1], today)
    if project is None:
        raise Refused(HTTPStatus.NOT_FOUND, "No such project.", "not_found")
    return _OF_PROJECT[parts[2]](organization, project, request.query, today)


def _unknown() -> Refused:
    return Refused(HTTPStatus.NOT_FOUND, "Unknown request URL.", "unknown_url")
