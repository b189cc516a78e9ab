"""Text as Slack may show it: names come from outside, and must neither call anybody nor turn into anything.

Slack reads three characters as its own, ``&``, ``<`` and ``>``, and they alone are escaped
(https://docs.slack.dev/messaging/formatting-message-text#escaping). The texts of rich text are not read at all;
there nothing is escaped, and what would be a mention or an emoji elsewhere is only taken apart.
"""

from __future__ import annotations

import re

from notifier.core import words

MOST_PIECES = 20  # each costs some forty characters of a message
THIN = "\u2009"  # a thin space: seen, read over, and no name of an emoji has one
CUT = 48  # characters, for saying how much was cut off
_EMOJI = re.compile(r"(?<=:)(?=[\w+'-]+:)")
_CALLS = re.compile(r"(?<=<)(?=[!@#])|(?<=:)(?=[\w+'-]+:)")  # inside ``<!channel>``, ``<@U1>``, ``:bomb:``


def plain(text: str) -> str:
    """*text* on one line, without control characters."""
    return words.plain(text).strip()


def plain_lines(text: str) -> str:
    """*text* with its line ends, and without any other control character."""
    return "\n".join(words.plain(line).rstrip() for line in text.strip("\r\n").split("\n"))


def escape(text: str) -> str:
    """*text* for a place where Slack reads ``&``, ``<`` and ``>`` as its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quiet(text: str) -> str:
    """*text* for a place where Slack also looks for names of emoji."""
    return escape(_EMOJI.sub(THIN, text))


def still(text: str) -> str:
    """*text* with a thin space inside each mention and emoji: it reads as before, and calls nobody."""
    return _CALLS.sub(THIN, text)


def pieces(text: str) -> list[str]:
    """*text* taken apart inside each mention and emoji: together it reads and copies as before, and calls nobody.

    Where there are very many, thin spaces keep them apart: the pieces themselves would fill the message.
    """
    apart = _CALLS.split(text)
    return apart if len(apart) <= MOST_PIECES else [still(text)]


def cut(text: str, most: int) -> str:
    """*text* of at most *most* characters; where something is cut off, it says how much."""
    if len(text) <= most:
        return text
    kept = text[: most - CUT].rstrip()
    return f"{kept} … (cut here: {len(text) - len(kept):,} more characters)"


def cut_escaped(text: str, most: int) -> str:
    """*text* escaped, of at most *most* characters, with an ellipsis where something is cut off."""
    if len(escape(text)) <= most:
        return escape(text)
    kept = text[: most - 1]
    while len(escape(kept)) >= most:
        kept = kept[:-1]
    return f"{escape(kept.rstrip())}…"
