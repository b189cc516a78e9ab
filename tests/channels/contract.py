"""What every channel is tried with. A channel's bench makes it, shows what arrived, and can put it out of order.

A new channel adds a bench to `BENCHES` in test_every_channel.py, and its own tests in a file of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

from notifier.core.alert import Reason
from notifier.core.letter import Letter
from notifier.core.message import Answer, Line, Message, Section
from notifier.ports import Post

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from notifier.ports import Channel


class Bench(Protocol):
    """One channel with the far end that it posts to. *to* is a destination that can be told.

    *faults* are what can go wrong there, by name: what makes the next posting go wrong, and how that has to be
    understood. *secrets* are what no text may show.
    """

    to: str
    faults: dict[str, tuple[Callable[[Bench], None], Wrong]]
    secrets: tuple[str, ...]

    def channel(self) -> Channel:
        """A new instance on the same far end, as after a restart."""

    def arrived(self) -> str:
        """Everything that reached people, as they read it, blanks as single spaces."""

    def acts(self) -> list[str]:
        """What arrived and would act instead of being read: control characters, markup, mentions."""

    @property
    def attempts(self) -> int:
        """How many postings reached the far end, whatever became of them."""

    def break_off(self) -> None:
        """Let the next delivery fail."""

    def mend(self) -> None:
        """Let deliveries succeed again."""

    def close(self) -> None:
        """End the far end."""


@dataclass(frozen=True)
class Wrong:
    """How a failure has to be understood: the fields of `notifier.ports.Undelivered`."""

    permanent: bool = False
    whole: bool = False
    unknown: bool = False
    again_in: int | None = None


@dataclass(frozen=True)
class Kind:
    """A channel's name, and what makes its bench in an empty folder."""

    name: str
    bench: Callable[[Path], Bench]


LETTER = Letter(
    name="credits-not-allocated",
    to="help@example.edu",
    cc="office@example.edu",
    opens="",
    subject="Credits not received - organization org-1",
    body="Hello,\n\nCould you check whether the credits were allocated?\n\n[your name]\n",
    blanks=1,
)
MESSAGE = Message(
    headline="Credits have not arrived",
    about="lab",
    reason=Reason.OPENED,
    step="1 day after",
    say="Accepted 11 March 2024. The program asks you to write after 3 weeks; that was 1 April.",
    next="Send the letter, or record the credits if they are there.",
    contact="help@example.edu",
    link="https://example.edu/balance",
    known="accepted on 11 March (accounts file, read 14:05 UTC); credits granted not recorded",
    told="Told: team (#lab-grants) and PI (A. Researcher); again on 8 April, 09:00 (1 week after).",
    answers=(Answer("When done", "record", 'lab credits_granted "1000 USD"'),),
    rows=("the first row", "the second row"),
    letter=LETTER,
)
POST = Post(
    "demo/late|lab|1|1|1|console",
    MESSAGE,
    id="0123456789abcdef0123456789abcdef",
    thread="0123456789abcdef0123456789abcdef",
    topic="Credits have not arrived · lab",
    since=1_711_980_000,
)

# What people who choose a name could try, each with the words in it that have to be readable all the same.
HOSTILE = {
    "an escape sequence": ("\x1b[31mred\x1b[0m \x1b]0;title\x07", "red"),
    "a sequence of one byte": ("\x9b31mbyte\x9d8;;https://evil.example\x9c", "byte"),
    "a carriage return": ("safe\rover", "over"),
    "a null": ("nu\x00ll", "ll"),
    "a right-to-left override": ("\u202eesrever\u2066 \u200f", "esrever"),
    "line and paragraph ends": ("one\u2028two\u2029three\x85four", "three"),
    "markup of the terminal": ("[bold]loud[/bold] [/] [link=https://evil.example]x[/link]", "[bold]loud[/bold]"),
    "a mention of everybody": ("<!channel> <!here|here> <@U123>", "<!channel>"),
    "HTML": ("<b>strong</b><script>alert(1)</script>", "<b>strong</b>"),
    "half a character": ("half\ud83d end", "end"),
    "an emoji's name": (":bomb: :warning:", ":bomb:"),
}  # fmt: skip


def hostile(text):
    """`POST` with *text* in every place that a name could reach."""
    whole = text.encode("utf-8", "replace").decode()  # files have no half characters, and letters come from files
    letter = replace(LETTER, subject=f"About {whole}", body=f"Hello {whole},\n\n{whole}\n")
    said = dict.fromkeys(("headline", "about", "say", "next", "contact", "known", "told", "step"), text)
    said |= {"hint": text, "spends": text}
    answers, line = (Answer(text, "record", text),), Line(text, text, text, text, share=0.5)
    sections = (Section(text, text, (line, replace(line, date=""))), Section(text, text, (line,)))
    whole = replace(MESSAGE, **said, rows=(text, text), answers=answers, letter=letter, sections=sections)
    return replace(POST, message=whole)


def sent(bench, post=POST):
    """*post* to the destination of *bench*."""
    return replace(post, to=bench.to)


def ask(channel, question):
    """What *question*, a call of *channel*, answers; then the channel gives back what is open."""

    async def asked():
        try:
            return await question
        finally:
            await channel.aclose()

    return asyncio.run(asked())
