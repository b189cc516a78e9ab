"""YAML with positions: every value knows its file, line and column, and a fault says where it is.

YAML 1.2 (`yes` and `on` are texts, not booleans). A duplicate key is a fault, and so is an alias: what stands in
these files is written out, so that a line can be read by itself.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import AliasEvent
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST_BYTES = 16_000_000  # an office of 10,000 accounts has some 4 MB
MOST_LEVELS = 30  # of mappings and lists in each other; what people write here nests six deep
MOST_SHOWN = 1_000  # characters of what is wrong
# What the reader of YAML complains of, and what somebody who wrote a rule can do about it.
MEANT = {
    "character '\\t'": "a tab stands here; lines are indented with spaces",
    "mapping values are not allowed": "put the text in quotes for its colon, or mend the indentation",
    "found '<scalar>'": "put the whole value in quotes, not only its beginning",
    "cannot start any token": "put the whole text in quotes: it cannot begin with this character",
    "end of stream": "something is not closed: a quote, a bracket or a brace",
    "<stream end>": "something is not closed: a quote, a bracket or a brace",
    "expected <block end>": "this line does not begin below the lines that it belongs to",
    "single document": "a second document (`---`) is not read",
    "could not find expected ':'": "this line is no field: `name: value`",
}
NULLS = frozenset({"", "~", "null"})
_SECRET = re.compile(
    r"(?<![a-z0-9])(?:sk-|xox[a-z]-|xapp-|SG\.)[\w.-]{6,}|hooks\.slack\.com/[\w/-]+|://[^/\s@]+:[^/\s@]+@"
    r"|(?<![a-z0-9])(?=[a-z]*\d)(?=\d*[a-z])[a-z0-9+]{32,}=*",
    re.IGNORECASE,
)


def shown(text: str) -> str:
    """*text* as it may stand in a message: one line, not endless, and without what looks like a secret."""
    if len(text) > MOST_SHOWN:
        text = f"{text[: MOST_SHOWN // 2]} … {text[-MOST_SHOWN // 2 :]}"
    text = _SECRET.sub("(not shown: it looks like a secret)", text)
    return "".join(letter if letter.isprintable() else _written_out(letter) for letter in text)


def _written_out(letter: str) -> str:
    return letter.encode("unicode_escape", "backslashreplace").decode("ascii")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands: the file as the user named it, line and column from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One mistake: where, and what is wrong, with what was probably meant."""

    place: Place
    why: str

    def __str__(self) -> str:
        return f"{self.place}: {shown(self.why)}"


@dataclass(frozen=True, slots=True)
class Located:
    """A value of a file with its place: a scalar's *text*, a mapping's *entries*, or a list's *items*.

    Of the three only the one that the value is is set. *literal* says that the scalar's text stands in the file
    character by character, on one line.
    """

    place: Place
    text: str | None = None
    quoted: bool = False
    literal: bool = False
    entries: dict[str, Located] | None = None
    items: tuple[Located, ...] | None = None
    keys: dict[str, Place] = field(default_factory=dict)

    @property
    def absent(self) -> bool:
        """Whether nothing stands there: ``key:`` or ``key: ~``."""
        return self.text is not None and not self.quoted and self.text in NULLS

    @property
    def shape(self) -> str:
        """What it is, in a word, for faults."""
        if self.entries is not None:
            return "a mapping"
        return "a list" if self.items is not None else "a value"

    def at(self, offset: int) -> Place:
        """The place of the character *offset* of the scalar's text; its beginning where that cannot be told."""
        if not self.literal:
            return self.place
        shift = offset + (1 if self.quoted else 0)
        return Place(self.place.file, self.place.line, self.place.column + shift)


def load(path: Path, name: str, faults: list[Fault]) -> Located | None:
    """Read one YAML file; *name* is what faults call it. None if it cannot be read: then a fault says why."""
    try:
        raw = path.read_bytes()
        if len(raw) > MOST_BYTES:
            faults.append(Fault(Place(name), f"the file has {len(raw):,} bytes; {MOST_BYTES:,} are the most"))
            return None
        return parse(raw.decode("utf-8-sig"), name, faults)
    except OSError as error:
        faults.append(Fault(Place(name), f"cannot be read: {error.strerror or error}"))
    except UnicodeDecodeError as error:
        faults.append(Fault(Place(name), f"is not UTF-8 (byte {error.start})"))
    return None


def parse(text: str, name: str, faults: list[Fault]) -> Located | None:
    """Read YAML *text*; as `load`."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _Composer
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        faults.append(_syntax(error, name))
        return None
    except ReaderError as error:
        faults.append(_unacceptable(error, text, name))
        return None
    except (YAMLError, ValueError) as error:
        faults.append(Fault(Place(name), f"is not YAML: {' '.join(str(error).split())}"))
        return None
    if node is None:
        faults.append(Fault(Place(name), "the file is empty"))
        return None
    return _located(node, name, faults)


class _Refused(MarkedYAMLError):
    """YAML that is not read here."""


class _Composer(Composer):
    """Refuses aliases, and what nests deeper than the recursive walks over it could follow."""

    level = 0

    def compose_node(self, parent: Node | None, index: Node | int | None) -> Node | None:
        event = self.parser.peek_event()
        if isinstance(event, AliasEvent):
            why = "an alias (`*name`) is not read here; write the value out"
            raise _Refused(problem=why, problem_mark=event.start_mark)
        if self.level > MOST_LEVELS:
            raise _Refused(problem=f"this nests deeper than {MOST_LEVELS} levels", problem_mark=event.start_mark)
        self.level += 1
        node: Node | None = super().compose_node(parent, index)
        self.level -= 1
        return node


def _syntax(error: MarkedYAMLError, name: str) -> Fault:
    mark = error.problem_mark or error.context_mark
    place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
    if isinstance(error, _Refused):
        return Fault(place, str(error.problem))
    why = " ".join(filter(None, (error.context, error.problem)))
    meant = next((hint for said, hint in MEANT.items() if said in why), " ".join(why.split()))
    return Fault(place, f"is not YAML: {meant}")


def _unacceptable(error: ReaderError, text: str, name: str) -> Fault:
    before = text[: error.position]
    place = Place(name, before.count("\n") + 1, error.position - before.rfind("\n"))
    return Fault(place, f"a character stands here that no text has (U+{ord(text[error.position]):04X})")


def _located(node: Node, name: str, faults: list[Fault]) -> Located:
    place = Place(name, node.start_mark.line + 1, node.start_mark.column + 1)
    if isinstance(node, MappingNode):
        return _mapping(node, place, faults)
    if isinstance(node, SequenceNode):
        return Located(place, items=tuple(_located(item, name, faults) for item in node.value))
    assert isinstance(node, ScalarNode)
    return _scalar(node, place, faults)


def _scalar(node: ScalarNode, place: Place, faults: list[Fault]) -> Located:
    text, quoted = str(node.value), node.style in {"'", '"'}
    if any(unicodedata.category(letter) == "Cs" for letter in text):
        faults.append(Fault(place, "half of a character (\\ud800 to \\udfff) stands here"))
        text = ""
    length = len(text) + (2 if quoted else 0)
    one_line = node.start_mark.line == node.end_mark.line
    literal = one_line and node.end_mark.column - node.start_mark.column == length
    return Located(place, text=text, quoted=quoted, literal=literal)


def _mapping(node: MappingNode, place: Place, faults: list[Fault]) -> Located:
    entries: dict[str, Located] = {}
    keys: dict[str, Place] = {}
    for key, value in node.value:
        at = Place(place.file, key.start_mark.line + 1, key.start_mark.column + 1)
        if not isinstance(key, ScalarNode):
            faults.append(Fault(at, "a key is a single word; a text that begins with `{{` stands in quotes"))
            continue
        name = str(key.value)
        if name in entries:
            faults.append(Fault(at, f"`{name}` stands here twice; it was first at line {keys[name].line}"))
            continue
        entries[name], keys[name] = _located(value, place.file, faults), at
    return Located(place, entries=entries, keys=keys)


def each(located: Located) -> Iterator[Located]:
    """The items of a list; a single value counts as a list of one."""
    return iter(located.items if located.items is not None else (located,))
