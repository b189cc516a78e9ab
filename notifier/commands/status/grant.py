"""A grant's status on a terminal: its state in one line, two bars, what is open, what comes, what is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from notifier.commands.status.bars import credits_line, pace_line, time_line
from notifier.commands.status.facts import known, stated, two_answers
from notifier.commands.status.page import BESIDE, DEEPER, INDENTED, Page, grid
from notifier.commands.status.words import (
    say_as_of,
    say_figures_age,
    say_letter,
    say_override,
    say_pause,
    say_shares,
    say_tellings,
)
from notifier.core.audience import said
from notifier.core.words import plain, say_day
from notifier.flow.finding import frozen
from notifier.flow.headline import State, say_hour
from notifier.flow.status import details

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import RenderableType

    from notifier.core.calendar import Locale
    from notifier.core.letter import Letter
    from notifier.core.message import Message
    from notifier.flow.finding import OpenAlert
    from notifier.flow.letters import LetterKnown
    from notifier.flow.preview import Coming
    from notifier.flow.status import AccountStatus, Details, Glance

STYLES = {
    State.NEEDS_YOU: "bold yellow",
    State.UNREADABLE: "bold magenta",
    State.ENDS_SOON: "cyan",
    State.FINE: "green",
    State.PAUSED: "dim",
    State.OVER: "dim",
    State.NO_GRANT: "dim",
}


def brief(page: Page, account: AccountStatus) -> None:
    """One account in one line, with the age of its figures."""
    said = "no grant is watched"
    if account.grants:
        first = account.grants[0]
        age = say_figures_age(first.case.scene) if first.case is not None else ""
        said = f"{first.headline}{f' ({age})' if age else ''}"
    page.line(f"{account.account.id}  {said}", STYLES.get(account.state, ""), INDENTED)


def full(page: Page, account: AccountStatus) -> None:
    """One account with everything that is known of its grants."""
    if not account.grants:
        _title(page, account.account.id, "no grant is watched", State.NO_GRANT)
    for grant in account.grants:
        _title(page, account.account.about(grant.grant), grant.headline, grant.state)
        for words in _of_the_account(page, account) if grant is account.grants[0] else ():
            page.line(words, "", INDENTED)
        found = details(grant)
        if found is not None:
            _grant(page, grant, found)


def _title(page: Page, about: str, headline: str, state: State) -> None:
    page.line()
    page.line(about, "bold")
    page.line(headline, STYLES.get(state, ""), INDENTED)


def _of_the_account(page: Page, account: AccountStatus) -> Iterator[str]:
    """What concerns all of an account's grants: silent sources, a pause, overrides, a faulty file."""
    locale = account.account.locale
    for name, since, why in account.failing:
        yield f"{name}, since {say_hour(since, locale, page.now)}: {why}"
    if account.stale:
        yield "Its file has mistakes (named above); this is what it said before them."
    paused = account.account.paused
    if paused is not None and paused.holds(locale.day_of(page.now)) and account.state is not State.PAUSED:
        yield say_pause(paused, "The account", locale, page.now)
    for override in account.overrides:
        yield f"Set otherwise here: {say_override(override, locale, page.now)}"


def _grant(page: Page, grant: Glance, found: Details) -> None:
    locale = grant.account.locale
    own = next((each.paused for each in grant.account.grants if each.id == grant.grant), None)
    if grant.state is State.PAUSED:
        page.line("Only what is urgent is told.", "", INDENTED)
    elif own is not None and own.holds(found.balance.today):
        page.line(say_pause(own, "This grant", locale, page.now), "", INDENTED)
    page.line()
    page.draw(_bars(page, found, locale), INDENTED)
    if found.hint:
        page.line(f"A hint, no proof: {found.hint}", "", INDENTED)
    for alert, message in found.alerts:
        page.line()
        _alert(page, alert, message, locale, found.letters)
    _sections(page, found, locale)
    if found.disagreements:
        _heading(page, "Two answers")
        two_answers(page, grant, found)
    _section(page, "Known", known(page, found, locale))
    if texts := stated(page, found, locale):
        page.line(texts, "dim", DEEPER)


def _sections(page: Page, found: Details, locale: Locale) -> None:
    """What is listed where there is any: letters, what comes, who spends."""
    if found.letters:
        _section(page, "Letters", _letters(page, found, locale))
    if found.coming:
        told_at = f"{locale.tell_at:%H:%M}" + ("" if page.one_zone else f", {locale.zone.key}")
        _section(page, f"Next, if nothing changes (at {told_at})", _moments(page, found, locale))
    if found.spenders:
        _section(page, "Who spends (the last 7 days)", _spenders(page, found, locale))


def _section(page: Page, title: str, body: RenderableType) -> None:
    _heading(page, title)
    page.draw(body, DEEPER)


def _heading(page: Page, title: str) -> None:
    page.line()
    page.line(title, "bold", INDENTED)


def _bars(page: Page, found: Details, locale: Locale) -> Table:
    rows = [("credits", credits_line(found.balance, locale, page.made_of))]
    if found.left is not None:
        rows.append(("", say_as_of(found.left, locale, page.now)))
    rows.append(("time", time_line(found.balance, locale, page.now, page.made_of)))
    if pace := pace_line(found.balance, locale, page.now):
        rows.append(("", pace))
    return grid(rows)


def _alert(page: Page, alert: OpenAlert, message: Message, locale: Locale, letters: Sequence[LetterKnown]) -> None:
    """One open alert: what, since when, who was told, what to do, and where its letter is."""
    opened = alert.since is not None and say_day(locale.day_of(alert.since), locale, page.now)
    since = f", open since {opened}" if opened else ""
    rows = [
        ("urgent" if alert.urgent else "open", message.headline),
        ("", f"{alert.step}{since}; {say_tellings(alert, locale, page.now)}"),
    ]
    if message.next:
        rows.append(("", f"Next: {message.next}"))
    if alert.rule.each and message.known:  # what is known of the grant stands below
        rows.append(("", f"Known: {message.known}"))
    page.draw(grid(rows), INDENTED)
    for answer in message.answers:
        page.offer(f"{answer.when}:", answer, "", BESIDE)
    letter = frozen(alert.posted) or message.letter
    if letter is not None:
        sent_on = next((each.sent_on for each in letters if each.name == letter.name), None)
        sent = "" if sent_on is None else f"sent {say_day(sent_on, locale, page.now)}"
        page.draw(grid([("letter", _where(page, alert, letter, sent))]), INDENTED)


def _where(page: Page, alert: OpenAlert, letter: Letter, sent: str) -> str:
    """A letter's name, that it was *sent* or how many blanks it has, and the file that it is in."""
    blanks = f"{letter.blanks} blank{'' if letter.blanks == 1 else 's'} to fill in"
    path = page.saved(alert)
    where = f": {path}" if path else "; saved when it is told"
    return f"{letter.name}, {sent or (blanks if letter.blanks else 'ready to send')}{where}"


def _spenders(page: Page, found: Details, locale: Locale) -> Table:
    """The first of each list, with the source and the age of what is known."""
    return grid([(each.one, say_shares(each, locale, page.now)) for each in found.spenders])


def _letters(page: Page, found: Details, locale: Locale) -> Table:
    return grid([(each.name, say_letter(each, locale, page.now)) for each in found.letters])


def _moments(page: Page, found: Details, locale: Locale) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    table.add_column(overflow="fold", style="dim")
    for each in found.coming:
        roles = ", ".join(said(role) for role in each.roles)
        day = say_day(locale.day_of(each.at), locale, page.now)
        table.add_row(Text(day), _moment(page, each, locale), Text(plain(roles)))
    return table


def _moment(page: Page, each: Coming, locale: Locale) -> Text:
    letter = "; letter" if each.message.letter is not None else ""
    held = ""
    if each.held is not None:
        until = each.told_on
        held = f"; held until {say_day(until, locale, page.now)}" if until is not None else "; held, paused"
    return Text(plain(f"{each.message.headline} ({each.message.step}{letter}){held}"))
