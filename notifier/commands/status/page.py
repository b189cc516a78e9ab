"""The page that a status is drawn on: paragraphs and tables, and nothing in them that moves the cursor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.segment import Segment, Segments
from rich.table import Table
from rich.text import Text

from notifier.commands.status.bars import strokes
from notifier.core.words import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console as Terminal
    from rich.console import RenderableType

    from notifier.core.calendar import Locale, Moment
    from notifier.core.message import Answer
    from notifier.flow.finding import OpenAlert

Indent = tuple[int, int, int, int]
WIDEST = 100
LABEL = 7  # letters of `credits`: what stands beside the labels is aligned all the way down
GAP = 2  # between a label and the words beside it
INDENTED, DEEPER, BESIDE = (0, 0, 0, 2), (0, 0, 0, 4), (0, 0, 0, 2 + LABEL + GAP)


@dataclass(frozen=True, slots=True)
class Page:
    """Where things are drawn. *command* makes a command that a person can type, *saved* finds a letter's file.

    *locale* is that of what concerns no single account; *one_zone* says that every account here is in its zone.
    """

    terminal: Terminal
    now: Moment
    locale: Locale
    one_zone: bool
    command: Callable[[Answer], str]
    saved: Callable[[OpenAlert], str]

    @property
    def made_of(self) -> tuple[str, str]:
        """What bars are made of on this terminal."""
        return strokes(self.terminal.encoding)

    def line(self, words: str = "", style: str = "", indent: Indent = (0, 0, 0, 0)) -> None:
        """One paragraph, without anything in it that could move the cursor; nothing is an empty line."""
        if words:
            self.draw(Text(plain(words), style=style), indent)
        else:
            self.terminal.print()

    def offer(self, words: str, answer: Answer, style: str = "", indent: Indent = (0, 0, 0, 0)) -> None:
        """A command below *words*, on a line of its own that is never broken: so it can be copied."""
        self.line(words, style, indent)
        self.terminal.print(Text(" " * (indent[3] + 2) + plain(self.command(answer))), soft_wrap=True)

    def draw(self, what: RenderableType, indent: Indent) -> None:
        """What is more than a paragraph, indented; no line ends in blanks."""
        drawn = self.terminal.render_lines(Padding(what, indent, expand=False), pad=False)
        for line in drawn:
            self.terminal.print(Segments([*_trimmed(line), Segment.line()]), end="")


def _trimmed(line: list[Segment]) -> list[Segment]:
    """*line* without the blanks at its end."""
    kept = list(line)
    while kept and not kept[-1].text.rstrip(" "):
        kept.pop()
    return [*kept[:-1], *(Segment(last.text.rstrip(" "), last.style) for last in kept[-1:])]


def grid(rows: list[tuple[str, str]]) -> Table:
    """Labels, with words beside them."""
    table = Table.grid(padding=(0, GAP, 0, 0))
    table.add_column(no_wrap=True, style="dim", min_width=LABEL)
    table.add_column(overflow="fold")
    for label, words in rows:
        table.add_row(Text(label), Text(plain(words)))
    return table
