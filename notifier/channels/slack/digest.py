"""The sections of a digest in Slack: a heading, a list, and a bar where a share of something is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifier.channels.slack.elements import Block, Part, bullets, paragraph, rich, run
from notifier.channels.slack.text import cut, plain
from notifier.core.bars import bar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from notifier.core.message import Line, Section

MOST_ABOUT, MOST_HEADLINE, MOST_WORDS, MOST_SAY = 80, 200, 160, 900
RANK = 1  # what else there is below is left out before a section is, and the last section before the first


def section_parts(sections: Sequence[Section]) -> Iterator[Part]:
    """Each of *sections*, to be left out as a whole where a message can hold no more."""
    for section in sections:
        heading, say = cut(plain(section.heading), MOST_HEADLINE), cut(plain(section.say), MOST_SAY)
        between = "\n" if section.lines else ": "
        above = paragraph(run(heading, bold=True), run(f"{between}{say}" if say else ""))
        listed = [bullets([_item(line) for line in section.lines])] if section.lines else []
        yield Part((rich(above, *listed),), RANK, heading)


def _item(line: Line) -> Block:
    date, about = cut(plain(line.date), MOST_WORDS), cut(plain(line.about), MOST_ABOUT)
    headline, state = cut(plain(line.headline), MOST_HEADLINE), cut(plain(line.state), MOST_WORDS)
    drawn = bar(line.share) if line.share is not None else ""
    return paragraph(
        run(f"{date} · " if date else ""),
        run(about, bold=True),
        run(f" · {headline}" + ("\n" if drawn or state else "")),
        run(drawn, code=True),
        run(f"  {state}" if drawn else state),
    )


def in_words(section: Section) -> Iterator[str]:
    """A section as lines of text, for when Slack does not take its blocks."""
    yield f"{section.heading}{f': {section.say}' if section.say else ''}"
    for line in section.lines:
        yield f"- {' · '.join(part for part in (line.date, line.about, line.headline, line.state) if part)}"
