"""New text between what stands in a YAML text, as edits that can be made together.

A parsed tree says where things stand; what is there is never written anew.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from notifier.enroll.accounts.notation import indented, inline, lines, scalar

_NULL: Final = "tag:yaml.org,2002:null"
_EMPTY = re.compile(r"(?:\[[ \t]*\]|\{[ \t]*\}|~|null|)")
_COMMENT = re.compile(r"(?:[ \t]*\r?\n)*( +)#")
_STEP = 2  # columns by which new lines are indented below their key


class NoPlace(Exception):
    """Something is written in a form that is not changed here. Holds its line, counted from one."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class Edit(NamedTuple):
    r"""*new* instead of what stands from *start* to *end*; *whole* lines begin at the beginning of one.

    Lines in *new* end with `\n`; the text has its own line ends.
    """

    start: int
    end: int
    new: str
    whole: bool = False


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* after the edits; those at one place in their order.

    Raises:
        NoPlace: two of them overlap.
    """
    line_end = "\r\n" if "\r\n" in text else "\n"
    pieces, at, last = [], 0, ""
    for edit in sorted(edits, key=lambda each: (each.start, each.end)):
        if edit.start < at:
            raise NoPlace(text.count("\n", 0, edit.start) + 1)
        last = text[at : edit.start] or last
        ends_a_line = not last or last.endswith("\n")
        new = ("\n" if edit.whole and not ends_a_line else "") + edit.new
        pieces += [text[at : edit.start], new.replace("\n", line_end)]
        at, last = edit.end, new or last
    return "".join([*pieces, text[at:]])


def field_of(mapping: MappingNode, key: str) -> Node | None:
    """Return what stands under *key*."""
    return next((value for name, value in mapping.value if name.value == key), None)


def is_null(node: Node) -> bool:
    """Whether nothing is written there, or null."""
    return isinstance(node, ScalarNode) and node.tag == _NULL


def append_items(
    text: str, mapping: MappingNode, key: str, items: Sequence[Mapping[str, object]], written: Sequence[list[str]]
) -> Iterator[Edit]:
    """Append items to the list under *key*, which is made if there is none.

    Comments that are indented deeper than the list's dashes stay with the item above them. A list in brackets
    stays one: it takes the *items*; everywhere else the lines are *written*, which may have comments.
    """
    node = field_of(mapping, key)
    several = [line for item in written for line in item]
    column = mapping.start_mark.column
    if isinstance(node, SequenceNode) and node.value and node.flow_style:
        yield in_brackets(text, node, [inline(item) for item in items])
    elif isinstance(node, SequenceNode) and node.value:
        dash = node.start_mark.column
        yield new_lines(end_with_comments(text, node, dash + 1), indented(several, dash))
    elif mapping.flow_style:
        yield from insert_fields(text, mapping, {key: list(items)})
    elif node is None:
        yield append_lines(text, mapping, [f"{key}:", *indented(several, _STEP)])
    else:
        yield from _filled(text, mapping, node, indented(several, column + _STEP))


def insert_fields(text: str, mapping: MappingNode, fields: Mapping[str, object]) -> Iterator[Edit]:
    """Insert fields that the mapping lacks, or under which nothing stands: as lines, or in its brackets."""
    lacking = {}
    for name, value in fields.items():
        node = field_of(mapping, name)
        if node is None:
            lacking[name] = value
        elif isinstance(value, Mapping) and value and (column := _column_of_comments(text, mapping, node)):
            yield from _filled(text, mapping, node, indented(lines(value), column))
        else:
            yield _value_of_nothing(text, mapping, node, inline(value))
    if lacking and mapping.flow_style:
        yield in_brackets(text, mapping, [f"{scalar(name)}: {inline(each)}" for name, each in lacking.items()])
    elif lacking:
        yield append_lines(text, mapping, lines(lacking))


def append_lines(text: str, mapping: MappingNode, several: list[str]) -> Edit:
    """Put lines after the last ones of the mapping, at the column of its keys."""
    column = mapping.start_mark.column
    return new_lines(end_with_comments(text, mapping, column), indented(several, column))


def new_lines(position: int, several: Iterable[str]) -> Edit:
    """Put whole lines at a position where a line begins, or the text ends."""
    return Edit(position, position, "".join(f"{line}\n" for line in several), whole=True)


def in_brackets(text: str, node: MappingNode | SequenceNode, parts: list[str]) -> Edit:
    """Put parts after the last one within brackets, before a comment or a comma that stand after it."""
    new = ", ".join(parts)
    if not node.value:
        return Edit(node.start_mark.index + 1, node.start_mark.index + 1, new)
    last = node.value[-1]
    last = last[1] if isinstance(last, tuple) else last
    if last.start_mark.index < last.end_mark.index:
        return Edit(last.end_mark.index, last.end_mark.index, f", {new}")
    close = node.end_mark.index - 1  # `{a: }`: the blank before the comma ends the key
    return Edit(close, close, f"{'' if text[close - 1].isspace() else ' '}, {new}")


def _value_of_nothing(text: str, mapping: MappingNode, node: Node, value: str) -> Edit:
    start, end = node.start_mark.index, node.end_mark.index
    if start < end:
        if not _EMPTY.fullmatch(text[start:end]):
            raise NoPlace(node.start_mark.line + 1)
        return Edit(start, end, value)
    colon = _after_key(text, mapping, node)
    return Edit(colon, colon, f" {value}")


def _column_of_comments(text: str, mapping: MappingNode, node: Node) -> int:
    """Return where the comments begin that stand below a key with nothing, deeper than it; 0 where none do.

    They are parts that somebody may uncomment, so what is put there stands in a line of its own too.
    """
    if mapping.flow_style:
        return 0
    comment = _COMMENT.match(text, _below(text, mapping, node))
    column = len(comment[1]) if comment else 0
    return column if column > mapping.start_mark.column else 0


def _below(text: str, mapping: MappingNode, node: Node) -> int:
    """Return where the line below a key begins, and below the nothing that is written behind it."""
    start, end = node.start_mark.index, node.end_mark.index
    return line_end(text, max(_after_key(text, mapping, node), end if start < end else 0))


def _after_key(text: str, mapping: MappingNode, node: Node) -> int:
    """Return where the colon after the key of *node* ends."""
    end = next(name.end_mark.index for name, value in mapping.value if value is node)
    found = re.compile(r"[ \t]*:").match(text, end)
    if found is None:
        raise NoPlace(node.start_mark.line + 1)
    return found.end()


def _filled(text: str, mapping: MappingNode, node: Node, several: list[str]) -> Iterator[Edit]:
    """Put the lines under a key that holds nothing, `[]` or null."""
    start, end = node.start_mark.index, node.end_mark.index
    if not _EMPTY.fullmatch(text[start:end]):
        raise NoPlace(node.start_mark.line + 1)
    colon = _after_key(text, mapping, node)
    if start < end:
        yield Edit(colon, end, "")
    yield new_lines(_below(text, mapping, node), several)


def end_with_comments(text: str, node: Node, column: int) -> int:
    """Return where the line after *node* begins, and after the comments below that begin at *column* or deeper."""
    position = end = end_of_lines(text, node)
    while position < len(text):
        following = line_end(text, position)
        line = text[position:following]
        bare = line.lstrip(" ")
        if bare.startswith("#") and len(line) - len(bare) >= column:
            end = following
        elif bare.strip():
            break
        position = following
    return end


def end_of_lines(text: str, node: Node) -> int:
    """Return where the line after the last one of *node* begins."""
    last = _last_character(node)
    while last and text[last - 1].isspace():
        last -= 1
    return line_end(text, last)


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


def line_end(text: str, position: int) -> int:
    """Return where the next line begins, or the text ends."""
    found = text.find("\n", position)
    return len(text) if found == -1 else found + 1
