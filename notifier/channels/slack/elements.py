"""The elements of Block Kit that messages are made of, each within Slack's limits for it.

Names stand in rich text or in plain text, never in Slack's markup: that is only for links that we made ourselves.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from notifier.channels.slack.text import cut_escaped, escape, pieces, plain, still

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Block = dict[str, Any]

MOST_HEADER = 150  # characters, https://docs.slack.dev/reference/block-kit/blocks/header-block
MOST_TEXT = 3_000  # characters, https://docs.slack.dev/reference/block-kit/composition-objects/text-object
_PAGE = re.compile(r"https?://\S+", re.IGNORECASE)
_URL = "/:?#[]@!$&'()*+,;=%~"  # what an address may hold beside letters and digits (RFC 3986)


@dataclass(frozen=True, slots=True)
class Part:
    """Blocks that stand or fall together. The higher its *rank*, the sooner a part is left out; 0 never is.

    *called* is what a reader is told to be missing then.
    """

    blocks: tuple[Block, ...]
    rank: int = 0
    called: str = ""


def size(value: object) -> int:
    """How many characters *value* takes in a message."""
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def header(title: str) -> Block:
    """A title; what is too long ends in an ellipsis."""
    return {"type": "header", "text": shown(title, MOST_HEADER)}


def shown(text: str, most: int = MOST_TEXT) -> Block:
    """*text* as it stands: Slack formats nothing in it and makes no emoji of it."""
    return {"type": "plain_text", "text": cut_escaped(text, most), "emoji": False}


def small(text: str) -> Block:
    """A remark in small letters."""
    return {"type": "context", "elements": [shown(text)]}


def rich(*elements: Block) -> Block:
    """Rich text of paragraphs, lists and texts to copy."""
    return {"type": "rich_text", "elements": list(elements)}


def paragraph(*runs: Iterable[Block]) -> Block:
    """A paragraph of runs of text."""
    return {"type": "rich_text_section", "elements": [element for run in runs for element in run]}


def bullets(items: Sequence[Block]) -> Block:
    """A list of paragraphs."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def to_copy(text: str) -> Block:
    """A text that is copied as a whole, line by line as it stands."""
    return {"type": "rich_text_preformatted", "elements": list(run(text))}


def run(text: str, **style: bool) -> Iterable[Block]:
    """*text* as it stands, in a *style* (``bold=True``)."""
    for piece in filter(None, pieces(text)):
        yield {"type": "text", "text": piece, **({"style": style} if style else {})}


def link(url: str, text: str) -> Iterable[Block]:
    """*text* that leads to the page *url*; only the text where that is no page."""
    if not _PAGE.fullmatch(plain(url)):
        return run(text)
    return [{"type": "link", "url": quote(plain(url), safe=_URL), "text": still(text)}]


def made_link(url: str, text: str) -> Block | None:
    """A link that we made ourselves, with a text of our own; None if it is too long for Slack."""
    target = f"<{escape(url)}|{text}>"
    if len(target) > MOST_TEXT:
        return None
    return {"type": "section", "text": {"type": "mrkdwn", "text": target, "verbatim": True}}
