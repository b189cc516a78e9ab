"""A message as a mail tells it: a title and a row of blocks. Text and HTML are made of the same outline.

All words of a mail are chosen here, once; `text` and `html` only give them their looks. So both say the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.channels.mail.attached import names, tidied
from notifier.channels.mail.plain import plain
from notifier.core.alert import Reason
from notifier.core.letter import compose_links, mailto

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from notifier.core.letter import Letter
    from notifier.core.message import Answer, Line, Message, Section

LOOKS = {  # every other reason looks open
    Reason.RESOLVED: "done",
    Reason.CLOSED: "over",
    Reason.STANDING: "calm",
    Reason.ACKNOWLEDGED: "calm",
    Reason.SNOOZED: "calm",
    Reason.HELD: "calm",
    Reason.DIGEST: "calm",
}


@dataclass(frozen=True, slots=True)
class Said:
    """A paragraph; *label* says what it is (``Known``). *href* is where it leads, *small* for small print."""

    text: str
    label: str = ""
    href: str = ""
    small: bool = False


@dataclass(frozen=True, slots=True)
class Next:
    """What is to be done now."""

    text: str


@dataclass(frozen=True, slots=True)
class Rows:
    """A list. *above* says what it lists."""

    rows: tuple[str, ...]
    above: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table; each of *rows* has as many cells as *head*, which names the columns."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Command:
    """A command that answers the message, to be copied whole, and *when* it is meant."""

    when: str
    command: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter, to be read and copied. *how* says what to do with it.

    *fields* are its headers by their names, *links* lead to a window in which it is written already; a text has
    no use for them, as they are too long to be read.
    """

    state: str
    how: str
    fields: tuple[tuple[str, str], ...]
    body: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One grant of a digest: *about* whom, what is *said*, *words* on its credits, their *share* that is used."""

    about: str
    said: str
    words: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A part of a digest below its *heading*: what it says, and its entries or its dates."""

    heading: str
    text: str
    entries: tuple[Entry, ...] = ()
    dates: Table | None = None


Block = Said | Next | Rows | Table | Command | Draft | Group


@dataclass(frozen=True, slots=True)
class Outline:
    """A whole mail: its *title*, what a list of mails shows of it, its *blocks*.

    *look* is what colours it: ``urgent``, ``open``, ``done``, ``over`` or ``calm``.
    """

    title: str
    preview: str
    look: str
    blocks: tuple[Block, ...]


def outline(message: Message, command: Callable[[Answer], str]) -> Outline:
    """What a mail says of *message*: the next action right below the title, then why, then what is known."""
    urgent = "URGENT: " if message.urgent else ""
    look = "urgent" if message.urgent else LOOKS.get(message.reason, "open")
    title = f"{urgent}{plain(message.title)}"
    return Outline(title, plain(f"{urgent}{message.summary}"), look, tuple(_blocks(message, command)))


def _blocks(message: Message, command: Callable[[Answer], str]) -> list[Block]:
    blocks: list[Block] = [Next(plain(message.next))] if message.next else []
    blocks += [Said(plain(message.say))] if message.say else []
    blocks += [Rows(tuple(plain(row) for row in message.rows))] if message.rows else []
    blocks += [_table(message)] if message.lines else []
    blocks += [_group(section) for section in message.sections]
    blocks += [Said(plain(text), called) for called, text in message.notes]
    blocks += [_where(message.contact, "Write to")] if message.contact else []
    blocks += [_where(message.link, "Link")] if message.link else []
    blocks += [Command(_when(answer), plain(command(answer))) for answer in message.answers]
    blocks += [Said(plain(message.known), "Known", small=True)] if message.known else []
    blocks += [Said(plain(message.told), small=True)] if message.told else []
    blocks += [_draft(message, tidied(message.letter))] if message.letter is not None else []
    blocks += _letters(message)
    return blocks


def _where(text: str, label: str) -> Said:
    """Something that leads somewhere, if it is an address that a reader can follow."""
    shown = plain(text)
    leads = shown.startswith(("https://", "http://")) and " " not in shown
    return Said(shown, label, shown if leads else "")


def _when(answer: Answer) -> str:
    when = plain(answer.when)
    return when if when.endswith("?") else f"{when}:"


def _table(message: Message) -> Table:
    """The lines of a post that tells several, without the columns that say nothing."""
    lines = message.lines
    columns = {
        "For": [line.about for line in lines],
        "What": [line.headline for line in lines] if _differ(lines, message.headline) else [],
        "Date": [line.date for line in lines],
        "State": [line.state for line in lines],
    }
    said = {name: [plain(cell) for cell in cells] for name, cells in columns.items() if any(cells)}
    return Table(tuple(said), tuple(zip(*said.values(), strict=True)))


def _group(section: Section) -> Group:
    """A section: as a table where every line has its date, else as a list."""
    heading, text, lines = plain(section.heading), plain(section.say), section.lines
    if lines and all(line.date for line in lines):
        cells = [(line.date, line.about, line.headline) for line in lines]
        rows = tuple((plain(date), plain(about), plain(what)) for date, about, what in cells)
        return Group(heading, text, dates=Table(("Date", "For", "What"), rows))
    entries = [Entry(plain(each.about), plain(each.headline), plain(each.state), each.share) for each in lines]
    return Group(heading, text, tuple(entries))


def _differ(lines: Sequence[Line], headline: str) -> bool:
    return any(line.headline != headline for line in lines)


def _draft(message: Message, letter: Letter) -> Draft:
    """The letter of a post that tells one thing: to be read here, and opened where it can be completed."""
    fields = {"To": letter.to, "Paste at": letter.opens, "Cc": letter.cc, "Subject": letter.subject}
    link = mailto(letter) if letter.to else letter.opens
    opens = (("Open in your mail program" if letter.to else "Open the page", link),) if link else ()
    return Draft(
        _state(letter),
        _how(letter, names(message)[0]),
        tuple((name, plain(value)) for name, value in fields.items() if value),
        letter.body.rstrip("\n"),
        (*opens, *compose_links(letter)),
    )


def _state(letter: Letter) -> str:
    gaps = {0: "ready to send", 1: "1 blank to fill in"}.get(letter.blanks, f"{letter.blanks} blanks to fill in")
    return gaps if letter.to or letter.blanks else "ready to paste"


def _how(letter: Letter, name: str) -> str:
    if letter.to:
        knows = "in Thunderbird, and in other mail programs that know such files"
        return f"A person sends it. The attached file {name} opens as a draft {knows}."
    return f"A person pastes it into the page. It is attached too, as {name}."


def _letters(message: Message) -> list[Block]:
    """The letters of a post that tells several: each is attached, under a name that says whose it is."""
    letters = [(line, line.letter) for line in message.lines if line.letter is not None]
    if not letters:
        return []
    rows = [
        f"{plain(line.about)}: {name}, {_state(letter)}{_paste(letter)}"
        for (line, letter), name in zip(letters, names(message)[-len(letters) :], strict=True)
    ]
    return [Rows(tuple(rows), "Letters, attached as drafts; a person completes and sends them:")]


def _paste(letter: Letter) -> str:
    return "" if letter.to else f"; paste at {plain(letter.opens)}"
