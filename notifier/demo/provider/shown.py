"""The records of an organization as the provider's document shows them. Days become their first moment in UTC."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.demo.provider.request import midnight

if TYPE_CHECKING:
    from datetime import date

    from notifier.demo.provider.records import (
        AdminKey,
        Invite,
        Project,
        ProjectKey,
        RateLimit,
        SpendAlert,
        SpendLimit,
        User,
    )
    from notifier.demo.provider.reply import Body

_VISIBLE_HEAD, _VISIBLE_TAIL = 8, 3  # as in the document's own example, ``sk-admin...def``


def _moment(day: date | None) -> int | None:
    return None if day is None else midnight(day)


def user_shown(user: User) -> Body:
    """A member."""
    return {
        "object": "organization.user",
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "role": user.role,
        "added_at": midnight(user.added_on),
    }


def invite_shown(invite: Invite, today: date) -> Body:
    """An invite; what became of it follows from *today*."""
    accepted = invite.accepted_on is not None and invite.accepted_on <= today
    expired = invite.expires_on is not None and invite.expires_on <= today
    return {
        "object": "organization.invite",
        "id": invite.id,
        "email": invite.email,
        "role": invite.role,
        "status": "accepted" if accepted else "expired" if expired else "pending",
        "created_at": midnight(invite.invited_on),
        "expires_at": _moment(invite.expires_on),
        "accepted_at": _moment(invite.accepted_on) if accepted else None,
        "projects": [{"id": id_, "role": "member"} for id_ in invite.projects],
    }


def project_shown(project: Project, today: date) -> Body:
    """A project, active or archived by *today*."""
    archived = project.archived_on is not None and project.archived_on <= today
    return {
        "object": "organization.project",
        "id": project.id,
        "name": project.name,
        "created_at": midnight(project.created_on),
        "archived_at": _moment(project.archived_on) if archived else None,
        "status": "archived" if archived else "active",
    }


def admin_key_shown(key: AdminKey) -> Body:
    """An admin key, with the ends of its value."""
    owner = {
        "type": "service_account" if key.owner is None else "user",
        "object": "organization.service_account" if key.owner is None else "organization.user",
        "id": f"svc_{key.id}" if key.owner is None else key.owner.id,
        "name": key.name if key.owner is None else key.owner.name,
        "created_at": midnight(key.created_on if key.owner is None else key.owner.added_on),
        "role": "member" if key.owner is None else key.owner.role,
    }
    return {
        "object": "organization.admin_api_key",
        "id": key.id,
        "name": key.name,
        "redacted_value": redacted(key.value),
        "created_at": midnight(key.created_on),
        "expires_at": _moment(key.expires_on),
        "last_used_at": _moment(key.last_used_on),
        "owner": owner,
    }


def project_key_shown(key: ProjectKey, last_used_on: date | None) -> Body:
    """A project's key, with the ends of its value."""
    return {
        "object": "organization.project.api_key",
        "id": key.id,
        "name": key.name,
        "redacted_value": redacted(key.value),
        "created_at": midnight(key.created_on),
        "last_used_at": _moment(last_used_on),
        "expires_at": _moment(key.expires_on),  # in the SDK, not in the document
        "owner_project_access": "active" if key.owner_has_access else "inactive",
        "owner": _owner(key),
    }


def _owner(key: ProjectKey) -> Body:
    if key.owner is None:
        account = {"id": f"svc_{key.id}", "name": key.name, "created_at": midnight(key.created_on)}
        return {"type": "service_account", "service_account": account | {"role": "member"}}
    owner = {"id": key.owner.id, "name": key.owner.name, "email": key.owner.email}
    return {
        "type": "user",
        "user": owner | {"created_at": midnight(key.owner.added_on), "role": key.owner.role},
    }


def redacted(value: str) -> str:
    """The ends of a key, never more than half of it."""
    head = min(_VISIBLE_HEAD, max(len(value) // 2 - _VISIBLE_TAIL, 0))
    return f"{value[:head]}...{value[-min(_VISIBLE_TAIL, len(value) // 2) :]}"


def rate_limit_shown(limit: RateLimit) -> Body:
    """One model's limits."""
    return {
        "object": "project.rate_limit",
        "id": f"rl-{limit.model}",
        "model": limit.model,
        "max_requests_per_1_minute": limit.requests_per_minute,
        "max_tokens_per_1_minute": limit.tokens_per_minute,
    }


def spend_limit_shown(limit: SpendLimit, whose: str) -> Body:
    """A limit, of the ``organization`` or of a ``project``."""
    return {
        "object": f"{whose}.spend_limit",
        "threshold_amount": limit.cents,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "enforcing" if limit.enforcing else "inactive"},
    }


def alert_shown(alert: SpendAlert, whose: str) -> Body:
    """An alert, of the ``organization`` or of a ``project``."""
    channel = {"type": "email", "recipients": list(alert.recipients), "subject_prefix": alert.subject_prefix}
    return {
        "object": f"{whose}.spend_alert",
        "id": alert.id,
        "threshold_amount": alert.cents,
        "currency": "USD",
        "interval": "month",
        "notification_channel": channel,
    }
