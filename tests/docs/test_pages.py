"""The pages that people read say what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from notifier.core.calendar import parse_span
from notifier.core.conditions.deadline import parse_steps
from notifier.core.conditions.threshold import parse_level, parse_period
from notifier.core.language.types import FUNCTIONS, understand
from notifier.core.timing import parse_repeat
from notifier.core.vocabulary import BUILT_IN, COLLECTIONS, SERVICE, Kind, Owner, Vocabulary
from notifier.files.accounts import accounts_files, read_accounts
from notifier.files.positions import Fault, Located, Place, parse
from notifier.files.reference import CALLS, reference
from notifier.files.rulebook import read_rulebook
from notifier.files.rules import FIELDS, Names, condition_class, condition_kinds, read_rule
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
for: 1 day
repeat: every week, 4 times
escalate: [{after: 3 working days, to: office}]
applies_to: labels.team == "bots"
unless: credits_granted
when: credits_left
starting: accepted_on
ending: enrolled_on"""
OWN = {
    "change": "change: credits_granted rises",
    "deadline": "deadline: accepted_on\nsteps: [on the day]",
    "threshold": "threshold: credits_left\nfalls_to: [200 USD]\nclear: 300 USD\nper: month",
    "unreadable": "unreadable: openai",
    "while": "while: project.paused",
}
OPERATORS = "+ - * / == != < <= > >= and or not"
VOCABULARY = Vocabulary()
IN_A_RULE_FOR_ITEMS = VOCABULARY.scoped("projects")


def rule(text: str) -> tuple[object, list[Fault]]:
    faults: list[Fault] = []
    located = parse(text, "rule", faults) or Located(Place("rule"))
    names = Names(VOCABULARY, {"general": "x"}, {"balance": "y"}, frozenset({"letter"}))
    return read_rule(Table(located, faults, "a rule"), "file", names), faults


def examples(text: str) -> list[str]:
    """What stands in backticks."""
    return re.findall(r"`([^`]+)`", text)


def rows(page: str, section: str) -> list[str]:
    """The lines of the tables in one section of *page*, without their heads."""
    (text,) = re.findall(rf"^## {re.escape(section)}\n(.*?)(?=^## |\Z)", page, re.DOTALL | re.MULTILINE)
    return [line for line in text.splitlines() if line.startswith("| `")]


def test_the_reference_of_the_rules_is_the_one_that_make_docs_writes():
    assert (PROJECT / "docs" / "rules.md").read_text(encoding="utf-8") == reference()


def test_every_condition_has_an_example_here():
    assert set(OWN) == {kind.rstrip("_") for kind in condition_kinds()}


@pytest.mark.parametrize("kind", condition_kinds())
def test_every_field_that_the_reference_names_is_read(kind: str):
    whole = f"{RULE}\nfor_each: projects\n{OWN[kind.rstrip('_')]}"
    made, faults = rule(whole)
    written = {line.partition(":")[0] for line in whole.splitlines()}

    assert faults == []
    assert made is not None
    assert written | {"reaches"} == {*FIELDS, *condition_class(kind).fields} | {"reaches"}


def test_every_function_is_explained_by_the_name_that_mistakes_call_it_by():
    assert tuple(CALLS) == FUNCTIONS


def test_every_expression_of_the_reference_is_one():
    shown = [example for line in rows(reference(), "Expressions") for example in examples(line)]
    written = [each for each in shown if not set(each.split()) <= set(OPERATORS.split())]
    parts = {"==", "!=", "key.spend(…)"}  # named in a meaning

    assert len(written) > 20
    for text in (each for each in written if each not in parts):
        understand(text, IN_A_RULE_FOR_ITEMS, *Kind)


@pytest.mark.parametrize("name", ["duration", "repeat", "steps", "reaches", "falls_to", "per"])
def test_examples_in_the_fields_are_what_the_program_reads(name: str):
    forms = {
        **FIELDS,
        **{key: form for kind in condition_kinds() for key, form in condition_class(kind).fields.items()},
    }
    read = {"duration": parse_span, "repeat": parse_repeat, "steps": parse_steps, "per": parse_period,
            "reaches": parse_level, "falls_to": parse_level}[name]  # fmt: skip
    written = examples(forms["for" if name == "duration" else name])

    assert written
    for each in written:
        for text in each.strip("[]").split(", ") if each.startswith("[") else [each]:
            assert read(text)


def test_every_fact_and_list_stands_in_the_reference():
    page = reference()
    facts = {fact.name for fact in (*BUILT_IN, *SERVICE) if fact.kind.is_told}
    items = {each.named(fact.name) for each in COLLECTIONS.values() for fact in each.facts if fact.kind.is_told}

    assert {name for name in facts | items if f"| `{name}` |" not in page} == set()
    assert {name for name in COLLECTIONS if f"### `{name}` of the" not in page} == set()


def test_the_form_of_an_amendment_is_what_the_program_reads(tmp_path):
    for path in (PROJECT / "rules").glob("*.yaml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "drafts").mkdir()
    for path in (PROJECT / "rules" / "drafts").glob("*.txt"):
        (tmp_path / "drafts" / path.name).write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    shown = examples("\n".join(rows(reference(), "Shipped rules, otherwise")))
    amend, _, because, off = shown[:4]
    rule = "openai-researcher-access/credits-used"
    own = f"version: 1\nrules:\n  - {{{amend}: {rule}, {because}: ours, {off}: true}}\n"
    (tmp_path / "own.yaml").write_text(own, encoding="utf-8")
    faults: list[Fault] = []
    book = read_rulebook(tmp_path, "rules", faults)

    assert faults == []
    assert [each.off for each in book.rules if each.id == rule] == [True]


def test_every_file_that_the_architecture_page_names_is_there():
    page = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(
        r"`((?:core|flow|files|enroll|sources|channels|store|engines|web|commands|demo)/[\w./]*)`", page
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
