"""Several alerts in one message: one line each, with its letter as a link as long as there is room."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.channels.slack.elements import Block, Part, bullets, paragraph, rich, run, size
from notifier.channels.slack.letters import clean, gaps
from notifier.channels.slack.text import cut, plain, still
from notifier.core.letter import mailto
from notifier.core.message import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from notifier.core.letter import Letter
    from notifier.core.message import Line, Message

MOST_ABOUT, MOST_HEADLINE, MOST_WORDS = 80, 160, 60
ROOM_FOR_REMARKS = 800
ALL = Answer("To see all of them", "status")


def table(message: Message, command: Callable[[Answer], str], room: int) -> list[Part]:
    """The rows and lines of *message* within *room* characters, with remarks about what did not fit."""
    items = [*(_row(row) for row in message.rows), *(_line(line) for line in message.lines)]
    letters = [*(None for _ in message.rows), *(line.letter for line in message.lines)]
    kept = _kept(items, room - ROOM_FOR_REMARKS)
    short = _add_letters(kept, letters, room - ROOM_FOR_REMARKS)
    parts = [Part((rich(bullets(kept)),))] if kept else []
    remarks = [*_missing(len(items) - len(kept), command), *_shortened(short)]
    return [*parts, *(Part((rich(paragraph(*remark)),)) for remark in remarks)]


def _row(row: str) -> Block:
    return paragraph(run(cut(plain(row) or "-", 2 * MOST_HEADLINE)))


def _line(line: Line) -> Block:
    limits = ((line.headline, MOST_HEADLINE), (line.date, MOST_WORDS), (line.state, MOST_WORDS))
    words = "".join(f" · {cut(plain(text), most)}" for text, most in limits if plain(text))
    return paragraph(run(cut(plain(line.about) or "-", MOST_ABOUT), bold=True), run(words or " "))


def _kept(items: list[Block], room: int) -> list[Block]:
    """The first of *items*, as many as there is room for."""
    for most in range(len(items), 0, -1):
        if sum(size(item) + 1 for item in items[:most]) <= room:
            return items[:most]
    return []


def _add_letters(items: list[Block], letters: list[Letter | None], room: int) -> int:
    """Add to each of *items* a link that opens its letter; how many had to do with the address and the subject.

    Those come first for all of them, and the text of a letter where there is room left: a link that opens
    something is worth more than two that open everything.
    """
    left = room - sum(size(item) + 1 for item in items)
    wanted = [(item, clean(letter)) for item, letter in zip(items, letters, strict=False) if letter and letter.to]
    others, short = sum(_cost(_without_text(letter)) for _, letter in wanted), 0
    for item, letter in wanted:
        others -= _cost(_without_text(letter))
        ways = [way for way in (letter, _without_text(letter)) if mailto(way) and _cost(way) <= left - others]
        chosen = ways[0] if ways else None
        short += chosen is not letter
        item["elements"] += _link(chosen) if chosen else run(f" · letter to {cut(letter.to, MOST_ABOUT)}")
        left -= _cost(chosen) if chosen else 0
    return short


def _without_text(letter: Letter) -> Letter:
    return replace(letter, body="", cc="")


def _cost(letter: Letter) -> int:
    return size(_link(letter))


def _link(letter: Letter) -> list[Block]:
    said = f"letter to {cut(letter.to, MOST_ABOUT)}, {gaps(letter)}"
    return [*run(" · "), {"type": "link", "url": mailto(letter) or "", "text": still(said)}]


def _missing(count: int, command: Callable[[Answer], str]) -> Iterator[list[Iterator[Block]]]:
    if count:
        said = f"{count} more do not fit into a message of Slack. {ALL.when}: "
        yield [iter(run(said)), iter(run(plain(command(ALL)), code=True))]


def _shortened(count: int) -> Iterator[list[Iterator[Block]]]:
    if count:
        letters = "1 letter does" if count == 1 else f"{count} letters do"
        yield [iter(run(f"{letters} not fit here whole: the link opens with the address and the subject only."))]
