"""A folder of rules and drafts, read into programs that are checked and ready to be bound.

Every mistake of every file is noted. A file without ``program:`` holds a group's own rules and facts: they hold
for the grants of every program.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from notifier.core.rule import Program, Rule, Rulebook
from notifier.core.vocabulary import Vocabulary
from notifier.files.acceptance import read_acceptance_mail
from notifier.files.facts import read_facts
from notifier.files.overrides import Amender
from notifier.files.positions import Fault, Located, Place, load
from notifier.files.rules import Names, read_rule
from notifier.files.table import Table
from notifier.files.texts import read_draft

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from pathlib import Path

    from notifier.core.language.types import Node
    from notifier.core.letter import Draft

VERSION = "1"
OF_A_PROGRAM = ("contacts", "links", "acceptance_mail")


@dataclass(frozen=True, slots=True)
class _File:
    """One rules file as it was read, before its names are resolved."""

    stem: str
    table: Table
    program: str | None
    checked_on: date | None


def read_rulebook(folder: Path, name: str, faults: list[Fault]) -> Rulebook:
    """Read every ``*.yaml`` of *folder*, and the drafts beside them. *name* is what faults call the folder."""
    paths = sorted(folder.glob("*.yaml"))
    if not paths:
        faults.append(Fault(Place(name), "there is no rules file (*.yaml) in this folder"))
    files = [file for path in paths if (file := _open(path, f"{name}/{path.name}", faults)) is not None]
    own = [file for file in files if file.program is None]
    described = _described(files)
    programs = [_program(file, own, folder, name) for file in described]
    for file in files:
        unread = file not in described and file not in own
        file.table.rest(also=("facts", "rules", *(OF_A_PROGRAM if unread else ())))
    misnamed = [Place(f"{name}/{path.name}") for path in sorted(folder.glob("*.yml"))]
    faults += [Fault(place, "is not read; a rules file's name ends in `.yaml`") for place in misnamed]
    if own and not described and not faults:
        own[0].table.fault("version", "these rules hold for the grants of a program, and no file describes one")
    faults[:] = list(dict.fromkeys(faults))  # a group's own rules are read once for every program
    return Rulebook({program.id: program for program in programs}, fingerprint(folder))


def rule_places(folder: Path, name: str) -> dict[str, Place]:
    """Where each rule of *folder* stands, by its id; *name* as in `read_rulebook`. Of what is faulty, nothing."""
    opened = [_open(path, f"{name}/{path.name}", []) for path in sorted(folder.glob("*.yaml"))]
    return {
        f"{file.program or file.stem}/{rule.text('id')}": rule.located.place
        for file in reversed([file for file in opened if file is not None])
        for rule in file.table.tables("rules", "a rule")
    }


def fingerprint(folder: Path) -> str:
    """A short hash of every rules file and draft of *folder*."""
    digest = hashlib.sha256()
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("drafts/*.txt")]):
        digest.update(path.name.encode() + b"\0" + _bytes(path) + b"\0")
    return digest.hexdigest()[:16]


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # reading it as rules or draft has noted why


def _open(path: Path, name: str, faults: list[Fault]) -> _File | None:
    located = load(path, name, faults)
    if located is None:
        return None
    table = Table(located, faults, "a rules file")
    version = table.text("version", needed=True)
    if version not in {None, VERSION}:
        table.fault("version", f"this release reads version {VERSION}, not {version}")
    return _File(path.stem, table, table.word("program"), table.day("checked_on"))


def _described(files: Sequence[_File]) -> list[_File]:
    """The files that describe a program, each program once."""
    described: dict[str, _File] = {}
    for file in files:
        if file.program is not None and described.setdefault(file.program, file) is not file:
            there = described[file.program].table.located.place.file
            file.table.fault("program", f"program `{file.program}` is already described in {there}")
    return list(described.values())


def _program(file: _File, own: Sequence[_File], folder: Path, name: str) -> Program:
    assert file.program is not None
    vocabulary, formulas = Vocabulary(), list[tuple[int, "Node"]]()
    undefined = set[str]()
    for each in (file, *own):
        if (facts := each.table.table("facts", "`facts`")) is not None:
            vocabulary, added = read_facts(facts, vocabulary)
            formulas += added
            undefined |= facts.entries.keys() - vocabulary.places.keys()
    before = len(file.table.faults)
    contacts, links = _texts(file.table, "contacts"), _texts(file.table, "links")
    drafts = _drafts(folder, name, vocabulary, file.table.faults)
    names = Names(vocabulary, contacts, links, frozenset(drafts))
    rules = {rule: located for each in (file, *own) for rule, located in _rules(each, names).items()}
    amend = Amender(names, [(rule.id, rule.id.rpartition("/")[0], located) for rule, located in rules.items()])
    written = {name: draft for name, draft in drafts.items() if draft is not None}
    mail = read_acceptance_mail(file.table, vocabulary)
    _forgive(file.table.faults, before, undefined)
    return Program(
        file.program,
        vocabulary,
        tuple(formulas),
        contacts,
        links,
        written,
        tuple(rules),
        mail,
        amend,
        file.checked_on.toordinal() if file.checked_on else None,
    )


def _forgive(faults: list[Fault], before: int, undefined: Collection[str]) -> None:
    """Take back the faults since *before* that only follow from a fact whose own definition is at fault."""
    follow = tuple(f"there is no fact `{name}`" for name in undefined)
    faults[before:] = [fault for fault in faults[before:] if not fault.why.startswith(follow)]


def _texts(table: Table, name: str) -> dict[str, str]:
    found = table.table(name, f"`{name}`")
    if found is None:
        return {}
    return {key: text for key in found.entries if (text := found.text(key, needed=True)) is not None}


def _drafts(folder: Path, name: str, vocabulary: Vocabulary, faults: list[Fault]) -> dict[str, Draft | None]:
    paths = sorted(folder.glob("drafts/*.txt"))
    return {path.stem: read_draft(path, f"{name}/drafts/{path.name}", vocabulary, faults) for path in paths}


def _rules(file: _File, names: Names) -> dict[Rule, Located]:
    """The rules of *file*; the program's name, or the file's own for a group's, comes before their ids."""
    rules: dict[str, Rule] = {}
    as_written: dict[Rule, Located] = {}
    for table in file.table.tables("rules", "a rule"):
        rule = read_rule(table, file.program or file.stem, names)
        if rule is None:
            continue
        if rules.setdefault(rule.id, rule) is not rule:
            table.fault("id", f"there are two rules `{rule.id}`")
        as_written.setdefault(rules[rule.id], table.located)
    return as_written
