"""One rule of a rules file: its fields read, its names resolved, its condition made."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

import notifier.core.conditions as kinds
from notifier.core.language.template import DATED, Template, parse_template
from notifier.core.language.types import Node, understand
from notifier.core.rule import Rule, Staged
from notifier.core.verdict import Condition, Gates
from notifier.core.vocabulary import Kind, Vocabulary, suggestion
from notifier.files.table import Table, word, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

# The fields that every rule may have, each with its form and meaning; a condition adds its own.
FIELDS: dict[str, str] = {
    "id": "small letters, digits, hyphens. With account and grant it names the alert: keep it when texts change",
    "title": "what is said first; may name facts",
    "say": "one or two sentences with the dates and numbers",
    "next": "the one thing to do",
    "tell": "who hears: roles of the account, `[team, pi]`; a role that nobody holds is left out",
    "urgent": "`true`, or `from <step>`",
    "draft": "the letter that comes with it, from `drafts/`",
    "contact": "whom to write to: a name from the file's `contacts:`",
    "link": "where to look: a name from the file's `links:`",
    "unless": "a yes or no; when it becomes yes the alert is resolved",
    "when": "a yes or no; while it is no the rule does not apply",
    "starting": "a date; the rule applies from its hour of telling on",
    "ending": "a date; the rule applies to the end of that day",
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a rule may refer to."""

    vocabulary: Vocabulary
    contacts: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    drafts: frozenset[str] = frozenset()


class RuleFields:
    """A rule's fields as its condition reads them (`notifier.core.verdict.Fields`)."""

    def __init__(self, table: Table, vocabulary: Vocabulary) -> None:
        self.table, self.vocabulary = table, vocabulary

    def expression(self, name: str, *wanted: Kind) -> Node | None:
        """The checked expression in field *name*."""
        return self.table.read(name, lambda text: understand(text, self.vocabulary, *wanted))

    def each(self, name: str, convert: Callable[[str], Sequence[T]]) -> list[T]:
        """What *convert* makes of each text in the list *name*."""
        read = [self.table.convert(item, convert) for item in self.table.all(name)]
        return [made for several in read if several is not None for made in several]

    def fault(self, name: str, why: str) -> None:
        """Note that field *name* is wrong."""
        self.table.fault(name, why)


@cache
def condition_kinds() -> tuple[str, ...]:
    """The names of all conditions: the modules of `notifier.core.conditions`. None of them is imported for it."""
    return tuple(module.name for module in iter_modules(kinds.__path__))


def condition_class(kind: str) -> type[Condition]:
    """The condition of module *kind*; imported when a rule first asks for it."""
    module = import_module(f"{kinds.__name__}.{kind}")
    found: type[Condition] = getattr(module, kind.rstrip("_").title())
    return found


def read_rule(table: Table, file: str, names: Names) -> Rule | None:
    """Read one rule; every mistake is noted. None if it cannot be made."""
    before = len(table.faults)
    rule_id = table.word("id", needed=True)
    condition = _condition(table, names.vocabulary)
    texts = {
        name: table.read(name, lambda text: parse_template(text, names.vocabulary)) for name in ("say", "next")
    }
    title = table.read("title", lambda text: parse_template(text, names.vocabulary), needed=True)
    contact, link = _one_of(table, "contact", names.contacts), _one_of(table, "link", names.links)
    if condition is None or title is None:
        _rest(table)
        return None
    _refuse_dates(table, condition, {"title": title, **texts})
    tell = _staged(table, "tell", condition, _role)
    if not list(table.all("tell")):
        table.fault("tell", "a rule says who hears: `tell: [team, pi]`")
    draft = _staged(table, "draft", condition, lambda text: _known(text, names.drafts, "draft"))
    urgent = _urgent(table, condition)
    table.rest()
    if len(table.faults) > before or rule_id is None:
        return None
    identity = f"{file}/{rule_id}"
    return Rule(identity, condition, title, texts["say"], texts["next"], contact, link, tell, draft, urgent)


def _condition(table: Table, vocabulary: Vocabulary) -> Condition | None:
    fields = RuleFields(table, vocabulary)
    gates = Gates(
        fields.expression("unless"),
        fields.expression("when"),
        fields.expression("starting", Kind.DATE),
        fields.expression("ending", Kind.DATE),
    )
    asked = [kind for kind in condition_kinds() if kind.rstrip("_") in table.entries]
    if len(asked) != 1:
        known = ", ".join(f"`{kind.rstrip('_')}`" for kind in condition_kinds())
        if table.located.entries is not None:
            why = f"a rule asks exactly one of {known}; this asks {len(asked) or 'none'}"
            table.fault_at(table.located.place, why)
        return None
    before = len(table.faults)
    condition = condition_class(asked[0]).read(fields, gates)
    if condition is None and len(table.faults) == before:
        name, *others = condition_class(asked[0]).fields
        table.fault(name, f"`{name}` needs {' or '.join(f'`{other}:`' for other in others)}")
    return condition


def _refuse_dates(table: Table, condition: Condition, texts: Mapping[str, Template | None]) -> None:
    """Names that speak of a date are for rules that judge one."""
    if condition.asked.kind is Kind.DATE:
        return
    for name, template in texts.items():
        used = {piece for _, piece in template.pieces if piece in DATED} if template else set()
        for piece in sorted(map(str, used)):
            table.fault(name, f"`{piece}` is for rules with a `deadline`; this one has `{{{{ value }}}}`")


def _one_of(table: Table, name: str, known: Mapping[str, str]) -> str | None:
    return table.read(name, lambda text: _known(text, known, name))


def _known(text: str, known: Mapping[str, str] | frozenset[str], what: str) -> str:
    if text in known:
        return text
    there = ", ".join(sorted(known)) or "none"
    raise ValueError(f"there is no {what} `{text}`{suggestion(text, known) or f'; there are {there}'}")


def _role(text: str) -> str:
    try:
        return word(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a role such as team, pi or office") from None


def _staged(table: Table, name: str, condition: Condition, value: Callable[[str], str]) -> Staged:
    """Read a list of values that may begin at a step: ``[team, pi from 95%]``."""

    def stage(text: str) -> tuple[int, str]:
        what, _, step = text.partition(" from ")
        return (_rank(condition, step) if step else 0), value(what.strip())

    stages = [table.convert(item, stage) for item in table.all(name)]
    return Staged(tuple(stage for stage in stages if stage is not None))


def _urgent(table: Table, condition: Condition) -> Staged:
    """Read ``true``, ``false`` or ``from 100%``."""

    def stage(text: str) -> Staged:
        if text.startswith("from "):
            return Staged(((_rank(condition, text.removeprefix("from ")), "urgent"),))
        return Staged(((0, "urgent"),)) if yes_or_no(text) else Staged()

    return table.read("urgent", stage) or Staged()


def _rank(condition: Condition, text: str) -> int:
    step = condition.named(text)
    if step in condition.ladder:
        return condition.ladder.index(step)
    there = ", ".join(condition.ladder)
    near = suggestion(step, condition.ladder)
    raise ValueError(f"`{text.strip()}` is not one of the rule's steps{near or f'; there are {there}'}")


def _rest(table: Table) -> None:
    """Fault the unknown fields of a rule without a condition: what it has not come to read may be right."""
    own = [name for kind in condition_kinds() for name in condition_class(kind).fields]
    table.rest(also=(*FIELDS, *own))
