"""How a fault changes an answer that is otherwise right."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from notifier.demo.provider.costs import same_page
from notifier.demo.provider.lists import same_place
from notifier.demo.provider.reply import number, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Query


def as_text(amount: str) -> str:
    """A JSON string."""
    return amount


def as_zero(_: str) -> str:
    """The zero of a decimal type with 34 digits."""
    return number("0E-6176")


def as_nan(_: str) -> str:
    """What JSON does not know, and parsers take all the same."""
    return number("NaN")


def as_infinity(_: str) -> str:
    """Likewise."""
    return number("Infinity")


def as_negative(amount: str) -> str:
    """A refund."""
    return number(f"-{amount.lstrip('-')}")


def with_amounts(amount: Callable[[str], str], query: Query, body: Body) -> Body:  # noqa: ARG001  one signature
    """A page of costs with every amount changed."""
    for bucket in _items(body):
        for result in bucket["results"]:
            result["amount"]["value"] = amount(plain(result["amount"]["value"]))
    return body


def with_unknown_fields(query: Query, body: Body) -> Body:  # noqa: ARG001  one signature
    """An answer in which everything has fields more; those of the buckets were seen live."""
    for item in _items(body):
        for end in ("start_time", "end_time"):
            if end in item:
                item[f"{end}_iso"] = datetime.fromtimestamp(item[end], UTC).isoformat()
        for result in item.get("results", ()):
            result |= {"api_source": "unlabeled", "x_unknown": {"nested": [1, None]}}
        item["x_unknown"] = "new"
    return body | {"x_unknown": True}


def going_in_circles(query: Query, body: Body) -> Body:
    """A page that says that more follows, and leads to itself."""
    if body.get("object") == "page":
        return body | {"has_more": True, "next_page": same_page(query)}
    return same_place(body, query)


def _items(body: Body) -> list[dict[str, Any]]:
    data = body.get("data")
    return data if isinstance(data, list) else []
