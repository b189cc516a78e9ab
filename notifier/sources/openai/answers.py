"""Every answer and its consequence, in our own words: OpenAI's texts may quote the key."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from notifier.core.account import MAIN
from notifier.ports import Unreadable
from notifier.sources.openai import MAIN_IS
from notifier.sources.openai.areas import OWN_ADMIN_KEY, Area

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.net import Answer
    from notifier.ports import Question

_MISSING = re.compile(r"missing scopes?: (api\.[a-z_]{1,32}(?:\.[a-z_]{1,32}){0,3})(?!\.?[a-z_])", re.ASCII)
# Waiting does not help against these; their type may be the older `insufficient_quota` [help article 6614457].
_SPENT = {
    "credit_balance_exhausted",
    "insufficient_quota",
    "billing_not_active",
    "organization_spend_limit_exceeded",
    "project_spend_limit_exceeded",
    "organization_usage_limit_exceeded",
}
_DOWN = {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}


def accept(answer: Answer, area: Area, question: Question) -> Answer:
    """*answer*, if it is a good one.

    Raises:
        Unreadable: it is none; the sentence says what a person can do about it.
    """
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer, area, question)
    return answer


def document(answer: Answer, area: Area) -> Mapping[str, Any]:
    """The JSON object in a good answer.

    Raises:
        Unreadable: there is none.
    """
    if answer.is_page:
        raise Unreadable(
            f"A web page came instead of OpenAI's answer about {area.what}: a proxy or a login page on the way, "
            "or a wrong base URL.",
            whole=True,
        )
    if not isinstance(answer.body, dict):
        raise malformed(area, "it is no JSON object")
    return answer.body


def malformed(area: Area, detail: str) -> Unreadable:
    """That an answer is not what the document says; *detail* quotes nothing of it."""
    return Unreadable(
        f"OpenAI's answer about {area.what} is not as documented ({detail}); "
        "none of it was used, and if this lasts, notifier needs an update."
    )


def refuses_cursor(answer: Answer) -> bool:
    """Whether OpenAI refuses a cursor that it handed out itself [seen: forum thread 1369109]."""
    return answer.status == HTTPStatus.BAD_REQUEST and "page token is invalid" in answer.error("message")


def is_kept_out(answer: Answer) -> bool:
    """Whether the key is a good one that may not read what was asked for."""
    return answer.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN} and not is_refused_key(answer)


def is_refused_key(answer: Answer) -> bool:
    """Whether the key itself is refused. Missing scopes came as a 401 too [seen]."""
    return answer.status == HTTPStatus.UNAUTHORIZED and "scope" not in answer.error("message")


def _refusal(answer: Answer, area: Area, question: Question) -> Unreadable:
    status = answer.status
    if is_refused_key(answer):
        return Unreadable(
            "OpenAI refused the key (401): it is wrong, revoked or not allowed from this network address; "
            f"put in an admin key of the organization, {OWN_ADMIN_KEY}.",
            whole=True,
        )
    if is_kept_out(answer):
        return Unreadable(_forbidden(answer, area, question))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return _too_many(answer, area)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        why = f"OpenAI failed when asked for {area.what} ({status}); see status.openai.com if it lasts."
        return Unreadable(why, answer.again_in, whole=status in _DOWN)
    return Unreadable(
        f"OpenAI did not accept the question for {area.what} ({status}): "
        "check the base URL; if it is right, notifier needs an update."
    )


def _too_many(answer: Answer, area: Area) -> Unreadable:
    code = answer.error("code") or answer.error("type")
    if code in _SPENT:
        return Unreadable(
            f"OpenAI answers nothing about {area.what} (429, {code}): credits are used up or a limit is reached; "
            "see Settings > Organization > Billing and Limits.",
            whole=True,
        )
    return Unreadable(f"OpenAI asked to wait before {area.what} can be read (429).", answer.again_in, whole=True)


def _forbidden(answer: Answer, area: Area, question: Question) -> str:
    if "country" in answer.error("message"):
        return f"OpenAI does not let {area.what} be read from this country or region (403)."
    hint = "; this one is a project key" if question.key.startswith("sk-proj-") else ""
    left_out = f" Or leave `{said(question.part)}` out of what is read: `reads:` in the accounts file."
    return (
        f"OpenAI does not let this key read {area.what} ({answer.status}): "
        f"it takes an admin key with {right_to(answer, area)}, {OWN_ADMIN_KEY}{hint}."
        f"{left_out if len(question.poll.parts) > 1 else ''}"
    )


def right_to(answer: Answer, area: Area) -> str:
    """What a key needs for *area*: the scope that the refusal names, else what is known of it."""
    missing = _MISSING.search(answer.error("message"))
    return area.right if missing is None else f"the scope {missing[1]}"


def said(part: str) -> str:
    """What an accounts file calls *part*."""
    return MAIN_IS if part == MAIN else part


def reads(parts: Sequence[str]) -> str:
    """The line of an accounts file that asks for *parts* alone."""
    return f"reads: [{', '.join(map(said, parts))}]"
