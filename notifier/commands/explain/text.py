"""An explanation on a terminal: what holds the message back, then what is asked, on what facts, who hears."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console as Terminal
from rich.table import Table
from rich.text import Text

from notifier.commands.status.words import say_age, say_source, say_value
from notifier.core.alert import Reason
from notifier.core.fact import Kind
from notifier.core.message import Told, filler
from notifier.core.words import plain, say_day, say_list, say_local_time
from notifier.flow.asked import Came

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.calendar import Moment
    from notifier.flow.asked import Part, Rung
    from notifier.flow.explain import Explanation, Input

STYLES = {Came.YES: "green", Came.NO: "yellow", Came.UNKNOWN: "magenta", Came.NONE: "dim"}
INDENT = "  "


def show(found: Explanation) -> None:
    """Print the explanation."""
    terminal, scene = Terminal(highlight=False), found.matter.scene
    line = _Lines(terminal, found)
    line.put(f"{title(found)} · {about(found)}", "bold")
    zone = scene.account.locale.zone.key
    line.put(f"{found.matter.rule.id}, as of {line.when(scene.now)} ({zone})", "dim")
    line.put()
    first = found.first
    line.put(first.said if first is not None else "Nothing holds it back.", "bold")
    for also in found.holds[1:]:
        line.put(f"And besides: {also.said}")
    coming = found.next
    waits = "Nothing comes by itself: it waits for news."
    line.put(f"Next, on {line.when(coming.at)}: {coming.what}." if coming is not None else waits)
    line.section("Asked", line.asked())
    line.section("Looked at", line.inputs())
    line.section("State", line.table([("alert", state(found)), ("who hears", plain(hears(found)))]))


def title(found: Explanation) -> str:
    """The rule's title, as a message would say it now."""
    matter, verdict = found.matter, found.verdict
    told = Told(Reason.OPENED, matter.scene.now, verdict.step, verdict.anchor)
    return filler(matter.rule, told, matter.scene)(matter.rule.title)


def about(found: Explanation) -> str:
    """What it is about: the account, its grant, the item."""
    scene, rule = found.matter.scene, found.matter.rule
    named = scene.account.about("" if rule.of_account else scene.facts.grant)
    return f"{named}, {scene.facts.item}" if rule.each else named


def state(found: Explanation) -> str:
    """How the alert stands, and since when."""
    alert, matter = found.alert, found.matter
    if alert is None or found.state is None:
        return "none: nothing was found so far"
    words = [str(found.state)]
    if alert.open:
        words.append(f"open since {matter.on(alert.opened_at)}")
        if alert.step is not None:
            words.append(f"at `{alert.step}`")
    if alert.pending_since is not None:
        words.append(f"pending since {matter.on(alert.pending_since)}")
    if alert.unread_since is not None:
        words.append(f"not readable since {matter.on(alert.unread_since)}")
    if alert.open and alert.reminders:
        words.append(f"reminded {alert.reminders:,} times" if alert.reminders > 1 else "reminded once")
    if alert.open and alert.owner:
        words.append(f"handed over to {alert.owner}")
    return ", ".join(words)


def hears(found: Explanation) -> str:
    """The people who hear it, and through which destinations."""
    heard = found.matter.heard
    return f"{heard.people}, at {say_list(list(heard.destinations))}"


class _Lines:
    """Writes the parts of one explanation."""

    def __init__(self, terminal: Terminal, found: Explanation) -> None:
        self.terminal, self.found = terminal, found
        self.scene = found.matter.scene

    def put(self, words: str = "", style: str = "") -> None:
        self.terminal.print(Text(plain(words), style=style))

    def section(self, heading: str, body: Table) -> None:
        self.put()
        self.put(heading, "bold")
        self.terminal.print(body)

    def when(self, at: Moment) -> str:
        return say_local_time(at, self.scene.account.locale, self.scene.now)

    def table(self, rows: list[tuple[str, ...]]) -> Table:
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for row in rows:
            table.add_row(*(Text(plain(cell)) for cell in (INDENT + row[0], *row[1:])))
        return table

    def asked(self) -> Table:
        """Each expression with what it comes to; what stands in another is below it, further in."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold", ratio=3)
        table.add_column(overflow="fold", ratio=2)
        for part in self.found.asked:
            for depth, each in _flat(part, 0):
                text = Text(plain(INDENT * depth + each.text))
                table.add_row(INDENT + each.field, text, Text(plain(each.said), style=STYLES.get(each.came, "")))
            if part is self.found.asked[0]:
                for rung in self.found.rungs:
                    table.add_row("", Text(plain(INDENT + rung.text)), Text(self.rung(rung)))
        for field, words in self.found.timing:
            table.add_row(INDENT + field, Text(plain(words)), "")
        return table

    def rung(self, rung: Rung) -> str:
        if rung.at is None:
            return "crossed" if rung.crossed else "not crossed"
        return f"{'came' if rung.crossed else 'comes'} {self.when(rung.at)}"

    def inputs(self) -> Table:
        """The facts with their sources and ages."""
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for each in self.found.inputs:
            table.add_row(*(Text(plain(cell)) for cell in self.input(each)))
        return table

    def input(self, each: Input) -> tuple[str, str, str, str]:
        known, locale, now = each.known, self.scene.account.locale, self.scene.now
        source = f"worked out: {each.formula}" if each.formula else say_source(known.source, known.by)
        age = say_age(known.at, locale, now) if known.at is not None else ""
        name = INDENT + known.fact.name.replace("_", " ").replace(".", " ")
        return name, value(each, self.found), source, age


def value(each: Input, found: Explanation) -> str:
    """The value of a fact in words; of costs the last day that was read."""
    known, scene = each.known, found.matter.scene
    if known.fact.kind is Kind.COSTS and isinstance(known.value, int):
        return f"through {say_day(known.value, scene.account.locale, scene.now)}"
    return say_value(known, scene.account.locale, scene.now) or "none"


def _flat(part: Part, depth: int) -> Iterator[tuple[int, Part]]:
    yield depth, part
    for each in part.parts:
        yield from _flat(each, depth + 1)
