"""``notifier timeline``: what will be told over each grant's whole life, also under what one supposes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from notifier.commands.common import moment, stop
from notifier.commands.known import read_most, ways, where
from notifier.commands.timeline.seen import Asked, choose, look_ahead
from notifier.commands.timeline.supposed import read_suppositions
from notifier.files.positions import shown
from notifier.files.table import day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from notifier.commands.timeline.seen import Seen
    from notifier.core.calendar import Day

TEXT, JSON = "text", "json"
STDOUT = "-"


@dataclass(frozen=True, slots=True)
class Options:
    """The command's options. *account* has ``lab`` or ``lab/2026``, *suppose* ``credits_granted=1000 USD``."""

    account: tuple[str, ...] = ()
    state: Path | None = None
    rules: Path | None = None
    accounts: Path | None = None
    now: str | None = None
    since: str | None = None
    until: str | None = None
    suppose: tuple[str, ...] = ()
    ics: Path | None = None
    format: str = TEXT
    demo: bool = False

    @property
    def calendar_alone(self) -> bool:
        """Whether the standard output is the calendar's."""
        return self.ics is not None and str(self.ics) == STDOUT


def timeline(options: Options) -> None:
    """Show the life of every grant, or of the chosen ones: as text, as one JSON document, as a calendar file."""
    faults: list[str] = []
    now = moment(options.now)
    asked = Asked(now, _day("--from", options.since, faults), _day("--until", options.until, faults))
    written = read_suppositions(options.suppose, faults)
    faults += _contradictions(options, asked)
    places = where(options.rules, options.accounts, demo=options.demo, state=options.state)
    files = read_most(places, now, [name.partition("/")[0] for name in options.account])
    chosen = choose(files, places, options.account, asked.now, faults, ways(demo=options.demo))
    seen = look_ahead(chosen, written, asked, faults)
    if options.ics is not None:
        _write_calendar(options.ics, seen, asked)
    if not options.calendar_alone:
        _show(options.format, seen, asked)


def _day(option: str, text: str | None, faults: list[str]) -> Day | None:
    try:
        return None if text is None else day(text).toordinal()
    except ValueError as error:
        faults.append(f"{option} {error}")
        return None


def _contradictions(options: Options, asked: Asked) -> list[str]:
    found = []
    if asked.since is not None and asked.until is not None and asked.until < asked.since:
        found.append(f"--until {options.until} lies before --from {options.since}")
    if options.format == JSON and options.calendar_alone:
        found.append(
            "`--format json` and `--ics -` cannot both have the standard output: give the calendar a file"
        )
    return found


def _show(form: str, seen: Sequence[Seen], asked: Asked) -> None:
    if form == JSON:
        from notifier.commands.timeline.document import document  # noqa: PLC0415  loaded where it is asked for

        click.echo(document(seen, asked))
    else:
        from notifier.commands.timeline.text import show  # noqa: PLC0415  the other forms need no terminal

        show(seen, asked)


def _write_calendar(path: Path, seen: Sequence[Seen], asked: Asked) -> None:
    """Write what is still to come; with ``--from``, everything from that day on."""
    from notifier.ics import Reminder, calendar  # noqa: PLC0415  rarely asked for, and slow to load

    reminders = [
        Reminder(each.account, of.grant.id, coming)
        for each in seen
        for of in each.grants
        for coming in of.coming
        if not coming.over and (asked.since is not None or coming.at > asked.now)
    ]
    content = calendar(reminders, asked.now)
    if str(path) == STDOUT:
        click.echo(content, nl=False)
        return
    try:
        path.write_bytes(content)
    except OSError as error:
        stop(f"{path} cannot be written: {error.strerror}")
    count = {0: "no reminder", 1: "1 reminder"}.get(len(reminders), f"{len(reminders):,} reminders")
    then = "import it into your calendar" if reminders else "nothing is to come"
    click.echo(shown(f"Wrote {count} to {path}: {then}."), err=True)
