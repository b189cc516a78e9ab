"""How long the credits last, and what is left when access ends: a forecast laid into a record.

It is worked out from the closed days that were read (`notifier.core.forecast`); so it moves when a reading comes,
and never by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.core.calendar import DAYS, Duration
from notifier.core.costs import Spending
from notifier.core.facts import UNREAD
from notifier.core.forecast import Forecast, forecast, pace_change

if TYPE_CHECKING:
    from notifier.core.layout import Layout

PACE = ("usual_daily_spend", "pace_change")
RUNS_OUT = ("runs_out_earliest", "runs_out_on", "runs_out_latest")
UNUSED = ("unused_at_least", "unused_at_end", "unused_at_most")
COMING = ("runway", *RUNS_OUT, *UNUSED)  # what follows from the pace and from what is left


def look_ahead(layout: Layout) -> bool:
    """Work out how long the credits last at the usual pace; returns whether anything could be said.

    It needs to know when access ends, and so comes after what the program's formulas say.
    """
    if "active" not in layout.vocabulary.places:
        return False
    _put_active(layout)
    spending = layout.get("costs")
    if not isinstance(spending, Spending):
        _put_all(layout, (*PACE, *COMING), spending)
        return spending is UNREAD
    origin, expected = layout.origin_of("costs"), forecast(spending)
    daily = layout.locale.exchange(expected.usual_daily, spending.costs.currency, None)
    layout.put("pace_change", pace_change(spending), origin)
    layout.put("usual_daily_spend", UNREAD if daily is None else daily, origin)
    if daily is None or layout.get("credits_left") is UNREAD:
        _put_all(layout, COMING, UNREAD)
    else:
        _put_coming(layout, spending, expected._replace(usual_daily=daily), origin)
    return True


def _put_all(layout: Layout, names: tuple[str, ...], value: object) -> None:
    for name in names:
        layout.put(name, value)


def _put_coming(layout: Layout, spending: Spending, expected: Forecast, origin: int) -> None:
    """When what is left is used up, and how much of it is left when access ends, each with its range."""
    left, ends = layout.get("credits_left"), layout.get("access_ends_on")
    if not isinstance(left, int):
        return
    days = expected.runs_out(left)
    for name, after in zip(RUNS_OUT, days, strict=True):
        layout.put(name, None if after is None else spending.day + after, origin)
    _, usual, _ = days
    layout.put("runway", None if usual is None else Duration(usual, DAYS), origin)
    if ends is UNREAD:
        _put_all(layout, UNUSED, UNREAD)
    elif isinstance(ends, int):
        for name, unused in zip(UNUSED, expected.unused(left, ends - spending.day), strict=True):
            layout.put(name, unused, origin)


def _put_active(layout: Layout) -> None:
    """Whether the grant's credits came and its access goes on."""
    granted, ends = layout.get("credits_granted"), layout.get("access_ends_on")
    if granted is UNREAD or ends is UNREAD:
        layout.put("active", UNREAD)
        return
    over = isinstance(ends, int) and not layout.counts(layout.locale.ends(ends))
    layout.put("active", bool(granted) and not over)
