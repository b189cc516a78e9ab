"""New lines between the old lines of a YAML text.

A parsed tree says where things stand; what is there is never written anew.
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_NULL: Final = "tag:yaml.org,2002:null"
_EMPTY = re.compile(r"(?:\[[ \t]*\]|~|null|)")
_STEP = 2  # columns by which new lines are indented below their key


class NoPlace(Exception):
    """The place is written in brackets; lines cannot be put there. Holds its line, counted from one."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


def field_of(mapping: MappingNode, key: str) -> Node | None:
    """Return what stands under *key*."""
    return next((value for name, value in mapping.value if name.value == key), None)


def is_null(node: Node) -> bool:
    """Whether nothing is written there, or null."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def append_item(text: str, mapping: MappingNode, key: str, item: Sequence[str]) -> str:
    """Return *text* with *item* as the last one of the list under *key*, which is made if there is none.

    Comments that are indented deeper than the list's dashes stay with the item above them.

    Raises:
        NoPlace: the mapping or the list is written in brackets.
    """
    if mapping.flow_style:
        raise NoPlace(mapping.start_mark.line + 1)
    column = mapping.start_mark.column
    node = field_of(mapping, key)
    if node is None:
        lines = _indented([f"{key}:", *_indented(item, _STEP)], column)
        return _put(text, _end_with_comments(text, mapping, column), lines)
    if isinstance(node, SequenceNode) and not node.flow_style:
        dash = node.start_mark.column
        return _put(text, _end_with_comments(text, node, dash + 1), _indented(item, dash))
    return _filled(text, mapping, node, _indented(item, column + _STEP))


def append_lines(text: str, lines: Sequence[str]) -> str:
    """Return *text* with *lines* at its end."""
    return _put(text, len(text), lines)


def append_to_mapping(text: str, mapping: MappingNode, lines: Sequence[str]) -> str:
    """Return *text* with *lines* as the last ones of the mapping, at the column of its keys."""
    column = mapping.start_mark.column
    return _put(text, _end_with_comments(text, mapping, column), _indented(lines, column))


def _filled(text: str, mapping: MappingNode, node: Node, lines: list[str]) -> str:
    """Put the lines under a key that holds nothing, `[]` or null."""
    start, end = node.start_mark.index, node.end_mark.index
    if not _EMPTY.fullmatch(text[start:end]):
        raise NoPlace(node.start_mark.line + 1)
    after_key = next(name.end_mark.index for name, value in mapping.value if value is node)
    emptied = text[:start].rstrip(" ") + text[end:] if start < end else text
    return _put(emptied, _line_end(emptied, after_key), lines)


def _put(text: str, position: int, lines: Iterable[str]) -> str:
    line_end = "\r\n" if "\r\n" in text else "\n"
    before, after = text[:position], text[position:]
    if before and not before.endswith("\n"):
        before += line_end
    return before + "".join(f"{line}{line_end}" for line in lines) + after


def _end_with_comments(text: str, node: Node, column: int) -> int:
    """Return where the line after *node* begins, and after the comments below that begin at *column* or deeper."""
    position = end = _line_end(text, len(text[: _last_character(node)].rstrip()))
    while position < len(text):
        following = _line_end(text, position)
        line = text[position:following]
        bare = line.lstrip(" ")
        if bare.startswith("#") and len(line) - len(bare) >= column:
            end = following
        elif bare.strip():
            break
        position = following
    return end


def _last_character(node: Node) -> int:
    """Return where the last thing written in *node* ends; its own mark lies after comments and blank lines."""
    is_in_lines = isinstance(node, MappingNode | SequenceNode) and not node.flow_style
    if not is_in_lines or not node.value:
        end: int = node.end_mark.index
        return end
    last = node.value[-1]
    if not isinstance(last, tuple):
        return _last_character(last)
    key, value = last
    is_written = value.start_mark.index < value.end_mark.index
    return _last_character(value if is_written else key)


def _line_end(text: str, position: int) -> int:
    """Return where the next line begins, or the text ends."""
    found = text.find("\n", position)
    return len(text) if found == -1 else found + 1


def _indented(lines: Iterable[str], columns: int) -> list[str]:
    return [f"{' ' * columns}{line}" for line in lines]
