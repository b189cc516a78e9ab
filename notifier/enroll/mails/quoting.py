"""Lines that quote another mail, `> like this`, and what they quote."""

import re
from collections.abc import Sequence

_MARKS = re.compile(r"(?:[ \t]?>){1,100}")  # nobody answers a hundred times


def depth_of(line: str) -> int:
    """Return how many `>` stand before *line*."""
    marks = _MARKS.match(line)
    return marks[0].count(">") if marks else 0


def unquoted(line: str, depth: int) -> str:
    """Return *line* without *depth* of its `>`, and without the blank behind them."""
    if not depth or not (marks := _MARKS.match(line)):
        return line
    position = 0
    for _ in range(min(depth, marks[0].count(">"))):
        position = line.index(">", position) + 1
    return line[position:].removeprefix(" ")


def without_common_quoting(lines: Sequence[str]) -> list[str]:
    """Return *lines* without the `>` that stand before every one of them that is not empty."""
    common = min((depth_of(line) for line in lines if line.strip()), default=0)
    return [unquoted(line, common) for line in lines]


def quotation(lines: Sequence[str], above: int) -> tuple[list[str], list[str]]:
    """Divide the lines below a mark into what it quotes, without its `>`, and what its quoter wrote below.

    Args:
        lines: All lines below the mark.
        above: How many `>` stand before the mark itself.

    Without `>` everything below is quoted. With them, a line without `>` directly below a line with one is its
    wrapped end; after an empty line it is the quoter's own.
    """
    first = next((depth_of(line) for line in lines if line.strip()), 0)
    depth = above + 1 if first > above else above
    if not depth:
        return list(lines), []
    quoted: list[str] = []
    own: list[str] = []
    is_quoted = True
    for line in lines:
        if line.strip():
            is_quoted = depth_of(line) >= depth or (is_quoted and bool(quoted) and bool(quoted[-1].strip()))
        (quoted if is_quoted else own).append(unquoted(line, depth) if depth_of(line) >= depth else line)
        if not line.strip():
            is_quoted = False
    return quoted, own
