"""Values in a YAML text changed where they stand: only their own letters are written anew."""

import re
from collections.abc import Iterator, Mapping, Sequence

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from notifier.enroll.accounts.entries import MISSING, PERSON
from notifier.enroll.accounts.insertion import (
    Edit,
    NoPlace,
    end_of_lines,
    end_with_comments,
    field_of,
    in_brackets,
    insert_fields,
    is_null,
    line_end,
    new_lines,
)
from notifier.enroll.accounts.notation import double_quoted, indented, inline, lines, single_quoted

_MARKED = ("&", "*", "!")  # an anchor, an alias, a tag: the value counts elsewhere too, or is of its own kind


def set_fields(
    text: str, mapping: MappingNode, fields: Mapping[str, object], order: Sequence[str] = ()
) -> Iterator[Edit]:
    """Make the mapping say *fields*; what is not named stays.

    A field that is lacking takes the place of its comment line (`# use_case: …`), else stands after the
    field before it in *order*, else at the end.

    Raises:
        NoPlace: a value is written in a form that cannot be changed without writing anew what stands around.
    """
    lacking: dict[str, object] = {}
    uncommented: list[Edit] = []
    for name in sorted(fields, key=lambda each: order.index(each) if each in order else len(order)):
        node, value = field_of(mapping, name), fields[name]
        if node is not None:
            yield from _set(text, mapping, name, node, value)
        elif comment := _comment_line(text, mapping, name):
            start = comment.start() + mapping.start_mark.column
            uncommented.append(Edit(start, comment.end(), f"{name}: {inline(value)}"))
        elif (place := _place_in_order(text, mapping, name, order)) is not None:
            yield new_lines(place, indented(lines({name: value}), mapping.start_mark.column))
        else:
            lacking[name] = value
    yield from uncommented
    yield from _idle_headings(text, mapping, {text.rfind("\n", 0, edit.start) + 1 for edit in uncommented})
    yield from insert_fields(text, mapping, lacking) if lacking else ()


def _set(text: str, mapping: MappingNode, name: str, node: Node, value: object) -> Iterator[Edit]:
    if is_null(node):
        yield from insert_fields(text, mapping, {name: value})
    elif node.start_mark.index < mapping.start_mark.index or text[node.start_mark.index] in _MARKED:
        raise NoPlace(node.start_mark.line + 1)
    else:
        yield from _replaced(text, node, value)


def _replaced(text: str, node: Node, value: object) -> Iterator[Edit]:
    match node, value:
        case MappingNode(), Mapping():
            yield from set_fields(text, node, value)
        case ((ScalarNode() | SequenceNode()), Mapping()) if value.keys() <= set(PERSON):
            yield from _person(text, node, value)
        case SequenceNode(), list():
            yield from _list(text, node, value)
        case ScalarNode(), list():
            yield _token(text, node, value[0] if len(value) == 1 else value)
        case ScalarNode(), (str() | bool() | int() | float()) | _ if not isinstance(value, Mapping):
            yield _token(text, node, value)
        case _:
            raise NoPlace(node.start_mark.line + 1)


def _token(text: str, node: ScalarNode, value: object) -> Edit:
    """Replace a scalar, in the quotes that it has."""
    start, end = node.start_mark.index, node.end_mark.index
    while text[end - 1].isspace():  # a block of text ends with its line
        end -= 1
    quoted = {"'": single_quoted, '"': double_quoted}.get(node.style)
    return Edit(start, end, quoted(value) if quoted and isinstance(value, str) else inline(value))


def _list(text: str, node: SequenceNode, value: list[object]) -> Iterator[Edit]:
    """Replace what differs item by item, append what is new, take away what is left over."""
    for item, wanted in zip(node.value, value, strict=False):
        if not isinstance(item, ScalarNode):
            raise NoPlace(item.start_mark.line + 1)
        if item.value != wanted:
            yield _token(text, item, wanted)
    more = [inline(each) for each in value[len(node.value) :]]
    if more and node.flow_style:
        yield in_brackets(text, node, more)
    elif more:
        yield new_lines(end_of_lines(text, node), indented([f"- {each}" for each in more], node.start_mark.column))
    yield from _without(text, node, len(value))


def _without(text: str, node: SequenceNode, kept: int) -> Iterator[Edit]:
    """Take away the items after the first *kept*."""
    for before, item in zip(node.value[kept - 1 :], node.value[kept:], strict=False):
        start, end = before.end_mark.index, item.end_mark.index
        if not node.flow_style:
            yield Edit(text.rfind("\n", 0, item.start_mark.index) + 1, end_of_lines(text, item), "")
        elif "\n" in text[start:end]:
            raise NoPlace(item.start_mark.line + 1)
        else:
            yield Edit(start, end, "")


def _person(text: str, node: ScalarNode | SequenceNode, value: Mapping[str, object]) -> Iterator[Edit]:
    """Give a person of whom only addresses stand there a name: the addresses become their `reach`."""
    if "reach" in value:
        yield from _replaced(text, node, value["reach"])
    more = {name: entry for name, entry in value.items() if name != "reach"}
    if not more:
        return
    start, end, column = node.start_mark.index, node.end_mark.index, node.start_mark.column
    if isinstance(node, ScalarNode) or node.flow_style:
        yield Edit(start, start, "{reach: ")
        yield Edit(end, end, f", {inline(more)[1:]}")
    else:
        yield new_lines(text.rfind("\n", 0, start) + 1, indented([*lines(more), "reach:"], column))


def _comment_line(text: str, mapping: MappingNode, name: str) -> re.Match[str] | None:
    """Find the line that names a missing field, at the column of the mapping's keys."""
    if mapping.flow_style:
        return None
    column = mapping.start_mark.column
    pattern = re.compile(rf"^ {{{column}}}# ?{re.escape(name)}:[^\r\n]*", re.MULTILINE)
    return pattern.search(text, mapping.start_mark.index, end_with_comments(text, mapping, column))


def _idle_headings(text: str, mapping: MappingNode, uncommented: set[int]) -> Iterator[Edit]:
    """Take away the line above comments of missing fields, if none of them is left under it."""
    heading = f"{' ' * mapping.start_mark.column}{MISSING}"
    start = text.rfind("\n", 0, min(uncommented, default=0)) + 1
    above = text.rfind(heading, mapping.start_mark.index, start) if uncommented else -1
    if above < 0:
        return
    below = re.compile(rf" {{{mapping.start_mark.column}}}(# ?)?\w+:")
    position = first = line_end(text, above)
    while field := below.match(text, position):
        if field[1] and position not in uncommented:
            return
        position = line_end(text, position)
    if position > max(uncommented):
        yield Edit(text.rfind("\n", 0, above) + 1, first, "")


def _place_in_order(text: str, mapping: MappingNode, name: str, order: Sequence[str]) -> int | None:
    """Return where the line after the field ends that comes before *name*, if that field is a single line."""
    if mapping.flow_style or name not in order:
        return None
    there = {key.value: (key, value) for key, value in mapping.value}
    for before in reversed(order[: order.index(name)]):
        if before in there:
            key, value = there[before]
            end = end_of_lines(text, value if value.start_mark.index < value.end_mark.index else key)
            if end == line_end(text, key.start_mark.index):
                return end
    return None
