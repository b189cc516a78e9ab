"""Every answer to the probe and its consequence, in our own words: OpenAI's texts may quote the key."""

from __future__ import annotations

import re
from datetime import date
from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.ports import Unreadable
from notifier.sources.openai_probe.words import A_PROJECT_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.net import Answer
    from notifier.ports import Question

MOST_MODELS = 10_000
OK = "ok"
SAID = {
    "credit_balance_exhausted": "credits exhausted",
    "insufficient_quota": "credits exhausted",  # the older code, still sent [seen]
    "billing_not_active": "credits exhausted",
    "organization_spend_limit_exceeded": "spend limit reached",
    "project_spend_limit_exceeded": "spend limit reached",
    "billing_hard_limit_reached": "spend limit reached",
    "organization_usage_limit_exceeded": "usage limit reached",
    "model_not_found": "model not found",
}
_MODEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}", re.ASCII)
_ORGANIZATION = re.compile(r"org-[A-Za-z0-9_-]{1,64}", re.ASCII)


def said(answer: Answer) -> str:
    """What the answer says of credits, by its code: the type stays the older one, and the text may change.

    Raises:
        Unreadable: it says nothing of them.
    """
    if answer.status == HTTPStatus.OK:
        body = accepted(answer, "a request")
        if body.get("object") != "response" or body.get("status") == "failed":
            raise Unreadable("OpenAI answered the probe, but not as documented; it says nothing about credits.")
        return OK
    known = SAID.get(answer.error("code") or answer.error("type"))
    if known is None or answer.status == HTTPStatus.UNAUTHORIZED:
        raise _refusal(answer, "a request")
    return known


def accepted(answer: Answer, what: str) -> Mapping[str, object]:
    """The JSON object in a good answer to a question about *what*.

    Raises:
        Unreadable: it is no good one; the sentence says what a person can do about it.
    """
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer, what)
    if answer.is_page:
        raise Unreadable(
            f"A web page came instead of OpenAI's answer to {what}: a proxy or a login page on the way, "
            "or a wrong base URL.",
            whole=True,
        )
    if not isinstance(answer.body, dict):
        raise _malformed(what)
    return answer.body


def _refusal(answer: Answer, what: str) -> Unreadable:
    """What is wrong, in our own words: OpenAI's text may quote the key."""
    status = answer.status
    if may_not(answer):
        return Unreadable(
            f"OpenAI does not let this key ask for {what} ({status}): the probe takes {A_PROJECT_KEY}, "
            "with the scope api.responses.write.",
            whole=True,
        )
    if status == HTTPStatus.UNAUTHORIZED:
        why = f"OpenAI refused the key of the probe (401): it is wrong or revoked; put in {A_PROJECT_KEY}."
        return Unreadable(why, whole=True)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unreadable("OpenAI asked the probe to wait (429).", answer.again_in, whole=True)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        why = f"OpenAI failed when probed ({status}); see status.openai.com if it lasts."
        return Unreadable(why, answer.again_in, whole=True)
    return Unreadable(
        f"OpenAI did not accept the probe ({status}): check the model and the base URL; "
        "if both are right, notifier needs an update."
    )


def may_not(answer: Answer) -> bool:
    """Whether the key is a good one that may not ask this. Missing scopes came as a 401 too [seen]."""
    if answer.status == HTTPStatus.UNAUTHORIZED:
        return "scope" in answer.error("message")
    return answer.status == HTTPStatus.FORBIDDEN


def check_organization(answer: Answer, question: Question) -> None:
    """Refuse what another organization says than the accounts file names. Names that are no ids are not compared.

    Raises:
        Unreadable: the key is another organization's.
    """
    named, expected = answer.headers.get("openai-organization", "").strip(), question.organization
    ids = _ORGANIZATION.fullmatch(named) and _ORGANIZATION.fullmatch(expected)
    if ids and named != expected and question.key not in named:
        raise Unreadable(
            f"The key of the probe belongs to the organization {named}, but the accounts file names {expected}: "
            "put in a key of that organization, or correct `organization`. Nothing that it said was used.",
            whole=True,
        )


def listed(body: Mapping[str, object]) -> dict[str, date | None]:
    """The models in a list, each with the day on which it is switched off, None where none is announced [spec].

    Raises:
        Unreadable: it is not as documented.
    """
    data = body.get("data")
    if not isinstance(data, list) or len(data) > MOST_MODELS:
        raise _malformed("models")
    return dict(map(_entry, data))


def _entry(entry: object) -> tuple[str, date | None]:
    model = entry.get("id") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(model, str) or not _MODEL.fullmatch(model):
        raise _malformed("models")
    retires_on = entry.get("shutdown_date")
    if retires_on is None:
        return model, None
    try:
        return model, date.fromisoformat(retires_on)
    except (TypeError, ValueError):
        raise _malformed("models") from None


def _malformed(what: str) -> Unreadable:
    return Unreadable(
        f"OpenAI's answer to {what} is not as documented; "
        "none of it was used, and if this lasts, notifier needs an update."
    )
