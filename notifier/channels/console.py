"""The console: what the product says while no other channel is configured.

A terminal cannot be asked what it has shown, so each post is also appended to a record, and the record is what
counts: told is what stands in it. The terminal comes first and the record second, so that a crash between the two
shows a message again rather than never.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.console import Group
from rich.padding import Padding
from rich.panel import Panel
from rich.style import Style
from rich.text import Text

from notifier.core.alert import Reason
from notifier.core.bars import bar
from notifier.core.letter import Letter, eml, mailto
from notifier.core.words import plain
from notifier.ports import Examined, Undelivered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from rich.console import Console as Terminal

    from notifier.core.message import Answer, Line, Message, Section
    from notifier.ports import Post

WIDEST = 100
FRAME = 6  # cells of a box's first line that are not its title
INDENTED, BELOW = (0, 0, 0, 2), (0, 0, 0, 4)
COLOURS = {
    Reason.RESOLVED: "green",
    Reason.CLOSED: "bright_black",
    Reason.STANDING: "cyan",
    Reason.ACKNOWLEDGED: "blue",
    Reason.SNOOZED: "blue",
    Reason.HANDED_OVER: "blue",
    Reason.HELD: "magenta",
    Reason.DIGEST: "cyan",
}


class Console:
    """A terminal with a record (one JSON object a line) and a folder for letters.

    *command* makes a command that a person can type of what a message offers.
    """

    pace = 0

    def __init__(self, terminal: Terminal, record: Path, letters: Path, command: Callable[[Answer], str]) -> None:
        self._terminal, self._record, self._letters, self._command = terminal, record, letters, command
        record.parent.mkdir(parents=True, exist_ok=True)
        self._told = _read_record(record)

    async def deliver(self, post: Post) -> str:
        """Show *post*, then record it; a letter is saved first, so that the path shown is there."""
        try:
            saved = [self._save(letter, name) for letter, name in _letters_of(post)]
            self._terminal.print(panel(post.message, saved, width=min(self._terminal.width, WIDEST)))
            for answer in post.message.answers:
                self._terminal.print(_offered(answer, self._command(answer)), soft_wrap=True)
            self._append(post, saved)
        except (OSError, UnicodeError) as error:
            why = getattr(error, "strerror", None) or error
            raise Undelivered(f"the console or its record cannot be written: {why}") from error
        self._told.add(post.key)
        return post.key

    async def find(self, post: Post) -> str | None:
        """The post's key if it stands in the record."""
        return post.key if post.key in self._told else None

    async def examine(self, to: str, *, send: bool) -> list[Examined]:  # noqa: ARG002  one console, and it is here
        """Whether the record can be written; there is nobody to greet."""
        good = os.access(self._record.parent, os.W_OK)
        found = "shows messages where `notifier run` runs" if good else f"cannot write to {self._record.parent}"
        return [Examined("the console", good, found, "" if good else "Let the service write to its state folder.")]

    async def aclose(self) -> None:
        """Nothing is open."""

    def _save(self, letter: Letter, name: str) -> Path:
        """Write the letter as a file that a mail program opens; the same post always gives the same file."""
        path = self._letters / f"{name}.eml"
        self._letters.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".part")
        draft.write_bytes(eml(letter, ""))
        draft.replace(path)
        return path

    def _append(self, post: Post, saved: Sequence[Path]) -> None:
        message = post.message
        line: dict[str, object] = {
            "key": post.key,
            "title": plain(message.title),
            "reason": message.reason,
            "step": plain(message.step),
            "next": plain(message.next),
            "letter": str(saved[0]) if message.letter else None,
            "mailto": mailto(message.letter) if message.letter else None,
        }
        if message.lines:
            line |= {"lines": [plain(_line(each)) for each in message.lines], "letters": list(map(str, saved))}
        try:
            with self._record.open("ab") as record:
                record.write(json.dumps(line, ensure_ascii=False).encode() + b"\n")
                record.flush()
                os.fsync(record.fileno())
        except OSError:
            _read_record(self._record)  # a full disk tears a line too
            raise


WITH_ITEM = 6  # parts of a post's key behind its grant, two of them added here, where it is about an item


def _letters_of(post: Post) -> list[tuple[Letter, str]]:
    """The letters that *post* carries, each with the name of its file: its own, or one for each line."""
    message = post.message
    if message.letter is not None:
        rule, account, grant, *rest = (*post.key.split("|"), "", "")
        item = rest[0] if len(rest) == WITH_ITEM else ""
        return [(message.letter, _file_name(account, grant, rule.rpartition("/")[2], item))]
    return [(line.letter, _file_name(line.about, line.letter.name)) for line in message.lines if line.letter]


def _file_name(*parts: str) -> str:
    return ".".join(re.sub(r"[^\w-]+", "-", part) for part in parts if part)


def _read_record(path: Path) -> set[str]:
    """The keys of everything told; a last line that a crash tore is cut off, as if it had not been written."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return set()
    whole = raw[: raw.rfind(b"\n") + 1]
    if whole != raw:
        with path.open("r+b") as record:
            record.truncate(len(whole))
    return {key for line in whole.split(b"\n") if (key := _key(line))}


def _key(line: bytes) -> str | None:
    """The key of one line; None for a line that somebody or a failing disk has spoilt: it tells nothing."""
    try:
        return str(json.loads(line)["key"])
    except (ValueError, TypeError, KeyError):
        return None


def panel(message: Message, saved: Sequence[Path] = (), *, width: int) -> Panel:
    """A message as a box: what, the next action, what is known, who was told, and the whole letter."""
    lines: list[Text | Padding] = [Text(plain(message.say))] if message.say else []
    lines += [Padding(Text(f"- {plain(row)}"), INDENTED) for row in message.rows]
    lines += [Padding(Text(plain(_line(line))), INDENTED) for line in message.lines]
    lines += [_labelled("Next", message.next)] if message.next else []
    lines += [line for section in message.sections for line in _section(section)]
    labelled = [*message.notes, ("Write to", message.contact), ("Link", message.link)]
    lines += [_labelled(label, text) for label, text in labelled if text]
    lines += [_labelled("Known", message.known, dim=True)] if message.known else []
    lines += [Text(plain(message.told), style="dim")] if message.told else []
    if message.letter is not None:
        lines += _letter(message.letter, saved[0] if saved else None)
    elif saved:
        lines += [_labelled(f"{len(saved)} letters, a person sends them", f"saved in {saved[0].parent}")]
    colour = "red" if message.urgent else COLOURS.get(message.reason, "yellow")
    words = "URGENT: " if message.urgent else ""
    style, head, room = Style(bold=True, color=colour), f"{words}{plain(message.title)}", width - FRAME
    if cell_len(head) > room:  # what does not fit into the frame stands whole inside it
        lines.insert(0, Text(head, style=style))
        head = set_cell_size(head, max(room - 1, 1)).rstrip() + "…"
    return Panel(
        Group(*lines),
        title=Text(head, style=style),
        title_align="left",
        border_style=colour,
        width=width,
        padding=(0, 1),
    )


def _section(section: Section) -> Iterator[Text | Padding]:
    """A part of a digest: its heading, what it says, and its lines with their bars."""
    say = f"{': ' if section.heading else ''}{plain(section.say)}" if section.say else ""
    yield Text.assemble("\n", (plain(section.heading), "bold"), say)
    for line in section.lines:
        said = f"- {' · '.join(plain(part) for part in (line.date, line.about, line.headline) if part)}"
        yield Padding(Text(said), INDENTED)
        words = plain(line.state) if line.share is None else f"{bar(line.share)}  {plain(line.state)}"
        if words:
            yield Padding(Text(words, style="dim"), BELOW)


def _line(line: Line) -> str:
    """``- lab: Credits have not arrived (21 November, 1 day after; letter has 2 blanks)``."""
    notes = ", ".join(note for note in (line.date, line.state) if note)
    letter = ""
    if line.letter is not None:
        letter = {0: "; letter ready", 1: "; letter has 1 blank"}.get(
            line.letter.blanks, f"; letter has {line.letter.blanks} blanks"
        )
    return f"- {line.about}: {line.headline} ({notes}{letter})"


def _labelled(label: str, text: str, *, dim: bool = False) -> Text:
    return Text.assemble((f"{label}: ", "dim" if dim else "bold"), (plain(text), "dim" if dim else ""))


def _offered(answer: Answer, command: str) -> Text:
    """A command below its question, on a line of its own: it can be copied whole."""
    when = plain(answer.when if answer.when.endswith("?") else f"{answer.when}:")
    return Text.assemble((f"  {when}\n", "bold"), f"    {plain(command)}")


def _letter(letter: Letter, saved: Path | None) -> list[Text | Padding]:
    """The whole letter, indented, with what is left to fill in and where it was saved."""
    gaps = {0: "ready to send", 1: "1 blank to fill in"}.get(letter.blanks, f"{letter.blanks} blanks to fill in")
    link = mailto(letter)
    where = f" Saved as {saved}" if saved is not None else ""
    head = Text.assemble(("\nLetter", Style(bold=True, link=link)), f", {gaps}; a person sends it.{where}")
    address = f"To: {letter.to}" if letter.to else f"Paste at: {letter.opens}"
    copy = [f"Cc: {letter.cc}"] if letter.cc else []
    body = [address, *copy, f"Subject: {letter.subject}", "", *letter.body.rstrip().split("\n")]
    return [head, Padding(Text("\n".join(plain(line) for line in body)), INDENTED)]
