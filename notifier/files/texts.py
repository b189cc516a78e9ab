"""Drafts of letters: header lines, an empty line, and a body that Jinja fills inside a sandbox."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifier.core.calendar import Duration, parse_duration
from notifier.core.letter import FOLLOW_UP_AFTER, Draft
from notifier.core.vocabulary import Vocabulary, suggestion
from notifier.core.words import Blank
from notifier.files.positions import Fault, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

MOST_WORDS = 150
MOST_BYTES = 20_000
HEADERS = ("To", "Open", "Cc", "Subject", "Follow-up")
_ADDRESS = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s,;<>]+")
_PAGE = re.compile(r"https?://[^\s<>]+")
_END_OF_HEADERS = re.compile(r"\n[ \t]*\n")
_environment = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=False
)
# What a draft may be made of: nothing in it can run long, or grow beyond its own length and that of its names.
_READ = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.CondExpr),
    *(nodes.And, nodes.Or, nodes.Not, nodes.Compare, nodes.Operand, nodes.Test, nodes.Add, nodes.Concat),
)
FILTERS = ("capitalize", "default", "lower", "title", "trim", "upper")
_TOO_DEEP = (RecursionError, SyntaxError, MemoryError)  # how Python says that what it compiles nests too deep


def read_draft(path: Path, name: str, vocabulary: Vocabulary, faults: list[Fault]) -> Draft | None:
    """Read ``drafts/<name>.txt``; *name* is what faults call the file. None if a fault was noted."""
    before = len(faults)
    text = _read(path, name, faults)
    if text is None:
        return None
    head, body = _parts(text)
    headers = _headers(head, name, faults)
    after, following = _follow_up(headers, path, name, faults)
    first_line = text[: len(text) - len(body)].count("\n") + 1
    known = _known(vocabulary)
    line, said = headers.get("Subject", (1, ""))
    subject, in_subject = _template(said, name, line, known, faults)
    written, in_body = _template(body, name, first_line, known, faults)
    to, cc, opens = (headers.get(key, (1, ""))[1] for key in ("To", "Cc", "Open"))
    draft = Draft(path.stem, subject, written, to, cc, opens, following, after, in_subject | in_body)
    if len(faults) == before:
        _refuse_length(draft, known, Place(name, first_line), faults)
    return draft if len(faults) == before else None


def _known(vocabulary: Vocabulary) -> set[str]:
    """What a draft may name: facts, and those of an item as ``letter.sent_on``."""
    items = {listed.named(fact.name) for _, listed in vocabulary.collections.values() for fact in listed.facts}
    return {"account", *(fact.name for _, fact in vocabulary.told), *items}


def _read(path: Path, name: str, faults: list[Fault]) -> str | None:
    try:
        size = path.stat().st_size
        if size <= MOST_BYTES:
            return path.read_text(encoding="utf-8-sig")
        faults.append(Fault(Place(name), f"the file has {size:,} bytes; {MOST_BYTES:,} are the most"))
    except OSError as error:
        faults.append(Fault(Place(name), f"cannot be read: {error.strerror or error}"))
    except UnicodeDecodeError as error:
        faults.append(Fault(Place(name), f"is not UTF-8 (byte {error.start})"))
    return None


def _parts(text: str) -> tuple[str, str]:
    """The header lines, and the body behind the first empty line."""
    end = _END_OF_HEADERS.search(text)
    return (text[: end.start()], text[end.end() :]) if end else (text, "")


def _headers(head: str, name: str, faults: list[Fault]) -> dict[str, tuple[int, str]]:
    """Each header's line and text."""
    headers: dict[str, tuple[int, str]] = {}
    for number, line in enumerate(head.splitlines(), start=1):
        key, colon, value = line.partition(":")
        if not colon or key not in HEADERS:
            known = ", ".join(f"{header}:" for header in HEADERS)
            near = suggestion(key.capitalize(), HEADERS)
            why = f"`{line[:40]}` is not one of the header lines {known}{near} (an empty line ends them)"
            faults.append(Fault(Place(name, number), why))
        elif key in headers:
            faults.append(Fault(Place(name, number), f"`{key}:` stands here twice"))
        elif value.strip():
            headers[key] = number, value.strip()
    if ("To" in headers) == ("Open" in headers):
        faults.append(Fault(Place(name), "a draft has `To:` (an address) or `Open:` (a page), one of the two"))
    if "Subject" not in headers and "Open" not in headers:
        faults.append(Fault(Place(name), "a draft of an email needs a `Subject:`"))
    faults += _odd_addresses(headers, name)
    return headers


def _follow_up(
    headers: Mapping[str, tuple[int, str]], path: Path, name: str, faults: list[Fault]
) -> tuple[Duration, str]:
    """``Follow-up: 10 working days, <draft>``: a duration, and a draft that is there; '' where there is none."""
    line, value = headers.get("Follow-up", (1, ""))
    if not value:
        return FOLLOW_UP_AFTER, ""
    duration, _, draft = (part.strip() for part in value.partition(","))
    there = [each.stem for each in path.parent.glob("*.txt")]
    if draft not in there:
        why = f"`Follow-up:` there is no draft `{draft}`{suggestion(draft, there)}"
        faults.append(Fault(Place(name, line), why))
    try:
        return parse_duration(duration), draft
    except ValueError as error:
        faults.append(Fault(Place(name, line), f"`Follow-up:` {error}"))
        return FOLLOW_UP_AFTER, draft


def _odd_addresses(headers: Mapping[str, tuple[int, str]], name: str) -> Iterator[Fault]:
    wanted = (("To", _ADDRESS, "an email address"), ("Cc", _ADDRESS, "an email address"))
    for key, pattern, what in (*wanted, ("Open", _PAGE, "a page such as https://example.edu/form")):
        line, value = headers.get(key, (1, ""))
        if value and not pattern.fullmatch(value):
            yield Fault(Place(name, line), f"`{key}: {value}` is not {what}")


def _template(
    text: str, name: str, first_line: int, known: Iterable[str], faults: list[Fault]
) -> tuple[Callable[[Mapping[str, object]], str], frozenset[str]]:
    """Compile *text*, and find what it names; faults name the line in the file."""
    odd: dict[int, str] = {}
    named: frozenset[str] = frozenset()
    try:
        tree = _environment.parse(text)
        odd, named = _odd(tree, known), frozenset(filter(None, map(_named, tree.find_all(nodes.Node))))
        template = _environment.from_string("" if odd else text)
    except TemplateSyntaxError as error:
        odd, template = {error.lineno: f"{error.message}"}, _environment.from_string("")
    except _TOO_DEEP:
        odd, template = {1: "the draft nests too deep"}, _environment.from_string("")
    faults += [Fault(Place(name, first_line + line - 1), why) for line, why in odd.items()]

    def fill(names: Mapping[str, object]) -> str:
        try:
            return template.render(names)
        except (TemplateError, TypeError, ArithmeticError) as error:
            raise ValueError(f"{name}: the draft cannot be filled: {error}") from error

    return fill, named.intersection(known)


def _odd(tree: nodes.Template, known: Iterable[str]) -> dict[int, str]:
    """What a draft may not have, by its line: unknown names, and everything that is more than names and `if`."""
    odd: dict[int, str] = {}
    items = {id(node.node) for node in tree.find_all(nodes.Getattr) if _dotted(node)}  # `letter` of `letter.to`
    for node in tree.find_all(nodes.Node):
        if id(node) not in items and (why := _why_not(node, known)):
            odd.setdefault(node.lineno, why)
    return odd


def _why_not(node: nodes.Node, known: Iterable[str]) -> str:
    """Why a draft may not have *node*; '' where it may."""
    if name := _named(node):
        there = name in known
        return "" if there else f"there is no fact `{name}` to put into a draft{suggestion(name, known)}"
    if isinstance(node, nodes.Filter):
        there = node.name in FILTERS
        return "" if there else f"there is no filter `{node.name}`; there are {', '.join(FILTERS)}"
    if isinstance(node, _READ):
        return ""
    what = "." if isinstance(node, nodes.Getattr) else type(node).__name__.lower()
    return f"a draft has names, `{{% if … %}}` and filters; there is no `{what}`"


def _named(node: nodes.Node) -> str:
    """What *node* names, ``organization`` or ``letter.sent_on``; '' where it names nothing."""
    return node.name if isinstance(node, nodes.Name) else _dotted(node)


def _dotted(node: nodes.Node) -> str:
    """``letter.sent_on`` where *node* asks a name for one of its facts; '' for anything else."""
    if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
        return f"{node.node.name}.{node.attr}"
    return ""


def _refuse_length(draft: Draft, known: Iterable[str], place: Place, faults: list[Fault]) -> None:
    """A letter that nobody reads to its end is no help: rendered, without its blanks, it has at most 150 words."""
    try:
        words = len(draft.body(_blanks(known)).split())
    except ValueError as error:
        faults.append(Fault(place, str(error).removeprefix(f"{place.file}: ")))
        return
    if not words:
        faults.append(Fault(place, "a draft has a text behind its header lines and an empty line"))
    if words > MOST_WORDS:
        faults.append(Fault(place, f"a letter has at most {MOST_WORDS} words, this has {words}"))


def _blanks(known: Iterable[str]) -> dict[str, object]:
    """A visible blank for everything that a draft may name."""
    names: dict[str, object] = {}
    items: dict[str, dict[str, Blank]] = {}
    for name in known:
        one, dot, fact = name.rpartition(".")
        if dot:
            items.setdefault(one, {})[fact] = Blank("…")
        else:
            names[name] = Blank("…")
    return {**items, **names}
