"""A provider that answers by a script, and what is asked of a source that reads it; no network."""

import asyncio
import json
from zoneinfo import ZoneInfo

import httpx

from notifier.core.account import Account, Poll
from notifier.core.calendar import Locale
from notifier.net import Net
from notifier.ports import Question

NOW = 1_795_788_300  # 2026-11-27T14:05:00Z


class Turns(list):
    """Several answers, one after the other."""


class Script:
    """Answers by path, each a body, a (status, body), a response, or `Turns` of these; remembers the questions."""

    def __init__(self, answers):
        self.answers, self.asked = answers, []

    def __call__(self, request):
        self.asked.append(request)
        answer = self.answers[request.url.path]
        return respond(answer.pop(0) if isinstance(answer, Turns) else answer)

    @property
    def queries(self):
        return [dict(request.url.params) for request in self.asked]


def respond(answer):
    if isinstance(answer, httpx.Response):
        return answer
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return httpx.Response(status, content=body if isinstance(body, (str, bytes)) else json.dumps(body))


def ask(module, script, verb="read", *, poll=None, currency="USD", before=None, **more):
    """What the source in *module* says to one question."""

    async def kept():
        return before

    async def once():
        net = Net(httpx.MockTransport(script))
        account = Account("lab", Locale(ZoneInfo("Europe/Berlin"), currency=currency))
        given = poll or Poll(module.__name__.rpartition(".")[2], "LAB_KEY", tuple(module.PARTS))
        question = Question(account, given, **({"key": "fake-key", "now": NOW, "before": kept} | more))
        try:
            return await getattr(module.source(net), verb)(question)
        finally:
            await net.aclose()

    return asyncio.run(once())
