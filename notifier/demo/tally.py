"""What a play came to, on one screen: how many messages each rule told in each month, and what people did."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.console import Group as Screen
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from datetime import date

    from notifier.demo.play import Tally

Month = tuple[int, int]  # the year, and the month from 1 on
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def summary(tally: Tally) -> Screen:
    """The *tally* as a table: a row for each rule, in the order in which they spoke, a column for each month."""
    days = sorted([*(each.day for each in tally.told), *(day for day, _ in tally.done)])
    if not days:
        return Screen(Text("Nothing was told."))
    months = _months(days[0], days[-1])
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold")
    table.add_column("Messages")
    for _, number in months:
        table.add_column(MONTHS[number - 1], justify="right", min_width=3)
    table.add_column("All", justify="right")
    for rule in dict.fromkeys(each.rule for each in tally.told):
        _add(table, rule, [each.day for each in tally.told if each.rule == rule], months)
    _add(table, "all of them", [each.day for each in tally.told], months, style="bold")
    _add(table, "what was done", [day for day, _ in tally.done], months, style="cyan")
    head = f"\n{len(tally.told)} messages from {days[0]:%d %B %Y} to {days[-1]:%d %B %Y}\n"
    return Screen(Text(head, style="bold"), table)


def _months(first: date, last: date) -> list[Month]:
    count = (last.year - first.year) * 12 + last.month - first.month
    steps = (first.year * 12 + first.month - 1 + number for number in range(count + 1))
    return [(step // 12, step % 12 + 1) for step in steps]


def _add(table: Table, name: str, days: list[date], months: list[Month], style: str = "") -> None:
    by_month = Counter((day.year, day.month) for day in days)
    counts = [str(by_month[month] or "·") for month in months]
    table.add_row(name, *counts, str(len(days)), style=style)
