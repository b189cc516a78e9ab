"""What an organization consists of, as lists in the provider's envelope: people, projects, keys, limits."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.demo.provider.reply import Refused, invalid
from notifier.demo.provider.shown import (
    admin_key_shown,
    alert_shown,
    invite_shown,
    project_key_shown,
    project_shown,
    rate_limit_shown,
    spend_limit_shown,
    user_shown,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.records import Project, SpendAlert, SpendLimit
    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Query

DEFAULT_LIMIT, MOST = 20, 100
DEFAULT_RATE_LIMITS = 100


def users(organization: Organization, query: Query, today: date) -> Body:
    """The members, all or those with the asked addresses."""
    emails = query.many("emails")
    there = (user for user in organization.users if user.added_on <= today)
    return _listed([user_shown(user) for user in there if not emails or user.email in emails], query)


def invites(organization: Organization, query: Query, today: date) -> Body:
    """Who was asked to join."""
    return _listed([invite_shown(each, today) for each in organization.invites if each.invited_on <= today], query)


def projects(organization: Organization, query: Query, today: date) -> Body:
    """The projects; archived ones only when they are asked for."""
    archived = query.yes_or_no("include_archived")
    there = (project_shown(each, today) for each in organization.projects if each.created_on <= today)
    return _listed([each for each in there if archived or each["status"] == "active"], query)


def admin_keys(organization: Organization, query: Query, today: date) -> Body:
    """The admin keys, oldest first unless asked otherwise."""
    there = sorted(
        (each for each in organization.every_admin_key() if each.created_on <= today),
        key=lambda each: each.created_on,
    )
    return _listed(_ordered([admin_key_shown(each) for each in there], query), query)


def spend_alerts(organization: Organization, query: Query, today: date) -> Body:  # noqa: ARG001  one signature
    """The organization's alerts."""
    return _alerts(organization.spend_alerts, "organization", query)


def spend_limit(organization: Organization, query: Query, today: date) -> Body:  # noqa: ARG001  one signature
    """The organization's limit for a month.

    Raises:
        Refused: there is none; that is a 404 [seen: terraform-provider-openai].
    """
    return _limit(organization.spend_limit, "organization")


def keys_of(organization: Organization, project: Project, query: Query, today: date) -> Body:
    """The keys of *project*; those whose owner lost access only when they are asked for."""
    wanted = query.choice("owner_project_access", ("active", "inactive", "any"))
    there = (
        project_key_shown(each, organization.last_used_on(each, today))
        for each in project.keys
        if each.created_on <= today
    )
    return _listed([each for each in there if wanted in {"any", each["owner_project_access"]}], query)


def rate_limits_of(organization: Organization, project: Project, query: Query, today: date) -> Body:  # noqa: ARG001
    """How often models may be asked in *project*."""
    return _listed([rate_limit_shown(each) for each in project.rate_limits], query, default=DEFAULT_RATE_LIMITS)


def permissions_of(organization: Organization, project: Project, query: Query, today: date) -> Body:  # noqa: ARG001
    """Which models may be asked in *project*."""
    return {"object": "project.model_permissions", "mode": project.mode, "model_ids": list(project.model_ids)}


def spend_limit_of(organization: Organization, project: Project, query: Query, today: date) -> Body:  # noqa: ARG001
    """The limit of *project* for a month; a refusal if there is none."""
    return _limit(project.spend_limit, "project")


def spend_alerts_of(organization: Organization, project: Project, query: Query, today: date) -> Body:  # noqa: ARG001
    """The alerts of *project*."""
    return _alerts(project.spend_alerts, "project", query)


def same_place(page: Body, query: Query) -> Body:
    """*page* with a cursor that leads where it was asked for, again and again."""
    return page | {"has_more": True, "last_id": query.one("after") or page["last_id"]}


def _listed(items: Sequence[Body], query: Query, *, least: int = 1, default: int = DEFAULT_LIMIT) -> Body:
    """One page of *items*: the first after the cursor ``after``, or the last before the cursor ``before``."""
    limit = query.whole_number("limit", default)
    if not least <= limit <= MOST:
        raise invalid(f"Invalid value for 'limit': {least} to {MOST}.", "limit")
    after, before = query.one("after"), query.one("before")
    first = 0 if after is None else _place(items, after, "after") + 1
    end = len(items) if before is None else _place(items, before, "before")
    window = items[first:end]
    page = window[:limit] if before is None else window[max(len(window) - limit, 0) :]
    return {
        "object": "list",
        "data": list(page),
        "first_id": page[0]["id"] if page else None,
        "last_id": page[-1]["id"] if page else None,
        "has_more": len(page) < len(window),
    }


def _ordered(items: Sequence[Body], query: Query) -> Sequence[Body]:
    return items if query.choice("order", ("asc", "desc")) == "asc" else items[::-1]


def _place(items: Sequence[Body], id_: str, param: str) -> int:
    for place, item in enumerate(items):
        if item["id"] == id_:
            return place
    raise invalid(f"Invalid value for '{param}': there is no such object.", param)


def _alerts(alerts: Iterable[SpendAlert], whose: str, query: Query) -> Body:
    return _listed(_ordered([alert_shown(each, whose) for each in alerts], query), query, least=0)


def _limit(limit: SpendLimit | None, whose: str) -> Body:
    if limit is None:
        raise Refused(HTTPStatus.NOT_FOUND, "No spend limit is set.", "not_found")
    return spend_limit_shown(limit, whose)
