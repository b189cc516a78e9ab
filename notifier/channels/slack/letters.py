"""A letter in a message of Slack: the whole text to copy, and links that open it ready to be completed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.channels.slack.elements import Part, link, made_link, paragraph, rich, run, to_copy
from notifier.channels.slack.text import cut, plain, plain_lines
from notifier.core.letter import compose_links, mailto

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.letter import Letter

MOST_BODY = 3_000  # characters; a draft has at most 150 words
MOST_LINE = 300
MAIL_PROGRAM = "Open the letter in your mail program"


def clean(letter: Letter) -> Letter:
    """*letter* without control characters and half characters, which no link can carry."""
    return replace(
        letter,
        to=plain(letter.to),
        cc=plain(letter.cc),
        opens=plain(letter.opens),
        subject=plain(letter.subject),
        body=f"{plain_lines(letter.body)}\n",
    )


def letter_parts(letter: Letter) -> Iterator[Part]:
    """What is left to do with *letter*, its text, and its links; the links are the first to be left out."""
    letter = clean(letter)
    head = f", {gaps(letter)}; a person sends it."
    if letter.opens:
        where = cut(letter.opens, MOST_LINE)
        opened = paragraph(run("Text to paste at ", bold=True), link(letter.opens, where), run(head))
    else:
        opened = paragraph(run("Letter", bold=True), run(head))
    yield Part((rich(opened, to_copy(letter_text(letter))),), 6, "the letter's text")
    if letter.to and mailto(letter) is None:
        too_long = "The letter is too long for a link that opens a mail program: copy the text above."
        yield Part((rich(paragraph(run(too_long))),), 7, "a remark about links")
    for rank, (name, url) in enumerate(_links(letter), start=7):
        section = made_link(url, name)
        if section is not None:
            yield Part((section,), rank, f"a link ({name})")


def letter_text(letter: Letter) -> str:
    """The whole letter as a text to copy."""
    letter = clean(letter)
    address = [f"To: {letter.to}"] if letter.to else []
    address += [f"Cc: {letter.cc}"] if letter.cc else []
    lines = [cut(line, MOST_LINE) for line in (*address, f"Subject: {letter.subject}")]
    return "\n".join((*lines, "", cut(letter.body.rstrip(), MOST_BODY)))


def gaps(letter: Letter) -> str:
    """How many blanks are left, in words."""
    counted = {0: "ready to send", 1: "1 blank to fill in"}
    return counted.get(letter.blanks, f"{letter.blanks} blanks to fill in")


def _links(letter: Letter) -> Iterator[tuple[str, str]]:
    url = mailto(letter)
    if url is not None:
        yield MAIL_PROGRAM, url
    for name, address in compose_links(letter):
        yield f"Open it in {name}", address
