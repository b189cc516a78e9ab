"""The status of everything as a person reads it: what concerns all first, then who needs somebody."""

from __future__ import annotations

from shlex import quote
from typing import TYPE_CHECKING

from rich.console import Console as Terminal

from notifier.commands.status.grant import brief, full
from notifier.commands.status.page import DEEPER, INDENTED, WIDEST, Page
from notifier.commands.status.words import say_failing, say_telling
from notifier.core.calendar import Locale
from notifier.core.message import Answer
from notifier.core.words import say_list
from notifier.flow.finding import telling
from notifier.flow.headline import State, say_hour

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifier.commands.status.overview import Overview
    from notifier.core.delivery import Delivery
    from notifier.flow.finding import OpenAlert

MOST_UNDELIVERED = 10
PLURALS = {State.NEEDS_YOU: "need you", State.ENDS_SOON: "end soon", State.WAITS: "wait"}


def show(overview: Overview, command: Callable[[Answer], str], saved: Callable[[OpenAlert], str]) -> None:
    """Print the summary, what concerns all, and the accounts that need a person first."""
    terminal = Terminal(highlight=False)
    terminal.width = min(terminal.width, WIDEST)
    locale, one_zone = _whose_hours(overview)
    page = Page(terminal, overview.now, locale, one_zone, command, saved)
    page.line(summary(overview), "bold")
    _service(page, overview)
    _hours(page)
    _faults(page, overview)
    _held(page, overview)
    _undelivered(page, overview)
    _inbox(page, overview)
    for account in overview.in_full:
        full(page, account)
    _rest(page, overview)


def summary(overview: Overview) -> str:
    """What there is and how it stands: ``3 accounts: 1 needs you, 1 waits, 1 fine``.

    Where an account has several grants these are counted: ``4 grants on 3 accounts: 1 needs you, …``.
    """
    grants, accounts = sum(len(each.grants) for each in overview.accounts), overview.accounts
    several = any(len(each.grants) > 1 for each in accounts)
    counts = overview.counts_of_grants
    parts = [f"{many:,} {PLURALS.get(state, state) if many > 1 else state}" for state, many in counts.items()]
    if several and State.NO_GRANT in counts:
        parts[-1] = f"{_many(counts[State.NO_GRANT], 'account')} without a grant"
    of = f"{_many(grants, 'grant')} on " if several else ""
    return f"{of}{_many(len(accounts), 'account')}{': ' if parts else ''}{', '.join(parts)}."


def _many(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _whose_hours(overview: Overview) -> tuple[Locale, bool]:
    """Whose zone holds for what concerns all, and whether it is that of every account here."""
    locales = {each.account.locale.zone.key: each.account.locale for each in overview.accounts}
    one = len(locales) <= 1
    return next(iter(locales.values()), _anywhere()) if one else _anywhere(), one


def _hours(page: Page) -> None:
    """Name the zone of all hours on this page, once."""
    zone = page.locale.zone.key
    page.line(f"Hours are those of {zone if page.one_zone else 'each account, else of ' + zone}.", "dim")


def _service(page: Page, overview: Overview) -> None:
    """Whether somebody watches now, and when it last wrote; else how to start it."""
    wrote = overview.snapshot.last_wrote
    last = f"; it last wrote at {say_hour(wrote, page.locale, overview.now)}" if wrote is not None else ""
    if overview.runs is not None:
        page.line(f"The service is running{f' (process {overview.runs})' if overview.runs else ''}{last}.")
        return
    words = f"is not running{last}" if overview.known else "has never run here"
    page.offer(f"The service {words}. Nobody is told anything until it runs:", Answer("", "run"), "yellow")


def _faults(page: Page, overview: Overview) -> None:
    if not overview.faults:
        return
    many = f"{len(overview.faults)} mistake{'' if len(overview.faults) == 1 else 's'} in files"
    page.line()
    page.line(f"{many}; what they touch stays as it was before them:", "bold red")
    for fault in overview.faults:
        page.line(str(fault), "", INDENTED)


def _held(page: Page, overview: Overview) -> None:
    """Edits that would tell much at once, each with the two commands that answer."""
    for hold in overview.snapshot.waiting:
        page.line()
        since = say_hour(hold.at, page.locale, overview.now)
        page.line(f"{_many(hold.count, 'message')} held since {since}: {hold.why}.", "bold magenta")
        for verb, meaning in (("release", "To tell them"), ("drop", "To tell none of them")):
            page.offer(f"{meaning}:", Answer("", verb, str(hold.event)), "", INDENTED)


def _undelivered(page: Page, overview: Overview) -> None:
    """Destinations that fail as a whole; then what could not be told, the given up first, with where and why."""
    for destination in overview.snapshot.parked:
        page.line()
        page.line(say_failing(destination, overview.now), "bold magenta")
        page.offer("Once that is mended:", Answer("", "retry", quote(destination.name)), "", INDENTED)
    found = overview.undelivered
    if not found:
        return
    page.line()
    page.line(f"{len(found):,} message{'' if len(found) == 1 else 's'} could not be told:", "bold magenta")
    for each in found[:MOST_UNDELIVERED]:
        page.line(_lost(page, each, overview), "", INDENTED)
    if len(found) > MOST_UNDELIVERED:
        page.line(f"and {len(found) - MOST_UNDELIVERED:,} more", "", INDENTED)


def _lost(page: Page, each: Delivery, overview: Overview) -> str:
    title = each.post.title if each.post is not None else f"{each.rule} · {each.account}"
    locale = next((found.account.locale for found in overview.accounts if found.account.id == each.account), None)
    return f"{title}: {say_telling(telling(each), locale or page.locale, overview.now)}"


def _anywhere() -> Locale:
    """For what is about no account of these: UTC."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415

    return Locale(ZoneInfo("UTC"))


def _inbox(page: Page, overview: Overview) -> None:
    """What people did and the service has not taken over; what they recorded counts here already."""
    acts = overview.inbox
    if acts:
        page.line()
        kinds = say_list(sorted({act.kind for act in acts}))
        many = "1 command waits" if len(acts) == 1 else f"{len(acts):,} commands wait"
        page.line(f"{many} for the service ({kinds}). What was recorded counts below already.")


def _rest(page: Page, overview: Overview) -> None:
    """Those that need a person beyond the first, and how to see the others."""
    if overview.in_brief:
        page.line()
        page.line("These need a person too", "bold")
        for account in overview.in_brief:
            brief(page, account)
    shown = len(overview.in_full) + len(overview.in_brief)
    if shown < len(overview.accounts):
        page.line()
        others = f"{len(overview.accounts) - shown:,} more are not shown; nothing is asked of anybody there."
        page.offer(f"{others} To see one:", Answer("", "status --account ACCOUNT"))
    elif overview.in_brief:
        page.offer("To see one in full:", Answer("", "status --account ACCOUNT"), "", DEEPER)
