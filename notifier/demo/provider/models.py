"""What a project's key is answered: which models it sees, and whether one answers it.

A request to a model costs nothing here. What it says follows from credits, limits and permissions.
"""

from __future__ import annotations

import json
from decimal import Decimal
from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.demo.provider.reply import invalid, no_model, no_quota
from notifier.demo.provider.request import midnight

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.records import Model, Project, SpendLimit
    from notifier.demo.provider.reply import Body

CENT = Decimal("0.01")
LEAST_TOKENS = 16  # fewer are refused [seen: earendil-works/pi #6265]
EXHAUSTED, ORGANIZATION_LIMIT = "credit_balance_exhausted", "organization_spend_limit_exceeded"
PROJECT_LIMIT, USAGE_LIMIT = "project_spend_limit_exceeded", "organization_usage_limit_exceeded"
NO_QUOTA = {
    EXHAUSTED: "You have no credits remaining. Add credits to go on.",
    ORGANIZATION_LIMIT: "Your organization has reached its spend limit.",
    PROJECT_LIMIT: "Your project has reached its spend limit.",
    USAGE_LIMIT: "Your organization has reached the usage limit of its tier.",
}


def models(organization: Organization, project: Project, today: date) -> Body:
    """The models that *project* may ask; that they are seen does not say that there is money for them."""
    seen = [each for each in _offered(organization, today) if project.allows(each.id)]
    return {"object": "list", "data": [_shown(each) for each in seen]}


def response(organization: Organization, project: Project, today: date, content: bytes) -> Body:
    """The answer of a model to one request.

    Raises:
        Refused: the request is not as documented, or the model, a limit or the credits do not let it through.
    """
    asked = _asked(content)
    model = str(asked["model"])
    if model not in {each.id for each in _offered(organization, today)}:
        raise no_model(model, HTTPStatus.NOT_FOUND)
    if not project.allows(model):
        raise no_model(model, HTTPStatus.FORBIDDEN, project.id)
    code = _in_the_way(organization, project, today)
    if code is not None:
        raise no_quota(code, NO_QUOTA[code])
    return _answer(model, midnight(today))


def _asked(content: bytes) -> dict[str, object]:
    try:
        asked = json.loads(content)
    except ValueError:
        asked = None
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str):
        raise invalid("You must provide a model parameter.", "model", "missing_required_parameter")
    most = asked.get("max_output_tokens")
    if isinstance(most, int) and most < LEAST_TOKENS:
        message = f"integer below minimum value. Expected a value >= {LEAST_TOKENS}, but got {most} instead."
        raise invalid(f"Invalid 'max_output_tokens': {message}", "max_output_tokens", "integer_below_min_value")
    return asked


def _in_the_way(organization: Organization, project: Project, today: date) -> str | None:
    """The code of what keeps the request from being paid, if anything does."""
    if not organization.paid_method and organization.credit_left(today) <= 0:
        return EXHAUSTED
    if _reached(organization.spend_limit, organization.cost_of_month(today)):
        return ORGANIZATION_LIMIT
    if _reached(project.spend_limit, organization.cost_of_month(today, project.id)):
        return PROJECT_LIMIT
    tier = organization.usage_limit_cents
    if tier is not None and organization.cost_of_month(today) >= tier * CENT:
        return USAGE_LIMIT
    return None


def _reached(limit: SpendLimit | None, cost: Decimal) -> bool:
    return limit is not None and limit.enforcing and cost >= limit.cents * CENT


def _offered(organization: Organization, today: date) -> Iterator[Model]:
    for each in organization.models:
        if each.created_on <= today and (each.shutdown_on is None or today < each.shutdown_on):
            yield each


def _shown(model: Model) -> Body:
    return {
        "id": model.id,
        "object": "model",
        "created": midnight(model.created_on),
        "owned_by": model.owned_by,
        "shutdown_date": None if model.shutdown_on is None else model.shutdown_on.isoformat(),
    }


def _answer(model: str, at: int) -> Body:
    said = {"type": "output_text", "text": "Hello", "annotations": []}
    message = {
        "id": "msg_simulated",
        "type": "message",
        "role": "assistant",
        "status": "completed",
        "content": [said],
    }
    return {
        "id": "resp_simulated",
        "object": "response",
        "created_at": at,
        "status": "completed",
        "error": None,
        "model": model,
        "output": [message],
        "usage": {"input_tokens": 1, "output_tokens": 1, "total_tokens": 2},
    }
