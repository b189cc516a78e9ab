"""What every source is tried with: a provider that plays along, for each kind.

A new source adds a `Bench` to `BENCHES`, and its own tests in a file of its own.
"""

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import httpx

from notifier.core.account import MAIN, Account, Poll
from notifier.core.calendar import Locale
from notifier.core.fact import Kind
from notifier.core.wanted import Wanted, dump_wanted
from notifier.files import asking
from notifier.net import Net
from notifier.ports import Question
from notifier.sources import Sources

LAB = Account("lab", Locale(ZoneInfo("Europe/Berlin"), currency="USD"))
TODAY = date(2026, 11, 27)
NOW = int(datetime(2026, 11, 27, 14, 5, tzinfo=UTC).timestamp())
MIDNIGHT = int(datetime(2026, 11, 27, tzinfo=UTC).timestamp())
MAY = 1_777_593_600


@dataclass(frozen=True)
class Bench:
    """A kind of source, and what its provider answers: by path, also to a POST.

    *other* is what some paths answer once something changed. *once_a_day*: on the day of an answer nothing is
    asked.
    """

    kind: str
    answers: dict[str, object]
    other: dict[str, object]
    host: str
    key: str = "fake-key-that-is-long-enough"
    settings: str = ""
    url: str = ""
    once_a_day: bool = False
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def module(self):
        return asking.module(self.kind)

    def poll(self):
        return Poll(self.kind, "LAB_KEY", tuple(self.module.PARTS), url=self.url, settings=self.settings)


class Played:
    """A provider: answers by path, or always *instead*; remembers how it was asked."""

    def __init__(self, answers, instead=None, headers=None):
        self.answers, self.instead, self.headers, self.requests = answers, instead, headers or {}, []

    def __call__(self, request):
        self.requests.append(request)
        answer = self.answers.get(request.url.path, (404, {"error": {"message": "no such thing"}}))
        answer = answer if self.instead is None else self.instead
        if isinstance(answer, Exception):
            raise answer
        answer = answer(request) if callable(answer) else answer
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        text = body if isinstance(body, str) else json.dumps(body)
        return httpx.Response(status, text=text, headers=self.headers)


def ask(bench, played, part=MAIN, verb="read", *, before=None, **more):
    """What a new instance of the source says when *played* is its provider."""

    async def kept():
        return before

    async def once():
        net = Net(httpx.MockTransport(played))
        question = Question(
            LAB, bench.poll(), **{"key": bench.key, "now": NOW, "before": kept, "part": part} | more
        )
        try:
            return await getattr(Sources(net)(bench.kind), verb)(question)
        finally:
            await net.aclose()

    return asyncio.run(once())


def listed(*entries):
    return {"object": "list", "data": list(entries), "has_more": False, "first_id": None, "last_id": None}


def _of_openai(amount):
    """Costs of today, in answer to a question for today."""
    row = {"amount": {"value": amount, "currency": "usd"}, "project_id": "proj_1", "line_item": "gpt-5, input",
           "user_id": "user_1", "api_key_id": "key_1"}  # fmt: skip
    bucket = {"object": "bucket", "start_time": MIDNIGHT, "end_time": MIDNIGHT + 86_400, "results": [row]}

    def answer(request):
        asked = int(request.url.params.get("end_time", MIDNIGHT + 1)) > MIDNIGHT
        return {"object": "page", "data": [bucket] if asked else [], "has_more": False, "next_page": None}

    return answer


_LIMIT = {
    "threshold_amount": 10_000,
    "currency": "USD",
    "interval": "month",
    "enforcement": {"status": "inactive"},
}
_ALERT = {**_LIMIT, "id": "alert_1", "notification_channel": {"type": "email", "recipients": ["pi@example.edu"]}}
_KEY = {"id": "key_1", "name": "ours", "redacted_value": "fake-key...ough", "created_at": MAY, "last_used_at": MAY,
        "expires_at": None, "owner": {"type": "user", "id": "user_1", "name": "A. Researcher"}}  # fmt: skip
_RATE = {"id": "rl-1", "model": "gpt-5.5", "max_requests_per_1_minute": 500, "max_tokens_per_1_minute": 30_000}
_INVITE = {"id": "invite_1", "email": "b@example.edu", "role": "reader", "status": "pending", "created_at": MAY}
_ORGANIZATION, _PROJECT = "/v1/organization", "/v1/organization/projects/proj_1"
OPENAI = Bench(
    "openai",
    {
        f"{_ORGANIZATION}/costs": _of_openai("1.50"),
        f"{_ORGANIZATION}/spend_limit": _LIMIT,
        f"{_ORGANIZATION}/spend_alerts": listed(_ALERT),
        f"{_ORGANIZATION}/projects": listed({"id": "proj_1", "name": "thesis", "created_at": MAY}),
        f"{_ORGANIZATION}/users": listed(
            {"id": "user_1", "name": "A.", "email": "a@example.edu", "added_at": MAY}
        ),
        f"{_ORGANIZATION}/invites": listed(_INVITE),
        f"{_ORGANIZATION}/admin_api_keys": listed(_KEY),
        f"{_PROJECT}/api_keys": listed(_KEY | {"id": "key_2"}),
        f"{_PROJECT}/rate_limits": listed(_RATE),
        f"{_PROJECT}/spend_alerts": listed(),
        f"{_PROJECT}/spend_limit": _LIMIT,
    },
    {
        f"{_ORGANIZATION}/costs": _of_openai("2.50"),
        f"{_ORGANIZATION}/spend_limit": _LIMIT | {"threshold_amount": 1},
        f"{_ORGANIZATION}/projects": listed({"id": "proj_1", "name": "thesis 7", "created_at": MAY}),
        f"{_PROJECT}/rate_limits": listed(_RATE | {"max_requests_per_1_minute": 1}),
    },
    host="api.openai.com",
)
PROBE = Bench(
    "openai-probe",
    {
        "/v1/models": listed({"id": "gpt-5-nano", "shutdown_date": "2027-01-31"}),
        "/v1/responses": {"object": "response", "id": "resp_1", "status": "completed"},
    },
    {"/v1/responses": (429, {"error": {"code": "credit_balance_exhausted", "message": "no credits"}})},
    host="api.openai.com",
    settings='{"model": "gpt-5-nano"}',
    once_a_day=True,
)


def _of_anthropic(cents):
    """Costs of today, in answer to a question for today."""
    row = {"amount": cents, "currency": "USD", "description": "Usage", "model": "claude-x", "workspace_id": None}
    days = (f"{TODAY}T00:00:00Z", f"{date.fromordinal(TODAY.toordinal() + 1)}T00:00:00Z")
    bucket = {"starting_at": days[0], "ending_at": days[1], "results": [row, row | {"workspace_id": "wrkspc_1"}]}

    def answer(request):
        asked = request.url.params.get("ending_at", days[1]) > days[0]
        return {"data": [bucket] if asked else [], "has_more": False, "next_page": None}

    return answer


_OF_ANTHROPIC = "/v1/organizations"
_WORKSPACE = {"id": "wrkspc_1", "name": "thesis", "created_at": "2026-05-01T00:00:00Z", "archived_at": None}
_USER = {
    "id": "user_1",
    "name": "A.",
    "email": "a@example.edu",
    "role": "admin",
    "added_at": "2026-05-01T00:00:00Z",
}
_INVITED = {"id": "invite_1", "email": "b@example.edu", "role": "user", "status": "pending",
            "invited_at": "2026-05-01T00:00:00Z", "expires_at": "2026-06-01T00:00:00Z"}  # fmt: skip
_API_KEY = {"id": "apikey_1", "name": "ours", "status": "active", "workspace_id": "wrkspc_1",
            "created_at": "2026-05-01T00:00:00Z", "expires_at": None, "created_by": {"id": "user_1"},
            "partial_key_hint": "sk-ant-api03-R2D...igAA"}  # fmt: skip
ANTHROPIC = Bench(
    "anthropic",
    {
        f"{_OF_ANTHROPIC}/cost_report": _of_anthropic("150"),
        f"{_OF_ANTHROPIC}/workspaces": listed(_WORKSPACE),
        f"{_OF_ANTHROPIC}/users": listed(_USER),
        f"{_OF_ANTHROPIC}/invites": listed(_INVITED),
        f"{_OF_ANTHROPIC}/api_keys": listed(_API_KEY),
        f"{_OF_ANTHROPIC}/me": {"id": "abcdef01-1234-5678-1234-567812345678", "name": "lab"},
    },
    {
        f"{_OF_ANTHROPIC}/cost_report": _of_anthropic("250"),
        f"{_OF_ANTHROPIC}/workspaces": listed(_WORKSPACE | {"name": "thesis 7"}),
        f"{_OF_ANTHROPIC}/users": listed(_USER | {"name": "B."}),
    },
    host="api.anthropic.com",
    key="sk-ant-admin01-fake-very-long-key",
)
OPENROUTER = Bench(
    "openrouter",
    {"/api/v1/credits": {"data": {"total_credits": 100.5, "total_usage": 25.75}},
     "/api/v1/key": {"data": {"label": "fake", "limit": None, "limit_remaining": None, "usage": 0}}},
    {"/api/v1/credits": {"data": {"total_credits": 100.5, "total_usage": 26.75}}},
    host="openrouter.ai",
)  # fmt: skip


def _of_deepseek(total):
    held = {"currency": "USD", "total_balance": total, "granted_balance": "10.00", "topped_up_balance": "0.00"}
    return {"is_available": True, "balance_infos": [held]}


DEEPSEEK = Bench(
    "deepseek",
    {"/user/balance": _of_deepseek("10.00")},
    {"/user/balance": _of_deepseek("9.50")},
    host="api.deepseek.com",
)
HTTP = Bench(
    "http",
    {"/api/lab": {"left": "412.50"}},
    {"/api/lab": {"left": "411.50"}},
    host="billing.example.edu",
    url="https://billing.example.edu/api/lab",
    settings=json.dumps({"facts": dump_wanted([Wanted("balance", Kind.MONEY, "/left", "", "USD")])}),
)

BENCHES = {bench.kind: bench for bench in (OPENAI, PROBE, ANTHROPIC, OPENROUTER, DEEPSEEK, HTTP)}
