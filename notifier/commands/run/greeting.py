"""What a start says: what is watched, who can be told, what waits for a person, what to try next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from notifier.commands.common import called
from notifier.core.calendar import utc
from notifier.core.message import Answer
from notifier.core.words import plain, say_count, say_list, say_time
from notifier.flow.hold import waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console as Terminal

    from notifier.files.places import Files, Places
    from notifier.flow.deliver import Outlets
    from notifier.store.store import Store


@dataclass(frozen=True, slots=True)
class Hints:
    """What the offered commands need to speak of the same files: their options; and the greeting."""

    options: str
    check: str
    greeting: str = ""


def typed(options: str, answer: Answer) -> str:
    """The command that gives *answer*, as one types it here; *options* say which files are meant."""
    return f"{called()} {answer.verb}{options} {answer.rest}".rstrip()


def greet(terminal: Terminal, places: Places, files: Files, hints: Hints) -> None:
    """Say what is watched."""
    under = {grant.program for each in files.declared for grant in each.account.grants}
    asked = {
        rule.id
        for name in under
        if name in files.rulebook.programs
        for rule in files.rulebook.programs[name].rules
    }
    accounts, rules = len(files.declared), len(asked)
    watching = (
        f"Watching {accounts} account{'s' if accounts != 1 else ''} by {rules} rules. State in {places.state}/."
    )
    terminal.print(Text(hints.greeting + watching, style="dim"))


def announce(terminal: Terminal, files: Files, hints: Hints, store: Store) -> None:
    """After the first round: what waits for a person, and what one may try next, usable as printed."""
    for hold in store.read(waiting):
        answers = [typed(hints.options, Answer("", verb, str(hold.event))) for verb in ("release", "drop")]
        are = "is" if hold.count == 1 else "are"
        since = f"{say_time(hold.at, hold.at)}, {utc(hold.at):%d %B}"
        held = f"{say_count(hold.count, 'message')} {are} held since {since}:"
        terminal.print(Text("\n    ".join([f"\n{held}", *answers])), soft_wrap=True)
    told = "That is all for now, and it is not repeated. Ctrl-C ends. In another terminal:"
    commands = [
        ("How every grant stands", f"status{hints.options}"),
        ("Every mistake in the rules that you edit", hints.check),
    ]
    watched = [each.account.id for each in files.declared if each.account.grants]
    if not watched:
        told = "No grant is watched yet; `enroll` adds one from its mail. In another terminal:"
    elif hints.greeting:  # the demo: its first grant waits for credits
        record = f'record{hints.options} {watched[0]} credits_granted "1000 USD"'
        commands.insert(0, ("The credits came: watch the alert being resolved", record))
    if watched:
        ahead = "What will be told, when, to whom, with which letter"
        commands.insert(0, (ahead, f"timeline{hints.options} --account {watched[0]}"))
    terminal.print(Text(f"\n{told}", style="bold"))
    for why, command in commands:
        terminal.print(Text(f"  {why}:\n    {called()} {command}"), soft_wrap=True)


def say_who_hears(terminal: Terminal, files: Files, outlets: Outlets, told_by: Sequence[str]) -> None:
    """How people are told; who named an address that leads nowhere is named with what to set."""
    if not told_by:
        words = "Nobody is told by Slack or email yet: messages stand here. `notifier doctor` says what to set."
        terminal.print(Text(words, style="yellow"))
        return
    terminal.print(
        Text(f"People are told by {plain(say_list(told_by))}; each telling is logged here.", style="dim")
    )
    people = [person for each in files.declared for person in each.account.people.values()]
    for address in dict.fromkeys(address for person in people for address in person.reach):
        if why := outlets.why_not(address):
            terminal.print(Text(f"{plain(address)} cannot be told: {why}", style="yellow"))
