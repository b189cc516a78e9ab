"""What an accounts file says of items: the projects, papers and datasets of an account, the batches of a grant.

A fact of an item is declared under ``projects/thesis-7/owner``, and ``projects`` names all of them, as
`notifier.core.facts.Reading` says.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from notifier.core.fact import Collection, item_fact
from notifier.core.keys import refuse_key
from notifier.core.vocabulary import COLLECTIONS
from notifier.core.words import plain
from notifier.files.forms import is_written, one_of, value
from notifier.files.overrides import read_pause
from notifier.files.table import Table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.core.calendar import Locale
    from notifier.core.facts import Observed
    from notifier.files.positions import Fault, Located

Said = dict[str, "Observed"]
OF_A_PAUSE = ("paused", "paused_until", "paused_because")
MOST_NAME = 100  # characters: what a provider calls a project


def read_items(table: Table, roles: Mapping[str, object], locale: Locale) -> Said:
    """What an account's mapping says of its ``projects``, ``papers`` and ``datasets``, as facts of the account."""
    said: Said = {}
    if (projects := _by_name(table, "projects", "thesis-7: {owner: pi}")) is not None:
        named = [name for name in projects.entries if projects.convert_key(name, _name) is not None]
        projects.known += projects.entries
        each = [(name, _project(projects.entries[name], table.faults)) for name in named]
        said |= _items(COLLECTIONS["projects"], each, roles, locale)
    for listed, one in (("papers", "a paper"), ("datasets", "a dataset")):
        entries = [(entry.word("id", needed=True), entry) for entry in _listed(table, listed, one)]
        known = [(name, entry) for name, entry in entries if name is not None]
        _refuse_twice(table, listed, [name for name, _ in known])
        said |= _items(COLLECTIONS[listed], known, roles, locale)
    return said


def _project(located: Located, faults: list[Fault]) -> Table:
    """What stands behind a project's name; nothing (``demo:``) says that there is one."""
    return Table(replace(located, text=None, entries={}) if located.absent else located, faults, "a project")


def _by_name(table: Table, name: str, example: str) -> Table | None:
    """The mapping in field *name*, whose keys are what the items are called."""
    found = table.get(name)
    if found is None or found.entries is not None:
        return table.table(name, f"`{name}`")
    table.fault(name, f"`{name}` has an entry for each by its name, `{example}`, and is not {found.shape}")
    return None


def _listed(table: Table, name: str, one: str) -> list[Table]:
    """The mappings in the list *name*; a single one counts as a list of one, a mapping by names does not."""
    found = table.get(name)
    if found is None or found.entries is None or "id" in found.entries:
        return table.tables(name, one)
    table.fault(name, f"`{name}` is a list, each {one.split()[1]} beginning with `- id:`")
    return []


def read_batches(table: Table, locale: Locale) -> tuple[list[Table], Said]:
    """The ``batches`` of a grant's mapping, and what it says of each, as facts of the grant.

    A batch is called by its `id`, else by the day on which it came.
    """
    batches = table.tables("batches", "a batch")
    named = [(_batch_name(batch, number), batch) for number, batch in enumerate(batches, start=1)]
    _refuse_twice(table, "batches", [name for name, _ in named])
    return batches, _items(COLLECTIONS["batches"], named, {}, locale) if batches else {}


def batch_names(said: Mapping[str, Observed]) -> tuple[str, ...]:
    """What the batches in *said* are called, in the order in which they are written."""
    names = said.get("batches")
    return tuple(str(name) for name in names) if isinstance(names, tuple) else ()


def _batch_name(batch: Table, number: int) -> str:
    named = batch.word("id")
    came = batch.entries.get("granted_on")
    return named or (came.text if came is not None and came.text else "") or str(number)


def _items(
    collection: Collection, entries: Iterable[tuple[str, Table]], roles: Mapping[str, object], locale: Locale
) -> Said:
    said: Said = {}
    names = []
    for name, entry in entries:
        names.append(name)
        told = _facts(collection, entry, roles, locale)
        said |= {item_fact(collection.name, name, fact): value for fact, value in told.items()}
        entry.rest()
    return {collection.name: tuple(names), **said} if names else {}


def _facts(collection: Collection, entry: Table, roles: Mapping[str, object], locale: Locale) -> Said:
    said: Said = {}
    for fact in collection.facts:
        if not is_written(fact) or fact.name in OF_A_PAUSE:  # a pause has a form of its own
            continue
        if (found := entry.read(fact.name, value(fact.kind, locale.currency))) is not None:
            said[fact.name] = found
    if isinstance(owner := said.get("owner"), str) and owner not in roles:
        entry.read("owner", lambda text: one_of(text, roles, "role"))
    if any(fact.name == "paused" for fact in collection.facts) and (pause := read_pause(entry)) is not None:
        said |= {"paused": True, "paused_because": pause.because}
        said |= {"paused_until": date.fromordinal(pause.until)} if pause.until is not None else {}
    return said


def _name(text: str) -> str:
    """What a project is called: the provider's id or name of it, or the group's own."""
    refuse_key(text)
    if text and len(text) <= MOST_NAME and "/" not in text and plain(text) == text:
        return text
    raise ValueError(f"{text!r}: a project is called by its id or name at the provider, without a slash")


def _refuse_twice(table: Table, listed: str, names: list[str]) -> None:
    for twice in sorted({name for name in names if names.count(name) > 1}):
        table.fault(listed, f"`{twice}` stands here twice; give each an `id` of its own")
