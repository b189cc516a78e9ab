"""``check``: every mistake of all files at once, with an exit code that a script can ask."""

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from notifier.clock import Clock
from notifier.core.calendar import utc

from .conftest import PROGRAM

SHIPPED = Path(__file__).parents[2] / "rules"


@pytest.fixture
def rules(here):
    return shutil.copytree(SHIPPED, here / "rules")


def line_of(rules, text):
    """The number of the first line of the shipped program in the folder *rules* that holds *text*."""
    lines = (rules / f"{PROGRAM}.yaml").read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def far(days):
    """A day as far from today as *days*, for what is compared with the clock."""
    return str(utc(Clock().now()).date() + timedelta(days))


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
    rule = "openai-researcher-access/credits-expected"
    line = line_of(SHIPPED, "id: credits-expected")

    assert call("check").stdout.splitlines() == [
        f"rules/{PROGRAM}.yaml:{line}:5: rule `{rule}` cannot be rendered for library, grant 2023: no",
        f"rules/{PROGRAM}.yaml:{line}:5: rule `{rule}` cannot be rendered for library, grant 2026: no",
    ]


def test_a_role_that_nobody_has_is_named_where_it_looks_like_one_that_somebody_has(call, accounts, rules):
    shipped = (rules / "openai-researcher-access.yaml").read_text(encoding="utf-8")
    told_to = "urgent: from 1 working day before\n    tell: [{}, pi]"
    assert told_to.format("team") in shipped
    edited = shipped.replace(told_to.format("team"), told_to.format("tema"))
    (rules / "openai-researcher-access.yaml").write_text(edited, "utf-8")
    result = call("check", "rules")

    assert result.exit_code == 1
    why = "rule `openai-researcher-access/access-ends` tells `tema`, a role that nobody has; did you mean `team`?"
    line = line_of(rules, "id: access-ends")
    assert result.stdout == f"rules/{PROGRAM}.yaml:{line}:5: {why}\n"


def test_what_the_settings_name_is_what_is_checked(monkeypatch, here, call, rules):
    monkeypatch.setenv("NOTIFIER_RULES", str(rules))
    (rules / "own.yaml").write_text("version: 7\n", encoding="utf-8")
    result = call("check")

    assert result.exit_code == 1
    assert "own.yaml:1:10: this release reads version 1, not 7" in result.stdout


def test_the_folder_is_called_as_the_settings_call_it(here, call):
    shutil.copytree(SHIPPED, here / "group" / "rules")
    (here / ".env").write_text("NOTIFIER_RULES=group/rules\n", encoding="utf-8")
    (here / "group" / "rules" / "own.yaml").write_text("version: 7\n", encoding="utf-8")

    assert call("check").stdout == "group/rules/own.yaml:1:10: this release reads version 1, not 7\n"


@pytest.mark.parametrize(
    ("written", "instead", "why"),
    [
        (
            "organization: org-1",
            "organization: o1",
            "5:19: 'o1' does not begin with `org-`; where to find it: {where}",
        ),
        ("organization: org-1", "organization: org-…", "5:19: 'org-…' {blank}"),
        ("organization: org-1", "affiliation: '...'", "5:18: '...' {blank}"),
        ("name: A. Researcher", "name: …", "7:18: '…' {blank}"),
        ("enrolled_on: 2026-10-05", "use_case: …", "10:92: '…' {blank}"),
        ("enrolled_on: 2026-10-05", "research_ends_on: YYYY-MM-DD", "10:100: 'YYYY-MM-DD' {blank}"),
        (
            "enrolled_on: 2026-10-05",
            "research_ends_on: 2026-10-04",
            "10:100: the research ends on 2026-10-04, before it was accepted on 2026-10-05",
        ),
    ],
)
def test_what_cannot_be_right_is_named_at_its_place(call, accounts, written, instead, why):
    accounts.write_text(accounts.read_text().replace(written, instead, 1), encoding="utf-8")
    result = call("check")
    blank = "only shows how it is written; fill it in, or leave the line out"
    where = "Settings, Organization, General"

    assert result.stdout == f"accounts.yaml:{why.format(blank=blank, where=where)}\n"
    assert result.exit_code == 1


def test_a_blank_that_was_not_filled_in_is_one_mistake(call, accounts):
    accounts.write_text(accounts.read_text().replace("organization: org-1", "organization: []", 1), "utf-8")

    assert call("check").stderr == "1 mistake.\n"


@pytest.mark.parametrize("field", ["accepted_on: 2026-10-05", "enrolled_on: 2026-10-05"])
def test_a_day_of_what_has_happened_does_not_lie_ahead(call, accounts, field):
    name = field.partition(":")[0]
    text = accounts.read_text()
    column = text.splitlines()[9].index(field) + len(name) + 3
    accounts.write_text(text.replace(field, f"{name}: {far(4)}", 1), encoding="utf-8")
    result = call("check")

    assert result.stdout == f"accounts.yaml:10:{column}: {name} is {far(4)}, which is still to come\n"
    accounts.write_text(text.replace(field, f"{name}: {far(0)}", 1), encoding="utf-8")
    assert call("check").exit_code == 0


def test_where_an_account_has_one_grant_the_day_is_found_on_the_account(call, here):
    lab = f"version: 1\naccounts:\n  - id: lab\n    program: {PROGRAM}\n    accepted_on: {far(9)}\n"
    (here / "accounts.yaml").write_text(lab, encoding="utf-8")

    assert call("check").stdout.startswith("accounts.yaml:5:18: accepted_on is ")


def test_accounts_that_the_settings_name_must_be_there(call, here):
    (here / ".env").write_text("NOTIFIER_ACCOUNTS=group/accounts.yaml\n", encoding="utf-8")
    result = call("check")

    assert result.exit_code == 2
    assert result.stderr == (
        "there is no group/accounts.yaml: `enroll` makes one from an acceptance mail; try `run --demo` first\n"
    )


def test_a_key_that_is_set_nowhere_is_named_and_no_mistake(call, here, accounts):
    text = accounts.read_text().replace("organization: org-1", "key: {env: LAB_KEY}")
    accounts.write_text(text, encoding="utf-8")
    result = call("check")

    assert (result.exit_code, result.stderr) == (
        0,
        "LAB_KEY is set nowhere, so the provider is not read: see .env.\n",
    )
    (here / "secrets").mkdir()
    (here / "secrets" / "LAB_KEY").write_text("x", encoding="utf-8")
    assert call("check").stderr == ""
