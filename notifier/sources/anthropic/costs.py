"""Anthropic's cost report: decimal texts in cents, by UTC day, workspace and line of the bill."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from notifier.answers import moment
from notifier.core.amounts import CENT, NoAmount, currency, exact
from notifier.core.calendar import SECONDS_A_DAY
from notifier.core.costs import utc_day
from notifier.core.ledger import Ledger, Row, Window, windows

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.core.calendar import Day
    from notifier.core.ledger import Spent
    from notifier.net import Answer
    from notifier.sources.anthropic.asking import Query

WINDOW_DAYS = 31  # the most days of one page [docs]
LATEST_DAYS = 4
MOST_LINE = 200  # characters of a line of the bill
GROUPS = (("group_by[]", "workspace_id"), ("group_by[]", "description"))

_WORKSPACE = re.compile(r"[A-Za-z0-9_-]{1,128}")
_MODEL = re.compile(r"[!-~]{1,200}")  # printable ASCII without blanks


def whole_windows(first: Day, today: Day) -> list[Window]:
    """The days from *first* through *today*, and where these are more than one page, some before them.

    So the last window is never a short one: a question that begins today is refused, for no day of it is over
    [seen].
    """
    pages = -(-(today - first + 1) // WINDOW_DAYS)
    return list(windows(first if pages == 1 else today + 1 - pages * WINDOW_DAYS, today, WINDOW_DAYS))


def query(window: Window) -> Query:
    """The question for one *window*. The one that reaches today is left open: its end would lie ahead."""
    until = () if window.is_open else (("ending_at", _midnight(window.end)),)
    return (
        ("starting_at", _midnight(window.first)),
        *until,
        ("bucket_width", "1d"),
        ("limit", WINDOW_DAYS),
        *GROUPS,
    )


def latest(today: Day) -> Query:
    """A small question, for finding out whether costs can be read."""
    return query(Window(today - LATEST_DAYS, today + 1, today))


def _midnight(day: Day) -> str:
    return f"{date.fromordinal(day)}T00:00:00Z"


def spent(pages: Iterable[tuple[Window, Answer]]) -> Spent:
    """What all *pages* say, each of them asked for its window.

    Raises:
        NoAmount: something in them is not as documented.
    """
    ledger = Ledger(CENT)
    for window, page in pages:
        assert isinstance(page.body, dict)
        for bucket in page.body["data"]:
            _enter(ledger, window, bucket)
    return ledger.spent()


def _enter(ledger: Ledger, window: Window, bucket: object) -> None:
    """One day."""
    if not isinstance(bucket, dict) or not isinstance(bucket.get("results"), list):
        raise NoAmount("a day has no list of results")
    day = _day(bucket.get("starting_at"))
    if not window.holds(day):
        raise NoAmount("a day was not asked for")
    ledger.open(day)
    for row in bucket["results"]:
        if not isinstance(row, dict):
            raise NoAmount("a result is no object")
        ledger.enter(_row(day, row), currency(row.get("currency")))


def _day(stated: object) -> Day:
    try:
        at = moment(stated)
    except ValueError as error:
        raise NoAmount(f"starting_at {error}") from None
    if at % SECONDS_A_DAY:
        raise NoAmount("a day does not begin at midnight UTC")
    return utc_day(at)


def _row(day: Day, row: dict[str, Any]) -> Row:
    """One line of the bill. No workspace means the default one, no model that no tokens were paid for [docs]."""
    workspace, model, line = (row.get(name) for name in ("workspace_id", "model", "description"))
    items = []
    if workspace is not None:
        items.append(f"projects/{_named(workspace, _WORKSPACE, 'a workspace_id is no id')}")
    if model is not None:
        items.append(f"models/{_named(model, _MODEL, 'a model is no name')}")
    return Row(day, exact(row.get("amount")), str(line or "")[:MOST_LINE], tuple(items))


def _named(stated: object, form: re.Pattern[str], wrong: str) -> str:
    if not isinstance(stated, str) or not form.fullmatch(stated):
        raise NoAmount(wrong)
    return stated
