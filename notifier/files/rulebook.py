"""A folder of rules and drafts, read into programs that are checked and ready to be bound.

Every mistake of every file is noted. A file without ``program:`` holds a group's own rules and facts: they hold
for the grants of every program.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from notifier.core.rule import Program, Rule, Rulebook
from notifier.core.vocabulary import SERVICE, SERVICE_PROGRAM, Vocabulary, suggestion
from notifier.files.acceptance import read_acceptance_mail
from notifier.files.facts import read_facts
from notifier.files.overrides import AMEND, Amender, read_amendment
from notifier.files.positions import Fault, Located, Place, load
from notifier.files.rules import Names, read_rule
from notifier.files.table import Table
from notifier.files.texts import read_draft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from notifier.core.language.types import Node
    from notifier.core.letter import Draft

VERSION = "1"
AMENDS = "an amendment names the rule that it changes: `amend: <program>/<rule>`"
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
    undefined = set[str]()
    programs = [
        _program(file, [] if file.program == SERVICE_PROGRAM else own, files, folder, name, undefined)
        for file in described
    ]
    _read_unused(described, programs, folder, name, undefined)
    _refuse_unknown_amendments(files, programs)
    alone = _without_a_grant(own, files)
    programs += [alone] if alone.rules else []
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


def _program(
    file: _File, own: Sequence[_File], files: Sequence[_File], folder: Path, name: str, undefined: set[str]
) -> Program:
    """The program of *file* with a group's *own* rules, as all *files* amend them.

    What is defined wrongly is added to *undefined*.
    """
    assert file.program is not None
    vocabulary = Vocabulary(SERVICE) if file.program == SERVICE_PROGRAM else Vocabulary()
    formulas = list[tuple[int, "Node"]]()
    for each in (file, *own):
        if (facts := each.table.table("facts", "`facts`")) is not None:
            vocabulary, added = read_facts(facts, vocabulary, grant=each is file)
            formulas += added
            undefined |= facts.entries.keys() - vocabulary.places.keys()
    before = len(file.table.faults)
    contacts, links = _texts(file.table, "contacts"), _texts(file.table, "links")
    names = Names(vocabulary, contacts, links, _drafts_of(folder))
    rules = {rule: located for each in (file, *own) for rule, located in _rules(each, names).items()}
    for each in files:
        rules = _amended(each, rules, names)
    written = _written(rules, folder, name, vocabulary, file.table.faults)
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
        _amender(rules, names),
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


def _amended(file: _File, rules: Mapping[Rule, Located], names: Names) -> dict[Rule, Located]:
    """*rules* with what *file* amends of them, in the order in which it is written."""
    amended = dict(rules)
    for table in file.table.tables("rules", "a rule"):
        if AMEND not in table.entries:
            continue
        meant = table.text(AMEND) or ""
        for rule, located in list(amended.items()):
            if meant in {rule.id, rule.id.rpartition("/")[2]}:
                made, merged = read_amendment(table, rule, located, names)
                # In its place, so that the order of the rules stays.
                pairs = [(made, merged) if each is rule else (each, amended[each]) for each in amended]
                amended = dict(pairs)
    return amended


def _refuse_unknown_amendments(files: Sequence[_File], programs: Sequence[Program]) -> None:
    known = {rule.id for program in programs for rule in program.rules}
    short = {rule.rpartition("/")[2] for rule in known}
    for file in files:
        for table in file.table.tables("rules", "a rule"):
            if AMEND not in table.entries:
                continue
            meant = table.text(AMEND)
            if meant is None:
                table.fault_at(table.located.keys[AMEND], AMENDS)
            elif meant not in known | short:
                near = suggestion(meant, known) or suggestion(meant, short)
                table.fault(AMEND, f"there is no rule `{meant}` to amend{near}")


def _without_a_grant(own: Sequence[_File], files: Sequence[_File]) -> Program:
    """A group's own rules, as all *files* amend them, for an account that has no grant: those that ask none.

    Their mistakes are noted where they are read for a program; the others are left out without a word.
    """
    vocabulary, formulas = Vocabulary(), list[tuple[int, "Node"]]()
    for each in map(_unheard, own):
        if (facts := each.table.table("facts", "`facts`")) is not None:
            vocabulary, added = read_facts(facts, vocabulary, grant=False)
            formulas += added
    names = Names(vocabulary)
    rules = {rule: located for each in map(_unheard, own) for rule, located in _rules(each, names).items()}
    for each in map(_unheard, files):
        rules = _amended(each, rules, names)
    asked = {rule: located for rule, located in rules.items() if rule.of_account}
    return Program("", vocabulary, tuple(formulas), rules=tuple(asked), amend=_amender(asked, names))


def _unheard(file: _File) -> _File:
    """*file*, for a reading whose faults nobody hears."""
    return replace(file, table=Table(file.table.located, [], file.table.what))


def _amender(rules: Mapping[Rule, Located], names: Names) -> Amender:
    return Amender(names, [(rule.id, rule.id.rpartition("/")[0], located) for rule, located in rules.items()])


def _drafts_of(folder: Path) -> frozenset[str]:
    return frozenset(path.stem for path in folder.glob("drafts/*.txt"))


def _written(
    rules: Iterable[Rule], folder: Path, name: str, vocabulary: Vocabulary, faults: list[Fault]
) -> dict[str, Draft]:
    """The drafts that *rules* come with, and those that follow them up: a program reads no other."""
    wanted = [draft for rule in rules for _, draft in rule.draft.values]
    read: dict[str, Draft | None] = {}
    while wanted:
        stem = wanted.pop()
        if stem in read:
            continue
        path = folder / "drafts" / f"{stem}.txt"
        read[stem] = draft = read_draft(path, f"{name}/drafts/{path.name}", vocabulary, faults)
        wanted += [draft.follow_up] if draft is not None and draft.follow_up else []
    return {stem: draft for stem, draft in sorted(read.items()) if draft is not None}


def _read_unused(
    files: Sequence[_File], programs: Sequence[Program], folder: Path, name: str, undefined: Collection[str]
) -> None:
    """Check the drafts that no rule comes with by the first program's names, so that no mistake lies in wait."""
    used = {stem for program in programs for stem in program.drafts}
    named = {draft for program in programs for rule in program.rules for _, draft in rule.draft.values}
    if not programs:
        return
    before = len(files[0].table.faults)
    for stem in sorted(_drafts_of(folder) - used - named):
        path = folder / "drafts" / f"{stem}.txt"
        read_draft(path, f"{name}/drafts/{path.name}", programs[0].vocabulary, files[0].table.faults)
    _forgive(files[0].table.faults, before, undefined)


def _rules(file: _File, names: Names) -> dict[Rule, Located]:
    """The rules of *file*; the program's name, or the file's own for a group's, comes before their ids."""
    rules: dict[str, Rule] = {}
    as_written: dict[Rule, Located] = {}
    for table in file.table.tables("rules", "a rule"):
        if AMEND in table.entries or (rule := read_rule(table, file.program or file.stem, names)) is None:
            continue
        if rules.setdefault(rule.id, rule) is not rule:
            table.fault("id", f"there are two rules `{rule.id}`")
        as_written.setdefault(rules[rule.id], table.located)
    return as_written
