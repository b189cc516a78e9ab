"""The pages that people read say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

from notifier.core.conditions.deadline import Deadline
from notifier.core.conditions.threshold import Threshold
from notifier.core.vocabulary import BUILT_IN, Owner, Vocabulary
from notifier.files.accounts import accounts_files, read_accounts
from notifier.files.positions import Fault, Located, Place, parse
from notifier.files.reference import reference
from notifier.files.rulebook import read_rulebook
from notifier.files.rules import FIELDS, Names, read_rule
from notifier.files.table import Table

PROJECT = Path(__file__).parents[2]
RULE = """\
id: a
title: b
say: c
next: d
tell: [pi]
urgent: true
draft: letter
contact: general
link: balance
unless: credits_granted
when: credits_left
starting: accepted_on
ending: enrolled_on"""
OWN = {
    Deadline: "deadline: accepted_on\nsteps: [on the day]",
    Threshold: "threshold: credits_left\nfalls_to: [200 USD]\nclear: 300 USD",
}


def rule(text: str) -> tuple[object, list[Fault]]:
    faults: list[Fault] = []
    located = parse(text, "rule", faults) or Located(Place("rule"))
    names = Names(Vocabulary(), {"general": "x"}, {"balance": "y"}, frozenset({"letter"}))
    return read_rule(Table(located, faults, "a rule"), "file", names), faults


def test_the_reference_of_the_rules_is_the_one_that_make_docs_writes():
    assert (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8") == reference()


def test_every_field_that_the_reference_names_is_read():
    for kind, own in OWN.items():
        made, faults = rule(f"{RULE}\n{own}")

        assert faults == []
        assert made is not None
        written = {line.partition(":")[0] for line in f"{RULE}\n{own}".splitlines()}
        assert written | {"reaches"} == {*FIELDS, *kind.fields} | {"reaches"}


def test_every_file_that_the_architecture_page_names_is_there():
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:core|flow|files|enroll|sources|channels|store|engines|commands|demo)/[\w./]*)`", page
    )

    assert len(named) > 10
    assert [name for name in named if not (PROJECT / "notifier" / name).exists()] == []


def test_the_readme_shows_a_rule_that_is_shipped():
    readme = (PROJECT / "README.md").read_text(encoding="utf-8")
    shipped = (PROJECT / "rules" / "openai-researcher-access.yaml").read_text(encoding="utf-8")
    lines = re.search(r"```yaml\n(.*?)```", readme, re.DOTALL)

    assert lines is not None
    assert [line for line in lines[1].splitlines() if line.strip() not in shipped] == []


def test_the_accounts_page_shows_every_field_and_has_no_mistake(tmp_path):
    page = (PROJECT / "docs" / "accounts.md").read_text(encoding="utf-8")
    shown = re.search(r"```yaml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    path = tmp_path / "accounts.yaml"
    path.write_text(shown[1], encoding="utf-8")
    programs = read_rulebook(PROJECT / "rules", "rules", []).programs
    faults: list[Fault] = []
    declared = read_accounts(accounts_files(path), programs, range(2024, 2028), faults)

    assert faults == []
    assert [each.account.id for each in declared] == ["lab", "clinic"]
    stated = {name for each in declared for said in each.grants.values() for name in said}
    facts = [fact for fact in BUILT_IN if fact.grant and fact.owner is Owner.DECLARED and fact.name != "grant_id"]
    assert {fact.name for fact in facts} - stated == set()
