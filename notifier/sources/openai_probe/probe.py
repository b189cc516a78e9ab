"""The source ``openai-probe``: when it asks, what it asks, what it tells."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from notifier.core.account import MAIN
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import utc_day
from notifier.core.fact import item_fact
from notifier.core.facts import Reading
from notifier.core.seen import Seen
from notifier.ports import Examined, Heard, Undelivered, Unreadable
from notifier.sources.openai_probe.answers import (
    accepted,
    check_organization,
    listed,
    may_not,
    said,
)
from notifier.sources.openai_probe.words import A_PROJECT_KEY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from notifier.core.facts import Observed
    from notifier.net import Answer, Net
    from notifier.ports import Question

# The interface refuses a smaller budget, before it looks at credits [seen: earendil-works/pi #6265].
LEAST_TOKENS = 16


class OpenAIProbe:
    """The source ``openai-probe``. *base_url* ends in the version; the model stands in the poll's settings."""

    parts: Mapping[str, int] = {MAIN: SECONDS_A_DAY}

    def __init__(self, net: Net, base_url: str = "https://api.openai.com/v1") -> None:
        self._net, self._base_url = net, base_url
        self._asked: dict[tuple[str, str], bytes] = {}  # by account and reading: what was asked last

    async def read(self, question: Question) -> Heard:
        """`probe_said`: what a request for 16 tokens came to; the list `models` that the key can see, if it may.

        On the day of the last answer nothing is asked, and that answer stands, with its own time: unless key,
        model or address are others than those that this process asked with.

        Raises:
            Unreadable: it says nothing about credits that no answer came, or that the key was refused.
        """
        seen = Seen(utc_day(question.now), self._url(question), question.key, question.poll.settings)
        before, asked = await question.before(), self._asked.get((question.account.id, question.name))
        if before is not None and utc_day(before.at) == utc_day(question.now) and asked in {None, seen.token}:
            return Heard(before)
        models = await self._models(question)
        facts: dict[str, Observed] = {"probe_said": await self._probe(question), **models}
        self._asked[question.account.id, question.name] = seen.token
        return Heard(Reading(question.name, question.now, facts))

    async def examine(self, question: Question) -> Sequence[Examined]:
        """Whether the key is one of a project and sees the model; nothing is asked of the model.

        Raises:
            Unreadable: nobody answered, or not OpenAI.
        """
        model, found = _model(question), [_kind(question.key)]
        answer = await self._ask_models(question)
        if may_not(answer):
            why = "OpenAI does not let it list models, so that nobody can say whether it sees the model"
            return [*found, Examined("the model", None, f"{why} ({answer.status})")]
        if answer.status == HTTPStatus.UNAUTHORIZED:
            why = "OpenAI refuses it (401): it is wrong or revoked"
            return [Examined("the key", False, why, f"Put in {A_PROJECT_KEY}.")]
        sees = model in listed(accepted(answer, "models"))
        advice = "" if sees else "Name another model under `probe`, or allow it in the project's limits."
        return [
            *found,
            Examined("the model", sees, f"the key {'sees' if sees else 'does not see'} {model}", advice),
        ]

    # -- models ---------------------------------------------------------------------------------------------------

    async def _models(self, question: Question) -> dict[str, Observed]:
        """The models that the key sees; nothing is said of them where it may not list them, which it need not."""
        answer = await self._ask_models(question)
        if may_not(answer):
            return {}
        facts: dict[str, Observed] = {}
        models = listed(accepted(answer, "models"))
        for model, retires_on in models.items():
            facts[item_fact("models", model, "visible")] = True
            facts[item_fact("models", model, "retires_on")] = retires_on
        return facts | {"models": tuple(models)}

    async def _ask_models(self, question: Question) -> Answer:
        answer = await self._net.get_json(f"{self._url(question)}/models", bearer=question.key)
        check_organization(answer, question)
        return answer

    # -- the request ----------------------------------------------------------------------------------------------

    async def _probe(self, question: Question) -> str:
        body = {
            "model": _model(question),
            "input": "Answer with one word.",
            "max_output_tokens": LEAST_TOKENS,
            "store": False,
        }
        url = f"{self._url(question)}/responses"
        try:
            answer = await self._net.post_json(url, body=body, bearer=question.key)
        except Undelivered as error:
            raise Unreadable(error.why, whole=True) from None
        check_organization(answer, question)
        return said(answer)

    def _url(self, question: Question) -> str:
        return (question.poll.url or self._base_url).rstrip("/")


def _model(question: Question) -> str:
    return str(json.loads(question.poll.settings)["model"])


def _kind(key: str) -> Examined:
    """What the beginning of the key says of it."""
    if key.startswith("sk-admin-"):
        advice = f"Put in {A_PROJECT_KEY}."
        return Examined("the kind of key", False, "it is an admin key, which cannot ask a model", advice)
    if key.startswith(("sk-proj-", "sk-svcacct-")):
        return Examined("the kind of key", True, "it is a key of a project")
    return Examined("the kind of key", None, "its beginning does not say what kind of key it is")
