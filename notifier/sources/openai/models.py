"""The part ``models``: which models the active projects may use, and how much.

With an admin key models cannot be listed. But each project has a rate limit for every model that it can reach, and
may have a policy that allows or denies some.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.sources.openai.answers import accept, document, malformed
from notifier.sources.openai.areas import PERMISSIONS, RATE_LIMITS
from notifier.sources.openai.fields import is_model
from notifier.sources.openai.lists import active_projects, listed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from notifier.core.facts import Observed
    from notifier.net import Answer
    from notifier.ports import Heard
    from notifier.sources.openai.fields import Entry
    from notifier.sources.openai.talk import Talk

LIMITS = {
    "requests_per_minute": "max_requests_per_1_minute",
    "tokens_per_minute": "max_tokens_per_1_minute",
}


async def read_models(talk: Talk) -> Heard:
    """The list `models` of all active projects together, each with `visible` and its limits for a minute.

    A model is visible if one project at least may use it. Its limits are the largest that any of these projects
    has: what the organization can do with it, not what every project can.

    Raises:
        Unreadable: an answer was missing, refused or not as documented.
    """
    asked: list[tuple[list[Entry], Answer]] = []
    for project in await active_projects(talk):
        path = f"/organization/projects/{project}"
        asked.append((await listed(talk, f"{path}/rate_limits", RATE_LIMITS), await _permissions(talk, path)))
    if talk.is_unchanged:
        return talk.nothing_new()
    facts: dict[str, Observed] = {"models": ()}
    for limits, permissions in asked:
        _add_project(limits, _allowed(permissions), facts)
    return talk.heard(Reading(talk.question.name, talk.question.now, facts))


async def _permissions(talk: Talk, path: str) -> Answer:
    answer = await talk.ask(f"{path}/model_permissions")
    if answer.status != HTTPStatus.NOT_FOUND:  # taken for "no policy is set", as for limits
        accept(answer, PERMISSIONS, talk.question)
    return talk.take(answer)


def _allowed(permissions: Answer) -> Callable[[str], bool]:
    """Whether the project's policy lets a model be used; its ids are compared as they stand [spec]."""
    if permissions.status == HTTPStatus.NOT_FOUND:
        return lambda _: True
    policy = document(permissions, PERMISSIONS)
    mode, ids = policy.get("mode"), policy.get("model_ids")
    if mode not in {"allow_list", "deny_list"} or not isinstance(ids, list):
        raise malformed(PERMISSIONS, "it is no list of what is allowed or denied")
    named = {each for each in ids if isinstance(each, str)}
    return lambda model: (model in named) == (mode == "allow_list")


def _add_project(limits: list[Entry], allowed: Callable[[str], bool], facts: dict[str, Observed]) -> None:
    for entry in limits:
        model = entry.get("model")
        if not isinstance(model, str) or not is_model(model):
            raise malformed(RATE_LIMITS, "a model's name is none")
        _add_model(model, entry, usable=allowed(model), facts=facts)


def _add_model(model: str, entry: Mapping[str, object], *, usable: bool, facts: dict[str, Observed]) -> None:
    listed_before = facts["models"]
    assert isinstance(listed_before, tuple)
    visible = item_fact("models", model, "visible")
    if visible not in facts:
        facts["models"] = (*listed_before, model)
    facts[visible] = bool(facts.get(visible)) or usable
    for fact, field in LIMITS.items():
        if usable and field in entry:
            name = item_fact("models", model, fact)
            facts[name] = _larger(facts.get(name), entry[field])


def _larger(before: Observed, limit: object) -> int:
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 0:
        raise malformed(RATE_LIMITS, "a limit is no number")
    return max(before, limit) if isinstance(before, int) else limit
