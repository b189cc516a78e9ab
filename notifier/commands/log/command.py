"""``notifier log``: the story of an account, beside a running service."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TYPE_CHECKING

import click
from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from notifier.clock import Clock
from notifier.commands.common import stop
from notifier.commands.database import look
from notifier.commands.known import where
from notifier.commands.log.verify import known, verified
from notifier.commands.log.words import sentence, short
from notifier.core.journal import SERVICE
from notifier.core.vocabulary import suggestion
from notifier.core.words import iso, plain, say_list, say_local_time
from notifier.flow.log import check, story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.core.calendar import Locale, Moment
    from notifier.flow.log import Happened, Story

WIDEST = 120


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options."""

    since: str | None = None
    rule: str | None = None
    json: bool = False
    verify: bool = False
    kept: str | None = None
    rules: Path | None = None
    accounts: Path | None = None
    state: Path | None = None
    demo: bool = False


def log(account: str | None, options: Options) -> None:
    """Tell what happened to *account*; or look whether that, or all there is, is as it was written."""
    if options.kept and not (options.verify and account):
        stop("--kept names an entry of one account: `log ACCOUNT --verify --kept HASH`")
    if account is None and not options.verify:
        stop("`log` tells the story of one account: `log ACCOUNT`; only --verify looks at all of them")
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    if options.verify:
        found, chain = look(places, lambda tx: (check(tx, account), tx.journal(account) if account else []))
        verified(found, account, chain, options.kept, as_data=options.json)
        return
    assert account is not None
    told, ends = look(places, lambda tx: (story(tx, account), tx.journal_ends()))
    known(account, ends)
    shown = _of_rule(_since(told, options.since), options.rule, account)
    if options.json:
        click.echo(_document(told, shown, ends[account]))
    else:
        _show(told, shown)


def _since(told: Story, since: str | None) -> Sequence[Happened]:
    """What happened at *since* or later: a date, as of its beginning in the account's zone, or a time."""
    if since is None:
        return told.happened
    earliest = _moment(since, told.locale)
    return [each for each in told.happened if each.noted.at >= earliest]


def _moment(text: str, locale: Locale) -> Moment:
    try:
        at = datetime.fromisoformat(text)
        if len(text) == len("2026-11-22"):
            return locale.ends(date.fromisoformat(text).toordinal() - 1)
        return int((at if at.tzinfo else at.replace(tzinfo=locale.zone)).timestamp())
    except (ValueError, OverflowError):
        stop(f"--since {text!r} is not a date such as 2026-11-22, nor a time such as 2026-11-22T14:05")


def _of_rule(happened: Sequence[Happened], rule: str | None, account: str) -> Sequence[Happened]:
    """What is about *rule*, by its id or without its program; ends if there is none of it at all."""
    if rule is None:
        return happened
    about = [each for each in happened if rule in (each.rule, each.rule.rpartition("/")[2])]
    if not about:
        rules = sorted({each.rule.rpartition("/")[2] for each in happened if each.rule})
        there = f"; there is something about {say_list(rules)}" if rules else ""
        stop(f"nothing here is about a rule `{rule}` of {account}{suggestion(rule, rules) or there}")
    return about


def _show(told: Story, shown: Sequence[Happened]) -> None:
    """The story as text, the newest last: which entry, when, and what."""
    now, several = Clock().now(), told.account == SERVICE or len(told.grants) > 1
    when = partial(say_local_time, locale=told.locale, now=now)
    terminal = Terminal(highlight=False)
    terminal.width = min(terminal.width, WIDEST)
    page = Table.grid(padding=(0, 2), pad_edge=False)
    page.add_column(justify="right", style="dim", no_wrap=True)
    page.add_column(style="dim", no_wrap=True)
    page.add_column(overflow="fold")
    for each in shown:
        if says := sentence(each, when, several=several):
            page.add_row(str(each.noted.number), when(each.noted.at), Text(plain(says)))
    terminal.print(Text(plain(f"{told.account}, times in {told.locale.zone.key}"), style="bold"))
    terminal.print(page if page.row_count else "Nothing happened since then.")
    for rules, since in told.rules.items():
        terminal.print(f"Rules {short(rules)} judge since {when(since)}.", style="dim")


def _document(told: Story, shown: Sequence[Happened], end: tuple[int, str]) -> str:
    """The story as data, with everything that the hashes are made of."""
    entries = [
        {
            "number": each.noted.number,
            "at": iso(each.noted.at),
            "moment": each.noted.at,
            "what": each.noted.what,
            "says": sentence(each) or None,
            "body": each.noted.body,
            "previous": each.noted.previous,
            "hash": each.noted.hash,
        }
        for each in shown
    ]
    rules = [{"rules": name, "since": iso(since)} for name, since in told.rules.items()]
    whole = {"account": told.account, "zone": told.locale.zone.key, "entries": entries, "rules": rules}
    return json.dumps(whole | {"last": {"number": end[0], "hash": end[1]}}, ensure_ascii=False, indent=2)
