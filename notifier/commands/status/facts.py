"""What is known of a grant on a terminal: every number with its source and age, and where two sources disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from notifier.commands.status.page import DEEPER
from notifier.commands.status.words import say_age, say_source, say_statement, say_value
from notifier.core.message import Answer
from notifier.core.vocabulary import Kind
from notifier.core.words import plain, say_list

if TYPE_CHECKING:
    from notifier.commands.status.page import Page
    from notifier.core.calendar import Locale
    from notifier.flow.provenance import Disagreement
    from notifier.flow.status import Details, Glance

TEXTS = (Kind.TEXT, Kind.TEXTS)


def two_answers(page: Page, grant: Glance, found: Details) -> None:
    """Print both values with their times, which one counts and why, and what to do about it."""
    account = grant.account
    for each in found.disagreements:
        several = f" --grant {grant.grant}" if len(account.grants) > 1 and each.fact.grant else ""
        undo = Answer("", "record --undo", f"{account.id} {each.fact.name}{several}")
        page.offer(_disagreement(page, each, account.locale), undo, "", DEEPER)


def _disagreement(page: Page, each: Disagreement, locale: Locale) -> str:
    counts, other = (say_statement(side, each.fact, locale, page.now) for side in (each.counts, each.other))
    name = each.fact.name.replace("_", " ")
    return f"{name}: {counts} counts, being the newest; the other says {other}. Edit the file, or:"


def known(page: Page, found: Details, locale: Locale) -> Table:
    """Every number and date with its source and its age."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    for title in ("fact", "value", "source", "as of"):
        table.add_column(title, overflow="fold", no_wrap=title in {"fact", "as of"})
    for each in found.facts:
        if each.fact.kind not in TEXTS or each.value is None or each.unread:
            age = say_age(each.at, locale, page.now) if each.at is not None else ""
            words = (each.fact.name.replace("_", " "), say_value(each, locale, page.now))
            source = say_source(each.source, each.by)
            table.add_row(*(Text(plain(cell)) for cell in (*words, source, age)))
    return table


def stated(page: Page, found: Details, locale: Locale) -> str:
    """The texts that are known, without a table: they have no age that matters."""
    texts = [
        each for each in found.facts if each.fact.kind in TEXTS and not each.unread and each.value is not None
    ]
    words = [f"{each.fact.name.replace('_', ' ')} {say_value(each, locale, page.now)}" for each in texts]
    return f"Also stated: {say_list(words)}." if words else ""
