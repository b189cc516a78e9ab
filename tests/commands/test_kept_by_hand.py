"""``enroll`` and ``import`` in a file that says everything: what they are not asked to change stays as it is."""

from __future__ import annotations

import difflib
import shutil
from pathlib import Path

import pytest

from tests.commands.test_enroll_again import saved

TESTS = Path(__file__).parents[1]
BY_HAND = (TESTS / "files" / "example-accounts.yaml").read_text(encoding="utf-8")
NOW = ("--now", "2026-11-22")


@pytest.fixture
def by_hand(here, monkeypatch) -> Path:
    """The file, beside the shipped rules and a group's own."""
    shutil.copytree(TESTS.parent / "rules", here / "rules")
    shutil.copy(TESTS / "rules" / "examples" / "own.yaml", here / "rules")
    monkeypatch.setenv("NOTIFIER_RULES", "rules")
    path = here / "accounts.yaml"
    path.write_text(BY_HAND, encoding="utf-8")
    return path


def changes(path: Path) -> tuple[list[str], list[str]]:
    """The lines that are gone from the file and those that are new."""
    lines = list(difflib.ndiff(BY_HAND.splitlines(), path.read_text(encoding="utf-8").splitlines()))
    gone, new = ([line[2:].strip() for line in lines if line[0] == sign] for sign in "-+")
    return gone, new


def test_a_grant_is_enrolled_into_it(call, by_hand, here):
    saved(here / "mail.eml")
    result = call("enroll", "mail.eml", "--id", "lab", "--yes", *NOW)
    gone, new = changes(by_hand)

    assert result.exit_code == 0
    assert (gone, new[0]) == ([], '- id: "2026-2"')
    assert call("check").exit_code == 0


def test_grants_are_imported_into_it(call, by_hand, here):
    rows = [
        "account,program,accepted_on,grant,credits_requested,team",
        "library,openai-researcher-access,2026-11-02,,300 USD,",
        "clinic,openai-researcher-access,2026-11-03,second,,#clinic",
        "museum,anthropic-external-researcher-access,2026-11-04,,,#museum",
    ]
    (here / "office.csv").write_text("\n".join(rows), encoding="utf-8")
    result = call("import", "office.csv", *NOW)
    gone, new = changes(by_hand)

    assert result.exit_code == 0
    assert gone == []
    assert {'- id: "2026"', "credits_requested: 300 USD", "- id: second", "- id: museum"} <= set(new)
    assert call("check").exit_code == 0


def test_an_update_changes_the_letters_that_differ(call, by_hand, here):
    rows = [
        "account,program,accepted_on,credits_requested,use_case",
        "lab,openai-researcher-access,2024-03-11,4000 USD,How models explain code review",
        "clinic,anthropic-external-researcher-access,2026-11-02,1200 USD,",
    ]
    (here / "office.csv").write_text("\n".join(rows), encoding="utf-8")
    result = call("import", "office.csv", "--update", *NOW)
    gone, new = changes(by_hand)

    assert result.exit_code == 0
    assert [line.replace("4000", "5000").replace("1200", "1000") for line in new if line[0] != "?"] == gone
    assert len(gone) == 2
    assert call("check").exit_code == 0


def test_no_account_is_made_by_the_name_of_the_service(call, by_hand, here):
    saved(here / "mail.eml")
    row = "account,program,accepted_on\nnotifier,openai-researcher-access,2026-11-02\n"
    (here / "office.csv").write_text(row, encoding="utf-8")
    results = [call("import", "office.csv", *NOW), call("enroll", "mail.eml", "--id", "notifier", "--yes", *NOW)]

    assert [result.exit_code for result in results] == [1, 2]
    assert all("notifier" in result.output and "service itself" in result.output for result in results)
    assert by_hand.read_text(encoding="utf-8") == BY_HAND
