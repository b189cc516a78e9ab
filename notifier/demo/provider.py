"""A simulated provider: it answers as OpenAI's organization API does, on this machine only.

The answers follow the public OpenAPI document: costs in daily buckets, page by page, and the spend limit. What
each organization spends is settled by its seed, so that every run of a demo tells the same story.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from threading import Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

ZERO, SMALLEST = Decimal(0), Decimal("0.0001")
DEFAULT_LIMIT, MOST_BUCKETS = 7, 180  # the text of the document; its schema has no maximum
SATURDAY = 5
A_DAY = timedelta(days=1)
_WHOLE_NUMBER = re.compile(r"[0-9]{1,10}")
_CURSOR = re.compile(r"page_([0-9]{1,10})_([0-9a-f]{12})")

Body = dict[str, object]


@dataclass(frozen=True, slots=True)
class Organization:
    """Who answers to *key*: what it costs each UTC day from *started* on, and its monthly limit in cents.

    *amounts_as_text* sends amounts as JSON strings, as the real provider sometimes does.
    """

    key: str
    started: date
    daily: Callable[[date], Decimal]
    spend_limit_cents: int | None = None
    amounts_as_text: bool = False

    @classmethod
    def having_spent(
        cls,
        total: Decimal,
        *,
        key: str,
        since: date,
        until: date,
        spend_limit_cents: int | None = None,
        amounts_as_text: bool = False,
    ) -> Organization:
        """One that has spent exactly *total* from *since* to *until* (both included), and goes on like that.

        Days differ, weekends are quiet; the same key and dates give the same days.

        Raises:
            ValueError: *until* is before *since*.
        """
        daily = _spread(total, since, until, seed=key)
        return cls(key, since, daily, spend_limit_cents, amounts_as_text)

    def cost_on(self, day: date) -> Decimal:
        """What *day* costs, in US dollars."""
        return self.daily(day) if day >= self.started else ZERO


class Provider:
    """The simulated provider, listening on a free port of 127.0.0.1 from its making until `stop`.

    *today* says how far its calendar has come: later days do not exist yet.
    """

    def __init__(self, organizations: Iterable[Organization], today: Callable[[], date]) -> None:
        by_key = {organization.key: organization for organization in organizations}
        self._server = _Server(by_key, today)
        self._thread = Thread(target=self._server.serve_forever, args=(0.05,), name="provider", daemon=True)

    @property
    def url(self) -> str:
        """The base URL, with the version of the API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def start(self) -> None:
        """Begin to answer, beside the caller."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more and free the port."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, organizations: Mapping[str, Organization], today: Callable[[], date]) -> None:
        self.organizations, self.today = organizations, today
        super().__init__(("127.0.0.1", 0), _Handler)

    def server_bind(self) -> None:
        # The parent asks the name service what 127.0.0.1 is called, which takes seconds where there is none.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Let a client that hung up go without a word; anything else is a mistake here, and is printed."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer one question."""
        address = urlsplit(self.path)
        try:
            organization = self._organization()
            body = _answer(organization, address.path, dict(parse_qsl(address.query)), self.server.today())
            self._send(HTTPStatus.OK, body)
        except _Refused as refusal:
            self._send(refusal.status, refusal.body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the parent's parameter
        """Say nothing: a demo prints what it is about."""

    def _organization(self) -> Organization:
        bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
        organization = self.server.organizations.get(bearer)
        if organization is None:
            raise _Refused(HTTPStatus.UNAUTHORIZED, "Incorrect API key provided.", "invalid_api_key")
        return organization

    def _send(self, status: HTTPStatus, body: Body) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)


class _Refused(Exception):
    """An answer other than 200, in the provider's envelope."""

    def __init__(self, status: HTTPStatus, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.body: Body = {
            "error": {"message": message, "type": "invalid_request_error", "param": None, "code": code}
        }


def _answer(organization: Organization, path: str, query: Mapping[str, str], today: date) -> Body:
    if path == "/v1/organization/costs":
        return _costs(organization, query, today)
    if path != "/v1/organization/spend_limit":
        raise _Refused(HTTPStatus.NOT_FOUND, "Unknown request URL.", "unknown_url")
    if organization.spend_limit_cents is None:
        raise _Refused(HTTPStatus.NOT_FOUND, "No spend limit is set.", "not_found")
    return {
        "object": "organization.spend_limit",
        "threshold_amount": organization.spend_limit_cents,
        "currency": "USD",
        "interval": "month",
        "enforcement": {"status": "enforcing"},
    }


def _costs(organization: Organization, query: Mapping[str, str], today: date) -> Body:
    """One page of daily buckets; days without costs are there, with no results."""
    if query.get("bucket_width", "1d") != "1d":
        raise _Refused(HTTPStatus.BAD_REQUEST, "Invalid value for 'bucket_width': only '1d' is supported.")
    limit = _whole_number(query, "limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MOST_BUCKETS:
        raise _Refused(HTTPStatus.BAD_REQUEST, f"Invalid value for 'limit': 1 to {MOST_BUCKETS}.")
    tomorrow = _midnight(today + A_DAY)
    end = min(_whole_number(query, "end_time", tomorrow), tomorrow)
    start = _turned_to(query, _whole_number(query, "start_time"))
    buckets: list[Body] = []
    while start < end and len(buckets) < limit:
        buckets.append(_bucket(organization, start))
        start = _midnight(_day(start) + A_DAY)
    more = start < end
    return {
        "object": "page",
        "data": buckets,
        "has_more": more,
        "next_page": _cursor(query, start) if more else None,
    }


def _bucket(organization: Organization, start: int) -> Body:
    day = _day(start)
    cost = organization.cost_on(day)
    value = str(cost) if organization.amounts_as_text else float(cost)
    result = {
        "object": "organization.costs.result",
        "amount": {"value": value, "currency": "usd"},
        "line_item": None,
        "project_id": None,
        "api_key_id": None,
        "quantity": None,
        "quantity_unit": None,
    }
    results = [result] if cost else []
    return {"object": "bucket", "start_time": start, "end_time": _midnight(day + A_DAY), "results": results}


def _whole_number(query: Mapping[str, str], name: str, default: int | None = None) -> int:
    text = query.get(name)
    if text is None and default is not None:
        return default
    if text is None or not _WHOLE_NUMBER.fullmatch(text):
        raise _Refused(HTTPStatus.BAD_REQUEST, f"Missing or invalid value for '{name}': an integer is expected.")
    return int(text)


def _cursor(query: Mapping[str, str], start: int) -> str:
    """Where the next page begins, sealed with the rest of the question."""
    return f"page_{start}_{_seal(query)}"


def _turned_to(query: Mapping[str, str], start: int) -> int:
    """Where this page begins: at *start*, or where the cursor of this very question says."""
    if "page" not in query:
        return start
    token = _CURSOR.fullmatch(query["page"])
    if token is None or token[2] != _seal(query):
        raise _Refused(
            HTTPStatus.BAD_REQUEST,
            "The page token is invalid, have you modified the query parameters?",
            "invalid_request_error",
        )
    return int(token[1])


def _seal(query: Mapping[str, str]) -> str:
    question = sorted((name, value) for name, value in query.items() if name != "page")
    return blake2b(repr(question).encode(), digest_size=6).hexdigest()


def _day(moment: int) -> date:
    return datetime.fromtimestamp(moment, UTC).date()


def _midnight(day: date) -> int:
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())


def _spread(total: Decimal, since: date, until: date, seed: str) -> Callable[[date], Decimal]:
    """Daily costs that sum to exactly *total* from *since* to *until*, and go on at that pace."""
    if until < since:
        raise ValueError(f"nothing can be spent from {since} to {until}")
    days = [since + A_DAY * number for number in range((until - since).days + 1)]
    pace = total / sum(_weight(day, seed) for day in days)

    def usual(day: date) -> Decimal:
        return (pace * _weight(day, seed)).quantize(SMALLEST)

    rest = total - sum((usual(day) for day in days[:-1]), ZERO)

    def daily(day: date) -> Decimal:
        return rest if day == until else usual(day)

    return daily


def _weight(day: date, seed: str) -> int:
    """How busy *day* is, from 20 to 300: a hash of the seed; weekends have a fifth of a working day."""
    chance = blake2b(f"{seed} {day}".encode(), digest_size=2).digest()
    busy = 100 + int.from_bytes(chance, "big") % 201
    return busy // 5 if day.weekday() >= SATURDAY else busy
