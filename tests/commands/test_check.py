"""``check``: every mistake of all files at once, with an exit code that a script can ask."""

import re
import shutil
from pathlib import Path

import pytest

SHIPPED = Path(__file__).parents[2] / "rules"


@pytest.fixture
def rules(here):
    return shutil.copytree(SHIPPED, here / "rules")


def test_the_shipped_rules_are_right_from_any_folder(call):
    result = call("check")

    assert result.exit_code == 0
    assert re.fullmatch(rf"{SHIPPED}: \d+ programs?, \d+ rules, \d+ drafts: no mistakes\.\n", result.stdout)
    assert result.stderr == ""


def test_the_accounts_file_of_the_folder_is_checked_too(call, accounts):
    result = call("check")

    assert result.exit_code == 0
    assert result.stdout.endswith(" drafts and 2 accounts: no mistakes.\n")


@pytest.mark.parametrize("folder", ["rules", "./rules/", "../here/rules"])
def test_files_are_named_as_they_were_asked_for(tmp_path, monkeypatch, call, folder):
    rules = shutil.copytree(SHIPPED, tmp_path / "here" / "rules")
    monkeypatch.chdir(tmp_path / "here")
    (rules / "own.yaml").write_text("version: 1\nrule: []\n")
    result = call("check", folder)

    assert (result.exit_code, result.stderr) == (1, "1 mistake.\n")
    assert result.stdout == (
        f"{folder.strip('/').removeprefix('./')}/own.yaml:2:1: `rule` is not a field of a rules file;"
        " did you mean `rules`?\n"
    )


def test_the_folder_may_be_the_one_in_which_one_stands(monkeypatch, call, rules):
    (rules / "own.yaml").write_text("")
    monkeypatch.chdir(rules)

    assert call("check", ".").stdout == "./own.yaml:1:1: the file is empty\n"


def test_all_mistakes_of_all_files_are_said_at_once_and_in_order(here, call, rules):
    (rules / "own.yaml").write_text("version: 1\nrules:\n  - id: x\n    title: x\n    deadline: soon\n")
    (rules / "drafts" / "summary.txt").write_text("Hello")
    (here / "accounts").mkdir()
    (here / "accounts" / "b.yaml").write_text("version: 1\naccounts:\n  - id: B\n    nme: x\n")
    (here / "accounts.yaml").write_text("version: 1\naccounts: [x]\n")
    result = call("check", "rules")

    assert result.exit_code == 1
    assert [line.partition(": ")[0] for line in result.stdout.splitlines()] == [
        "accounts.yaml:2:12",
        "accounts/b.yaml:3:9",
        "accounts/b.yaml:4:5",
        "rules/drafts/summary.txt:1:1",
        "rules/drafts/summary.txt:1:1",
        "rules/drafts/summary.txt:1:1",
        "rules/own.yaml:5:15",
    ]
    assert result.stderr == "7 mistakes.\n"


def test_mistakes_of_two_lines_are_sorted_by_line_not_by_text(call, rules):
    (rules / "own.yaml").write_text("version: 1\n" + "\n" * 8 + "b: 1\na: 1\n")

    assert [line.split(":")[1] for line in call("check", "rules").stdout.splitlines()] == ["10", "11"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["nowhere"], "there is no folder nowhere\n"),
        (["accounts.yaml"], "there is no folder accounts.yaml\n"),
        (["--accounts", "missing.yaml"], "there is no file missing.yaml\n"),
        (["--now", "soon"], "--now 'soon' is not a time such as 2026-11-22 or 2026-11-22T14:05Z\n"),
        (["--now", "0001-01-01"], "--now '0001-01-01' lies outside the years 2000 to 2199\n"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(call, accounts, arguments, why):
    result = call("check", *arguments)

    assert (result.exit_code, result.stdout, result.stderr) == (2, "", why)


def test_an_unknown_option_is_named(call):
    result = call("check", "--rulez", "x")

    assert result.exit_code == 2
    assert "No such option" in result.stderr


@pytest.mark.parametrize(
    "now", ["2026-11-22", "2026-11-22T14:05Z", "2026-11-22T14:05", "2000-01-01", "2199-12-31"]
)
def test_the_time_may_be_pretended(call, accounts, now):
    text = accounts.read_text().replace("accounts:", "calendars: {x: {holidays: DE-BE}}\naccounts:", 1)
    accounts.write_text(text)

    assert call("check", "--now", now).exit_code == 0


def test_a_key_in_a_file_or_on_the_command_line_is_never_printed(call, accounts):
    secret = "sk-proj-Ab0Cd1Ef2Gh3Ij4Kl5Mn6Op7"
    accounts.write_text(accounts.read_text().replace("    organization: org-1", f"    key: {secret}"))
    for result in (call("check"), call("check", secret), call("check", "--now", secret)):
        assert result.exit_code in {1, 2}
        assert secret[3:] not in result.output


def test_a_text_that_cannot_be_filled_for_an_account_is_named(monkeypatch, call, accounts):
    def rehearse(program, account, facts, now):
        yield from [(program.rules[0], "no")] if account.id == "library" else []

    monkeypatch.setattr("notifier.commands.check.rehearse", rehearse)
    rule = "openai-researcher-access/credits-not-allocated"

    assert call("check").stdout.splitlines() == [
        f"rules:1:1: rule `{rule}` cannot be rendered for library, grant 2023: no",
        f"rules:1:1: rule `{rule}` cannot be rendered for library, grant 2026: no",
    ]


def test_a_role_that_nobody_has_is_named_where_it_looks_like_one_that_somebody_has(call, accounts, rules):
    shipped = (rules / "openai-researcher-access.yaml").read_text(encoding="utf-8")
    (rules / "openai-researcher-access.yaml").write_text(shipped.replace("[team, pi]", "[tema, pi]"), "utf-8")
    result = call("check", "rules")

    assert result.exit_code == 1
    why = "rule `openai-researcher-access/access-ends` tells `tema`, a role that nobody has; did you mean `team`?"
    assert result.stdout == f"rules:1:1: {why}\n"


def test_what_the_settings_name_is_what_is_checked(monkeypatch, here, call, rules):
    monkeypatch.setenv("NOTIFIER_RULES", str(rules))
    (rules / "own.yaml").write_text("version: 7\n", encoding="utf-8")
    result = call("check")

    assert result.exit_code == 1
    assert "own.yaml:1:10: this release reads version 1, not 7" in result.stdout
