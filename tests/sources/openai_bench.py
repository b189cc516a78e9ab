"""OpenAI as tests play it: what it answers to which path, in turn, and how it was asked."""

import asyncio
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from notifier.core.account import MAIN, Account, Poll
from notifier.core.calendar import Locale
from notifier.net import Net
from notifier.ports import Question, Unreadable
from notifier.sources.openai.reader import OpenAI

KEY = "sk-admin-very-secret"
LAB = Account("lab", Locale(ZoneInfo("Europe/Berlin")))
TODAY = date(2024, 6, 3)
NOW = int(datetime(2024, 6, 3, 14, 5, tzinfo=UTC).timestamp())
A_DAY = 86_400
COSTS = "/organization/costs"
PARTS = (MAIN, "limits", "projects", "members", "keys", "models")
GROUPS = ["project_id", "line_item"]


def days(back):
    """The day so many days before today."""
    return TODAY - timedelta(back)


def midnight(day):
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def row(value, currency="usd", **groups):
    return {
        "object": "organization.costs.result",
        "amount": {"value": value, "currency": currency},
        "line_item": None,
        "project_id": None,
        **groups,
    }


def bucket(day, *values, currency="usd"):
    """A day with rows: numbers are amounts that belong to nothing."""
    results = [each if isinstance(each, dict) else row(each, currency) for each in values]
    return {"object": "bucket", "start_time": midnight(day), "end_time": midnight(day) + A_DAY, "results": results}


def page(*buckets, then=None):
    return {"object": "page", "data": list(buckets), "has_more": then is not None, "next_page": then}


def listing(*entries, more=False):
    ids = [each.get("id") for each in entries]
    first, last = (ids[0], ids[-1]) if ids else (None, None)
    return {"object": "list", "data": list(entries), "first_id": first, "last_id": last, "has_more": more}


def error(message, code=None, kind="invalid_request_error"):
    return {"error": {"message": message, "type": kind, "param": None, "code": code}}


NOT_FOUND = (404, error("Not found"))
LOST = (400, error("The page token is invalid, have you modified the query parameters?", "invalid_request_error"))


class Script:
    """Answers questions for costs in turn, then with an empty page; other *paths* always alike, or in turn."""

    def __init__(self, *costs, headers=None, **paths):
        self.costs, self.headers = list(costs), headers or {}
        self.paths = {f"/organization/{path}": [answer] for path, answer in paths.items()}
        self.asked, self.groups, self.requests = [], [], []

    def at(self, path, *answers):
        """Answer *path* with *answers* in turn, the last of them for good."""
        self.paths[path] = list(answers)
        return self

    def asked_of(self, path):
        """How *path* was asked, each time."""
        return [pairs for each, pairs in self.requests if each == path]

    def __call__(self, request):
        path = request.url.path.removeprefix("/v1")
        self.requests.append((path, request.url.params.multi_items()))
        response = respond(self._answer(path, request))
        response.headers.update(self.headers)
        return response

    def _answer(self, path, request):
        if path == COSTS:
            pairs = request.url.params.multi_items()
            self.groups.append([value for name, value in pairs if name == "group_by"])
            self.asked.append({name: value for name, value in pairs if name != "group_by"})
        if path in self.paths:
            answers = self.paths[path]
            answer = answers.pop(0) if len(answers) > 1 else answers[0]
            return answer(request) if callable(answer) else answer
        if path == COSTS:
            return self.costs.pop(0) if self.costs else page()
        return NOT_FOUND


def charging(rows):
    """An answer to questions for costs: a bucket for each day that is asked for, with *rows* of it, by day."""

    def answer(request):
        asked = request.url.params
        day = datetime.fromtimestamp(int(asked["start_time"]), UTC).date()
        end = int(asked.get("end_time", midnight(TODAY) + 2 * A_DAY))
        buckets = []
        while midnight(day) < end:
            buckets.append(bucket(day, *rows.get(day, ())))
            day += timedelta(1)
        return page(*buckets)

    return answer


def respond(answer):
    if isinstance(answer, httpx.Response):
        return answer
    if isinstance(answer, Exception):
        raise answer
    status, body = answer if isinstance(answer, tuple) else (200, answer)
    return httpx.Response(status, text=body if isinstance(body, str) else json.dumps(body))


def question(part=MAIN, *, before=None, parts=PARTS, url="", **fields):
    async def kept():
        if isinstance(before, Exception):
            raise before
        return before

    known = {"account": LAB, "key": KEY, "now": NOW} | fields
    return Question(part=part, poll=Poll("openai", "LAB_KEY", tuple(parts), url=url), before=kept, **known)


def hear(script, part=MAIN, *, days_back=10, source=None, **asked):
    """What the source hears when it asks *script*; *source* remembers from one question to the next."""

    async def once():
        net = Net(httpx.MockTransport(script))
        found = source or OpenAI(net, days_back=days_back)
        found._net = net
        try:
            return await found.read(question(part, **asked))
        finally:
            await net.aclose()

    return asyncio.run(once())


def read(script, part=MAIN, **asked):
    return hear(script, part, **asked).reading


def why_not(script, part=MAIN, **asked):
    with pytest.raises(Unreadable) as unreadable:
        hear(script, part, **asked)
    return unreadable.value


def by_day(costs):
    return {date.fromordinal(day): amount for day, amount in costs.of_days()}
