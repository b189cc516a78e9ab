"""The files that go with a mail: each letter as a draft that a mail program opens, or as a text to paste."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from itertools import chain, count
from typing import TYPE_CHECKING

from notifier.channels.mail.plain import plain, plain_lines
from notifier.core.letter import eml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from notifier.core.letter import Letter
    from notifier.core.message import Message

# Thunderbird 153 opens an attached message/rfc822 that says X-Unsent as a draft, with one click; of a file of any
# other type it only asks where to save it.
DRAFT, TEXT = "message/rfc822", "text/plain"
MOST_NAME = 60  # characters: with a few more for `-2.eml` it fits every file system, and into one header line


@dataclass(frozen=True, slots=True)
class Attached:
    """One file: its *name*, its media *type*, what is in it."""

    name: str
    type: str
    content: bytes


def attached(message: Message) -> tuple[Attached, ...]:
    """The letters of *message* as files, in order."""
    letters = [letter for _, letter in _letters(message)]
    return tuple(_file(name, letter) for name, letter in zip(names(message), letters, strict=True))


def names(message: Message) -> list[str]:
    """The names of the files that go with *message*, in order; no two are the same."""
    letters = _letters(message)
    distinct = _distinct(file_name(about, letter.name) for about, letter in letters)
    return [f"{name}.{'eml' if letter.to else 'txt'}" for name, (_, letter) in zip(distinct, letters, strict=True)]


def _letters(message: Message) -> list[tuple[str, Letter]]:
    """Every letter of *message*, with whose it is where the message tells several things."""
    own = [("", message.letter)] if message.letter is not None else []
    others = [(line.about, line.letter) for line in message.lines if line.letter is not None]
    return [(about, tidied(letter)) for about, letter in own + others]


def tidied(letter: Letter) -> Letter:
    """*letter* without what would act in a mail program: names from outside reach its subject and its body."""
    return replace(letter, subject=plain(letter.subject), body=plain_lines(letter.body) + "\n")


def _file(name: str, letter: Letter) -> Attached:
    if letter.to:
        return Attached(name, DRAFT, eml(letter, ""))
    text = f"{letter.subject}\n\n{letter.body}".replace("\n", "\r\n")
    return Attached(name, TEXT, text.encode())


def file_name(about: str, letter: str) -> str:
    """A name that every file system takes, made of whose letter it is and what it is called."""
    parts = (re.sub(r"[^A-Za-z0-9_]+", "-", _ascii(part)).strip("-") for part in (about, letter))
    return ".".join(part for part in parts if part)[:MOST_NAME].rstrip("-.") or "letter"


def _ascii(text: str) -> str:
    """*text* with the letters of other alphabets written without their accents, or left out."""
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _distinct(names: Iterable[str]) -> list[str]:
    """*names*, numbered where one comes again (also where only its capitals differ)."""
    taken: set[str] = set()
    said = []
    for name in names:
        numbered = (f"{name}-{number}" for number in count(2))
        said.append(next(each for each in chain([name], numbered) if each.lower() not in taken))
        taken.add(said[-1].lower())
    return said
