"""``GET /v1/organization/costs``: costs in daily buckets, grouped and filtered, page by page."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from notifier.demo.provider.books import A_DAY, added
from notifier.demo.provider.reply import invalid, number, wrong_page
from notifier.demo.provider.request import day_of, midnight

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from notifier.core.calendar import Moment
    from notifier.demo.provider.books import Charge
    from notifier.demo.provider.organization import Organization
    from notifier.demo.provider.reply import Body
    from notifier.demo.provider.request import Query

DEFAULT_LIMIT, MOST_BUCKETS = 7, 180  # the text of the document; its schema has no maximum
GROUPINGS = ("project_id", "line_item", "api_key_id", "user_id")  # the last one is in the SDK only
_IDS = (("project_ids", "project_id"), ("api_key_ids", "api_key_id"))
_CURSOR = re.compile(r"page_([0-9]{1,10})_([0-9]{1,6})_([0-9a-f]{12})")

Group = tuple[str | None, ...]
Wanted = list[tuple[str, tuple[str, ...]]]


def costs(organization: Organization, query: Query, today: date) -> Body:
    """One page of daily buckets; days without costs are there, with no results.

    Raises:
        Refused: the question is not as documented, or its cursor belongs to another one.
    """
    query.choice("bucket_width", ("1d",))
    limit = query.whole_number("limit", DEFAULT_LIMIT)
    if not 1 <= limit <= MOST_BUCKETS:
        raise invalid(f"Invalid value for 'limit': 1 to {MOST_BUCKETS}.", "limit")
    grouped_by = _groupings(query)
    tomorrow = midnight(today + A_DAY)
    end = min(query.whole_number("end_time", tomorrow), tomorrow)
    start, page = _turned_to(query)
    wanted = _wanted(query)
    buckets: list[Body] = []
    while start < end and len(buckets) < limit:
        buckets.append(_bucket(organization, wanted, grouped_by, start, today))
        start = midnight(day_of(start) + A_DAY)
    more = start < end
    cursor = f"page_{start}_{page + 1}_{query.seal()}" if more else None
    return {"object": "page", "data": buckets, "has_more": more, "next_page": cursor}


def page_of(query: Query) -> int:
    """Which page is asked for, from 1 on; 1 also where the cursor is none."""
    token = _CURSOR.fullmatch(query.one("page") or "")
    return 1 if token is None else int(token[2])


def same_page(query: Query) -> str:
    """A cursor that leads to the page that is asked for, again and again."""
    start, page = _turned_to(query)
    return f"page_{start}_{page}_{query.seal()}"


def _turned_to(query: Query) -> tuple[Moment, int]:
    """Where the page that is asked for begins: at the start, or where the cursor of this very question says."""
    start, cursor = query.whole_number("start_time"), query.one("page")
    if cursor is None:
        return start, 1
    token = _CURSOR.fullmatch(cursor)
    if token is None or token[3] != query.seal():
        raise wrong_page()
    return int(token[1]), int(token[2])


def _groupings(query: Query) -> tuple[str, ...]:
    asked = query.many("group_by")
    if not set(asked) <= set(GROUPINGS):
        raise invalid(f"Invalid value for 'group_by': it is one of {', '.join(GROUPINGS)}.", "group_by")
    return tuple(name for name in GROUPINGS if name in asked)


def _bucket(
    organization: Organization, wanted: Wanted, grouped_by: tuple[str, ...], start: Moment, today: date
) -> Body:
    day = day_of(start)
    charges = _filtered(organization.charges_on(day, today), wanted)
    results = [
        _result(group, amount, quantity, as_text=organization.amounts_as_text)
        for group, amount, quantity in _summed(charges, grouped_by)
    ]
    return {"object": "bucket", "start_time": start, "end_time": midnight(day + A_DAY), "results": results}


def _wanted(query: Query) -> Wanted:
    """The fields by which charges are chosen, each with the values that it may have."""
    wanted = [(field, query.many(name)) for name, field in _IDS] + [("line_item", query.whole("line_items"))]
    return [(field, values) for field, values in wanted if values]


def _filtered(charges: Sequence[Charge], wanted: Wanted) -> Sequence[Charge]:
    if not wanted:
        return charges
    return [each for each in charges if all(getattr(each, field) in values for field, values in wanted)]


Quantity = tuple[Decimal, str | None]


def _summed(
    charges: Iterable[Charge], grouped_by: tuple[str, ...]
) -> list[tuple[dict[str, str | None], Decimal, Quantity | None]]:
    """The rows of a day: one for each group that has costs. Only line items have quantities [spec]."""
    groups: dict[Group, list[Charge]] = {}
    for charge in charges:
        groups.setdefault(tuple(getattr(charge, name) for name in grouped_by), []).append(charge)
    rows = []
    for values, members in groups.items():
        amount = added(each.amount for each in members)
        if amount:
            quantity = _quantity(members) if "line_item" in grouped_by else None
            rows.append((dict(zip(grouped_by, values, strict=True)), amount, quantity))
    return rows


def _quantity(charges: list[Charge]) -> Quantity | None:
    """The sum of what was used; None if there are several units, or something was not counted."""
    quantities = [each.quantity for each in charges if each.quantity is not None]
    if len(quantities) < len(charges) or len({each.unit for each in charges}) > 1:
        return None
    return added(quantities), charges[0].unit


def _result(group: dict[str, str | None], amount: Decimal, quantity: Quantity | None, *, as_text: bool) -> Body:
    text = f"{amount:f}"
    result: Body = {
        "object": "organization.costs.result",
        "amount": {"value": text if as_text else number(text), "currency": "usd"},
        "line_item": None,
        "project_id": None,
        "api_key_id": None,
        "quantity": None if quantity is None else number(f"{quantity[0]:f}"),
        "quantity_unit": None if quantity is None else quantity[1],
    }
    return result | group
