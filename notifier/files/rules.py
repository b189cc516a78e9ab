"""One rule of a rules file: its fields read, its names resolved, its condition made."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, TypeVar

import notifier.core.conditions as kinds
from notifier.core.calendar import parse_span
from notifier.core.language.grammar import LanguageError
from notifier.core.language.template import DATED, Template, parse_template
from notifier.core.language.types import Node, recurring, understand
from notifier.core.rule import Rule, Staged
from notifier.core.timing import Timing, in_order, parse_escalation, parse_repeat
from notifier.core.verdict import Condition, Gates
from notifier.core.vocabulary import Kind, Vocabulary, suggestion
from notifier.files.table import Table, word, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from notifier.core.calendar import Duration

T = TypeVar("T")
GRANTS = "grants"
CHANGE_OF_A_LIST = 3  # words: `added to members`

# The fields that every rule may have, each with its form and meaning; a condition adds its own.
FIELDS: dict[str, str] = {
    "id": "small letters, digits, hyphens. With account and grant it names the alert: keep it when texts change",
    "title": "what is said first; may name facts",
    "say": "one or two sentences with the dates and numbers",
    "next": "the one thing to do",
    "for_each": "a list, `projects`: one alert for each item, whose facts the rule may name: `project.name`",
    "tell": "who hears: roles of the account, `[team, pi]`, `project.owner`; a role that nobody holds is left out",
    "urgent": "`true`, or `from <step>`",
    "draft": "the letter that comes with it, from `drafts/`",
    "contact": "whom to write to: a name from the file's `contacts:`",
    "link": "where to look: a name from the file's `links:`",
    "for": "how long it must be so before anybody is told: `1 day`, `6 hours`",
    "repeat": "said again while it is open: `every week, 4 times`",
    "escalate": "who hears as well if nobody acts: `[{after: 3 working days, to: office}]`",
    "applies_to": "a yes or no over labels and ids; where it is no the rule does not apply",
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

    def parsed(self, name: str, text: str, *wanted: Kind) -> Node | None:
        """The expression *text*, which is part of field *name*, checked."""
        return self.table.read(name, lambda whole: _part(whole, text, self.vocabulary, *wanted))

    def recurring(self, name: str) -> tuple[Duration, Node] | None:
        """What the field *name*, ``every … after <date>``, repeats."""
        return self.table.read(name, lambda text: recurring(text, self.vocabulary))

    def begins(self, name: str, word: str) -> bool:
        """Whether the text of field *name* begins with *word*."""
        found = self.table.get(name)
        return found is not None and (found.text or "").startswith(word)

    def fault(self, name: str, why: str) -> None:
        """Note that field *name* is wrong."""
        self.table.fault(name, why)


def _part(whole: str, text: str, vocabulary: Vocabulary, *wanted: Kind) -> Node:
    """Check *text*, a part of *whole*; a fault is placed where it stands in *whole*."""
    try:
        return understand(text, vocabulary, *wanted)
    except LanguageError as error:
        raise LanguageError(error.why, max(whole.find(text), 0) + error.offset) from None


@cache
def condition_kinds() -> tuple[str, ...]:
    """The names of all conditions: the modules of `notifier.core.conditions`. None of them is imported for it."""
    return tuple(module.name for module in iter_modules(kinds.__path__))


def condition_class(kind: str) -> type[Condition]:
    """The condition of module *kind*; imported when a rule first asks for it."""
    module = import_module(f"{kinds.__name__}.{kind}")
    found: type[Condition] = getattr(module, kind.rstrip("_").title())
    return found


def read_rule(table: Table, file: str, names: Names, *, amended: bool = False) -> Rule | None:
    """Read one rule; every mistake is noted. None if it cannot be made.

    Of an *amended* rule a value that begins at a step which is gone begins at the next tighter one.
    """
    before = len(table.faults)
    rule_id = table.word("id", needed=True)
    each, vocabulary = _scope(table, names.vocabulary)
    condition = _condition(table, vocabulary)
    texts = {name: table.read(name, lambda text: parse_template(text, vocabulary)) for name in ("say", "next")}
    title = table.read("title", lambda text: parse_template(text, vocabulary), needed=True)
    contact, link = _one_of(table, "contact", names.contacts), _one_of(table, "link", names.links)
    if condition is None or title is None:
        _rest(table)
        return None
    _refuse_dates(table, condition, {"title": title, **texts})
    rank = partial(_rank, condition, amended=amended)
    tell = _staged(table, "tell", rank, lambda text: _role(text, vocabulary))
    if not list(table.all("tell")):
        table.fault("tell", "a rule says who hears: `tell: [team, pi]`")
    draft = _staged(table, "draft", rank, lambda text: _known(text, names.drafts, "draft"))
    urgent = _urgent(table, rank)
    timing = _timing(table)
    table.rest()
    if len(table.faults) > before or rule_id is None:
        return None
    identity = f"{file}/{rule_id}"
    texts_of = (title, texts["say"], texts["next"], contact, link, tell, draft, urgent)
    of_account = not _asks_a_grant(condition, each, vocabulary, names.vocabulary)
    return Rule(*(identity, condition, *texts_of, timing), each=each, vocabulary=vocabulary, of_account=of_account)


def _scope(table: Table, vocabulary: Vocabulary) -> tuple[str, Vocabulary]:
    """The list whose items the rule is judged for, and the names that it may use.

    ``for_each: grants`` says what is so anyway where a rule asks a grant's facts.
    """
    each = table.read("for_each", lambda text: _list(text, vocabulary.collections)) or ""
    change = table.located.entries or {}
    words = (change["change"].text or "").split() if "change" in change else []
    if not each and len(words) == CHANGE_OF_A_LIST and words[2] in vocabulary.collections:
        each = words[2]
    return ("", vocabulary) if each == GRANTS else (each, vocabulary.scoped(each))


def _list(text: str, known: Mapping[str, object]) -> str:
    if text in known:
        return text
    there = ", ".join(sorted(known))
    raise ValueError(f"there is no list `{text}`{suggestion(text, known) or f'; there are {there}'}")


def _asks_a_grant(condition: Condition, each: str, vocabulary: Vocabulary, base: Vocabulary) -> bool:
    """Whether what decides is a grant's own: then the rule is judged for each grant, else once for the account."""
    if each and base.collections[each][1].grant:
        return True
    edges = (condition.gates.starting, condition.gates.ending)
    places = [*condition.places(), *(place for edge in edges if edge is not None for place in edge.places())]
    return any(vocabulary.facts[place].grant for place in places if place < len(base.facts))


def _condition(table: Table, vocabulary: Vocabulary) -> Condition | None:
    fields = RuleFields(table, vocabulary)
    gates = Gates(
        fields.expression("unless"),
        fields.expression("when"),
        fields.expression("starting", Kind.DATE),
        fields.expression("ending", Kind.DATE),
        fields.expression("applies_to"),
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


def _role(text: str, vocabulary: Vocabulary) -> str:
    """A role of the account, or the fact of an item that names one: ``project.owner``."""
    if "." in text:
        place = vocabulary.place(text)
        if place is None or vocabulary.facts[place].kind is not Kind.TEXT:
            raise ValueError(f"there is no `{text}` that could name a role{vocabulary.suggestion(text)}")
        return text
    try:
        return word(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a role such as team, pi or office") from None


def _staged(table: Table, name: str, rank: Callable[[str], int], value: Callable[[str], str]) -> Staged:
    """Read a list of values that may begin at a step: ``[team, pi from 95%]``."""

    def stage(text: str) -> tuple[int, str]:
        what, _, step = text.partition(" from ")
        return (rank(step) if step else 0), value(what.strip())

    stages = [table.convert(item, stage) for item in table.all(name)]
    return Staged(tuple(stage for stage in stages if stage is not None))


def _timing(table: Table) -> Timing:
    """Read ``for``, ``repeat`` and ``escalate``."""
    passed = []
    for entry in table.tables("escalate", "an entry of `escalate`"):
        to = entry.word("to", needed=True)
        after = entry.read("after", lambda text: parse_escalation(text, ""), needed=True)
        entry.rest()
        passed += [replace(after, to=to)] if after is not None and to is not None else []
    return Timing(table.read("for", parse_span), table.read("repeat", parse_repeat), in_order(passed))


def _urgent(table: Table, rank: Callable[[str], int]) -> Staged:
    """Read ``true``, ``false`` or ``from 100%``."""

    def stage(text: str) -> Staged:
        if text.startswith("from "):
            return Staged(((rank(text.removeprefix("from ")), "urgent"),))
        return Staged(((0, "urgent"),)) if yes_or_no(text) else Staged()

    return table.read("urgent", stage) or Staged()


def _rank(condition: Condition, text: str, *, amended: bool) -> int:
    step = condition.named(text)
    if step in condition.ladder:
        return condition.ladder.index(step)
    if amended and (rank := condition.as_tight(text)) is not None:
        return rank
    there = ", ".join(condition.ladder)
    near = suggestion(step, condition.ladder)
    raise ValueError(f"`{text.strip()}` is not one of the rule's steps{near or f'; there are {there}'}")


def _rest(table: Table) -> None:
    """Fault the unknown fields of a rule without a condition: what it has not come to read may be right."""
    own = [name for kind in condition_kinds() for name in condition_class(kind).fields]
    table.rest(also=(*FIELDS, *own))
