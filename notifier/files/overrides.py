"""Rules that one account sets otherwise: ``overrides:`` in an accounts file, and the rule read anew with them."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from notifier.core.account import Override, Pause
from notifier.core.vocabulary import suggestion
from notifier.files.positions import Fault, Located, Place
from notifier.files.rules import Names, read_rule
from notifier.files.table import Table, yes_or_no

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from notifier.core.rule import Program, Rule

FROM_THE_STORE = Place("an account's overrides")
AMEND = "amend"
STAYS = "id"  # the field that no override changes: it is what the alert is known by


class Amender:
    """Reads the rules of one program anew with other fields: what `Program.amend` asks."""

    def __init__(self, names: Names, rules: Iterable[tuple[str, str, Located]]) -> None:
        """*rules*: the id of each, the file's name that goes before it, and the rule as it was read."""
        self._names = names
        self._rules = {rule: (file, located) for rule, file, located in rules}

    def __call__(self, rule: str, fields: str) -> Rule | None:
        """The rule with *fields* (JSON) in the place of its own; None if they do not fit it."""
        try:
            changed = _located(json.loads(fields), FROM_THE_STORE)
        except ValueError:
            return None
        return self.read(rule, changed, [])

    def read(self, rule: str, changed: Located, faults: list[Fault]) -> Rule | None:
        """The rule with what *changed* says in the place of its own; every mistake in it is noted."""
        if rule not in self._rules or changed.entries is None:
            return None
        file, located = self._rules[rule]
        merged = _merged(located, changed)
        return read_rule(Table(merged, faults, "a rule"), file, self._names, amended=True)


def _merged(located: Located, changed: Located) -> Located:
    """A rule as it was read, with the fields of *changed* in the place of its own."""
    return replace(
        located,
        place=changed.place,
        entries={**(located.entries or {}), **(changed.entries or {})},
        keys={**located.keys, **changed.keys},
    )


def read_amendment(table: Table, rule: Rule, located: Located, names: Names) -> tuple[Rule, Located]:
    """``amend: <program>/<rule>`` of a rules file: *rule* with other fields or off, and how it reads then.

    Every mistake is noted; *rule*, which was read from *located*, stays as it is where there is one. What an
    earlier amendment turned off stays off, unless this one says ``off: false``.
    """
    before = len(table.faults)
    Table(table.located, table.faults, "an amendment").text("because", needed=True)
    off = table.read("off", yes_or_no)
    fields = {name: entry for name, entry in table.entries.items() if name not in (AMEND, "because", "off")}
    if bool(off) == bool(fields):
        table.fault_at(table.located.place, "an amendment says either `off: true` or other fields of the rule")
    if STAYS in fields:
        table.fault_at(table.located.keys[STAYS], f"`{STAYS}` cannot be amended: the alert is known by it")
    if len(table.faults) > before:
        return rule, located
    if off:
        return replace(rule, off=True), located
    changed = replace(table.located, entries=fields)
    merged, found = _merged(located, changed), list[Fault]()
    made = read_rule(Table(merged, found, "a rule"), rule.id.rpartition("/")[0], names, amended=True)
    table.faults += dict.fromkeys(_here(fault, changed, rule.id) for fault in found)
    return (rule, located) if made is None else (replace(made, off=rule.off and off is None), merged)


def read_pause(table: Table) -> Pause | None:
    """``paused: {until, because}`` of an account or a grant."""
    paused = table.table("paused", "`paused`")
    if paused is None:
        return None
    because, until = paused.text("because", needed=True), paused.day("until")
    paused.rest()
    return Pause(because, until.toordinal() if until else None) if because is not None else None


def read_overrides(table: Table, programs: Mapping[str, Program]) -> tuple[Override, ...]:
    """``overrides: [{rule, set or off, because, until}]`` of an account whose grants are under *programs*."""
    found = [_override(entry, programs) for entry in table.tables("overrides", "an override")]
    return tuple(override for override in found if override is not None)


def _override(table: Table, programs: Mapping[str, Program]) -> Override | None:
    before = len(table.faults)
    rule = table.read("rule", lambda text: _rule(text, programs), needed=True)
    because, until = table.text("because", needed=True), table.day("until")
    off, fields = table.read("off", yes_or_no), table.get("set")
    if (off is True) == (fields is not None) or off is False:
        table.fault_at(table.located.place, "an override says either `off: true` or `set: {…}`")
    if rule is not None and fields is not None:
        _fits(table, rule, fields, programs)
    table.rest()
    if rule is None or because is None or len(table.faults) > before:
        return None
    said = "" if fields is None else json.dumps(_plain(fields), ensure_ascii=False)
    return Override(rule, because, said, until.toordinal() if until else None)


def _rule(text: str, programs: Mapping[str, Program]) -> str:
    known = {rule.id for program in programs.values() for rule in program.rules}
    short = {rule.rpartition("/")[2] for rule in known}
    if text in known | short:
        return text
    raise ValueError(f"there is no rule `{text}` for the grants of this account{suggestion(text, known | short)}")


def _fits(table: Table, rule: str, fields: Located, programs: Mapping[str, Program]) -> None:
    """Note what is wrong with *fields* for the rule that they are set for."""
    if fields.entries is None:
        table.fault("set", f"`set` is a mapping of the rule's fields, not {fields.shape}")
        return
    if STAYS in fields.entries:
        table.fault_at(fields.keys[STAYS], f"`{STAYS}` cannot be set otherwise: the alert is known by it")
    for program in programs.values():
        for each in program.rules:
            if rule in {each.id, each.id.rpartition("/")[2]} and isinstance(program.amend, Amender):
                found: list[Fault] = []
                program.amend.read(each.id, fields, found)
                table.faults += dict.fromkeys(_here(fault, fields, each.id) for fault in found)


def _here(fault: Fault, fields: Located, rule: str) -> Fault:
    """*fault* in the accounts file: what the rest of the rule does not allow is the override's mistake."""
    if fault.place.file == fields.place.file:
        return fault
    return Fault(fields.place, f"`{rule}` does not fit together with this: {fault.why}")


def _plain(located: Located) -> object:
    """What stands there, without its place; every scalar as its text."""
    if located.entries is not None:
        return {name: _plain(entry) for name, entry in located.entries.items()}
    if located.items is not None:
        return [_plain(item) for item in located.items]
    return located.text


def _located(plain: object, place: Place) -> Located:
    if isinstance(plain, dict):
        entries = {name: _located(entry, place) for name, entry in plain.items()}
        return Located(place, entries=entries, keys=dict.fromkeys(entries, place))
    if isinstance(plain, list):
        return Located(place, items=tuple(_located(item, place) for item in plain))
    return Located(place, text=str(plain), quoted=True)
