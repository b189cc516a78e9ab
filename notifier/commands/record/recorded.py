"""What is recorded of an account, and what can be, in words: who says it, since when, and which of it counts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from notifier.commands.common import called
from notifier.commands.record.observation import EXAMPLES
from notifier.core.calendar import FOREVER
from notifier.core.entry import RECORDED, said_by
from notifier.core.fact import split_item_fact
from notifier.core.vocabulary import Kind, Owner
from notifier.core.words import say, say_day
from notifier.files.positions import shown
from notifier.flow.declare import SOURCE as DECLARED
from notifier.flow.letters import SOURCE as LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from notifier.core.account import Account
    from notifier.core.calendar import Moment
    from notifier.core.facts import Observed
    from notifier.core.rule import Program
    from notifier.core.vocabulary import Fact
    from notifier.flow.record import Observations, Statement


WHO = {DECLARED: "the accounts file", LETTERS: "the service"}


@dataclass(frozen=True, slots=True)
class Words:
    """How values, moments and statements are said to somebody who looks at *account* at *now*."""

    account: Account
    now: Moment

    def value(self, fact: Fact, value: Observed) -> str:
        """A value as it was observed; a text without what a terminal must not get."""
        if value is None:
            return "none"
        inside = value.toordinal() if isinstance(value, date) else value
        return shown(say(inside, fact.kind, self.account.locale, self.now))

    def when(self, at: Moment) -> str:
        """``today at 14:05`` in the account's zone, or ``3 November``."""
        locale = self.account.locale
        if locale.day_of(at) == locale.day_of(self.now):
            return f"today at {datetime.fromtimestamp(at, locale.zone):%H:%M}"
        return say_day(locale.day_of(at), locale, self.now)

    def recorded(self, at: Moment, by: str) -> str:
        """``recorded 3 November by A. Researcher``; ``pushed 3 November with LAB_PUSH_TOKEN``."""
        return said_by(shown(by), self.when(at))

    def source(self, said: Statement) -> str:
        """Who says so, and since when: ``as the accounts file says since 3 November``."""
        return self.recorded(said.at, said.by) if said.source == RECORDED else f"as {self.says(said)}"

    def says(self, said: Statement, value: str = "") -> str:
        """``the accounts file says 5,000.00 USD since 3 November``; ``9.00 USD was recorded 3 November by …``."""
        if said.source == RECORDED:
            return f"{value} was {self.recorded(said.at, said.by)}"
        name = WHO.get(said.source) or shown(said.source)
        since = "now" if said.at == FOREVER else f"since {self.when(said.at)}"
        return " ".join(filter(None, (name, "says", value, since)))


def label(fact: str) -> str:
    """A fact's name as words of a sentence; of an item, with the item's own: ``review-bots submitted on``."""
    _, item, name = split_item_fact(fact)
    return f"{item} {name.replace('_', ' ')}" if name else fact.replace("_", " ")


def recordable(program: Program) -> dict[str, Fact]:
    """The facts that people record of a grant under *program*, or of its account."""
    return {fact.name: fact for fact in program.vocabulary.facts if fact.owner is Owner.RECORDED}


def disagreement(said: Sequence[Statement], fact: Fact, words: Words) -> str:
    """What the accounts file says otherwise than people, and which of the two counts; '' where it does not."""
    file = next((each for each in said if each.source == DECLARED), None)
    person = next((each for each in said if each.source == RECORDED), None)
    if file is None or person is None or file.value == person.value:
        return ""
    value = words.value(fact, file.value)
    stated = words.says(file, f"{label(fact.name)} {value}" if fact.kind is Kind.DATE else value)
    stated = stated[0].upper() + stated[1:]
    if file.at == FOREVER:
        return f"{stated}; that is newer, and counts once the service has read it."
    return f"{stated}; {'the newest counts' if person.at >= file.at else 'that is newer and counts'}."


def resulting(before: Sequence[Statement], after: Sequence[Statement], fact: Fact, words: Words) -> str:
    """What counts of *fact* once the observation before it was taken back, and from where."""
    name = label(fact.name).capitalize()
    if not after:
        return f"{name}: now not recorded."
    still = "still" if before[0] == after[0] else "now"
    return f"{name}: {still} {words.value(fact, after[0].value)}, {words.source(after[0])}."


def nothing_to_undo(known: Observations, grant: str, fact: Fact, words: Words) -> str:
    """Why nothing of *fact* can be taken back, and where its value comes from if it has one."""
    of_it = [entry for entry in known.log.entries if (entry.grant, entry.fact) == (grant, fact.name)]
    why = "all that was recorded of it has been taken back" if of_it else "nobody has recorded it"
    said = known.of(grant, fact.name)
    origin = f"; it is {words.value(fact, said[0].value)}, {words.source(said[0])}" if said else ""
    return f"{fact.name} of {words.account.about(grant)}: {why}{origin}"


def list_all(known: Observations, facts: Mapping[str, Mapping[str, Fact]], words: Words, options: str) -> None:
    """Print what is known of the *facts* of each grant, and how one records and takes back.

    *options* are those that the commands need, as a person types them.
    """
    terminal = Terminal(highlight=False)
    wide = {name: fact for of_it in facts.values() for name, fact in of_it.items() if not fact.grant}
    if wide:
        _list(terminal, known, "", wide.values(), words)
    for grant, of_it in facts.items():
        _list(terminal, known, grant, [fact for fact in of_it.values() if fact.grant], words)
    terminal.print()
    for why, command in _hints(known, facts, words, options):
        terminal.print(Text(f"{why}\n  {command}"), soft_wrap=True)


def _list(terminal: Terminal, known: Observations, grant: str, facts: Iterable[Fact], words: Words) -> None:
    terminal.print(Text(f"\n{words.account.about(grant)}", style="bold"))
    table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    for fact in facts:
        table.add_row(Text(fact.name), _told(known, grant, fact, words))
    terminal.print(table)


def _told(known: Observations, grant: str, fact: Fact, words: Words) -> Text:
    """The value that counts, who says so, who says otherwise, and what was recorded last and taken back."""
    said = known.of(grant, fact.name)
    if said:
        told = Text.assemble((words.value(fact, said[0].value), "bold"), f", {words.source(said[0])}")
    else:
        told = Text.assemble("not recorded", (f". {shown(fact.ask)}" if fact.ask else "", "dim"))
    others = [each for each in said[1:] if each.value != said[0].value]
    lines = [words.says(each, words.value(fact, each.value)) for each in others]
    of_it = (entry for entry in known.log.entries if (entry.grant, entry.fact) == (grant, fact.name))
    last = next(of_it, None)
    if last is not None and last.undone_at is not None:
        value, when = words.value(fact, last.value), words.when(last.undone_at)
        lines.append(f"{value} was taken back {when} by {shown(last.undone_by)}")
    return told.append("".join(f"\n{line}" for line in lines), style="dim")


def _hints(
    known: Observations, facts: Mapping[str, Mapping[str, Fact]], words: Words, options: str
) -> Iterator[tuple[str, str]]:
    """The commands that record the first fact that is not known, and take back the newest that counts."""
    listed = {
        (grant if fact.grant else "", name): fact for grant, of_it in facts.items() for name, fact in of_it.items()
    }
    unknown = [(grant, fact) for (grant, name), fact in listed.items() if not known.of(grant, name)]
    for grant, fact in unknown[:1]:
        example = f"{words.account.id} {fact.name} {EXAMPLES[fact.kind]}"
        yield "To record one, such as:", f"{called()} record{options} {example}{_of_grant(grant, words)}"
    counting = [entry for entry in known.log.entries if not entry.undone and (entry.grant, entry.fact) in listed]
    for newest in counting[:1]:
        whole = newest.fact.removesuffix("_on")  # its day may be what was written last
        name = whole if newest in known.log.said_together(newest.grant, whole) else newest.fact
        what = f"{words.account.id} {name}{_of_grant(newest.grant, words)}"
        yield "To take back what was recorded last:", f"{called()} record{options} --undo {what}"


def _of_grant(grant: str, words: Words) -> str:
    return f" --grant {grant}" if grant and len(words.account.grants) > 1 else ""
