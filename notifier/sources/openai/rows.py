"""What a page of costs says: its days, and the rows of each.

Raises `Unreadable` throughout where a page is not as documented.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from notifier.core.amounts import currency, exact
from notifier.core.costs import utc_day
from notifier.core.ledger import Row
from notifier.sources.openai.answers import document, malformed
from notifier.sources.openai.areas import COSTS
from notifier.sources.openai.fields import is_model, item_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from notifier.core.calendar import Day
    from notifier.core.ledger import Ledger, Window
    from notifier.net import Answer

ITEMS = {"project_id": "projects", "user_id": "members", "api_key_id": "keys"}
_TIER = re.compile(r"^.*\| ")


def next_page(page: Mapping[str, Any]) -> str | None:
    """The cursor of the next page, None after the last."""
    more, cursor = page.get("has_more"), page.get("next_page")
    if not isinstance(more, bool):
        raise malformed(COSTS, "a page does not say whether more follows")
    if not more:
        return None
    if not isinstance(cursor, str) or not cursor:
        raise malformed(COSTS, "more pages follow, but it does not say where")
    return cursor


def buckets(page: Mapping[str, Any]) -> Iterator[tuple[Day, list[Any]]]:
    """The UTC days of a page, each with its rows."""
    buckets = page.get("data")
    if not isinstance(buckets, list):
        raise malformed(COSTS, "a page has no list of days")
    for bucket in buckets:
        if not isinstance(bucket, dict) or not isinstance(bucket.get("results"), list):
            raise malformed(COSTS, "a day has no list of results")
        start = bucket.get("start_time")
        if not isinstance(start, int) or isinstance(start, bool):
            raise malformed(COSTS, "a day has no start_time")
        yield utc_day(start), bucket["results"]


def days(answer: Answer) -> Iterator[Day]:
    """The UTC days of a page."""
    return (day for day, _ in buckets(document(answer, COSTS)))


def enter(bucket: tuple[Day, list[Any]], window: Window, ledger: Ledger) -> None:
    """Enter the rows of a day that was asked for in *window*.

    Raises:
        Unreadable: it was not, or a row is not as documented.
        NoAmount: an amount is none, or the day comes twice.
    """
    day, results = bucket
    if not window.holds(day):
        raise malformed(COSTS, "a day was not asked for")
    ledger.open(day)
    for row in results:
        _enter_row(row, day, ledger)


def _enter_row(row: object, day: Day, ledger: Ledger) -> None:
    if not isinstance(row, dict):
        raise malformed(COSTS, "a result is no object")
    amount = row.get("amount")
    if amount is None:
        return  # both the amount and its value may be left out [spec]
    if not isinstance(amount, dict):
        raise malformed(COSTS, "an amount is no object")
    line = row.get("line_item") or ""
    if not isinstance(line, str):
        raise malformed(COSTS, "a line item is no text")
    value, code = amount.get("value"), amount.get("currency")
    ledger.enter(
        Row(day, exact(0 if value is None else value), line, tuple(_items(row, line))),
        None if code is None else currency(code),
    )


def _items(row: Mapping[str, Any], line: str) -> Iterator[str]:
    """What a row counts for: what it was grouped by. Other fields are null."""
    for field, collection in ITEMS.items():
        if row.get(field):
            yield f"{collection}/{item_id(row[field], COSTS)}"
    if (model := model_of(line)) is not None:
        yield f"models/{model}"


def model_of(line: str) -> str | None:
    """The model that a line of the bill names; None where it names none, as for storage and tool calls.

    Lines look like ``gpt-5.5-2026-04-23, cached input``, ``gpt-audio-mini-2025-12-15 audio, input``,
    ``priority | gpt-5.6-sol, output, long context``, ``web search tool calls`` [seen].
    """
    head, comma, _ = line.partition(", ")
    name, *other = _TIER.sub("", head).split(" ")
    if other and not comma:
        return None
    marks = "0123456789-" if comma else "0123456789"  # without a comma, `fine-tuning` is no model
    return name if is_model(name) and any(mark in name for mark in marks) else None
