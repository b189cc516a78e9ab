"""What OpenAI says of an organization: its costs by UTC day, and its monthly spend limit.

Read from the organization admin API with an admin key. That API has no endpoint for credits or balances.
Comments in brackets say where a trap is known from: [spec] the public OpenAPI document, [seen] people who
reported live answers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, InvalidOperation, localcontext
from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any

from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.facts import Costs, Reading
from notifier.core.money import MICRO, Money, micro
from notifier.ports import Unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from notifier.core.account import Account
    from notifier.core.calendar import Day, Moment
    from notifier.net import Answer, Net

COSTS, SPEND_LIMIT = "costs", "the spend limit"
WINDOW_DAYS = 180  # the most buckets of one page [spec]; longer questions broke their own cursors [seen]
DAYS_BACK = 400  # a grant runs for twelve months, and what was spent just before it is compared with
MOST_PAGES = 200  # one bucket a page would still fit
MICRO_A_CENT = MICRO // 100

_EPOCH: Day = date(1970, 1, 1).toordinal()
_EXACT = Context(prec=100)  # amounts with 30 digits were seen; Python's own 28 would round their sum
_MOST = Decimal(10) ** 9  # for one row: beyond it the answer is damaged, and the sum would not fit the store
_WAIT = re.compile(r"try again (?:after|in) (\d{1,6}(?:\.\d{1,9})?) ?s")
_LONGEST_WAIT = SECONDS_A_DAY

_OWN_ADMIN_KEY = "made by an owner under Settings > Organization > Admin keys"


class OpenAI:
    """The source ``openai``. *base_url* ends in the version; *days_back* is how far back costs are read."""

    name = "openai"

    def __init__(
        self, net: Net, base_url: str = "https://api.openai.com/v1", *, days_back: int = DAYS_BACK
    ) -> None:
        self._net, self._base_url, self._days_back = net, base_url.rstrip("/"), days_back

    async def read(self, account: Account, key: str, now: Moment) -> Reading:  # noqa: ARG002  # the key says whose
        """Costs of each UTC day, `last_spend_on` and `spend_limit`, read with an admin key.

        The day of *now* is among the costs as far as it has gone; days that were read before may have been
        corrected, so that all are read every time.

        Raises:
            Unreadable: an answer was missing, refused or not as documented; then nothing is reported.
        """
        costs = await self._costs(key, _EPOCH + now // SECONDS_A_DAY)
        last = costs.last_day_with_costs()
        facts = {
            "last_spend_on": None if last is None else date.fromordinal(last),
            "spend_limit": await self._spend_limit(key),
        }
        return Reading(self.name, now, facts, costs=costs)

    async def _costs(self, key: str, today: Day) -> Costs:
        ledger = _Ledger()
        for first in range(today - self._days_back, today + 1, WINDOW_DAYS):
            await self._read_window(key, _Window(first, min(first + WINDOW_DAYS, today + 1), today), ledger)
        return ledger.costs()

    async def _read_window(self, key: str, window: _Window, ledger: _Ledger) -> None:
        """Read *window*; once, take up the thread where OpenAI lost it.

        Cursors of long, mostly empty ranges were handed out and then refused [seen: forum thread 1369109].
        """
        try:
            await self._turn_pages(key, window, ledger)
        except _CursorRefused:
            rest = window.after(ledger.last_day)
            if rest is not None:
                await self._turn_pages(key, rest, ledger)

    async def _turn_pages(self, key: str, window: _Window, ledger: _Ledger) -> None:
        cursor, seen = None, set[str]()
        for _ in range(MOST_PAGES):
            # Every page repeats the whole question: a cursor holds for no other [seen].
            query = window.query() if cursor is None else {**window.query(), "page": cursor}
            answer = await self._ask("/organization/costs", key, query)
            if cursor is not None and _refuses_cursor(answer):
                raise _CursorRefused("OpenAI refused its own page token for costs twice (400).")
            cursor = ledger.enter(_accepted(answer, COSTS, key), window)
            if cursor is None:
                return
            if cursor in seen:
                raise Unreadable("OpenAI sent the same page of costs over and over.")
            seen.add(cursor)
        raise Unreadable(f"OpenAI sent more than {MOST_PAGES} pages of costs for {WINDOW_DAYS} days.")

    async def _spend_limit(self, key: str) -> Money | None:
        answer = await self._ask("/organization/spend_limit", key, {})
        if answer.status == HTTPStatus.NOT_FOUND:
            return None  # so it says "no limit is set" [seen: terraform-provider-openai]
        body = _accepted(answer, SPEND_LIMIT, key)
        cents = body.get("threshold_amount")
        if not isinstance(cents, int) or isinstance(cents, bool) or not 0 <= cents * MICRO_A_CENT <= _MOST * MICRO:
            raise _malformed(SPEND_LIMIT, "its threshold_amount is no number of cents")
        # The status of enforcement is left aside: a limit that does not bind yet is set all the same [spec].
        return Money(cents * MICRO_A_CENT, _currency(body.get("currency"), SPEND_LIMIT))

    async def _ask(self, path: str, key: str, query: Mapping[str, str | int]) -> Answer:
        return await self._net.get_json(self._base_url + path, params=query, bearer=key)


@dataclass(frozen=True, slots=True)
class _Window:
    """The days from *first* until before *end* that one question is about."""

    first: Day
    end: Day
    today: Day

    @property
    def is_open(self) -> bool:
        """Whether the window reaches today: its end is then left to OpenAI, whose day may end while we ask."""
        return self.end > self.today

    def query(self) -> dict[str, str | int]:
        """The question. It begins at midnight UTC: any other start makes a partial first bucket [seen]."""
        query: dict[str, str | int] = {
            "start_time": _moment(self.first), "bucket_width": "1d", "limit": WINDOW_DAYS,
        }  # fmt: skip
        return query if self.is_open else {**query, "end_time": _moment(self.end)}

    def holds(self, day: Day) -> bool:
        """Whether *day* was asked for, or has begun since."""
        return self.first <= day < self.end + self.is_open

    def after(self, day: Day | None) -> _Window | None:
        """What is left of the window once *day* is read; None if nothing is."""
        if day is None or day < self.first:
            return self
        return _Window(day + 1, self.end, self.today) if day + 1 < self.end else None


class _Ledger:
    """What the pages have said so far. A page that cannot be understood ends the whole reading."""

    def __init__(self) -> None:
        self._amounts: dict[Day, Decimal] = {}
        self._currencies: set[str] = set()

    @property
    def last_day(self) -> Day | None:
        return max(self._amounts, default=None)

    def enter(self, page: Mapping[str, Any], window: _Window) -> str | None:
        """Take in a page; returns the cursor of the next one, None after the last."""
        buckets, more, cursor = page.get("data"), page.get("has_more"), page.get("next_page")
        if not isinstance(buckets, list) or not isinstance(more, bool):
            raise _malformed(COSTS, "a page has no data or does not say whether more follows")
        for bucket in buckets:
            self._enter_bucket(bucket, window)
        if not more:
            return None
        if not isinstance(cursor, str) or not cursor:
            raise _malformed(COSTS, "more pages follow, but it does not say where")
        return cursor

    def _enter_bucket(self, bucket: object, window: _Window) -> None:
        if not isinstance(bucket, dict) or not isinstance(bucket.get("results"), list):
            raise _malformed(COSTS, "a day has no list of results")
        start = bucket.get("start_time")
        if not isinstance(start, int) or isinstance(start, bool):
            raise _malformed(COSTS, "a day has no start_time")
        day = _EPOCH + start // SECONDS_A_DAY
        if not window.holds(day) or day in self._amounts:
            raise _malformed(COSTS, "a day comes twice or was not asked for")
        total = Decimal(0)
        for row in bucket["results"]:  # several in a day where costs are grouped: they add up
            total = _EXACT.add(total, self._amount(row))
        self._amounts[day] = total

    def _amount(self, row: object) -> Decimal:
        if not isinstance(row, dict):
            raise _malformed(COSTS, "a result is no object")
        amount = row.get("amount")
        if amount is None:
            return Decimal(0)  # both the amount and its value may be left out [spec]
        if not isinstance(amount, dict):
            raise _malformed(COSTS, "an amount is no object")
        value = _decimal(amount.get("value", 0))
        if amount.get("currency") is not None:
            self._currencies.add(_currency(amount["currency"], COSTS))
        return value

    def costs(self) -> Costs:
        """The series: each running total is the exact sum so far, rounded once to micro-units."""
        if len(self._currencies) > 1:
            raise Unreadable(
                f"OpenAI reports costs in several currencies ({', '.join(sorted(self._currencies))}), "
                "which cannot be added up."
            )
        days, totals, total = sorted(self._amounts), [], Decimal(0)
        with localcontext(_EXACT):
            for day in days:
                total += self._amounts[day]
                totals.append(_micro(total))
        return Costs(next(iter(self._currencies), "USD"), tuple(days), tuple(totals))


def _moment(day: Day) -> Moment:
    return (day - _EPOCH) * SECONDS_A_DAY


def _decimal(value: object) -> Decimal:
    """An amount: a number, a string with a number [seen: CodexBar #999], ``0E-6176`` [seen], or null.

    Negative ones (refunds) are taken as they are; NaN and infinity are refused.
    """
    if value is None:
        return Decimal(0)
    if not isinstance(value, (int, str, Decimal)) or isinstance(value, bool):
        raise _malformed(COSTS, "an amount is no number")
    try:
        number = Decimal(value)
    except InvalidOperation:
        raise _malformed(COSTS, "an amount is no number") from None
    if not number.is_finite() or abs(number) > _MOST:
        raise _malformed(COSTS, "an amount is not finite or beyond belief")
    return number


def _micro(total: Decimal) -> int:
    try:
        return micro(str(total))
    except ValueError:
        raise _malformed(COSTS, "the sum of the amounts is beyond belief") from None


def _currency(code: object, what: str) -> str:
    if not isinstance(code, str) or not re.fullmatch(r"[A-Za-z]{3}", code):
        raise _malformed(what, "a currency is no code of three letters")
    return code.upper()


class _CursorRefused(Unreadable):
    """The next page cannot be had by its cursor."""


def _refuses_cursor(answer: Answer) -> bool:
    return answer.status == HTTPStatus.BAD_REQUEST and "page token is invalid" in _message(answer)


def _accepted(answer: Answer, what: str, key: str) -> Mapping[str, Any]:
    """The body of a good answer; every other one says what a person can do about it."""
    if answer.status != HTTPStatus.OK:
        raise _refusal(answer, what, key)
    if not isinstance(answer.body, dict):
        raise _malformed(what, "it is no JSON object")
    return answer.body


def _refusal(answer: Answer, what: str, key: str) -> Unreadable:
    """What is wrong, in our own words: OpenAI's text may quote the key."""
    status = answer.status
    # Missing scopes came as a 401 too [seen].
    if status == HTTPStatus.FORBIDDEN or (status == HTTPStatus.UNAUTHORIZED and "scope" in _message(answer)):
        return Unreadable(_forbidden(answer, what, key))
    if status == HTTPStatus.UNAUTHORIZED:
        return Unreadable(
            "OpenAI refused the key (401): it is wrong, revoked or not allowed from this network address; "
            f"put in an admin key of the organization, {_OWN_ADMIN_KEY}."
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Unreadable(f"OpenAI asked to wait before {what} can be read (429).", _again_in(answer))
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        why = f"OpenAI failed when asked for {what} ({status}); see status.openai.com if it lasts."
        return Unreadable(why, _again_in(answer))
    return Unreadable(
        f"OpenAI did not accept the question for {what} ({status}): "
        "check the base URL; if it is right, notifier needs an update."
    )


def _forbidden(answer: Answer, what: str, key: str) -> str:
    if "country" in _message(answer):
        return f"OpenAI does not let {what} be read from this country or region (403)."
    needed = "the scope api.usage.read" if what == COSTS else "the right to read organization limits"
    hint = "; this one is a project key" if key.startswith("sk-proj-") else ""
    return (
        f"OpenAI does not let this key read {what} ({answer.status}): "
        f"it takes an admin key with {needed}, {_OWN_ADMIN_KEY}{hint}."
    )


def _again_in(answer: Answer) -> int | None:
    """Seconds to wait, at least 1 and at most a day: from the header, or from the text [seen: only there]."""
    stated = answer.headers.get("retry-after", "").strip()
    if not re.fullmatch(r"[0-9]{1,9}", stated):
        in_words = _WAIT.search(_message(answer))
        if in_words is None:
            return None
        stated = in_words[1]
    return min(max(ceil(Decimal(stated)), 1), _LONGEST_WAIT)


def _message(answer: Answer) -> str:
    """The text of OpenAI's error envelope, for looking into, never for showing; empty if there is none."""
    error = answer.body.get("error") if isinstance(answer.body, dict) else None
    message = error.get("message") if isinstance(error, dict) else None
    return message.lower() if isinstance(message, str) else ""


def _malformed(what: str, detail: str) -> Unreadable:
    return Unreadable(
        f"OpenAI's answer about {what} is not as documented ({detail}); "
        "none of it was used, and if this lasts, notifier needs an update."
    )
