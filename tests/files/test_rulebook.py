"""A folder of rules and drafts is read as one: programs, a group's own rules, drafts, a fingerprint of it all."""

import shutil
from pathlib import Path

import pytest

from notifier.core.vocabulary import Owner
from notifier.files.rulebook import fingerprint, read_rulebook
from tests.files.books import HEAD, book, rule

SHIPPED = Path(__file__).parents[2] / "rules"
OWN = "version: 1\nrules:\n" + rule()


def test_the_shipped_rules_are_read_without_a_fault():
    faults = []
    rulebook = read_rulebook(SHIPPED, "rules", faults)

    assert faults == []
    assert "openai-researcher-access" in rulebook.programs
    assert {"credits-not-allocated", "access-ends", "summary-due"} <= {
        found.id.rpartition("/")[2] for found in rulebook.rules
    }
    for_own_rules = {"general-update"}  # named by docs/own.example.yaml
    assert rulebook.drafts == {path.stem for path in SHIPPED.glob("drafts/*.txt")} - for_own_rules


def test_what_the_shipped_programs_ask_a_person_can_be_recorded():
    rulebook = read_rulebook(SHIPPED, "rules", [])
    facts = {fact.name: fact for fact in rulebook.programs["openai-researcher-access"].vocabulary.facts}

    assert facts["summary_submitted_on"].owner is Owner.RECORDED


def test_a_groups_own_rules_hold_for_the_grants_of_every_program(tmp_path):
    other = HEAD.replace("program: demo", "program: other")
    rulebook, faults = book(tmp_path / "rules", demo=HEAD + rule(), other=other, own=OWN)

    assert faults == []
    assert {name: [made.id for made in program.rules] for name, program in rulebook.programs.items()} == {
        "demo": ["demo/late", "own/late"],
        "other": ["own/late"],
    }


def test_a_mistake_in_a_groups_own_rules_is_said_once_however_many_programs_there_are(tmp_path):
    other = HEAD.replace("program: demo", "program: other")
    _, faults = book(tmp_path / "rules", demo=HEAD, other=other, own=OWN.replace("ends_on", "ends_onn"))

    assert faults == ["rules/own.yaml:5:15: there is no fact `ends_onn`; did you mean `ends_on`?"]


def test_a_group_may_add_facts_of_its_own(tmp_path):
    own = "version: 1\nfacts:\n  visited_on: {type: date, ask: When?}\nrules:\n" + rule(unless="visited_on")
    rulebook, faults = book(tmp_path / "rules", demo=HEAD, own=own)

    assert faults == []
    assert "visited_on" in rulebook.programs["demo"].vocabulary.places


@pytest.mark.parametrize(
    ("files", "faults"),
    [
        ({}, ["rules:1:1: there is no rules file (*.yaml) in this folder"]),
        ({"demo": ""}, ["rules/demo.yaml:1:1: the file is empty"]),
        ({"demo": "- a"}, ["rules/demo.yaml:1:1: a rules file is a mapping of fields, not a list"]),
        ({"demo": "program: demo"}, ["rules/demo.yaml:1:1: a rules file needs `version`"]),
        ({"demo": "version: 2\nprogram: demo"}, ["rules/demo.yaml:1:10: this release reads version 1, not 2"]),
        (
            {"demo": "version: 1\nprogram: My Program"},
            [
                (
                    "rules/demo.yaml:2:10: 'My Program': an id has small letters, digits and hyphens;"
                    " did you mean `my-program`?"
                )
            ],
        ),
        (
            {"demo": HEAD.replace("rules:", "ruls:")},
            ["rules/demo.yaml:9:1: `ruls` is not a field of a rules file; did you mean `rules`?"],
        ),
        (
            {"demo": HEAD, "own": "version: 1\ncontacts: {a: b}"},
            ["rules/own.yaml:2:1: `contacts` is not a field of a rules file; did you mean `facts`?"],
        ),
        (
            {"a": HEAD, "b": HEAD},
            ["rules/b.yaml:2:10: program `demo` is already described in rules/a.yaml"],
        ),
        (
            {"own": "version: 1\nrules: []"},
            ["rules/own.yaml:1:10: these rules hold for the grants of a program, and no file describes one"],
        ),
        (
            {"demo": HEAD.replace("general: help@example.edu", "general: ")},
            ["rules/demo.yaml:3:11: `contacts` needs `general`"],
        ),
    ],
)
def test_a_mistake_of_a_whole_file_is_said_with_its_place(tmp_path, files, faults):
    assert book(tmp_path / "rules", **files)[1] == faults


def test_a_file_that_is_not_called_yaml_is_named_rather_than_ignored(tmp_path):
    book(tmp_path / "rules", demo=HEAD)
    (tmp_path / "rules" / "own.yml").write_text(OWN, encoding="utf-8")

    assert book(tmp_path / "rules")[1] == ["rules/own.yml:1:1: is not read; a rules file's name ends in `.yaml`"]


MAIL = "acceptance_mail:\n  from: [a@example.edu]\n  phrases: [Welcome to the program]\n"


@pytest.mark.parametrize(
    ("mail", "fault"),
    [
        ("acceptance_mail: {from: [a@example.edu]}\n", "9:18: `acceptance_mail` needs `phrases`"),
        (MAIL + "  phrase: x\n", "12:3: `phrase` is not a field of `acceptance_mail`; did you mean `phrases`?"),
        (
            MAIL + "  find:\n    write_aftr: '(?P<value>.)'\n",
            "13:5: there is no fact `write_aftr` to find in a mail; did you mean `write_after`?",
        ),
        (
            MAIL + "  find: {write_after: '('}\n",
            "12:23: is not a regular expression: missing ), unterminated subpattern at position 0",
        ),
        (
            MAIL + "  find: {write_after: 'x'}\n",
            "12:23: a pattern marks what is to be taken: `(?P<value>…)`",
        ),
        (MAIL + "  find: {write_after: }\n", "12:9: `find` needs `write_after`"),
    ],
)
def test_a_mistake_in_how_a_mail_is_recognized_is_said_with_its_place(tmp_path, mail, fault):
    _, faults = book(tmp_path / "rules", demo=HEAD.replace("rules:\n", f"{mail}rules:\n"))

    assert faults == [f"rules/demo.yaml:{fault}"]


def test_how_a_mail_is_recognized_is_data(tmp_path):
    found = MAIL + "  find: {write_after: '(?P<value>.)', links.form: 'at (?P<value>.)'}\n"
    rulebook, faults = book(tmp_path / "rules", demo=HEAD.replace("rules:\n", f"{found}rules:\n"))
    mail = rulebook.programs["demo"].mail

    assert faults == []
    assert (mail.senders, mail.phrases) == (("a@example.edu",), ("Welcome to the program",))
    assert set(mail.patterns) == {"write_after", "links.form"}


@pytest.mark.parametrize(
    "name", sorted(str(path.relative_to(SHIPPED)) for path in SHIPPED.rglob("*.*") if path.is_file())
)
def test_the_fingerprint_changes_with_every_byte(tmp_path, name):
    copy = shutil.copytree(SHIPPED, tmp_path / "rules")
    before = fingerprint(copy)
    raw = (copy / name).read_bytes()

    assert before == fingerprint(SHIPPED)
    for edited in (raw + b" ", raw[:-1], b"\x00" + raw[1:], b""):
        (copy / name).write_bytes(edited)
        assert fingerprint(copy) != before


def test_the_fingerprint_changes_with_a_name(tmp_path):
    copy = shutil.copytree(SHIPPED, tmp_path / "rules")
    before = fingerprint(copy)
    (copy / "drafts" / "summary.txt").rename(copy / "drafts" / "summary-2.txt")

    assert fingerprint(copy) != before


@pytest.mark.parametrize("name", ["a.yaml", "drafts/a.txt"])
def test_what_cannot_be_read_is_a_mistake_and_no_crash(tmp_path, name):
    (tmp_path / "rules" / name).mkdir(parents=True)
    _, faults = book(tmp_path / "rules", demo=HEAD + rule())

    assert faults == [f"rules/{name}:1:1: cannot be read: Is a directory"]
