"""``acceptance_mail:`` of a rules file: how an acceptance is recognized, what is found in it, what is asked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from notifier.core.rule import AcceptanceMail, Ask
from notifier.core.vocabulary import Owner, suggestion
from notifier.files.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifier.core.vocabulary import Vocabulary

BEYOND_FACTS = ("contacts.", "links.", "owed.")  # what else an acceptance mail may tell


def read_acceptance_mail(file: Table, vocabulary: Vocabulary) -> AcceptanceMail | None:
    """What a rules file says of its program's acceptance mail; None where it says nothing."""
    table = file.table("acceptance_mail", "`acceptance_mail`")
    if table is None:
        return None
    lists = {
        name: tuple(text for item in table.all(name) if (text := table.convert(item, str.strip)))
        for name in ("from", "phrases")
    }
    if not lists["phrases"]:
        table.missing("phrases")
    find, ask = table.table("find", "`find`"), table.table("ask", "`ask`")
    patterns = _patterns(find, vocabulary) if find else {}
    asks = tuple(_asks(ask, vocabulary)) if ask else ()
    table.rest()
    return AcceptanceMail(lists["from"], lists["phrases"], patterns, asks)


def _patterns(find: Table, vocabulary: Vocabulary) -> dict[str, str]:
    patterns = {}
    for name in find.entries:
        if name not in vocabulary.places and not name.startswith(BEYOND_FACTS):
            why = f"there is no fact `{name}` to find in a mail{vocabulary.suggestion(name)}"
            find.fault_at(find.located.keys[name], why)
        pattern = find.read(name, _pattern, needed=True)
        if pattern is not None:
            patterns[name] = pattern
    return patterns


def _pattern(text: str) -> str:
    try:
        names = re.compile(text).groupindex
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if "value" not in names:
        raise ValueError("a pattern marks what is to be taken: `(?P<value>…)`")
    return text


def _asks(ask: Table, vocabulary: Vocabulary) -> Iterator[Ask]:
    stated = [fact.name for fact in vocabulary.facts if fact.owner is Owner.DECLARED and fact.default is None]
    for name, located in ask.entries.items():
        ask.known.append(name)
        if name not in stated:
            why = f"`{name}` is nothing that an accounts file states{suggestion(name, stated)}"
            ask.fault_at(ask.located.keys[name], why)
        entry = Table(located, ask.faults, "a question")
        example, where = entry.text("example", needed=True), entry.text("where", needed=True)
        entry.rest()
        if example and where:
            yield Ask(name, example, where)
