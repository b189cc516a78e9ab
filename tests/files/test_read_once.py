"""What most tests begin with, rules that are read once, is what reading them says; an edit is seen at once."""

import re
import shutil
from pathlib import Path

import pytest

from notifier.files import places
from notifier.files.rulebook import read_rulebook
from tests.rulebooks import read_once

FIVE_RULES = Path(__file__).parents[1] / "flow" / "rules"
DRAFT = "drafts/summary.txt"


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(FIVE_RULES, tmp_path / "rules"))


def said(read, folder, name="rules"):
    """All that a reading says: its faults, and each program with its rules and drafts, as texts."""
    faults = []
    rulebook = read(folder, name, faults)
    programs = [
        (name, program.checked_on, program.contacts, program.links, program.mail, program.drafts, program.formulas,
         list(program.family), [repr(rule) for rule in program.rules])
        for name, program in rulebook.programs.items()
    ]  # fmt: skip
    return faults, rulebook.fingerprint, re.sub(r" at 0x[0-9a-f]+", "", repr(programs))


def edited(folder, name, change):
    path = folder / name
    path.write_text(change(path.read_text(encoding="utf-8") if path.exists() else ""), encoding="utf-8")


def test_the_program_reads_so_in_the_tests():
    assert places.read_rulebook is read_once


@pytest.mark.parametrize("times", [1, 2])
def test_it_says_what_reading_says(folder, times):
    for _ in range(times):
        once = said(read_once, folder)

    assert once == said(read_rulebook, folder)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("openai-researcher-access.yaml", lambda text: text.replace("title:", "tittle:", 1)),
        ("openai-researcher-access.yaml", lambda text: text + "\n# a remark\n"),
        (DRAFT, lambda text: text + "One more sentence.\n"),
        (DRAFT, lambda text: text + "{{ no_such_fact }}\n"),
        ("own.yml", lambda text: text + "version: 1\n"),
        ("own.yaml", lambda text: text + "version: 1\n"),
    ],
    ids=["a mistake", "a remark", "a draft", "a mistake in a draft", "a name that is not read", "a new file"],
)
def test_an_edit_is_seen(folder, name, change):
    before = said(read_once, folder)
    edited(folder, name, change)

    assert said(read_once, folder) == said(read_rulebook, folder)
    assert said(read_once, folder) != before


def test_a_file_that_is_gone_is_gone(folder):
    said(read_once, folder)
    (folder / DRAFT).unlink()

    assert said(read_once, folder) == said(read_rulebook, folder)


def test_another_name_of_the_folder_stands_in_the_faults(folder):
    edited(folder, "own.yaml", lambda _: "version: 9\n")

    assert said(read_once, folder, "one") != said(read_once, folder, "other")
    assert said(read_once, folder, "other") == said(read_rulebook, folder, "other")


def test_nobody_sees_what_another_put_into_a_program(folder):
    first, second = read_once(folder, "rules", []), read_once(folder, "rules", [])
    name = next(iter(first.programs))
    first.programs[name].family["another"] = first.programs[name]

    assert "another" not in second.programs[name].family
    assert "another" not in read_once(folder, "rules", []).programs[name].family
