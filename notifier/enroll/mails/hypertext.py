"""HTML into the text that a reader of it sees, links written out."""

import re
from html.parser import HTMLParser
from typing import Final

MOST_HTML: Final = 500_000  # characters; what follows is not read
_LONGEST_TAG = 4_000  # characters; tracking links are long

_BLOCKS = frozenset(
    {"address", "blockquote", "br", "div", "dd", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li"}
    | {"ol", "p", "pre", "table", "tr", "ul"}
)
_CELLS = frozenset({"td", "th"})
_UNSEEN = frozenset({"head", "noscript", "script", "style", "template", "title"})
_VOID = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_NOT_DISPLAYED = re.compile(
    # Not `font-size: 0`: mail builders set it on frames whose content has a size of its own.
    r"display\s{0,5}:\s{0,5}none|visibility\s{0,5}:\s{0,5}hidden|(?:opacity|max-height)\s{0,5}:\s{0,5}0(?![.\d])",
    re.IGNORECASE,
)
_DECLARATION = re.compile(rf"<[!?][^<>]{{0,{_LONGEST_TAG}}}>")
_OPEN_FOR_EVER = re.compile(rf"<(?!/?[A-Za-z][^<>]{{0,{_LONGEST_TAG}}}>)")


def text_seen(html: str) -> str:
    """Return the visible text of *html*; a link whose text is not its address is followed by `<address>`."""
    reader = _Reader()
    reader.feed(_tamed(html[:MOST_HTML]))
    reader.close()
    return "".join(reader.pieces)


def _tamed(html: str) -> str:
    """Leave only tags that close soon.

    `html.parser` looks to the end of the text for each comment, declaration or tag that never closes;
    a mail made of such needs minutes. Each step here passes once over the text.
    """
    without_comments = _without_comments(html)
    return _OPEN_FOR_EVER.sub("&lt;", _DECLARATION.sub(" ", without_comments))


def _without_comments(html: str) -> str:
    kept, position = [], 0
    while (start := html.find("<!--", position)) != -1:
        end = html.find("-->", start + 4)
        if end == -1:
            break
        kept += [html[position:start], " "]
        position = end + 3
    return "".join([*kept, html[position:]])


class _Reader(HTMLParser):
    """Collects what is seen."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unseen_tag = ""
        self._unseen_depth = 0
        self._preformatted = 0
        self._link = ""
        self._link_starts_at = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._unseen_depth:
            self._unseen_depth += tag == self._unseen_tag
        elif tag not in _VOID and _is_unseen(tag, dict(attrs)):
            self._unseen_tag, self._unseen_depth = tag, 1
        elif tag == "a":
            self._link, self._link_starts_at = dict(attrs).get("href") or "", len(self.pieces)
        elif tag in _BLOCKS:
            self._preformatted += tag == "pre"
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._unseen_depth:
            self._unseen_depth -= tag == self._unseen_tag
        elif tag == "a" and self._link:
            self._write_link_out()
        elif tag in _BLOCKS:
            self._preformatted -= tag == "pre" and self._preformatted > 0
            self.pieces.append("\n")
        elif tag in _CELLS:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unseen_depth:
            self.pieces.append(data if self._preformatted else _BLANKS.sub(" ", data))

    def _write_link_out(self) -> None:
        text = "".join(self.pieces[self._link_starts_at :])
        if self._link.startswith(("https://", "http://")) and not _same_address(text, self._link):
            self.pieces.append(f" <{self._link}>")
        self._link = ""


def _is_unseen(tag: str, attributes: dict[str, str | None]) -> bool:
    style = attributes.get("style") or ""
    return tag in _UNSEEN or "hidden" in attributes or _NOT_DISPLAYED.search(style) is not None


def _same_address(text: str, link: str) -> bool:
    return _bare(text) == _bare(link)


def _bare(address: str) -> str:
    return address.strip().removeprefix("https://").removeprefix("http://").rstrip("/").lower()
