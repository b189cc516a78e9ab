"""Text that is only read: nothing in it moves a cursor, turns a line around, ends a header or hides."""

from __future__ import annotations

from notifier.core import words

JOINERS = "\u200c\u200d"  # formats too, but words of some languages and many emoji are written with them


def plain(text: str) -> str:
    """*text* on one line, without anything that would act instead of being read."""
    return " ".join(_shown(text).split())


def plain_lines(text: str) -> str:
    """*text* with its own lines, each of them `plain` but for its indentation."""
    return "\n".join(_plain_line(line) for line in text.rstrip().split("\n"))


def _plain_line(line: str) -> str:
    indentation = line[: len(line) - len(line.lstrip(" "))]
    return indentation + _shown(line.strip())


def _shown(text: str) -> str:
    return words.plain(text, JOINERS)


def for_header(text: str, most: int) -> str:
    """*text* as nothing but a header's text, cut visibly at *most* characters.

    ``=?`` would begin an encoded word (RFC 2047), which may hide anything, also a line break.
    """
    return cut(plain(text).replace("=?", "= ?"), most)


def cut(text: str, most: int) -> str:
    """*text* in at most *most* characters; where something is left out, it ends with an ellipsis."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
